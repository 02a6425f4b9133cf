"""Changes of entries that a local user asks for, each decided and done in one transaction."""

from __future__ import annotations

from datetime import datetime

from warifu.domain.endpoint import Entry, LocalException, Offered, Outcome, Peer, Right, Secret, Store
from warifu.domain.endpoint.entries import (
    WITH_SECRET,
    check_deletable_entry,
    decide_addition,
    decide_end,
    decide_exception,
    decide_renaming,
    decide_replacement,
    make_entry,
)
from warifu.domain.endpoint.names import store_named
from warifu.domain.endpoint.permissions import check_administers, check_right
from warifu.domain.x509 import Certificate, PrivateKey, RevocationList
from warifu.errors import CouldNotLookError, RefusedError, UsageError
from warifu.ports.endpoint import EndpointBook, EndpointStores
from warifu.wire import endpoint as wire
from warifu.workflows.endpoint_lookup import store_in, the_entry

MOST_STORES = 256
"""Stores of one user."""
MOST_ROWS = 1_000
"""Journal rows of one answer."""
_LONGEST_SECRET = 1 << 20  # bytes
_LONGEST_ENTRY = 8 << 20  # bytes of certificates, or of a CRL
_LONGEST_KEY = (
    8 << 10
)  # bytes of PEM: RSA of 8192 bits; to prove larger numbers prime takes a processor for minutes
_LONGEST_PASSWORD = 1_023  # bytes, as OpenSSL has it


def add(stores: EndpointStores, peer: Peer, asked: wire.AddEntry, now: datetime) -> wire.Done:
    """Add an entry, or put it in the place of another: one step, without a moment in which neither is there."""
    offered = _offered(asked)
    alias = asked.alias or ("-" if asked.replaces else "")  # what is replaced keeps its own
    entry = make_entry(store_named(asked.store), alias, offered, now=now)
    secret = _secret(asked, offered)
    with stores.changing(by=peer.user, now=now) as book:
        store = _writable(book, asked.store, peer)
        if asked.replaces:
            there = the_entry(book, store.name, asked.replaces)
            entry = decide_replacement(there, entry, asked.expected)
            if secret is None and there.kind in WITH_SECRET:
                book.drop(store.name, there.alias)  # its key goes with it
            book.put(entry, secret)
            return _done(Outcome.REPLACED, entry)
        outcome, entry = decide_addition(book.entry(store.name, entry.alias), entry)
        if outcome is not Outcome.UNCHANGED:
            book.put(entry, secret)
        return _done(outcome, entry)


def drop(stores: EndpointStores, peer: Peer, asked: wire.DropEntry, now: datetime) -> wire.Done:
    """Delete an entry, if it is what is expected; a damaged row goes by its alias alone."""
    with stores.changing(by=peer.user, now=now) as book:
        store = _writable(book, asked.store, peer)
        try:
            there = the_entry(book, store.name, asked.name)
        except CouldNotLookError:
            if asked.expected:
                raise
            book.drop(store.name, asked.name)
            return wire.Done(outcome=Outcome.DELETED, store=store.name, alias=asked.name)
        entry = check_deletable_entry(there, store.name, there.alias, asked.expected)
        book.drop(store.name, entry.alias)
        return _done(Outcome.DELETED, entry)


def rename(stores: EndpointStores, peer: Peer, asked: wire.RenameEntry, now: datetime) -> wire.Done:
    """Give an entry another alias."""
    with stores.changing(by=peer.user, now=now) as book:
        store = _writable(book, asked.store, peer)
        there = the_entry(book, store.name, asked.name)
        taken = book.entry(store.name, asked.alias)
        renamed = decide_renaming(there, taken, store.name, there.alias, asked.alias)
        secret = book.secret(store.name, there.alias) if there.kind in WITH_SECRET else None
        book.drop(store.name, there.alias)
        book.put(renamed, secret)
        return _done(Outcome.RENAMED, renamed)


def set_exception(stores: EndpointStores, peer: Peer, asked: wire.SetException, now: datetime) -> wire.Done:
    """Let this node differ from what is published; only the store's owner and root decide so."""
    if asked.until.tzinfo is None:
        raise UsageError("endpoint.message-malformed", reason="$.until")
    exception = LocalException(peer.user, asked.reason, asked.until, asked.distrusts)
    with stores.changing(by=peer.user, now=now) as book:
        store = store_in(book, asked.store)
        check_administers(store, peer)
        entry = decide_exception(the_entry(book, store.name, asked.name), exception, now=now)
        book.put(entry)
        book.note("except", store.name, entry.alias, entry.fingerprint.hex if entry.fingerprint else "")
        return wire.Done(outcome="excepted", store=store.name, alias=entry.alias)


def end_exception(stores: EndpointStores, peer: Peer, asked: wire.EndException, now: datetime) -> wire.Done:
    """Follow what is published again."""
    with stores.changing(by=peer.user, now=now) as book:
        store = store_in(book, asked.store)
        check_administers(store, peer)
        entry = decide_end(the_entry(book, store.name, asked.name))
        book.put(entry)
        book.note("end-exception", store.name, entry.alias)
        return wire.Done(outcome="ended", store=store.name, alias=entry.alias)


def _writable(book: EndpointBook, name: str, peer: Peer) -> Store:
    store = store_in(book, name)
    check_right(store, peer, Right.WRITE)
    return store


def _done(outcome: Outcome, entry: Entry) -> wire.Done:
    fingerprint = entry.fingerprint.hex if entry.fingerprint else ""
    return wire.Done(outcome=outcome, store=entry.store, alias=entry.alias, fingerprint=fingerprint)


def _offered(asked: wire.AddEntry) -> Offered:
    size = sum(map(len, asked.certificates)) + len(asked.crl or b"")
    if size > _LONGEST_ENTRY or len(asked.secret or b"") > _LONGEST_SECRET:
        raise RefusedError("endpoint.too-large", limit=_LONGEST_ENTRY)
    if len(asked.key or b"") > _LONGEST_KEY:
        raise RefusedError("endpoint.too-large", limit=_LONGEST_KEY)
    if asked.password is not None and not 0 < len(asked.password) <= _LONGEST_PASSWORD:
        raise UsageError("endpoint.bad-password", limit=_LONGEST_PASSWORD)
    key = asked.key
    opens = asked.password if key is not None and b"ENCRYPTED" in key else None
    return Offered(
        tuple(map(Certificate, asked.certificates)),
        RevocationList(asked.crl) if asked.crl is not None else None,
        PrivateKey.load_pem(key, opens) if key is not None else None,
        under_password=asked.password is not None,
        is_secret=asked.secret is not None,
    )


def _secret(asked: wire.AddEntry, offered: Offered) -> Secret | None:
    if asked.secret is not None:
        return Secret(asked.secret)
    if offered.key is None:
        return None
    password = asked.password
    return Secret(offered.key.to_pkcs8() if password is None else offered.key.to_encrypted_pkcs8(password))
