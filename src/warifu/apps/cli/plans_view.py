"""`warifu plan list|show`: the plans about published trust that a server keeps for people to decide about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from warifu.apps.cli.remote import line_to, part, server_option, show_told
from warifu.apps.cli.render import Output
from warifu.apps.cli.verb import Verb, verb
from warifu.domain.findings import Lang, say
from warifu.errors import UsageError
from warifu.ports.work_books import PlanState
from warifu.wire import api

if TYPE_CHECKING:
    from warifu.ports.person_line import PersonLine

_WHOLE = 64
_SHORTEST = 8
_STATES: dict[str, str] = {
    PlanState.OPEN: "remote.plan-open",
    PlanState.CARRIED_OUT: "remote.plan-carried-out",
    PlanState.WITHDRAWN: "remote.plan-withdrawn",
}


def verbs(lang: Lang) -> list[Verb]:
    """Return the verbs."""
    return [_list(lang), _show(lang)]


def find_plan(line: PersonLine, digest: str) -> api.PlanTold:
    """Return the plan of a digest, or of the beginning of one.

    Raises:
        UsageError: `remote.no-such-plan`, `remote.digest-short`, `remote.plans-alike`.
    """
    wanted = digest.lower()
    if len(wanted) == _WHOLE:
        return line.ask(api.PlanTold, "GET", f"/v1/plans/{part(wanted)}")  # type: ignore[no-any-return]  # its kind
    if len(wanted) < _SHORTEST:
        raise UsageError("remote.digest-short", digest=digest, least=_SHORTEST)
    found = [one for one in _plans(line) if one.digest.startswith(wanted)]
    if not found:
        raise UsageError("remote.no-such-plan", digest=digest)
    if len(found) > 1:
        raise UsageError("remote.plans-alike", digest=digest, digests=[one.digest for one in found])
    return found[0]


def _plans(line: PersonLine) -> tuple[api.PlanTold, ...]:
    found: tuple[api.PlanTold, ...] = line.ask(tuple[api.PlanTold, ...], "GET", "/v1/plans")
    return found


def _list(lang: Lang) -> Verb:
    @verb("list", lang, say("remote.help-plan-list", lang))
    @click.option("--all", "every", is_flag=True, help=say("remote.option-all-plans", lang))
    @server_option(lang)
    def list_(out: Output, *, server: str, every: bool) -> int:
        found = [one for one in _plans(line_to(server, out.lang)) if every or one.state == PlanState.OPEN]
        headings = (
            "remote.heading-digest",
            "remote.heading-kind",
            "remote.heading-domain",
            "remote.heading-by",
            "remote.heading-at",
            "remote.heading-state",
            "remote.heading-approved-by",
        )
        out.table(
            headings,
            [
                (
                    one.digest[:16],
                    one.kind,
                    one.domain or "-",
                    one.by,
                    one.at,
                    _state(one, out.lang),
                    [given.person for given in one.approvals] or "-",
                )
                for one in found
            ],
        )
        out.json({"plans": found})
        return 0

    return list_


def _state(one: api.PlanTold, lang: Lang) -> str:
    return say(_STATES[one.state], lang) if one.state in _STATES else one.state


def _show(lang: Lang) -> Verb:
    @verb("show", lang, say("remote.help-plan-show", lang))
    @server_option(lang)
    @click.argument("digest")
    def show(out: Output, *, digest: str, server: str) -> int:
        plan = find_plan(line_to(server, out.lang), digest)
        show_plan(out, plan)
        out.json(plan)
        return 0

    return show


def show_plan(out: Output, plan: api.PlanTold) -> None:
    """Show a plan: what it is about, who decided, how far each step is and what it waits for."""
    facts = (
        ("remote.heading-digest", plan.digest),
        ("remote.heading-kind", plan.kind),
        ("remote.heading-domain", plan.domain),
        ("remote.heading-by", plan.by),
        ("remote.heading-at", plan.at),
        ("remote.heading-state", _state(plan, out.lang)),
    )
    for heading, value in facts:
        if value:
            out.line("remote.fact", name=say(heading, out.lang), value=value)
    for subject in plan.subjects:
        out.line("remote.fact", name=say("remote.heading-subject", out.lang), value=subject)
    for given in plan.approvals:
        out.line("remote.plan-approval", person=given.person, at=given.at, remark=given.remark or "-")
    for step in plan.steps:
        out.line(
            "remote.plan-step", step=step.id, what=step.what, state=step.state, waits=step.waits_for or "-"
        )
    show_told(out, plan.blockers)
