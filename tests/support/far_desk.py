"""Nodes that obey orders, each with its own memory, in this process; everything between them and who asks is text.

desk = FarDesk({"n": an_agent("n", folder)})
desk.ask((Wanted("n", OrderKind.LOOK, ...),))
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from support.crew import crew_in
from support.fakes import FakeClock, FakeProber
from support.pki import NOW, Entity, make_ca
from warifu.adapters.files.sealed import Sealed
from warifu.adapters.hosts.local import LocalHost
from warifu.adapters.journals.agent import SqliteAgentState
from warifu.adapters.keys.openssl import OpensslKeys
from warifu.adapters.targets.files import FilesTarget
from warifu.domain.estate import Estate, Observed
from warifu.ports.changes import Host
from warifu.ports.far import OrderDesk, Wanted
from warifu.ports.orders import AgentIdentity
from warifu.wire.agent import Order, OrderAnswer
from warifu.wire.signed import Signed, canonical, check_vouched, open_signed, parse
from warifu.workflows.carry import CarryingHands
from warifu.workflows.obey import Means, Obedience
from warifu.workflows.observe import observe

LEASE = timedelta(minutes=2)


@dataclass
class Far:
    """A node that obeys, and what its server knows of it.

    Args:
        machine: where steps are carried out.
    """

    obedience: Obedience
    entity: Entity
    clock: FakeClock
    machine: list[Host]
    away: bool = False


def an_agent(name: str, folder: Path) -> Far:
    """A node whose files and state lie in a folder."""
    entity = make_ca("Agents").leaf(name)
    clock = FakeClock(NOW)
    machine: list[Host] = [LocalHost()]
    state = SqliteAgentState(str(folder / "agent.sqlite"), Sealed(str(folder / "seal.key")))
    (folder / "keys").mkdir(mode=0o700)

    def look(estate: Estate, slots: frozenset[str]) -> Observed:
        node = next(iter(estate.nodes))
        return observe(
            estate,
            hosts={node: LocalHost()},
            targets={"files": FilesTarget()},
            prober=FakeProber(),
            clock=clock,
            slots=slots,
        )

    def hands(estate: Estate, rollout: str) -> CarryingHands:
        node = next(iter(estate.nodes))
        return CarryingHands(estate, rollout, replace(crew_in(folder), hosts={node: machine[-1]}))

    means = Means(LocalHost(), look, hands, OpensslKeys(), str(folder / "keys"), str(folder / "fence.json"))
    identity = AgentIdentity((entity.value,), entity.private_key)
    obedience = Obedience(name, state, means, clock, lambda: identity, timedelta, lambda: ("boot", 1.0))
    return Far(obedience, entity, clock, machine)


@dataclass
class FarDesk(OrderDesk):
    """Hands orders to nodes as text, and checks who answered."""

    nodes: Mapping[str, Far]
    epoch: int = 1
    journal: str = "journal"
    given: list[Order] = field(default_factory=list)

    def ask(self, wanted: tuple[Wanted, ...]) -> tuple[OrderAnswer | None, ...]:
        return tuple(self._ask(one) for one in wanted)

    def _ask(self, wanted: Wanted) -> OrderAnswer | None:
        far = self.nodes[wanted.node]
        if far.away:
            return None
        order = Order(
            f"o{len(self.given)}",
            wanted.node,
            wanted.kind,
            self.journal,
            self.epoch,
            wanted.digest,
            wanted.wave,
            wanted.step,
            NOW + LEASE,
            wanted.body,
        )
        self.given.append(order)
        return self.deliver(order)

    def deliver(self, order: Order) -> OrderAnswer:
        far = self.nodes[order.node]
        text = canonical(far.obedience.obey(parse(Order, canonical(order))))
        answer: OrderAnswer = open_signed(OrderAnswer, parse(Signed, text), far.entity.value)
        for evidence in answer.evidence:
            check_vouched(evidence, far.entity.value)
        return answer
