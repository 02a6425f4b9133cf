"""Every statement that the books send can be said to PostgreSQL as well."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.sql import ClauseElement

from contract.registry import test_registry as suite
from warifu.adapters.database.registry import DatabaseRegistry

BOOKS = [name for name in dir(suite) if name.startswith("test_") and "thousand" not in name]

POSTGRESQL = PGDialect()  # type: ignore[no-untyped-call]  # SQLAlchemy gives it none


@pytest.mark.parametrize("name", BOOKS)
def test_a_statement_compiles_for_postgresql(name: str, tmp_path: Path) -> None:
    """Whatever the contract makes the books say is compiled for the other engine, with nothing of SQLite's in it."""
    registry = DatabaseRegistry.open(str(tmp_path / "warifu.sqlite"))
    seen: list[str] = []

    def note(_db: object, statement: Any, *_rest: object) -> None:
        if isinstance(statement, ClauseElement):
            seen.append(str(statement.compile(dialect=POSTGRESQL)))

    event.listen(registry._engine, "before_execute", note)
    test = getattr(suite, name)
    marks = [mark for mark in getattr(test, "pytestmark", ()) if mark.name == "parametrize"]
    arguments = {mark.args[0]: mark.args[1][0] for mark in marks}
    test(registry, **arguments)
    registry.close()
    assert seen
    assert not [one for one in seen if "PRAGMA" in one or "INSERT OR" in one or "rowid" in one.lower()]
