"""What the terminal says while a rollout goes on."""

from __future__ import annotations

import io
from collections import Counter
from datetime import timedelta

from support.pki import NOW
from warifu.apps.cli.render import Output
from warifu.apps.cli.telling import Teller
from warifu.domain.estate import TrustValue
from warifu.domain.findings import Lang
from warifu.domain.rotation.plan import Plan, Proof, Wave
from warifu.domain.rotation.progress import Event, Happened, Progress
from warifu.domain.rotation.steps import Step, Switch

COUNTED: Counter[str] = Counter()
OLD, NEW = TrustValue(("a" * 64,)), TrustValue(("a" * 64, "b" * 64))


class CountedPlan(Plan):
    """A plan that counts how often all its steps are walked through."""

    __slots__ = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        COUNTED["walks"] += 1
        return tuple(step for wave in self.waves for step in wave.steps)


def _plan(steps: int) -> Plan:
    chains = tuple(
        (
            Switch(
                id=f"s{number}", why="x", kind="add-anchor", slot=f"app-{number}/up",
                node="n", before=(OLD,), after=NEW,
            ),
        )
        for number in range(steps)
    )  # fmt: skip
    return CountedPlan("p", "e", "", NOW, (), (Wave(1, "trust", chains),), {}, Proof(1, ()))


def _told(steps: int, *, upto: int) -> list[str]:
    """Drive the first steps of a rollout, ten seconds each; return the lines."""
    stream = io.StringIO()
    teller = Teller(Output(Lang.EN, stream=stream))
    progress = Progress(_plan(steps))
    events = [Event(NOW, Happened.WAVE_OPENED, wave=1)]
    for number in range(upto):
        at = NOW + timedelta(seconds=10 * number)
        events.append(Event(at, Happened.INTENDED, f"s{number}"))
        events.append(Event(at + timedelta(seconds=10), Happened.DONE, f"s{number}"))
    for event in events:
        progress = progress.record(event)
        teller.happened(progress, event)
    return stream.getvalue().splitlines()


def test_each_line_says_how_many_are_done_of_how_many_and_what_is_left() -> None:
    """Two of six done, ten seconds each: forty seconds are left."""
    line = _told(6, upto=2)[-1]
    assert "2/6" in line.replace(" of ", "/")
    assert "0:00:40" in line
    assert "app-1/up" in line


def test_a_step_is_told_without_walking_through_the_plan() -> None:
    """A rollout of forty steps is walked through as often as one of four: at its first event."""
    walks = []
    for steps in (4, 40):
        COUNTED.clear()
        _told(steps, upto=steps)
        walks.append(COUNTED["walks"])
    assert walks[0] == walks[1]
