"""How far a retirement is, out of what is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from support.pki import NOW
from warifu.domain.directory.retiring import (
    NodeStand,
    Restarted,
    RetireStep,
    Retiring,
    StepState,
    demand_step,
    judge_steps,
    next_stand,
)
from warifu.errors import RefusedError

LATER = NOW + timedelta(minutes=1)
GONE = NodeStand("web-1", 4, LATER, proven=True)
DONE = Retiring(
    approved=True,
    backed_up=True,
    exported=True,
    quarantined=3,
    unpublished=4,
    listed=True,
    refreshed=NOW,
    nodes=(GONE,),
    restarts=(Restarted("web-1/nginx", good=True),),
    signed_in=True,
)


def following(**changed: object) -> tuple[RetireStep, StepState, tuple[str, ...], int, int]:
    """The step that is next, where it stands, and of how many."""
    found = next_stand(replace(DONE, **changed))  # type: ignore[arg-type]
    assert found is not None
    return found.step, found.state, found.waits_for, found.done, found.of


def test_everything_done() -> None:
    """Nothing is next."""
    assert next_stand(DONE) is None
    assert {StepState.DONE} == {one.state for one in judge_steps(DONE)}


def test_nothing_done() -> None:
    """The first step waits for people; everything else lies ahead."""
    stands = judge_steps(Retiring())
    assert (RetireStep.APPROVE, StepState.WAITING) == (stands[0].step, stands[0].state)
    assert {StepState.AHEAD} == {one.state for one in stands[1:]}


@pytest.mark.parametrize(
    ("changed", "step", "state"),
    [
        ({"backed_up": False}, RetireStep.BACK_UP, StepState.READY),
        ({"exported": False}, RetireStep.EXPORT, StepState.READY),
        ({"quarantined": 0}, RetireStep.QUARANTINE, StepState.READY),
        ({"unpublished": 0}, RetireStep.UNPUBLISH, StepState.READY),
        ({"listed": None}, RetireStep.LIST, StepState.READY),
        ({"listed": False}, RetireStep.LIST, StepState.FAILED),
        ({"refreshed": None}, RetireStep.REFRESH, StepState.READY),
        ({"signed_in": None}, RetireStep.SIGN_IN, StepState.WAITING),
        ({"signed_in": False}, RetireStep.SIGN_IN, StepState.FAILED),
        ({"resurrected": ("web-1/roots/old",)}, RetireStep.WATCH, StepState.FAILED),
    ],
)
def test_each_step_alone(changed: dict[str, object], step: RetireStep, state: StepState) -> None:
    """What lacks decides which step is next, and where it stands."""
    assert (step, state) == following(**changed)[:2]


@pytest.mark.parametrize(
    ("node", "step", "state"),
    [
        (NodeStand("web-2", 2, LATER), RetireStep.DISTRUST, StepState.WAITING),
        (NodeStand("web-2", 3, LATER), RetireStep.CONVERGE, StepState.WAITING),
        (NodeStand("web-2", 4, NOW), RetireStep.CONVERGE, StepState.WAITING),
        (NodeStand("web-2", 4), RetireStep.CONVERGE, StepState.WAITING),
        (NodeStand("web-2", 4, LATER, holds=("roots/old",)), RetireStep.DELETE, StepState.READY),
        (NodeStand("web-2", 4, LATER), RetireStep.PROVE, StepState.WAITING),
    ],
)
def test_every_node_counts(node: NodeStand, step: RetireStep, state: StepState) -> None:
    """One of two; a node that was waived by name holds nobody up."""
    assert (step, state, ("web-2",), 1, 2) == following(nodes=(GONE, node))
    waived = replace(DONE, nodes=(GONE, replace(node, waived=True)))
    assert next_stand(waived) is None
    assert 1 == next(one.of for one in judge_steps(waived) if one.step is step)


def test_services_one_after_the_other() -> None:
    """None is restarted after one that failed."""
    good, bad, new = Restarted("a/1", good=True), Restarted("a/2", good=False), Restarted("a/3")
    assert (RetireStep.RESTART, StepState.READY, ("a/3",), 1, 2) == following(restarts=(good, new))
    assert (RetireStep.RESTART, StepState.FAILED, ("a/2",), 1, 3) == following(restarts=(good, bad, new))


def test_a_step_wants_those_before_it() -> None:
    """The first one that is not done is named."""
    demand_step(DONE, RetireStep.DELETE)
    with pytest.raises(RefusedError) as told:
        demand_step(replace(DONE, unpublished=0), RetireStep.DELETE)
    assert RetireStep.UNPUBLISH is told.value.values["first"]
