"""Rows on their way: one SQLite file beside the answer, `FILE.unfinished`, which survives being killed.

Rows and the mark of how far they lead are written in one transaction. The answer itself appears only
when everything is in it: it is written beside its place, made durable and renamed.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from warifu.adapters.files.databases import reason_of
from warifu.adapters.files.local import sync_folder
from warifu.domain.sweep.row import PLACES, Row
from warifu.errors import CouldNotLookError, RefusedError
from warifu.ports.results import Begun, Mark, Results

FORMAT = "2"
_COLUMNS = ", ".join(Row._fields)
_SCHEMA = f"""
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS about;
DROP TABLE IF EXISTS row;
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE row (
  number INTEGER PRIMARY KEY,
  {", ".join(f"{name} {'INTEGER' if name in ('offset', 'also') else 'TEXT'} NOT NULL" for name in Row._fields)});
CREATE UNIQUE INDEX row_alike ON row (alike) WHERE alike <> '';
"""
_INSERT = (
    f"INSERT INTO row ({_COLUMNS}) VALUES ({', '.join('?' * len(Row._fields))}) "  # noqa: S608 - our own names
    "ON CONFLICT (alike) WHERE alike <> '' DO UPDATE SET also = also + 1, elsewhere = "
    f"CASE WHEN also < {PLACES} THEN json_insert(elsewhere, '$[#]', json_array(excluded.place, excluded.offset)) "
    "ELSE elsewhere END"
)
_CACHE = -64 * 1024  # KiB: the index of a million fingerprints
_AT_A_TIME = 1_000
_MARK = "mark"
_BESIDE = ("-journal", "-wal", "-shm")
_BUSY = 5.0  # seconds


class Unfinished(Results):
    """Rows of a look that goes on; a kind of file says how they are written at the end.

    Args:
        path: of the answer; empty keeps rows for as long as this process lives, and writes nothing.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._place = f"{path}.unfinished" if path else ""
        name = os.path.basename(path)  # noqa: PTH119 - texts, as walks give them
        self._fresh = f".{name[:200]}.new"
        self._names = {name, self._fresh, *(f"{name}.unfinished{end}" for end in ("", *_BESIDE))}
        self._db: sqlite3.Connection | None = None

    def begin(self, asked: Mapping[str, str], *, replace: bool) -> Begun:
        """Begin or go on; see the port."""
        if self.path and not replace and not Path(self._place).exists() and Path(self.path).exists():
            raise RefusedError("sweep.already-there", path=self.path)
        try:
            return self._begin(asked, replace=replace)
        except BaseException:
            self.close()
            raise

    def owns(self, path: str) -> bool:
        """Tell whether a path is the answer, or the file beside it, or that one's journal; see the port."""
        folder, name = os.path.split(path)
        if not self.path or name not in self._names:
            return False
        return os.path.realpath(folder or ".") == os.path.realpath(os.path.dirname(self.path) or ".")  # noqa: PTH120

    def _begin(self, asked: Mapping[str, str], *, replace: bool) -> Begun:
        with self._errors():
            db = self._db = self._connect(replace=replace)
            known = self._known(db)
            if known and not replace:
                return self._taken_up(known, asked)
            first = {name.rstrip("?"): value for name, value in asked.items()}
            db.executescript(
                _SCHEMA
            )  # it begins a transaction: question and tables are there together or not at all
            told = {"format": FORMAT, _MARK: _packed(Mark()), **{f"asked.{n}": v for n, v in first.items()}}
            db.executemany("INSERT INTO about VALUES (?, ?)", told.items())
            db.execute("COMMIT")
            db.execute("BEGIN IMMEDIATE")
            return Begun(first, Mark())

    def _connect(self, *, replace: bool) -> sqlite3.Connection:
        try:
            return self._opened()
        except sqlite3.DatabaseError as wrong:
            if not replace or "locked" in str(wrong):
                raise
            Path(self._place).unlink()  # no database of ours, or a broken one
            return self._opened()

    def _opened(self) -> sqlite3.Connection:
        if self._place and not Path(self._place).exists():
            os.close(
                os.open(self._place, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o666)
            )  # the umask decides
        db = sqlite3.connect(self._place, isolation_level=None, timeout=_BUSY, check_same_thread=False)
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("PRAGMA synchronous = FULL")
        db.execute(f"PRAGMA cache_size = {_CACHE}")
        db.execute("BEGIN EXCLUSIVE")  # held from here to the end: nobody else goes on with the same file
        db.execute("COMMIT")
        return db

    def _known(self, db: sqlite3.Connection) -> dict[str, str]:
        there = db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'about'").fetchone()[0]
        return dict(db.execute("SELECT name, value FROM about")) if there else {}

    def _taken_up(self, known: Mapping[str, str], asked: Mapping[str, str]) -> Begun:
        first = {name.removeprefix("asked."): v for name, v in known.items() if name.startswith("asked.")}
        differing = [n for n, v in asked.items() if not n.endswith("?") and first.get(n) != v]
        if known.get("format") != FORMAT:
            differing.append("format")
        if differing:
            raise RefusedError("sweep.other-question", path=self._place, differs=tuple(differing))
        self._session().execute("BEGIN IMMEDIATE")
        return Begun(first, _unpacked(known[_MARK]))

    def keep(self, rows: Sequence[Row], mark: Mark, *, durable: bool) -> None:
        """Keep rows with their mark; see the port."""
        with self._errors():
            db = self._session()
            db.executemany(_INSERT, rows)
            if durable:
                db.execute("UPDATE about SET value = ? WHERE name = ?", (_packed(mark), _MARK))
                db.execute("COMMIT")
                db.execute("BEGIN IMMEDIATE")

    def finish(self, told: Callable[[Row], None]) -> None:
        """Write the answer and remove what was on its way; see the port."""
        with self._errors():
            rows = self.told_rows(told)
            if self.path:
                self._write_beside(rows)
            deque(rows, maxlen=0)  # also those that nobody wanted to write are told
            self.close()
            if self.path:
                Path(self._place).unlink()
                self.clear_beside()

    def clear_beside(self) -> None:
        """Remove the journal that one who was killed may have left."""
        for end in _BESIDE:
            Path(f"{self._place}{end}").unlink(missing_ok=True)

    def told_rows(self, told: Callable[[Row], None]) -> Iterator[Row]:
        """Yield every row in order, each told before."""
        for row in self.rows():
            told(row)
            yield row

    def rows(self) -> Iterator[Row]:
        """Yield every row in order."""
        found = self._session().execute(f"SELECT {_COLUMNS} FROM row ORDER BY number")  # noqa: S608
        while part := found.fetchmany(_AT_A_TIME):
            yield from map(Row._make, part)

    def _write_beside(self, rows: Iterable[Row]) -> None:
        real = Path(self.path).resolve()
        beside = real.parent / self._fresh
        beside.unlink(missing_ok=True)  # of one that was killed: nobody else has the file under way
        try:
            with beside.open("xb") as file:  # mode 0666 less the umask, as any answer on a command line
                self.write_rows(file, rows)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(real)
        except BaseException:
            with contextlib.suppress(OSError):
                beside.unlink()
            raise
        sync_folder(real.parent)

    def write_rows(self, file: BinaryIO, rows: Iterable[Row]) -> None:
        """Write every row as this kind of file has it; nothing without a path."""

    def close(self) -> None:
        """Let go; what was kept for good stays."""
        if self._db is not None:
            db, self._db = self._db, None
            if db.in_transaction:
                db.execute("ROLLBACK")
            db.close()

    def _session(self) -> sqlite3.Connection:
        assert self._db is not None  # noqa: S101 - `begin` comes first: the port's order
        return self._db

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as wrong:
            reason = reason_of(wrong)
            if reason == "database-locked":
                raise RefusedError("sweep.in-use", path=self._place) from wrong
            raise CouldNotLookError("sweep.cannot-keep", path=self.path, reason=reason) from wrong


def _packed(mark: Mark) -> str:
    return f"{mark.units} {int(mark.whole)} {mark.chain}"


def _unpacked(text: str) -> Mark:
    units, whole, chain = text.split(" ")
    return Mark(int(units), chain, whole == "1")
