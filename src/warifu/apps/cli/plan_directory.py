"""`warifu plan publish|retire-anchor --domain|restore`: plans about trust domains, for somebody else to approve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from warifu.apps.cli.plans_view import show_plan
from warifu.apps.cli.remote import line_to, server_option
from warifu.apps.cli.render import Output
from warifu.apps.cli.verb import Verb, verb
from warifu.domain.findings import Lang, say
from warifu.domain.x509 import to_pem
from warifu.domain.x509.writer import crls_to_pem
from warifu.errors import UsageError
from warifu.wire import api, api_retire

_REFUSED = 3
_OF_ESTATES = ("store", "explain", "by", "until", "allow_outage", "ticket", "document")


def verbs(lang: Lang) -> list[Verb]:
    """Return the verbs that are about trust domains alone."""
    return [_publish(lang), _restore(lang), _vendor(lang)]


def retire(
    out: Output, domain: str, given: Mapping[str, Any], *, restarts: Sequence[str], dry_run: bool
) -> int:
    """Plan the retirement of anchors of a trust domain.

    Raises:
        UsageError: `retire.of-an-estate-alone`.
    """
    for name in _OF_ESTATES:
        if given[name]:
            raise UsageError("retire.of-an-estate-alone", option=f"--{name.replace('_', '-')}")
    wish = api.PlanWish(
        "retire-anchor",
        domain,
        tuple(given["names"]),
        given["reason"],
        waived=tuple(given["waive"]),
        restarts=tuple(restarts),
        dry_run=dry_run,
    )
    return _ask(out, given["server"], wish)


def show_uses(out: Output, uses: Sequence[api.UseTold]) -> None:
    """Show every place that uses an anchor."""
    headings = (
        "retire.heading-node",
        "retire.heading-store",
        "retire.heading-alias",
        "retire.heading-until",
        "retire.heading-seen",
        "retire.heading-blocks",
    )
    yes, no = say("retire.blocks", out.lang), "-"
    if uses:
        out.table(
            headings,
            [
                (
                    one.node,
                    one.store or "-",
                    one.alias or "-",
                    one.not_after or "-",
                    one.seen or "-",
                    f"{yes} ({one.code})" if one.blocks else no,
                )
                for one in uses
            ],
        )


def _publish(lang: Lang) -> Verb:
    @verb("publish", lang, say("retire.help-plan-publish", lang))
    @click.option("--dry-run", is_flag=True, help=say("remote.option-dry-run", lang))
    @click.option("--pin-leaf", is_flag=True, help=say("remote.option-pin-leaf", lang))
    @server_option(lang)
    @click.argument("domain")
    @click.argument("files", nargs=-1, required=True, metavar="FILES...")
    def publish(
        out: Output, *, domain: str, files: tuple[str, ...], server: str, pin_leaf: bool, dry_run: bool
    ) -> int:
        from warifu.wiring import remote as wiring  # noqa: PLC0415 - costs half a second

        read = wiring.read_all(files)
        text = (to_pem(read.certificates) + crls_to_pem(read.crls)).decode("ascii")
        wish = api.PlanWish("publish", domain, certificates=text, pinned=pin_leaf, dry_run=dry_run)
        return _ask(out, server, wish)

    return publish


def _restore(lang: Lang) -> Verb:
    @verb("restore", lang, say("retire.help-plan-restore", lang))
    @click.option("--dry-run", is_flag=True, help=say("remote.option-dry-run", lang))
    @server_option(lang)
    @click.argument("domain")
    @click.argument("version", type=click.IntRange(1))
    def restore(out: Output, *, domain: str, version: int, server: str, dry_run: bool) -> int:
        return _ask(out, server, api.PlanWish("restore", domain, version=version, dry_run=dry_run))

    return restore


def _vendor(lang: Lang) -> Verb:
    @verb("retire-vendor-root", lang, say("retire.help-vendor", lang))
    @click.option("--dependent", multiple=True, metavar="NAME", help=say("retire.option-dependent", lang))
    @click.option(
        "--node", multiple=True, required=True, metavar="NAME", help=say("retire.option-controller", lang)
    )
    @click.option("--product", required=True, metavar="TEXT", help=say("retire.option-product", lang))
    @server_option(lang)
    @click.argument("key_id", metavar="KEY-ID")
    def retire_vendor_root(
        out: Output,
        *,
        key_id: str,
        server: str,
        product: str,
        node: tuple[str, ...],
        dependent: tuple[str, ...],
    ) -> int:
        wish = api_retire.VendorWish(product, key_id, node, dependent)
        plan: api.PlanTold = line_to(server, out.lang).ask(api.PlanTold, "POST", "/v1/vendor-plans", wish)
        show_plan(out, plan)
        out.line("retire.planned", digest=plan.digest)
        out.json(plan)
        return 0

    return retire_vendor_root


def _ask(out: Output, server: str, wish: api.PlanWish) -> int:
    line = line_to(server, out.lang)
    plan: api.PlanTold = line.ask(api.PlanTold, "POST", "/v1/plans", wish)
    show_uses(out, plan.uses)
    show_plan(out, plan)
    if plan.state == "refused":
        out.line("retire.refused")
    elif plan.digest and not wish.dry_run:
        out.line("retire.planned", digest=plan.digest)
    else:
        out.line("retire.possible")
    out.json(plan)
    return _REFUSED if plan.state == "refused" else 0
