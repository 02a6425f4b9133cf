"""SQLite in one file, private to its owner: a change is alone and durable, a look sees one moment and waits for none.

What is particular to SQLite stands here and in `backup.py`; tables and statements are the same for every engine.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from warifu.adapters.files.databases import reason_of
from warifu.errors import CouldNotLookError

WRITES: Final = "warifu_writes"
"""The option of a connection that says whether its next transaction changes anything."""
_CHECKPOINT: Final = 4000
"""Pages in the log until they are copied home: what nodes report comes to the same pages again and again."""
_WAIT: Final = 30  # seconds: longer than any change takes, and than a backup holds the file


def open_engine(path: str) -> Engine:
    """Return an engine on a file that exists."""
    engine = create_engine(
        URL.create("sqlite", database=path),
        connect_args={"timeout": _WAIT, "check_same_thread": False},
        pool_size=8,
        pool_use_lifo=True,  # the connection that was used last knows the pages
        max_overflow=56,
        hide_parameters=True,  # an error must not carry a hash or a key into a log
    )
    event.listen(engine, "connect", _begin_connection)
    event.listen(engine, "begin", _begin_transaction)
    return engine


def make_file(path: str) -> None:
    """Make the empty file with its mode, and folders that are missing, for this user alone.

    One that is there is not touched: to close any descriptor of it would drop the locks that this process holds on it.
    Source: "How To Corrupt An SQLite Database File", section 2.2, sqlite.org/howtocorrupt.html.
    """
    try:
        Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not os.path.lexists(path):
            with suppress(FileExistsError):
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as error:
        raise CouldNotLookError("registry.database", path=path, reason=reason_of(error)) from error


@contextmanager
def alone(path: str) -> Iterator[None]:
    """Keep every other process from opening the file for the first time, or from migrating it, meanwhile."""
    try:
        folder = os.open(Path(path).parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise CouldNotLookError("registry.database", path=path, reason=reason_of(error)) from error
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


@contextmanager
def told(path: str) -> Iterator[None]:
    """Tell what is wrong with the database in our words."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        known = error.orig if isinstance(error, DBAPIError) else error
        reason = reason_of(known) if isinstance(known, sqlite3.Error) else "database-error"
        raise CouldNotLookError("registry.database", path=path, reason=reason) from error


def _begin_connection(raw: Any, _record: object) -> None:
    raw.isolation_level = None  # transactions begin where we say, DDL included
    raw.execute("PRAGMA synchronous = FULL")
    raw.execute("PRAGMA foreign_keys = ON")
    raw.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT}")


def _begin_transaction(db: Connection) -> None:
    writes = db.get_execution_options().get(WRITES, False)
    db.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writes else 'ON'}")
    db.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
