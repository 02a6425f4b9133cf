"""What nodes said of themselves, as what is known of who uses which certificate.

Nodes tell what trust domains brought them by fingerprint alone; its bytes are here, in some version of the domain. What
cannot be made out is told as "not heard", so that silence never counts as absence.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from warifu.domain.directory import (
    ClientStore,
    CrlUse,
    NodeEntries,
    Pin,
    Presented,
    Published,
    Publisher,
    Reports,
    Sighting,
)
from warifu.domain.endpoint import Entry, EntryKind, LocalException, Provenance
from warifu.domain.x509 import Certificate, RevocationList, Sha256
from warifu.errors import UsageError
from warifu.ports.node_books import Node, NodeState
from warifu.ports.registry import Books
from warifu.wire.agent import EntryTold, LookKind
from warifu.wire.signed import parse
from warifu.workflows.estate_sights import name_of
from warifu.workflows.report_desk import INVENTORY, SEEN, Inventory, NodeNow, inventory_in

QUIET = timedelta(minutes=3)
"""Longer than a node that runs is ever silent: three looks."""
_CHAINS = {
    LookKind.LIVE: Sighting.LIVE,
    LookKind.EMBEDDED: Sighting.EMBEDDED,
    LookKind.CALLER: Sighting.CALLER,
}
_ELSEWHERE = frozenset(LookKind)


def reports_of(
    books: Books,
    domain: str,
    *,
    now: datetime,
    waived: Collection[str] = (),
    quiet: timedelta = QUIET,
    estates: Reports | None = None,
) -> Reports:
    """Return everything that is known of who uses what.

    Args:
        estates: what the server itself saw in the estates that it keeps.
        domain: the trust domain that is asked about: others that publish the same count as publishers.
        waived: nodes that somebody left out by name.
        quiet: how long a node may be silent and still be believed.
    """
    gathering = _Gathering(_Known(books))
    for name in books.directory.domains():
        published = books.directory.find(name)
        if published is not None and name != domain and published.anchors:
            keys = frozenset(anchor.key for anchor in published.anchors)
            gathering.publishers.append(Publisher(f"domain {name}", "", keys, published.at or now))
    for node in books.nodes.nodes():
        if node.state is not NodeState.REMOVED:
            gathering.add(books, node, now, quiet)
    if estates is not None:
        gathering.join(estates, waived)
    return Reports(
        tuple(gathering.nodes),
        tuple(gathering.presented),
        (
            *(
                ClientStore(node, store, anchors, seen)
                for (node, store), (anchors, seen) in sorted(gathering.stores.items())
            ),
            *gathering.used,
        ),
        tuple(gathering.pins),
        tuple(gathering.crls),
        tuple(gathering.publishers),
        frozenset(waived),
    )


class _Known:
    """Certificates and CRLs that trust domains published at any version, by fingerprint."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._certificates: dict[str, Certificate] = {}
        self._crls: dict[str, RevocationList] = {}
        self._read: dict[str, int] = {}

    def certificate(self, domain: str, fingerprint: str) -> Certificate | None:
        self._read_until(domain, lambda: fingerprint in self._certificates)
        return self._certificates.get(fingerprint)

    def crl(self, domain: str, fingerprint: str) -> RevocationList | None:
        self._read_until(domain, lambda: fingerprint in self._crls)
        return self._crls.get(fingerprint)

    def _read_until(self, domain: str, is_known: object) -> None:
        """Read versions of a domain, newest first, until one has what is looked for."""
        assert callable(is_known)  # noqa: S101 - ours
        while not is_known():
            below = self._read.get(domain)
            heads = self._books.directory.history(domain, below=below, most=1) if below != 0 else ()
            if not heads:
                self._read[domain] = 0
                return
            self._read[domain] = heads[0].version
            published = self._books.directory.find(domain, heads[0].version)
            if published is not None:
                self._certificates |= {one.key.hex: one.certificate for one in published.anchors}
                self._crls |= {one.fingerprint.hex: one for one in published.crls}


@dataclass(slots=True)
class _Gathering:
    known: _Known
    nodes: list[NodeEntries] = field(default_factory=list)
    presented: list[Presented] = field(default_factory=list)
    stores: dict[tuple[str, str], tuple[dict[str, Certificate], datetime]] = field(default_factory=dict)
    pins: list[Pin] = field(default_factory=list)
    crls: list[CrlUse] = field(default_factory=list)
    publishers: list[Publisher] = field(default_factory=list)
    used: list[ClientStore] = field(default_factory=list)
    outputs: list[tuple[str, str]] = field(default_factory=list)

    def join(self, estates: Reports, waived: Collection[str]) -> None:
        """Add what was seen in estates, once: a store of which the estate tells what it verifies counts by that.

        Files that an agent writes trust out to are a trust domain's, and left to it.
        """
        self.nodes += [one for one in estates.nodes if name_of(one.node) not in waived]
        told = {(one.node, one.chain[0], one.how) for one in self.presented}
        self.presented += [one for one in estates.presented if (one.node, one.chain[0], one.how) not in told]
        for store in estates.stores:
            place = (store.node, store.store)
            if place not in self.outputs and (store.peers or place not in self.stores):
                self.stores.pop(place, None)
                self.used.append(store)
        self.crls += [one for one in estates.crls if (one.node, one.store) not in self.outputs]

    def add(self, books: Books, node: Node, now: datetime, quiet: timedelta) -> None:
        """Add what a node said last."""
        kept, stored = books.reports.find(node.name, SEEN), books.reports.find(node.name, INVENTORY)
        said: NodeNow | None = parse(NodeNow, kept.document) if kept is not None else None
        inventory: Inventory | None = inventory_in(stored) if stored is not None else None
        seen = confirmed(said, inventory)
        whole = said is not None and inventory is not None and said.inventory == inventory.digest
        heard = whole and node.state is NodeState.JOINED and said is not None and now - said.at <= quiet
        entries: list[Entry] = []
        for told in inventory.entries if inventory is not None else ():
            at = seen or now
            try:
                if told.kind in _ELSEWHERE:
                    self._elsewhere(node.name, told, at)
                elif (entry := self._entry(told)) is not None:
                    entries.append(entry)
            except (UsageError, ValueError):
                heard = False  # a node that says what nobody can read was not heard
        self.nodes.append(NodeEntries(node.name, tuple(entries), seen, heard))

    def _entry(self, told: EntryTold) -> Entry | None:
        kind = EntryKind(told.kind)
        chain = tuple(_certificate(one) for one in told.chain)
        crl = _crl(told.crl) if told.crl else None
        if kind is EntryKind.TRUSTED and not chain:
            found = self.known.certificate(told.domain, told.fingerprint)
            chain = () if found is None else (found,)
        if kind is EntryKind.CRL and crl is None:
            crl = self.known.crl(told.domain, told.fingerprint)
        if told.fingerprint and not chain and crl is None:
            raise ValueError(told.fingerprint)
        until = told.exception_until
        said = (
            LocalException(told.exception_by, told.exception_reason, until, told.exception_distrusts)
            if until is not None
            else None
        )
        return Entry(
            told.store,
            told.alias,
            kind,
            chain,
            crl,
            Provenance(told.provenance),
            told.domain,
            told.added,
            told.distrusted,
            said,
        )

    def _elsewhere(self, node: str, told: EntryTold, at: datetime) -> None:
        kind = LookKind(told.kind)
        chain = tuple(_certificate(one) for one in told.chain)
        if kind in _CHAINS and chain:
            seen = told.last or at
            self.presented.append(Presented(node, told.store, told.alias, chain, seen, _CHAINS[kind]))
        elif kind is LookKind.ANCHOR and chain:
            anchors, _ = self.stores.setdefault((node, told.store), ({}, at))
            anchors[told.alias] = chain[0]
        elif kind is LookKind.PIN:
            self.pins.append(Pin(node, told.store, told.fingerprint, at))
        elif kind is LookKind.CRL_FILE:
            self.crls.append(CrlUse(node, told.store, _crl(told.crl), at))
        elif kind is LookKind.PUBLISHED and chain:
            self.publishers.append(Publisher(node, told.store, frozenset({chain[0].fingerprint}), at))
        elif kind is LookKind.OUTPUT:
            self.outputs.append((node, told.alias))
        elif kind is LookKind.UNSEEN:
            self.nodes.append(NodeEntries(f"{node} ({told.store})", (), None, heard=False))


def confirmed(said: NodeNow | None, inventory: Inventory | None) -> datetime | None:
    """Return when a node's inventory was last confirmed: a report that names it confirms all of it."""
    if inventory is None:
        return None
    return said.at if said is not None and said.inventory == inventory.digest else inventory.at


def holders(inventories: Mapping[str, Inventory], key: Sha256) -> dict[str, tuple[EntryTold, ...]]:
    """Return who holds something by this fingerprint in a store or in a file that trust is written out to."""
    kinds = {EntryKind.TRUSTED.value, LookKind.OUTPUT.value}
    found = {
        node: tuple(one for one in told.entries if one.fingerprint == key.hex and one.kind in kinds)
        for node, told in inventories.items()
    }
    return {node: entries for node, entries in found.items() if entries}


def published_in(published: Published) -> tuple[str, ...]:
    """Return the fingerprints that a domain publishes, trusted or in quarantine."""
    return tuple(anchor.key.hex for anchor in published.anchors)


def _certificate(text: str) -> Certificate:
    return Certificate(base64.b64decode(text, validate=True))


def _crl(text: str) -> RevocationList:
    return RevocationList(base64.b64decode(text, validate=True))
