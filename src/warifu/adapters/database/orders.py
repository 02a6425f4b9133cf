"""What nodes were told, and what they said."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    LargeBinary,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from warifu.adapters.database.columns import METADATA, Moment
from warifu.adapters.database.writing import batched, put_rows
from warifu.ports.node_books import Order, OrderBook, Report, ReportBook

REPORTS: Final = Table(
    "node_report",
    METADATA,
    Column("node", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("document", LargeBinary, nullable=False),
)
ORDERS: Final = Table(
    "node_order",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("node", Text, nullable=False, index=True),
    Column("rollout", Text, nullable=False, index=True),
    Column("epoch", BigInteger, nullable=False),
    Column("wave", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Column("given", Moment, nullable=False),
    Column("answer", LargeBinary),
    Column("answered", Moment),
)


class ReportTables(ReportBook):
    """Reports as rows."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def put(self, reports: Sequence[Report]) -> None:
        """Keep reports; see the port."""
        newest = {(report.node, report.kind): report for report in reports}
        rows = [
            {"node": r.node, "kind": r.kind, "at": r.at, "number": r.number, "document": r.document}
            for r in newest.values()
        ]
        put_rows(self._db, REPORTS, rows)

    def find(self, node: str, kind: str) -> Report | None:
        """Return a node's latest report of a kind."""
        wanted = select(REPORTS).where(REPORTS.c.node == node, REPORTS.c.kind == kind)
        row = self._db.execute(wanted).one_or_none()
        return None if row is None else _report(row)

    def among(self, nodes: Collection[str], kind: str) -> Mapping[str, Report]:
        """Return the latest report of a kind of each of these nodes, by node."""
        rows = (
            row
            for some in batched(nodes)
            for row in self._db.execute(
                select(REPORTS).where(REPORTS.c.node.in_(some), REPORTS.c.kind == kind)
            )
        )
        return {row.node: _report(row) for row in rows}

    def of_kind(self, kind: str) -> tuple[Report, ...]:
        """Return the latest report of a kind of every node, sorted by node."""
        rows = self._db.execute(select(REPORTS).where(REPORTS.c.kind == kind))
        return tuple(sorted((_report(row) for row in rows), key=lambda report: report.node))

    def forget(self, node: str) -> None:
        """Forget what a node said."""
        self._db.execute(delete(REPORTS).where(REPORTS.c.node == node))


class OrderTables(OrderBook):
    """Orders as rows."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def add(self, order: Order) -> Order:
        """Keep a new order; return it with its number."""
        number = (self._db.scalar(select(func.max(ORDERS.c.number))) or 0) + 1
        row = {
            "number": number,
            "node": order.node,
            "rollout": order.rollout,
            "epoch": order.epoch,
            "wave": order.wave,
            "digest": order.digest,
            "document": order.document,
            "given": order.given,
            "answer": order.answer,
            "answered": order.answered,
        }
        self._db.execute(insert(ORDERS), row)
        return _order(row)

    def find(self, number: int) -> Order | None:
        """Return one order."""
        return next(iter(self._where(ORDERS.c.number == number)), None)

    def open_for(self, node: str) -> tuple[Order, ...]:
        """Return a node's open orders, oldest first."""
        return self._where(ORDERS.c.node == node, ORDERS.c.answered.is_(None))

    def of_rollout(self, rollout: str) -> tuple[Order, ...]:
        """Return the orders of a rollout, oldest first."""
        return self._where(ORDERS.c.rollout == rollout)

    def answer(self, number: int, document: bytes, *, now: datetime) -> bool:
        """Keep what the node said, once; tell whether the order was open."""
        wanted = update(ORDERS).where(ORDERS.c.number == number, ORDERS.c.answered.is_(None))
        return self._db.execute(wanted.values(answer=document, answered=now)).rowcount == 1

    def _where(self, *wanted: Any) -> tuple[Order, ...]:
        rows = self._db.execute(select(ORDERS).where(*wanted).order_by(ORDERS.c.number))
        return tuple(_order(row._mapping) for row in rows)  # noqa: SLF001  # how SQLAlchemy names it


def _report(row: Any) -> Report:
    return Report(row.node, row.kind, row.at, row.number, row.document)


def _order(row: Any) -> Order:
    return Order(
        row["node"],
        row["rollout"],
        row["epoch"],
        row["wave"],
        row["digest"],
        row["document"],
        row["given"],
        row["number"],
        row["answer"],
        row["answered"],
    )
