"""`warifu approve DIGEST`: approves somebody else's plan on a server."""

from __future__ import annotations

import sys

import click

from warifu.apps.cli.plans_view import find_plan, show_plan
from warifu.apps.cli.remote import line_to, server_option
from warifu.apps.cli.render import Output
from warifu.apps.cli.verb import Verb, verb
from warifu.domain.findings import Lang, say
from warifu.errors import UsageError
from warifu.wire import api


def build(lang: Lang) -> Verb:
    """Return the verb."""

    @verb("approve", lang, say("remote.help-approve", lang))
    @click.option("--confirm", default="", metavar="TEXT", help=say("remote.option-confirm", lang))
    @click.option("--remark", default="", metavar="TEXT", help=say("remote.option-remark", lang))
    @server_option(lang)
    @click.argument("digest")
    def approve(out: Output, *, digest: str, server: str, remark: str, confirm: str) -> int:
        line = line_to(server, out.lang)
        plan = find_plan(line, digest)
        if plan.confirmation and not confirm:
            show_plan(Output(out.lang, stream=sys.stderr), plan)
            confirm = _typed(plan, out.lang)
        wish = api.ApprovalWish(remark, confirm)
        made: api.PlanTold = line.ask(api.PlanTold, "POST", f"/v1/plans/{plan.digest}/approvals", wish)
        out.line("remote.approved", digest=made.digest, by=[one.person for one in made.approvals])
        out.json(made)
        return 0

    return approve


def _typed(plan: api.PlanTold, lang: Lang) -> str:
    """Return what somebody types at the terminal to confirm.

    Raises:
        UsageError: `remote.confirmation-needed`: nobody is there to be asked.
    """
    from warifu.wiring import remote as wiring  # noqa: PLC0415 - costs half a second

    if not wiring.is_asked():
        raise UsageError("remote.confirmation-needed", wanted=plan.confirmation)
    sys.stderr.write(say("remote.type-confirmation", lang, wanted=plan.confirmation) + "\n")
    return wiring.typed()
