"""Rows of an endpoint store's file to entries and back."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from warifu.domain.endpoint import (
    Access,
    Ace,
    Entry,
    EntryKind,
    LocalException,
    Principal,
    PrincipalKind,
    Provenance,
    Right,
    Store,
)
from warifu.domain.endpoint.names import fold
from warifu.domain.x509 import Certificate, RevocationList
from warifu.domain.x509.ber import elements
from warifu.errors import UsageError

COLUMNS = (
    "id, alias, kind, certificates, crl, provenance, domain, added, distrusted, exception, digest, store_name"
)


class DamagedError(Exception):
    """A row does not say what was once written."""


class _AceRow(msgspec.Struct):
    kind: str
    name: str
    granted: int
    denied: int


class _Exception(msgspec.Struct):
    by: str
    reason: str
    until: datetime
    distrusts: bool


@dataclass(frozen=True, slots=True)
class Cells:
    """What is written of an entry, but for its store, row and secret."""

    alias: str
    folded: str
    kind: str
    certificates: bytes
    crl: bytes | None
    provenance: str
    domain: str
    added: str | None
    distrusted: int
    exception: bytes | None
    digest: bytes
    fingerprint: str
    not_after: str | None

    @property
    def values(self) -> tuple[object, ...]:
        """Return them in the order of the table."""
        return tuple(getattr(self, name) for name in self.__slots__)


def cells_of(entry: Entry) -> Cells:
    """Return what is written of an entry."""
    chain = b"".join(one.der for one in entry.certificates)
    crl = entry.crl.der if entry.crl else None
    held = entry.exception
    exception = (
        msgspec.json.encode(_Exception(held.by, held.reason, held.until, held.distrusts)) if held else None
    )
    return Cells(
        entry.alias,
        fold(entry.alias),
        entry.kind.value,
        chain,
        crl,
        entry.provenance.value,
        entry.domain,
        text_of(entry.added),
        int(entry.distrusted),
        exception,
        _digest(chain, crl),
        entry.fingerprint.hex if entry.fingerprint else "",
        text_of(entry.not_after),
    )


def entry_in(row: sqlite3.Row) -> Entry:
    """Return the entry of a row.

    Raises:
        DamagedError: it cannot be read, or is not what was written.
    """
    chain, crl = row["certificates"], row["crl"]
    try:
        if _digest(chain, crl) != row["digest"]:
            raise DamagedError
        held = msgspec.json.decode(row["exception"], type=_Exception) if row["exception"] else None
        return Entry(
            row["store_name"],
            row["alias"],
            EntryKind(row["kind"]),
            tuple(Certificate(one.whole) for one in elements(chain)),
            RevocationList(crl) if crl is not None else None,
            Provenance(row["provenance"]),
            row["domain"],
            moment(row["added"]),
            distrusted=bool(row["distrusted"]),
            exception=LocalException(held.by, held.reason, held.until, held.distrusts) if held else None,
        )
    except (UsageError, ValueError, TypeError) as error:
        raise DamagedError from error


def access_text(access: Access) -> bytes:
    """Return an access list as it is written."""
    rows = [
        _AceRow(ace.principal.kind, ace.principal.name, ace.granted.value, ace.denied.value)
        for ace in access.aces
    ]
    return msgspec.json.encode(rows)


def store_in(row: sqlite3.Row) -> Store:
    """Return the store of a row.

    Raises:
        DamagedError: its access list cannot be read; nobody but root is let in by a guess.
    """
    try:
        aces = tuple(
            Ace(Principal(PrincipalKind(one.kind), one.name), Right(one.granted), Right(one.denied))
            for one in msgspec.json.decode(row["aces"], type=list[_AceRow])
        )
    except (ValueError, TypeError) as error:
        raise DamagedError from error
    return Store(row["name"], Access(row["owner"], aces))


def text_of(instant: datetime | None) -> str | None:
    """Return an instant as text that sorts as instants do."""
    return None if instant is None else instant.astimezone(UTC).isoformat(timespec="seconds")


def moment(text: str | None) -> datetime | None:
    """Return the instant of a text."""
    return None if text is None else datetime.fromisoformat(text)


def _digest(chain: bytes, crl: bytes | None) -> bytes:
    return hashlib.sha256(len(chain).to_bytes(8, "big") + chain + (crl or b"")).digest()
