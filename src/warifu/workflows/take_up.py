"""What a node makes of the bundles it believes: its endpoint store follows them, then the files that programs read.

Each trust domain is taken up by itself and in one transaction. What cannot be read of it is set aside with a finding, a
version that goes back or drops too much is held, and nothing of this keeps the other domains from going on. What was
deleted on this node by other means comes back, and is told as resurrected.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from warifu.domain.directory import Published
from warifu.domain.directory.convergence import reconcile
from warifu.domain.directory.guard import find_mass_removal
from warifu.domain.directory.model import CONTROL
from warifu.domain.directory.outputs import ListedHere, OutputSettings, Stock, TrustedHere
from warifu.domain.endpoint import Entry, EntryKind, Provenance, SystemStore
from warifu.domain.findings import Code, Finding
from warifu.domain.x509 import Certificate, Sha256
from warifu.errors import RefusedError, UsageError, WarifuError
from warifu.ports.agent_state import BeliefBook
from warifu.ports.bundles import Held
from warifu.ports.endpoint import Asked, EndpointStores, EndpointView
from warifu.wire.agent import EntryTold
from warifu.wire.bundle import ReadBundle, read_documents, to_documents
from warifu.wire.evidence import Evidence
from warifu.workflows.agent_sync import TakenUp
from warifu.workflows.outputs import OutputWriter

_STORES = (SystemStore.TRUSTED_ROOTS, SystemStore.CRLS)


def read_domain(held: Held, domain: str) -> ReadBundle | None:
    """Return what is believed of a trust domain; None where nothing is.

    Raises:
        UsageError: `bundle.malformed`, ...: its frame is wrong, though it is rightly signed.
    """
    if f"{domain}/bundle.json" not in held.documents:
        return None
    return read_documents(held.documents, domain)


def control_anchors(held: Held) -> tuple[Certificate, ...]:
    """Return the CAs that vouch for the server, as its control domain publishes them."""
    read = read_domain(held, CONTROL)
    return () if read is None else tuple(anchor.certificate for anchor in read.published.trusted)


@dataclass(frozen=True, slots=True)
class Follower:
    """Makes the stores of one node follow.

    Args:
        outputs: what is written out for programs; None where nothing is.
        look_into: tells of certificates embedded in files that this node was told to look into.
    """

    state: BeliefBook
    stores: EndpointStores
    outputs: Callable[[], tuple[OutputWriter, OutputSettings] | None]
    look_into: Callable[[], tuple[EntryTold, ...]]

    def take_up(self, held: Held, domains: Sequence[str], now: datetime) -> TakenUp:
        """Follow what is believed, as far as it may be followed."""
        findings: list[Finding] = []
        before = {one.domain: one for one in self._followed()}
        taken: dict[str, Published] = {}
        for domain in dict.fromkeys((CONTROL, *domains)):
            published = self._allowed(held, domain, before.get(domain), findings)
            if published is not None:
                taken[domain] = published
        changed = False
        for domain in taken.keys() | (before.keys() - {CONTROL, *domains}):
            published = taken.get(
                domain, Published(domain, before[domain].version if domain in before else 0)
            )
            others = [one for name, one in taken.items() if name != domain]
            changed |= self._converge(published, before.get(domain), others, now, findings)
        if {name: one.version for name, one in taken.items()} != {n: o.version for n, o in before.items()}:
            changed = True
            self.state.keep_followed(_documents_of(taken.values()))
        with self.stores.reading() as view:
            entries = _all_entries(view, findings)
        evidence = self._write_out(entries, findings, now)
        told = (*(to_told(one) for one in entries), *self.look_into())
        versions = {name: one.version for name, one in taken.items()}
        return TakenUp(versions, changed, told, evidence, tuple(findings))

    def _followed(self) -> tuple[Published, ...]:
        """Return what the stores of this node follow: the bundles that were taken up last."""
        documents = self.state.followed()
        names = sorted({name.partition("/")[0] for name in documents})
        return tuple(read_documents(documents, name).published for name in names)

    def _allowed(
        self, held: Held, domain: str, before: Published | None, findings: list[Finding]
    ) -> Published | None:
        """Return what is to be followed of a domain: the newest that is believed, else what was followed before."""
        try:
            read = read_domain(held, domain)
        except UsageError as error:
            findings.append(
                Finding(Code.BUNDLE_ENTRY_UNREADABLE, domain, {"part": "bundle.json", "reason": error.code})
            )
            return before
        if read is None:
            return before
        findings += read.faults
        if before is None:
            return read.published
        if read.published.version < before.version:
            evidence = {"name": domain, "got": read.published.version, "before": before.version}
            findings.append(Finding(Code.VERSION_GOES_BACK, domain, evidence))
            return before
        plans = {read.published.plan} if read.published.plan else set[str]()
        held_back = find_mass_removal(before, read.published, plans=plans, planned=read.planned)
        findings += held_back
        return before if held_back else read.published

    def _converge(
        self,
        published: Published,
        before: Published | None,
        others: Sequence[Published],
        now: datetime,
        findings: list[Finding],
    ) -> bool:
        """Have the system stores follow one domain; return whether anything changed."""
        try:
            with self.stores.changing(by="sync", now=now) as book:
                entries = _all_entries(book, findings, _STORES)
                deleted = _deleted(entries, before)
                made = reconcile(
                    entries, published, now=now, deleted=deleted, version=published.version, elsewhere=others
                )
                for entry in made.removes:
                    book.drop(entry.store, entry.alias)
                for change in made.changes:
                    if change.after.alias.casefold() != change.before.alias.casefold():
                        book.drop(change.before.store, change.before.alias)
                for entry in (*(change.after for change in made.changes), *made.adds):
                    book.put(entry)
                findings += made.findings
                return not made.is_settled
        except RefusedError as error:
            findings.append(
                Finding(
                    Code.BUNDLE_ENTRY_UNREADABLE,
                    published.domain,
                    {"part": "bundle.json", "reason": error.code},
                )
            )
            return False

    def _write_out(
        self, entries: Sequence[Entry], findings: list[Finding], now: datetime
    ) -> tuple[Evidence, ...]:
        try:
            found = self.outputs()
        except WarifuError as error:
            findings.append(Finding(Code.NOT_SEEN, "outputs", {"reason": error.code}))
            return ()
        if found is None:
            return ()
        writer, settings = found
        evidence: list[Evidence] = []
        for written in writer.write(settings, stock_of(entries, now=now)):
            evidence += written.evidence
            findings += written.findings
            if written.problem is not None:
                reason = str(written.problem.values.get("reason") or written.problem.code)
                findings.append(Finding(Code.NOT_SEEN, written.output.name, {"reason": reason}))
        return tuple(evidence)


def _all_entries(
    view: EndpointView, findings: list[Finding], stores: Sequence[str] | None = None
) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    for store in stores or tuple(one.name for one in view.stores()):
        after: int | None = 0
        while after is not None:
            page = view.entries(store, Asked(after=after))
            entries += page.entries
            findings += [one for one in page.findings if one not in findings]
            after = page.following
    return tuple(entries)


def _documents_of(published: Iterable[Published]) -> dict[str, bytes]:
    return {name: data for one in published for name, data in to_documents(one).items()}


def _deleted(entries: Sequence[Entry], before: Published | None) -> frozenset[Sha256]:
    """Return what was followed and is not there: somebody took it away by other means."""
    if before is None:
        return frozenset()
    there = {one.fingerprint for one in entries}
    followed = {anchor.key for anchor in before.trusted} | {crl.fingerprint for crl in before.crls}
    return frozenset(key for key in followed if key not in there)


def stock_of(entries: Sequence[Entry], *, now: datetime) -> Stock:
    """Return what a node trusts, out of the entries of its system stores."""
    anchors = tuple(
        TrustedHere(one.alias, one.certificates[0], one.domain)
        for one in entries
        if one.kind is EntryKind.TRUSTED and one.store == SystemStore.TRUSTED_ROOTS and one.is_trusted(now)
    )
    crls = tuple(
        ListedHere(one.crl, one.domain)
        for one in entries
        if one.crl is not None and one.store == SystemStore.CRLS and one.is_trusted(now)
    )
    return Stock(anchors, crls)


def to_told(entry: Entry) -> EntryTold:
    """Return an entry as the server is told of it."""
    first = entry.certificates[0] if entry.certificates else None
    crl = entry.crl
    ends = first.not_after if first is not None else crl.next_update if crl is not None else None
    return EntryTold(
        entry.store,
        entry.alias,
        entry.kind.value,
        entry.fingerprint.hex if entry.fingerprint else "",
        first.subject_key_id.hex if first is not None and first.subject_key_id else "",
        str(first.subject) if first is not None else "",
        str(first.issuer) if first is not None else crl.issuer_text if crl is not None else "",
        ends,
        entry.provenance.value,
        entry.distrusted,
        entry.exception.until if entry.exception else None,
        *_bytes_of(entry),
        entry.domain,
        entry.added,
        exception_by=entry.exception.by if entry.exception else "",
        exception_reason=entry.exception.reason if entry.exception else "",
        exception_distrusts=entry.exception is not None and entry.exception.distrusts,
    )


def _bytes_of(entry: Entry) -> tuple[tuple[str, ...], str]:
    """Return the chain and the CRL of an entry in base64; what a trust domain brought is known there."""
    if entry.provenance is Provenance.DIRECTORY:
        return (), ""
    return tuple(to_base64(one.der) for one in entry.certificates), to_base64(
        entry.crl.der
    ) if entry.crl else ""


def to_base64(data: bytes) -> str:
    """Return bytes as text."""
    return base64.b64encode(data).decode("ascii")
