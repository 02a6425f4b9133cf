"""Rollouts, what they touch, and the rows of their journals."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    LargeBinary,
    Table,
    Text,
    func,
    insert,
    select,
    update,
)

from warifu.adapters.database.columns import METADATA, Json, Moment
from warifu.adapters.database.writing import batched
from warifu.errors import RefusedError, UsageError
from warifu.ports.journals import RolloutHead, Row
from warifu.ports.rollout_books import RolloutBook, RowBook

ROLLOUTS: Final = Table(
    "estate_rollout",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("number", BigInteger, nullable=False, unique=True),
    Column("plan", LargeBinary, nullable=False),
    Column("plan_digest", Text, nullable=False),
    Column("started", Moment, nullable=False),
    Column("state", Text, nullable=False),
    Column("ended", Moment),
)
FOOTPRINTS: Final = Table(
    "rollout_part",
    METADATA,
    Column("part", Text, primary_key=True),
    Column("rollout", Text, ForeignKey(ROLLOUTS.c.id), primary_key=True),
)
ROWS: Final = Table(
    "rollout_row",
    METADATA,
    Column("rollout", Text, ForeignKey(ROLLOUTS.c.id), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("kind", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("data", Json, nullable=False),
    Column("epoch", BigInteger, nullable=False),
)
_OPEN: Final = "open"
_HEAD: Final = (
    ROLLOUTS.c.id,
    ROLLOUTS.c.plan_digest,
    ROLLOUTS.c.started,
    ROLLOUTS.c.state,
    ROLLOUTS.c.ended,
)


class RolloutTables(RolloutBook):
    """Rollouts as rows."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def begin(self, head: RolloutHead, plan: bytes, footprint: Collection[str]) -> None:
        """Keep a new rollout; see the port."""
        parts = sorted(set(footprint))
        for some in batched(parts):
            crossing = self._db.execute(
                select(FOOTPRINTS.c.rollout, FOOTPRINTS.c.part)
                .join(ROLLOUTS, ROLLOUTS.c.id == FOOTPRINTS.c.rollout)
                .where(FOOTPRINTS.c.part.in_(some), ROLLOUTS.c.state == _OPEN)
                .order_by(FOOTPRINTS.c.part)
            ).first()
            if crossing is not None:
                raise RefusedError("rollout.open", rollout=crossing.rollout, part=crossing.part)
        number = (self._db.scalar(select(func.max(ROLLOUTS.c.number))) or 0) + 1
        self._db.execute(
            insert(ROLLOUTS),
            {
                "id": head.id,
                "number": number,
                "plan": plan,
                "plan_digest": head.plan_digest,
                "started": head.started,
                "state": head.state,
                "ended": head.ended,
            },
        )
        if parts:
            self._db.execute(insert(FOOTPRINTS), [{"rollout": head.id, "part": part} for part in parts])

    def head(self, rollout: str) -> RolloutHead:
        """Return one rollout; see the port."""
        row = self._db.execute(select(*_HEAD).where(ROLLOUTS.c.id == rollout)).one_or_none()
        if row is None:
            raise UsageError("rollout.unknown", rollout=rollout)
        return _head(row)

    def heads(self) -> tuple[RolloutHead, ...]:
        """Return every rollout, newest first."""
        rows = self._db.execute(select(*_HEAD).order_by(ROLLOUTS.c.number.desc()))
        return tuple(_head(row) for row in rows)

    def plan(self, rollout: str) -> bytes:
        """Return the bytes of a rollout's plan; see the port."""
        found = self._db.scalar(select(ROLLOUTS.c.plan).where(ROLLOUTS.c.id == rollout))
        if found is None:
            raise UsageError("rollout.unknown", rollout=rollout)
        return bytes(found)

    def end(self, rollout: str, state: str, *, now: datetime) -> None:
        """Note how a rollout ended."""
        self._db.execute(update(ROLLOUTS).where(ROLLOUTS.c.id == rollout).values(state=state, ended=now))


class RowTables(RowBook):
    """Rows of journals as rows."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def append(
        self, rollout: str, kind: str, step: str, data: Mapping[str, object], *, epoch: int, now: datetime
    ) -> Row:
        """Append a row; see the port."""
        newest = self._db.scalar(select(func.max(ROWS.c.number)).where(ROWS.c.rollout == rollout))
        row = Row((newest or 0) + 1, now, kind, step, dict(data))
        self._db.execute(
            insert(ROWS),
            {
                "rollout": rollout,
                "number": row.number,
                "at": now,
                "kind": kind,
                "step": step,
                "data": row.data,
                "epoch": epoch,
            },
        )
        return row

    def rows(self, rollout: str, *, after: int = 0) -> Sequence[Row]:
        """Return a rollout's rows in order; see the port."""
        wanted = select(ROWS).where(ROWS.c.rollout == rollout, ROWS.c.number > after)
        found = self._db.execute(wanted.order_by(ROWS.c.number))
        return tuple(Row(row.number, row.at, row.kind, row.step, row.data) for row in found)


def _head(row: Any) -> RolloutHead:
    return RolloutHead(row.id, row.plan_digest, row.started, row.state, row.ended)
