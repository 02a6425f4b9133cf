"""`warifu apply`: carries out a plan that a person approved by its digest."""

from __future__ import annotations

import sys

import click

from warifu.apps.cli.options import estate_option
from warifu.apps.cli.render import Output
from warifu.apps.cli.rollout import follow_option, go_on
from warifu.apps.cli.there import or_there
from warifu.apps.cli.verb import verb
from warifu.domain.findings import Lang, say
from warifu.domain.rotation.plan import Plan
from warifu.domain.rotation.waits import length
from warifu.errors import RefusedError, UsageError
from warifu.wiring import cli as wiring

_ENOUGH = 8


def build(lang: Lang) -> click.Command:
    """Return the command in a language."""

    @verb("apply", lang, say("rollout.help-apply", lang))
    @click.argument("plan_file", metavar="PLAN")
    @estate_option(lang)
    @click.option("--approve", metavar="DIGEST", default="", help=say("rollout.option-approve", lang))
    @follow_option(lang)
    @or_there(lang, "apply")
    def apply(out: Output, plan_file: str, estate: str, approve: str, *, follow: bool) -> int:
        room = wiring.rollout_room(estate, out.lang)
        plan, digest = room.read_plan(plan_file)
        _show(out, plan, digest)
        _approve(out, digest, approve)
        rollout = room.start(plan, digest)
        out.line("rollout.started", rollout=rollout)
        return go_on(out, room, rollout, follow=follow)

    return apply


def _show(out: Output, plan: Plan, digest: str) -> None:
    out.line("rollout.approve-head", digest=digest, waves=len(plan.waves), steps=len(plan.steps))
    if not plan.steps:
        out.line("plan.nothing-to-do")
        return
    until = plan.good_until or say("papers.no-limit", out.lang)
    out.line("rollout.approve-until", until=until, owed=len(plan.proof.owed))
    for waiver in plan.waivers:
        out.line("rollout.approve-waiver", subject=waiver.subject, by=waiver.by, until=waiver.expires)
    for outage in plan.outages:
        out.line("rollout.approve-outage", service=outage.service, length=length(outage.length, out.lang))


def _approve(out: Output, digest: str, given: str) -> None:
    """Take the approval: `--approve`, or the first eight characters typed on the terminal.

    Raises:
        UsageError: `rollout.digest-too-short`.
        RefusedError: `rollout.not-approved`.
    """
    if not given:
        if not sys.stdin.isatty():
            raise RefusedError("rollout.nobody-to-ask", digest=digest[:_ENOUGH])
        if out.as_json:
            sys.stderr.write(f"{digest}\n")  # what is approved must be seen before it is typed
        sys.stderr.write(say("rollout.ask-digest", out.lang) + " ")  # standard output is for the answer alone
        sys.stderr.flush()
        given = sys.stdin.readline()
    given = given.strip().lower()
    if len(given) < _ENOUGH:
        raise UsageError("rollout.digest-too-short", needs=_ENOUGH)
    if not digest.startswith(given):
        raise RefusedError("rollout.not-approved", given=given, digest=digest[:_ENOUGH])
