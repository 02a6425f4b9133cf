"""What the agent itself does with the endpoint store: entries follow what is published, and the node's own identity is read.

What is to come and go is decided elsewhere; here it is carried out as a whole, and what came back is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from warifu.domain.endpoint import Entry, Secret, SystemStore
from warifu.domain.endpoint.names import MACHINE_ALIAS, fold
from warifu.domain.findings import Finding
from warifu.domain.x509 import Certificate, PrivateKey
from warifu.errors import RefusedError
from warifu.ports.endpoint import Asked, EndpointStores
from warifu.workflows.endpoint_lookup import entries_of

SYNC = "agent:sync"
"""Who changes what follows the directory, in the store's journal: no user can be called so."""


@dataclass(frozen=True, slots=True)
class Held:
    """Everything that a store holds.

    Args:
        findings: rows that could not be read.
    """

    entries: tuple[Entry, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries that come (in the place of those with their aliases) and go, all of them or none.

    Args:
        put: with provenance, trust domain, quarantine and exception as they are to be from now on.
        drop: store and alias; what is not there any more is gone already.
    """

    put: Sequence[Entry] = ()
    drop: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Applied:
    """What a batch did.

    Args:
        resurrected: managed entries that had left this node, and came back with it.
    """

    added: tuple[Entry, ...] = ()
    changed: tuple[Entry, ...] = ()
    removed: tuple[Entry, ...] = ()
    resurrected: tuple[Entry, ...] = ()


def hold(stores: EndpointStores, store: str) -> Held:
    """Return every entry of a store, with its provenance, and what is damaged in it.

    Raises:
        RefusedError: `endpoint.no-such-store`.
        CouldNotLookError: `endpoint.state`.
    """
    with stores.reading() as view:
        entries: list[Entry] = []
        findings: list[Finding] = []
        following: int | None = 0
        while following is not None:
            page = view.entries(store, Asked(following))
            entries += page.entries
            findings += page.findings
            following = page.following
    return Held(tuple(entries), tuple(findings))


def apply_batch(stores: EndpointStores, batch: Batch, *, now: datetime, by: str = SYNC) -> Applied:
    """Carry a batch out in one transaction; what is as it should be is not written again.

    Raises:
        RefusedError: `endpoint.no-such-store`.
        CouldNotLookError: `endpoint.state`; nothing was changed.
    """
    added: list[Entry] = []
    changed: list[Entry] = []
    removed: list[Entry] = []
    back: list[Entry] = []
    with stores.changing(by=by, now=now) as book:
        touched = {entry.store for entry in batch.put} | {store for store, _ in batch.drop}
        there = {(store, fold(one.alias)): one for store in touched for one in entries_of(book, store)}
        gone = {(one.store, one.fingerprint) for one in book.deleted()}
        for store, alias in batch.drop:
            entry = there.pop((store, fold(alias)), None)
            if entry is not None:
                book.drop(store, alias)
                removed.append(entry)
        for entry in batch.put:
            before = there.get((entry.store, fold(entry.alias)))
            if before == entry:
                continue
            book.put(entry)
            (added if before is None else changed).append(entry)
            if before is None and entry.is_managed and (entry.store, entry.fingerprint) in gone:
                back.append(entry)
    return Applied(tuple(added), tuple(changed), tuple(removed), tuple(back))


@dataclass(frozen=True, slots=True)
class Identity:
    """A node's own key with its certificates, leaf first."""

    key: PrivateKey
    certificates: tuple[Certificate, ...]


def read_identity(stores: EndpointStores, alias: str = MACHINE_ALIAS) -> Identity | None:
    """Return the identity of an alias in the store of machine identities; None where there is none yet.

    Raises:
        CouldNotLookError: `endpoint.entry-damaged`, `endpoint.key-file`.
    """
    store = SystemStore.MACHINE_IDENTITY.value
    with stores.reading() as view:
        entry = view.entry(store, alias)
        if entry is None:
            return None
        if not entry.certificates:
            raise RefusedError("endpoint.no-secret", store=store, alias=alias)
        secret = view.secret(store, alias)
    return Identity(PrivateKey.load_pem(secret.reveal()), entry.certificates)


def put_identity(
    stores: EndpointStores, entry: Entry, key: PrivateKey, *, now: datetime, by: str = SYNC
) -> None:
    """Write an identity in one step: key and certificates together, in the place of what was there.

    Args:
        entry: of the kind private key, as `make_entry` checked it against the key.
    """
    with stores.changing(by=by, now=now) as book:
        book.put(entry, Secret(key.to_pkcs8()))
