"""An OCSP response as an immutable value: what a responder said of certificates. Spec: RFC 6960 §4.2."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp
from cryptography.x509.oid import SignatureAlgorithmOID

from warifu.domain.x509.certificate import Certificate
from warifu.domain.x509.damaged import UNREADABLE, scheme_of, value_at
from warifu.domain.x509.identifiers import Sha256
from warifu.domain.x509.parts import name_of
from warifu.domain.x509.quietly import Quietly
from warifu.domain.x509.reasons import reason_of
from warifu.errors import UsageError

_DIGESTS = ("sha1", "sha224", "sha256", "sha384", "sha512")
_WORDS = {
    ocsp.OCSPCertStatus.GOOD: "good",
    ocsp.OCSPCertStatus.REVOKED: "revoked",
    ocsp.OCSPCertStatus.UNKNOWN: "unknown",
}
_BLOCK = re.compile(rb"-----BEGIN OCSP RESPONSE-----(.*?)-----END OCSP RESPONSE-----", re.DOTALL)
_EDWARDS = frozenset((SignatureAlgorithmOID.ED25519, SignatureAlgorithmOID.ED448))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a responder says of one certificate.

    Args:
        digest: the hash that `issuer_name` and `issuer_key` were made with; empty for one not known here.
        status: `good`, `revoked` or `unknown`.
        next_update: when newer information will be there; None where the responder does not say.
        revoked: when it was revoked, for `revoked` alone; `reason` as standards write it.
    """

    serial: int
    digest: str
    issuer_name: bytes
    issuer_key: bytes
    status: str
    this_update: datetime
    next_update: datetime | None
    revoked: datetime | None = None
    reason: str = ""

    def is_about(self, serial: int, issuer: Certificate) -> bool:
        """Tell whether it speaks of the certificate of this serial beneath this issuer. RFC 6960 §4.1.1."""
        key = issuer.public_key
        if self.serial != serial or self.digest not in _DIGESTS or key is None:
            return False
        name = hashlib.new(self.digest, issuer.subject.der, usedforsecurity=False).digest()
        return (name, key.key_hash(self.digest)) == (self.issuer_name, self.issuer_key)


class OcspResponse:
    """One OCSP response; equal when its bytes are equal.

    Args:
        der: OCSPResponse, as a responder sends it or a server staples it.

    `status` is `successful` or the word for why there is no answer; then `answers` is empty.

    Raises:
        UsageError: `trust.ocsp-unreadable`.
    """

    def __init__(self, der: bytes) -> None:
        self.der = bytes(der)
        self.fingerprint = Sha256.of(self.der)
        self.answers: tuple[Answer, ...] = ()
        self.certificates: tuple[Certificate, ...] = ()
        self.responder_name = ""
        self.responder_key = b""
        self.unknown_critical: tuple[str, ...] = ()
        try:
            with Quietly():
                self.parsed = ocsp.load_der_ocsp_response(self.der)
                self.status = _status(self.parsed)
                if self.status == "successful":
                    self._read()
        except UNREADABLE as error:
            raise UsageError("trust.ocsp-unreadable", reason=reason_of(error)) from None

    @classmethod
    def of_file(cls, data: bytes) -> OcspResponse:
        """Return what a file holds: DER, or its Base64 between the lines `BEGIN OCSP RESPONSE` and `END`.

        Raises:
            UsageError: `trust.ocsp-unreadable`.

        Spec: RFC 7468 §2 (the form; it registers no label for responses, and this one is what tools write).
        """
        block = _BLOCK.search(data)
        if block is None:
            return cls(data)
        try:
            return cls(base64.b64decode(b"".join(block[1].split()), validate=True))
        except ValueError:
            raise UsageError("trust.ocsp-unreadable", reason="not Base64") from None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OcspResponse) and self.fingerprint == other.fingerprint

    def __reduce__(self) -> tuple[type[OcspResponse], tuple[bytes]]:
        return OcspResponse, (self.der,)  # another process reads it anew

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    @property
    def signature(self) -> bytes:
        """The responder's signature; empty where it gives no answer."""
        return self.parsed.signature if self.answers else b""

    @property
    def signed(self) -> bytes:
        """What was signed."""
        return self.parsed.tbs_response_bytes

    @cached_property
    def scheme(self) -> tuple[object, hashes.HashAlgorithm | None]:
        """Padding or ECDSA, and the hash that was signed; neither for Ed25519, Ed448 and what is not known here."""
        after = self.der.find(self.signed) + len(self.signed)
        try:
            with Quietly():
                return scheme_of(self.der[after : value_at(self.der, after)[1]])
        except UNREADABLE:
            return None, None

    @property
    def knows_algorithm(self) -> bool:
        """Its signature is of an algorithm that is known here."""
        return self.scheme[0] is not None or self.parsed.signature_algorithm_oid in _EDWARDS

    def _read(self) -> None:
        parsed = self.parsed
        self.answers = tuple(_answers(parsed))
        self.certificates = tuple(_certificates(parsed))
        self.responder_name = "" if parsed.responder_name is None else name_of(parsed.responder_name).folded
        self.responder_key = parsed.responder_key_hash or b""
        listed = [*parsed.extensions]
        if len(self.answers) == 1:  # of many answers the library does not show their own extensions
            listed += parsed.single_extensions
        self.unknown_critical = tuple(one.oid.dotted_string for one in listed if one.critical)


def _status(parsed: ocsp.OCSPResponse) -> str:
    return parsed.response_status.name.lower().replace("_", "-")


def _answers(parsed: ocsp.OCSPResponse) -> Iterator[Answer]:
    for one in parsed.responses:
        revoked = one.revocation_time_utc
        reason = one.revocation_reason
        yield Answer(
            one.serial_number,
            _digest_of(one),
            one.issuer_name_hash,
            one.issuer_key_hash,
            _WORDS[one.certificate_status],
            one.this_update_utc,
            one.next_update_utc,
            revoked,
            "" if reason is None else str(reason.value),
        )


def _digest_of(one: ocsp.OCSPSingleResponse) -> str:
    try:
        return one.hash_algorithm.name
    except UnsupportedAlgorithm:
        return ""


def _certificates(parsed: ocsp.OCSPResponse) -> Iterator[Certificate]:
    """Those that can be read: another one can be nobody's signer."""
    for one in parsed.certificates:
        with contextlib.suppress(UsageError):
            yield Certificate(one.public_bytes(serialization.Encoding.DER))
