"""A certificate revocation list as an immutable value. Spec: RFC 5280 §5."""

from __future__ import annotations

from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from warifu.domain.x509.identifiers import KeyId, Sha256
from warifu.domain.x509.reasons import reason_of
from warifu.errors import UsageError


class RevocationList:
    """One CRL; equal when its bytes are equal.

    Raises:
        UsageError: `trust.crl-unreadable`.
    """

    def __init__(self, der: bytes) -> None:
        self.der = bytes(der)
        self.fingerprint = Sha256.of(self.der)
        try:
            self.parsed = x509.load_der_x509_crl(self.der)
            self.issuer_der = self.parsed.issuer.public_bytes()
            self.issuer_text = self.parsed.issuer.rfc4514_string()
            self.this_update: datetime = self.parsed.last_update_utc
            self.next_update: datetime | None = self.parsed.next_update_utc
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise UsageError("trust.crl-unreadable", reason=reason_of(error)) from None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RevocationList) and self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    @property
    def authority_key_id(self) -> KeyId | None:
        """The key id of the signer, where the CRL names one."""
        try:
            found = self.parsed.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
        except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
            return None
        return None if found.key_identifier is None else KeyId.of(found.key_identifier)

    def revokes(self, serial: int) -> datetime | None:
        """Return when the certificate of this serial was revoked, or None."""
        entry = self.parsed.get_revoked_certificate_by_serial_number(serial)
        return None if entry is None else entry.revocation_date_utc
