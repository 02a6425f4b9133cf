"""A server that drives rollouts on two nodes with agents and one that people serve, all in this process.

The database, the journal, leases, orders, signatures and the nodes' files are real; time moves when somebody waits for
it, and nodes obey while the server waits for their answers.

    rig = Rig(tmp_path)
    rollout = rig.begin(PLAN)
    rig.drive(rollout)
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from support.crew import crew_in
from support.fakes import FakeClock, FakeProber
from support.far_desk import Far, an_agent
from support.pki import NOW, make_ca
from warifu.adapters.database.registry import DatabaseRegistry
from warifu.adapters.files.local import LocalFiles
from warifu.adapters.hosts.by_hand import ByHandHost
from warifu.adapters.hosts.local import LocalHost
from warifu.adapters.targets.files import FilesTarget
from warifu.domain.directory.roles import Role
from warifu.domain.estate import Estate, Observed, TrustValue
from warifu.domain.findings import Finding, Lang
from warifu.domain.rotation.plan import Plan, Proof, Removal, Wave
from warifu.domain.rotation.progress import Event, Progress
from warifu.domain.rotation.steps import Step, Switch
from warifu.errors import WarifuError
from warifu.ports.clock import Clock
from warifu.ports.node_books import Identity, Node, NodeState, Way
from warifu.ports.rollout_books import KeptEstate
from warifu.ports.targets import TrustContent
from warifu.ports.work_books import Approval, KeptPlan
from warifu.wire import plan as plans
from warifu.wire.agent import Order
from warifu.wire.signed import Signed
from warifu.workflows.acting import Actor
from warifu.workflows.apply import Gate, Hands
from warifu.workflows.carry import CarryingHands
from warifu.workflows.errands import Errands
from warifu.workflows.estate_desk import EstateDesk
from warifu.workflows.far import FarHands, FarSight
from warifu.workflows.gate import EvidenceGate
from warifu.workflows.install import Installer
from warifu.workflows.node_evidence import NodeEvidence
from warifu.workflows.observe import observe
from warifu.workflows.order_desk import RegistryOrders, orders_for, take_answer
from warifu.workflows.registry_journal import RegistryJournal
from warifu.workflows.rollout_desk import KIND, RolloutDesk
from warifu.workflows.rollout_show import Standing
from warifu.workflows.server_hands import JudgingHands
from warifu.workflows.server_rollouts import Ground, ServerRollouts, Turn

OPERATOR = Actor("olga", frozenset({Role.OPERATOR}))
APPROVER = Actor("ben", frozenset({Role.APPROVER}))
HOSTS = Actor("hugo", frozenset({Role.HOST_ADMINISTRATOR}))
VOICE = Actor("victor", frozenset({Role.OPERATOR}))
OLD, NEW = make_ca("Old"), make_ca("New")
BEFORE = TrustValue((OLD.value.fingerprint.hex,))
BOTH = TrustValue((*BEFORE.anchors, NEW.value.fingerprint.hex))
LEASE = timedelta(minutes=2)
_AGENTS = """
[nodes.{name}]
reach = "agent"

[services.{name}]
node = "{name}"
target = "files"
loading = "each-use"

[services.{name}.trusts.up]
store = "{name}"
anchors = "{folder}/{name}.pem"

[trust-stores.{name}]
"""
_BY_HAND = """
[owners.voice]
contact = "voice@example.org"

[nodes.p]
reach = "by-hand"
owner = "voice"

[services.p]
node = "p"
target = "files"

[services.p.trusts.up]
store = "p"
anchors = "p.pem"

[trust-stores.p]
"""


class RigClock(FakeClock):
    """Time moves when somebody waits; nodes obey at each look."""

    def __init__(self) -> None:
        super().__init__(NOW)
        self.beside: Callable[[], None] = lambda: None

    def wait(self, until: Callable[[], bool], *, at_most: timedelta, every: timedelta) -> bool:
        def look() -> bool:
            self.beside()
            return until()

        return super().wait(look, at_most=at_most, every=max(every, timedelta(seconds=1)))


class NodeClock(Clock):
    """The same time on a node, where waiting has nobody obey."""

    def __init__(self, clock: RigClock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.now()

    def wait(self, until: Callable[[], bool], *, at_most: timedelta, every: timedelta) -> bool:
        return FakeClock.wait(self._clock, until, at_most=at_most, every=every)


class Rig:
    """A server and its nodes."""

    def __init__(self, folder: Path, *, by_hand: bool = False) -> None:
        self.folder = folder
        self.clock = RigClock()
        self.clock.beside = self.obey
        self.registry = DatabaseRegistry.open(str(folder / "data" / "warifu.sqlite"))
        self.nodes = {name: self._node(name) for name in ("a", "b")}
        self.journal = RegistryJournal(self.registry, lambda: "0" * 16, LEASE)
        self.forge: Callable[[Order, Signed], Signed] = lambda _order, signed: signed
        self.refused: list[WarifuError] = []
        self.estates = EstateDesk(self.registry, lambda _name: str(folder), lambda _zone: True, LocalFiles())
        self.rollouts = self.server("one", self.journal)
        self.desk = RolloutDesk(self.registry, self.estates, self.rollouts)
        text = "".join(_AGENTS.format(name=name, folder=folder) for name in self.nodes)
        if by_hand:
            (folder / "p.pem").write_bytes(OLD.pem)
            text += _BY_HAND
        self.kept = self.estates.put(HOSTS, {"estate.toml": text}, now=NOW)

    def server(self, holder: str, journal: RegistryJournal) -> ServerRollouts:
        """Another server on the same database."""
        return ServerRollouts(
            self.registry,
            journal,
            self.clock,
            LocalFiles(),
            holder,
            lambda kept: self._ground(kept, holder, journal),
        )

    def begin(self, plan: Plan, *, typed: str = "") -> str:
        """Approve a plan and begin its rollout."""
        digest = plans.digest(plan)
        with self.registry.change() as books:
            approval = (Approval(APPROVER.name, NOW),)
            kept = KeptPlan(digest, KIND, "", (), plans.to_bare(plan), OPERATOR.name, NOW, approvals=approval)
            books.plans.add(kept)
        return self.desk.start(OPERATOR, digest, typed=typed, now=self.clock.now())

    def drive(self, rollout: str) -> Turn:
        return self.rollouts.drive(rollout)

    def show(self, rollout: str) -> Standing:
        return self.desk.show(rollout, now=self.clock.now())

    def file(self, node: str) -> bytes:
        return (self.folder / f"{node}.pem").read_bytes()

    def obey(self) -> None:
        """Have every node that is there obey what waits for it."""
        for name, far in self.nodes.items():
            for order in () if far.away else orders_for(self.registry, name, now=self.clock.now()):
                answer = self.forge(order, far.obedience.obey(order))
                try:
                    take_answer(self.registry, answer.by, order.id, answer, now=self.clock.now())
                except WarifuError as error:
                    self.refused.append(error)

    def plan(self, *nodes: str, waves: int = 1) -> Plan:
        """A plan that has nodes trust the new root, one wave for all or one for each."""
        steps = {name: self._step(name) for name in nodes}
        chains = tuple((step,) for step in steps.values())
        parts = [chains] if waves == 1 else [(chain,) for chain in chains]
        held = {one.value.fingerprint.hex: base64.b64encode(one.value.der).decode() for one in (OLD, NEW)}
        return Plan(
            "p",
            self.kept.name,
            self.kept.digest,
            NOW,
            (),
            tuple(Wave(number, "trust", part) for number, part in enumerate(parts, 1)),
            {f"{name}/up": (BEFORE,) for name in nodes},
            Proof(1, ()),
            certificates=held,
        )

    @staticmethod
    def removing(plan: Plan) -> Plan:
        """The plan, which takes away an anchor as well."""
        removal = Removal("a/up", "a", "", BEFORE.anchors[0])
        return replace(plan, removals=(removal,))

    @staticmethod
    def _step(node: str) -> Switch:
        return Switch(f"{node}/up#1", "x", "add-anchor", f"{node}/up", node, (BEFORE,), BOTH)

    def _node(self, name: str) -> Far:
        place = self.folder / name
        place.mkdir()
        (self.folder / f"{name}.pem").write_bytes(OLD.pem)
        far = an_agent(name, place)
        installer = Installer(FakeProber(), NodeClock(self.clock))

        def hands(estate: Estate, rollout: str) -> CarryingHands:
            node = next(iter(estate.nodes))
            return CarryingHands(
                estate, rollout, replace(crew_in(place), hosts={node: LocalHost()}, installer=installer)
            )

        means = replace(far.obedience.means, hands=hands)
        far.obedience = replace(far.obedience, clock=self.clock, means=means)
        with self.registry.change() as books:
            books.nodes.put(Node(name, NodeState.JOINED, NOW, NOW))
            books.identities.add(Identity(name, far.entity.value, NOW, Way.INVITED))
        return far

    def _ground(self, kept: KeptEstate, holder: str, journal: RegistryJournal) -> Ground:
        estate = self.estates.read(kept)

        def crew(plan: Plan, rollout: str, events: Callable[[], Sequence[Event]]) -> tuple[Hands, Gate]:
            orders = RegistryOrders(
                self.registry,
                self.clock,
                journal.id,
                lambda _nodes: None,
                lambda: journal.held(rollout, holder),
                timedelta(seconds=20),
            )
            errands = Errands(
                estate,
                f"{self.folder}/handover",
                str(self.folder),
                LocalFiles(),
                FakeProber(),
                {},
                self.clock,
                Lang.EN,
                {},
            )
            near = CarryingHands(
                estate, rollout, replace(crew_in(self.folder), hosts={}, by_hand=errands.carry)
            )
            far = FarHands(estate, rollout, plans.digest(plan), near, orders, events)
            sight = FarSight(estate, self._near, orders, rollout, plans.digest(plan))
            gate = EvidenceGate(sight.look, _nothing_breaks, lambda _progress, _wave: None, self.clock)
            evidence = NodeEvidence(self.registry)
            return JudgingHands(far, evidence, self.clock, _no_skew, {}, _no_content), gate

        def planning(_files: object) -> object:
            raise AssertionError

        return Ground(estate, planning, crew, lambda _node: "")  # type: ignore[arg-type]

    def _near(self, estate: Estate, slots: frozenset[str]) -> Observed:
        return observe(
            estate,
            hosts={name: ByHandHost(name, str(self.folder)) for name in estate.nodes},
            targets={"files": FilesTarget()},
            prober=FakeProber(),
            clock=self.clock,
            slots=slots & estate.slots.keys(),
        )


def _nothing_breaks(_progress: Progress, _observed: Observed) -> tuple[Finding, ...]:
    return ()


def _no_skew(_node: str) -> timedelta:
    return timedelta()


def _no_content(_step: Step, _progress: Progress) -> TrustContent | None:
    return None
