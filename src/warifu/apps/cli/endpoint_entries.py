"""`warifu endpoint entry list|show|find|get|key`: what a store of this node holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from warifu.apps.cli.endpoint_options import ask, socket_option, store_argument
from warifu.apps.cli.endpoint_view import damaged_of, entry_facts, show_entries, show_entry
from warifu.apps.cli.options import TIME, check_folder
from warifu.apps.cli.render import Output
from warifu.apps.cli.verb import Verb, verb
from warifu.domain.endpoint import Entry, EntryKind, SystemStore
from warifu.domain.endpoint.legacy import Layout, entry_list, published_list
from warifu.domain.findings import Finding, Lang, say
from warifu.domain.x509 import PrivateKey, to_pem
from warifu.domain.x509.writer import crls_to_pem
from warifu.errors import RefusedError, UsageError
from warifu.wire.endpoint import Entries, FindEntries, ListEntries, ReadSecret, SecretRead, entry_of
from warifu.wiring import endpoint as wiring

_PAGE = 256


def verbs(lang: Lang) -> list[click.Command]:
    """Return the verbs that change nothing."""
    return [_list(lang), _show(lang), _find(lang), _get(lang), _key(lang)]


def _list(lang: Lang) -> Verb:
    @verb("list", lang, say("endpoint.help-entry-list", lang))
    @click.option("--aliases", is_flag=True, help=say("endpoint.option-aliases", lang))
    @click.option("--text", "as_text", is_flag=True, help=say("endpoint.option-text", lang))
    @click.option("--legacy", is_flag=True, help=say("endpoint.option-legacy", lang))
    @click.option("--ends-after", type=TIME, metavar="TIME", help=say("endpoint.option-ends-after", lang))
    @click.option("--ends-before", type=TIME, metavar="TIME", help=say("endpoint.option-ends-before", lang))
    @click.option("--after", type=click.IntRange(min=0), default=0, help=say("endpoint.option-after", lang))
    @click.option(
        "--page", type=click.IntRange(1, 1_000), default=None, help=say("endpoint.option-page", lang)
    )
    @socket_option(lang)
    @store_argument()
    def list_(out: Output, socket: str, store: str, *, legacy: bool, page: int | None, **options: Any) -> int:
        as_text, aliases = options.pop("as_text"), options.pop("aliases")
        if (as_text or aliases) and not legacy:
            raise UsageError("endpoint.legacy-only")
        asked = ListEntries(store=store, most=page or _PAGE, **options)
        entries, damaged, last = _fetched(socket, asked, once=page is not None)
        if legacy:
            layout = Layout.TEXT if as_text else Layout.ALIASES if aliases else Layout.PEM
            out.stream.write(entry_list(entries, layout))
            return 0
        show_entries(out, entries, damaged, last)
        return 0

    return list_


def _fetched(socket: str, asked: ListEntries, *, once: bool) -> tuple[list[Entry], list[Finding], Entries]:
    """Return the entries of one page, or of all from there on, and the last answer."""
    entries: list[Entry] = []
    damaged: list[Finding] = []
    while True:
        page = ask(socket, asked, Entries)
        entries += map(entry_of, page.entries)
        damaged += damaged_of(page)
        if once or page.following is None:
            return entries, damaged, page
        asked = ListEntries(
            store=asked.store,
            after=page.following,
            most=asked.most,
            ends_before=asked.ends_before,
            ends_after=asked.ends_after,
        )


def _show(lang: Lang) -> Verb:
    @verb("show", lang, say("endpoint.help-entry-show", lang))
    @socket_option(lang)
    @store_argument()
    @click.argument("name")
    def show(out: Output, socket: str, store: str, name: str) -> int:
        entry = _the_entry(socket, store, name)
        show_entry(out, entry)
        return 0

    return show


def _find(lang: Lang) -> Verb:
    @verb("find", lang, say("endpoint.help-entry-find", lang))
    @socket_option(lang)
    @click.argument("name")
    def find(out: Output, socket: str, name: str) -> int:
        found = [entry_of(row) for row in ask(socket, FindEntries(name=name), Entries).entries]
        if not found:
            raise RefusedError("endpoint.found-nowhere", name=name)
        show_entries(out, found, [], None)
        return 0

    return find


def _the_entry(socket: str, store: str, name: str) -> Entry:
    found = [entry_of(row) for row in ask(socket, FindEntries(name=name, store=store), Entries).entries]
    if not found:
        raise RefusedError("endpoint.no-such-entry", store=store, alias=name)
    if len(found) > 1:
        listed = "".join(f"\n  {one.alias} [SHA-256 {one.fingerprint}]" for one in found)
        raise RefusedError(
            "endpoint.ambiguous-entry", store=store, name=name, how="-", count=len(found), matches=listed
        )
    return found[0]


def _get(lang: Lang) -> Verb:
    @verb("get", lang, say("endpoint.help-entry-get", lang))
    @click.option("--out", "file", default="", metavar="FILE", help=say("endpoint.option-out", lang))
    @socket_option(lang)
    @store_argument()
    @click.argument("name")
    def get(out: Output, socket: str, store: str, name: str, file: str) -> int:
        entry = _the_entry(socket, store, name)
        data = crls_to_pem([entry.crl]) if entry.crl else to_pem(entry.certificates)
        if not data:
            raise RefusedError("endpoint.no-certificate", store=entry.store, alias=entry.alias)
        if file:
            _write(file, data)
            out.line("endpoint.written", path=file)
        else:
            out.text(data.decode("ascii").removesuffix("\n"))
        out.json(entry_facts(entry) | ({"file": file} if file else {"pem": data.decode("ascii")}))
        return 0

    return get


def _key(lang: Lang) -> Verb:
    @verb("key", lang, say("endpoint.help-entry-key", lang))
    @click.option("--locked", is_flag=True, help=say("endpoint.option-locked", lang))
    @click.option("--password-file", default="", metavar="FILE", help=say("endpoint.option-opens", lang))
    @click.option("--out", "file", required=True, metavar="FILE", help=say("endpoint.option-key-out", lang))
    @socket_option(lang)
    @store_argument()
    @click.argument("name")
    def key(
        out: Output, socket: str, store: str, name: str, *, file: str, password_file: str, locked: bool
    ) -> int:
        if file != "-":
            check_folder(wiring.files(), file)
        read = ask(socket, ReadSecret(store=store, name=name), SecretRead)
        data = read.data
        if read.entry.kind is EntryKind.ENCRYPTED_KEY and not locked:
            if not password_file:
                raise UsageError("endpoint.password-needed", store=read.entry.store, alias=read.entry.alias)
            data = PrivateKey.load_pem(data, wiring.password(password_file, out.lang)).to_pkcs8()
        if file == "-":
            wiring.to_standard_output(data)
            return 0
        _write(file, data)
        out.line("endpoint.written-private", path=file)
        out.json({"store": read.entry.store, "alias": read.entry.alias, "file": file})
        return 0

    return key


def _write(file: str, data: bytes) -> None:
    check_folder(wiring.files(), file)
    wiring.files().write(file, data, mode=0o600)


def published(lang: Lang) -> Verb:
    """Return the verb that lists what this node holds of published trust."""

    @verb("published", lang, say("endpoint.help-published", lang))
    @click.option("--legacy", is_flag=True, help=say("endpoint.option-legacy-directory", lang))
    @socket_option(lang)
    def published_(out: Output, socket: str, *, legacy: bool) -> int:
        roots, crls = (
            list(_managed(socket, store)) for store in (SystemStore.TRUSTED_ROOTS, SystemStore.CRLS)
        )
        if legacy:
            anchors = [one.certificates[0] for one in roots if one.certificates]
            out.stream.write(published_list(anchors, [one.crl for one in crls if one.crl]))
            return 0
        show_entries(out, [*roots, *crls], [], None)
        return 0

    return published_


def _managed(socket: str, store: str) -> Iterator[Entry]:
    entries, _, _ = _fetched(socket, ListEntries(store=store, most=_PAGE), once=False)
    return (one for one in entries if one.is_managed)
