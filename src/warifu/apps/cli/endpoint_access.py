"""`warifu endpoint permission`: who may do what with a store of this node."""

from __future__ import annotations

import click

from warifu.apps.cli.endpoint_options import ask, socket_option, store_argument
from warifu.apps.cli.options import OneOf
from warifu.apps.cli.render import Output
from warifu.apps.cli.verb import Verb, VerbGroup, verb
from warifu.domain.endpoint import Access, Ace, Act, Principal, Right, Store
from warifu.domain.endpoint.legacy import permission_list
from warifu.domain.endpoint.names import fold, store_named
from warifu.domain.endpoint.permissions import RIGHTS
from warifu.domain.findings import Lang, say
from warifu.errors import RefusedError
from warifu.wire.endpoint import ChangeAccess, Done, ListStores, StoreRow, Stores


def build(lang: Lang) -> VerbGroup:
    """Return the verb."""
    changes = (
        _change("grant", Act.GRANT, "endpoint.help-grant", lang),
        _change("revoke", Act.REVOKE, "endpoint.help-revoke", lang),
        _change("deny", Act.DENY, "endpoint.help-deny", lang),
        _change("allow", Act.ALLOW, "endpoint.help-allow", lang),
    )
    return VerbGroup("permission", lang, say("endpoint.help-permission", lang), [_list(lang), *changes])


def _list(lang: Lang) -> Verb:
    @verb("list", lang, say("endpoint.help-permission-list", lang))
    @click.option("--legacy", is_flag=True, help=say("endpoint.option-legacy", lang))
    @socket_option(lang)
    @store_argument()
    def list_(out: Output, socket: str, store: str, *, legacy: bool) -> int:
        row = _row(ask(socket, ListStores(), Stores).stores, store)
        if legacy:
            out.stream.write(permission_list(_store(row)))
            return 0
        out.line("endpoint.owned-by", store=row.name, owner=row.owner)
        out.table(
            ("endpoint.heading-who", "endpoint.heading-granted", "endpoint.heading-denied"),
            [
                (ace.principal, ", ".join(ace.granted) or "-", ", ".join(ace.denied) or "-")
                for ace in row.aces
            ],
        )
        rows = [{"who": ace.principal, "granted": ace.granted, "denied": ace.denied} for ace in row.aces]
        out.json({"store": row.name, "owner": row.owner, "rights": row.rights, "permissions": rows})
        return 0

    return list_


def _change(name: str, act: Act, text: str, lang: Lang) -> Verb:
    @verb(name, lang, say(text, lang))
    @click.option(
        "--right",
        "rights",
        type=OneOf(*RIGHTS),
        multiple=True,
        required=True,
        help=say("endpoint.option-right", lang),
    )
    @socket_option(lang)
    @store_argument()
    @click.argument("principal", metavar="WHO")
    def change(out: Output, socket: str, store: str, principal: str, rights: tuple[str, ...]) -> int:
        question = ChangeAccess(store=store, principal=principal, rights=list(rights), act=act.value)
        done = ask(socket, question, Done)
        key = "endpoint.access-unchanged" if done.outcome == "unchanged" else "endpoint.access-changed"
        out.line(key, store=done.store, who=str(Principal.parse(principal)))
        out.json({"outcome": done.outcome, "store": done.store})
        return 0

    return change


def _row(stores: tuple[StoreRow, ...], name: str) -> StoreRow:
    own = fold(store_named(name))
    found = next((one for one in stores if fold(one.name) == own), None)
    if found is None:
        raise RefusedError("endpoint.no-such-store", store=name)
    return found


def _store(row: StoreRow) -> Store:
    aces = (
        Ace(Principal.parse(ace.principal), Right.parse(ace.granted), Right.parse(ace.denied))
        for ace in row.aces
    )
    return Store(row.name, Access(row.owner, tuple(aces)))
