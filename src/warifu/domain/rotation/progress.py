"""A rollout as a state machine without input or output.

What has happened is a list of events; the same events give the same state, so a rollout goes
on from its journal after any crash. A step's states:

    open -> intended -> done
              |   ^
              v   |
            stopped / waiting

`intended` without `done` means: somebody began it; look before anything else. A wave opens
when every step of the waves before is done and its gate was passed; a later look may shut it
again. Chains of a wave are independent; inside a chain one step follows the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from warifu.domain.rotation.plan import Plan, Wave
from warifu.domain.rotation.steps import Step


class Happened(StrEnum):
    """What an event says; the journal keeps these words, so they never change."""

    STARTED = "started"  # the rollout began
    APPROVED = "approved"  # a person approved the digest
    BYTES = "bytes"  # a certificate arrived and was accepted for its template
    WAVE_OPENED = "wave-opened"  # the gate was passed
    INTENDED = "intended"  # a step is about to be done
    DONE = "done"  # a step is proven
    STOPPED = "stopped"  # a step was refused or failed, and was put back where it could be
    WAITING = "waiting"  # a step waits for somebody
    STATEMENT = "statement"  # an owner's recorded word
    EVIDENCE = "evidence"  # a look at a slot
    REMINDED = "reminded"  # an owner was asked again
    ENDED = "ended"  # goal state reached, or given up


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    Args:
        step: the step's id; empty when it is about a wave or the whole rollout.
        wave: the wave's number; 0 when it is about a step or the whole rollout.
        values: details by name, as text.
    """

    at: datetime
    kind: Happened
    step: str = ""
    wave: int = 0
    values: Mapping[str, str] = field(default_factory=dict)


class StepState(StrEnum):
    """Where a step stands."""

    OPEN = "open"
    INTENDED = "intended"
    WAITING = "waiting"
    STOPPED = "stopped"
    DONE = "done"


_AFTER = {
    Happened.INTENDED: StepState.INTENDED,
    Happened.WAITING: StepState.WAITING,
    Happened.STOPPED: StepState.STOPPED,
    Happened.DONE: StepState.DONE,
}


@dataclass(frozen=True, slots=True)
class Blocked:
    """Why a step cannot be done now; `why` is a message key, filled from `values`."""

    step: str
    why: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a rollout stands.

    Args:
        states: the state of every step that is not open.
        opened: the number of the highest wave whose gate was passed.
        last: the event that put each step where it is.
        arrived: what came for each `template:` id: values `leaf`, `chain`, `request`, `key_node`, `key_path`.
        brought: every certificate that came, DER in Base64 by SHA-256 hex.
        ended: how it ended; empty while it is under way.
        started: when it began; None before it did.
    """

    plan: Plan
    states: Mapping[str, StepState] = field(default_factory=dict)
    opened: int = 0
    last: Mapping[str, Event] = field(default_factory=dict)
    arrived: Mapping[str, Event] = field(default_factory=dict)
    brought: Mapping[str, str] = field(default_factory=dict)
    statements: Mapping[str, Event] = field(default_factory=dict)
    ended: str = ""
    started: datetime | None = None

    def state(self, step: str) -> StepState:
        """Return where a step stands."""
        return self.states.get(step, StepState.OPEN)

    @property
    def wave(self) -> Wave | None:
        """The first wave with a step that is not done; None when all are."""
        for wave in self.plan.waves:
            if any(self.state(step.id) is not StepState.DONE for step in wave.steps):
                return wave
        return None

    @property
    def finished(self) -> bool:
        """Every step is done."""
        return self.wave is None

    @property
    def needs_gate(self) -> bool:
        """The present wave's gate has not been passed."""
        wave = self.wave
        return wave is not None and wave.number > self.opened

    def ready(self) -> tuple[Step, ...]:
        """Return the steps that may be done now: the first that is not done of each chain of the open wave."""
        wave = self.wave
        if wave is None or self.needs_gate or self.ended:
            return ()
        following = (self._next(chain) for chain in wave.chains)
        return tuple(step for step in following if step is not None)

    def _next(self, chain: tuple[Step, ...]) -> Step | None:
        for step in chain:
            if self.state(step.id) is not StepState.DONE:
                return step
        return None

    def done(self) -> tuple[str, ...]:
        """Return the ids of the steps that are done, in plan order."""
        return tuple(step.id for step in self.plan.steps if self.state(step.id) is StepState.DONE)

    def begun(self) -> tuple[str, ...]:
        """Return the ids of the steps that were intended and are not done: their slots hold sets."""
        pending = (StepState.INTENDED, StepState.WAITING, StepState.STOPPED)
        return tuple(step.id for step in self.plan.steps if self.state(step.id) in pending)

    def blocked(self) -> tuple[Blocked, ...]:
        """Return why steps of the present wave cannot go on, by step."""
        wave = self.wave
        if wave is None:
            return ()
        found = []
        for step in wave.steps:
            state = self.state(step.id)
            if state in (StepState.WAITING, StepState.STOPPED):
                event = self.last[step.id]
                found.append(Blocked(step.id, event.values.get("why", "rollout.blocked"), event.values))
        return tuple(found)

    def record(self, event: Event) -> Progress:
        """Return where the rollout stands after an event."""
        return self.record_all((event,))

    def record_all(self, events: Iterable[Event]) -> Progress:
        """Return where the rollout stands after events: each mapping is copied once, however many there are."""
        happened = tuple(events)
        after = _with_steps(self, [event for event in happened if event.kind in _AFTER and event.step])
        after = _with_papers(after, happened)
        for event in happened:
            after = _with_course(after, event)
        return after


def _with_steps(progress: Progress, events: Sequence[Event]) -> Progress:
    """Return the rollout after events that put a step where it is."""
    if not events:
        return progress
    states = {**progress.states, **{event.step: _AFTER[event.kind] for event in events}}
    last = {**progress.last, **{event.step: event for event in events}}
    return replace(progress, states=states, last=last)


def _with_papers(progress: Progress, events: Sequence[Event]) -> Progress:
    """Return the rollout after what came: certificates, and the words of owners."""
    came = [event for event in events if event.kind is Happened.BYTES]
    said = {event.step: event for event in events if event.kind is Happened.STATEMENT}
    if not came and not said:
        return progress
    brought = dict(progress.brought)
    for event in came:
        brought.update(zip(fingerprints_of(event), _parts(event, "der"), strict=False))
    arrived = {**progress.arrived, **{event.values["template"]: event for event in came}}
    statements = {**progress.statements, **said}
    return replace(progress, arrived=arrived, brought=brought, statements=statements)


def _with_course(progress: Progress, event: Event) -> Progress:
    """Return the rollout after an event that is about itself as a whole or a wave."""
    if event.kind is Happened.STARTED:
        return replace(progress, started=event.at)
    if event.kind is Happened.WAVE_OPENED:
        return replace(progress, opened=max(progress.opened, event.wave))
    if event.kind is Happened.ENDED:
        return replace(progress, ended=event.values.get("state", "done"))
    return progress


def fingerprints_of(event: Event) -> tuple[str, ...]:
    """Return the leaf and the chain (SHA-256 hex) of a `bytes` event."""
    return (event.values["leaf"], *_parts(event, "chain"))


def _parts(event: Event, name: str) -> tuple[str, ...]:
    return tuple(part for part in event.values.get(name, "").split(",") if part)


def replay(plan: Plan, events: Iterable[Event]) -> Progress:
    """Return where a rollout stands after everything its journal tells."""
    return Progress(plan).record_all(events)
