"""How entries come, change and go: what is refused, and what the answer says was done.

1. An entry is made from certificates with or without a key, from a secret alone, or from a CRL.
2. What is there is never overwritten by adding: replacing is asked for by name and has no gap.
3. What follows a trust domain is not deleted, replaced or renamed on a node; the refusal names the right command.
4. Deleting what is not there is told, never a success.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from warifu.domain.endpoint.model import Entry, EntryKind, LocalException, Provenance, SystemStore
from warifu.domain.endpoint.names import check_alias, default_alias, fold
from warifu.domain.x509 import Certificate, PrivateKey, RevocationList, Sha256
from warifu.errors import RefusedError, UsageError

KEY_KINDS = ("RSA", "EC", "Ed25519")
WITH_KEY = frozenset({EntryKind.PRIVATE_KEY, EntryKind.ENCRYPTED_KEY})
WITH_SECRET = frozenset({*WITH_KEY, EntryKind.SECRET})
_LONGEST_REASON = 1_000  # characters
_ONLY = {SystemStore.TRUSTED_ROOTS: EntryKind.TRUSTED, SystemStore.CRLS: EntryKind.CRL}


class Outcome(StrEnum):
    """What a change did."""

    CREATED = "created"
    UNCHANGED = "unchanged"
    REPLACED = "replaced"
    KEPT_HERE_TOO = "kept-here-too"
    DELETED = "deleted"
    RENAMED = "renamed"


@dataclass(frozen=True, slots=True)
class Offered:
    """What somebody offers as an entry.

    Args:
        certificates: leaf first where there is a key.
        key: its private key, opened.
        under_password: the key is kept under a password of its user.
        is_secret: it is a secret alone.
    """

    certificates: tuple[Certificate, ...] = ()
    crl: RevocationList | None = None
    key: PrivateKey | None = None
    under_password: bool = False
    is_secret: bool = False


@dataclass(frozen=True, slots=True)
class Deleted:
    """A managed entry that left this node, so that whatever brings it back is told as resurrected.

    Args:
        by: who took it away: sync, or a person.
    """

    store: str
    alias: str
    fingerprint: Sha256
    domain: str
    at: datetime
    by: str


def make_entry(store: str, alias: str, offered: Offered, *, now: datetime) -> Entry:
    """Return the local entry that is made of what is offered.

    Args:
        alias: empty for the usual one.

    Raises:
        UsageError: `endpoint.nothing-offered`, `endpoint.one-certificate`, `endpoint.alias-missing`,
            `endpoint.bad-alias`.
        RefusedError: `endpoint.key-kind`, `endpoint.key-mismatch`, `endpoint.wrong-kind`.
    """
    kind = _kind_of(offered)
    if offered.key is not None:
        _check_key(offered.key, offered.certificates[0])
    system = next((one for one in SystemStore if one.value == store), None)
    wanted = _ONLY.get(system) if system else None
    if wanted not in {None, kind}:
        raise RefusedError("endpoint.wrong-kind", store=store, kind=kind, wanted=wanted)
    named: Certificate | RevocationList | None = offered.crl or next(iter(offered.certificates), None)
    if not alias and named is None:
        raise UsageError("endpoint.alias-missing")
    name = check_alias(alias) if alias or named is None else default_alias(named)
    return Entry(store, name, kind, offered.certificates, offered.crl, added=now)


def decide_addition(there: Entry | None, offered: Entry) -> tuple[Outcome, Entry]:
    """Return what adding does: what is published and added here too is kept here when it is no longer published.

    Raises:
        RefusedError: `endpoint.alias-taken`.
    """
    if there is None:
        return Outcome.CREATED, offered
    is_same = there.kind is offered.kind and _bytes_of(there) == _bytes_of(offered)
    if not is_same or there.kind in WITH_SECRET:
        raise RefusedError("endpoint.alias-taken", store=there.store, alias=there.alias)
    if there.provenance is Provenance.DIRECTORY:
        return Outcome.KEPT_HERE_TOO, replace(there, provenance=Provenance.BOTH)
    return Outcome.UNCHANGED, there


def decide_replacement(there: Entry | None, offered: Entry, expected: Sequence[str]) -> Entry:
    """Return the entry that takes another's place under the same alias, in one step.

    Raises:
        RefusedError: `endpoint.no-such-entry`, `endpoint.managed`, `endpoint.other-entry`.
    """
    kept = check_deletable_entry(there, offered.store, offered.alias, expected)
    return replace(offered, alias=kept.alias)


def decide_renaming(there: Entry | None, taken: Entry | None, store: str, alias: str, new: str) -> Entry:
    """Return an entry under its new alias, which may be the old one in other letters.

    Raises:
        UsageError: `endpoint.bad-alias`.
        RefusedError: `endpoint.no-such-entry`, `endpoint.managed`, `endpoint.alias-taken`.
    """
    name = check_alias(new)
    kept = check_deletable_entry(there, store, alias, ())
    if taken is not None and fold(kept.alias) != fold(name):
        raise RefusedError("endpoint.alias-taken", store=store, alias=taken.alias)
    return replace(kept, alias=name)


def check_deletable_entry(there: Entry | None, store: str, alias: str, expected: Sequence[str]) -> Entry:
    """Return the entry that may be taken away.

    Args:
        expected: what it must be: fingerprints (SHA-256, SHA-1) or key ids, each of which has to fit.

    Raises:
        RefusedError: `endpoint.no-such-entry`, `endpoint.managed`, `endpoint.managed-crl`, `endpoint.other-entry`.
    """
    found = check_there(there, store, alias)
    for one in expected:
        if not _fits(found, one):
            raise RefusedError(
                "endpoint.other-entry",
                store=store,
                alias=alias,
                expected=one,
                found=found.fingerprint or "-",
                key_id=_key_id_of(found) or "-",
            )
    if found.is_managed and found.crl is not None:
        raise RefusedError("endpoint.managed-crl", store=store, alias=found.alias, domain=found.domain)
    if found.is_managed:
        raise RefusedError(
            "endpoint.managed",
            store=store,
            alias=found.alias,
            domain=found.domain,
            fingerprint=found.fingerprint,
        )
    return found


def check_there(there: Entry | None, store: str, alias: str) -> Entry:
    """Return an entry that has to be there.

    Raises:
        RefusedError: `endpoint.no-such-entry`.
    """
    if there is None:
        raise RefusedError("endpoint.no-such-entry", store=store, alias=alias)
    return there


def decide_exception(entry: Entry, exception: LocalException, *, now: datetime) -> Entry:
    """Return an entry with a local exception, which takes the place of an earlier one.

    Raises:
        UsageError: `endpoint.exception-past`, `endpoint.exception-reason`.
        RefusedError: `endpoint.exception-local`: nothing is published that it could differ from.
    """
    if not entry.is_managed:
        raise RefusedError("endpoint.exception-local", store=entry.store, alias=entry.alias)
    if exception.until <= now:
        raise UsageError("endpoint.exception-past", until=exception.until)
    if not exception.reason.strip() or len(exception.reason) > _LONGEST_REASON:
        raise UsageError("endpoint.exception-reason", limit=_LONGEST_REASON)
    return replace(entry, exception=exception)


def decide_end(entry: Entry) -> Entry:
    """Return an entry without its exception.

    Raises:
        RefusedError: `endpoint.no-exception`.
    """
    if entry.exception is None:
        raise RefusedError("endpoint.no-exception", store=entry.store, alias=entry.alias)
    return replace(entry, exception=None)


def _kind_of(offered: Offered) -> EntryKind:
    whole = (bool(offered.certificates), offered.key is not None, offered.crl is not None, offered.is_secret)
    match whole:
        case (True, True, False, False):
            return EntryKind.ENCRYPTED_KEY if offered.under_password else EntryKind.PRIVATE_KEY
        case (True, False, False, False):
            if len(offered.certificates) > 1:
                raise UsageError("endpoint.one-certificate", count=len(offered.certificates))
            return EntryKind.TRUSTED
        case (False, False, True, False):
            return EntryKind.CRL
        case (False, False, False, True):
            return EntryKind.SECRET
        case _:
            raise UsageError("endpoint.nothing-offered")


def _check_key(key: PrivateKey, certificate: Certificate) -> None:
    own, stated = key.public_key, certificate.public_key
    if own.algorithm not in KEY_KINDS:
        raise RefusedError("endpoint.key-kind", kind=own.algorithm, known=KEY_KINDS)
    if stated is None or own.spki != stated.spki:
        raise RefusedError("endpoint.key-mismatch", certificate=certificate.label)


def _bytes_of(entry: Entry) -> tuple[bytes, ...]:
    return (*(one.der for one in entry.certificates), *([entry.crl.der] if entry.crl else []))


def _key_id_of(entry: Entry) -> str:
    found = entry.certificates[0].legacy_key_id if entry.certificates else None
    return "" if found is None else found.hex


def _fits(entry: Entry, text: str) -> bool:
    digits = text.replace(":", "").replace(" ", "").lower()
    value: Certificate | RevocationList | None = entry.crl or next(iter(entry.certificates), None)
    if value is None:
        return False
    return digits in {value.fingerprint.hex, default_alias(value), _key_id_of(entry).lower()}
