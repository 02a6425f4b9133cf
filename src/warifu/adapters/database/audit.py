"""The audit trail."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, Column, Connection, Table, Text, insert, select

from warifu.adapters.database.columns import METADATA, Json, Moment
from warifu.domain.directory.audit import GENESIS, AuditEntry, Head
from warifu.errors import RefusedError
from warifu.ports.work_books import AuditBook

AUDIT: Final = Table(
    "audit",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("actor", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("evidence", Json, nullable=False),
    Column("before", Text, nullable=False),
    Column("seal", Text, nullable=False),
)


class AuditTables(AuditBook):
    """The audit trail as rows."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def head(self) -> Head:
        """Return where it ends."""
        row = self._db.execute(
            select(AUDIT.c.number, AUDIT.c.seal).order_by(AUDIT.c.number.desc()).limit(1)
        ).one_or_none()
        return Head(0, GENESIS) if row is None else Head(row.number, row.seal)

    def append(self, entry: AuditEntry, seal: str) -> None:
        """Keep the next entry with its seal; see the port."""
        head = self.head()
        if (entry.number, entry.before) != (head.number + 1, head.digest):
            raise RefusedError("registry.audit-number", number=entry.number, head=head.number)
        self._db.execute(
            insert(AUDIT),
            {
                "number": entry.number,
                "at": entry.at,
                "actor": entry.actor,
                "act": str(entry.act),
                "subject": entry.subject,
                "evidence": dict(entry.evidence),
                "before": entry.before,
                "seal": seal,
            },
        )

    def entries(self, *, after: int = 0, most: int = 1000) -> tuple[AuditEntry, ...]:
        """Return entries in order, beginning after a number."""
        wanted = select(AUDIT).where(AUDIT.c.number > after).order_by(AUDIT.c.number).limit(most)
        return tuple(_entry(row) for row in self._db.execute(wanted))

    def newest(self, *, below: int | None = None, most: int = 100) -> tuple[AuditEntry, ...]:
        """Return entries, the newest first, beginning beneath a number."""
        wanted = select(AUDIT).order_by(AUDIT.c.number.desc()).limit(most)
        if below is not None:
            wanted = wanted.where(AUDIT.c.number < below)
        return tuple(_entry(row) for row in self._db.execute(wanted))


def _entry(row: Any) -> AuditEntry:
    return AuditEntry(row.number, row.at, row.actor, row.act, row.subject, row.evidence, row.before)
