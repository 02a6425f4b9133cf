"""Waves open on evidence that is collected again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from support.estate_texts import SMALL, estate_of
from support.fakes import FakeClock
from support.pki import NOW
from warifu.domain.estate import (
    Estate,
    Group,
    IdentityValue,
    Loading,
    Local,
    Node,
    Observed,
    Service,
    SlotState,
    TrustSlot,
    TrustValue,
    Value,
    Window,
)
from warifu.domain.findings import Code, Finding
from warifu.domain.rotation.plan import Plan, Proof, Wave
from warifu.domain.rotation.progress import Event, Happened, Progress
from warifu.domain.rotation.steps import Switch
from warifu.errors import RefusedError, WaitingError
from warifu.workflows.gate import EvidenceGate, WaitingGate, expected_values

OLD, BOTH, NEW = TrustValue(("a" * 64,)), TrustValue(("a" * 64, "b" * 64)), TrustValue(("b" * 64,))
LEAF = IdentityValue("c" * 64)


def remove(number: str, slot: str) -> Switch:
    return switch(number, BOTH, NEW, slot=slot)._replace(kind="remove-anchor")


def switch(
    number: str, before: Value, after: Value, *, interrupts: bool = False, slot: str = "app/up"
) -> Switch:
    return Switch(
        id=number,
        why="x",
        kind="add-anchor",
        slot=slot,
        node="n",
        before=(before,),
        after=after,
        interrupts=interrupts,
        takes=timedelta(minutes=10),
    )


WAVES = (Wave(1, "trust", ((switch("1", OLD, BOTH),),)), Wave(2, "retire", ((switch("2", BOTH, NEW),),)))
PLAN = Plan("p", "e", "", NOW, (), WAVES, {"app/up": (OLD,), "web/tls": (LEAF,)}, Proof(4, ("app-to-web",)))


class Eyes:
    """What is seen, and whether the rest was proven again."""

    def __init__(self, **slots: SlotState) -> None:
        self.slots = {name.replace("_", "/"): state for name, state in slots.items()}
        self.held: dict[str, bool] = {"app-to-web": True}
        self.proofs = 0
        self.clock = FakeClock()
        self.back_after = 0
        self.breaks: tuple[Finding, ...] = ()

    def look(self, slots: frozenset[str]) -> Observed:
        self.back_after -= 1
        if not self.back_after:
            self.held = dict.fromkeys(self.held, True)
        refused = tuple(Finding(Code.LIVE_REFUSED, name) for name, held in self.held.items() if not held)
        found = {n: s for n, s in self.slots.items() if n in slots}
        return Observed(NOW, found, held=self.held, findings=refused)

    def prove(self, progress: Progress, observed: Observed) -> tuple[Finding, ...]:
        self.proofs += 1
        return self.breaks

    def gate(self) -> EvidenceGate:
        return EvidenceGate(self.look, self.prove, lambda _progress, _wave: None, self.clock)


def seen(slot: str, *values: Value) -> SlotState:
    return SlotState(slot, values[0], values)


def eyes(trust: Value = OLD) -> Eyes:
    return Eyes(app_up=seen("app/up", trust), web_tls=seen("web/tls", LEAF))


def test_what_is_as_the_proof_has_it_opens_the_wave() -> None:
    """Every relied-on slot holds what the plan starts from: no second proof is needed."""
    look = eyes()
    assert () == look.gate().judge(Progress(PLAN), WAVES[0])
    assert 0 == look.proofs


def test_a_slot_nobody_could_look_at_keeps_the_wave_shut() -> None:
    """Could not look is not an empty list: the slot is named."""
    look = eyes()
    del look.slots["web/tls"]
    assert [(Code.NOT_SEEN, "web/tls")] == [
        (f.code, f.subject) for f in look.gate().judge(Progress(PLAN), WAVES[0])
    ]


def test_another_value_has_the_rest_proven_again() -> None:
    """A value that the plan does not know is proven anew: safe goes on, unsafe stops with the connection."""
    look = eyes(TrustValue(("f" * 64, "a" * 64)))
    assert () == look.gate().judge(Progress(PLAN), WAVES[0])
    assert 1 == look.proofs
    look.breaks = (Finding(Code.WOULD_BREAK, "app-to-web"),)
    assert look.breaks == look.gate().judge(Progress(PLAN), WAVES[0])


def test_an_owed_connection_that_is_refused_keeps_the_wave_shut_until_it_is_back() -> None:
    """What is left may be safe and a service down all the same: nobody goes on who cannot show that nothing broke."""
    look = eyes()
    look.held["app-to-web"] = False
    assert [(Code.LIVE_REFUSED, "app-to-web")] == [
        (finding.code, finding.subject) for finding in look.gate().judge(Progress(PLAN), WAVES[0])
    ]
    look.back_after = 3
    assert () == look.gate().judge(Progress(PLAN), WAVES[0])


def test_a_refused_connection_has_the_rest_proven_again() -> None:
    """Where values are wrong, the proof tells which; a connection that nobody owes shuts nothing."""
    look = eyes()
    look.held = {"app-to-web": False, "broken-before": False}
    look.breaks = (Finding(Code.WOULD_BREAK, "app-to-web"),)
    assert look.breaks == look.gate().judge(Progress(PLAN), WAVES[0])
    assert 1 == look.proofs
    look.held["app-to-web"], look.breaks = True, ()
    assert () == look.gate().judge(Progress(PLAN), WAVES[0])


def test_what_was_done_and_begun_counts() -> None:
    """A proven step leaves one value, a begun one leaves both."""
    done = Progress(PLAN).record(Event(NOW, Happened.INTENDED, "1")).record(Event(NOW, Happened.DONE, "1"))
    assert {BOTH} == expected_values(done)["app/up"]
    begun = done.record(Event(NOW, Happened.INTENDED, "2"))
    assert {BOTH, NEW} == expected_values(begun)["app/up"]


def with_window(start: time, *, hours: int = 1) -> Estate:
    window = Window("night", "Asia/Tokyo", (0, 1, 2, 3, 4, 5, 6), start, timedelta(hours=hours))
    return Estate(
        nodes={"n": Node("n", Local())},
        services={"app": Service("app", "n", "files", loading=Loading.RESTART)},
        slots={"app/up": TrustSlot("app/up", "app", "s", "/a.pem")},
        groups={"g": Group("g", ("app",), windows=("night",))},
        windows={"night": window},
    )


INTERRUPTING = Wave(1, "trust", ((switch("1", OLD, BOTH, interrupts=True),),))


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        (datetime(2026, 6, 1, 12, 59, 59, tzinfo=UTC), False),
        (datetime(2026, 6, 1, 13, 0, 0, tzinfo=UTC), True),
        (datetime(2026, 6, 1, 13, 40, 0, tzinfo=UTC), True),
        (datetime(2026, 6, 1, 13, 40, 1, tzinfo=UTC), False),
    ],
)
def test_an_interruption_must_fit_into_its_window_with_its_way_back(at: datetime, *, opens: bool) -> None:
    """22:00 in Tokyo is 13:00 UTC; ten minutes there and ten back fit until 13:40 sharp."""
    gate = WaitingGate(with_window(time(22, 0)), ZoneInfo, FakeClock(at))
    if opens:
        gate.may_start(Progress(PLAN), INTERRUPTING)
        return
    with pytest.raises(WaitingError, match=r"rollout\.waiting-for-window") as waiting:
        gate.may_start(Progress(PLAN), INTERRUPTING)
    assert "22:00:00+09:00" in str(waiting.value.values["opens"])  # as the window itself is written


def test_a_window_that_never_fits_is_refused() -> None:
    """Twenty minutes do not fit into a window of none: no waiting for ever."""
    gate = WaitingGate(with_window(time(22, 0), hours=0), ZoneInfo, FakeClock(NOW))
    with pytest.raises(RefusedError, match=r"rollout\.no-window"):
        gate.may_start(Progress(PLAN), INTERRUPTING)


def test_what_somebody_is_in_the_middle_of_waits_for_no_window() -> None:
    """A restart that was begun is brought to its end outside the window; one that was put back waits for it."""
    gate = WaitingGate(with_window(time(22, 0)), ZoneInfo, FakeClock(datetime(2026, 6, 1, 3, tzinfo=UTC)))
    begun = Progress(PLAN).record(Event(NOW, Happened.INTENDED, "1"))
    gate.may_start(begun, INTERRUPTING)
    with pytest.raises(WaitingError, match=r"rollout\.waiting-for-window"):
        gate.may_start(begun.record(Event(NOW, Happened.STOPPED, "1")), INTERRUPTING)


@pytest.mark.parametrize(("seconds", "waits"), [(-1, True), (0, False), (1, False)])
def test_a_removal_waits_until_the_sessions_past_it_have_died(seconds: int, *, waits: bool) -> None:
    """Two hours after the last switch of what faced the anchor, to the second; without a switch, from the start."""
    text = SMALL.replace('reload = ["reload", "web"]', 'session-lifetime = "2h"')
    gone = Wave(2, "retire", ((remove("2", "app/up"),),))
    moved = switch("1", LEAF, LEAF, slot="web/tls")
    plan = replace(PLAN, waves=(Wave(1, "switch", ((moved,),)), gone))
    switched = NOW + timedelta(hours=5)
    events = (Event(NOW, Happened.STARTED), Event(switched, Happened.DONE, "1"))
    for since, told in ((switched, events), (NOW, events[:1])):
        progress = Progress(plan)
        for event in told:
            progress = progress.record(event)
        clock = FakeClock(since + timedelta(hours=2, seconds=seconds))
        gate = WaitingGate(estate_of(text), ZoneInfo, clock)
        if waits:
            with pytest.raises(WaitingError, match=r"rollout\.waiting-for-sessions") as caught:
                gate.may_start(progress, gone)
            assert since + timedelta(hours=2) == caught.value.values["until"]
        else:
            gate.may_start(progress, gone)


def test_nothing_waits_for_sessions_that_nobody_declared() -> None:
    """Without a declared lifetime a removal begins at once, and so does a step that removes nothing."""
    gone = Wave(1, "retire", ((remove("1", "app/up"),),))
    progress = Progress(PLAN).record(Event(NOW, Happened.STARTED))
    WaitingGate(estate_of(SMALL), ZoneInfo, FakeClock(NOW)).may_start(progress, gone)
    lasting = estate_of(SMALL.replace('reload = ["reload", "web"]', 'session-lifetime = "2h"'))
    WaitingGate(lasting, ZoneInfo, FakeClock(NOW)).may_start(progress, WAVES[0])
