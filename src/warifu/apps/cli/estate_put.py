"""`warifu estate put`: a server keeps an estate, every version of it."""

from __future__ import annotations

import click

from warifu.apps.cli.remote import server_option
from warifu.apps.cli.render import Output
from warifu.apps.cli.verb import Verb, verb
from warifu.domain.findings import Lang, say


def put_verb(lang: Lang) -> Verb:
    """Return the verb."""

    @verb("put", lang, say("rollouts.help-put", lang))
    @click.argument("files", nargs=-1, required=True, metavar="FILE.toml...")
    @click.option("--listing", multiple=True, metavar="FILE.pem", help=say("rollouts.option-listing", lang))
    @click.option(
        "--basis", type=int, default=None, metavar="VERSION", help=say("rollouts.option-basis", lang)
    )
    @server_option(lang)
    def put(
        out: Output, files: tuple[str, ...], listing: tuple[str, ...], basis: int | None, server: str
    ) -> int:
        from warifu.apps.cli.there_work import put_estate  # noqa: PLC0415 - costs half a second

        return put_estate(out, server, {"files": files, "listing": listing, "basis": basis})

    return put
