"""An endpoint store's file, opened, filled and changed behind the store's back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from support.pki import NOW, Entity, make_ca
from warifu.adapters.endpoint.sqlite import SqliteEndpoint
from warifu.domain.endpoint import Entry, EntryKind, Secret

ROOT = make_ca("Root")
WEB = ROOT.leaf("web.example")
SECRET = Secret(b"correct horse battery staple")


def opened(folder: Path, credential: Secret | None = None) -> SqliteEndpoint:
    return SqliteEndpoint(str(folder), owner="root", credential=credential)


def put(stores: SqliteEndpoint, entry: Entry, secret: Secret | None = None) -> None:
    with stores.changing(by="alice", now=NOW) as book:
        book.put(entry, secret)


def identity(alias: str = "web", leaf: Entity = WEB) -> Entry:
    chain = (leaf.value, ROOT.value)
    return Entry("machine-identity", alias, EntryKind.PRIVATE_KEY, chain, added=NOW)


def anchor(number: int) -> Entry:
    return Entry("trusted-roots", f"root-{number}", EntryKind.TRUSTED, (ROOT.value,))


def change_file(folder: Path, statement: str) -> None:
    with closing(sqlite3.connect(folder / "endpoint.sqlite")) as db, db:
        db.execute(statement)


def secret_of(stores: SqliteEndpoint, alias: str, store: str = "machine-identity") -> Secret:
    with stores.reading() as view:
        return view.secret(store, alias)
