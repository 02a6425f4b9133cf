"""What one look gave, and what was found wrong in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from warifu.domain.findings import Finding, Severity
from warifu.domain.x509 import Certificate


class Kind(StrEnum):
    """What a notice is about, the most urgent first."""

    EXPIRED_IN_USE = "expired-in-use"
    PAIR_BROKEN = "pair-broken"
    EXPIRED_UNDECIDED = "expired-undecided"
    EXPIRED_UNUSED = "expired-unused"
    EXPIRING = "expiring"
    NOT_LIVE = "not-live"
    CHANGED = "changed"
    FORECAST = "forecast"
    NOT_SEEN = "not-seen"


class Standing(StrEnum):
    """How a certificate stands at a place."""

    IN_USE = "in-use"  # seen in use
    UNDECIDED = "undecided"  # an anchor that nothing seen chains to, while not all was seen that might
    UNUSED = "unused"  # an anchor that nothing presented chains to, or a file that nothing uses
    RENEWED_NOT_LIVE = "renewed-not-live"  # in use, while another one lies on disk


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a certificate is, as people look for it.

    Args:
        place: slot, file or address.
        store: identity, trust store or file.
        alias: name inside it: a key id for an anchor, else the slot's label.
    """

    place: str
    node: str
    store: str
    alias: str
    standing: Standing
    subject: str
    fingerprint: str
    not_after: datetime

    @property
    def member(self) -> str:
        """One certificate at one place."""
        return f"{self.place} {self.fingerprint}"


@dataclass(frozen=True, slots=True)
class Met:
    """One certificate at one place, with the names of those who own the place."""

    entry: Entry
    certificate: Certificate
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """What a place holds: a digest to compare, and how it is shown."""

    digest: str
    said: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A connection, or an address judged as its clients would.

    Args:
        broken: it is refused, live or by a verdict.
    """

    broken: bool
    findings: tuple[Finding, ...] = ()
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Sight:
    """One look.

    Args:
        values: what each place holds, where that could be read.
        seen: places and connections whose present state was proven, on the wire wherever they have one.
        known: every place and connection there is; what is not in it is watched no longer.
        ours: places that hold what a rollout of ours proved last.
        touched: places that an open rollout works at.
        not_live: places of which something else is in use than lies on disk, with the finding.
        judged: connections by name.
        unseen: what could not be looked at.
        owners: owner of each place.
        baseline: what each place held when it was last taken as right.
        blind: names, folders, archives and piles that could not be opened up: whatever was behind them may still be there.
        unmet: places and addresses that may present something, and of which it was not seen what they present.
    """

    at: datetime
    met: tuple[Met, ...] = ()
    values: Mapping[str, Held] = field(default_factory=dict)
    seen: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    ours: frozenset[str] = frozenset()
    touched: frozenset[str] = frozenset()
    not_live: Mapping[str, Finding] = field(default_factory=dict)
    judged: Mapping[str, Judged] = field(default_factory=dict)
    unseen: tuple[Finding, ...] = ()
    owners: Mapping[str, str] = field(default_factory=dict)
    baseline: Mapping[str, Held] = field(default_factory=dict)
    blind: tuple[str, ...] = ()
    unmet: tuple[str, ...] = ()

    def is_gone(self, place: str) -> bool:
        """Tell whether a place is watched no longer."""
        behind = any(
            place.startswith((f"{one} (", f"{one.rstrip('/')}/", f"{one}!", f"{one}@")) for one in self.blind
        )
        return place not in self.known and not behind

    def is_unproven(self, place: str) -> bool:
        """Tell whether a place is still watched, and this look did not see how it stands."""
        return place not in self.seen and not self.is_gone(place)


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that is wrong; each has one notice.

    Args:
        about: what tells it from others of its kind: a fingerprint, place, connection or owner.
        findings: the first says it in one sentence.
        places: must all be seen without it before the notice closes.
        ends: when a certificate that is still valid ends.
        found: what a place was found to hold.
    """

    kind: Kind
    about: str
    findings: tuple[Finding, ...]
    severity: Severity
    entries: tuple[Entry, ...] = ()
    places: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    ends: datetime | None = None
    found: Held | None = None

    @property
    def members(self) -> frozenset[str]:
        """Each certificate at each place."""
        return frozenset(entry.member for entry in self.entries)

    @property
    def certificates(self) -> frozenset[str]:
        """The fingerprints it is about."""
        return frozenset(entry.fingerprint for entry in self.entries)
