"""`warifu endpoint exception`: where this node differs from what is published, on purpose and for a time."""

from __future__ import annotations

from datetime import datetime

import click

from warifu.apps.cli.endpoint_options import ask, socket_option, store_argument
from warifu.apps.cli.options import TIME
from warifu.apps.cli.render import Output
from warifu.apps.cli.verb import Verb, VerbGroup, verb
from warifu.domain.findings import Lang, say
from warifu.wire.endpoint import Done, EndException, Entries, ListExceptions, SetException


def build(lang: Lang) -> VerbGroup:
    """Return the verb."""
    return VerbGroup(
        "exception", lang, say("endpoint.help-exception", lang), [_add(lang), _list(lang), _end(lang)]
    )


def _add(lang: Lang) -> Verb:
    @verb("add", lang, say("endpoint.help-exception-add", lang))
    @click.option("--distrust", is_flag=True, help=say("endpoint.option-distrust", lang))
    @click.option(
        "--until", type=TIME, required=True, metavar="TIME", help=say("endpoint.option-until", lang)
    )
    @click.option("--reason", required=True, metavar="TEXT", help=say("endpoint.option-reason", lang))
    @socket_option(lang)
    @store_argument()
    @click.argument("name")
    def add(
        out: Output, socket: str, store: str, name: str, *, reason: str, until: datetime, distrust: bool
    ) -> int:
        question = SetException(store=store, name=name, reason=reason, until=until, distrusts=distrust)
        done = ask(socket, question, Done)
        key = "endpoint.excepted-distrusted" if distrust else "endpoint.excepted-kept"
        out.line(key, store=done.store, alias=done.alias, until=until)
        out.json({"outcome": done.outcome, "store": done.store, "alias": done.alias})
        return 0

    return add


def _list(lang: Lang) -> Verb:
    @verb("list", lang, say("endpoint.help-exception-list", lang))
    @socket_option(lang)
    def list_(out: Output, socket: str) -> int:
        entries = ask(socket, ListExceptions(), Entries).entries
        found = [(one, one.exception) for one in entries if one.exception is not None]
        words = {True: say("endpoint.distrusted", out.lang), False: say("endpoint.kept", out.lang)}
        out.table(
            (
                "endpoint.heading-store",
                "endpoint.heading-alias",
                "endpoint.heading-here",
                "endpoint.heading-until",
                "endpoint.heading-by",
                "endpoint.heading-reason",
            ),
            [
                (one.store, one.alias, words[held.distrusts], held.until, held.by, held.reason)
                for one, held in found
            ],
        )
        rows = [
            {"store": one.store, "alias": one.alias}
            | {name: getattr(held, name) for name in held.__struct_fields__}
            for one, held in found
        ]
        out.json({"exceptions": rows})
        return 0

    return list_


def _end(lang: Lang) -> Verb:
    @verb("end", lang, say("endpoint.help-exception-end", lang))
    @socket_option(lang)
    @store_argument()
    @click.argument("name")
    def end(out: Output, socket: str, store: str, name: str) -> int:
        done = ask(socket, EndException(store=store, name=name), Done)
        out.line("endpoint.exception-ended", store=done.store, alias=done.alias)
        out.json({"outcome": done.outcome, "store": done.store, "alias": done.alias})
        return 0

    return end
