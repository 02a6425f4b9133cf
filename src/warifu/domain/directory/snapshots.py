"""Whether a set of virtual-machine snapshots brings a whole vendor's domain back, and which step of its procedure is next.

Everything here is somebody's word, by name and time: Warifu reaches none of these machines. A set counts when every node
of the federation has a snapshot in it and was off, all of them together, at each moment at which one was taken: else
something may have been replicated half-way.

Source: KB 326288: power off all controllers, snapshot all while off, snapshot vCenter too, power on again; to go back,
every node to the same set.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from warifu.domain.findings import Code, Finding, Severity
from warifu.errors import RefusedError


class Said(StrEnum):
    """What an owner confirms, in the order of the procedure."""

    POWERED_OFF = "powered-off"
    SNAPSHOT = "snapshot"
    POWERED_ON = "powered-on"
    LISTED_BEFORE = "listed-before"
    UNPUBLISHED = "unpublished"
    LISTED_AFTER = "listed-after"
    RESTARTED = "restarted"
    SIGNED_IN = "signed-in"


@dataclass(frozen=True, slots=True)
class Statement:
    """One node's part of a step, as its owner stated it.

    Args:
        at: when it was so, by the owner; of a snapshot when it was taken.
    """

    said: Said
    node: str
    at: datetime


@dataclass(frozen=True, slots=True)
class VendorStand:
    """Where one step stands: nodes whose owners have not confirmed it, and what is wrong with what they did."""

    step: Said
    is_done: bool
    waits_for: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


_ONCE = frozenset({Said.UNPUBLISHED, Said.SIGNED_IN})
"""Steps that the federation takes as one."""


def judge_vendor(
    nodes: Collection[str], dependents: Collection[str], statements: Sequence[Statement]
) -> tuple[VendorStand, ...]:
    """Return every step in order; one is done when each node is, and nothing refuses it."""
    stands = []
    for step in Said:
        told = {one.node for one in statements if one.said is step}
        waits = () if step in _ONCE and told else tuple(sorted(set(nodes) - told))
        findings = tuple(_faults(nodes, dependents, statements)) if step is Said.SNAPSHOT and told else ()
        refused = any(one.severity is Severity.ERROR for one in findings)
        stands.append(VendorStand(step, not waits and not refused, waits, findings))
    return tuple(stands)


def demand_turn(stands: Sequence[VendorStand], step: Said) -> None:
    """Pass where a step may be confirmed: everything before it is done, and nothing after it was begun without it.

    Raises:
        RefusedError: `retire.precondition`, with the step that comes first.
    """
    first = next(one for one in stands if one.step is step or not one.is_done)
    if first.step is not step:
        raise RefusedError("retire.precondition", step=step, first=first.step)


def judge_snapshots(
    nodes: Collection[str], dependents: Collection[str], statements: Sequence[Statement]
) -> tuple[Finding, ...]:
    """Return what is wrong with a set of snapshots: errors refuse it, a dependent system outside of it is a warning."""
    return tuple(_faults(nodes, dependents, statements))


def _faults(
    nodes: Collection[str], dependents: Collection[str], statements: Sequence[Statement]
) -> Iterator[Finding]:
    taken = {one.node: one.at for one in statements if one.said is Said.SNAPSHOT}
    missing = tuple(sorted(set(nodes) - taken.keys()))
    if missing:
        yield Finding(
            Code.SNAPSHOTS_MISS_NODES, ", ".join(missing), {"count": len(missing), "where": missing}
        )
    for node in sorted(taken.keys() & set(nodes)):
        running = tuple(sorted(one for one in nodes if not _is_off(one, taken[node], statements)))
        if running:
            evidence = {"taken": taken[node], "where": running}
            yield Finding(Code.SNAPSHOT_WHILE_RUNNING, node, evidence)
    lacking = tuple(sorted(set(dependents) - taken.keys()))
    if taken and lacking:
        yield Finding(Code.SNAPSHOTS_INCOMPLETE, ", ".join(lacking), {"where": lacking}, Severity.WARNING)


def _is_off(node: str, at: datetime, statements: Sequence[Statement]) -> bool:
    """Tell whether a node was off at an instant: switched off before it, and on again only after it."""
    off = [one.at for one in statements if one.node == node and one.said is Said.POWERED_OFF and one.at <= at]
    on = [one.at for one in statements if one.node == node and one.said is Said.POWERED_ON and one.at <= at]
    return bool(off) and (not on or max(on) < max(off))
