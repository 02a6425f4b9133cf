"""The way back is planned from what the journal tells."""

from __future__ import annotations

import pytest

from support.pki import NOW
from warifu.domain.estate import TrustValue
from warifu.domain.rotation.change import PutBack
from warifu.domain.rotation.plan import Plan, Proof, Wave
from warifu.domain.rotation.progress import Event, Happened, Progress
from warifu.domain.rotation.steps import Switch
from warifu.errors import RefusedError
from warifu.wire.values import value_digest
from warifu.workflows.rollback import find_way_back

OLD, BOTH, NEW = TrustValue(("a" * 64,)), TrustValue(("a" * 64, "b" * 64)), TrustValue(("b" * 64,))


def switch(number: str, slot: str, before: TrustValue, after: TrustValue) -> Switch:
    return Switch(id=number, why="x", kind="add-anchor", slot=slot, node="n", before=(before,), after=after)


WAVES = (
    Wave(1, "trust", ((switch("a1", "a/x", OLD, BOTH),), (switch("b1", "b/x", OLD, BOTH),))),
    Wave(2, "retire", ((switch("a2", "a/x", BOTH, NEW),),), no_return=True),
)
PLAN = Plan("p", "e", "", NOW, (), WAVES, {"a/x": (OLD,), "b/x": (OLD,)}, Proof(1, ()))


def after(*events: tuple[Happened, str]) -> Progress:
    progress = Progress(PLAN)
    for kind, step in events:
        progress = progress.record(Event(NOW, kind, step))
    return progress


def test_each_touched_slot_goes_back_to_what_it_was_before_the_plan() -> None:
    """Two steps on one slot make one way back, to the first value; an untouched slot has none."""
    way = find_way_back(after((Happened.DONE, "a1"), (Happened.DONE, "a2")))
    assert (PutBack("a/x", value_digest(OLD)),) == way.changes
    assert {value_digest(OLD): OLD} == dict(way.kept)


def test_a_step_that_was_only_begun_goes_back_too() -> None:
    """Nobody knows what a begun step left, so its slot is put back."""
    way = find_way_back(after((Happened.INTENDED, "b1")))
    assert [PutBack("b/x", value_digest(OLD))] == list(way.changes)


def test_the_point_of_no_return_is_named() -> None:
    """Behind the marked wave the way back needs approval; before it, none."""
    assert () == find_way_back(after((Happened.DONE, "a1"))).past_return
    assert (2,) == find_way_back(after((Happened.DONE, "a1"), (Happened.INTENDED, "a2"))).past_return


def test_nothing_done_means_nothing_to_put_back() -> None:
    """A rollout that changed nothing says so."""
    with pytest.raises(RefusedError, match=r"rollout\.nothing-to-undo"):
        find_way_back(after())
