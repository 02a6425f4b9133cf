"""`warifu whoami`: who one is to a server, and what one may do there."""

from __future__ import annotations

from warifu.apps.cli.remote import server_option
from warifu.apps.cli.render import Output
from warifu.apps.cli.verb import Verb, verb
from warifu.domain.directory.roles import Act, Role, act_named, role_named
from warifu.domain.findings import Lang, say
from warifu.wire import api


def build(lang: Lang) -> Verb:
    """Return the verb."""

    @verb("whoami", lang, say("remote.help-whoami", lang))
    @server_option(lang)
    def whoami(out: Output, *, server: str) -> int:
        from warifu.wiring import remote as wiring  # noqa: PLC0415 - costs half a second

        known = wiring.saved(server)
        told: api.SelfTold = wiring.line(known, out.lang).ask(api.SelfTold, "GET", "/v1/self")
        out.line("remote.you-are", person=told.person, server=known.url)
        out.line("remote.your-roles", roles=roles_named(told.roles, out.lang) or "-")
        out.line("remote.your-acts", acts=[_act(act, out.lang) for act in told.acts] or "-")
        out.json({"server": known.url, "person": told.person, "roles": told.roles, "acts": told.acts})
        return 0

    return whoami


def roles_named(roles: tuple[str, ...], lang: Lang) -> list[str]:
    """Return roles as people call them; one that a later server has stays as it is told."""
    return [role_named(Role(role), lang) if role in set(Role) else role for role in roles]


def _act(act: str, lang: Lang) -> str:
    return act_named(Act(act), lang) if act in set(Act) else act
