"""What one transaction sees and writes in an endpoint store's file."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import datetime

from cryptography.exceptions import InvalidTag

from warifu.adapters.endpoint.data_keys import DataKeys, opened, sealed
from warifu.adapters.endpoint.rows import (
    DamagedError,
    access_text,
    cells_of,
    entry_in,
    store_in,
    text_of,
)
from warifu.domain.endpoint import Deleted, Entry, Provenance, Secret, Store
from warifu.domain.endpoint.names import fold
from warifu.domain.endpoint.permissions import closed_access
from warifu.domain.findings import Code, Finding
from warifu.domain.x509 import Sha256
from warifu.errors import CouldNotLookError, RefusedError
from warifu.ports.endpoint import EVERYTHING, MOST_LISTED, Asked, EndpointBook, EndpointView, Listed

_KEPT = 20_000  # rows of the journal of one user: nobody pushes out what others did
_EVERY = 100  # rows after which the oldest are looked for
_BYTES = 8 << 20  # of a page
_NAMES = (
    "alias",
    "folded",
    "kind",
    "certificates",
    "crl",
    "provenance",
    "domain",
    "added",
    "distrusted",
    "exception",
    "digest",
    "fingerprint",
    "not_after",
)
_ENTRY = "SELECT entry.*, store.name AS store_name, length(certificates) + coalesce(length(crl), 0) AS size FROM entry JOIN store ON store.id = entry.store"


class SqliteView(EndpointView):
    """One instant of the stores."""

    def __init__(self, db: sqlite3.Connection, keys: Mapping[int, Secret], file: DataKeys) -> None:
        self._db = db
        self._keys = keys
        self._file = file

    def stores(self) -> tuple[Store, ...]:
        """Return every store; one whose access list is damaged is not among them."""
        found = []
        for row in self._db.execute("SELECT name, owner, aces FROM store ORDER BY id"):
            try:
                found.append(store_in(row))
            except DamagedError:
                found.append(Store(row["name"], closed_access(row["owner"])))
        return tuple(found)

    def entries(self, store: str, asked: Asked = EVERYTHING) -> Listed:
        """Return a page; see the port."""
        where, values = _wanted(self._store_id(store), asked)
        total = self._db.execute(f"SELECT count(*) FROM entry WHERE {where}", values).fetchone()[0]  # noqa: S608  # our own words
        most = max(1, min(asked.most, MOST_LISTED))
        rows = self._db.execute(
            f"{_ENTRY} WHERE {where} AND entry.id > ? ORDER BY entry.id",
            (*values, asked.after),
        )
        entries: list[Entry] = []
        findings: list[Finding] = []
        size = 0
        last = asked.after
        for row in rows:
            size += row["size"] or 0
            if len(entries) + len(findings) >= most or (size > _BYTES and last != asked.after):
                return Listed(tuple(entries), tuple(findings), last, total)
            last = row["id"]
            try:
                entries.append(entry_in(row))
            except DamagedError:
                findings.append(_damaged(row["store_name"], str(row["alias"]), "row-damaged"))
        return Listed(tuple(entries), tuple(findings), None, total)

    def entry(self, store: str, alias: str) -> Entry | None:
        """Return an entry; see the port."""
        row = self._row(store, alias)
        try:
            return None if row is None else entry_in(row)
        except DamagedError as error:
            raise CouldNotLookError(
                "endpoint.entry-damaged", store=store, alias=alias, reason="row-damaged"
            ) from error

    def secret(self, store: str, alias: str) -> Secret:
        """Return a key or secret; see the port."""
        row = self._row(store, alias)
        if row is None:
            raise RefusedError("endpoint.no-such-entry", store=store, alias=alias)
        if row["secret"] is None:
            raise RefusedError("endpoint.no-secret", store=store, alias=alias)
        try:
            return Secret(opened(self._key(row["key"]), row["secret"], _place(row)))
        except (InvalidTag, KeyError) as error:
            reason = "key-missing" if isinstance(error, KeyError) else "secret-damaged"
            raise CouldNotLookError(
                "endpoint.entry-damaged", store=store, alias=alias, reason=reason
            ) from error

    def deleted(self) -> tuple[Deleted, ...]:
        """Return what left; see the port."""
        rows = self._db.execute(
            "SELECT store, alias, fingerprint, domain, at, by FROM deleted ORDER BY at DESC, rowid DESC"
        )
        return tuple(
            Deleted(row[0], row[1], Sha256(row[2]), row[3], datetime.fromisoformat(row[4]), row[5])
            for row in rows
        )

    def _key(self, number: int) -> Secret:
        found = self._keys.get(number) or self._file.load().get(number)
        if found is None:
            raise KeyError(number)
        return found

    def _store_id(self, store: str) -> int:
        row = self._db.execute("SELECT id FROM store WHERE folded = ?", (fold(store),)).fetchone()
        if row is None:
            raise RefusedError("endpoint.no-such-store", store=store)
        return int(row["id"])

    def _row(self, store: str, alias: str) -> sqlite3.Row | None:
        asked = (self._store_id(store), fold(alias))
        row: sqlite3.Row | None = self._db.execute(
            f"{_ENTRY} WHERE entry.store = ? AND entry.folded = ?", asked
        ).fetchone()
        return row


class SqliteBook(SqliteView, EndpointBook):
    """One change of the stores."""

    def __init__(
        self, db: sqlite3.Connection, keys: Mapping[int, Secret], file: DataKeys, *, by: str, now: datetime
    ) -> None:
        super().__init__(db, keys, file)
        self._by = by
        self._now = now

    def put(self, entry: Entry, secret: Secret | None = None) -> None:
        """Write an entry; see the port."""
        store = self._store_id(entry.store)
        there = self._row(entry.store, entry.alias)
        names, cells = _NAMES, cells_of(entry).values
        if there is None:
            marks = ", ".join("?" * (len(names) + 1))
            self._db.execute(
                f"INSERT INTO entry (store, {', '.join(names)}) VALUES ({marks})",  # noqa: S608  # our own words
                (store, *cells),
            )
        else:
            changes = ", ".join(f"{name} = ?" for name in names)
            self._db.execute(f"UPDATE entry SET {changes} WHERE id = ?", (*cells, there["id"]))  # noqa: S608  # our own words
        if secret is not None:
            row = self._row(entry.store, entry.alias)
            assert row is not None  # noqa: S101 - written above
            self._seal(row, secret)
        fingerprint = entry.fingerprint.hex if entry.fingerprint else ""
        self.note("add" if there is None else "change", entry.store, entry.alias, fingerprint)

    def drop(self, store: str, alias: str) -> None:
        """Take an entry away; see the port."""
        row = self._row(store, alias)
        if row is None:
            raise RefusedError("endpoint.no-such-entry", store=store, alias=alias)
        if row["provenance"] != Provenance.LOCAL.value:
            self._db.execute(
                "INSERT OR REPLACE INTO deleted (store, folded, fingerprint, alias, domain, at, by) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    row["store_name"],
                    row["folded"],
                    row["fingerprint"],
                    row["alias"],
                    row["domain"],
                    text_of(self._now),
                    self._by,
                ),
            )
        self._db.execute("DELETE FROM entry WHERE id = ?", (row["id"],))
        self.note("delete", row["store_name"], row["alias"], row["fingerprint"])

    def put_store(self, store: Store) -> None:
        """Write a store; see the port."""
        self._db.execute(
            "INSERT INTO store (name, folded, owner, aces) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (folded) DO UPDATE SET owner = excluded.owner, aces = excluded.aces",
            (store.name, fold(store.name), store.access.owner, access_text(store.access)),
        )
        self.note("set-store", store.name)

    def drop_store(self, name: str) -> None:
        """Take a store away; see the port."""
        found = self._store_id(name)
        self._db.execute("DELETE FROM entry WHERE store = ?", (found,))
        self._db.execute("DELETE FROM store WHERE id = ?", (found,))
        self.note("delete-store", name)

    def note(self, act: str, store: str, alias: str = "", fingerprint: str = "") -> None:
        """Write a row of the journal; the oldest of this user go."""
        row = self._db.execute(
            "INSERT INTO journal (at, who, act, store, alias, fingerprint) VALUES (?, ?, ?, ?, ?, ?)",
            (text_of(self._now), self._by, act, store, alias, fingerprint),
        )
        if (row.lastrowid or 0) % _EVERY == 0:
            self._db.execute(
                "DELETE FROM journal WHERE who = ? AND number <= coalesce((SELECT number FROM journal "
                "WHERE who = ? ORDER BY number DESC LIMIT 1 OFFSET ?), 0)",
                (self._by, self._by, _KEPT),
            )

    def _seal(self, row: sqlite3.Row, secret: Secret) -> None:
        number = max(self._keys)
        data = sealed(self._keys[number], secret.reveal(), _place(row))
        self._db.execute("UPDATE entry SET secret = ?, key = ? WHERE id = ?", (data, number, row["id"]))


def reseal(db: sqlite3.Connection, keys: Mapping[int, Secret]) -> None:
    """Write every secret under the newest key; one that does not open stays as it is, and is told when it is read."""
    newest = max(keys)
    for row in db.execute(f"{_ENTRY} WHERE secret IS NOT NULL").fetchall():
        try:
            plain = opened(keys[row["key"]], row["secret"], _place(row))
        except (InvalidTag, KeyError):
            continue
        db.execute(
            "UPDATE entry SET secret = ?, key = ? WHERE id = ?",
            (sealed(keys[newest], plain, _place(row)), newest, row["id"]),
        )


def _place(row: sqlite3.Row) -> bytes:
    """Return where a secret belongs: bound into its ciphertext."""
    parts = (
        b"warifu endpoint 1",
        fold(row["store_name"]).encode(),
        row["folded"].encode(),
        b"%d" % row["id"],
    )
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def _wanted(store: int, asked: Asked) -> tuple[str, tuple[object, ...]]:
    """Return the condition on rows, and its values."""
    where = ["entry.store = ?"]
    told: list[object] = [store]
    if asked.ends_before is not None:
        where.append("entry.not_after < ?")
        told.append(text_of(asked.ends_before))
    if asked.ends_after is not None:
        where.append("entry.not_after >= ?")
        told.append(text_of(asked.ends_after))
    return " AND ".join(where), tuple(told)


def _damaged(store: str, alias: str, reason: str) -> Finding:
    return Finding(Code.ENDPOINT_ENTRY_DAMAGED, alias, {"endpoint_store": store, "reason": reason})
