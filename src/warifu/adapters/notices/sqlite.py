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


class SqliteNotices(NoticeBook):
    """A book in a file; made, with its folder (mode 0700) and itself (0600), when it is first used."""

    def __init__(self, path: str) -> None:
        self._path = path

    def book(self) -> Book:
        """Return what is known."""
        with self._open() as db:
            return _read(db)

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
        with self._open() as db:
            found = (
                db.execute("SELECT data FROM message WHERE key = ?", (key,))
                if key
                else db.execute("SELECT data FROM message ORDER BY number")
            )
            return tuple(decode_message(row[0]) for row in found)

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
            raise CouldNotLookError("watch.state", path=self._path, reason=str(error.strerror)) from error
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise RefusedError("watch.busy", path=self._path) from error
            yield
        finally:
            os.close(lock)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(_connect(self._path)) as db:
                yield db
        except (sqlite3.Error, OSError) as error:
            raise CouldNotLookError("watch.state", path=self._path, reason=str(error)) from error


def _connect(path: str) -> sqlite3.Connection:
    folder = Path(path).parent
    if not folder.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not os.path.lexists(path):
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    db = sqlite3.connect(path, timeout=30, isolation_level=None)
    try:
        db.execute("PRAGMA synchronous = FULL")
        _prepare(db, path)
    except BaseException:
        db.close()
        raise
    return db


def _prepare(db: sqlite3.Connection, path: str) -> None:
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version == FORMAT:
        return
    if version > FORMAT:
        raise RefusedError("watch.state-newer", path=path, found=version, known=FORMAT)
    db.execute("BEGIN IMMEDIATE")
    if db.execute("PRAGMA user_version").fetchone()[0] == 0:  # nobody else made it in the meantime
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
