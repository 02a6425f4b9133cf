"""`warifu endpoint`: the endpoint store of this node, as its agent keeps it."""

from __future__ import annotations

import click

from warifu.apps.cli import endpoint_access, endpoint_change, endpoint_entries, endpoint_exceptions
from warifu.apps.cli.endpoint_options import ask, socket_option, store_argument
from warifu.apps.cli.render import Output
from warifu.apps.cli.verb import Verb, VerbGroup, verb
from warifu.domain.endpoint.legacy import store_list
from warifu.domain.findings import Lang, say
from warifu.errors import RefusedError
from warifu.wire.endpoint import (
    DeletedEntries,
    Done,
    DropStore,
    Journal,
    ListDeleted,
    ListEntries,
    ListStores,
    MakeStore,
    ReadJournal,
    RotateKeys,
    Stores,
)
from warifu.wire.endpoint import Entries as Page


def build(lang: Lang) -> VerbGroup:
    """Return the verb."""
    return VerbGroup(
        "endpoint",
        lang,
        say("endpoint.help", lang),
        [
            _stores(lang),
            VerbGroup(
                "entry",
                lang,
                say("endpoint.help-entry", lang),
                [*endpoint_entries.verbs(lang), *endpoint_change.verbs(lang)],
            ),
            endpoint_access.build(lang),
            endpoint_exceptions.build(lang),
            endpoint_entries.published(lang),
            _deleted(lang),
            _journal(lang),
            _rotate(lang),
        ],
    )


def _stores(lang: Lang) -> VerbGroup:
    verbs = [_list_stores(lang), _create(lang), _delete(lang)]
    return VerbGroup("store", lang, say("endpoint.help-store", lang), verbs)


def _list_stores(lang: Lang) -> Verb:
    @verb("list", lang, say("endpoint.help-store-list", lang))
    @click.option("--legacy", is_flag=True, help=say("endpoint.option-legacy", lang))
    @socket_option(lang)
    def list_(out: Output, socket: str, *, legacy: bool) -> int:
        found = ask(socket, ListStores(), Stores).stores
        if legacy:
            out.stream.write(store_list(one.name for one in found))
            return 0
        out.table(
            (
                "endpoint.heading-store",
                "endpoint.heading-owner",
                "endpoint.heading-rights",
                "endpoint.heading-count",
            ),
            [
                (one.name, one.owner, ", ".join(one.rights), "-" if one.count is None else one.count)
                for one in found
            ],
        )
        out.json(
            {
                "stores": [
                    {"name": one.name, "owner": one.owner, "rights": one.rights, "entries": one.count}
                    for one in found
                ]
            }
        )
        return 0

    return list_


def _create(lang: Lang) -> Verb:
    @verb("create", lang, say("endpoint.help-store-create", lang))
    @socket_option(lang)
    @store_argument()
    def create(out: Output, socket: str, store: str) -> int:
        done = ask(socket, MakeStore(name=store), Done)
        out.line("endpoint.store-created", store=done.store)
        out.json({"outcome": done.outcome, "store": done.store})
        return 0

    return create


def _delete(lang: Lang) -> Verb:
    @verb("delete", lang, say("endpoint.help-store-delete", lang))
    @click.option("--confirm", default="", metavar="STORE", help=say("endpoint.option-confirm", lang))
    @socket_option(lang)
    @store_argument()
    def delete(out: Output, socket: str, store: str, confirm: str) -> int:
        if confirm != store:
            held = ask(socket, ListEntries(store=store, most=1), Page).total
            if held:
                raise RefusedError("endpoint.store-not-empty", store=store, count=held)
        done = ask(socket, DropStore(name=store), Done)
        out.line("endpoint.store-deleted", store=done.store)
        out.json({"outcome": done.outcome, "store": done.store})
        return 0

    return delete


def _deleted(lang: Lang) -> click.Command:
    @verb("deleted", lang, say("endpoint.help-deleted", lang))
    @socket_option(lang)
    def deleted(out: Output, socket: str) -> int:
        rows = ask(socket, ListDeleted(), DeletedEntries).deleted
        out.table(
            (
                "endpoint.heading-store",
                "endpoint.heading-alias",
                "endpoint.heading-domain",
                "endpoint.heading-deleted",
                "endpoint.heading-by",
                "endpoint.heading-fingerprint",
            ),
            [(one.store, one.alias, one.domain, one.at, one.by, one.fingerprint) for one in rows],
        )
        out.json({"deleted": [{name: getattr(one, name) for name in one.__struct_fields__} for one in rows]})
        return 0

    return deleted


def _journal(lang: Lang) -> click.Command:
    @verb("journal", lang, say("endpoint.help-journal", lang))
    @click.option(
        "--after", type=click.IntRange(min=0), default=0, help=say("endpoint.option-after-row", lang)
    )
    @socket_option(lang)
    def journal(out: Output, socket: str, after: int) -> int:
        rows = ask(socket, ReadJournal(after=after, most=1_000), Journal).rows
        out.table(
            (
                "endpoint.heading-number",
                "endpoint.heading-at",
                "endpoint.heading-by",
                "endpoint.heading-act",
                "endpoint.heading-store",
                "endpoint.heading-alias",
            ),
            [(one.number, one.at, one.who, one.act, one.store or "-", one.alias or "-") for one in rows],
        )
        out.json({"journal": [{name: getattr(one, name) for name in one.__struct_fields__} for one in rows]})
        return 0

    return journal


def _rotate(lang: Lang) -> click.Command:
    @verb("rotate-key", lang, say("endpoint.help-rotate", lang))
    @socket_option(lang)
    def rotate(out: Output, socket: str) -> int:
        done = ask(socket, RotateKeys(), Done)
        out.line("endpoint.rotated", number=done.number)
        out.json({"outcome": done.outcome, "number": done.number})
        return 0

    return rotate
