"""`warifu logout`: ends a session, and forgets the server."""

from __future__ import annotations

from warifu.apps.cli.remote import server_option
from warifu.apps.cli.render import Output
from warifu.apps.cli.verb import Verb, verb
from warifu.domain.findings import Lang, say
from warifu.errors import CouldNotLookError, RefusedError


def build(lang: Lang) -> Verb:
    """Return the verb."""

    @verb("logout", lang, say("remote.help-logout", lang))
    @server_option(lang)
    def logout(out: Output, *, server: str) -> int:
        from warifu.wiring import remote as wiring  # noqa: PLC0415 - costs half a second

        known = wiring.saved(server)
        is_ended = True
        if known.token:
            try:
                wiring.line(known, out.lang).ask(None, "DELETE", "/v1/sessions/current")
            except CouldNotLookError:
                is_ended = False
            except RefusedError as error:
                if error.code != "server.not-signed-in":  # the session has ended by itself
                    raise
        wiring.servers().forget(known.url)
        out.line("remote.signed-out" if is_ended else "remote.signed-out-here", server=known.url)
        out.json({"server": known.url, "ended": is_ended})
        return 0

    return logout
