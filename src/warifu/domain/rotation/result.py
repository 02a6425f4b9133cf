"""What is reported after the work (作業結果報告書): planned and actual times, fingerprints, handshakes.

Made of the plan and the journal's events alone, so the same journal gives the same report.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from warifu.domain.findings import Lang, say, say_error, word, words
from warifu.domain.findings.causes import explain
from warifu.domain.findings.text import beside
from warifu.domain.rotation.markdown import heading, table
from warifu.domain.rotation.papers import deed, head, name_of, slots_of, takes, waivers
from warifu.domain.rotation.plan import Plan
from warifu.domain.rotation.progress import Event, Happened
from warifu.domain.rotation.steps import Adopt, Issue, Step
from warifu.domain.rotation.waits import length
from warifu.errors import WarifuError

_ENDS = {
    "done": "papers.state-done",
    "abandoned": "papers.state-abandoned",
    "superseded": "papers.state-superseded",
}
_TOLD = {
    Happened.STARTED: "papers.event-started",
    Happened.WAITING: "papers.event-waiting",
    Happened.STATEMENT: "papers.event-statement",
    Happened.STOPPED: "papers.event-stopped",
    Happened.REMINDED: "papers.event-reminded",
    Happened.ENDED: "papers.event-ended",
}


def result_report(plan: Plan, events: Sequence[Event], lang: Lang, *, digest: str = "") -> str:
    """Return the report of a rollout, finished or not, in the order in which a reader asks.

    Args:
        events: the journal's, in the order written.
        digest: of the plan that was approved.
    """
    return "".join(
        [
            heading(1, say("papers.result-title", lang) + (f" {plan.ticket}" if plan.ticket else "")),
            head(plan, lang, plan.ticket, digest),
            _outcome(plan, events, lang),
            _approvals(events, lang),
            _steps(plan, events, lang),
            _fingerprints(plan, events, lang),
            _handshakes(plan, events, lang),
            _told(events, lang),
            waivers(plan, lang),
        ]
    )


@dataclass(frozen=True, slots=True)
class Stay:
    """When a step was first intended and when it was proven; None for what has not happened."""

    begun: datetime | None
    done: datetime | None


def find_stays(events: Iterable[Event]) -> dict[str, Stay]:
    """Return for each step when it began, resumptions included, and when it was done."""
    stays: dict[str, Stay] = {}
    for event in events:
        before = stays.get(event.step, Stay(None, None))
        if event.kind is Happened.INTENDED:
            stays[event.step] = Stay(before.begun or event.at, before.done)
        elif event.kind is Happened.DONE:
            stays[event.step] = Stay(before.begun, event.at)
    return stays


def _outcome(plan: Plan, events: Sequence[Event], lang: Lang) -> str:
    ends = [event for event in events if event.kind is Happened.ENDED]
    starts = [event for event in events if event.kind is Happened.STARTED] or list(events[:1])
    state = _ENDS.get(ends[-1].values.get("state", "done"), "") if ends else ""
    planned = sum((takes(step) for step in plan.steps), start=timedelta())
    none = say("papers.none", lang)
    actual = length(ends[-1].at - starts[0].at, lang) if ends and starts else none
    rows = [
        (say("papers.state", lang), say(state or "papers.state-open", lang)),
        (say("papers.started", lang), starts[0].at if starts else none),
        (say("papers.ended", lang), ends[-1].at if ends else none),
        (say("papers.planned", lang), length(planned, lang)),
        (say("papers.actual", lang), actual),
    ]
    keys = (say("papers.item", lang), say("papers.value", lang))
    return heading(2, say("papers.state", lang)) + table(keys, rows)


def _approvals(events: Sequence[Event], lang: Lang) -> str:
    lines = [
        say(
            "papers.approval",
            lang,
            by=event.values.get("by", "?"),
            digest=event.values.get("digest", "?"),
            at=event.at,
        )
        for event in events
        if event.kind is Happened.APPROVED
    ]
    text = "".join(f"- {line}\n" for line in lines) or say("papers.none", lang) + "\n"
    return heading(2, say("papers.approvals", lang)) + text + "\n"


def _steps(plan: Plan, events: Sequence[Event], lang: Lang) -> str:
    stays = find_stays(events)
    rows = []
    for wave in plan.waves:
        for step in wave.steps:
            stay = stays.get(step.id, Stay(None, None))
            rows.append((wave.number, step.id, step.node, deed(step, lang), *_times(step, stay, lang)))
    keys = (
        say("papers.wave", lang),
        say("papers.step", lang),
        say("papers.node", lang),
        say("papers.item", lang),
        say("papers.state", lang),
        say("papers.started", lang),
        say("papers.ended", lang),
        say("papers.planned", lang),
        say("papers.actual", lang),
    )
    return heading(2, say("papers.steps-done", lang)) + table(keys, rows)


def _times(step: Step, stay: Stay, lang: Lang) -> tuple[object, ...]:
    state = "papers.step-not-begun"
    if stay.begun:
        state = "papers.step-begun"
    if stay.done:
        state = "papers.step-done"
    actual = length(stay.done - stay.begun, lang) if stay.begun and stay.done else ""
    return (say(state, lang), stay.begun or "", stay.done or "", length(takes(step), lang), actual)


def _fingerprints(plan: Plan, events: Sequence[Event], lang: Lang) -> str:
    """Show what each slot held and holds; a certificate that was only planned shows the bytes that arrived."""
    arrived = {
        event.values["template"]: event.values["leaf"]
        for event in events
        if event.kind is Happened.BYTES and {"template", "leaf"} <= set(event.values)
    }
    done = {event.step for event in events if event.kind is Happened.DONE}
    rows = []
    for step in plan.steps:
        if step.id in done and not isinstance(step, (Issue, Adopt)):
            after = name_of(step.after)
            before = [name_of(value) for value in step.before]
            rows.append((slots_of(step), before, arrived.get(after, after)))
    keys = (say("papers.slot", lang), say("papers.before", lang), say("papers.after", lang))
    return heading(2, say("papers.fingerprints", lang)) + table(keys, rows)


def _handshakes(plan: Plan, events: Sequence[Event], lang: Lang) -> str:
    """Show for each proven step which witnesses saw it, and how many full handshakes confirmed it."""
    proven = {event.step: event for event in events if event.kind is Happened.DONE}
    rows = []
    total = 0
    for step in plan.steps:
        event = proven.get(step.id)
        witnesses = event.values.get("witnesses", "") if event else ""
        if event and witnesses:
            count = int(event.values.get("handshakes", "0"))
            total += count
            rows.append((step.id, slots_of(step), words("witness", witnesses, lang), event.at, count))
    keys = (
        say("papers.step", lang),
        say("papers.slot", lang),
        say("papers.witness", lang),
        say("papers.at", lang),
        say("papers.handshakes", lang),
    )
    numbers = say("papers.handshakes-numbers", lang, confirmed=total, proven=len(rows))
    return heading(2, say("papers.handshakes", lang)) + numbers + "\n\n" + table(keys, rows)


def _told(events: Sequence[Event], lang: Lang) -> str:
    rows = [
        (event.at, event.step, say(_TOLD[event.kind], lang), _details(event, lang))
        for event in events
        if event.kind in _TOLD
    ]
    keys = (
        say("papers.at", lang),
        say("papers.step", lang),
        say("papers.event", lang),
        say("papers.value", lang),
    )
    return heading(2, say("papers.events", lang)) + table(keys, rows)


def _details(event: Event, lang: Lang) -> str:
    """Return the reason as a sentence where there is one, then what was noted beside it."""
    why = event.values.get("why", "")
    told = [say_error(WarifuError(why, **{"step": event.step, **event.values}), lang)] if why else []
    said = {"why", "codes"} if why else set()
    noted = sorted((name, value) for name, value in event.values.items() if name not in said)
    seen = beside(
        (f"{word('detail', name, lang)}: {_noted(name, value, lang)}" for name, value in noted), lang
    )
    return " ".join([*told, seen]).strip()


def _noted(name: str, value: str, lang: Lang) -> str:
    kinds = {"state": "state", "overdue": "yes", "witnesses": "witness"}
    if name in kinds:
        return words(kinds[name], value, lang)
    return explain(value, lang) if name in ("reason", "found") else value
