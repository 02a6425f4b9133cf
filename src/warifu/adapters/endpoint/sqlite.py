"""A node's endpoint store as one SQLite file (WAL), with its data keys beside it.

Each change is one transaction, durable when it returns (`synchronous = FULL`); what was deleted is overwritten
(`secure_delete`). Whoever looks sees one instant and keeps nobody from changing.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from warifu.adapters.endpoint.book import SqliteBook, SqliteView, reseal
from warifu.adapters.endpoint.data_keys import DataKeys, fresh_key
from warifu.adapters.endpoint.rows import access_text, moment
from warifu.adapters.files.databases import reason_of, tables_of
from warifu.domain.endpoint import Secret, SystemStore
from warifu.domain.endpoint.names import fold
from warifu.domain.endpoint.permissions import first_access
from warifu.errors import CouldNotLookError, RefusedError
from warifu.ports.endpoint import MOST_LISTED, EndpointStores, Noted

_FORMAT = 1
_BUSY = 30.0  # seconds that another writer may take before we give up
_READERS = 1000  # milliseconds that a reader may keep what was written before from being folded in
_TABLES = frozenset({"about", "store", "entry", "deleted", "journal"})
_SCHEMA = (
    "CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    """CREATE TABLE store (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, folded TEXT NOT NULL UNIQUE,
    owner TEXT NOT NULL, aces BLOB NOT NULL)""",
    """CREATE TABLE entry (id INTEGER PRIMARY KEY AUTOINCREMENT, store INTEGER NOT NULL REFERENCES store(id),
    alias TEXT NOT NULL, folded TEXT NOT NULL, kind TEXT NOT NULL, certificates BLOB NOT NULL, crl BLOB,
    provenance TEXT NOT NULL, domain TEXT NOT NULL, added TEXT, distrusted INTEGER NOT NULL, exception BLOB,
    digest BLOB NOT NULL, fingerprint TEXT NOT NULL, not_after TEXT, secret BLOB, key INTEGER,
    UNIQUE (store, folded))""",
    "CREATE INDEX entry_in_store ON entry (store)",
    """CREATE TABLE deleted (store TEXT NOT NULL, folded TEXT NOT NULL, fingerprint TEXT NOT NULL,
    alias TEXT NOT NULL, domain TEXT NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL,
    PRIMARY KEY (store, folded, fingerprint))""",
    """CREATE TABLE journal (number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, who TEXT NOT NULL,
    act TEXT NOT NULL, store TEXT NOT NULL, alias TEXT NOT NULL, fingerprint TEXT NOT NULL)""",
    "CREATE INDEX journal_of_user ON journal (who, number)",
)


class SqliteEndpoint(EndpointStores):
    """The stores of this node in a folder (0700): made, with the system stores, when they are first asked for.

    Args:
        folder: where `endpoint.sqlite` and `endpoint-keys.json` lie.
        owner: who owns the system stores: the user that the agent runs as.
        credential: what the data keys lie under, where the service manager gave one.
    """

    def __init__(self, folder: str, *, owner: str, credential: Secret | None = None) -> None:
        self._path = str(Path(folder, "endpoint.sqlite"))
        self._keys = DataKeys(str(Path(folder, "endpoint-keys.json")), credential)
        self._owner = owner

    @contextmanager
    def reading(self) -> Iterator[SqliteView]:
        """Look; see the port."""
        with self._open() as db:
            keys = self._keys.load()  # before the look begins: a rotation later takes no key from under it
            db.execute("BEGIN")
            yield SqliteView(db, keys, self._keys)
            db.execute("ROLLBACK")

    @contextmanager
    def changing(self, *, by: str, now: datetime) -> Iterator[SqliteBook]:
        """Change in one transaction; see the port."""
        with self._open() as db, _transaction(db):
            yield SqliteBook(db, self._keys.load(), self._keys, by=by, now=now)

    def journal(self, *, after: int = 0, most: int = MOST_LISTED) -> tuple[Noted, ...]:
        """Return rows of the journal."""
        with self._open() as db:
            found = db.execute(
                "SELECT number, at, who, act, store, alias, fingerprint FROM journal WHERE number > ? "
                "ORDER BY number LIMIT ?",
                (after, most),
            ).fetchall()
        return tuple(Noted(row["number"], moment(row["at"]), *tuple(row)[2:]) for row in found)  # type: ignore[arg-type]  # a time stands in every row

    def rotate(self, *, by: str, now: datetime) -> int:
        """Write every secret under a new data key; see the port."""
        with self._open() as db:
            with _transaction(db):
                keys = dict(self._keys.load())
                number = max(keys) + 1
                keys[number] = fresh_key()
                self._keys.save(keys)  # first: what is written under it below can be opened, whatever happens
                book = SqliteBook(db, keys, self._keys, by=by, now=now)
                reseal(db, keys)
                book.note("rotate", "")
            self._keys.save({number: keys[number]})
            # What a reader holds back is unreadable: its key is gone.
            db.execute(f"PRAGMA busy_timeout = {_READERS}")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return number

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(self._connect()) as db:
                yield db
        except (sqlite3.Error, OSError) as error:
            raise CouldNotLookError("endpoint.state", path=self._path, reason=reason_of(error)) from error

    def _connect(self) -> sqlite3.Connection:
        folder = Path(self._path).parent
        if not folder.exists():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not os.path.lexists(self._path):
            # Never opened and closed where it is there already: that would end SQLite's own locks.
            with suppress(FileExistsError):
                os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))
        db = sqlite3.connect(self._path, timeout=_BUSY, isolation_level=None)
        try:
            db.row_factory = sqlite3.Row
            db.text_factory = _text
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA secure_delete = ON")
            db.execute("PRAGMA foreign_keys = ON")
            if not self._is_made(db):
                self._make(db)
        except BaseException:
            db.close()
            raise
        return db

    def _is_made(self, db: sqlite3.Connection) -> bool:
        there = tables_of(db)
        if there and not there >= _TABLES:
            raise CouldNotLookError("endpoint.state", path=self._path, reason="other-database")
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if there and version > _FORMAT:
            raise RefusedError("endpoint.state-newer", path=self._path, found=version, known=_FORMAT)
        return bool(there)

    def _make(self, db: sqlite3.Connection) -> None:
        db.execute("PRAGMA journal_mode = WAL")
        with _transaction(db):
            if tables_of(db):  # somebody else made it in the meantime
                return
            if not self._keys.is_there():
                self._keys.save({1: fresh_key()})
            for statement in _SCHEMA:
                db.execute(statement)
            for store in SystemStore:
                access = first_access(store, self._owner)
                db.execute(
                    "INSERT INTO store (name, folded, owner, aces) VALUES (?, ?, ?, ?)",
                    (store.value, fold(store), access.owner, access_text(access)),
                )
            db.execute(f"PRAGMA user_version = {_FORMAT}")


def _text(data: bytes) -> str:
    """Return text, damaged or not: it is judged by its row, and ends no list."""
    return data.decode(errors="replace")


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")
