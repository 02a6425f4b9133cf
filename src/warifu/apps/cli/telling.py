"""Tells on the terminal how a rollout goes: one line an event, with what is left."""

from __future__ import annotations

from datetime import datetime, timedelta

from warifu.apps.cli.render import Output
from warifu.domain.estate import Owner, TrustValue
from warifu.domain.findings import Finding, Lang, say, say_error, word, words
from warifu.domain.rotation.progress import Event, Happened, Progress, StepState
from warifu.domain.rotation.steps import Adopt, Issue, Load, Step, Switch
from warifu.errors import WarifuError
from warifu.workflows.apply import Listener

_TOLD = {
    Happened.DONE: "rollout.told-done",
    Happened.WAITING: "rollout.told-waiting",
    Happened.STOPPED: "rollout.told-stopped",
}


PURPOSES = {
    "prepare": "plan.purpose-prepare",
    "settle": "plan.purpose-settle",
    "trust": "plan.purpose-trust",
    "switch": "plan.purpose-switch",
    "retire": "plan.purpose-retire",
}


class Teller(Listener):
    """Writes to an output; with `--json` it keeps still.

    Args:
        waiting: ids of the steps whose own line told that they wait.
    """

    def __init__(self, out: Output) -> None:
        self.waiting: set[str] = set()
        self._out = out
        self._first: Event | None = None
        self._done_before = 0
        self._done: set[str] = set()
        self._steps: dict[str, Step] = {}

    def happened(self, progress: Progress, event: Event) -> None:
        """Say what was journalled; see the protocol."""
        if self._first is None:
            self._begin(progress, event)
        if event.kind is Happened.WAVE_OPENED:
            wave = next(wave for wave in progress.plan.waves if wave.number == event.wave)
            self._out.line(
                "rollout.told-wave",
                number=wave.number,
                of=len(progress.plan.waves),
                purpose=say(PURPOSES[wave.purpose], self._out.lang),
                steps=len(wave.steps),
            )
        elif event.kind in _TOLD and event.step:
            self._step(progress, event)
        elif event.kind is Happened.BYTES:
            self._out.line(
                "rollout.told-arrived", template=event.values["template"], leaf=event.values["leaf"][:16]
            )
        elif event.kind is Happened.ENDED:
            self._out.line(
                "rollout.told-ended", state=word("rollout", event.values.get("state", "done"), self._out.lang)
            )

    def found(self, step: Step | None, findings: tuple[Finding, ...]) -> None:
        """Show what stopped a step or keeps a wave shut; see the protocol."""
        del step  # its own line was told already
        self._out.findings(findings)

    def asked(self, step: Step, owner: Owner, since: datetime, *, overdue: bool) -> None:
        """Say whom a step waits for, and whether their time has run out; see the protocol."""
        values = {"owner": owner.name, "step": step.id, "since": since}
        if overdue:
            self._out.line("rollout.overdue", **values, within=owner.answer_within)
        else:
            self._out.line("rollout.reminded", **values, contact=owner.contact or "-")

    def _begin(self, progress: Progress, event: Event) -> None:
        """Look over the whole plan, this once: later events are about one step each."""
        self._steps = {step.id: step for step in progress.plan.steps}
        self._done = set(progress.done())
        self._first, self._done_before = event, len(self._done)

    def _step(self, progress: Progress, event: Event) -> None:
        step = self._steps[event.step]
        if event.kind is Happened.WAITING:
            self.waiting.add(step.id)
        if progress.state(step.id) is StepState.DONE:
            self._done.add(step.id)
        done = len(self._done)
        self._out.line(
            _TOLD[event.kind],
            step=step.id,
            what=what_of(step, self._out.lang),
            where=place_of(step),
            shown=moved(step) or event.values.get("fingerprints", "")[:16] or "-",
            witness=words("witness", event.values.get("witnesses", ""), self._out.lang) or "-",
            done=done,
            of=len(self._steps),
            left=self._left(event, done),
            why=self._why(event),
        )

    def _why(self, event: Event) -> str:
        """Return for whom or what a step waits."""
        if event.kind is not Happened.WAITING:
            return "-"
        return say_error(WarifuError(event.values["why"], **event.values), self._out.lang)

    def _left(self, event: Event, done: int) -> timedelta | str:
        """Return the time left, from the pace so far."""
        if self._first is None or done <= self._done_before:
            return "-"
        pace = (event.at - self._first.at) / (done - self._done_before)
        left = pace * (len(self._steps) - done)
        return timedelta(seconds=round(left.total_seconds()))


def moved(step: Step) -> str:
    """Return the anchors that a step adds (+) or takes away (-), by their first digits; empty for other steps."""
    if not isinstance(step, Switch) or not isinstance(step.after, TrustValue):
        return ""
    before = {anchor for value in step.before if isinstance(value, TrustValue) for anchor in value.anchors}
    added = [f"+{anchor[:16]}" for anchor in step.after.anchors if anchor not in before]
    gone = [f"-{anchor[:16]}" for anchor in sorted(before) if anchor not in step.after.anchors]
    return " ".join([*added, *gone])


def kind_of(step: Step) -> str:
    """Return the name of what a step does."""
    if isinstance(step, Switch):
        return step.kind
    return {Issue: "issue", Adopt: "adopt", Load: "load"}[type(step)]


def what_of(step: Step, lang: Lang) -> str:
    """Return what a step does, for people."""
    return word("step", kind_of(step), lang)


def place_of(step: Step) -> str:
    """Return the slot or identity a step is about."""
    return step.identity if isinstance(step, Issue) else step.slot
