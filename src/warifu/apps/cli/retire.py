"""`warifu retire`: carries an approved retirement out, a step at a time, and puts everything back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from warifu.apps.cli.options import TIME
from warifu.apps.cli.plan_directory import show_uses
from warifu.apps.cli.plans_view import find_plan
from warifu.apps.cli.remote import line_to, server_option, show_told
from warifu.apps.cli.render import Output
from warifu.apps.cli.verb import Verb, VerbGroup, verb
from warifu.domain.findings import Lang, say, say_error
from warifu.errors import WarifuError
from warifu.wire import api, api_retire

if TYPE_CHECKING:
    from warifu.ports.person_line import SavedServer

_WAITS, _FAILED = 6, 4
_SIGN_IN = "sign-in"
_AWAY, _BEHIND = "orders.unreachable", "retire.set-misses"
_AGAIN = timedelta(seconds=2)
_STATES = {
    "done": "retire.state-done",
    "ready": "retire.state-ready",
    "waiting": "retire.state-waiting",
    "failed": "retire.state-failed",
    "ahead": "retire.state-ahead",
}


def build(lang: Lang) -> VerbGroup:
    """Return the verb."""
    verbs = [_show(lang), _continue(lang), _waive(lang), _confirm(lang), _restore(lang), _restore_set(lang)]
    return VerbGroup("retire", lang, say("retire.help", lang), verbs)


def _show(lang: Lang) -> Verb:
    @verb("show", lang, say("retire.help-show", lang))
    @server_option(lang)
    @click.argument("digest")
    def show(out: Output, *, digest: str, server: str) -> int:
        plan = find_plan(line_to(server, out.lang), digest)
        show_uses(out, plan.uses)
        return _tell(out, plan)

    return show


def _continue(lang: Lang) -> Verb:
    @verb("continue", lang, say("retire.help-continue", lang))
    @click.option("--password-file", default="-", metavar="FILE", help=say("retire.option-password", lang))
    @click.option("--follow", is_flag=True, help=say("retire.option-follow", lang))
    @server_option(lang)
    @click.argument("digest")
    def go_on(out: Output, *, digest: str, server: str, password_file: str, follow: bool) -> int:
        from warifu.wiring import remote as wiring  # noqa: PLC0415 - costs half a second

        line = line_to(server, out.lang)
        path = f"/v1/plans/{find_plan(line, digest).digest}"
        told: tuple[object, ...] = ()
        signed_in = False
        while True:
            try:
                plan: api.PlanTold = line.ask(api.PlanTold, "POST", f"{path}/continuations", {})
            except WarifuError as error:
                passes = error.code == _BEHIND or (error.code == _AWAY and bool(told))
                if not (follow and passes):
                    raise
                told = _tell_problem(out, error, told)
                wiring.clock().wait(lambda: False, at_most=_AGAIN, every=_AGAIN)
                continue
            if _following(plan) == _SIGN_IN and not signed_in:
                signed_in = True
                proof = _sign_in(wiring.saved(server), password_file, out.lang)
                line.ask(api.PlanTold, "POST", f"{path}/sign-ins", proof)
                continue
            if not follow or not any(one.state == "waiting" for one in plan.steps):
                return _tell(out, plan)
            told = _tell_waiting(out, plan, told)
            wiring.clock().wait(lambda: False, at_most=_AGAIN, every=_AGAIN)

    return go_on


def _tell_problem(out: Output, error: WarifuError, told: tuple[object, ...]) -> tuple[object, ...]:
    """Say what passes by itself, once until it does: the server is away, a node has not reported yet."""
    problem = (error.code, str(error.values.get("nodes", "")))
    if problem != told:
        out.text(say_error(error, out.lang))
    return problem


def _tell_waiting(out: Output, plan: api.PlanTold, told: tuple[object, ...]) -> tuple[object, ...]:
    """Say whom the next step waits for, once until that changes."""
    step = next(one for one in plan.steps if one.state == "waiting")
    waits = (step.id, step.done, step.waits_for)
    if waits != told:
        names = step.waits_for or "-"
        out.line("retire.waits", step=step.what, done=step.done, of=step.of, names=names)
    return waits


def _sign_in(server: SavedServer, password_file: str, lang: Lang) -> api_retire.SignInProofWish:
    """Sign in anew, as whoever asks, and make one call that manages; the password goes nowhere else."""
    from warifu.wiring import remote as wiring  # noqa: PLC0415 - costs half a second

    fresh = replace(server, token="")
    try:
        if not server.certificate:
            password = wiring.password(password_file, lang)
            wish = api.SignInWish(server.person, password)
            session: api.SessionTold = wiring.line(fresh, lang).ask(
                api.SessionTold, "POST", "/v1/sessions", wish
            )
            fresh = replace(server, token=session.token)
        wiring.line(fresh, lang).ask(tuple[api.DomainHeadTold, ...], "GET", "/v1/domains")
    except WarifuError as error:
        return api_retire.SignInProofWish(good=False, detail=error.code)
    return api_retire.SignInProofWish(good=True, detail="GET /v1/domains")


def _waive(lang: Lang) -> Verb:
    @verb("waive", lang, say("retire.help-waive", lang))
    @click.option("--until", type=TIME, required=True, metavar="TIME", help=say("retire.option-until", lang))
    @click.option("--reason", required=True, metavar="TEXT", help=say("retire.option-reason", lang))
    @server_option(lang)
    @click.argument("digest")
    @click.argument("node")
    def waive(out: Output, *, digest: str, node: str, server: str, reason: str, until: datetime) -> int:
        line = line_to(server, out.lang)
        wish = api_retire.NodeWaiverWish(node, reason, until)
        plan: api.PlanTold = line.ask(
            api.PlanTold, "POST", f"/v1/plans/{find_plan(line, digest).digest}/waivers", wish
        )
        return _tell(out, plan)

    return waive


def _confirm(lang: Lang) -> Verb:
    @verb("confirm", lang, say("retire.help-confirm", lang))
    @click.option("--attach", required=True, metavar="FILE", help=say("retire.option-attach", lang))
    @click.option("--at", type=TIME, required=True, metavar="TIME", help=say("retire.option-at", lang))
    @server_option(lang)
    @click.argument("digest")
    @click.argument("step")
    @click.argument("node")
    def confirm(
        out: Output, *, digest: str, step: str, node: str, server: str, at: datetime, attach: str
    ) -> int:
        from warifu.wiring import remote as wiring  # noqa: PLC0415 - costs half a second

        line = line_to(server, out.lang)
        text = wiring.files().read(attach).decode("utf-8", "replace")
        wish = api_retire.EvidenceWish(step, node, at, text)
        plan: api.PlanTold = line.ask(
            api.PlanTold, "POST", f"/v1/plans/{find_plan(line, digest).digest}/evidence", wish
        )
        show_told(out, plan.blockers)
        return _tell(out, plan)

    return confirm


def _restore(lang: Lang) -> Verb:
    @verb("restore", lang, say("retire.help-restore", lang))
    @server_option(lang)
    @click.argument("digest")
    def restore(out: Output, *, digest: str, server: str) -> int:
        line = line_to(server, out.lang)
        path = f"/v1/plans/{find_plan(line, digest).digest}/restorations"
        head: api.DomainHeadTold = line.ask(api.DomainHeadTold, "POST", path, {})
        out.line("retire.restored", domain=head.name, version=head.version)
        out.json(head)
        return 0

    return restore


def _restore_set(lang: Lang) -> Verb:
    @verb("restore-set", lang, say("retire.help-restore-set", lang))
    @click.option("--node", "nodes", multiple=True, metavar="NAME", help=say("retire.option-node", lang))
    @server_option(lang)
    @click.argument("folder", metavar="SET")
    def restore_set(out: Output, *, folder: str, server: str, nodes: tuple[str, ...]) -> int:
        line = line_to(server, out.lang)
        wish = api_retire.RestoreSetWish(folder, nodes)
        found: api_retire.SetTold = line.ask(api_retire.SetTold, "POST", "/v1/sets/restorations", wish)
        out.line("retire.set-restored", made=found.made, nodes=found.nodes)
        out.json(found)
        return 0

    return restore_set


def _following(plan: api.PlanTold) -> str:
    return next((one.id for one in plan.steps if one.state != "done"), "")


def _tell(out: Output, plan: api.PlanTold) -> int:
    headings = ("retire.heading-step", "retire.heading-state", "retire.heading-count", "retire.heading-waits")
    rows = [
        (
            one.what,
            say(_STATES[one.state], out.lang) if one.state in _STATES else one.state,
            f"{one.done}/{one.of}" if one.of else "-",
            one.waits_for or "-",
        )
        for one in plan.steps
    ]
    out.table(headings, rows)
    if plan.alarms:
        out.line("retire.alarm", where=plan.alarms)
    out.json(plan)
    if plan.standing == "done":
        out.line("retire.done")
    elif plan.standing.startswith("failed"):
        out.line("retire.failed", digest=plan.digest)
        return _FAILED
    return 0 if plan.standing in {"done", "restored"} else _WAITS
