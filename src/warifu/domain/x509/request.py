"""A certification request (PKCS#10) as an immutable value.

Spec: RFC 2986. Its signature shows that who asks holds the key. One made with MD5 or SHA-1 shows it too, if weakly:
the library no longer checks those in requests, so they are checked here.
"""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from warifu.domain.x509.damaged import UNREADABLE
from warifu.domain.x509.identifiers import Sha256
from warifu.domain.x509.parts import Asked, asked_of
from warifu.domain.x509.public_key import PublicKey, facts_of
from warifu.domain.x509.quietly import Quietly
from warifu.domain.x509.reasons import reason_of
from warifu.domain.x509.subjects import say_subject
from warifu.errors import UsageError


class Request:
    """One request; equal when its bytes are equal.

    Raises:
        UsageError: `trust.request-unreadable`, also when its own signature is wrong; a weak one is not.
    """

    def __init__(self, der: bytes) -> None:
        self.der = bytes(der)
        self.fingerprint = Sha256.of(self.der)
        try:
            with Quietly():
                self.parsed = x509.load_der_x509_csr(self.der)
                self.public_key: PublicKey = facts_of(self.parsed.public_key())
                self.subject_text = say_subject(self.parsed.subject)
                self.asked: Asked = asked_of(self.parsed)
                digest = self.parsed.signature_hash_algorithm
                valid = self.parsed.is_signature_valid or _is_signed_the_old_way(self.parsed, digest)
        except UNREADABLE as error:
            raise UsageError("trust.request-unreadable", reason=reason_of(error)) from None
        if not valid:
            raise UsageError("trust.request-unreadable", reason="its own signature does not verify")
        self.signature_hash = "" if digest is None else digest.name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Request) and self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def to_pem(self) -> bytes:
        """Return the request as PEM."""
        return self.parsed.public_bytes(Encoding.PEM)


def _is_signed_the_old_way(
    request: x509.CertificateSigningRequest, digest: hashes.HashAlgorithm | None
) -> bool:
    """Tell whether the request's own key signed it with MD5 or SHA-1."""
    if not isinstance(digest, (hashes.MD5, hashes.SHA1)):
        return False
    key, signed = request.public_key(), request.tbs_certrequest_bytes
    try:
        if isinstance(key, rsa.RSAPublicKey):
            named = request.signature_algorithm_parameters
            scheme = named if isinstance(named, padding.PSS) else padding.PKCS1v15()
            key.verify(request.signature, signed, scheme, digest)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(request.signature, signed, ec.ECDSA(digest))
        else:
            return False
    except (InvalidSignature, ValueError, UnsupportedAlgorithm):
        return False
    return True
