"""What a change of a trust domain comes to: item by item, and as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from warifu.domain.directory.model import Anchor, Published
from warifu.domain.findings import Finding, Severity
from warifu.domain.x509 import RevocationList, Sha256


class Outcome(StrEnum):
    """What became of one item; `replaced` kept its place: another alias for an anchor, a newer CRL for an older."""

    CREATED = "created"
    UNCHANGED = "unchanged"
    REPLACED = "replaced"
    REFUSED = "refused"
    REMOVED = "removed"
    QUARANTINED = "quarantined"
    RESTORED = "restored"


class ItemKind(StrEnum):
    """What an item is."""

    ANCHOR = "anchor"
    CRL = "crl"


@dataclass(frozen=True, slots=True)
class Item:
    """One anchor or CRL of a change, with every reason of what became of it."""

    key: Sha256
    kind: ItemKind
    outcome: Outcome
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What a change comes to: all of it, or nothing.

    Args:
        after: the domain with the change, at the next version; the very domain that is there where nothing changes; None
            when the change is refused.
        findings: what is said of the change as a whole.
    """

    items: tuple[Item, ...]
    after: Published | None
    findings: tuple[Finding, ...] = ()

    @property
    def is_refused(self) -> bool:
        """Nothing of it was taken over."""
        return self.after is None

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """Everything said of the whole and of each item, in order."""
        return (*self.findings, *(finding for item in self.items for finding in item.findings))


def refuses(findings: Iterable[Finding]) -> bool:
    """Tell whether something among the findings refuses."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def next_version(
    present: Published,
    anchors: Iterable[Anchor],
    crls: Iterable[RevocationList],
    *,
    now: datetime,
    plan: str = "",
) -> Published:
    """Return what a domain publishes after a change: one version on, sorted; itself where nothing differs."""
    listed = tuple(sorted(anchors, key=lambda anchor: anchor.key))
    lists = tuple(sorted(crls, key=lambda crl: crl.fingerprint))
    if (listed, lists) == (present.anchors, present.crls):
        return present
    return replace(present, version=present.version + 1, at=now, anchors=listed, crls=lists, plan=plan)
