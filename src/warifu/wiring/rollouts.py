"""Joins what rollouts on a server are made of.

DATA/estates/NAME/            what belongs to an estate: issuers, listings and hand-over folders with relative paths
DATA/estates/NAME/.warifu/    requests, and keys that the server makes for nodes that people serve
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from warifu.adapters.clock.system import SystemClock
from warifu.adapters.files.local import LocalFiles
from warifu.adapters.issuers.by_hand import ByHandIssuer
from warifu.adapters.issuers.local_ca import LocalCa
from warifu.adapters.issuers.passphrase import passphrase_from_file
from warifu.adapters.journals.sqlite import is_dead, this_process
from warifu.domain.estate import Estate, Observed, Template, TrustValue
from warifu.domain.findings import Lang
from warifu.domain.rotation.plan import Plan
from warifu.domain.rotation.progress import Event, Progress
from warifu.domain.rotation.steps import Step, Switch
from warifu.domain.x509 import Certificate, Request
from warifu.errors import RefusedError
from warifu.ports.changes import Host
from warifu.ports.far import OrderDesk, Wanted
from warifu.ports.files import Files
from warifu.ports.issuers import Issuer
from warifu.ports.registry import Registry
from warifu.ports.rollout_books import KeptEstate
from warifu.ports.targets import TrustContent
from warifu.ports.work_books import HeldLease
from warifu.wire import plan as plans
from warifu.wire.agent import OrderKind
from warifu.wiring import cli
from warifu.wiring.issuers import chain
from warifu.wiring.nodes import states_for
from warifu.workflows.apply import Gate, Hands
from warifu.workflows.carry import CarryingHands, Crew, certificates_of
from warifu.workflows.carry_issue import Issuing
from warifu.workflows.errands import Errands
from warifu.workflows.estate_desk import EstateDesk
from warifu.workflows.estate_sights import EstateSights
from warifu.workflows.far import FarHands, FarSight, called, make_far_key
from warifu.workflows.gate import EvidenceGate, WaitingGate
from warifu.workflows.node_evidence import NodeEvidence
from warifu.workflows.order_desk import RegistryOrders
from warifu.workflows.plan import PlanRoom
from warifu.workflows.proof_again import ProofAgain
from warifu.workflows.registry_journal import RegistryJournal
from warifu.workflows.server_hands import JudgingHands
from warifu.workflows.server_rollouts import Ground, ServerRollouts

_CLOCK = SystemClock()
_SIGHT = timedelta(seconds=15)  # somebody waits for what a retirement would hit


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a server waits.

    Args:
        lease: how long a driver that is not heard of keeps others away; it is renewed at a third of it.
        look: how long a node may take for a look.
        step: how long it may take for a step; never longer than the lease.
        pause: between two tries of a rollout that waits, at first.
    """

    lease: timedelta = timedelta(minutes=2)
    look: timedelta = timedelta(seconds=30)
    step: timedelta = timedelta(seconds=100)
    pause: timedelta = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class RolloutsRoom:
    """What rollouts of one server need.

    Args:
        folder: the server's data.
        push: wakes nodes for which an order waits.
        skew: how much the clock of each node is ahead.
    """

    registry: Registry
    folder: str
    push: Callable[[Sequence[str]], None]
    skew: Callable[[str], timedelta]
    timing: Timing = field(default_factory=Timing)
    holder: str = field(default_factory=lambda: f"{this_process()}:{secrets.token_hex(4)}")
    lang: Lang = Lang.EN

    def journal(self) -> RegistryJournal:
        """Return the journal of this server's rollouts."""
        return RegistryJournal(self.registry, lambda: secrets.token_hex(8), self.timing.lease, _is_gone)

    def estates(self) -> EstateDesk:
        """Return the use cases of estates."""
        return EstateDesk(self.registry, self._place, cli.zone_exists, LocalFiles())

    def rollouts(self) -> ServerRollouts:
        """Return what drives rollouts."""
        journal = self.journal()

        def ground(kept: KeptEstate) -> Ground:
            return self._ground(kept, journal)

        return ServerRollouts(self.registry, journal, _CLOCK, LocalFiles(), self.holder, ground)

    def sights(self) -> EstateSights:
        """Return what looks at every estate that this server keeps."""

        def look(kept: KeptEstate, estate: Estate) -> Observed:
            orders = self._orders(self.journal().id, lambda: None, min(self.timing.look, _SIGHT))
            hosts = cli.hosts_for(estate, self._place(kept.name))
            return FarSight(estate, _near(hosts), orders).look(frozenset(estate.slots))

        return EstateSights(self.estates(), look)

    def _place(self, name: str) -> str:
        return str(Path(self.folder) / "estates" / name)

    def _ground(self, kept: KeptEstate, journal: RegistryJournal) -> Ground:
        estate = self.estates().read(kept)
        folder = self._place(kept.name)
        hosts = cli.hosts_for(estate, folder)
        state = states_for(estate, hosts)
        looks = self._orders(journal.id, lambda: None, self.timing.look)

        def planning(given: Files) -> PlanRoom:
            sight = FarSight(estate, _near(hosts), looks)
            return PlanRoom(
                estate=estate,
                look=lambda: sight.look(frozenset(estate.slots)),
                files=given,
                engines=cli.engines(estate),
                issuer_chains=cli.issuer_chains(estate, folder),
                estate_digest=kept.digest,
            )

        def crew(plan: Plan, rollout: str, events: Callable[[], Sequence[Event]]) -> tuple[Hands, Gate]:
            site = _Site(self, estate, folder, hosts, state, journal, rollout, plans.digest(plan))
            return site.hands(events), site.gate()

        def fence(node: str) -> str:
            return f"{folder}/.warifu/fence.json" if node == "" else f"{state(node)}/fence.json"

        return Ground(estate, planning, crew, fence)

    def _orders(
        self, journal: str, lease: Callable[[], HeldLease | None], patience: timedelta
    ) -> RegistryOrders:
        return RegistryOrders(self.registry, _CLOCK, journal, self.push, lease, patience)

    def orders_under(self, journal: RegistryJournal, rollout: str, patience: timedelta) -> RegistryOrders:
        """Return what gives orders in a rollout, under the lease that this process holds."""

        def lease() -> HeldLease:
            held = journal.held(rollout, self.holder)
            if held is None:
                raise RefusedError("rollout.lease-lost", rollout=rollout, epoch=0, newer=0)
            return held

        return self._orders(journal.id, lease, patience)


@dataclass(frozen=True, slots=True)
class _Site:
    """One rollout on one estate."""

    room: RolloutsRoom
    estate: Estate
    folder: str
    hosts: Mapping[str, Host]
    state: Callable[[str], str]
    journal: RegistryJournal
    rollout: str
    digest: str

    def hands(self, events: Callable[[], Sequence[Event]]) -> Hands:
        estate = self.estate
        steps = self.room.orders_under(self.journal, self.rollout, self.room.timing.step)
        signers = _issuers(estate, self.folder)
        desk = cli.issue_desk(estate, self.folder, self.hosts, signers)
        issuing = Issuing(estate, replace(desk, far_key=lambda node: self._far_key(node, steps)), _CLOCK)
        shown = cli.sentinels(estate, self.hosts, signers)
        errands = Errands(
            estate,
            f"{self.folder}/.warifu/handover/{self.rollout}",
            self.folder,
            LocalFiles(),
            cli.prober(),
            self.hosts,
            _CLOCK,
            self.room.lang,
            shown,
        )
        crew = Crew(
            hosts=self.hosts,
            targets=cli.targets(),
            installer=cli.installer(cli.prober()),
            state=self.state,
            keys_at=issuing.key_at,
            tidy=issuing.tidy,
            issue=issuing.issue,
            by_hand=errands.carry,
            sentinels=shown,
        )
        near = CarryingHands(estate, self.rollout, crew)
        far = FarHands(estate, self.rollout, self.digest, near, steps, events)
        evidence = NodeEvidence(self.room.registry)
        return JudgingHands(far, evidence, _CLOCK, self.room.skew, shown, _content)

    def gate(self) -> Gate:
        estate = self.estate
        looks = self.room.orders_under(self.journal, self.rollout, self.room.timing.look)
        sight = FarSight(estate, _near(self.hosts), looks, self.rollout, self.digest)
        waiting = WaitingGate(estate, ZoneInfo, _CLOCK)
        again = ProofAgain(estate, cli.engines(estate), _CLOCK)
        return EvidenceGate(sight.look, again.prove, waiting.may_start, _CLOCK)

    def _far_key(self, node: str, desk: OrderDesk) -> Callable[[str, Template], tuple[Request, str]] | None:
        name = called(self.estate, node)
        if not name:
            return None
        wanted = Wanted(name, OrderKind.MAKE_KEY, self.rollout, self.digest)
        return lambda file, template: make_far_key(desk, wanted, file, template)


def _content(step: Step, progress: Progress) -> TrustContent | None:
    """Return what a step brings into a trust store, where all of it is at hand."""
    if not isinstance(step, Switch) or not isinstance(step.after, TrustValue):
        return None
    anchors: tuple[Certificate, ...] | None = certificates_of(step.after.anchors, progress)
    return None if anchors is None else TrustContent(anchors)


def _near(hosts: Mapping[str, Host]) -> Callable[[Estate, frozenset[str]], Observed]:
    """Return what looks at the part of an estate that is reached from this machine."""

    def look(estate: Estate, slots: frozenset[str]) -> Observed:
        return cli.observing(estate, hosts)(slots & estate.slots.keys())

    return look


def _issuers(estate: Estate, folder: str) -> Mapping[str, Issuer]:
    """Return the estate's issuers; nobody is at a server's terminal, so a passphrase lies in a file or is not there."""
    found: dict[str, Issuer] = {}
    for spec in estate.issuers.values():
        place = str(Path(folder) / spec.folder)
        if spec.kind == "by-hand":
            found[spec.name] = ByHandIssuer(spec.name, place, LocalFiles(), chain(spec, folder))
            continue

        def passphrase(name: str = spec.name, path: str = spec.passphrase_file) -> bytes:
            if not path:
                raise RefusedError("rollouts.no-passphrase", issuer=name)
            return passphrase_from_file(str(Path(folder) / path), issuer=name)

        found[spec.name] = LocalCa(spec.name, place, passphrase)
    return found


def _is_gone(holder: str) -> bool:
    """Tell whether a holder is a process of this machine that has ended; what follows its name is chance."""
    return is_dead(holder.rpartition(":")[0])
