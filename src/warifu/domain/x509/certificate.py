"""A certificate as an immutable value.

Spec: RFC 5280 §4. All parts are read when the first is asked for. Where one cannot be read, all count
as absent and `unreadable` says so, so that a broken extension is a finding and not a crash.
"""

from __future__ import annotations

from datetime import datetime
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from warifu.domain.x509.damaged import UNREADABLE
from warifu.domain.x509.identifiers import KeyId, Sha256
from warifu.domain.x509.ms_template import MsTemplate
from warifu.domain.x509.names import AuthorityForm, DistinguishedName, GeneralNames, NameConstraints
from warifu.domain.x509.odd_names import is_of_version_2, stand_in
from warifu.domain.x509.parts import Parts, Usage, issuer_of, read_parts
from warifu.domain.x509.public_key import PublicKey
from warifu.domain.x509.quietly import Quietly
from warifu.domain.x509.reasons import reason_of
from warifu.errors import UsageError

_BASIC_CONSTRAINTS = b"\x06\x03\x55\x1d\x13"


class Certificate:
    """One certificate; equal when its bytes are equal, hashed by them.

    `library_fault` is what the library says where it does not read the certificate though others do; else empty.

    Raises:
        UsageError: `trust.certificate-unreadable`, when DER does not parse as a certificate.
    """

    __slots__ = (
        "_not_after",
        "_not_before",
        "_parsed",
        "_parts",
        "_serial",
        "der",
        "fingerprint",
        "library_fault",
    )

    def __init__(self, der: bytes) -> None:
        self.der = bytes(der)
        self.fingerprint = Sha256.of(self.der)
        self.library_fault = ""
        self._parts: Parts | None = None
        try:
            with Quietly():
                self._parsed = x509.load_der_x509_certificate(self.der)
                self._serial = self._parsed.serial_number
                self._not_after = self._parsed.not_valid_after_utc
                self._not_before = self._parsed.not_valid_before_utc
        except UNREADABLE as error:
            self._take_copy(error)

    def _take_copy(self, error: Exception) -> None:
        """Let the library read a copy without what it refused, where that is known."""
        copy = stand_in(self.der)
        try:
            if copy is None:
                raise error
            with Quietly():
                self._parsed = x509.load_der_x509_certificate(copy)
                self._serial = self._parsed.serial_number
                self._not_after = self._parsed.not_valid_after_utc
                self._not_before = self._parsed.not_valid_before_utc
        except UNREADABLE as left:
            raise UsageError("trust.certificate-unreadable", reason=reason_of(left)) from None
        self.library_fault = str(error)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Certificate) and self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint.hex)

    def __repr__(self) -> str:
        return f"Certificate({self.fingerprint.short}, {self.subject})"

    @property
    def parsed(self) -> x509.Certificate:
        """The library's object, for what is handed to the library.

        Raises:
            UsageError: `trust.certificate-unreadable`: the library does not read it, and `library_fault` says why.
        """
        if self.library_fault:
            raise UsageError("trust.certificate-unreadable", reason="library-refuses")
        return self._parsed

    @property
    def legible(self) -> x509.Certificate:
        """The library's object, maybe of a copy: for key, signature and extensions, which stand in it unchanged."""
        return self._parsed

    @property
    def serial(self) -> int:
        """The serial number; zero and negative ones exist in the wild."""
        return self._serial

    @property
    def version(self) -> int:
        """1, 2 or 3."""
        if self.library_fault and is_of_version_2(self.der):
            return 2
        return 1 if self._parsed.version is x509.Version.v1 else 3

    @property
    def not_before(self) -> datetime:
        """First second of validity, UTC."""
        return self._not_before

    @property
    def not_after(self) -> datetime:
        """Last second of validity, UTC."""
        return self._not_after

    @property
    def parts(self) -> Parts:
        """Everything it says, where much of it is asked for at once."""
        return self._parts or self._read()

    @property
    def subject(self) -> DistinguishedName:
        """Who it is about."""
        return (self._parts or self._read()).subject

    @property
    def label(self) -> str:
        """Whom people know it by: its subject, where that is empty a name beside it, else its fingerprint."""
        return self.subject.text or next(iter(_listed(self.names)), f"SHA-256 {self.fingerprint.short}")

    @property
    def issuer(self) -> DistinguishedName:
        """Who says so; told without reading every other part."""
        if self._parts is not None:
            return self._parts.issuer
        if self.library_fault:
            return self._read().issuer
        try:
            with Quietly():
                return issuer_of(self._parsed, self.der)
        except UNREADABLE:
            return self._read().issuer

    @property
    def public_key(self) -> PublicKey | None:
        """The subject's key; None when its algorithm or encoding is not supported."""
        return (self._parts or self._read()).public_key

    @property
    def signature_hash(self) -> str:
        """The hash the issuer signed with: `sha256`, `sha1`, ...; empty for Ed25519 or unknown ones."""
        return (self._parts or self._read()).signature_hash

    @property
    def signature_scheme(self) -> str:
        """How the issuer signed: `RSA-PKCS1`, `RSA-PSS`, `ECDSA`, `Ed25519`, `Ed448`, `DSA`; of others the OID."""
        return (self._parts or self._read()).signature_scheme

    @property
    def is_self_issued(self) -> bool:
        """Subject and issuer are the same name (RFC 5280 §6.1): not yet that it signed itself."""
        return self.subject.folded == self.issuer.folded

    @property
    def looks_self_signed(self) -> bool:
        """Self-issued, and no key id says that another key of the same name signed it: the top of a chain."""
        own, above = self.subject_key_id, self.authority_key_id
        return self.is_self_issued and (own is None or above is None or own == above)

    @property
    def basic_constraints(self) -> tuple[bool, int | None] | None:
        """(cA, pathLenConstraint), or None when the extension is absent. RFC 5280 §4.2.1.9."""
        return (self._parts or self._read()).basic_constraints

    @property
    def is_ca(self) -> bool:
        """BasicConstraints says cA, or it is a self-issued certificate of version 1 or 2 (an old root)."""
        constraints = self.basic_constraints
        if constraints is None:
            return self.version < 3 and self.is_self_issued
        return constraints[0]

    @property
    def may_be_ca(self) -> bool:
        """Whether `is_ca` is worth asking, told without reading every part: True wherever it is not sure."""
        return self._parts is not None or _BASIC_CONSTRAINTS in self.der or self.version < 3

    @property
    def key_usage(self) -> frozenset[Usage] | None:
        """The keyUsage bits, or None when the extension is absent."""
        return (self._parts or self._read()).key_usage

    @property
    def extended_key_usage(self) -> tuple[str, ...] | None:
        """Purposes as names (`serverAuth`) or dotted OIDs, in order; None when absent."""
        return (self._parts or self._read()).extended_key_usage

    @property
    def names(self) -> GeneralNames | None:
        """The subjectAltName, or None when absent. RFC 5280 §4.2.1.6."""
        return (self._parts or self._read()).names

    @property
    def subject_key_id(self) -> KeyId | None:
        """The SubjectKeyIdentifier, or None. RFC 5280 §4.2.1.2."""
        return (self._parts or self._read()).subject_key_id

    @property
    def authority_key_id(self) -> KeyId | None:
        """The key id of the AuthorityKeyIdentifier, or None. RFC 5280 §4.2.1.1."""
        return (self._parts or self._read()).authority_key_id

    @property
    def authority_form(self) -> AuthorityForm | None:
        """What the AuthorityKeyIdentifier says beyond a key id; None when it is absent or a key id alone."""
        return (self._parts or self._read()).authority_form

    @property
    def distribution_points(self) -> tuple[str, ...]:
        """The names under which its issuer publishes CRLs for it. RFC 5280 §4.2.1.13."""
        return (self._parts or self._read()).distribution_points

    @property
    def soft(self) -> tuple[str, ...]:
        """Extensions about policies that had to be critical and are not. RFC 5280 §4.2.1.11, §4.2.1.14."""
        return (self._parts or self._read()).soft

    @property
    def template(self) -> MsTemplate | None:
        """The template of a Microsoft CA that it was issued from, or None. MS-WCCE §2.2.2.7.7."""
        return (self._parts or self._read()).template

    @property
    def oddities(self) -> tuple[str, ...]:
        """What is odd about its form though it can be read: words of `alike`."""
        return (self._parts or self._read()).oddities

    @property
    def name_constraints(self) -> NameConstraints | None:
        """The nameConstraints, or None when absent. RFC 5280 §4.2.1.10."""
        return (self._parts or self._read()).name_constraints

    @property
    def critical(self) -> frozenset[str]:
        """Dotted OIDs of the extensions marked critical."""
        return (self._parts or self._read()).critical

    @property
    def unknown_critical(self) -> tuple[str, ...]:
        """Dotted OIDs of critical extensions that are not applied here, in order."""
        return (self._parts or self._read()).unknown_critical

    @property
    def signed_bytes(self) -> bytes:
        """What the issuer signed: the TBSCertificate as it was sent. RFC 5280 §4.1.1.3."""
        start, end = (self._parts or self._read()).signed
        return self.der[start:end]

    @property
    def legacy_key_id(self) -> KeyId | None:
        """The id a VMDIR lists the certificate under: its SKI, else SHA-1 of the whole SubjectPublicKeyInfo."""
        if self.subject_key_id is not None:
            return self.subject_key_id
        if self.public_key is None:
            return None
        digest = hashes.Hash(hashes.SHA1())  # noqa: S303  # an identifier of a directory, not a protection
        digest.update(self.public_key.spki)
        return KeyId.of(digest.finalize())

    @property
    def unreadable(self) -> tuple[tuple[str, str], ...]:
        """(part, reason) for each part that could not be read; every part has been looked at."""
        return (self._parts or self._read()).problems

    def lacks(self, extension: str) -> bool:
        """Tell whether an extension that was not read is missing, and not merely unreadable."""
        return all(part not in {extension, "extensions"} for part, _ in self.unreadable)

    def read(self) -> Self:
        """Return it with every part read: what is asked of it afterwards costs nothing more."""
        if self._parts is None:
            self._read()
        return self

    def _read(self) -> Parts:
        """Read every part, once; what the library keeps of its own for each part goes away again."""
        with Quietly():
            parts = self._parts = read_parts(self._parsed, self.der, is_copy=bool(self.library_fault))
        return parts


def _listed(names: GeneralNames | None) -> tuple[str, ...]:
    if names is None:
        return ()
    return (*names.texts, *names.email, *names.uri, *(name.text for name in names.directory))
