"""A certification request (PKCS#10) as an immutable value. Spec: RFC 2986."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from warifu.domain.x509.damaged import UNREADABLE
from warifu.domain.x509.identifiers import Sha256
from warifu.domain.x509.parts import Quietly
from warifu.domain.x509.public_key import PublicKey, facts_of
from warifu.domain.x509.reasons import reason_of
from warifu.errors import UsageError


class Request:
    """One request; equal when its bytes are equal.

    Raises:
        UsageError: `trust.request-unreadable`, also when its own signature is wrong.
    """

    def __init__(self, der: bytes) -> None:
        self.der = bytes(der)
        self.fingerprint = Sha256.of(self.der)
        try:
            with Quietly():
                self.parsed = x509.load_der_x509_csr(self.der)
                self.public_key: PublicKey = facts_of(self.parsed.public_key())
                self.subject_text = self.parsed.subject.rfc4514_string()
                valid = self.parsed.is_signature_valid
        except UNREADABLE as error:
            raise UsageError("trust.request-unreadable", reason=reason_of(error)) from None
        if not valid:
            raise UsageError("trust.request-unreadable", reason="its own signature does not verify")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Request) and self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def to_pem(self) -> bytes:
        """Return the request as PEM."""
        return self.parsed.public_bytes(Encoding.PEM)
