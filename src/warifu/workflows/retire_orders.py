"""Orders of a retirement: one entry is deleted on a node, one service restarted; given once, looked at again.

Nobody waits here: an order is given, and whoever comes next looks whether it was answered. One that ran out unanswered is
given again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from warifu.ports.node_books import Order as KeptOrder
from warifu.ports.registry import Books
from warifu.wire.agent import Order, OrderAnswer, OrderKind
from warifu.wire.signed import Signed, canonical, parse

PATIENCE: Final = timedelta(minutes=2)
_HOLDER: Final = "server"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a node is to do, and for which step of which retirement."""

    node: str
    kind: OrderKind
    step: str
    body: Mapping[str, object]
    digest: str


def answer_of(books: Books, number: str) -> OrderAnswer | None:
    """Return what a node answered to an order; None where it did not yet."""
    kept = books.orders.find(int(number)) if number else None
    if kept is None or kept.answer is None:
        return None
    answer: OrderAnswer = parse(OrderAnswer, parse(Signed, kept.answer).payload)
    return answer


def is_open(books: Books, number: str, *, now: datetime) -> bool:
    """Tell whether an order is still good and unanswered."""
    kept = books.orders.find(int(number)) if number else None
    if kept is None or kept.answer is not None:
        return False
    order: Order = parse(Order, kept.document)
    return now <= order.until


def give(books: Books, wanted: Wanted, *, now: datetime) -> str:
    """Write an order; return its number.

    Raises:
        RefusedError: `registry.lease-held`: another server drives this retirement.
    """
    lease = books.leases.take(f"retire {wanted.digest[:16]}", _HOLDER, now=now, length=PATIENCE)
    order = Order(
        "",
        wanted.node,
        wanted.kind,
        f"retire/{wanted.digest[:16]}",
        lease.epoch,
        wanted.digest,
        0,
        wanted.step,
        now + PATIENCE,
        wanted.body,
    )
    document = canonical(order).encode()
    rollout = f"retire/{wanted.digest}"
    kept = KeptOrder(wanted.node, rollout, lease.epoch, 0, wanted.digest, document, now)
    return str(books.orders.add(kept).number)
