"""Carries a plan out: a short loop around the rollout's state machine.

    gate the wave -> for each step: journal "intended" -> look -> do -> look -> journal "done"

Before each step the slot is looked at again: *before* -> it is done; *after* -> only loaded
and proven; *neither* -> the rollout stops, because somebody else changed the target. Killing
this loop anywhere and starting it again goes on from the journal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from warifu.domain.estate import Owner
from warifu.domain.findings import Finding
from warifu.domain.rotation.plan import Plan, Wave
from warifu.domain.rotation.progress import Event, Happened, Progress, StepState, replay
from warifu.domain.rotation.steps import Step
from warifu.errors import CouldNotLookError, PartlyDoneError, RefusedError, WaitingError, WarifuError
from warifu.ports.changes import Fence
from warifu.ports.clock import Clock
from warifu.ports.journals import DrivenJournal, Lease
from warifu.wire.evidence import Evidence, encode
from warifu.wire.journal import to_events, to_row

LEASE = timedelta(minutes=2)


class Look(StrEnum):
    """What a look at a step's slot gave."""

    BEFORE = "before"
    AFTER = "after"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Seen:
    """A look, with what was seen when it is neither."""

    look: Look
    found: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """A step is proven.

    Args:
        values: fingerprints, witness and the like, for journal and report.
        arrived: certificates that came in by it: values of a `bytes` event each.
        evidence: every look that proved it.
        remarks: what was met on the way and is worth telling.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    arrived: tuple[Mapping[str, str], ...] = ()
    evidence: tuple[Evidence, ...] = ()
    remarks: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Stopped:
    """A step was refused, or failed and was put back; `findings` name the cause."""

    findings: tuple[Finding, ...]
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Waits:
    """A step waits for somebody; `why` is a message key, and `remarks` what was met meanwhile."""

    why: str
    values: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[Finding, ...] = ()


Result = Done | Stopped | Waits


class Hands(Protocol):
    """What carries out single steps."""

    def look(self, step: Step, progress: Progress) -> Seen:
        """Tell where the step's slot stands."""
        ...

    def do(self, step: Step, progress: Progress, fence: Callable[[str], Fence]) -> Result:
        """Carry the step out from *before*."""
        ...

    def prove(self, step: Step, progress: Progress, fence: Callable[[str], Fence]) -> Result:
        """Load and prove only: what the step writes is written already."""
        ...

    def release(self, progress: Progress, fence: Callable[[str], Fence]) -> None:
        """Give every node of the plan free: the rollout is over."""
        ...


def attempt(
    hands: Hands, step: Step, progress: Progress, fence: Callable[[str], Fence], rollout: str
) -> Result:
    """Look at a step's slot and carry the step out from what is seen: a stop in its midst does no harm.

    Raises:
        RefusedError: `rollout.target-changed`: the slot holds neither what the step begins nor what it ends with.
    """
    seen = hands.look(step, progress)
    if seen.look is Look.NEITHER:
        raise RefusedError("rollout.target-changed", step=step.id, found=seen.found, rollout=rollout)
    act = hands.prove if seen.look is Look.AFTER else hands.do
    return act(step, progress, fence)


class Gate(Protocol):
    """What opens waves."""

    def judge(self, progress: Progress, wave: Wave) -> tuple[Finding, ...]:
        """Collect evidence again and prove what remains; return what keeps the wave shut.

        Raises:
            WaitingError: it opens later: a maintenance window, an owner.
        """
        ...


class Listener(Protocol):
    """Who is told while it happens: the terminal."""

    def happened(self, progress: Progress, event: Event) -> None:
        """Something was journalled."""
        ...

    def found(self, step: Step | None, findings: tuple[Finding, ...]) -> None:
        """Findings stopped a step or keep a wave shut."""
        ...

    def asked(self, step: Step, owner: Owner, since: datetime, *, overdue: bool) -> None:
        """An owner is reminded of a step that waits for them, or has let the time run out."""
        ...


DOWN = "down"
"""How a step ended after which even what was before is not seen live."""


class Driver:
    """Drives one rollout. One driver at a time: each write is conditional on its lease."""

    def __init__(  # noqa: PLR0913  # each is a different part of the world
        self,
        plan: Plan,
        rollout: str,
        *,
        journal: DrivenJournal,
        holder: str,
        hands: Hands,
        gate: Gate,
        clock: Clock,
        listener: Listener,
        fence_path: Callable[[str], str],
        plan_digest: str,
    ) -> None:
        self._plan = plan
        self._rollout = rollout
        self._journal = journal
        self._holder = holder
        self._hands = hands
        self._gate = gate
        self._clock = clock
        self._listener = listener
        self._fence_path = fence_path
        self._plan_digest = plan_digest
        self._lease: Lease | None = None
        self.tried_at = clock.now()
        self._judged = False  # this driver has seen for itself that the present wave may go on
        self._progress = Progress(plan)
        self.refresh()

    @property
    def progress(self) -> Progress:
        """Where the rollout stands."""
        return self._progress

    @property
    def listener(self) -> Listener:
        """Who is told."""
        return self._listener

    @property
    def rollout(self) -> str:
        """The rollout's id."""
        return self._rollout

    def refresh(self) -> Progress:
        """Read the journal again: people may have said something meanwhile."""
        rows = self._journal.rows(self._rollout)
        self._progress = replay(self._plan, to_events((row.at, row.kind, row.step, row.data) for row in rows))
        return self._progress

    def note(
        self, kind: Happened, *, step: str = "", wave: int = 0, values: Mapping[str, str] | None = None
    ) -> None:
        """Journal an event, durably, and take it into the state."""
        now = self._clock.now()
        event = Event(now, kind, step, wave, dict(values or {}))
        self._journal.write(self._hold(), *to_row(event), now=now)
        self._progress = self._progress.record(event)
        self._listener.happened(self._progress, event)

    def drive(self) -> Progress:
        """Go on until everything is done.

        Raises:
            WaitingError: `rollout.waiting`: nothing is left to do but wait; it can be resumed.
            RefusedError: `rollout.stopped`: a step or a gate refused, and nothing was done yet.
            PartlyDoneError: the same, after steps were done; it can be resumed after the cause is gone.
        """
        self._hold()
        self.refresh()
        self.tried_at = self._clock.now()
        try:
            self._go_on()
        except RefusedError as error:
            if not any(self._progress.state(step.id) is StepState.DONE for step in self._plan.steps):
                raise
            # The same words under another exit code.
            # ast-grep-ignore: error-key-literal
            raise PartlyDoneError(error.code, **error.values) from error
        if not self._progress.ended:
            self._hands.release(self._progress, self._fence("end"))
            self.close("done")
        return self._progress

    def _go_on(self) -> None:
        while not self._progress.finished:
            wave = self._progress.wave
            if wave is not None and self._progress.needs_gate:
                self._open(wave)
            elif wave is not None and not self._judged:
                self._open_again(wave)
            self._wave()

    def close(self, state: str) -> None:
        """End the rollout as `done`, `abandoned` or `superseded`; its nodes are free afterwards."""
        now = self._clock.now()
        event = Event(now, Happened.ENDED, values={"state": state})
        self._journal.end(self._hold(), state, now=now, last=to_row(event))
        self._progress = self._progress.record(event)
        self._listener.happened(self._progress, event)

    def abandon(self) -> None:
        """End the rollout where it stands and give its nodes free."""
        self._hold()
        self._hands.release(self._progress, self._fence("end"))
        self.close("abandoned")

    def _hold(self) -> Lease:
        """Take or renew the lease.

        Raises:
            RefusedError: `rollout.lease-held`: another driver holds it.
        """
        now = self._clock.now()
        self._lease = self._journal.lease(self._rollout, self._holder, now=now, length=LEASE)
        return self._lease

    def _open(self, wave: Wave) -> None:
        self._judge(wave)
        self.note(Happened.WAVE_OPENED, wave=wave.number)

    def _open_again(self, wave: Wave) -> None:
        """Look again at a wave that another driver opened: since then its ground may have changed.

        What somebody is in the middle of is brought to its end first when the wave has to wait.
        """
        try:
            self._judge(wave)
        except WaitingError:
            for step in self._progress.ready():
                if self._progress.state(step.id) in (StepState.INTENDED, StepState.WAITING):
                    self._step(step)
            raise

    def _judge(self, wave: Wave) -> None:
        """Ask the gate about what is left of a wave.

        Raises:
            RefusedError: `rollout.gate-too-late`, `rollout.gate-shut`.
            WaitingError: it may not start yet.
        """
        now = self._clock.now()
        length = _length([step for step in wave.steps if self._progress.state(step.id) is not StepState.DONE])
        if wave.good_until is not None and now + length >= wave.good_until:
            raise RefusedError(
                "rollout.gate-too-late", wave=wave.number, good_until=wave.good_until, needs=length, now=now
            )
        findings = self._gate.judge(self._progress, wave)
        if findings:
            self._listener.found(None, findings)
            raise RefusedError(
                "rollout.gate-shut", wave=wave.number, rollout=self._rollout, count=len(findings)
            )
        self._judged = True

    def _wave(self) -> None:
        """Do what can be done of the open wave; raise when nothing of it went on."""
        passed: set[str] = set()
        while True:
            steps = [step for step in self._progress.ready() if step.id not in passed]
            if not steps:
                break
            for step in steps:
                passed.add(step.id)
                self._step(step)
        wave = self._progress.wave
        blocked = self._progress.blocked()
        if wave is None or not blocked or self._progress.needs_gate:
            return
        first = blocked[0]
        if all(self._progress.state(block.step) == "waiting" for block in blocked):
            raise WaitingError("rollout.waiting", rollout=self._rollout, step=first.step, count=len(blocked))
        down = [block.step for block in blocked if block.values.get("ending") == DOWN]
        if down:
            raise RefusedError("rollout.stopped-down", rollout=self._rollout, step=down[0], count=len(down))
        raise RefusedError("rollout.stopped", rollout=self._rollout, step=first.step, count=len(blocked))

    def _step(self, step: Step) -> None:
        if self._progress.state(step.id) in (StepState.OPEN, StepState.STOPPED):
            self.note(Happened.INTENDED, step=step.id)
        try:
            result = attempt(self._hands, step, self._progress, self._fence(step.id), self._rollout)
        except WaitingError as error:
            result = Waits(error.code, {name: str(value) for name, value in error.values.items()})
        except (RefusedError, CouldNotLookError) as error:
            self._stop(step, error)
            raise
        self._take(step, result)

    def _take(self, step: Step, result: Result) -> None:
        if isinstance(result, (Done, Waits)) and result.remarks:
            self._listener.found(step, result.remarks)
        if isinstance(result, Done):
            for values in result.arrived:
                self.note(Happened.BYTES, step=step.id, values=values)
            if result.evidence:
                self.note(Happened.EVIDENCE, step=step.id, values={"evidence": encode(result.evidence)})
            self.note(Happened.DONE, step=step.id, values=result.values)
        elif isinstance(result, Waits):
            values = {"why": result.why, **result.values}
            if self._progress.state(step.id) is not StepState.WAITING or self._waited_for(step) != values:
                self.note(Happened.WAITING, step=step.id, values=values)
        else:
            codes = ",".join(finding.code.value for finding in result.findings)
            self.note(
                Happened.STOPPED,
                step=step.id,
                values={"why": "rollout.step-stopped", "codes": codes, **result.values},
            )
            self._listener.found(step, result.findings)

    def _waited_for(self, step: Step) -> Mapping[str, str]:
        return self._progress.last[step.id].values

    def _stop(self, step: Step, error: WarifuError) -> None:
        values = {name: str(value) for name, value in error.values.items()}
        self.note(Happened.STOPPED, step=step.id, values={"why": error.code, **values})

    def _fence(self, step: str) -> Callable[[str], Fence]:
        def fence(node: str) -> Fence:
            epoch = self._lease.epoch if self._lease is not None else 0
            order = f"{self._plan_digest[:16]} {step}"
            return Fence(self._fence_path(node), self._journal.id, epoch, order)

        return fence


def _length(steps: Sequence[Step]) -> timedelta:
    """Return how long steps are expected to take when they follow each other."""
    return sum((getattr(step, "takes", timedelta(seconds=1)) for step in steps), timedelta())


def started(plan_digest: str, now: datetime) -> str:
    """Return the id of a new rollout: its start in UTC and the digest's first digits."""
    return f"{now:%Y%m%dT%H%M%SZ}-{plan_digest[:8]}"
