"""Questions at an endpoint store's door, answered as far as who asks may know or do.

Every question is decided by the permissions of the store it names, inside the transaction that carries it out, and
every change and every key that leaves is written to the store's journal with the name of who asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from warifu.domain.endpoint import Act, Entry, Peer, Principal, Right, Store
from warifu.domain.endpoint.entries import WITH_SECRET
from warifu.domain.endpoint.names import check_deletable, check_store_name, fold
from warifu.domain.endpoint.permissions import (
    Access,
    change_access,
    check_administers,
    check_right,
    check_root,
    may_administer,
    rights_of,
)
from warifu.errors import RefusedError, UsageError
from warifu.ports.endpoint import Asked, EndpointStores, Listed
from warifu.wire import endpoint as wire
from warifu.workflows import endpoint_changes as changes
from warifu.workflows.endpoint_lookup import entries_of, find_entries, store_in, the_entry


def answer(stores: EndpointStores, peer: Peer, question: wire.Question, *, now: datetime) -> wire.Message:
    """Return the answer to a question.

    Raises:
        WarifuError: it is refused, or could not be done; nothing was changed then.
    """
    return _ANSWERS[type(question)](stores, peer, question, now)


def _list_stores(stores: EndpointStores, peer: Peer, _: wire.ListStores, __: datetime) -> wire.Stores:
    rows = []
    with stores.reading() as view:
        for store in view.stores():
            rights = rights_of(store.access, peer)
            if not rights:
                continue
            total = view.entries(store.name, Asked(most=1)).total if Right.READ in rights else None
            aces = _ace_rows(store.access) if may_administer(store.access, peer) else ()
            rows.append(wire.StoreRow(store.name, store.access.owner, rights.words, aces, total))
    return wire.Stores(stores=tuple(rows))


def _ace_rows(access: Access) -> tuple[wire.AceRow, ...]:
    return tuple(wire.AceRow(str(ace.principal), ace.granted.words, ace.denied.words) for ace in access.aces)


def _make_store(stores: EndpointStores, peer: Peer, asked: wire.MakeStore, now: datetime) -> wire.Done:
    name = check_store_name(asked.name)
    with stores.changing(by=peer.user, now=now) as book:
        there = book.stores()
        if any(fold(store.name) == fold(name) for store in there):
            raise RefusedError("endpoint.store-there", store=name)
        if sum(store.access.owner == peer.user for store in there) >= changes.MOST_STORES:
            raise RefusedError("endpoint.too-many-stores", user=peer.user, limit=changes.MOST_STORES)
        book.put_store(Store(name, Access(peer.user)))
    return wire.Done(outcome="created", store=name)


def _drop_store(stores: EndpointStores, peer: Peer, asked: wire.DropStore, now: datetime) -> wire.Done:
    check_deletable(asked.name)
    with stores.changing(by=peer.user, now=now) as book:
        store = store_in(book, asked.name)
        check_administers(store, peer)
        managed = next((one for one in entries_of(book, store.name) if one.is_managed), None)
        if managed is not None:
            raise RefusedError(
                "endpoint.managed",
                store=store.name,
                alias=managed.alias,
                domain=managed.domain,
                fingerprint=managed.fingerprint,
            )
        book.drop_store(store.name)
    return wire.Done(outcome="deleted", store=store.name)


def _list_entries(stores: EndpointStores, peer: Peer, asked: wire.ListEntries, _: datetime) -> wire.Entries:
    with stores.reading() as view:
        store = store_in(view, asked.store)
        check_right(store, peer, Right.READ)
        wanted = Asked(asked.after, asked.most, asked.ends_before, asked.ends_after)
        return _page(view.entries(store.name, wanted))


def _page(listed: Listed) -> wire.Entries:
    damaged = tuple(
        wire.DamagedRow(str(one.evidence["endpoint_store"]), one.subject, str(one.evidence["reason"]))
        for one in listed.findings
    )
    return wire.Entries(
        entries=tuple(map(wire.row_of, listed.entries)),
        damaged=damaged,
        following=listed.following,
        total=listed.total,
    )


def _find_entries(stores: EndpointStores, peer: Peer, asked: wire.FindEntries, _: datetime) -> wire.Entries:
    with stores.reading() as view:
        if asked.store:
            named = [store_in(view, asked.store)]
            check_right(named[0], peer, Right.READ)
        else:
            named = [one for one in view.stores() if Right.READ in rights_of(one.access, peer)]
        found = find_entries(view, tuple(store.name for store in named), asked.name)
    return _all_of([one.entry for one in found])


def _all_of(entries: list[Entry]) -> wire.Entries:
    shown = entries[: changes.MOST_ROWS]  # an answer has an end; the total says what is left out
    return wire.Entries(entries=tuple(map(wire.row_of, shown)), total=len(entries))


def _read_secret(
    stores: EndpointStores, peer: Peer, asked: wire.ReadSecret, now: datetime
) -> wire.SecretRead:
    with stores.changing(by=peer.user, now=now) as book:
        store = store_in(book, asked.store)
        check_right(store, peer, Right.KEY_READ)
        entry = the_entry(book, store.name, asked.name)
        if entry.kind not in WITH_SECRET:
            raise RefusedError("endpoint.no-secret", store=store.name, alias=entry.alias)
        secret = book.secret(store.name, entry.alias)
        fingerprint = entry.fingerprint.hex if entry.fingerprint else ""
        book.note("read-key", store.name, entry.alias, fingerprint)
    return wire.SecretRead(entry=wire.row_of(entry), data=secret.reveal())


def _change_access(stores: EndpointStores, peer: Peer, asked: wire.ChangeAccess, now: datetime) -> wire.Done:
    principal, rights = Principal.parse(asked.principal), Right.parse(asked.rights)
    if asked.act not in {act.value for act in Act}:
        raise UsageError("endpoint.no-such-act", act=asked.act)
    with stores.changing(by=peer.user, now=now) as book:
        store = store_in(book, asked.store)
        check_administers(store, peer)
        access = change_access(store.access, principal, rights, Act(asked.act))
        if access == store.access:
            return wire.Done(outcome="unchanged", store=store.name)
        book.put_store(Store(store.name, access))
        book.note(asked.act, store.name, f"{principal} {','.join(rights.words)}")
    return wire.Done(outcome="changed", store=store.name)


def _list_exceptions(
    stores: EndpointStores, peer: Peer, _: wire.ListExceptions, __: datetime
) -> wire.Entries:
    with stores.reading() as view:
        named = [one for one in view.stores() if Right.READ in rights_of(one.access, peer)]
        every = (entry for store in named for entry in entries_of(view, store.name))
        return _all_of([entry for entry in every if entry.exception is not None])


def _list_deleted(
    stores: EndpointStores, peer: Peer, _: wire.ListDeleted, __: datetime
) -> wire.DeletedEntries:
    with stores.reading() as view:
        readable = {one.name for one in view.stores() if Right.READ in rights_of(one.access, peer)}
        rows = tuple(
            wire.DeletedRow(one.store, one.alias, one.fingerprint.hex, one.domain, one.at, one.by)
            for one in view.deleted()
            if one.store in readable
        )
    return wire.DeletedEntries(deleted=rows)


def _rotate(stores: EndpointStores, peer: Peer, _: wire.RotateKeys, now: datetime) -> wire.Done:
    with stores.reading() as view:
        check_root(view.stores(), peer)
    return wire.Done(outcome="rotated", number=stores.rotate(by=peer.user, now=now))


def _journal(stores: EndpointStores, peer: Peer, asked: wire.ReadJournal, _: datetime) -> wire.Journal:
    with stores.reading() as view:
        check_root(view.stores(), peer)
    rows = stores.journal(after=asked.after, most=max(1, min(asked.most, changes.MOST_ROWS)))
    return wire.Journal(
        rows=tuple(
            wire.NotedRow(one.number, one.at, one.who, one.act, one.store, one.alias, one.fingerprint)
            for one in rows
        )
    )


_Answered = Callable[[EndpointStores, Peer, Any, datetime], wire.Message]
_ANSWERS: Mapping[type, _Answered] = MappingProxyType(
    {
        wire.ListStores: _list_stores,
        wire.MakeStore: _make_store,
        wire.DropStore: _drop_store,
        wire.ListEntries: _list_entries,
        wire.FindEntries: _find_entries,
        wire.AddEntry: changes.add,
        wire.DropEntry: changes.drop,
        wire.RenameEntry: changes.rename,
        wire.ReadSecret: _read_secret,
        wire.ChangeAccess: _change_access,
        wire.SetException: changes.set_exception,
        wire.EndException: changes.end_exception,
        wire.ListExceptions: _list_exceptions,
        wire.ListDeleted: _list_deleted,
        wire.RotateKeys: _rotate,
        wire.ReadJournal: _journal,
    }
)
