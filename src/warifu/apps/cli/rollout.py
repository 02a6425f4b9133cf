"""`warifu rollout`: what is under way, and how it goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import click

from warifu.apps.cli.options import TIME, check_folder, estate_option, out_option
from warifu.apps.cli.remote import server_option
from warifu.apps.cli.render import Output
from warifu.apps.cli.telling import Teller, kind_of, place_of, what_of
from warifu.apps.cli.there import or_there
from warifu.apps.cli.verb import VerbGroup, verb
from warifu.domain.findings import Lang, say, say_error, word
from warifu.domain.rotation.progress import Progress, StepState
from warifu.errors import WaitingError, WarifuError
from warifu.wiring import cli as wiring
from warifu.workflows.apply import Driver
from warifu.workflows.rollouts import RolloutRoom

_AGAIN = timedelta(seconds=2)
_LONGEST = timedelta(days=400)


def follow_option(lang: Lang) -> Callable[[Any], Any]:
    """`--follow`: wait for people and come back instead of ending with exit code 6."""
    return click.option("--follow", is_flag=True, help=say("rollout.option-follow", lang))


def build(lang: Lang) -> click.Command:
    """Return the command in a language."""
    verbs = [_show(lang), _resume(lang), _report(lang), _confirm(lang), _waive(lang), _abandon(lang)]
    return VerbGroup("rollout", lang, say("rollout.help-rollout", lang), verbs)


def go_on(out: Output, room: RolloutRoom, rollout: str, *, follow: bool) -> int:
    """Drive a rollout until it is done, waits or stops; return the exit code.

    Raises:
        WaitingError: it waits, and nobody asked to follow.
        RefusedError: a gate is shut or a step stopped.
    """
    teller = Teller(out)
    driver = room.driver(rollout, teller)
    try:
        progress = _driven(driver, room, teller, out, follow=follow)
    except KeyboardInterrupt:
        out.line("rollout.interrupted", rollout=rollout)
        raise
    if out.as_json:
        out.json(document_of(rollout, progress))
    else:
        out.line("rollout.finished", rollout=rollout, steps=len(progress.plan.steps))
    return 0


def _driven(driver: Driver, room: RolloutRoom, teller: Teller, out: Output, *, follow: bool) -> Progress:
    told: tuple[str, dict[str, object]] | None = None
    while True:
        try:
            return driver.drive()
        except WaitingError as error:
            room.remind(driver)
            if not follow:
                raise
            waits = (error.code, dict(error.values))
            if waits != told and error.values.get("step") not in teller.waiting:
                told = waits  # once for each thing it waits for, not at every try
                out.line(error.code, **error.values)
            room.clock.wait(lambda: room.has_news(driver), at_most=_LONGEST, every=_AGAIN)


def document_of(rollout: str, progress: Progress) -> dict[str, object]:
    """Return a rollout as JSON tells it."""
    wave = progress.wave
    return {
        "rollout": rollout,
        "state": progress.ended or "open",
        "wave": wave.number if wave else None,
        "waves": len(progress.plan.waves),
        "steps": [
            {
                "id": step.id,
                "kind": kind_of(step),
                "where": place_of(step),
                "node": step.node,
                "state": progress.state(step.id).value,
                "last": dict(progress.last[step.id].values) if step.id in progress.last else {},
            }
            for step in progress.plan.steps
        ],
        "blocked": [{"step": b.step, "why": b.why, "values": dict(b.values)} for b in progress.blocked()],
    }


def _show(lang: Lang) -> click.Command:
    @verb("show", lang, say("rollout.help-show", lang))
    @click.argument("rollout", required=False, default="")
    @estate_option(lang)
    @or_there(lang, "show")
    def show(out: Output, rollout: str, estate: str) -> int:
        room = wiring.rollout_room(estate, out.lang)
        if not rollout and not out.as_json:
            heads = room.journal.rollouts()
            headings = (
                "rollout.head-id",
                "rollout.head-state",
                "rollout.head-started",
                "rollout.head-digest",
            )
            out.table(
                headings,
                [(h.id, word("rollout", h.state, out.lang), h.started, h.plan_digest[:16]) for h in heads],
            )
            if not heads:
                out.line("rollout.none")
            return 0
        if not rollout:
            out.json(
                [{"rollout": h.id, "state": h.state, "started": h.started} for h in room.journal.rollouts()]
            )
            return 0
        rollout = room.find(rollout)
        progress = room.progress(rollout)
        if out.as_json:
            out.json(document_of(rollout, progress))
            return 0
        _tell(out, rollout, progress)
        return 0

    return show


def _tell(out: Output, rollout: str, progress: Progress) -> None:
    done = len(progress.done())
    out.line(
        "rollout.status",
        rollout=rollout,
        state=word("rollout", progress.ended or "open", out.lang),
        done=done,
        of=len(progress.plan.steps),
    )
    headings = (
        "rollout.head-wave",
        "rollout.head-step",
        "rollout.head-what",
        "rollout.head-where",
        "rollout.head-state",
    )
    out.table(
        headings,
        [
            (
                wave.number,
                step.id,
                what_of(step, out.lang),
                place_of(step),
                word("state", progress.state(step.id).value, out.lang),
            )
            for wave in progress.plan.waves
            for step in wave.steps
        ],
    )
    for block in progress.blocked():
        step = next(step for step in progress.plan.steps if step.id == block.step)
        why = say_error(WarifuError(block.why, **block.values), out.lang)
        out.line("rollout.blocks", step=block.step, node=step.node, where=place_of(step), why=why)
    if not progress.ended and any(state is not StepState.DONE for state in progress.states.values()):
        out.line("rollout.how-to-resume", rollout=rollout)


def _resume(lang: Lang) -> click.Command:
    @verb("resume", lang, say("rollout.help-resume", lang))
    @click.argument("rollout", required=False, default="")
    @estate_option(lang)
    @follow_option(lang)
    @or_there(lang, "resume")
    def resume(out: Output, rollout: str, estate: str, *, follow: bool) -> int:
        room = wiring.rollout_room(estate, out.lang)
        return go_on(out, room, room.find(rollout), follow=follow)

    return resume


def _report(lang: Lang) -> click.Command:
    @verb("report", lang, say("rollout.help-report", lang))
    @click.argument("rollout", required=False, default="")
    @estate_option(lang)
    @out_option(lang)
    def report(out: Output, rollout: str, estate: str, file: str) -> int:
        check_folder(wiring.files(), file)
        room = wiring.rollout_room(estate, out.lang)
        rollout = room.find(rollout)
        text = room.report(rollout, lang)
        if file:
            room.files.write(file, text.encode(), mode=0o644)
            out.line("rollout.report-written", file=file)
        elif out.as_json:
            out.json(document_of(rollout, room.progress(rollout)))
        else:
            out.text(text)
        return 0

    return report


def _confirm(lang: Lang) -> click.Command:
    @verb("confirm", lang, say("rollout.help-confirm", lang))
    @click.argument("step")
    @click.option("--owner", required=True, metavar="NAME", help=say("rollout.option-owner", lang))
    @click.option("--statement", required=True, metavar="TEXT", help=say("rollout.option-statement", lang))
    @click.option("--rollout", default="", metavar="ID", help=say("rollout.option-rollout", lang))
    @estate_option(lang)
    @or_there(lang, "confirm")
    def confirm(out: Output, step: str, owner: str, statement: str, rollout: str, estate: str) -> int:
        room = wiring.rollout_room(estate, out.lang)
        rollout = room.find(rollout)
        room.confirm(rollout, step, owner=owner, statement=statement)
        out.line("rollout.confirmed", step=step, owner=owner, rollout=rollout)
        return 0

    return confirm


def _waive(lang: Lang) -> click.Command:
    @verb("waive", lang, say("rollouts.help-waive", lang))
    @click.argument("node")
    @click.option("--reason", required=True, metavar="TEXT", help=say("plan.option-reason", lang))
    @click.option("--until", required=True, type=TIME, help=say("plan.option-until", lang))
    @click.option("--rollout", default="", metavar="ID", help=say("rollout.option-rollout", lang))
    @server_option(lang)
    def waive(out: Output, server: str, **given: Any) -> int:
        from warifu.apps.cli import there_work  # noqa: PLC0415 - costs half a second

        return there_work.waive(out, server, given)

    return waive


def _abandon(lang: Lang) -> click.Command:
    @verb("abandon", lang, say("rollout.help-abandon", lang))
    @click.argument("rollout", required=False, default="")
    @estate_option(lang)
    @or_there(lang, "abandon")
    def abandon(out: Output, rollout: str, estate: str) -> int:
        room = wiring.rollout_room(estate, out.lang)
        rollout = room.find(rollout)
        room.abandon(rollout)
        out.line("rollout.abandoned", rollout=rollout)
        return 0

    return abandon
