"""For every finding about an endpoint store, a case in which the store itself reports it."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from pathlib import Path

from support.pki import NOW, make_ca
from warifu.adapters.endpoint.sqlite import SqliteEndpoint
from warifu.domain.endpoint import Entry, EntryKind
from warifu.domain.findings import Code, Finding


def _damaged() -> Iterable[Finding]:
    """A row of which one byte was changed behind the store's back."""
    with tempfile.TemporaryDirectory() as folder:
        stores = SqliteEndpoint(folder, owner="root")
        with stores.changing(by="root", now=NOW) as book:
            book.put(Entry("trusted-roots", "old-root", EntryKind.TRUSTED, (make_ca("Root").value,)))
        with closing(sqlite3.connect(Path(folder, "endpoint.sqlite"))) as db, db:
            db.execute("UPDATE entry SET certificates = substr(certificates, 1, 100)")
        with stores.reading() as view:
            return view.entries("trusted-roots").findings


CASES: Mapping[Code, Callable[[], Iterable[Finding]]] = {Code.ENDPOINT_ENTRY_DAMAGED: _damaged}
