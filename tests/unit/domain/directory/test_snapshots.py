"""A set of snapshots of a federation, and the order of the vendor's procedure."""

from __future__ import annotations

from datetime import timedelta

import pytest

from support.pki import NOW
from warifu.domain.directory.snapshots import Said, Statement, demand_turn, judge_snapshots, judge_vendor
from warifu.domain.findings import Code, Severity
from warifu.errors import RefusedError

NODES = ("psc-1", "psc-2")
HOUR = timedelta(hours=1)


def said(what: Said, at: int, *nodes: str) -> list[Statement]:
    return [Statement(what, node, NOW + at * HOUR) for node in nodes or NODES]


OFF = said(Said.POWERED_OFF, 0)
TAKEN = said(Said.SNAPSHOT, 1)


def codes(statements: list[Statement], *dependents: str) -> list[Code]:
    return [one.code for one in judge_snapshots(NODES, dependents, statements)]


@pytest.mark.req("S0-47")
def test_a_set_has_every_node_while_all_are_off() -> None:
    """One that misses a node is refused, and one that was taken while one ran."""
    assert [] == codes(OFF + TAKEN)
    assert [Code.SNAPSHOTS_MISS_NODES] == codes(OFF + said(Said.SNAPSHOT, 1, "psc-1"))
    late = said(Said.POWERED_OFF, 0, "psc-1") + said(Said.POWERED_OFF, 2, "psc-2")
    assert [Code.SNAPSHOT_WHILE_RUNNING] * 2 == codes(late + TAKEN)
    early = OFF + said(Said.POWERED_ON, 1, "psc-2")
    assert [Code.SNAPSHOT_WHILE_RUNNING] * 2 == codes(early + TAKEN)
    again = early + said(Said.POWERED_OFF, 2, "psc-2")
    assert [] == codes(again + said(Said.SNAPSHOT, 3))


@pytest.mark.req("S0-50")
def test_a_dependent_system_outside_of_it_is_a_warning() -> None:
    """Told as incomplete, and it refuses nothing."""
    (found,) = judge_snapshots(NODES, ["vcenter"], OFF + TAKEN)
    assert (Code.SNAPSHOTS_INCOMPLETE, Severity.WARNING) == (found.code, found.severity)
    assert judge_vendor(NODES, ["vcenter"], OFF + TAKEN)[1].is_done
    assert [] == codes(OFF + TAKEN + said(Said.SNAPSHOT, 1, "vcenter"), "vcenter")


@pytest.mark.req("S0-49")
def test_steps_have_an_order() -> None:
    """Powered on again after every snapshot, and nothing is unpublished before that."""
    with pytest.raises(RefusedError) as told:
        demand_turn(judge_vendor(NODES, (), OFF), Said.POWERED_ON)
    assert ("retire.precondition", Said.SNAPSHOT) == (told.value.code, told.value.values["first"])
    demand_turn(judge_vendor(NODES, (), OFF + TAKEN), Said.POWERED_ON)
    with pytest.raises(RefusedError):
        demand_turn(judge_vendor(NODES, (), OFF + TAKEN), Said.UNPUBLISHED)
    one = (
        OFF
        + TAKEN
        + said(Said.POWERED_ON, 2)
        + said(Said.LISTED_BEFORE, 3)
        + said(Said.UNPUBLISHED, 4, "psc-1")
    )
    stands = judge_vendor(NODES, (), one)
    assert [True] * 5 + [False] * 3 == [stand.is_done for stand in stands]
    assert NODES == stands[5].waits_for


def test_a_set_that_is_refused_is_not_done() -> None:
    """It waits for the node that it misses."""
    stands = judge_vendor(NODES, (), OFF + said(Said.SNAPSHOT, 1, "psc-1"))
    assert (False, ("psc-2",)) == (stands[1].is_done, stands[1].waits_for)
