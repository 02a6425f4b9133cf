"""Signed files as readers fetch them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, Column, Connection, LargeBinary, Table, Text, func, select

from warifu.adapters.database.columns import METADATA, Moment
from warifu.adapters.database.writing import put_rows
from warifu.ports.trust_books import BundleBook, SignedFile

FILES: Final = Table(
    "signed_file",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("data", LargeBinary, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("mark", BigInteger, nullable=False, index=True),
)


class BundleTables(BundleBook):
    """Signed files as rows."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def files(self) -> Mapping[str, bytes]:
        """Return all of them; see the port."""
        return _Files(self._db)

    def find(self, name: str) -> SignedFile | None:
        """Return one file."""
        row = self._db.execute(select(FILES).where(FILES.c.name == name)).one_or_none()
        return None if row is None else SignedFile(row.name, row.data, row.sha256, row.mark)

    def add(self, files: Mapping[str, bytes], *, now: datetime) -> int:
        """Keep files; see the port."""
        mark = self.mark() + 1
        rows = [
            {"name": name, "data": data, "sha256": hashlib.sha256(data).hexdigest(), "at": now, "mark": mark}
            for name, data in sorted(files.items())
        ]
        put_rows(self._db, FILES, rows)
        return self.mark()

    def mark(self) -> int:
        """Return a number that rises whenever a file was added."""
        return self._db.scalar(select(func.max(FILES.c.mark))) or 0


class _Files(Mapping[str, bytes]):
    """The rows as a mapping."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def __getitem__(self, name: str) -> bytes:
        found = self._db.scalar(select(FILES.c.data).where(FILES.c.name == name))
        if found is None:
            raise KeyError(name)
        return bytes(found)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._db.scalars(select(FILES.c.name))))

    def __len__(self) -> int:
        return self._db.scalar(select(func.count()).select_from(FILES)) or 0
