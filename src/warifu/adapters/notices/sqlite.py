"""A watcher's notices in one SQLite file: private, durable, one transaction a look.

Beside it lies a lock file: whoever sends holds a lock on it, which ends with the process, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from warifu.adapters.files.databases import reason_of, tables_of
from warifu.domain.watching import Book
from warifu.domain.watching.message import Message, Sent
from warifu.errors import CouldNotLookError, RefusedError
from warifu.ports.notices import Change, NoticeBook
from warifu.wire.notices import FORMAT, decode_held, decode_message, decode_notice, encode

_SCHEMA = (
    "CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE notice (id TEXT PRIMARY KEY, data TEXT NOT NULL)",
    "CREATE TABLE baseline (place TEXT PRIMARY KEY, data TEXT NOT NULL)",
    """CREATE TABLE message (number INTEGER PRIMARY KEY, key TEXT UNIQUE NOT NULL, notice TEXT NOT NULL,
    sent TEXT NOT NULL, data TEXT NOT NULL)""",
)

_BUSY = 30.0  # seconds that another process may write before we give up


class SqliteNotices(NoticeBook):
    """A book in a file; made, with its folder (mode 0700) and itself (0600), when it is first written."""

    def __init__(self, path: str) -> None:
        self._path = path

    def book(self) -> Book:
        """Return what is known; see the port."""
        with self._reading() as db:
            return _read(db) if db else Book("")

    def change(self, decide: Callable[[Book], Change]) -> Change:
        """Read, decide and write in one transaction."""
        with self._open() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                before = _read(db)
                change = decide(before)
                _write(db, before, change)
            except BaseException:
                db.rollback()
                raise
            db.commit()
        return change

    def messages(self, key: str = "") -> tuple[Message, ...]:
        """Return every message in order, or the one of a key."""
        asked = ("WHERE key = ?", (key,)) if key else ("ORDER BY number", ())
        with self._reading() as db:
            rows = db.execute(f"SELECT data FROM message {asked[0]}", asked[1]) if db else ()  # noqa: S608  # our own words
            return tuple(decode_message(row[0]) for row in rows)

    def note(self, message: Message) -> None:
        """Write how far a message is."""
        with self._open() as db:
            db.execute(
                "UPDATE message SET sent = ?, data = ? WHERE key = ?",
                (message.sent.value, encode(message), message.key),
            )

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Hold the lock; see the port."""
        try:
            lock = os.open(f"{self._path}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise CouldNotLookError("watch.state", path=self._path, reason=reason_of(error)) from error
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise RefusedError("watch.busy", path=self._path) from error
            yield
        finally:
            os.close(lock)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        """Open the book as it is, and make none: None where there is none yet."""
        if not os.path.lexists(self._path):
            yield None
            return
        with self._errors(), closing(sqlite3.connect(self._path, timeout=_BUSY, isolation_level=None)) as db:
            yield db if _is_made(db, self._path) else None

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with self._errors(), closing(_connect(self._path)) as db:
            yield db

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise CouldNotLookError("watch.state", path=self._path, reason=reason_of(error)) from error


def _connect(path: str) -> sqlite3.Connection:
    folder = Path(path).parent
    if not folder.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not os.path.lexists(path):
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    db = sqlite3.connect(path, timeout=_BUSY, isolation_level=None)
    try:
        db.execute("PRAGMA synchronous = FULL")
        if not _is_made(db, path):
            _make(db)
    except BaseException:
        db.close()
        raise
    return db


def _is_made(db: sqlite3.Connection, path: str) -> bool:
    """Tell whether a database is a book; false of one that holds nothing.

    Raises:
        CouldNotLookError: `watch.state`: it is another program's.
        RefusedError: `watch.state-newer`.
    """
    there = tables_of(db)
    if there and not there >= {"about", "notice", "baseline", "message"}:
        raise CouldNotLookError("watch.state", path=path, reason="other-database")
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if there and version > FORMAT:
        raise RefusedError("watch.state-newer", path=path, found=version, known=FORMAT)
    return bool(there)


def _make(db: sqlite3.Connection) -> None:
    db.execute("BEGIN IMMEDIATE")
    if not tables_of(db):  # nobody else made it in the meantime
        for statement in _SCHEMA:
            db.execute(statement)
        phase = secrets.randbelow(1_000_000) / 1_000_000
        values = [("id", secrets.token_hex(8)), ("phase", str(phase))]
        db.executemany("INSERT INTO about VALUES (?, ?)", values)
        db.execute(f"PRAGMA user_version = {FORMAT}")
    db.execute("COMMIT")


def _read(db: sqlite3.Connection) -> Book:
    about = dict(db.execute("SELECT name, value FROM about"))
    notices = {
        row[0]: decode_notice(row[1]) for row in db.execute("SELECT id, data FROM notice ORDER BY rowid")
    }
    baseline = {row[0]: decode_held(row[1]) for row in db.execute("SELECT place, data FROM baseline")}
    looked = about.get("looked")
    return Book(about["id"], float(about["phase"]), notices, baseline, _moment(looked))


def _write(db: sqlite3.Connection, before: Book, change: Change) -> None:
    book = change.book
    for name in before.notices.keys() - book.notices.keys():
        db.execute("DELETE FROM notice WHERE id = ?", (name,))
        db.execute("DELETE FROM message WHERE notice = ?", (name,))
    for name, notice in book.notices.items():
        if before.notices.get(name) != notice:
            db.execute(
                "INSERT INTO notice VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET data = excluded.data",
                (name, encode(notice)),
            )
    if before.baseline != book.baseline:
        db.execute("DELETE FROM baseline")
        rows = [(place, encode(held)) for place, held in sorted(book.baseline.items())]
        db.executemany("INSERT INTO baseline VALUES (?, ?)", rows)
    if book.looked is not None:
        db.execute("INSERT OR REPLACE INTO about VALUES ('looked', ?)", (book.looked.isoformat(),))
    for name in change.overtaken:
        _drop(db, name)
    for message in change.messages:
        db.execute(
            "INSERT OR IGNORE INTO message (key, notice, sent, data) VALUES (?, ?, ?, ?)",
            (message.key, message.notice, message.sent.value, encode(message)),
        )


def _drop(db: sqlite3.Connection, notice: str) -> None:
    rows = db.execute(
        "SELECT key, data FROM message WHERE notice = ? AND sent = ?", (notice, Sent.PENDING.value)
    ).fetchall()
    for key, data in rows:
        dropped = encode(_as_dropped(decode_message(data)))
        db.execute("UPDATE message SET sent = ?, data = ? WHERE key = ?", (Sent.DROPPED.value, dropped, key))


def _as_dropped(message: Message) -> Message:
    return replace(message, sent=Sent.DROPPED)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
