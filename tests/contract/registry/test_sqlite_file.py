"""The SQLite file beneath the registry: private, durable, migrated in one step, left alone where it is not ours."""

from __future__ import annotations

import json
import multiprocessing
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.schema import CreateIndex, CreateTable

from support.pki import NOW
from warifu.adapters.database.columns import METADATA
from warifu.adapters.database.directory import VERSIONS
from warifu.adapters.database.engine import open_engine
from warifu.adapters.database.registry import DatabaseRegistry
from warifu.adapters.database.schema import migrate, revisions
from warifu.errors import CouldNotLookError, RefusedError

POSTGRESQL = PGDialect()  # type: ignore[no-untyped-call]  # SQLAlchemy gives it none


@contextmanager
def opened(path: Path) -> Iterator[DatabaseRegistry]:
    registry = DatabaseRegistry.open(str(path))
    try:
        yield registry
    finally:
        registry.close()


def test_the_file_is_private_from_the_first_byte(tmp_path: Path) -> None:
    """Folder, database and what SQLite lays beside it can be read by their owner alone."""
    path = tmp_path / "data" / "warifu.sqlite"
    with opened(path) as registry, registry.change() as books:
        books.about.put("a", "b")
        modes = {one.name: one.stat().st_mode & 0o777 for one in path.parent.iterdir()}
    assert dict.fromkeys(["warifu.sqlite", "warifu.sqlite-shm", "warifu.sqlite-wal"], 0o600) == modes
    assert 0o700 == path.parent.stat().st_mode & 0o777


def test_each_change_is_on_disk_when_it_ends(tmp_path: Path) -> None:
    """Write-ahead log, full synchronisation and foreign keys, on every connection."""
    with opened(tmp_path / "warifu.sqlite") as registry:
        for _ in range(2):
            with registry._engine.connect() as db:
                told = [
                    db.exec_driver_sql(f"PRAGMA {name}").scalar()
                    for name in ("journal_mode", "synchronous", "foreign_keys")
                ]
                assert ["wal", 2, 1] == told


def test_the_tables_are_what_the_migrations_make(tmp_path: Path) -> None:
    """No table, column, index or constraint differs between the program and its migrations."""
    with opened(tmp_path / "warifu.sqlite") as registry, registry._engine.connect() as db:
        assert [] == compare_metadata(MigrationContext.configure(db), METADATA)


@pytest.mark.parametrize("revision", revisions())
def test_every_earlier_revision_comes_up_to_date(revision: str, tmp_path: Path) -> None:
    """A database of any release is brought to this one, and then holds what this one expects."""
    path = tmp_path / "warifu.sqlite"
    path.touch()
    engine = open_engine(str(path))
    migrate(engine, str(path), to=revision)
    engine.dispose()
    with opened(path) as registry:
        with registry.change() as books:
            books.directory.create("shop", now=NOW)
        with registry._engine.connect() as db:
            assert [] == compare_metadata(MigrationContext.configure(db), METADATA)


def test_an_inventory_without_its_signature_is_asked_for_again(tmp_path: Path) -> None:
    """What a release before kept is forgotten, and that it was known; the last word and the receipt stay."""
    path = tmp_path / "warifu.sqlite"
    path.touch()
    engine = open_engine(str(path))
    migrate(engine, str(path), to="0002")
    engine.dispose()
    rows = [("seen", b'{"inventory":"ab","release":"1"}'), ("inventory", b"{}"), ("receipt", b"signed")]
    with closing(sqlite3.connect(path)) as db, db:
        db.executemany("INSERT INTO node_report VALUES ('web-1', ?, 0, 0, ?)", rows)
    with opened(path) as registry, registry.look() as books:
        kept = {kind: books.reports.find("web-1", kind) for kind, _ in rows}
    assert kept["inventory"] is None
    assert kept["receipt"] is not None
    assert b"signed" == kept["receipt"].document
    assert kept["seen"] is not None
    assert {"inventory": "", "release": "1"} == json.loads(kept["seen"].document)


def test_a_database_of_a_later_release_is_refused(tmp_path: Path) -> None:
    """It is named, and not a byte of it changes."""
    path = tmp_path / "warifu.sqlite"
    with opened(path):
        pass
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    with closing(sqlite3.connect(path)) as db:
        before = list(db.iterdump())
    with pytest.raises(RefusedError, match=r"registry\.newer") as caught:
        DatabaseRegistry.open(str(path))
    assert ("9999", revisions()[-1]) == (caught.value.values["found"], caught.value.values["known"])
    with closing(sqlite3.connect(path)) as db:
        assert before == list(db.iterdump())


def test_another_program_s_database_is_left_alone(tmp_path: Path) -> None:
    """No table is added to it."""
    path = tmp_path / "precious.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE precious (x)")
    with pytest.raises(CouldNotLookError, match=r"registry\.database") as caught:
        DatabaseRegistry.open(str(path))
    assert "other-database" == caught.value.values["reason"]
    with closing(sqlite3.connect(path)) as db:
        assert [("precious",)] == db.execute("SELECT name FROM sqlite_master").fetchall()


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    """The reason is one that people can read, and no exception of SQLite's leaves."""
    path = tmp_path / "warifu.sqlite"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(CouldNotLookError, match=r"registry\.database") as caught:
        DatabaseRegistry.open(str(path))
    assert "not-a-database" == caught.value.values["reason"]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A file where the folder should be."""
    (tmp_path / "data").touch()
    with pytest.raises(CouldNotLookError, match=r"registry\.database"):
        DatabaseRegistry.open(str(tmp_path / "data" / "warifu.sqlite"))


def open_at_once(path: str) -> str:
    try:
        DatabaseRegistry.open(path).close()
    except Exception as error:  # noqa: BLE001  # told to the other process
        return repr(error)
    return "open"


def test_processes_that_start_at_once_migrate_once(tmp_path: Path) -> None:
    """Whoever comes second finds the tables made."""
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        told = pool.map(open_at_once, [str(tmp_path / "data" / "warifu.sqlite")] * 8)
    assert ["open"] * 8 == told


def test_no_parameter_stands_in_an_error(tmp_path: Path) -> None:
    """What was to be written may be a hash: the chain of causes does not show it."""
    with (
        opened(tmp_path / "warifu.sqlite") as registry,
        pytest.raises(CouldNotLookError) as caught,
        registry.look() as books,
    ):
        books.about.put("name", "hash-of-a-token")
    assert "hash-of-a-token" not in repr(caught.value.__cause__) + str(caught.value.__cause__)


@pytest.mark.parametrize("name", sorted(METADATA.tables))
def test_every_table_can_be_made_by_postgresql(name: str) -> None:
    """Types that both engines have, with one meaning: text, whole numbers of 64 bits, bytes."""
    table = METADATA.tables[name]
    made = str(CreateTable(table).compile(dialect=POSTGRESQL))
    made += "".join(str(CreateIndex(index).compile(dialect=POSTGRESQL)) for index in table.indexes)
    types = {str(column.type.compile(dialect=POSTGRESQL)) for column in table.columns}
    assert types <= {"TEXT", "BIGINT", "INTEGER", "BYTEA"}
    assert "AUTOINCREMENT" not in made
    assert "SERIAL" not in made


def test_only_postgresql_locks_the_writers_row() -> None:
    """The statement by which changes wait for each other is the same; SQLite's writers wait by themselves."""
    statement = select(VERSIONS).with_for_update()
    assert "FOR UPDATE" in str(statement.compile(dialect=POSTGRESQL))
    assert "FOR UPDATE" not in str(statement.compile(dialect=SQLiteDialect()))
    assert "RETURNING" not in str(insert(VERSIONS).compile(dialect=POSTGRESQL))
