"""What an agent remembers, as one SQLite file, private to its owner; keys in it are sealed.

Each change is one durable transaction (`synchronous = FULL`): killed anywhere, it has all of a change or none.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

from warifu.adapters.files.databases import reason_of
from warifu.adapters.files.local import LocalFiles
from warifu.adapters.files.sealed import Sealed
from warifu.domain.x509 import Certificate, PrivateKey
from warifu.errors import CouldNotLookError, RefusedError
from warifu.ports.agent_state import AgentState, Membership, Noted
from warifu.ports.bundles import Held
from warifu.ports.orders import AgentIdentity

_FORMAT = 1
_KEPT = 100_000  # lines of the journal
_ANSWERS = 1_000  # orders whose answers are kept: none lives that long
_SCHEMA = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS member (
  one INTEGER PRIMARY KEY CHECK (one = 1), node TEXT NOT NULL, servers TEXT NOT NULL, root TEXT NOT NULL,
  renew_at TEXT, next_renew_at TEXT, asked TEXT, domains TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS asked_key (node TEXT PRIMARY KEY, key BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS identity (slot TEXT PRIMARY KEY, chain BLOB NOT NULL, key BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS held (kind TEXT NOT NULL, name TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY (kind, name));
CREATE TABLE IF NOT EXISTS epoch (journal TEXT PRIMARY KEY, epoch INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS obeyed (
  number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, at TEXT NOT NULL, answer TEXT);
CREATE TABLE IF NOT EXISTS note (
  number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, kind TEXT NOT NULL, data TEXT NOT NULL);
"""


class SqliteAgentState(AgentState):
    """An agent's memory in a file.

    Args:
        path: of the file; its folder is made for this user alone.
        sealed: what encrypts the keys in it.
    """

    def __init__(self, path: str, sealed: Sealed) -> None:
        self._path = path
        self._sealed = sealed
        self._lock = threading.RLock()
        self._db: sqlite3.Connection | None = None

    def membership(self) -> Membership | None:
        """Return what joining gave; see the port."""
        with self._looking() as db:
            row = db.execute(
                "SELECT node, servers, root, renew_at, next_renew_at, asked, domains FROM member"
            ).fetchone()
            slots = {
                name: (chain, key) for name, chain, key in db.execute("SELECT slot, chain, key FROM identity")
            }
        if row is None:
            return None
        found = {name: self._identity(name, *slot) for name, slot in slots.items()}
        renew_at, next_renew_at, asked = (_time(text) for text in row[3:6])
        return Membership(
            row[0],
            tuple(json.loads(row[1])),
            row[2],
            found.get("current"),
            found.get("next"),
            renew_at,
            next_renew_at,
            asked,
            tuple(json.loads(row[6])),
        )

    def keep_membership(self, membership: Membership) -> None:
        """Keep it; see the port."""
        slots = {"current": membership.current, "next": membership.following}
        sealed = [(name, *self._rows(name, one)) for name, one in slots.items() if one is not None]
        with self._changing() as db:
            db.execute(
                "INSERT OR REPLACE INTO member VALUES (1, ?, ?, ?, ?, ?, ?, ?)",
                (
                    membership.node,
                    json.dumps(membership.servers),
                    membership.root,
                    _text(membership.renew_at),
                    _text(membership.next_renew_at),
                    _text(membership.asked),
                    json.dumps(membership.domains),
                ),
            )
            db.execute("DELETE FROM identity")
            db.executemany("INSERT INTO identity VALUES (?, ?, ?)", sealed)
            if self._is_answered(db, membership):
                db.execute("DELETE FROM asked_key")

    def asked_key(self, node: str, make: Callable[[], PrivateKey]) -> PrivateKey:
        """Return the key that is asked with; see the port."""
        with self._changing() as db:
            row = db.execute("SELECT key FROM asked_key WHERE node = ?", (node,)).fetchone()
            if row is not None:
                return PrivateKey.load_der(self._sealed.open(row[0], "asked key"))
            key = make()
            db.execute("DELETE FROM asked_key")
            sealed = self._sealed.seal(key.to_pkcs8_der(), "asked key")
            db.execute("INSERT INTO asked_key VALUES (?, ?)", (node, sealed))
            return key

    def _is_answered(self, db: sqlite3.Connection, membership: Membership) -> bool:
        row = db.execute("SELECT key FROM asked_key").fetchone()
        if row is None:
            return False
        asked = PrivateKey.load_der(self._sealed.open(row[0], "asked key")).public_key
        kept = (one for one in (membership.current, membership.following) if one is not None)
        return any(one.key.public_key.spki == asked.spki for one in kept)

    def count(self) -> int:
        """Return the next number; see the port."""
        with self._changing() as db:
            db.execute(
                "INSERT INTO about VALUES ('counter', '1') ON CONFLICT (name) DO UPDATE SET value = value + 1"
            )
            return int(db.execute("SELECT value FROM about WHERE name = 'counter'").fetchone()[0])

    def held(self) -> Held | None:
        """Return what is believed; see the port."""
        with self._looking() as db:
            rows = db.execute("SELECT kind, name, data FROM held WHERE kind <> 'followed'").fetchall()
        if not rows:
            return None
        metadata = {name: bytes(data) for kind, name, data in rows if kind == "metadata"}
        return Held(metadata, {name: bytes(data) for kind, name, data in rows if kind == "document"})

    def keep_held(self, held: Held) -> None:
        """Keep what is believed; see the port."""
        with self._changing() as db:
            db.execute("DELETE FROM held WHERE kind <> 'followed'")
            db.executemany("INSERT INTO held VALUES ('metadata', ?, ?)", list(held.metadata.items()))
            db.executemany("INSERT INTO held VALUES ('document', ?, ?)", list(held.documents.items()))

    def followed(self) -> Mapping[str, bytes]:
        """Return the documents that are followed; see the port."""
        with self._looking() as db:
            rows = db.execute("SELECT name, data FROM held WHERE kind = 'followed'").fetchall()
        return {name: bytes(data) for name, data in rows}

    def keep_followed(self, documents: Mapping[str, bytes]) -> None:
        """Keep what is followed; see the port."""
        with self._changing() as db:
            db.execute("DELETE FROM held WHERE kind = 'followed'")
            db.executemany("INSERT INTO held VALUES ('followed', ?, ?)", list(documents.items()))

    def epoch(self, journal: str) -> int:
        """Return the highest epoch that was obeyed; see the port."""
        with self._looking() as db:
            row = db.execute("SELECT epoch FROM epoch WHERE journal = ?", (journal,)).fetchone()
        return int(row[0]) if row else 0

    def begin_order(self, order: str, journal: str, epoch: int, *, now: datetime) -> str | None:
        """Note an order; see the port."""
        with self._changing() as db:
            row = db.execute("SELECT answer FROM obeyed WHERE id = ?", (order,)).fetchone()
            if row is not None and row[0] is not None:
                return str(row[0])
            known = db.execute("SELECT epoch FROM epoch WHERE journal = ?", (journal,)).fetchone()
            if known is not None and epoch < known[0]:
                raise RefusedError("agent.epoch-lower", journal=journal, epoch=epoch, obeyed=known[0])
            db.execute("INSERT OR REPLACE INTO epoch VALUES (?, ?)", (journal, epoch))
            db.execute("INSERT OR IGNORE INTO obeyed (id, at) VALUES (?, ?)", (order, _text(now)))
            db.execute("DELETE FROM obeyed WHERE number <= (SELECT max(number) FROM obeyed) - ?", (_ANSWERS,))
        return None

    def end_order(self, order: str, answer: str) -> None:
        """Keep an order's answer; see the port."""
        with self._changing() as db:
            db.execute("UPDATE obeyed SET answer = ? WHERE id = ?", (answer, order))

    def note(self, kind: str, data: Mapping[str, object], *, now: datetime) -> None:
        """Append a line; see the port."""
        text = json.dumps(data, ensure_ascii=False, sort_keys=True)
        with self._changing() as db:
            db.execute("INSERT INTO note (at, kind, data) VALUES (?, ?, ?)", (_text(now), kind, text))
            db.execute("DELETE FROM note WHERE number <= (SELECT max(number) FROM note) - ?", (_KEPT,))

    def notes(self, most: int) -> tuple[Noted, ...]:
        """Return lines of the journal; see the port."""
        with self._looking() as db:
            rows = db.execute(
                "SELECT number, at, kind, data FROM note ORDER BY number DESC LIMIT ?", (most,)
            ).fetchall()
        return tuple(
            Noted(row[0], datetime.fromisoformat(row[1]), row[2], json.loads(row[3]))
            for row in reversed(rows)
        )

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    def _identity(self, slot: str, chain: bytes, key: bytes) -> AgentIdentity:
        opened = PrivateKey.load_der(self._sealed.open(key, f"identity {slot}"))
        lengths = json.loads(chain.split(b"\n", 1)[0])
        body, found = chain.split(b"\n", 1)[1], []
        for length in lengths:
            found.append(Certificate(body[:length]))
            body = body[length:]
        return AgentIdentity(tuple(found), opened)

    def _rows(self, slot: str, identity: AgentIdentity) -> tuple[bytes, bytes]:
        lengths = json.dumps([len(one.der) for one in identity.chain]).encode()
        chain = lengths + b"\n" + b"".join(one.der for one in identity.chain)
        return chain, self._sealed.seal(identity.key.to_pkcs8_der(), f"identity {slot}")

    @contextmanager
    def _looking(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._opened()
            except sqlite3.Error as error:
                raise CouldNotLookError("io.journal", path=self._path, reason=reason_of(error)) from error

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        with self._looking() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    def _opened(self) -> sqlite3.Connection:
        if self._db is None:
            files = LocalFiles()
            if not files.exists(self._path):
                files.write(self._path, b"")
            db = sqlite3.connect(self._path, timeout=30, isolation_level=None, check_same_thread=False)
            try:
                db.execute("PRAGMA journal_mode = WAL")
                db.execute("PRAGMA synchronous = FULL")
                db.executescript(_SCHEMA)
                db.execute("INSERT OR IGNORE INTO about VALUES ('format', ?)", (str(_FORMAT),))
                found = int(db.execute("SELECT value FROM about WHERE name = 'format'").fetchone()[0])
            except BaseException:
                db.close()
                raise
            if found > _FORMAT:
                db.close()
                raise CouldNotLookError("io.journal", path=self._path, reason="later-release")
            self._db = db
        return self._db


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
