"""Who is reminded of a step that waits, and how often while a rollout is followed."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import pytest

from support.estate_texts import SMALL, estate_of
from support.fakes import FakeClock
from support.pki import NOW, make_ca
from support.requests import template_for
from warifu.adapters.files.local import LocalFiles
from warifu.adapters.journals.sqlite import SqliteJournal
from warifu.apps.cli.render import Output
from warifu.apps.cli.rollout import go_on
from warifu.apps.cli.telling import Teller
from warifu.domain.estate import Estate, IssuerSpec, Owner, TrustValue
from warifu.domain.findings import Finding, Lang
from warifu.domain.rotation.plan import Plan, Proof, Wave
from warifu.domain.rotation.progress import Happened, Progress
from warifu.domain.rotation.steps import Issue, Step, Switch
from warifu.errors import WaitingError
from warifu.ports.changes import Fence
from warifu.ports.journals import Row
from warifu.workflows.apply import Done, Gate, Hands, Look, Result, Seen, Waits
from warifu.workflows.rollouts import RolloutRoom, owner_of_step

MINUTE = timedelta(minutes=1)
OLD, NEW = TrustValue(("a" * 64,)), TrustValue(("b" * 64,))
SWITCH = Switch(id="s", why="x", kind="add-anchor", slot="app/up", node="n", before=(OLD,), after=NEW)
ISSUE = Issue(
    id="issue:web",
    why="rotation.why-issue",
    identity="web",
    node="n",
    slots=("web/tls",),
    issuer="corp",
    template=template_for(make_ca("Root"), "web.example"),
)


def estate() -> Estate:
    """The small estate: anna owns its node, the PKI team its issuer."""
    small = estate_of(SMALL)
    owners = {
        "anna": Owner("anna", remind_every=10 * MINUTE, answer_within=timedelta(days=7)),
        "pki": Owner("pki", remind_every=20 * MINUTE, answer_within=timedelta(days=7)),
    }
    nodes = {name: replace(node, owner="anna") for name, node in small.nodes.items()}
    services = {name: replace(one, owner="") for name, one in small.services.items()}
    issuers = {"corp": IssuerSpec("corp", "by-hand", owner="pki")}
    return replace(small, owners=owners, nodes=nodes, services=services, issuers=issuers)


class Minutes(FakeClock):
    """A clock that is looked at once a minute, whatever was asked for."""

    def wait(self, until: Callable[[], bool], *, at_most: timedelta, every: timedelta) -> bool:
        return super().wait(until, at_most=at_most, every=MINUTE)


@dataclass
class Slow(Hands, Gate):
    """A step that somebody finishes after a while; each look at it finds another detail."""

    clock: FakeClock
    after: timedelta
    looks: int = field(default=0)

    def look(self, step: Step, progress: Progress) -> Seen:
        return Seen(Look.BEFORE)

    def do(self, step: Step, progress: Progress, fence: Callable[[str], Fence]) -> Result:
        self.looks += 1
        if self.clock.now() - NOW >= self.after:
            return Done()
        return Waits("rollout.waiting-for-witness", {"slot": "app/up", "look": str(self.looks)})

    def prove(self, step: Step, progress: Progress, fence: Callable[[str], Fence]) -> NoReturn:
        raise AssertionError

    def release(self, progress: Progress, fence: Callable[[str], Fence]) -> None:
        pass

    def judge(self, progress: Progress, wave: Wave) -> tuple[Finding, ...]:
        return ()


class Steady(Slow):
    """The same, each look finding the same."""

    def do(self, step: Step, progress: Progress, fence: Callable[[str], Fence]) -> Result:
        result = super().do(step, progress, fence)
        return replace(result, values={"slot": "app/up"}) if isinstance(result, Waits) else result


class Shut(Slow):
    """A gate that opens after a while: until then the wave may not begin."""

    def judge(self, progress: Progress, wave: Wave) -> tuple[Finding, ...]:
        until = NOW + self.after
        if self.clock.now() < until:
            raise WaitingError("rollout.waiting-for-sessions", wave=wave.number, until=until)
        return ()


def started(folder: Path, clock: FakeClock, hands: Slow, step: Step) -> tuple[RolloutRoom, str]:
    """A rollout of one step."""
    room = RolloutRoom(
        estate(), SqliteJournal(str(folder / "j.sqlite")), LocalFiles(), clock, "me", "bert",
        lambda _plan, _rollout: (hands, hands), lambda node: f"/{node}",
    )  # fmt: skip
    plan = Plan("p", room.estate.name, "", NOW, (), (Wave(1, "trust", ((step,),)),), {}, Proof(1, ()))
    return room, room.start(plan, "d" * 64)


def followed(room: RolloutRoom, rollout: str) -> list[str]:
    """Follow a rollout of another estate than the default; return the lines that tell of it."""
    shown = io.StringIO()
    assert 0 == go_on(Output(Lang.EN, stream=shown, estate="e.toml"), room, rollout, follow=True)
    return shown.getvalue().splitlines()


def reminded(folder: Path, step: Step, after: timedelta) -> list[tuple[timedelta, str]]:
    """Follow a rollout of one step until it is done; return when which owner was reminded."""
    clock = Minutes()
    room, rollout = started(folder, clock, Slow(clock, after), step)
    assert 0 == go_on(Output(Lang.EN, as_json=True), room, rollout, follow=True)
    events = room.events(rollout)
    return [(one.at - NOW, one.values["owner"]) for one in events if one.kind is Happened.REMINDED]


def test_a_followed_rollout_reminds_as_often_as_the_owner_wants(tmp_path: Path) -> None:
    """Every ten minutes, though each look finds another detail; not at every look, and not never."""
    told = reminded(tmp_path, SWITCH, 45 * MINUTE)
    assert ["anna"] * 4 == [owner for _, owner in told]
    gaps = [later - sooner for (sooner, _), (later, _) in zip([(timedelta(), ""), *told], told, strict=False)]
    assert all(10 * MINUTE <= gap <= 11 * MINUTE for gap in gaps)


def test_a_certificate_is_asked_of_the_issuers_owner(tmp_path: Path) -> None:
    """Who runs the CA is reminded, at their own pace, and not who owns the node; without an owner it is the node's."""
    assert ["pki", "pki"] == [owner for _, owner in reminded(tmp_path, ISSUE, 45 * MINUTE)]
    alone = replace(estate(), issuers={"corp": IssuerSpec("corp", "by-hand")})
    assert "anna" == owner_of_step(alone, ISSUE)
    assert "anna" == owner_of_step(estate(), SWITCH)


def test_a_gate_that_waits_names_the_estate_in_its_command(tmp_path: Path) -> None:
    """Once, however often it is looked at; the command can be pasted."""
    clock = Minutes()
    told = followed(*started(tmp_path, clock, Shut(clock, 5 * MINUTE), SWITCH))
    waits = [line for line in told if "waits until" in line]
    assert 1 == len(waits)
    assert "`warifu rollout resume --estate e.toml`" in waits[0]


def test_a_step_that_waits_is_told_once(tmp_path: Path) -> None:
    """Its own line says what it waits for: the rollout's would say it again; whoever resumes is told by that one."""
    clock = Minutes()
    room, rollout = started(tmp_path, clock, Steady(clock, 5 * MINUTE), SWITCH)
    with pytest.raises(WaitingError):
        go_on(Output(Lang.EN, stream=io.StringIO()), room, rollout, follow=False)
    resumed = followed(room, rollout)
    assert 1 == sum(f"Rollout {rollout} waits at step" in line for line in resumed)
    (tmp_path / "b").mkdir()
    told = followed(*started(tmp_path / "b", clock, Steady(clock, clock.now() - NOW + 5 * MINUTE), SWITCH))
    assert [1, 0] == [sum(text in line for line in told) for text in ("  waiting  s", "waits at step")]


class CountingJournal(SqliteJournal):
    """A journal that counts how often all rows of a rollout are read."""

    reads = 0

    def rows(self, rollout: str) -> Sequence[Row]:
        self.reads += 1
        return super().rows(rollout)


@pytest.mark.parametrize("steps", [1, 9])
def test_owners_of_many_steps_are_reminded_from_one_reading(tmp_path: Path, steps: int) -> None:
    """The journal is read once for all that wait, not once for each."""
    clock = Minutes()
    hands = Slow(clock, timedelta(days=1))
    journal = CountingJournal(str(tmp_path / "j.sqlite"))
    room = RolloutRoom(
        estate(), journal, LocalFiles(), clock, "me", "bert",
        lambda _plan, _rollout: (hands, hands), lambda node: f"/{node}",
    )  # fmt: skip
    chains = tuple((SWITCH._replace(id=f"s{number}"),) for number in range(steps))
    plan = Plan("p", room.estate.name, "", NOW, (), (Wave(1, "trust", chains),), {}, Proof(1, ()))
    driver = room.driver(room.start(plan, "d" * 64), Teller(Output(Lang.EN, as_json=True)))
    with pytest.raises(WaitingError):
        driver.drive()
    clock.instant += 15 * MINUTE
    journal.reads = 0
    room.remind(driver)
    assert 1 == journal.reads
    told = [one for one in room.events(driver.rollout) if one.kind is Happened.REMINDED]
    assert steps == len(told)
