"""`warifu person`: who can sign in to a server, by what, with which roles."""

from __future__ import annotations

import click

from warifu.apps.cli.options import OneOf
from warifu.apps.cli.remote import line_to, part, server_option
from warifu.apps.cli.render import Output
from warifu.apps.cli.verb import Verb, VerbGroup, verb
from warifu.apps.cli.whoami import roles_named
from warifu.domain.directory.roles import Role
from warifu.domain.findings import Lang, say
from warifu.wire import api

ROLE = OneOf(*(role.value for role in Role))


def build(lang: Lang) -> VerbGroup:
    """Return the verb."""
    verbs = [_list(lang), _add(lang), _roles(lang), _certificates(lang), _link(lang), _end(lang)]
    return VerbGroup("person", lang, say("remote.help-person", lang), verbs)


def _list(lang: Lang) -> Verb:
    @verb("list", lang, say("remote.help-person-list", lang))
    @server_option(lang)
    def list_(out: Output, *, server: str) -> int:
        found: tuple[api.PersonTold, ...] = line_to(server, out.lang).ask(
            tuple[api.PersonTold, ...], "GET", "/v1/people"
        )
        headings = (
            "remote.heading-person",
            "remote.heading-roles",
            "remote.heading-signs-in",
            "remote.heading-since",
            "remote.heading-ended",
        )
        out.table(
            headings,
            [
                (
                    one.name,
                    roles_named(one.roles, out.lang) or "-",
                    _way(one, out.lang),
                    one.created or "-",
                    one.ended or "-",
                )
                for one in found
            ],
        )
        out.json({"people": found})
        return 0

    return list_


def _way(one: api.PersonTold, lang: Lang) -> str:
    ways = [say("remote.by-password", lang)] if one.has_password else []
    ways += [say("remote.by-certificate", lang)] if one.certificates else []
    return ", ".join(ways) or "-"


def _tell(out: Output, one: api.PersonTold) -> int:
    roles = roles_named(one.roles, out.lang) or "-"
    keys = [key[:16] for key in one.certificates] or "-"
    out.line("remote.person-stands", person=one.name, roles=roles, certificates=keys)
    out.json(one)
    return 0


def _add(lang: Lang) -> Verb:
    @verb("add", lang, say("remote.help-person-add", lang))
    @click.option("--role", "roles", type=ROLE, multiple=True, help=say("remote.option-role", lang))
    @server_option(lang)
    @click.argument("name")
    def add(out: Output, *, name: str, server: str, roles: tuple[str, ...]) -> int:
        wish = api.PersonWish(name, roles)
        return _tell(out, line_to(server, out.lang).ask(api.PersonTold, "POST", "/v1/people", wish))

    return add


def _roles(lang: Lang) -> Verb:
    @verb("roles", lang, say("remote.help-person-roles", lang))
    @click.option("--role", "roles", type=ROLE, multiple=True, help=say("remote.option-role", lang))
    @server_option(lang)
    @click.argument("name")
    def roles_(out: Output, *, name: str, server: str, roles: tuple[str, ...]) -> int:
        wish, path = api.RolesWish(roles), f"/v1/people/{part(name)}/roles"
        return _tell(out, line_to(server, out.lang).ask(api.PersonTold, "PUT", path, wish))

    return roles_


def _certificates(lang: Lang) -> Verb:
    @verb("certificates", lang, say("remote.help-person-certificates", lang))
    @server_option(lang)
    @click.argument("name")
    @click.argument("files", nargs=-1, metavar="FILES")
    def certificates(out: Output, *, name: str, files: tuple[str, ...], server: str) -> int:
        from warifu.wiring import remote as wiring  # noqa: PLC0415 - costs half a second

        found = wiring.read_all(files).certificates
        leaves = [one.fingerprint.hex for one in found if not one.is_ca]
        wish, path = (
            api.CertificatesWish(tuple(dict.fromkeys(leaves))),
            f"/v1/people/{part(name)}/certificates",
        )
        return _tell(out, line_to(server, out.lang).ask(api.PersonTold, "PUT", path, wish))

    return certificates


def _link(lang: Lang) -> Verb:
    @verb("link", lang, say("remote.help-person-link", lang))
    @click.option("--out", "file", default="", metavar="FILE", help=say("remote.option-secret-out", lang))
    @server_option(lang)
    @click.argument("name")
    def link(out: Output, *, name: str, server: str, file: str) -> int:
        path = f"/v1/people/{part(name)}/link"
        made: api.InviteTold = line_to(server, out.lang).ask(api.InviteTold, "POST", path)
        tell_secret(out, file, made.link)
        if not file:
            out.line("remote.link-made", person=made.person, link=made.link)
        out.json({"person": made.person, **({"file": file} if file else {"link": made.link})})
        return 0

    return link


def tell_secret(out: Output, file: str, secret: str) -> None:
    """Write a secret to a private file, where one is named."""
    from warifu.wiring import remote as wiring  # noqa: PLC0415

    if file:
        wiring.write_private(file, secret.encode() + b"\n")
        out.line("remote.secret-written", path=file)


def _end(lang: Lang) -> Verb:
    @verb("end", lang, say("remote.help-person-end", lang))
    @server_option(lang)
    @click.argument("name")
    def end(out: Output, *, name: str, server: str) -> int:
        line_to(server, out.lang).ask(None, "DELETE", f"/v1/people/{part(name)}")
        out.line("remote.person-ended", person=name)
        out.json({"person": name, "ended": True})
        return 0

    return end
