"""`warifu endpoint entry add|replace|rename|delete`: entries of a store change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from warifu.apps.cli.endpoint_options import ask, socket_option, store_argument
from warifu.apps.cli.render import Output
from warifu.apps.cli.verb import Verb, verb
from warifu.domain.endpoint import Outcome
from warifu.domain.findings import Lang, say
from warifu.wire.endpoint import AddEntry, Done, DropEntry, RenameEntry
from warifu.wiring import endpoint as wiring

_TOLD = {
    Outcome.CREATED: "endpoint.entry-created",
    Outcome.UNCHANGED: "endpoint.entry-unchanged",
    Outcome.REPLACED: "endpoint.entry-replaced",
    Outcome.KEPT_HERE_TOO: "endpoint.entry-kept",
    Outcome.DELETED: "endpoint.entry-deleted",
    Outcome.RENAMED: "endpoint.entry-renamed",
}


def verbs(lang: Lang) -> list[click.Command]:
    """Return the verbs that change entries."""
    return [_add(lang), _replace(lang), _rename(lang), _delete(lang)]


def _offer_options(lang: Lang) -> Callable[[Any], Any]:
    """The files that an entry is made of."""
    options = [
        click.option("--cert", default="", metavar="FILE", help=say("endpoint.option-cert", lang)),
        click.option("--key", default="", metavar="FILE", help=say("endpoint.option-key", lang)),
        click.option("--crl", default="", metavar="FILE", help=say("endpoint.option-crl", lang)),
        click.option("--secret-file", default="", metavar="FILE", help=say("endpoint.option-secret", lang)),
        click.option(
            "--password-file", default="", metavar="FILE", help=say("endpoint.option-password", lang)
        ),
    ]

    def decorate(function: Any) -> Any:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


def _add(lang: Lang) -> Verb:
    @verb("add", lang, say("endpoint.help-entry-add", lang))
    @click.option("--alias", default="", help=say("endpoint.option-alias", lang))
    @_offer_options(lang)
    @socket_option(lang)
    @store_argument()
    def add(out: Output, socket: str, store: str, alias: str, **files: str) -> int:
        offer = wiring.read_offer(**files, lang=out.lang)
        question = AddEntry(
            store=store,
            alias=alias,
            certificates=list(offer.certificates),
            crl=offer.crl,
            key=offer.key.reveal() if offer.key else None,
            password=offer.password.reveal() if offer.password else None,
            secret=offer.secret.reveal() if offer.secret else None,
        )
        return _tell(out, ask(socket, question, Done))

    return add


def _replace(lang: Lang) -> Verb:
    @verb("replace", lang, say("endpoint.help-entry-replace", lang))
    @_expect_option(lang)
    @_offer_options(lang)
    @socket_option(lang)
    @store_argument()
    @click.argument("name")
    def replace(
        out: Output, socket: str, store: str, name: str, *, expected: tuple[str, ...], **files: str
    ) -> int:
        offer = wiring.read_offer(**files, lang=out.lang)
        question = AddEntry(
            store=store,
            certificates=list(offer.certificates),
            crl=offer.crl,
            key=offer.key.reveal() if offer.key else None,
            password=offer.password.reveal() if offer.password else None,
            secret=offer.secret.reveal() if offer.secret else None,
            replaces=name,
            expected=list(expected),
        )
        return _tell(out, ask(socket, question, Done))

    return replace


def _expect_option(lang: Lang) -> Callable[[Any], Any]:
    return click.option(
        "--expect", "expected", multiple=True, metavar="ID", help=say("endpoint.option-expect", lang)
    )


def _rename(lang: Lang) -> Verb:
    @verb("rename", lang, say("endpoint.help-entry-rename", lang))
    @socket_option(lang)
    @store_argument()
    @click.argument("name")
    @click.argument("alias")
    def rename(out: Output, socket: str, store: str, name: str, alias: str) -> int:
        return _tell(out, ask(socket, RenameEntry(store=store, name=name, alias=alias), Done))

    return rename


def _delete(lang: Lang) -> Verb:
    @verb("delete", lang, say("endpoint.help-entry-delete", lang))
    @_expect_option(lang)
    @socket_option(lang)
    @store_argument()
    @click.argument("name")
    def delete(out: Output, socket: str, store: str, name: str, expected: tuple[str, ...]) -> int:
        return _tell(out, ask(socket, DropEntry(store=store, name=name, expected=list(expected)), Done))

    return delete


def _tell(out: Output, done: Done) -> int:
    out.line(_TOLD[Outcome(done.outcome)], store=done.store, alias=done.alias)
    out.json(
        {
            "outcome": done.outcome,
            "store": done.store,
            "alias": done.alias,
            "sha256": done.fingerprint or None,
        }
    )
    return 0
