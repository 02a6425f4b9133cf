"""Orders to nodes: given under a lease, waited for, their answers verified.

An order is written in the transaction that finds the lease still held, and is void when that lease ends. So a driver
that was frozen past its lease writes none, and one that it wrote just before is refused by the node.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from warifu.domain.x509 import Sha256
from warifu.errors import RefusedError, UsageError
from warifu.ports.clock import Clock
from warifu.ports.far import OrderDesk, Wanted
from warifu.ports.node_books import NodeState
from warifu.ports.node_books import Order as KeptOrder
from warifu.ports.registry import Books, Registry
from warifu.ports.work_books import HeldLease
from warifu.wire.agent import Order, OrderAnswer
from warifu.wire.signed import Signed, canonical, check_vouched, open_signed, parse
from warifu.workflows.join_desk import known_identity

LOOK = timedelta(seconds=45)
"""How long a look that belongs to no rollout may take."""
_EVERY = timedelta(milliseconds=50)


@dataclass(frozen=True, slots=True)
class RegistryOrders(OrderDesk):
    """Gives orders through the server's database.

    Args:
        journal: what nodes know this server's drivers by.
        lease: the lease of the rollout that is driven; None for looks that belong to none.
        push: wakes nodes.
        patience: how long an answer is waited for; never longer than the lease.
    """

    registry: Registry
    clock: Clock
    journal: str
    push: Callable[[Sequence[str]], None]
    lease: Callable[[], HeldLease | None] = lambda: None
    patience: timedelta = LOOK

    def ask(self, wanted: tuple[Wanted, ...]) -> tuple[OrderAnswer | None, ...]:
        """Give orders and wait for their answers; see the port."""
        if not wanted:
            return ()
        now = self.clock.now()
        lease = self.lease()
        until = now + self.patience if lease is None else min(lease.until, now + self.patience)
        with self.registry.change() as books:
            if lease is not None:
                if now >= lease.until:
                    raise RefusedError("orders.lease-over", rollout=wanted[0].rollout, until=lease.until)
                books.leases.stand(lease)
            numbers = [self._give(books, one, lease, until, now) for one in wanted]
        self.push([one.node for one in wanted])
        answers: dict[int, OrderAnswer] = {}

        def is_answered() -> bool:
            with self.registry.look() as books:
                for number in numbers:
                    kept = books.orders.find(number) if number and number not in answers else None
                    if kept is not None and kept.answer is not None:
                        answers[number] = parse(OrderAnswer, parse(Signed, kept.answer).payload)
            return all(number in answers or not number for number in numbers)

        self.clock.wait(is_answered, at_most=until - now, every=_EVERY)
        return tuple(answers.get(number) for number in numbers)

    def _give(
        self, books: Books, wanted: Wanted, lease: HeldLease | None, until: datetime, now: datetime
    ) -> int:
        """Write an order; 0 where the node is not let in: it is as good as away."""
        node = books.nodes.find(wanted.node)
        if node is None or node.state is not NodeState.JOINED:
            return 0
        epoch = lease.epoch if lease is not None else 0
        journal = self.journal if lease is not None else f"{self.journal}/looks"
        order = Order(
            "",
            wanted.node,
            wanted.kind,
            journal,
            epoch,
            wanted.digest,
            wanted.wave,
            wanted.step,
            until,
            wanted.body,
        )
        kept = KeptOrder(
            wanted.node, wanted.rollout, epoch, wanted.wave, wanted.digest, canonical(order).encode(), now
        )
        return books.orders.add(kept).number


def orders_for(registry: Registry, node: str, *, now: datetime) -> tuple[Order, ...]:
    """Return the orders that wait for a node and are still good."""
    with registry.look() as books:
        kept = books.orders.open_for(node)
    orders: list[Order] = [replace(parse(Order, one.document), id=str(one.number)) for one in kept]
    return tuple(order for order in orders if now <= order.until)


def take_answer(registry: Registry, by: Sha256, number: str, signed: Signed, *, now: datetime) -> None:
    """Take a node's answer to an order, once.

    Raises:
        UsageError: `orders.unknown`.
        RefusedError: `registry.not-let-in`; `agent.signature-wrong`; `orders.not-yours`.
    """
    with registry.change() as books:
        identity = known_identity(books, by, now=now)
        answer: OrderAnswer = open_signed(OrderAnswer, signed, identity.certificate)
        for evidence in answer.evidence:
            check_vouched(evidence, identity.certificate)
        kept = books.orders.find(int(number)) if number.isdecimal() and len(number) < 18 else None
        if kept is None:
            raise UsageError("orders.unknown", order=number)
        if kept.node != identity.node or answer.node != identity.node or answer.order != number:
            raise RefusedError("orders.not-yours", order=number, node=identity.node)
        books.orders.answer(kept.number, canonical(signed).encode(), now=now)
