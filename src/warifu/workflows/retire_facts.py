"""What is known of a retirement in the transaction at hand: what was done, and what every node said last."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Final

from warifu.domain.directory import Published
from warifu.domain.directory.retiring import NodeStand, Restarted, Retiring
from warifu.domain.directory.roles import is_approved
from warifu.domain.endpoint import EntryKind
from warifu.domain.x509 import Sha256
from warifu.errors import RefusedError, WarifuError
from warifu.ports.node_books import Node, NodeState
from warifu.ports.registry import Books
from warifu.ports.work_books import KeptPlan
from warifu.wire.agent import EntryTold, LookKind, Report, digest_of_entries
from warifu.wire.bundle import bundle_name, read_bundle, to_documents
from warifu.wire.evidence import Outcome
from warifu.wire.retirement import RetirePlan, RetireRecord, WaivedNode, read_plan, read_record
from warifu.wire.signed import canonical, open_signed, parse
from warifu.workflows.published import planned_in
from warifu.workflows.report_desk import (
    INVENTORY,
    SEEN,
    Inventory,
    NodeNow,
    followed,
    inventory_in,
    receipt_in,
)

_HOLDS: Final = frozenset({EntryKind.TRUSTED.value, EntryKind.CRL.value, LookKind.OUTPUT.value})


def record_of(books: Books, digest: str) -> RetireRecord:
    """Return the account of a retirement; an empty one before it began."""
    return read_record(books.about.find(f"retire/{digest}"))


def keep_record(books: Books, digest: str, record: RetireRecord) -> None:
    """Keep the account of a retirement in the transaction of what it tells."""
    books.about.put(f"retire/{digest}", canonical(record))


def plan_in(kept: KeptPlan) -> RetirePlan:
    """Return the plan that people approved.

    Raises:
        RefusedError: `retire.no-retirement`: it is a plan of another kind.
    """
    if kept.kind != "retire-anchor":
        raise RefusedError("retire.no-retirement", digest=kept.digest, kind=kept.kind)
    return read_plan(kept.document)


def known_of(books: Books, kept: KeptPlan, *, now: datetime) -> Retiring:
    """Return what is known of a retirement now."""
    plan, record = plan_in(kept), record_of(books, kept.digest)
    waived = {*plan.waived, *(one.node for one in open_waivers(record, now))}
    approvals = [one.person for one in kept.approvals]
    nodes = tuple(
        replace(stand_of(books, node, plan, record), waived=node.name in waived)
        for node in nodes_of(books, plan)
    )
    results = {one.place: one for one in record.restarts}
    restarts = tuple(
        Restarted(place, results[place].good, results[place].detail) if place in results else Restarted(place)
        for place in plan.restarts
    )
    is_over = record.ended is not None
    return Retiring(
        approved=bool(record.confirmed) and is_approved(kept.by, approvals),
        backed_up=bool(record.backup),
        exported=bool(record.exported),
        quarantined=record.quarantined,
        unpublished=record.unpublished,
        listed=record.listed,
        refreshed=record.refreshed,
        nodes=() if is_over else nodes,
        restarts=restarts,
        signed_in=record.signed_in.good if record.signed_in is not None else None,
        resurrected=resurrected(books, plan) if is_over and not record.restored else (),
    )


def nodes_of(books: Books, plan: RetirePlan) -> tuple[Node, ...]:
    """Return the nodes that follow the domain, or did when the plan was made; whoever was removed has no word any more."""
    return tuple(
        node
        for node in books.nodes.nodes()
        if node.state is not NodeState.REMOVED
        and (node.name in plan.nodes or plan.domain in followed(books, node))
    )


def open_waivers(record: RetireRecord, now: datetime) -> tuple[WaivedNode, ...]:
    """Return the nodes that are left out now: a waiver ends by its date, and with the run."""
    return () if record.ended is not None else tuple(one for one in record.waived if now < one.until)


def stand_of(books: Books, node: Node, plan: RetirePlan, record: RetireRecord) -> NodeStand:
    """Return what one node said last about the anchors of a plan."""
    kept = books.reports.find(node.name, SEEN)
    if kept is None:
        return NodeStand(node.name)
    said: NodeNow = parse(NodeNow, kept.document)
    entries = entries_of(books, node.name)
    wanted = {*plan.keys, *(crl for item in plan.items for crl in item.crls)}
    holds = places_of(entries, wanted)
    proven = (
        record.unpublished > 0
        and not holds
        and node.state is NodeState.JOINED
        and is_proven(books, node, plan.domain, record.unpublished)
    )
    return NodeStand(node.name, said.seen.versions.get(plan.domain, 0), said.at, holds, proven)


def entries_of(books: Books, node: str) -> tuple[EntryTold, ...]:
    """Return the inventory that a node told last."""
    stored = books.reports.find(node, INVENTORY)
    if stored is None:
        return ()
    inventory: Inventory = inventory_in(stored)
    return inventory.entries


def places_of(entries: Collection[EntryTold], wanted: Collection[str]) -> tuple[str, ...]:
    """Return where, in stores and in files that trust is written out to, something with these fingerprints lies."""
    found = (one for one in entries if one.kind in _HOLDS and one.fingerprint in wanted)
    return tuple(sorted(f"{one.store}/{one.alias}" for one in found))


def is_proven(books: Books, node: Node, domain: str, version: int) -> bool:
    """Tell whether a node's own signature stands under a whole report of this version of a domain, or a later one.

    Whole: it received the very bundle, the inventory that it names is the one that is kept, and every file that it
    writes trust out to lies as it should.
    """
    stored = books.reports.find(node.name, INVENTORY)
    try:
        signed = receipt_in(books.reports, node.name)
        if signed is None or stored is None:
            return False
        identity = books.identities.find(signed.by)
        if identity is None or identity.node != node.name:
            return False
        report: Report = open_signed(Report, signed, identity.certificate)
    except WarifuError:
        return False
    inventory: Inventory = inventory_in(stored)
    told = report.versions.get(domain, 0)
    published = books.directory.find(domain, told)
    if told < version or published is None:
        return False
    received = report.received.get(domain, "")
    signed_file = books.bundles.find(f"targets/{domain}/{received}.bundle.json")
    is_received = signed_file is not None and read_bundle(signed_file.data, domain).published.version == told
    unseen = any(one.kind == LookKind.UNSEEN and not one.store.count(" ") for one in inventory.entries)
    return (
        is_received
        and report.inventory == inventory.digest == digest_of_entries(inventory.entries)
        and all(one.outcome is Outcome.YES for one in report.outputs if one.stage == "on-disk")
        and not unseen
    )


def resurrected(books: Books, plan: RetirePlan) -> tuple[str, ...]:
    """Return where an anchor that is gone was seen again: published, or on a node."""
    found: list[str] = []
    for name in books.directory.domains():
        published = books.directory.find(name)
        if published is not None and any(anchor.key.hex in plan.keys for anchor in published.anchors):
            found.append(f"domain {name}")
    for node in books.nodes.nodes():
        if node.state is not NodeState.REMOVED:
            found += [f"{node.name}/{place}" for place in places_of(entries_of(books, node.name), plan.keys)]
    return tuple(sorted(found))


def check_targets(published: Published, plan: RetirePlan) -> None:
    """Return when each anchor is still the very one that was approved: by alias, key id and bytes.

    Raises:
        RefusedError: `retire.target-changed`.
    """
    by_name = {anchor.name.casefold(): anchor for anchor in published.anchors}
    for item in plan.items:
        anchor = published.find(Sha256(item.sha256))
        named = by_name.get(item.alias.casefold())
        if (
            anchor is None
            or named is None
            or named.key != anchor.key
            or key_id_of(published, anchor.key) != item.key_id
        ):
            seen = named.key.hex if named is not None else "-"
            raise RefusedError("retire.target-changed", alias=item.alias, wanted=item.sha256, found=seen)


def key_id_of(published: Published, key: Sha256) -> str:
    """Return the key id of an anchor: its own, else the one that a VMDIR computes."""
    anchor = published.find(key)
    if anchor is None:
        return ""
    one = anchor.certificate
    found = one.subject_key_id or one.legacy_key_id
    return found.hex if found is not None else ""


def is_listed(books: Books, plan: RetirePlan) -> bool:
    """Tell whether the newest version still has one of the anchors, in the directory or in its signed files."""
    published = books.directory.find(plan.domain)
    if published is None or any(anchor.key.hex in plan.keys for anchor in published.anchors):
        return True
    document = to_documents(published, planned_in(books, plan.domain))[bundle_name(plan.domain)]
    name = f"targets/{plan.domain}/{hashlib.sha256(document).hexdigest()}.bundle.json"
    signed = books.bundles.find(name)
    if signed is None:
        return True
    read = read_bundle(signed.data, plan.domain)
    return any(anchor.key.hex in plan.keys for anchor in read.published.anchors)
