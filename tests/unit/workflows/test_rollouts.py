"""Rollouts of an estate: begun once a plan."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from support.estate_texts import SMALL, estate_of
from support.fakes import FakeClock
from support.pki import NOW
from warifu.adapters.files.local import LocalFiles
from warifu.adapters.journals.sqlite import SqliteJournal
from warifu.domain.estate import TrustValue
from warifu.domain.rotation.plan import Plan, Proof, Wave
from warifu.domain.rotation.steps import Switch
from warifu.errors import RefusedError
from warifu.workflows.apply import Gate, Hands
from warifu.workflows.rollouts import RolloutRoom

DIGEST = "d" * 64


def no_crew(_plan: Plan, _rollout: str) -> tuple[Hands, Gate]:
    raise AssertionError("nothing is driven here")


def room(folder: Path) -> RolloutRoom:
    journal = SqliteJournal(str(folder / "j.sqlite"))
    clock, files = FakeClock(), LocalFiles()
    return RolloutRoom(
        estate_of(SMALL), journal, files, clock, "me", "anna", no_crew, lambda node: f"/{node}"
    )


@pytest.mark.parametrize(
    ("state", "refusal"), [("", "rollout.open-same"), ("done", "rollout.carried-out"), ("abandoned", "")]
)
def test_a_plan_is_carried_out_once(tmp_path: Path, state: str, refusal: str) -> None:
    """While it is open or once it is done it is refused, and no second rollout stays open; an abandoned one may begin again."""
    place = room(tmp_path)
    plan = Plan("p", place.estate.name, "", NOW, (), (), {}, Proof(1, ()))
    first = place.start(plan, DIGEST)
    if state:
        lease = place.journal.lease(first, "me", now=NOW, length=timedelta(minutes=1))
        place.journal.end(lease, state, now=NOW)
    if refusal:
        with pytest.raises(RefusedError, match=refusal.replace(".", r"\.")):
            place.start(plan, DIGEST)
        assert [first] == [head.id for head in place.journal.rollouts()]


def test_what_was_proven_last_counts_until_it_is_touched_again(tmp_path: Path) -> None:
    """The newest proven value of a slot, over all rollouts; a step that was only begun since leaves nothing certain."""
    place = room(tmp_path)
    old, both, new = TrustValue(("a" * 64,)), TrustValue(("a" * 64, "b" * 64)), TrustValue(("b" * 64,))
    for number, (before, after) in enumerate(((old, both), (both, new))):
        step = Switch(
            id=f"app/up#{number}",
            why="x",
            kind="add-anchor",
            slot="app/up",
            node="n",
            before=(before,),
            after=after,
        )
        waves = (Wave(1, "trust", ((step,),)),)
        plan = Plan(f"p{number}", place.estate.name, "", NOW, (), waves, {"app/up": (before,)}, Proof(1, ()))
        place.clock.wait(lambda: False, at_most=timedelta(minutes=1), every=timedelta(minutes=1))
        rollout = place.start(plan, str(number) * 64)
        lease = place.journal.lease(rollout, "me", now=NOW, length=timedelta(days=1))
        for kind, value in (("intended", {}), ("done", {"app/up": after})):
            place.journal.write(lease, kind, step.id, {"wave": 0, "values": {}}, now=place.clock.now())
            assert value == place.proven()
        place.journal.end(lease, "done", now=NOW)
