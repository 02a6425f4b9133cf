"""Facts about the server itself, and the row that makes writers wait for each other."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Connection, Table, Text, select

from warifu.adapters.database.columns import METADATA
from warifu.adapters.database.writing import put_row
from warifu.ports.registry import AboutBook

ABOUT: Final = Table(
    "about",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
WRITER: Final = "writer"
"""The row that every change locks first, where the engine itself does not let one writer in at a time."""
GENERATION: Final = "generation"


class AboutTables(AboutBook):
    """Facts as rows."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def find(self, name: str) -> str:
        """Return a fact; empty where it is not known."""
        return self._db.scalar(select(ABOUT.c.value).where(ABOUT.c.name == name)) or ""

    def put(self, name: str, value: str) -> None:
        """Keep a fact in place of what is kept under the name."""
        put_row(self._db, ABOUT, {"name": name, "value": value})

    def generation(self) -> int:
        """Return the number above which everything is allotted; see the port."""
        return int(self.find(GENERATION) or "0")
