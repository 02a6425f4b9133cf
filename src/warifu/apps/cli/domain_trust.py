"""`warifu domain list|create|show|find|history|compare|follow`: trust domains of a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from warifu.apps.cli.options import COUNT
from warifu.apps.cli.remote import line_to, part, rows, server_option
from warifu.apps.cli.render import Output
from warifu.apps.cli.verb import Verb, verb
from warifu.domain.directory import Standing
from warifu.domain.directory.model import AnchorKind
from warifu.domain.findings import Lang, say
from warifu.errors import UsageError
from warifu.wire import api, api_retire

if TYPE_CHECKING:
    from warifu.domain.x509 import Reading

_NUMBER = click.IntRange(0, 2**53)


def build_list(lang: Lang) -> Verb:
    """Return `domain list`."""

    @verb("list", lang, say("remote.help-domain-list", lang))
    @server_option(lang)
    def list_(out: Output, *, server: str) -> int:
        found: tuple[api.DomainHeadTold, ...] = line_to(server, out.lang).ask(
            tuple[api.DomainHeadTold, ...], "GET", "/v1/domains"
        )
        headings = (
            "remote.heading-domain",
            "remote.heading-version",
            "remote.heading-at",
            "remote.heading-anchors",
            "remote.heading-crls",
        )
        out.table(headings, [(one.name, one.version, one.at or "-", one.anchors, one.crls) for one in found])
        out.json({"domains": found})
        return 0

    return list_


def build_create(lang: Lang) -> Verb:
    """Return `domain create`."""

    @verb("create", lang, say("remote.help-domain-create", lang))
    @server_option(lang)
    @click.argument("domain")
    def create(out: Output, *, domain: str, server: str) -> int:
        wish = api.DomainWish(domain)
        made: api.DomainHeadTold = line_to(server, out.lang).ask(
            api.DomainHeadTold, "POST", "/v1/domains", wish
        )
        out.line("remote.domain-created", domain=made.name)
        out.json(made)
        return 0

    return create


def build_confirm_removal(lang: Lang) -> Verb:
    """Return `domain confirm-removal`."""

    @verb("confirm-removal", lang, say("remote.help-domain-confirm-removal", lang))
    @click.option(
        "--version", type=_NUMBER, required=True, metavar="N", help=say("remote.option-held-version", lang)
    )
    @server_option(lang)
    @click.argument("domain")
    def confirm_removal(out: Output, *, domain: str, server: str, version: int) -> int:
        wish = api_retire.ConfirmRemovalWish(version)
        made: api.DomainHeadTold = line_to(server, out.lang).ask(
            api.DomainHeadTold, "POST", f"/v1/domains/{part(domain)}/confirmations", wish
        )
        out.line("remote.removal-confirmed", domain=made.name, version=version, newest=made.version)
        out.json(made)
        return 0

    return confirm_removal


def build_show(lang: Lang) -> Verb:
    """Return `domain show`."""

    @verb("show", lang, say("remote.help-domain-show", lang))
    @click.option("--legacy", is_flag=True, help=say("remote.option-legacy", lang))
    @click.option(
        "--version", type=_NUMBER, default=None, metavar="N", help=say("remote.option-version", lang)
    )
    @server_option(lang)
    @click.argument("domain")
    def show(out: Output, *, domain: str, server: str, version: int | None, legacy: bool) -> int:
        query = {"version": str(version)} if version is not None else {}
        query |= {"whole": "true"} if legacy else {}
        told: api.DomainTold = line_to(server, out.lang).ask(
            api.DomainTold, "GET", f"/v1/domains/{part(domain)}", query=query
        )
        if legacy:
            from warifu.domain.endpoint.legacy import published_list  # noqa: PLC0415 - of the endpoint's room

            reading = _read(told)
            out.stream.write(published_list(reading.certificates, reading.crls))
            return 0
        _show_domain(out, told)
        return 0

    return show


def _read(told: api.DomainTold) -> Reading:
    from warifu.domain import x509  # noqa: PLC0415 - costs 0.2 s

    text = "".join([*(one.pem for one in told.anchors), *(one.pem for one in told.crls)])
    return x509.load(text.encode(), told.name)


def _show_domain(out: Output, told: api.DomainTold) -> None:
    out.line("remote.domain-head", domain=told.name, version=told.version, at=told.at or "-")
    show_anchors(out, [("", one) for one in told.anchors])
    if told.crls:
        headings = (
            "remote.heading-issuer",
            "remote.heading-crl-number",
            "remote.heading-this-update",
            "remote.heading-next-update",
            "remote.heading-entries",
        )
        out.table(
            headings,
            [
                (one.issuer, one.number or "-", one.this_update, one.next_update or "-", one.entries)
                for one in told.crls
            ],
        )
    out.json(told)


def show_anchors(out: Output, found: list[tuple[str, api.AnchorTold]]) -> None:
    """Show anchors, each with its trust domain where there may be several."""
    with_domain = any(domain for domain, _ in found)
    headings = (
        *(("remote.heading-domain",) if with_domain else ()),
        "remote.heading-alias",
        "remote.heading-subject-name",
        "remote.heading-key-id",
        "remote.heading-not-after",
        "remote.heading-standing",
        "remote.heading-fingerprint",
    )
    rows_ = [
        (
            *((domain,) if with_domain else ()),
            one.alias,
            one.subject,
            one.key_id or one.legacy_id or "-",
            one.not_after,
            _standing(one, out.lang),
            one.fingerprint[:16],
        )
        for domain, one in found
    ]
    out.table(headings, rows_)


def _standing(one: api.AnchorTold, lang: Lang) -> str:
    if one.standing == Standing.QUARANTINED:
        return say("remote.standing-quarantined", lang)
    return say("remote.standing-pinned" if one.kind == AnchorKind.LEAF else "remote.standing-published", lang)


def build_find(lang: Lang) -> Verb:
    """Return `domain find`."""

    @verb("find", lang, say("remote.help-domain-find", lang))
    @click.option("--pem", is_flag=True, help=say("remote.option-pem", lang))
    @click.option("--key-id", is_flag=True, help=say("remote.option-key-id", lang))
    @click.option("--domain", default="", metavar="DOMAIN", help=say("remote.option-domain", lang))
    @server_option(lang)
    @click.argument("name")
    def find(  # one argument an option
        out: Output, *, name: str, server: str, domain: str, key_id: bool, pem: bool
    ) -> int:
        query = {"named": name, **({"domain": domain} if domain else {})}
        query |= {"by_key_id": "true"} if key_id else {}
        found: tuple[api.FoundTold, ...] = line_to(server, out.lang).ask(
            tuple[api.FoundTold, ...], "GET", "/v1/anchors", query=query
        )
        if pem:
            out.text("".join(one.anchor.pem for one in found).rstrip("\n"))
        else:
            show_anchors(out, [(one.domain, one.anchor) for one in found])
            if len(found) > 1:
                out.line("remote.found-several", count=len(found), name=name)
        out.json({"found": found})
        return 0

    return find


def build_history(lang: Lang) -> Verb:
    """Return `domain history`."""

    @verb("history", lang, say("remote.help-domain-history", lang))
    @click.option("--count", type=COUNT, default=50, metavar="N", help=say("remote.option-count", lang))
    @server_option(lang)
    @click.argument("domain")
    def history(out: Output, *, domain: str, server: str, count: int) -> int:
        path = f"/v1/domains/{part(domain)}/versions"
        found = list(rows(line_to(server, out.lang), api.VersionsPage, path, most=count))[:count]
        headings = (
            "remote.heading-version",
            "remote.heading-at",
            "remote.heading-anchors",
            "remote.heading-crls",
            "remote.heading-plan",
        )
        out.table(
            headings, [(one.version, one.at, one.anchors, one.crls, one.plan[:16] or "-") for one in found]
        )
        out.json({"domain": domain, "versions": found})
        return 0

    return history


def build_compare(lang: Lang) -> Verb:
    """Return `domain compare`."""

    @verb("compare", lang, say("remote.help-domain-compare", lang))
    @server_option(lang)
    @click.argument("domain")
    @click.argument("old", type=_NUMBER)
    @click.argument("new", type=_NUMBER)
    def compare(out: Output, *, domain: str, old: int, new: int, server: str) -> int:
        path = f"/v1/domains/{part(domain)}/versions/{old}/changes/{new}"
        found: api.DiffTold = line_to(server, out.lang).ask(api.DiffTold, "GET", path)
        for sign, names in (("+", found.added), ("-", found.removed), ("~", found.changed)):
            for name in names:
                out.text(f"{sign} {name}")
        if not (found.added or found.removed or found.changed):
            out.line("remote.nothing-differs", old=old, new=new)
        out.json(found)
        return 0

    return compare


def build_follow(lang: Lang) -> Verb:
    """Return `domain follow`."""

    @verb("follow", lang, say("remote.help-domain-follow", lang))
    @click.option("--all", "every", is_flag=True, help=say("remote.option-follow-all", lang))
    @server_option(lang)
    @click.argument("node")
    @click.argument("domains", nargs=-1, metavar="DOMAINS")
    def follow(out: Output, *, node: str, domains: tuple[str, ...], server: str, every: bool) -> int:
        if every == bool(domains):
            raise UsageError("remote.follow-what")
        path = f"/v1/nodes/{part(node)}/domains"
        made: api.NodeTold = line_to(server, out.lang).ask(
            api.NodeTold, "PUT", path, api.DomainsWish(domains)
        )
        followed = list(made.domains) or say("remote.every-domain", out.lang)
        out.line("remote.follows", node=made.name, domains=followed)
        out.json(made)
        return 0

    return follow
