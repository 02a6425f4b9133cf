"""`warifu domain publish`: certificates and CRLs go into a trust domain, all or none."""

from __future__ import annotations

from collections.abc import Sequence

import click

from warifu.apps.cli.remote import line_to, part, server_option, show_told
from warifu.apps.cli.render import Output
from warifu.apps.cli.verb import Verb, verb
from warifu.domain.directory.decision import ItemKind, Outcome
from warifu.domain.findings import Lang, say
from warifu.domain.x509 import Sha256, to_pem
from warifu.domain.x509.writer import crls_to_pem
from warifu.errors import UsageError
from warifu.wire import api

_REFUSED = 3
_OUTCOMES: dict[str, str] = {
    Outcome.CREATED: "remote.outcome-created",
    Outcome.UNCHANGED: "remote.outcome-unchanged",
    Outcome.REPLACED: "remote.outcome-replaced",
    Outcome.REFUSED: "remote.outcome-refused",
}


def build(lang: Lang) -> Verb:
    """Return the verb."""

    @verb("publish", lang, say("remote.help-domain-publish", lang))
    @click.option(
        "--basis", type=click.IntRange(0), default=None, metavar="N", help=say("remote.option-basis", lang)
    )
    @click.option("--dry-run", is_flag=True, help=say("remote.option-dry-run", lang))
    @click.option("--pin-leaf", is_flag=True, help=say("remote.option-pin-leaf", lang))
    @click.option(
        "--alias", "aliases", multiple=True, metavar="NAME=SHA256", help=say("remote.option-alias", lang)
    )
    @server_option(lang)
    @click.argument("domain")
    @click.argument("files", nargs=-1, required=True, metavar="FILES...")
    def publish(  # one argument an option
        out: Output,
        *,
        domain: str,
        files: tuple[str, ...],
        server: str,
        aliases: tuple[str, ...],
        pin_leaf: bool,
        dry_run: bool,
        basis: int | None,
    ) -> int:
        from warifu.wiring import remote as wiring  # noqa: PLC0415 - costs half a second

        read = wiring.read_all(files)
        text = (to_pem(read.certificates) + crls_to_pem(read.crls)).decode("ascii")
        keys = [one.fingerprint.hex for one in read.certificates]
        wish = api.PublishWish(text, _aliases(aliases, keys), pin_leaf, basis, dry_run)
        told: api.DecisionTold = line_to(server, out.lang).ask(
            api.DecisionTold, "POST", f"/v1/domains/{part(domain)}/publications", wish
        )
        _show(out, told, dry_run=dry_run)
        return _REFUSED if told.refused else 0

    return publish


def _aliases(given: Sequence[str], keys: Sequence[str]) -> dict[str, str]:
    """Return aliases by SHA-256; the beginning of one is enough where it fits one certificate of the files alone.

    Raises:
        UsageError: `remote.alias-form`, `remote.alias-of-nobody`.
    """
    found: dict[str, str] = {}
    for one in given:
        alias, equals, digits = one.rpartition("=")
        wanted = digits.replace(":", "").lower()
        if not (alias and equals and wanted):
            raise UsageError("remote.alias-form", given=one)
        fitting = {key for key in keys if key.startswith(wanted)}
        if len(fitting) != 1:
            raise UsageError("remote.alias-of-nobody", given=one, count=len(fitting))
        found[Sha256.parse(fitting.pop()).hex] = alias
    return found


def _show(out: Output, told: api.DecisionTold, *, dry_run: bool) -> None:
    headings = (
        "remote.heading-outcome",
        "remote.heading-what",
        "remote.heading-label",
        "remote.heading-fingerprint",
    )
    out.table(
        headings,
        [
            (
                say(_OUTCOMES[one.outcome], out.lang) if one.outcome in _OUTCOMES else one.outcome,
                say("remote.item-crl" if one.kind == ItemKind.CRL else "remote.item-anchor", out.lang),
                one.label or "-",
                one.fingerprint[:16],
            )
            for one in told.items
        ],
    )
    for one in told.items:
        show_told(out, one.findings)
    show_told(out, told.findings)
    if told.refused:
        out.line("remote.publish-refused", domain=told.domain)
    elif dry_run:
        out.line("remote.publish-dry", domain=told.domain, version=told.version)
    else:
        out.line("remote.published", domain=told.domain, version=told.version)
    out.json(told)
