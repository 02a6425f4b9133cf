"""`warifu domain trusted-by|alarms|exceptions`: what is known over all nodes together."""

from __future__ import annotations

from collections.abc import Iterable

import click

from warifu.apps.cli.remote import line_to, part, server_option, show_told
from warifu.apps.cli.render import Output
from warifu.apps.cli.verb import Verb, verb
from warifu.domain.findings import Lang, say
from warifu.errors import WarifuError
from warifu.wire import api, api_retire

_WARNS = 1
_OF_NOBODY = {
    "directory.no-such-anchor",
    "estate.fingerprint-of-nobody",
    "estate.key-id-of-nobody",
}


def build_trusted_by(lang: Lang) -> Verb:
    """Return `warifu domain trusted-by`."""

    @verb("trusted-by", lang, say("retire.help-trusted-by", lang))
    @click.option("--domain", default="", metavar="NAME", help=say("retire.option-domain", lang))
    @server_option(lang)
    @click.argument("anchor")
    def trusted_by(out: Output, *, anchor: str, server: str, domain: str) -> int:
        line = line_to(server, out.lang)
        heads: tuple[api.DomainHeadTold, ...] = line.ask(tuple[api.DomainHeadTold, ...], "GET", "/v1/domains")
        found: dict[tuple[str, str, str], api_retire.TrustedByTold] = {}
        unknown: list[WarifuError] = []
        names = [domain] if domain else [one.name for one in heads]
        for name in names:
            path = f"/v1/domains/{part(name)}/anchors/{part(anchor)}/trust"
            try:
                told: tuple[api_retire.TrustedByTold, ...] = line.ask(
                    tuple[api_retire.TrustedByTold, ...], "GET", path
                )
            except WarifuError as error:
                if error.code not in _OF_NOBODY:
                    raise
                unknown.append(error)
                continue
            found |= {(one.node, one.store, one.alias): one for one in told}
        if len(unknown) == len(names):
            raise unknown[0]
        if not found:
            out.line("retire.nowhere")
        _show(out, found.values())
        out.json({"trusted_by": list(found.values())})
        return 0

    return trusted_by


def build_alarms(lang: Lang) -> Verb:
    """Return `warifu domain alarms`."""

    @verb("alarms", lang, say("retire.help-alarms", lang))
    @server_option(lang)
    def alarms(out: Output, *, server: str) -> int:
        found: tuple[api_retire.AlarmTold, ...] = line_to(server, out.lang).ask(
            tuple[api_retire.AlarmTold, ...], "GET", "/v1/alarms"
        )
        for one in found:
            if one.count:
                out.line("retire.expired-kept", domain=one.domain, count=one.count)
            else:
                out.line("retire.crls-end", domain=one.domain)
            _show(out, (*one.in_use, *one.unused))
            show_told(out, one.findings)
        if not found:
            out.line("retire.no-alarm")
        out.json({"alarms": found})
        return _WARNS if found else 0

    return alarms


def build_exceptions(lang: Lang) -> Verb:
    """Return `warifu domain exceptions`."""

    @verb("exceptions", lang, say("retire.help-exceptions", lang))
    @server_option(lang)
    def exceptions(out: Output, *, server: str) -> int:
        found: tuple[api_retire.ExceptionTold, ...] = line_to(server, out.lang).ask(
            tuple[api_retire.ExceptionTold, ...], "GET", "/v1/exceptions"
        )
        headings = (
            "retire.heading-kind",
            "retire.heading-where",
            "retire.heading-owner",
            "retire.heading-reason",
            "retire.heading-until",
        )
        if found:
            out.table(headings, [(one.kind, one.where, one.owner, one.reason, one.until) for one in found])
        else:
            out.line("retire.no-exception")
        out.json({"exceptions": found})
        return _WARNS if found else 0

    return exceptions


def _show(out: Output, found: Iterable[api_retire.TrustedByTold]) -> None:
    headings = (
        "retire.heading-node",
        "retire.heading-store",
        "retire.heading-alias",
        "retire.heading-until",
        "retire.heading-since",
        "retire.heading-confirmed",
    )
    rows = [
        (
            one.node,
            one.store,
            one.alias,
            one.not_after or "-",
            one.since or "-",
            one.confirmed or say("retire.never", out.lang),
        )
        for one in found
    ]
    if rows:
        out.table(headings, rows)
