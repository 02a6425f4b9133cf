"""Whether a node that reports is the one that reported before.

A node counts its reports and says which boot it is in and which version of each trust domain it follows. None of these
goes back by itself: where one does, the machine was put back to an older state, or runs twice. Such a node is fenced: it
is told nothing new and its word counts for nothing, until it is seeded anew. Two machines of one key are seen by their
boots: A, B, and A again; a restart is B after A, for good.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.trust import find_skew
from warifu.domain.trust.rules.clock import TOLERATED

BOOTS_KEPT = 32
SKEW_REFUSED = timedelta(minutes=5)
"""A clock that is further away makes dates of certificates and evidence mean something else: an error."""


class NodeStanding(StrEnum):
    """Whether a node is heard."""

    GOOD = "good"
    FENCED = "fenced"


@dataclass(frozen=True, slots=True)
class NodeReport:
    """What a report says of the machine that made it.

    Args:
        boot: the machine's boot id.
        counter: of this node's reports; kept on its disk before the report is sent, one report at a time.
        versions: of each trust domain that it follows.
    """

    node: str
    boot: str
    counter: int
    versions: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NodeSeen:
    """What is known of a node from its reports; nothing but a name before the first, and after it was seeded anew.

    Args:
        boots: boot ids in the order in which they came, the present one last.
    """

    node: str
    standing: NodeStanding = NodeStanding.GOOD
    counter: int = 0
    boots: tuple[str, ...] = ()
    versions: Mapping[str, int] = field(default_factory=dict)
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What a report makes of a node; why it is fenced."""

    seen: NodeSeen
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class ClockSample:
    """One request and its answer, by both clocks.

    Args:
        asked, heard: by the node's clock: when it sent the request, when it had the answer.
        received, answered: by ours: when the request came, when the answer went.
    """

    asked: datetime
    received: datetime
    answered: datetime
    heard: datetime

    @property
    def offset(self) -> timedelta:
        """By how much the node's clock is ahead of ours, where both ways take as long. RFC 5905 §8."""
        return ((self.asked - self.received) + (self.heard - self.answered)) / 2

    @property
    def uncertainty(self) -> timedelta:
        """By how much the offset may be wrong: half of what the way takes."""
        way = (self.heard - self.asked) - (self.answered - self.received)
        return max(way, timedelta()) / 2


def judge_report(known: NodeSeen, report: NodeReport, *, now: datetime) -> Heard:
    """Return what is known of a node after a report; one that was fenced stays so."""
    if known.standing is NodeStanding.FENCED:
        evidence = {"since": known.at or "-"}
        return Heard(known, (Finding(Code.NODE_FENCED, known.node, evidence),))
    findings = tuple(_faults(known, report))
    if findings:
        return Heard(replace(known, standing=NodeStanding.FENCED, at=now), findings)
    boots = known.boots if known.boots[-1:] == (report.boot,) else (*known.boots, report.boot)[-BOOTS_KEPT:]
    versions = {**known.versions, **report.versions}
    return Heard(NodeSeen(known.node, NodeStanding.GOOD, report.counter, boots, versions, now))


def find_clock_faults(node: str, sample: ClockSample) -> Iterator[Finding]:
    """Yield a finding when a node's clock is surely too far from ours: a warning, beyond five minutes an error."""
    surely = abs(sample.offset) - sample.uncertainty
    if surely <= TOLERATED:
        return
    severity = Severity.ERROR if surely > SKEW_REFUSED else Severity.WARNING
    for found in find_skew(node, sample.answered + sample.offset, sample.answered):
        yield replace(found, severity=severity)


def _faults(known: NodeSeen, report: NodeReport) -> Iterator[Finding]:
    is_same_boot = known.boots[-1:] == (report.boot,)
    if report.boot in known.boots and not is_same_boot:
        evidence: dict[str, object] = {"got": report.boot, "before": known.boots[-1]}
        yield Finding(Code.NODE_CLONED, known.node, evidence)
    is_repeated = is_same_boot and report.counter == known.counter
    if known.boots and report.counter <= known.counter and not is_repeated:
        evidence = {"got": report.counter, "before": known.counter}
        yield Finding(Code.REPORT_GOES_BACK, known.node, evidence)
    for domain, version in sorted(report.versions.items()):
        last = known.versions.get(domain, 0)
        if version < last:
            evidence = {"name": domain, "got": version, "before": last}
            yield Finding(Code.VERSION_GOES_BACK, known.node, evidence)
