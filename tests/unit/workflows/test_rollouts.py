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
from warifu.domain.rotation.plan import Plan, Proof
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
