"""A rollout's state is what its journal tells, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from support.pki import NOW
from warifu.domain.estate import TrustValue
from warifu.domain.rotation import progress
from warifu.domain.rotation.plan import Plan, Proof, Wave
from warifu.domain.rotation.progress import Event, Happened, Progress, StepState, replay
from warifu.domain.rotation.steps import Switch

H = Happened


def step(name: str) -> Switch:
    return Switch(
        id=name, why="x", kind="add-anchor", slot=name, node="n", before=(), after=TrustValue((name,))
    )


A, B, C, D = step("a"), step("b"), step("c"), step("d")
PLAN = Plan(
    id="p",
    estate="e",
    estate_digest="d",
    made=NOW,
    changes=(),
    waves=(Wave(1, "trust", ((A, B), (C,))), Wave(2, "retire", ((D,),))),
    basis={},
    proof=Proof(0, ()),
)


def told(*events: tuple[Happened, str] | Event) -> Progress:
    listed = [one if isinstance(one, Event) else Event(NOW, one[0], one[1]) for one in events]
    return replay(PLAN, listed)


OPEN = Event(NOW, H.WAVE_OPENED, wave=1)


def test_nothing_is_ready_before_the_gate_of_the_wave() -> None:
    """The first wave waits for its gate; after it each chain offers its first step."""
    assert (True, ()) == (told().needs_gate, told().ready())
    assert (A, C) == told(OPEN).ready()


def test_a_chain_goes_step_by_step_and_a_wave_ends_with_its_last() -> None:
    """One step follows the other; the next wave needs a gate of its own."""
    assert (B, C) == told(OPEN, (H.DONE, "a")).ready()
    assert (B,) == told(OPEN, (H.DONE, "a"), (H.DONE, "c")).ready()
    after = told(OPEN, (H.DONE, "a"), (H.DONE, "b"), (H.DONE, "c"))
    assert (True, (), ("a", "b", "c")) == (after.needs_gate, after.ready(), after.done())
    assert (D,) == after.record(Event(NOW, H.WAVE_OPENED, wave=2)).ready()


@pytest.mark.parametrize("rounds", [1, 50])
def test_a_long_journal_is_replayed_without_a_copy_for_each_event(
    rounds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many states are made on the way for 250 events as for five, and event by event gives the same."""
    made: list[str] = []

    def counted(value: Progress, **changes: object) -> Progress:
        made.append("a state")
        return replace(value, **changes)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(progress, "replace", counted)
    bytes_ = {"template": "template:a", "leaf": "l", "chain": "c", "der": "L,C"}
    came = Event(NOW, H.BYTES, "a", values=bytes_)
    said = [Event(NOW, H.STATEMENT, name, values={"owner": "x"}) for name in "bc"]
    listed = [Event(NOW, H.INTENDED, "a"), came, *said, Event(NOW, H.DONE, "a")]
    whole = told(*listed * rounds)
    assert 2 == len(made)
    one_by_one = Progress(PLAN)
    for event in listed * rounds:
        one_by_one = one_by_one.record(event)
    assert whole == one_by_one
    assert ({"l": "L", "c": "C"}, {"b", "c"}) == (whole.brought, set(whole.statements))


def test_a_rollout_is_finished_when_every_step_is_done() -> None:
    """Then no wave is left, nothing is ready and nothing is blocked."""
    done = told(OPEN, *((H.DONE, name) for name in "abcd"))
    assert (True, None, False, (), ()) == (
        done.finished,
        done.wave,
        done.needs_gate,
        done.ready(),
        done.blocked(),
    )
    assert not told(OPEN).finished


def test_what_was_begun_and_is_not_done_may_be_in_any_state() -> None:
    """Intended, waiting and stopped steps are begun; a step that is done or was not touched is not."""
    now = told(OPEN, (H.INTENDED, "a"), (H.DONE, "a"), (H.INTENDED, "b"), (H.WAITING, "c"))
    assert ("b", "c") == now.begun()
    assert (StepState.DONE, StepState.OPEN) == (now.state("a"), now.state("d"))


def test_what_waits_or_stopped_says_why() -> None:
    """Each blocked step of the present wave has the reason of its last event, or none was given."""
    why = Event(NOW, H.STOPPED, "a", values={"why": "rollout.put-back", "path": "/x"})
    now = told(OPEN, why, (H.WAITING, "c"), (H.STOPPED, "d"))
    assert [("a", "rollout.put-back"), ("c", "rollout.blocked")] == [(b.step, b.why) for b in now.blocked()]
    assert "/x" == now.blocked()[0].values["path"]
    assert ("c",) == tuple(b.step for b in now.record(Event(NOW, H.INTENDED, "a")).blocked())


def test_what_arrived_is_kept_by_its_template() -> None:
    """Leaf, chain and bytes of a certificate are known after a restart."""
    values = {"template": "template:web", "leaf": "l", "chain": "c1,c2", "der": "TA==,Q0E=,Q0I="}
    now = told(Event(NOW, H.BYTES, "a", values=values))
    assert values == now.arrived["template:web"].values
    assert {"l": "TA==", "c1": "Q0E=", "c2": "Q0I="} == now.brought


def test_an_owners_word_is_kept_by_its_step() -> None:
    """It says nothing about the step's state."""
    now = told(Event(NOW, H.STATEMENT, "a", values={"by": "Ito"}))
    assert "Ito" == now.statements["a"].values["by"]
    assert StepState.OPEN is now.state("a")


def test_a_gate_once_passed_stays_passed() -> None:
    """An earlier wave's number, told again after a resume, shuts no later wave."""
    later = Event(NOW, H.WAVE_OPENED, wave=2)
    assert 2 == told(later, OPEN).opened


def test_a_rollout_that_ended_offers_nothing() -> None:
    """Given up is an end, too; the word for it is kept, and `done` where none was given."""
    ended = told(OPEN, Event(NOW, H.ENDED, values={"state": "given-up"}))
    assert ("given-up", ()) == (ended.ended, ended.ready())
    assert "done" == told(OPEN, (H.ENDED, "")).ended


def test_it_began_when_the_journal_says() -> None:
    """Evidence, reminders and approvals change nothing."""
    at = NOW + timedelta(hours=1)
    assert at == told(Event(at, H.STARTED)).started
    assert told() == told((H.EVIDENCE, ""), (H.REMINDED, ""), (H.APPROVED, ""))
