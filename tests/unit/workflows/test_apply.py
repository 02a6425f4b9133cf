"""The loop that carries a plan out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from support.pki import NOW
from warifu.adapters.journals.sqlite import SqliteJournal
from warifu.domain.estate import Owner, TrustValue
from warifu.domain.findings import Code, Finding
from warifu.domain.rotation.plan import Plan, Proof, Wave
from warifu.domain.rotation.progress import Event, Happened, Progress, fingerprints_of
from warifu.domain.rotation.steps import Step, Switch
from warifu.errors import PartlyDoneError, RefusedError, WaitingError
from warifu.ports.changes import Fence
from warifu.workflows.apply import Done, Driver, Look, Result, Seen, Stopped, Waits
from warifu.workflows.install import Ending

OLD, NEW = TrustValue(("a" * 64,)), TrustValue(("a" * 64, "b" * 64))


class Now:
    """A clock that moves a second at each look."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at

    def wait(self, until: Callable[[], bool], *, at_most: timedelta, every: timedelta) -> bool:
        return until()


@dataclass
class World:
    """Slots that hold a value, and can be told to misbehave."""

    slots: dict[str, object]
    wrong: dict[str, Result] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    shut: tuple[Finding, ...] = ()
    die_at: str = ""
    waits: bool = False

    def look(self, step: Step, progress: Progress) -> Seen:
        assert isinstance(step, Switch)
        held = self.slots[step.slot]
        if held == step.after:
            return Seen(Look.AFTER)
        return Seen(Look.BEFORE) if held in step.before else Seen(Look.NEITHER, str(held))

    def do(self, step: Step, progress: Progress, fence: Callable[[str], Fence]) -> Result:
        assert isinstance(step, Switch)
        if step.id in self.wrong:
            return self.wrong[step.id]
        self.log.append(f"do {step.id}")
        self.slots[step.slot] = step.after
        if self.die_at == step.id:
            self.die_at = ""
            raise KeyboardInterrupt
        return Done({"epoch": str(fence("n").epoch)})

    def prove(self, step: Step, progress: Progress, fence: Callable[[str], Fence]) -> Result:
        self.log.append(f"prove {step.id}")
        return Done()

    def release(self, progress: Progress, fence: Callable[[str], Fence]) -> None:
        self.log.append("release")

    def judge(self, progress: Progress, wave: Wave) -> tuple[Finding, ...]:
        self.log.append(f"gate {wave.number}")
        if self.waits:
            raise WaitingError("rollout.waiting-for-window", wave=wave.number, window="w", opens=NOW)
        return self.shut

    def happened(self, progress: Progress, event: Event) -> None:
        pass

    def found(self, step: Step | None, findings: tuple[Finding, ...]) -> None:
        self.log.append(f"found {len(findings)}")

    def asked(self, step: Step, owner: Owner, since: datetime, *, overdue: bool) -> None:
        self.log.append(f"asked {owner.name} {overdue}")


def switch(number: str, slot: str) -> Switch:
    return Switch(id=number, why="x", kind="add-anchor", slot=slot, node="n", before=(OLD,), after=NEW)


def plan(*, good_until: datetime | None = None) -> Plan:
    first = Wave(1, "trust", ((switch("1.1", "a"),), (switch("1.2", "b"),)), good_until)
    second = Wave(2, "switch", ((switch("2.1", "c"),),))
    return Plan("p", "e", "", NOW, (), (first, second), {}, Proof(1, ()))


def world() -> World:
    return World({"a": OLD, "b": OLD, "c": OLD})


def driver(folder: Path, hands: World, work: Plan | None = None) -> Driver:
    journal = SqliteJournal(str(folder / "j.sqlite"))
    if not journal.rollouts():
        journal.begin("r", b"", "d" * 64, footprint=[], now=NOW)
    return Driver(
        work or plan(),
        "r",
        journal=journal,
        holder="me",
        hands=hands,
        gate=hands,
        clock=Now(),
        listener=hands,
        fence_path=lambda node: f"/{node}",
        plan_digest="d" * 64,
    )


def test_waves_are_gated_and_done_in_order(tmp_path: Path) -> None:
    """Each wave's gate comes first, then its steps; at the end the nodes are free and the rollout is done."""
    hands = world()
    progress = driver(tmp_path, hands).drive()
    assert ["gate 1", "do 1.1", "do 1.2", "gate 2", "do 2.1", "release"] == hands.log
    assert "done" == progress.ended
    assert "done" == SqliteJournal(str(tmp_path / "j.sqlite")).rollouts()[0].state


def test_a_killed_driver_goes_on_where_it_was(tmp_path: Path) -> None:
    """What was written before the kill is only proven afterwards, and nothing is done twice."""
    hands = world()
    hands.die_at = "1.2"
    with pytest.raises(KeyboardInterrupt):
        driver(tmp_path, hands).drive()
    hands.log.clear()
    driver(tmp_path, hands).drive()
    assert ["gate 1", "prove 1.2", "gate 2", "do 2.1", "release"] == hands.log


def test_a_wave_that_is_open_is_judged_again_by_the_driver_that_comes_next(tmp_path: Path) -> None:
    """Days may lie between: what changed meanwhile keeps the open wave's remaining steps from being done."""
    hands = world()
    hands.die_at = "1.1"
    with pytest.raises(KeyboardInterrupt):
        driver(tmp_path, hands).drive()
    hands.log.clear()
    hands.shut = (Finding(Code.WOULD_BREAK, "app-to-web"),)
    with pytest.raises(RefusedError, match=r"rollout\.gate-shut"):
        driver(tmp_path, hands).drive()
    assert ["gate 1", "found 1"] == hands.log
    late = plan(good_until=NOW + timedelta(seconds=1))
    hands.shut = ()
    with pytest.raises(RefusedError, match=r"rollout\.gate-too-late"):
        driver(tmp_path, hands, late).drive()
    assert OLD == hands.slots["b"]


def test_what_was_begun_is_ended_before_an_open_wave_waits(tmp_path: Path) -> None:
    """Outside the window nothing is started, and nothing is left half done."""
    hands = world()
    hands.die_at = "1.1"
    with pytest.raises(KeyboardInterrupt):
        driver(tmp_path, hands).drive()
    hands.log.clear()
    hands.waits = True
    with pytest.raises(WaitingError, match=r"rollout\.waiting-for-window"):
        driver(tmp_path, hands).drive()
    assert ["gate 1", "prove 1.1"] == hands.log
    assert OLD == hands.slots["b"]


@pytest.mark.req("S0-44")
def test_a_target_that_changed_meanwhile_stops_the_run(tmp_path: Path) -> None:
    """A slot that holds neither the planned before nor after stops the rollout: target changed, nothing done."""
    hands = world()
    hands.slots["c"] = TrustValue(("f" * 64,))
    with pytest.raises(PartlyDoneError, match=r"rollout\.target-changed"):  # the first wave is done
        driver(tmp_path, hands).drive()
    assert "do 2.1" not in hands.log
    assert TrustValue(("f" * 64,)) == hands.slots["c"]


def test_a_stopped_step_leaves_the_other_chains_going(tmp_path: Path) -> None:
    """Chains are independent; the next wave stays shut, and a later try goes on."""
    hands = world()
    hands.wrong["1.1"] = Stopped((Finding(Code.EXPIRED, "x"),))
    with pytest.raises(PartlyDoneError, match=r"rollout\.stopped"):
        driver(tmp_path, hands).drive()
    assert ["gate 1", "found 1", "do 1.2"] == hands.log
    hands.wrong.clear()
    assert driver(tmp_path, hands).drive().finished


def test_a_step_that_left_its_service_down_is_told_as_that(tmp_path: Path) -> None:
    """Nobody is told that what was live before is live when it was not seen so."""
    hands = world()
    hands.wrong["1.1"] = Stopped((Finding(Code.OLD_NOT_LIVE, "a"),), {"ending": Ending.DOWN.value})
    with pytest.raises(PartlyDoneError, match=r"rollout\.stopped-down"):
        driver(tmp_path, hands).drive()


def test_a_stop_before_anything_was_done_is_a_refusal(tmp_path: Path) -> None:
    """Nothing changed when no step was done: that is told apart from work that is partly done."""
    hands = world()
    hands.wrong |= {one: Stopped((Finding(Code.EXPIRED, "x"),)) for one in ("1.1", "1.2")}
    with pytest.raises(RefusedError, match=r"rollout\.stopped"):
        driver(tmp_path, hands).drive()


@pytest.mark.req("X-11")
def test_waiting_for_a_person_can_be_resumed(tmp_path: Path) -> None:
    """A step that waits ends the run as waiting; once it is answered the run goes on."""
    hands = world()
    hands.wrong["1.1"] = Waits("rotation.waiting-for-owner", {"owner": "network"})
    with pytest.raises(WaitingError, match=r"rollout\.waiting"):
        driver(tmp_path, hands).drive()
    assert OLD == hands.slots["c"]
    hands.wrong.clear()
    assert driver(tmp_path, hands).drive().finished


def test_a_shut_gate_stops_before_the_wave(tmp_path: Path) -> None:
    """Nothing of a wave is done while its gate is shut."""
    hands = world()
    hands.shut = (Finding(Code.EXPIRED, "x"),)
    with pytest.raises(RefusedError, match=r"rollout\.gate-shut"):
        driver(tmp_path, hands).drive()
    assert ["gate 1", "found 1"] == hands.log


@pytest.mark.parametrize(("spare", "opens"), [(-1, False), (0, False), (60, True)])
def test_a_wave_that_cannot_end_in_time_is_refused(tmp_path: Path, spare: int, *, opens: bool) -> None:
    """A wave needs its whole expected length before `good until`: ten seconds here."""
    hands = world()
    work = plan(good_until=NOW + timedelta(seconds=12 + spare))
    if opens:
        assert driver(tmp_path, hands, work).drive().finished
        return
    with pytest.raises(RefusedError, match=r"rollout\.gate-too-late"):
        driver(tmp_path, hands, work).drive()
    assert [] == hands.log


def test_events_survive_the_journal(tmp_path: Path) -> None:
    """Where the rollout stands is the same from memory and from the journal."""
    hands = world()
    first = driver(tmp_path, hands)
    first.note(Happened.BYTES, values={"template": "template:web", "leaf": "c" * 64, "chain": "d,e"})
    first.note(Happened.STATEMENT, step="1.1", values={"owner": "Ito"})
    again = driver(tmp_path, hands).progress
    assert again.arrived == first.progress.arrived
    assert ("c" * 64, "d", "e") == fingerprints_of(again.arrived["template:web"])
    assert "Ito" == again.statements["1.1"].values["owner"]


def test_what_is_met_while_a_step_waits_is_told(tmp_path: Path) -> None:
    """Remarks reach who looks on, beside the wait itself."""
    hands = world()
    hands.wrong["1.1"] = Waits(
        "rollout.waiting-for-witness", {"slot": "a"}, (Finding(Code.NOTHING_READ, "f"),)
    )
    with pytest.raises(WaitingError, match=r"rollout\.waiting"):
        driver(tmp_path, hands).drive()
    assert "found 1" in hands.log
