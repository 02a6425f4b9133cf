"""What nodes say of themselves, taken by the server: verified, compared with what they said before, kept.

Many reports are taken in one transaction: a publish wakes every node at the same time. A node whose word goes back, or
that speaks from two machines, is fenced at once, and told so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from warifu.domain.directory.fencing import (
    ClockSample,
    NodeReport,
    NodeSeen,
    NodeStanding,
    find_clock_faults,
    judge_report,
)
from warifu.domain.directory.model import CONTROL
from warifu.domain.findings import Finding
from warifu.domain.x509 import Sha256
from warifu.errors import RefusedError, WarifuError
from warifu.ports.node_books import Identity, Node, NodeState, ReportBook
from warifu.ports.node_books import Report as KeptReport
from warifu.ports.registry import Books, Registry
from warifu.wire.agent import EntryTold, Remark, Report, ReportAnswer, digest_of_entries, to_remark
from warifu.wire.evidence import Evidence
from warifu.wire.signed import Signed, canonical, open_signed, parse
from warifu.workflows.control_ca import receipt_kind
from warifu.workflows.join_desk import JoinDesk, check_identity

SEEN, RECEIPT, INVENTORY = "seen", "receipt", "inventory"
"""What is kept of a node: what its last word comes to; its last report without its entries, and its last with them, both
as it signed them. The younger of the two is its receipt: a report is written once, however much it tells."""


_NOTHING = digest_of_entries(())


@dataclass(frozen=True, slots=True)
class NodeNow:
    """What is known of a node besides its membership: the newest it said.

    Args:
        at: when its last report came, by the server's clock.
        skew: seconds that its clock is ahead, as far as both ways took as long.
    """

    seen: NodeSeen
    at: datetime
    skew: float = 0.0
    inventory: str = ""
    outputs: tuple[Evidence, ...] = ()
    remarks: tuple[Remark, ...] = ()
    received: Mapping[str, str] = field(default_factory=dict)
    release: str = ""


@dataclass(frozen=True, slots=True)
class Inventory:
    """Everything that a node's stores hold, as it told last."""

    digest: str
    at: datetime
    entries: tuple[EntryTold, ...] = ()


@dataclass(frozen=True, slots=True)
class Coming:
    """A report on its way in: whose TLS certificate brought it, and when."""

    by: Sha256
    signed: Signed
    at: datetime


Taken = ReportAnswer | WarifuError


@dataclass(frozen=True, slots=True)
class ReportDesk:
    """Use cases of reports.

    Args:
        fenced: told of a node that was just fenced, so that its connections end.
    """

    registry: Registry
    join: JoinDesk
    fenced: Callable[[str], None]

    def take(self, coming: Sequence[Coming]) -> tuple[Taken, ...]:
        """Take reports, each for itself; what is wrong with one is its own answer."""
        answers: list[Taken] = []
        shut: list[tuple[str, tuple[Finding, ...], datetime]] = []
        with self.registry.change() as books:
            known = _known(books, coming)
            for one in coming:
                try:
                    answers.append(_take(known, one, shut))
                except WarifuError as error:
                    answers.append(error)
            books.reports.put(known.told)
        for node, findings, now in shut:
            reason = ", ".join(finding.code.value for finding in findings)
            self.join.shut_out("server:", node, NodeState.FENCED, reason, now=now)
            self.fenced(node)
        return tuple(answers)

    def now(self, nodes: Sequence[str] | None = None) -> Mapping[str, NodeNow]:
        """Return what nodes said last, by name: these, or all of them."""
        with self.registry.look() as books:
            reports = books.reports
            kept = reports.of_kind(SEEN) if nodes is None else reports.among(nodes, SEEN).values()
            return {one.node: parse(NodeNow, one.document) for one in kept}

    def skew(self, node: str) -> timedelta:
        """Return how much a node's clock was ahead when it last spoke; nothing where it never did."""
        with self.registry.look() as books:
            found = books.reports.find(node, SEEN)
        said: NodeNow | None = parse(NodeNow, found.document) if found is not None else None
        return timedelta(seconds=said.skew if said is not None else 0.0)

    def inventories(self) -> Mapping[str, Inventory]:
        """Return what every node's stores hold, by name."""
        with self.registry.look() as books:
            return {one.node: inventory_in(one) for one in books.reports.of_kind(INVENTORY)}


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known when some reports come, and what is to be kept of them.

    Args:
        at: when the last of them came: what the server's clock is told to be in every answer.
        said: the newest of each node, as the database or an earlier report of these has it.
        domains: names of the trust domains.
    """

    at: datetime
    identities: Mapping[Sha256, Identity]
    nodes: Mapping[str, Node]
    said: dict[str, NodeNow]
    domains: tuple[str, ...]
    told: list[KeptReport] = field(default_factory=list)


def _known(books: Books, coming: Sequence[Coming]) -> _Known:
    """Return what is known of everybody who comes, by one look each for all of them."""
    identities = books.identities.among({one.by for one in coming})
    names = {one.node for one in identities.values()}
    said = books.reports.among(names, SEEN).items()
    return _Known(
        max(one.at for one in coming),
        identities,
        books.nodes.among(names),
        {node: parse(NodeNow, kept.document) for node, kept in said},
        _domains(books),
    )


def _take(
    known: _Known, coming: Coming, shut: list[tuple[str, tuple[Finding, ...], datetime]]
) -> ReportAnswer:
    identity = known.identities.get(coming.by)
    node = None if identity is None else known.nodes.get(identity.node)
    identity = check_identity(coming.by, identity, node, now=coming.at)
    report: Report = open_signed(Report, coming.signed, identity.certificate)
    if node is None or report.node != identity.node:
        raise RefusedError("registry.not-let-in", who=report.node)
    follows = node.domains or known.domains
    before = known.said.get(node.name)
    seen = before.seen if before is not None else NodeSeen(node.name)
    said = NodeReport(node.name, report.boot_id, report.counter, report.versions)
    heard = judge_report(seen, said, now=coming.at)
    if heard.seen.standing is NodeStanding.FENCED:
        shut.append((node.name, heard.findings, coming.at))
        reason = ", ".join(finding.code.value for finding in heard.findings)
        return ReportAnswer(known.at, follows, fenced=reason)
    there = before.inventory if before is not None else ""
    kind = INVENTORY if report.entries or report.inventory == _NOTHING else RECEIPT
    if kind == INVENTORY:
        there = report.inventory
    skew = _sample(report)
    clock_faults = (
        tuple(to_remark(one) for one in find_clock_faults(node.name, skew)) if skew is not None else ()
    )
    now = NodeNow(
        heard.seen,
        coming.at,
        skew.offset.total_seconds() if skew is not None else (report.sent_at - coming.at).total_seconds(),
        there,
        report.outputs,
        (*report.remarks, *clock_faults),
        report.received,
        report.release,
    )
    known.said[node.name] = now
    known.told.extend(
        [
            _kept(node, SEEN, coming.at, canonical(now), max(report.versions.values(), default=0)),
            _kept(node, kind, coming.at, canonical(coming.signed), report.counter),
            *(
                _kept(node, receipt_kind(domain), coming.at, "", version)
                for domain, version in report.versions.items()
                if version != seen.versions.get(domain)
            ),
        ]
    )
    return ReportAnswer(known.at, follows, wants_entries=there != report.inventory)


def inventory_in(kept: KeptReport) -> Inventory:
    """Return what a node's stores hold, from the report that told it."""
    signed: Signed = parse(Signed, kept.document)
    report: Report = parse(Report, signed.payload)  # it was verified before it was kept
    return Inventory(report.inventory, kept.at, report.entries)


def receipt_in(reports: ReportBook, node: str) -> Signed | None:
    """Return a node's last report as it signed it: the one it counted last, whatever the server's clock did meanwhile."""
    kept = [found for kind in (RECEIPT, INVENTORY) if (found := reports.find(node, kind)) is not None]
    if not kept:
        return None
    signed: Signed = parse(Signed, max(kept, key=lambda one: (one.number, one.at)).document)
    return signed


def _sample(report: Report) -> ClockSample | None:
    told = report.clock
    return None if told is None else ClockSample(told.asked, told.answered, told.answered, told.heard)


def _kept(node: Node, kind: str, at: datetime, document: str, number: int = 0) -> KeptReport:
    return KeptReport(node.name, kind, at, number, document.encode())


def followed(books: Books, node: Node) -> tuple[str, ...]:
    """Return the trust domains that a node follows besides the control domain: those it was told, else all."""
    return node.domains or _domains(books)


def _domains(books: Books) -> tuple[str, ...]:
    return tuple(name for name in books.directory.domains() if name != CONTROL)


def behind(node: Node, said: NodeNow | None, versions: Mapping[str, int]) -> tuple[str, ...]:
    """Return the trust domains of which a node does not follow the newest version.

    Args:
        versions: the newest of every domain.
    """
    follows = said.seen.versions if said is not None else {}
    return tuple(
        domain
        for domain in (CONTROL, *(node.domains or versions.keys() - {CONTROL}))
        if follows.get(domain, 0) < versions.get(domain, 0)
    )


def is_quiet(said: NodeNow | None, *, now: datetime, after: timedelta = timedelta(minutes=3)) -> bool:
    """Tell whether a node has not been heard for longer than a node that runs is quiet: three looks."""
    return said is None or now - said.at > after
