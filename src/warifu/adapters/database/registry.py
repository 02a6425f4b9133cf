"""The registry on a database: units of work as transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from sqlalchemy import Connection, Engine, select

from warifu.adapters.database.about import ABOUT, WRITER, AboutTables
from warifu.adapters.database.audit import AuditTables
from warifu.adapters.database.bundles import BundleTables
from warifu.adapters.database.directory import DirectoryTables
from warifu.adapters.database.engine import WRITES, alone, make_file, open_engine, told
from warifu.adapters.database.estates import EstateTables
from warifu.adapters.database.nodes import IdentityTables, NodeTables, RevocationTables
from warifu.adapters.database.orders import OrderTables, ReportTables
from warifu.adapters.database.people import LinkTables, PasswordTables, PeopleTables, SessionTables
from warifu.adapters.database.rollouts import RolloutTables, RowTables
from warifu.adapters.database.schema import migrate
from warifu.adapters.database.tokens import TokenTables
from warifu.adapters.database.work import AnswerTables, LeaseTables, PlanTables
from warifu.ports.registry import Books, Registry


class DatabaseRegistry(Registry):
    """Units of work on one engine; threads may share it."""

    def __init__(self, engine: Engine, path: str) -> None:
        self._engine = engine
        self.path = path

    @classmethod
    def open(cls, path: str) -> Self:
        """Open a SQLite file, made where it is missing, and bring its tables to this release.

        Raises:
            RefusedError: `registry.newer`.
            CouldNotLookError: `registry.database`.
        """
        make_file(path)
        engine = open_engine(path)
        with alone(path), told(path):
            migrate(engine, path)
        return cls(engine, path)

    @contextmanager
    def change(self) -> Iterator[Books]:
        """Begin a change; see the port."""
        with told(self.path), self._engine.connect() as plain:
            db = plain.execution_options(**{WRITES: True})
            with db.begin():
                db.execute(select(ABOUT.c.value).where(ABOUT.c.name == WRITER).with_for_update())
                yield books_on(db)

    @contextmanager
    def look(self) -> Iterator[Books]:
        """Begin a look; see the port."""
        with told(self.path), self._engine.connect() as plain:
            db = plain.execution_options(**{WRITES: False})
            with db.begin():
                yield books_on(db)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def books_on(db: Connection) -> Books:
    """Return the books of one transaction."""
    return Books(
        AboutTables(db),
        DirectoryTables(db),
        BundleTables(db),
        PeopleTables(db),
        PasswordTables(db),
        SessionTables(db),
        LinkTables(db),
        TokenTables(db),
        NodeTables(db),
        IdentityTables(db),
        RevocationTables(db),
        ReportTables(db),
        OrderTables(db),
        PlanTables(db),
        AuditTables(db),
        AnswerTables(db),
        LeaseTables(db),
        EstateTables(db),
        RolloutTables(db),
        RowTables(db),
    )
