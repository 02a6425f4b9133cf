"""Backups of the server's data, made while it runs: one private tar file with the database and the folder of keys.

    facts.json       what is in it: format, instant, revision, generation, and the SHA-256 of every other file
    warifu.sqlite    the database as of one moment, by SQLite's own backup
    keys/...         keys and certificates; a database without its keys could sign nothing

It holds every key of the server in the clear: its mode is 0600, and it belongs where keys belong. A backup has its name
only once all of it was read again and SQLite found the database whole.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import secrets
import sqlite3
import tarfile
import tempfile
from collections.abc import Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from warifu.adapters.database.about import GENERATION
from warifu.adapters.database.engine import told
from warifu.adapters.files.databases import tables_of
from warifu.adapters.files.local import LocalFiles, sync_folder
from warifu.errors import CouldNotLookError, RefusedError
from warifu.ports.registry import BackupFacts, Backups

DATABASE: Final = "warifu.sqlite"
KEYS: Final = "keys"
_FACTS: Final = "facts.json"
_FORMAT: Final = 1
_NAME: Final = re.compile(
    r"warifu\.sqlite|keys/(?:[A-Za-z0-9][A-Za-z0-9._-]{0,200}/){0,3}[A-Za-z0-9][A-Za-z0-9._-]{0,200}"
)
_MOST_BYTES: Final = 8 << 30
_MOST_FILES: Final = 10_000


class DatabaseBackups(Backups):
    """Backups of one data folder."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)
        self._files = LocalFiles()

    def make(self, path: str, *, now: datetime) -> BackupFacts:
        """Write a backup; see the port."""
        if os.path.lexists(path):
            raise RefusedError("registry.backup-there", path=path)
        target = Path(path).absolute()
        beside = target.with_name(f".{target.name}.{secrets.token_hex(6)}.new")
        try:
            with tempfile.TemporaryDirectory(prefix="warifu-backup-", dir=self._folder) as place:
                copy = Path(place) / DATABASE
                self._copy(copy)
                self._write(beside, copy, now)
            facts = self.read(str(beside))
            os.link(beside, target)  # never over something that came meanwhile
            sync_folder(target.parent)
        except FileExistsError as error:
            raise RefusedError("registry.backup-there", path=path) from error
        except OSError as error:
            raise CouldNotLookError("io.cannot-write", path=path, reason=str(error.strerror)) from error
        finally:
            with suppress(OSError):
                beside.unlink()
        return facts

    def read(self, path: str) -> BackupFacts:
        """Return what a backup holds; see the port."""
        with tempfile.TemporaryDirectory(prefix="warifu-backup-") as place:
            return self._unpacked(path, Path(place))

    def unpack(self, path: str, *, now: datetime) -> BackupFacts:
        """Put a backup where the server's data lie; see the port."""
        for there in (self._folder / DATABASE, self._folder / KEYS):
            if os.path.lexists(there):
                raise RefusedError("registry.data-there", path=str(there))
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".restoring-", dir=self._folder) as place:
                facts = self._unpacked(path, Path(place))
                self._begin_generation(Path(place) / DATABASE, facts, now)
                (Path(place) / KEYS).mkdir(mode=0o700, exist_ok=True)
                (Path(place) / KEYS).rename(self._folder / KEYS)
                (Path(place) / DATABASE).rename(self._folder / DATABASE)  # last: with it the server is there
            sync_folder(self._folder)
        except OSError as error:
            raise CouldNotLookError(
                "io.cannot-write", path=str(self._folder), reason=str(error.strerror)
            ) from error
        return facts

    def _copy(self, copy: Path) -> None:
        """Copy the database as of one moment; writers wait for no longer than the copy takes."""
        source = self._folder / DATABASE
        os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with (
            told(str(source)),
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as live,
            closing(sqlite3.connect(copy)) as kept,
        ):
            live.backup(kept)
            kept.execute("PRAGMA journal_mode = DELETE")

    def _write(self, beside: Path, copy: Path, now: datetime) -> None:
        members = {DATABASE: copy.read_bytes()}
        folder = self._folder / KEYS
        for place in sorted(folder.rglob("*")) if folder.is_dir() else ():
            name = f"{KEYS}/{place.relative_to(folder).as_posix()}"
            if _NAME.fullmatch(name) and place.is_file():
                members[name] = place.read_bytes()
        facts = {
            "format": _FORMAT,
            "made": now.astimezone(UTC).isoformat(),
            "files": {name: hashlib.sha256(data).hexdigest() for name, data in members.items()},
        }
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
                _add(tar, _FACTS, json.dumps(facts, sort_keys=True).encode())
                for name, data in members.items():
                    _add(tar, name, data)
            file.flush()
            os.fsync(file.fileno())

    def _unpacked(self, path: str, place: Path) -> BackupFacts:
        """Unpack a backup into an empty folder, once all of it has been checked."""
        members = _members(path)
        facts = _facts(members.pop(_FACTS, b""), path)
        listed = {name: hashlib.sha256(data).hexdigest() for name, data in members.items()}
        if listed != facts["files"] or DATABASE not in listed:
            raise CouldNotLookError("registry.backup-damaged", path=path, reason="files-differ")
        (place / KEYS).mkdir(mode=0o700)
        for name, data in members.items():
            self._files.write(str(place / name), data)
        revision, generation = _look(str(place / DATABASE), path)
        made = datetime.fromisoformat(str(facts["made"]))
        return BackupFacts(made, revision, generation, tuple(sorted(members)))

    def _begin_generation(self, database: Path, facts: BackupFacts, now: datetime) -> None:
        """Have everything be allotted above what was before: the second of now, or later than any before.

        The server allots less than one number a second over its life, so that nobody has seen a higher one.
        """
        generation = max(int(now.timestamp()), facts.generation + 1)
        with told(str(database)), closing(sqlite3.connect(database)) as db, db:
            db.execute("PRAGMA synchronous = FULL")
            db.execute("DELETE FROM about WHERE name = ?", (GENERATION,))
            db.execute("INSERT INTO about (name, value) VALUES (?, ?)", (GENERATION, str(generation)))
            db.execute("DELETE FROM session")
            db.execute("DELETE FROM join_token")
            db.execute("DELETE FROM sign_in_link")
            db.execute("DELETE FROM lease")


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(data), 0o600
    tar.addfile(member, io.BytesIO(data))


def _members(path: str) -> dict[str, bytes]:
    """Return the files of a backup; whatever else a hostile one holds refuses it."""
    found: dict[str, bytes] = {}
    left = _MOST_BYTES
    try:
        with Path(path).open("rb") as file, tarfile.open(fileobj=file, mode="r:") as tar:
            for member in tar:
                is_ours = member.name == _FACTS or _NAME.fullmatch(member.name)
                if not is_ours or not member.isreg() or member.name in found or len(found) > _MOST_FILES:
                    raise CouldNotLookError("registry.backup-damaged", path=path, reason="other-files")
                left -= member.size
                inside = tar.extractfile(member)
                if inside is None or left < 0:
                    raise CouldNotLookError("registry.backup-damaged", path=path, reason="too-large")
                found[member.name] = inside.read(member.size)
    except (tarfile.TarError, ValueError, EOFError) as error:
        raise CouldNotLookError("registry.backup-damaged", path=path, reason="not-tar") from error
    except OSError as error:
        raise CouldNotLookError("io.cannot-read", path=path, reason=str(error.strerror)) from error
    return found


def _facts(data: bytes, path: str) -> Mapping[str, object]:
    try:
        facts: dict[str, object] = json.loads(data)
        datetime.fromisoformat(str(facts["made"]))
        known = facts["format"] == _FORMAT and isinstance(facts["files"], dict)
    except (ValueError, KeyError, TypeError) as error:
        raise CouldNotLookError("registry.backup-damaged", path=path, reason="no-facts") from error
    if not known:
        raise CouldNotLookError("registry.backup-damaged", path=path, reason="no-facts")
    return facts


def _look(database: str, path: str) -> tuple[str, int]:
    """Return revision and generation of a database that SQLite finds whole."""
    try:
        with closing(sqlite3.connect(database)) as db:
            if db.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                raise CouldNotLookError("registry.backup-damaged", path=path, reason="not-a-database")
            if not {"alembic_version", "about"} <= tables_of(db):
                raise CouldNotLookError("registry.backup-damaged", path=path, reason="other-database")
            revision = db.execute("SELECT version_num FROM alembic_version").fetchone()
            value = db.execute("SELECT value FROM about WHERE name = ?", (GENERATION,)).fetchone()
            return str(revision[0]) if revision else "", int(value[0]) if value else 0
    except (sqlite3.Error, ValueError) as error:
        raise CouldNotLookError("registry.backup-damaged", path=path, reason="not-a-database") from error
