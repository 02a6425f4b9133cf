"""Estates with every version they had."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, Column, Connection, Table, Text, func, insert, select

from warifu.adapters.database.columns import METADATA, Json, Moment
from warifu.errors import RefusedError
from warifu.ports.rollout_books import EstateBook, KeptEstate

ESTATES: Final = Table(
    "estate",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("digest", Text, nullable=False),
    Column("files", Json, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
)


class EstateTables(EstateBook):
    """Estates as rows."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def add(self, estate: KeptEstate) -> None:
        """Keep the next version; see the port."""
        there = self._db.scalar(select(func.max(ESTATES.c.version)).where(ESTATES.c.name == estate.name)) or 0
        if estate.version != there + 1:
            raise RefusedError("rollouts.estate-version", estate=estate.name, found=there)
        self._db.execute(
            insert(ESTATES),
            {
                "name": estate.name,
                "version": estate.version,
                "digest": estate.digest,
                "files": dict(estate.files),
                "by": estate.by,
                "at": estate.at,
            },
        )

    def newest(self, name: str) -> KeptEstate | None:
        """Return the newest version of an estate."""
        return self._first(ESTATES.c.name == name)

    def of_digest(self, name: str, digest: str) -> KeptEstate | None:
        """Return the newest version that has this digest."""
        return self._first(ESTATES.c.name == name, ESTATES.c.digest == digest)

    def estates(self) -> tuple[KeptEstate, ...]:
        """Return the newest version of each estate, sorted by name."""
        newest = select(ESTATES.c.name, func.max(ESTATES.c.version).label("version")).group_by(ESTATES.c.name)
        last = newest.subquery()
        same = (ESTATES.c.name == last.c.name) & (ESTATES.c.version == last.c.version)
        rows = self._db.execute(select(ESTATES).join(last, same))
        return tuple(sorted((_estate(row) for row in rows), key=lambda one: one.name))

    def _first(self, *wanted: Any) -> KeptEstate | None:
        newest = select(ESTATES).where(*wanted).order_by(ESTATES.c.version.desc()).limit(1)
        row = self._db.execute(newest).one_or_none()
        return None if row is None else _estate(row)


def _estate(row: Any) -> KeptEstate:
    return KeptEstate(row.name, row.version, row.digest, row.files, row.by, row.at)
