"""Rollouts that a server drives: tried again and again while they wait, one driver at a time, whoever restarts.

A try ends in one of four ways: done, waiting (a node is away, an owner was asked, a gate is shut: it is tried again),
halted (a step was refused or failed: a person looks and says go on), or elsewhere (another server drives it). What
keeps it from going on is noted in the journal, once for as long as it stays the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from warifu.domain.estate import Estate, Owner
from warifu.domain.findings import Finding
from warifu.domain.rotation.plan import Plan
from warifu.domain.rotation.progress import Event, Happened, Progress, StepState
from warifu.domain.rotation.steps import Step
from warifu.errors import CouldNotLookError, PartlyDoneError, RefusedError, WaitingError, WarifuError
from warifu.ports.clock import Clock
from warifu.ports.files import Files
from warifu.ports.journals import Row
from warifu.ports.registry import Registry
from warifu.ports.rollout_books import KeptEstate
from warifu.ports.work_books import PlanState
from warifu.wire import plan as plans
from warifu.wire.document import to_plain
from warifu.wire.journal import to_events
from warifu.workflows.acting import SERVER
from warifu.workflows.apply import Driver, Gate, Hands, Listener
from warifu.workflows.audit_desk import record
from warifu.workflows.plan import PlanRoom
from warifu.workflows.registry_journal import RegistryJournal
from warifu.workflows.rollout_waivers import waivers_in, without
from warifu.workflows.rollouts import RolloutRoom

BLOCKED: Final = "blocked"
HALTED: Final = "halted"
RESUMED: Final = "resumed"
ABANDON: Final = "abandon"
"""Kinds of rows beside those that are events: what keeps a rollout, and what people want of it."""
_TOLD = "rollouts.told-to-end"
_ELSEWHERE = frozenset(
    {"rollout.lease-held", "rollout.lease-lost", "orders.lease-over", "registry.lease-lost"}
)


class Turn(StrEnum):
    """How a try ended."""

    DONE = "done"
    WAITS = "waits"
    HALTED = "halted"
    ELSEWHERE = "elsewhere"


Crew = Callable[[Plan, str, Callable[[], Sequence[Event]]], tuple[Hands, Gate]]


@dataclass(frozen=True, slots=True)
class Ground:
    """One version of an estate as a server reaches it.

    Args:
        planning: everything that planning needs of the world, given the files that came with the question.
        crew: makes the hands and the gate of a rollout; it is told what happened so far.
        fence_path: where the fence file of a node lies.
    """

    estate: Estate
    planning: Callable[[Files], PlanRoom]
    crew: Crew
    fence_path: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class ServerRollouts:
    """Drives what is open.

    Args:
        holder: how this process is named as the holder of leases.
        ground: how an estate is reached.
    """

    registry: Registry
    journal: RegistryJournal
    clock: Clock
    files: Files
    holder: str
    ground: Callable[[KeptEstate], Ground]

    def open(self) -> tuple[str, ...]:
        """Return the rollouts that are open, oldest first."""
        return tuple(head.id for head in reversed(self.journal.rollouts()) if head.state == "open")

    def ground_of(self, plan: Plan) -> Ground:
        """Return how the estate of a plan is reached, as it was when the plan was made.

        Raises:
            RefusedError: `rollouts.estate-gone`.
        """
        with self.registry.look() as books:
            kept = books.estates.of_digest(plan.estate, plan.estate_digest)
        if kept is None:
            raise RefusedError("rollouts.estate-gone", estate=plan.estate)
        return self.ground(kept)

    def room(self, ground: Ground, person: str = SERVER) -> RolloutRoom:
        """Return what is asked of rollouts of an estate."""

        def crew(plan: Plan, rollout: str) -> tuple[Hands, Gate]:
            return ground.crew(plan, rollout, lambda: self._events(rollout))

        return RolloutRoom(
            estate=ground.estate,
            journal=self.journal,
            files=self.files,
            clock=self.clock,
            holder=self.holder,
            person=person,
            crew=crew,
            fence_path=ground.fence_path,
        )

    def drive(self, rollout: str) -> Turn:
        """Try once to go on.

        Raises:
            CouldNotLookError: `registry.database`.
        """
        self.journal.forget(rollout, self.holder)
        plan = plans.decode(self.journal.plan(rollout))
        rows = self.journal.rows(rollout)
        if is_halted(rows) and not _is_told(rows):
            return Turn.HALTED
        ground = self.ground_of(plan)
        listener = _Watchful(self.journal, rollout)
        room = self.room(ground)
        driver = self._driver(room, ground, plan, rollout, rows, listener)
        try:
            if _is_told(rows):
                driver.abandon()
                return Turn.DONE
            driver.drive()
        except (WaitingError, CouldNotLookError) as error:
            return self._waits(room, driver, listener, error)
        except (RefusedError, PartlyDoneError) as error:
            return self._stopped(driver, listener, error)
        self._close(rollout, plan, driver)
        return Turn.DONE

    def _driver(  # what a driver needs, one each
        self,
        room: RolloutRoom,
        ground: Ground,
        plan: Plan,
        rollout: str,
        rows: Sequence[Row],
        listener: Listener,
    ) -> Driver:
        hands, gate = room.crew(plan, rollout)
        left = without(plan, ground.estate, waivers_in(rows), self.clock.now())
        return Driver(
            left,
            rollout,
            journal=self.journal,
            holder=self.holder,
            hands=hands,
            gate=gate,
            clock=self.clock,
            listener=listener,
            fence_path=ground.fence_path,
            plan_digest=plans.digest(plan),
        )

    def _waits(self, room: RolloutRoom, driver: Driver, listener: _Watchful, error: WarifuError) -> Turn:
        try:
            room.remind(driver)
            self._note(driver, BLOCKED, error, listener.findings)
        except (RefusedError, PartlyDoneError) as lost:
            return Turn.ELSEWHERE if lost.code in _ELSEWHERE else Turn.WAITS
        return Turn.WAITS

    def _stopped(self, driver: Driver, listener: _Watchful, error: WarifuError) -> Turn:
        """Note why it stopped: a gate that is shut may open by itself, a step that was refused does not."""
        if error.code in _ELSEWHERE:
            return Turn.ELSEWHERE
        if error.code == _TOLD:
            return self.drive(driver.rollout)
        stands = driver.progress
        halted = any(stands.state(step.id) is StepState.STOPPED for step in stands.plan.steps)
        try:
            self._note(driver, HALTED if halted else BLOCKED, error, listener.findings)
        except (RefusedError, PartlyDoneError):
            return Turn.ELSEWHERE
        return Turn.HALTED if halted else Turn.WAITS

    def _note(self, driver: Driver, kind: str, error: WarifuError, findings: Sequence[Finding]) -> None:
        wave = driver.progress.wave
        data: dict[str, object] = {
            "why": error.code,
            "values": {name: str(value) for name, value in error.values.items()},
            "wave": wave.number if wave is not None else 0,
            "findings": [to_plain(one) for one in findings],
        }
        rows = self.journal.rows(driver.rollout)
        last = rows[-1] if rows else None
        if last is not None and last.kind == kind and _same(last.data, data):
            return
        now = self.clock.now()
        lease = self.journal.lease(driver.rollout, self.holder, now=now, length=self.journal.longest)
        self.journal.write(lease, kind, "", data, now=now)

    def _close(self, rollout: str, plan: Plan, driver: Driver) -> None:
        now = self.clock.now()
        digest = plans.digest(plan)
        done = set(driver.progress.done())
        left = [step.id for step in plan.steps if step.id not in done]
        with self.registry.change() as books:
            if books.plans.find(digest) is not None:
                books.plans.close(digest, PlanState.CARRIED_OUT)
            told = {"state": "done", "digest": digest, "left-out": left}
            record(books, SERVER, "rollout-ended", rollout, told, now=now)

    def _events(self, rollout: str) -> tuple[Event, ...]:
        return to_events((row.at, row.kind, row.step, row.data) for row in self.journal.rows(rollout))


@dataclass(slots=True)
class _Watchful(Listener):
    """Keeps what stopped a try, and ends it between two steps when somebody wants the rollout to end."""

    journal: RegistryJournal
    rollout: str
    findings: tuple[Finding, ...] = ()

    def happened(self, progress: Progress, event: Event) -> None:
        """Go on, unless somebody wants it to end.

        Raises:
            RefusedError: `rollouts.told-to-end`.
        """
        del progress
        if event.kind is not Happened.ENDED and _is_told(self.journal.rows(self.rollout)):
            raise RefusedError("rollouts.told-to-end", rollout=self.rollout)

    def found(self, step: Step | None, findings: tuple[Finding, ...]) -> None:
        """Keep what was found."""
        del step
        self.findings = findings

    def asked(self, step: Step, owner: Owner, since: datetime, *, overdue: bool) -> None:
        """Do nothing: the journal has it."""


def is_halted(rows: Iterable[Row]) -> bool:
    """Tell whether a step stopped a rollout and nobody has said go on."""
    kinds = [row.kind for row in rows if row.kind in (HALTED, RESUMED)]
    return bool(kinds) and kinds[-1] == HALTED


def _is_told(rows: Iterable[Row]) -> bool:
    return any(row.kind == ABANDON for row in rows)


def _same(one: Mapping[str, object], two: Mapping[str, object]) -> bool:
    """Tell whether two notes say the same; instants among their values differ at every try."""
    return (one["why"], one["wave"], _subjects(one)) == (two["why"], two["wave"], _subjects(two))


def _subjects(data: Mapping[str, object]) -> list[tuple[object, object]]:
    findings = data["findings"]
    assert isinstance(findings, list)  # noqa: S101 - as it was written
    return [(one["code"], one["subject"]) for one in findings]


PAUSE: Final = timedelta(seconds=2)
LONGEST_PAUSE: Final = timedelta(seconds=30)


@dataclass(slots=True)
class Pauses:
    """How long to rest between two tries: longer each time nothing came of it."""

    first: timedelta = PAUSE
    longest: timedelta = LONGEST_PAUSE
    _now: timedelta = field(default=PAUSE, init=False)

    def __post_init__(self) -> None:
        """Begin with the first."""
        self._now = self.first

    def next(self) -> timedelta:
        """Return the next rest."""
        now, self._now = self._now, min(self._now * 2, self.longest)
        return now

    def again(self) -> None:
        """Begin anew: something happened."""
        self._now = self.first
