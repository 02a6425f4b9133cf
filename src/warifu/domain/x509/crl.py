"""A certificate revocation list as an immutable value. Spec: RFC 5280 §5."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from cryptography import x509

from warifu.domain.x509.damaged import UNREADABLE, value_at
from warifu.domain.x509.identifiers import KeyId, Sha256
from warifu.domain.x509.names import DistinguishedName
from warifu.domain.x509.odd_names import issuer_of_crl, stand_in
from warifu.domain.x509.parts import name_of, odd_name, point_name
from warifu.domain.x509.quietly import Quietly
from warifu.domain.x509.reasons import reason_of
from warifu.errors import UsageError

_APPLIED = frozenset(("2.5.29.20", "2.5.29.28", "2.5.29.35"))  # cRLNumber, issuingDistributionPoint, key id
_APPLIED_TO_ENTRIES = frozenset(("2.5.29.21",))  # reasonCode
_CRITICAL = bytes.fromhex("0101ff")
_UNREADABLE_ENTRY = "crlEntryExtensions"
_DELTA = "2.5.29.27"
_NUMBER = "2.5.29.20"


_LIFTED = x509.ReasonFlags.remove_from_crl.value


@dataclass(frozen=True, slots=True)
class Revocation:
    """That a certificate was revoked: when, and why (the reason's name as standards write it; empty for none)."""

    at: datetime
    reason: str = ""

    @property
    def is_lifted(self) -> bool:
        """It says the opposite: that the certificate is revoked no more, as delta CRLs alone may (RFC 5280 §5.3.1)."""
        return self.reason == _LIFTED


@dataclass(frozen=True, slots=True)
class Scope:
    """Which certificates a CRL speaks about. Spec: RFC 5280 §5.2.5.

    Args:
        points: the distribution point's names; empty where the CRL names none.
        is_relative: the distribution point is named relative to the issuer.
        kind: `user`, `ca` or `attribute`, where it lists certificates of one kind alone; else empty.
        some_reasons: it lists only certificates revoked for some reasons.
        is_indirect: it lists certificates of other issuers.
    """

    points: tuple[str, ...] = ()
    is_relative: bool = False
    kind: str = ""
    some_reasons: bool = False
    is_indirect: bool = False


@dataclass(frozen=True, slots=True)
class _Said:
    """What the extensions of a CRL say."""

    scope: Scope = Scope()
    number: int | None = None
    key_id: KeyId | None = None
    critical: tuple[str, ...] = ()
    is_delta: bool = False
    problem: str = ""


class RevocationList:
    """One CRL; equal when its bytes are equal.

    `most_entries` bounds what is looked through entry by entry.

    Raises:
        UsageError: `trust.crl-unreadable`.
    """

    most_entries = 200_000

    def __init__(self, der: bytes) -> None:
        self.der = bytes(der)
        self.fingerprint = Sha256.of(self.der)
        try:
            with Quietly():
                self.parsed, issuer = _read(self.der)
                self.issuer_der = issuer.der
                self.issuer_text = issuer.text
                self.issuer_folded = issuer.folded
                self.this_update: datetime = self.parsed.last_update_utc
                self.next_update: datetime | None = self.parsed.next_update_utc
        except UNREADABLE as error:
            raise UsageError("trust.crl-unreadable", reason=reason_of(error)) from None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RevocationList) and self.fingerprint == other.fingerprint

    def __reduce__(self) -> tuple[type[RevocationList], tuple[bytes]]:
        return RevocationList, (self.der,)  # another process reads it anew

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    @property
    def signed_bytes(self) -> bytes:
        """What the issuer signed: the TBSCertList as it was sent. RFC 5280 §5.1.1.3."""
        start = value_at(self.der, 0)[0]
        return self.der[start : value_at(self.der, start)[1]]

    @property
    def authority_key_id(self) -> KeyId | None:
        """The key id of the signer, where the CRL names one."""
        return self._said.key_id

    @property
    def scope(self) -> Scope:
        """Which certificates it speaks about; a CRL that says nothing speaks about all of its issuer's."""
        return self._said.scope

    @property
    def number(self) -> int | None:
        """Its cRLNumber, which every CRL must have."""
        return self._said.number

    @property
    def number_is_critical(self) -> bool:
        """Its cRLNumber is marked critical, which RFC 5280 §5.2.3 forbids."""
        return _NUMBER in self._said.critical

    @property
    def is_delta(self) -> bool:
        """It says only what changed since another CRL. RFC 5280 §5.2.4."""
        return self._said.is_delta

    @property
    def unknown_critical(self) -> tuple[str, ...]:
        """Dotted OIDs of critical extensions that are not applied here, of the CRL, then of its entries.

        RFC 5280 §5.2, §5.3: either keeps the whole CRL from being used.
        """
        own = tuple(oid for oid in self._said.critical if oid not in _APPLIED and oid != _DELTA)
        return (*own, *self._critical_in_entries)

    @property
    def unreadable(self) -> str:
        """Why its extensions or entries cannot be read, as a word of ours; empty when they can."""
        return self._said.problem

    @cached_property
    def lists_twice(self) -> bool:
        """Some serial number stands in it twice, so that what it says of it may contradict itself."""
        return self._by_serial is not None and len(self._by_serial) < len(self.parsed)

    def entry(self, serial: int) -> Revocation | None:
        """Return what it says of the certificate of this serial, or None when that is not revoked.

        An entry whose date or reason cannot be read still revokes: as of the CRL's own date, for no reason. Where one
        of two entries revokes and the other lifts it, the one that revokes counts.
        """
        with Quietly():
            if self._by_serial is None:
                found = self.parsed.get_revoked_certificate_by_serial_number(serial)
            else:
                found = self._by_serial.get(serial)
            if found is not None and _reason(found) == _LIFTED:
                named = (one for one in self.parsed if one.serial_number == serial)
                found = next((one for one in named if _reason(one) != _LIFTED), found)
            return None if found is None else Revocation(_date(found) or self.this_update, _reason(found))

    @cached_property
    def _by_serial(self) -> Mapping[int, x509.RevokedCertificate] | None:
        """The first entry of each serial number; None where there are too many entries to keep."""
        if len(self.parsed) > self.most_entries:
            return None
        with Quietly():
            return {one.serial_number: one for one in reversed(tuple(self.parsed))}

    @cached_property
    def _critical_in_entries(self) -> tuple[str, ...]:
        if self.der.count(_CRITICAL) <= len(self._said.critical):  # most CRLs: no entry marks anything
            return ()
        found: dict[str, None] = {}
        with Quietly():
            for entry in self.parsed:
                try:
                    found |= {one.oid.dotted_string: None for one in entry.extensions if one.critical}
                except UNREADABLE:
                    found[_UNREADABLE_ENTRY] = None
        return tuple(oid for oid in found if oid not in _APPLIED_TO_ENTRIES)

    @cached_property
    def _said(self) -> _Said:
        try:
            with Quietly():
                listed = tuple(self.parsed.extensions)
                next(iter(self.parsed), None)
        except UNREADABLE as error:
            return _Said(problem=reason_of(error))
        found: Mapping[type, x509.ExtensionType] = {type(one.value): one.value for one in listed}
        point = found.get(x509.IssuingDistributionPoint)
        number, above = found.get(x509.CRLNumber), found.get(x509.AuthorityKeyIdentifier)
        key_id = above.key_identifier if isinstance(above, x509.AuthorityKeyIdentifier) else None
        return _Said(
            _scope(point) if isinstance(point, x509.IssuingDistributionPoint) else Scope(),
            number.crl_number if isinstance(number, x509.CRLNumber) else None,
            None if key_id is None else KeyId.of(key_id),
            tuple(one.oid.dotted_string for one in listed if one.critical),
            x509.DeltaCRLIndicator in found,
        )


def _read(der: bytes) -> tuple[x509.CertificateRevocationList, DistinguishedName]:
    """Return the library's object, of a copy where it refuses the issuer's name for a character, and that name."""
    try:
        parsed = x509.load_der_x509_crl(der)
        return parsed, name_of(parsed.issuer)
    except ValueError:
        parsed = x509.load_der_x509_crl(stand_in(der) or der)
        return parsed, odd_name(issuer_of_crl(der))


def _scope(point: x509.IssuingDistributionPoint) -> Scope:
    kinds = {
        "user": point.only_contains_user_certs,
        "ca": point.only_contains_ca_certs,
        "attribute": point.only_contains_attribute_certs,
    }
    return Scope(
        tuple(point_name(name) for name in point.full_name or ()),
        point.relative_name is not None,
        next((kind for kind, alone in kinds.items() if alone), ""),
        point.only_some_reasons is not None,
        point.indirect_crl,
    )


def _reason(entry: x509.RevokedCertificate) -> str:
    try:
        return entry.extensions.get_extension_for_class(x509.CRLReason).value.reason.value
    except (x509.ExtensionNotFound, *UNREADABLE):
        return ""


def _date(entry: x509.RevokedCertificate) -> datetime | None:
    try:
        return entry.revocation_date_utc
    except UNREADABLE:
        return None
