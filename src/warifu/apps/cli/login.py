"""`warifu login`: signs in to a server by a one-time link, a password or a client certificate."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from warifu.apps.cli.render import Output
from warifu.apps.cli.verb import Verb, verb
from warifu.domain.findings import Lang, say
from warifu.errors import UsageError
from warifu.wire import api

if TYPE_CHECKING:
    from warifu.ports.person_line import SavedServer


def build(lang: Lang) -> Verb:
    """Return the verb."""

    @verb("login", lang, say("remote.help-login", lang))
    @click.option("--ca", default="", metavar="FILE", help=say("remote.option-ca", lang))
    @click.option("--root", default="", metavar="SHA256", help=say("remote.option-root", lang))
    @click.option("--key", default="", metavar="FILE", help=say("remote.option-key", lang))
    @click.option("--certificate", default="", metavar="FILE", help=say("remote.option-certificate", lang))
    @click.option("--password-file", default="", metavar="FILE", help=say("remote.option-password", lang))
    @click.option("--person", default="", metavar="NAME", help=say("remote.option-person", lang))
    @click.argument("address", metavar="LINK|URL")
    def login(  # one argument an option
        out: Output,
        *,
        address: str,
        person: str,
        password_file: str,
        certificate: str,
        key: str,
        root: str,
        ca: str,
    ) -> int:
        from warifu.wiring import remote as wiring  # noqa: PLC0415 - costs half a second

        place, pair = password_file, wiring.check_pair(certificate, key)
        server, token = wiring.found_at(address, root, ca)
        if token and (person or any(pair)):
            raise UsageError("remote.link-alone")
        if any(pair):
            shown = replace(server, certificate=pair[0], key=pair[1])
            told: api.SelfTold = wiring.line(shown, out.lang).ask(api.SelfTold, "GET", "/v1/self")
            return _keep(out, replace(shown, person=told.person), told.roles)
        if token:
            wish: object = api.LinkWish(token, wiring.new_password(place, out.lang))
            path = "/v1/links"
        else:
            if not person:
                raise UsageError("remote.no-person")
            wish, path = api.SignInWish(person, wiring.password(place, out.lang)), "/v1/sessions"
        session: api.SessionTold = wiring.line(server, out.lang).ask(api.SessionTold, "POST", path, wish)
        signed = replace(server, person=session.person, token=session.token)
        return _keep(out, signed, session.roles, ends=session.ends)

    return login


def _keep(out: Output, server: SavedServer, roles: tuple[str, ...], ends: object = None) -> int:
    from warifu.wiring import remote as wiring  # noqa: PLC0415

    wiring.servers().keep(server)
    out.line("remote.signed-in", person=server.person, server=server.url, roles=roles or "-")
    if ends is not None:
        out.line("remote.session-ends", ends=ends)
    out.json({"server": server.url, "person": server.person, "roles": list(roles), "ends": ends})
    return 0
