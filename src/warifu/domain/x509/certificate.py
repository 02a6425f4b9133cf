"""A certificate as an immutable value.

Spec: RFC 5280 §4. Extensions are read when first asked for. Where one cannot be read, all count
as absent and `unreadable` says so, so that a broken extension is a finding and not a crash.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from warifu.domain.x509.identifiers import KeyId, Sha256
from warifu.domain.x509.names import DistinguishedName, GeneralNames, NameConstraints
from warifu.domain.x509.public_key import PublicKey, facts_of
from warifu.errors import UsageError

_Value = TypeVar("_Value")
_Extension = TypeVar("_Extension", bound=x509.ExtensionType)


class Usage(StrEnum):
    """A keyUsage bit. Spec: RFC 5280 §4.2.1.3."""

    DIGITAL_SIGNATURE = "digitalSignature"
    CONTENT_COMMITMENT = "contentCommitment"
    KEY_ENCIPHERMENT = "keyEncipherment"
    DATA_ENCIPHERMENT = "dataEncipherment"
    KEY_AGREEMENT = "keyAgreement"
    KEY_CERT_SIGN = "keyCertSign"
    CRL_SIGN = "cRLSign"


class Purpose(StrEnum):
    """An extended key usage that we judge. Spec: RFC 5280 §4.2.1.12."""

    SERVER_AUTH = "serverAuth"
    CLIENT_AUTH = "clientAuth"
    ANY = "anyExtendedKeyUsage"


# Extensions whose meaning is applied here; any other critical one makes a chain unusable (RFC 5280 §4.2).
_APPLIED = frozenset(
    (
        "2.5.29.14",  # subjectKeyIdentifier
        "2.5.29.15",  # keyUsage
        "2.5.29.17",  # subjectAltName
        "2.5.29.19",  # basicConstraints
        "2.5.29.30",  # nameConstraints
        "2.5.29.32",  # certificatePolicies: every policy is acceptable, as openssl does without -policy_check
        "2.5.29.35",  # authorityKeyIdentifier
        "2.5.29.37",  # extKeyUsage
    )
)
EXTENSIONS = "extensions"  # the part that `unreadable` names when one of them is broken
_PURPOSES = {
    ExtendedKeyUsageOID.SERVER_AUTH: Purpose.SERVER_AUTH.value,
    ExtendedKeyUsageOID.CLIENT_AUTH: Purpose.CLIENT_AUTH.value,
    ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE: Purpose.ANY.value,
}


class Certificate:
    """One certificate; equal when its bytes are equal, hashed by them.

    Raises:
        UsageError: `trust.certificate-unreadable`, when DER does not parse as a certificate.
    """

    def __init__(self, der: bytes) -> None:
        self.der = bytes(der)
        self.fingerprint = Sha256.of(self.der)
        self._problems: dict[str, str] = {}
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # odd serials become findings, not warnings
                self._parsed = x509.load_der_x509_certificate(self.der)
                self._serial = self._parsed.serial_number
                self._not_after = self._parsed.not_valid_after_utc
                self._not_before = self._parsed.not_valid_before_utc
        except (ValueError, OverflowError, UnsupportedAlgorithm) as error:
            raise UsageError("trust.certificate-unreadable", reason=str(error)) from None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Certificate) and self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def __repr__(self) -> str:
        return f"Certificate({self.fingerprint.short}, {self.subject})"

    @property
    def parsed(self) -> x509.Certificate:
        """The library's object, for signature checks and engines that want it."""
        return self._parsed

    @property
    def serial(self) -> int:
        """The serial number; zero and negative ones exist in the wild."""
        return self._serial

    @property
    def version(self) -> int:
        """1 or 3."""
        return 1 if self._parsed.version is x509.Version.v1 else 3

    @property
    def not_before(self) -> datetime:
        """First second of validity, UTC."""
        return self._not_before

    @property
    def not_after(self) -> datetime:
        """Last second of validity, UTC."""
        return self._not_after

    @cached_property
    def subject(self) -> DistinguishedName:
        """Who it is about."""
        return self._try("subject", lambda: _name(self._parsed.subject)) or DistinguishedName(b"", "")

    @cached_property
    def issuer(self) -> DistinguishedName:
        """Who says so."""
        return self._try("issuer", lambda: _name(self._parsed.issuer)) or DistinguishedName(b"", "")

    @cached_property
    def public_key(self) -> PublicKey | None:
        """The subject's key; None when its algorithm or encoding is not supported."""
        return self._try("subjectPublicKeyInfo", lambda: facts_of(self._parsed.public_key()))

    @cached_property
    def signature_hash(self) -> str:
        """The hash the issuer signed with: `sha256`, `sha1`, ...; empty for Ed25519 or unknown ones."""

        def read() -> str:
            algorithm = self._parsed.signature_hash_algorithm
            return algorithm.name if isinstance(algorithm, hashes.HashAlgorithm) else ""

        return self._try("signatureAlgorithm", read) or ""

    @cached_property
    def is_self_issued(self) -> bool:
        """Subject and issuer are the same name (RFC 5280 §6.1): not yet that it signed itself."""
        return self.subject == self.issuer

    @cached_property
    def looks_self_signed(self) -> bool:
        """Self-issued, and no key id says that another key of the same name signed it: the top of a chain."""
        own, above = self.subject_key_id, self.authority_key_id
        return self.is_self_issued and (own is None or above is None or own == above)

    @cached_property
    def basic_constraints(self) -> tuple[bool, int | None] | None:
        """(cA, pathLenConstraint), or None when the extension is absent. RFC 5280 §4.2.1.9."""
        found = self._extension(x509.BasicConstraints)
        return None if found is None else (found.ca, found.path_length)

    @property
    def is_ca(self) -> bool:
        """BasicConstraints says cA, or it is a self-issued v1 certificate (an old root)."""
        if self.basic_constraints is None:
            return self.version == 1 and self.is_self_issued
        return self.basic_constraints[0]

    @cached_property
    def key_usage(self) -> frozenset[Usage] | None:
        """The keyUsage bits, or None when the extension is absent."""
        found = self._extension(x509.KeyUsage)
        if found is None:
            return None
        bits = {
            Usage.DIGITAL_SIGNATURE: found.digital_signature,
            Usage.CONTENT_COMMITMENT: found.content_commitment,
            Usage.KEY_ENCIPHERMENT: found.key_encipherment,
            Usage.DATA_ENCIPHERMENT: found.data_encipherment,
            Usage.KEY_AGREEMENT: found.key_agreement,
            Usage.KEY_CERT_SIGN: found.key_cert_sign,
            Usage.CRL_SIGN: found.crl_sign,
        }
        return frozenset(usage for usage, on in bits.items() if on)

    @cached_property
    def extended_key_usage(self) -> tuple[str, ...] | None:
        """Purposes as names (`serverAuth`) or dotted OIDs, in order; None when absent."""
        found = self._extension(x509.ExtendedKeyUsage)
        return None if found is None else tuple(_PURPOSES.get(oid, oid.dotted_string) for oid in found)

    @cached_property
    def names(self) -> GeneralNames | None:
        """The subjectAltName, or None when absent. RFC 5280 §4.2.1.6."""
        found = self._extension(x509.SubjectAlternativeName)
        return None if found is None else _general_names(found)

    @cached_property
    def subject_key_id(self) -> KeyId | None:
        """The SubjectKeyIdentifier, or None. RFC 5280 §4.2.1.2."""
        found = self._extension(x509.SubjectKeyIdentifier)
        return None if found is None else KeyId.of(found.digest)

    @cached_property
    def authority_key_id(self) -> KeyId | None:
        """The key id of the AuthorityKeyIdentifier, or None. RFC 5280 §4.2.1.1."""
        found = self._extension(x509.AuthorityKeyIdentifier)
        if found is None or found.key_identifier is None:
            return None
        return KeyId.of(found.key_identifier)

    @cached_property
    def name_constraints(self) -> NameConstraints | None:
        """The nameConstraints, or None when absent. RFC 5280 §4.2.1.10."""
        found = self._extension(x509.NameConstraints)
        if found is None:
            return None
        return NameConstraints(
            _general_names(found.permitted_subtrees), _general_names(found.excluded_subtrees)
        )

    @cached_property
    def unknown_critical(self) -> tuple[str, ...]:
        """Dotted OIDs of critical extensions that are not applied here, in order."""

        def read() -> tuple[str, ...]:
            return tuple(
                extension.oid.dotted_string
                for extension in self._parsed.extensions
                if extension.critical and extension.oid.dotted_string not in _APPLIED
            )

        return self._try(EXTENSIONS, read) or ()

    @cached_property
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
        for part in ("subject", "issuer", "public_key", "signature_hash", "basic_constraints", "key_usage"):
            getattr(self, part)
        for part in ("extended_key_usage", "names", "subject_key_id", "authority_key_id"):
            getattr(self, part)
        for part in ("name_constraints", "unknown_critical"):
            getattr(self, part)
        return tuple(self._problems.items())

    @cached_property
    def _extensions(self) -> Mapping[x509.ObjectIdentifier, x509.ExtensionType]:
        return self._try(EXTENSIONS, lambda: {one.oid: one.value for one in self._parsed.extensions}) or {}

    def _extension(self, kind: type[_Extension]) -> _Extension | None:
        found = self._extensions.get(kind.oid)
        return found if isinstance(found, kind) else None

    def _try(self, part: str, read: Callable[[], _Value]) -> _Value | None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return read()
        except (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension) as error:
            self._problems[part] = str(error)
        except x509.UnsupportedGeneralNameType as error:
            self._problems[part] = str(error)
        return None


def _name(name: x509.Name) -> DistinguishedName:
    commons = tuple(str(attribute.value) for attribute in name.get_attributes_for_oid(NameOID.COMMON_NAME))
    folded = "\x1e".join(
        "\x1f".join(sorted(f"{attribute.oid.dotted_string}={_fold(attribute.value)}" for attribute in part))
        for part in name.rdns
    )
    return DistinguishedName(name.public_bytes(), name.rfc4514_string(), commons, folded)


def _fold(value: str | bytes) -> str:
    return " ".join(value.casefold().split()) if isinstance(value, str) else value.hex()


_JUDGED = (x509.DNSName, x509.IPAddress, x509.RFC822Name, x509.UniformResourceIdentifier, x509.DirectoryName)


def _general_names(names: Iterable[x509.GeneralName] | None) -> GeneralNames:
    listed = tuple(names or ())
    return GeneralNames(
        dns=tuple(name.value for name in listed if isinstance(name, x509.DNSName)),
        ip=tuple(name.value for name in listed if isinstance(name, x509.IPAddress)),
        email=tuple(name.value for name in listed if isinstance(name, x509.RFC822Name)),
        uri=tuple(name.value for name in listed if isinstance(name, x509.UniformResourceIdentifier)),
        directory=tuple(_name(name.value) for name in listed if isinstance(name, x509.DirectoryName)),
        other=sum(not isinstance(name, _JUDGED) for name in listed),
    )
