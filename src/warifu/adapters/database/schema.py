"""Brings the tables of a database to this release, by the migrations that the package carries.

All steps are one transaction: a kill in between leaves the database as it was.
"""

from __future__ import annotations

from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect

from warifu.adapters.database.engine import WRITES
from warifu.errors import CouldNotLookError, RefusedError

_VERSIONS: Final = "alembic_version"


def migrate(engine: Engine, path: str, *, to: str = "head") -> None:
    """Bring the tables to a revision, the newest unless told.

    Raises:
        RefusedError: `registry.newer`: a later release made the database.
        CouldNotLookError: `registry.database`: it is another program's.
    """
    with engine.connect() as first:
        if engine.dialect.name == "sqlite":
            first.exec_driver_sql("PRAGMA query_only = OFF")
            first.rollback()
            first.connection.cursor().execute("PRAGMA journal_mode = WAL")
    with engine.connect() as plain:
        db = plain.execution_options(**{WRITES: True})
        with db.begin():
            found = revision_of(db, path)
            if found not in {"", *revisions()}:
                raise RefusedError("registry.newer", path=path, found=found, known=revisions()[-1])
            command.upgrade(_config(db), to)


def revision_of(db: Connection, path: str) -> str:
    """Return the revision of a database; empty where it has no tables yet.

    Raises:
        CouldNotLookError: `registry.database`: it is another program's.
    """
    names = set(inspect(db).get_table_names())
    if names and _VERSIONS not in names:
        raise CouldNotLookError("registry.database", path=path, reason="other-database")
    return MigrationContext.configure(db).get_current_revision() or ""


def revisions() -> tuple[str, ...]:
    """Return every revision that this release knows, oldest first."""
    script = ScriptDirectory.from_config(_config(None))
    return tuple(reversed([one.revision for one in script.walk_revisions()]))


def _config(db: Connection | None) -> Config:
    config = Config(attributes={"connection": db})
    config.set_main_option("script_location", "warifu.adapters.database:migrations")
    return config
