"""The journal as one SQLite file, private to its owner.

Each row is durable before the call returns (`synchronous = FULL`). A lease is a row with an
epoch, which rises over all rollouts of the journal, so that a node's fence never sees it fall;
every write is conditional on it in one transaction. A lease whose holder is a dead
process of this machine is free at once, so that a killed driver can be resumed without waiting.
"""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from warifu.adapters.files.databases import reason_of, tables_of
from warifu.errors import CouldNotLookError, RefusedError, UsageError
from warifu.ports.journals import DrivenJournal, Lease, Noted, RolloutHead, Row

_FORMAT = 1
_creating = threading.Lock()  # held while a file exists whose descriptor is still to be closed
_SCHEMA = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE rollout (
  id TEXT PRIMARY KEY, number INTEGER NOT NULL, plan BLOB NOT NULL, plan_digest TEXT NOT NULL,
  started TEXT NOT NULL, state TEXT NOT NULL, ended TEXT,
  epoch INTEGER NOT NULL DEFAULT 0, holder TEXT NOT NULL DEFAULT '', until TEXT NOT NULL DEFAULT '');
CREATE TABLE footprint (rollout TEXT NOT NULL REFERENCES rollout(id), part TEXT NOT NULL, PRIMARY KEY (part, rollout));
CREATE TABLE row (
  rollout TEXT NOT NULL REFERENCES rollout(id), number INTEGER NOT NULL, at TEXT NOT NULL,
  kind TEXT NOT NULL, step TEXT NOT NULL, data TEXT NOT NULL, epoch INTEGER NOT NULL,
  PRIMARY KEY (rollout, number));
"""


class SqliteJournal(DrivenJournal):
    """A journal in a file; made, with its folder (mode 0700) and itself (0600), when it is first written."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._db: sqlite3.Connection | None = None
        self._lock = threading.RLock()  # one connection, used by the threads of one driver

    @property
    def id(self) -> str:
        """What fences on nodes know this journal by."""
        with self._open() as db:
            return str(db.execute("SELECT value FROM about WHERE name = 'id'").fetchone()[0])

    def begin(
        self,
        rollout: str,
        plan: bytes,
        plan_digest: str,
        *,
        footprint: Collection[str],
        now: datetime,
        first: Sequence[Noted] = (),
    ) -> None:
        """Note a new rollout, its plan and what it touches; see the port."""
        parts = sorted(set(footprint))
        with self._change() as db:
            for part in parts:
                crossing = db.execute(
                    "SELECT rollout.id FROM footprint JOIN rollout ON rollout.id = footprint.rollout "
                    "WHERE part = ? AND state = 'open'",
                    (part,),
                ).fetchone()
                if crossing is not None:
                    raise RefusedError("rollout.open", rollout=crossing[0], part=part)
            number = db.execute("SELECT coalesce(max(number), 0) + 1 FROM rollout").fetchone()[0]
            db.execute(
                "INSERT INTO rollout (id, number, plan, plan_digest, started, state) VALUES (?, ?, ?, ?, ?, 'open')",
                (rollout, number, plan, plan_digest, _text(now)),
            )
            db.executemany("INSERT INTO footprint VALUES (?, ?)", [(rollout, part) for part in parts])
            for kind, step, data in first:
                _append(db, rollout, Row(0, now, kind, step, data), 0)

    def rollouts(self) -> tuple[RolloutHead, ...]:
        """Return every rollout, newest first."""
        if not self._is_there():
            return ()
        with self._open() as db:
            found = db.execute(
                "SELECT id, plan_digest, started, state, ended FROM rollout ORDER BY number DESC"
            ).fetchall()
        return tuple(
            RolloutHead(row[0], row[1], _time(row[2]), row[3], _time(row[4]) if row[4] else None)
            for row in found
        )

    def _is_there(self) -> bool:
        """Tell whether anything was ever journalled; a folder that may not be entered is no "no"."""
        try:
            os.stat(self._path)  # noqa: PTH116  # pathlib's `exists` raises for some faults and not for others
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            raise CouldNotLookError("io.journal", path=self._path, reason=reason_of(error)) from error
        return True

    def plan(self, rollout: str) -> bytes:
        """Return the bytes of a rollout's plan; see the port."""
        with self._open() as db:
            found = db.execute("SELECT plan FROM rollout WHERE id = ?", (rollout,)).fetchone()
        if found is None:
            raise UsageError("rollout.unknown", rollout=rollout)
        return bytes(found[0])

    def rows(self, rollout: str) -> Sequence[Row]:
        """Return a rollout's rows in order."""
        with self._open() as db:
            found = db.execute(
                "SELECT number, at, kind, step, data FROM row WHERE rollout = ? ORDER BY number", (rollout,)
            ).fetchall()
        return tuple(Row(row[0], _time(row[1]), row[2], row[3], json.loads(row[4])) for row in found)

    def lease(self, rollout: str, holder: str, *, now: datetime, length: timedelta) -> Lease:
        """Take or renew the lease; see the port. A holder is written `boot:pid:start`."""
        until = now + length
        with self._change() as db:
            found = db.execute("SELECT epoch, holder, until FROM rollout WHERE id = ?", (rollout,)).fetchone()
            if found is None:
                raise UsageError("rollout.unknown", rollout=rollout)
            epoch, held_by, held_until = found
            if held_by != holder:
                if held_by and _time(held_until) > now and not is_dead(held_by):
                    raise RefusedError("rollout.lease-held", rollout=rollout, until=_time(held_until))
                epoch = db.execute("SELECT max(epoch) + 1 FROM rollout").fetchone()[0]
            db.execute(
                "UPDATE rollout SET epoch = ?, holder = ?, until = ? WHERE id = ?",
                (epoch, holder, _text(until), rollout),
            )
        return Lease(rollout, epoch, until)

    def write(self, lease: Lease, kind: str, step: str, data: Mapping[str, object], *, now: datetime) -> Row:
        """Append a row if the lease still stands; see the port."""
        with self._change() as db:
            self._stand(db, lease)
            return _append(db, lease.rollout, Row(0, now, kind, step, data), lease.epoch)

    def remark(self, rollout: str, kind: str, step: str, data: Mapping[str, object], *, now: datetime) -> Row:
        """Append what a person says while somebody else drives; see the port."""
        with self._change() as db:
            if db.execute("SELECT 1 FROM rollout WHERE id = ?", (rollout,)).fetchone() is None:
                raise UsageError("rollout.unknown", rollout=rollout)
            return _append(db, rollout, Row(0, now, kind, step, data), 0)

    def end(self, lease: Lease, state: str, *, now: datetime, last: Noted | None = None) -> None:
        """Close a rollout and give its lease free; see the port."""
        with self._change() as db:
            self._stand(db, lease)
            if last is not None:
                kind, step, data = last
                _append(db, lease.rollout, Row(0, now, kind, step, data), lease.epoch)
            db.execute(
                "UPDATE rollout SET state = ?, ended = ?, holder = '' WHERE id = ?",
                (state, _text(now), lease.rollout),
            )

    def _stand(self, db: sqlite3.Connection, lease: Lease) -> None:
        epoch = db.execute("SELECT epoch FROM rollout WHERE id = ?", (lease.rollout,)).fetchone()[0]
        if epoch != lease.epoch:
            raise RefusedError("rollout.lease-lost", rollout=lease.rollout, epoch=lease.epoch, newer=epoch)

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        with self._open() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.rollback()
                raise
            db.commit()

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._lock:
                if self._db is None:
                    self._db = _connect(self._path)
                yield self._db
        except (sqlite3.Error, OSError) as error:
            raise CouldNotLookError("io.journal", path=self._path, reason=reason_of(error)) from error


def _connect(path: str) -> sqlite3.Connection:
    folder = Path(path).parent
    if not folder.exists():
        folder.mkdir(mode=0o700, parents=True)
    _create(path)
    db = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
    there = tables_of(db)
    if there and not there >= {"about", "rollout", "row"}:
        db.close()
        raise CouldNotLookError("io.journal", path=path, reason="other-database")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("BEGIN IMMEDIATE")
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version == 0:
        for statement in _SCHEMA.split(";\n"):
            if statement.strip():
                db.execute(statement)
        db.execute("INSERT INTO about VALUES ('id', ?)", (secrets.token_hex(8),))
        db.execute(f"PRAGMA user_version = {_FORMAT}")
    db.execute("COMMIT")
    if version > _FORMAT:
        raise RefusedError("rollout.journal-newer", path=path, found=version, known=_FORMAT)
    return db


def _create(path: str) -> None:
    """Make the empty file with its mode, never touching one that is there.

    Closing any descriptor of a file drops every POSIX lock this process holds on it; a second journal opened on the
    same file would take the locks of the first away, and another process would delete the log it is writing to.
    Source: "How To Corrupt An SQLite Database File", section 2.2, sqlite.org/howtocorrupt.html.
    """
    with _creating:
        if not os.path.lexists(path):
            with suppress(FileExistsError):
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _append(db: sqlite3.Connection, rollout: str, row: Row, epoch: int) -> Row:
    number = db.execute(
        "SELECT coalesce(max(number), 0) + 1 FROM row WHERE rollout = ?", (rollout,)
    ).fetchone()[0]
    text = json.dumps(row.data, ensure_ascii=False, sort_keys=True)
    db.execute(
        "INSERT INTO row VALUES (?, ?, ?, ?, ?, ?, ?)",
        (rollout, number, _text(row.at), row.kind, row.step, text, epoch),
    )
    return Row(number, row.at, row.kind, row.step, json.loads(text))


def this_process() -> str:
    """Return how this process is named as a holder: boot id, process id and its start in clock ticks."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return f"{boot}:{os.getpid()}:{_start_of(os.getpid())}"


def _start_of(pid: int) -> str:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] in "ZX" else fields[19]  # a zombie drives nothing


def is_dead(holder: str) -> bool:
    """Tell whether a holder is a process of this machine that has ended."""
    boot, _, rest = holder.partition(":")
    pid, _, start = rest.partition(":")
    try:
        here = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return False
    return boot == here and pid.isdigit() and _start_of(int(pid)) != start


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
