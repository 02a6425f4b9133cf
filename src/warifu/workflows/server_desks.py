"""The use cases that the server's routes call, together; wiring makes them, routes know nothing of what is beneath."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from warifu.domain.x509 import Certificate, PrivateKey, RevocationList
from warifu.ports.registry import Registry
from warifu.workflows.control_ca import ControlDesk
from warifu.workflows.estate_desk import EstateDesk
from warifu.workflows.join_desk import JoinDesk
from warifu.workflows.people_desk import PeopleDesk
from warifu.workflows.plan_desk import PlanDesk
from warifu.workflows.report_desk import ReportDesk
from warifu.workflows.retire_desk import RetireDesk
from warifu.workflows.rollout_desk import RolloutDesk
from warifu.workflows.trust_desk import TrustDesk


@dataclass(frozen=True, slots=True)
class Desks:
    """Everything that can be asked of a server.

    Args:
        clock: the present instant.
        chance: a number from 0 up to 1.
        addresses: `https://HOST:PORT` by which nodes and people reach this server.
    """

    registry: Registry
    trust: TrustDesk
    people: PeopleDesk
    join: JoinDesk
    plans: PlanDesk
    control: ControlDesk
    reports: ReportDesk
    estates: EstateDesk
    rollouts: RolloutDesk
    retire: RetireDesk
    clock: Callable[[], datetime]
    chance: Callable[[], float]
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What the server shows of itself, and whom it lets in, as it is now.

    Args:
        chain: its certificate first.
        agents: CAs of nodes' identities.
        barred: nodes that are not let in whatever they show.
    """

    chain: tuple[Certificate, ...]
    key: PrivateKey = field(repr=False)
    agents: tuple[Certificate, ...] = ()
    people: tuple[Certificate, ...] = ()
    crls: tuple[RevocationList, ...] = ()
    barred: frozenset[str] = frozenset()
