"""A plan: inert data that people read, approve by digest, and machines carry out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import NamedTuple

from warifu.domain.estate import Template, Value, Waiver
from warifu.domain.findings import Finding
from warifu.domain.rotation.change import Change
from warifu.domain.rotation.steps import Step

__all__ = ["Outage", "Plan", "Proof", "Waiver", "Wave"]


@dataclass(frozen=True, slots=True)
class Wave:
    """Step chains: order kept inside a chain, none between chains.

    Args:
        purpose: `prepare`, `settle`, `trust`, `switch` or `retire`: what a person reads first.
        good_until: no step of it may end later; None means nothing bounds it.
        waits: evidence that must exist before it starts, beyond the wave before (a message key each).
        no_return: after it, the way back needs approval.
    """

    number: int
    purpose: str
    chains: tuple[tuple[Step, ...], ...]
    good_until: datetime | None = None
    waits: tuple[str, ...] = ()
    no_return: bool = False

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step, chain after chain."""
        return tuple(chain.from_iterable(self.chains))


@dataclass(frozen=True, slots=True)
class Outage:
    """A service that cannot take up its new files without being interrupted."""

    service: str
    steps: tuple[str, ...]
    length: timedelta
    group: str = ""


class Removal(NamedTuple):
    """An anchor that goes, by everything that identifies it; a mismatch with what is there stops the step.

    Args:
        slot: where it goes.
        alias: the trust store's name.
        key_id: its SubjectKeyIdentifier, upper-case hex; empty when it has none.
        fingerprint: SHA-256 hex.
    """

    slot: str
    alias: str
    key_id: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What was proven, in numbers and names.

    Args:
        mixtures: reachable combinations of values that were judged.
        owed: connections that hold now and were proven to hold throughout.
        broken: connections that do not hold now; they need only hold at the end.
        modelled: connections whose consumer's engine was not at hand, each settled by waiver or canary.
        engines: which engine answered how many questions.
    """

    mixtures: int
    owed: tuple[str, ...]
    broken: tuple[str, ...] = ()
    waived: tuple[str, ...] = ()
    modelled: tuple[str, ...] = ()
    engines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """Waves with their proof and everything that was assumed.

    Args:
        basis: for each touched or relied-on slot, the set of values the proof starts from.
        answers: path questions answered by engines, by question digest: accepted or refused.
        templates: certificates that will be issued, by `template:` id.
        certificates: those that steps bring in and slots may hold, DER in Base64 by SHA-256 hex, so
            that the plan can be carried out from itself alone.
    """

    id: str
    estate: str
    estate_digest: str
    made: datetime
    changes: tuple[Change, ...]
    waves: tuple[Wave, ...]
    basis: Mapping[str, tuple[Value, ...]]
    proof: Proof
    good_until: datetime | None = None
    templates: Mapping[str, Template] = field(default_factory=dict)
    certificates: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, bool] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    outages: tuple[Outage, ...] = ()
    findings: tuple[Finding, ...] = ()
    removals: tuple[Removal, ...] = ()
    ticket: str = ""

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step in wave order."""
        return tuple(chain.from_iterable(steps for wave in self.waves for steps in wave.chains))
