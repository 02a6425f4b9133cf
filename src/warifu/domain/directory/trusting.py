"""Who trusts an anchor, since when, confirmed when; and which expired anchors are still kept somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from warifu.domain.directory.beneath import Beneath
from warifu.domain.directory.model import Anchor, Published
from warifu.domain.directory.retirement import authorities, chains_of
from warifu.domain.directory.sightings import Reports
from warifu.domain.endpoint import EntryKind
from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.x509 import Certificate


@dataclass(frozen=True, slots=True)
class Trusting:
    """One place that trusts a certificate.

    Args:
        since: when it came there, as far as that is known.
        seen: when it was last confirmed; None where nobody ever looked.
        heard: the one who reports is still heard; else it may trust something else by now.
    """

    node: str
    store: str
    alias: str
    certificate: Certificate
    since: datetime | None
    seen: datetime | None
    heard: bool = True

    @property
    def place(self) -> str:
        """Node, store and alias in one."""
        return f"{self.node}/{self.store}/{self.alias}"


@dataclass(frozen=True, slots=True)
class ExpiryAlarm:
    """Expired anchors that are still kept; it closes when the last entry is gone.

    Args:
        in_use: entries that something presented still chains to: what verifies by them refuses it.
        unused: entries that nothing needs: retiring them is safe.
    """

    in_use: tuple[Trusting, ...] = ()
    unused: tuple[Trusting, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def count(self) -> int:
        """How many entries are left."""
        return len(self.in_use) + len(self.unused)

    @property
    def is_open(self) -> bool:
        """Somebody has something to do."""
        return self.count > 0


def who_trusts(anchor: Anchor, reports: Reports) -> tuple[Trusting, ...]:
    """Return every place that was seen to trust an anchor, by these very bytes, and when that was last confirmed."""
    found = (one for one in _trusting(reports, distrusted=False) if one.certificate == anchor.certificate)
    return tuple(sorted(found, key=lambda one: one.place))


def expiry_alarm(reports: Reports, published: Published, *, now: datetime) -> ExpiryAlarm:
    """Return which expired anchors are still kept on nodes, apart by whether something needs them."""
    expired: dict[Certificate, list[Trusting]] = {}
    for one in _trusting(reports, distrusted=True):
        if now > one.certificate.not_after:  # the period includes its last second
            expired.setdefault(one.certificate, []).append(one)
    in_use, unused, findings = list[Trusting](), list[Trusting](), list[Finding]()
    for certificate, places in sorted(expired.items(), key=lambda item: item[0].fingerprint):
        if not _is_needed(certificate, reports, published, now):
            unused += places
            continue
        in_use += places
        where = tuple(sorted(one.place for one in places))
        evidence = {"now": now, "not_after": certificate.not_after, "where": where}
        findings.append(Finding(Code.EXPIRED_IN_USE, certificate.label, evidence))
    if unused:
        where = tuple(sorted(one.place for one in unused))
        evidence = {"count": len(unused), "where": where}
        findings.append(Finding(Code.EXPIRED_UNUSED, published.domain, evidence, Severity.WARNING))
    return ExpiryAlarm(tuple(in_use), tuple(unused), tuple(findings))


def _trusting(reports: Reports, *, distrusted: bool) -> Iterator[Trusting]:
    """Yield every anchor that is kept anywhere.

    Args:
        distrusted: those in quarantine, too.
    """
    for node in reports.nodes:
        for entry in node.entries:
            if entry.kind is EntryKind.TRUSTED and (distrusted or not entry.distrusted):
                for one in entry.certificates:
                    yield Trusting(
                        node.node, entry.store, entry.alias, one, entry.added, node.seen, node.heard
                    )
    for store in reports.stores:
        for alias, one in store.anchors.items():
            yield Trusting(store.node, store.store, alias, one, None, store.seen)


def _is_needed(certificate: Certificate, reports: Reports, published: Published, now: datetime) -> bool:
    """Tell whether something that is presented leads to a certificate and has no valid way besides."""
    remaining = [one.certificate for one in published.trusted if one.certificate != certificate]
    beneath = Beneath(certificate, authorities(reports), remaining, now)
    chains = [one.chain for one in reports.presented if one.chain]
    chains += [chain for node in reports.nodes for _, chain in chains_of(node)]
    return any(beneath.needs(chain) and not beneath.holds_without(chain) for chain in chains)
