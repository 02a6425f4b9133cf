"""What many rows come to: something to act on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from warifu.domain.findings import Code, Severity
from warifu.domain.sweep.row import NO_FINDINGS, Row, time_text

DAYS = (7, 30, 90)
"""What ends within so many days is counted by itself."""
FIRST = 10
REASONS = 20
"""So many reasons why something could not be looked at are told, the most frequent first."""
"""So many issuers, and places that could not be looked at, are named."""
_WEIGHT = (Severity.ERROR, Severity.WARNING, Severity.NOTE)
_WHY = 1_000  # reasons that are counted apart
_ISSUERS = 10_000  # counted at most: in a hostile pile every leaf has another


@dataclass(frozen=True, slots=True)
class Met:
    """A code, how often it was met as what, and where first."""

    code: Code
    severity: Severity
    count: int
    first: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why places could not be looked at: how many, and the first of them.

    Args:
        why: the reason as it was noted; empty where the error says all itself.
    """

    code: str
    why: str
    count: int
    first: Row


@dataclass(frozen=True, slots=True)
class Ends:
    """When what was seen ends, certificates met again not counted again.

    Args:
        within: by `DAYS`: later than the one before, and no later than this.
    """

    expired: int
    within: tuple[int, ...]
    later: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What all rows come to.

    Args:
        rows: how many there are.
        places: how many places were looked at: the rows, and every place where the same was met again.
        verdicts: how many rows have which, in a fixed order.
        fine: rows about which nothing weighs more than a note.
        met: findings by code, the worst first, then the most frequent.
        issuers: the most frequent of the leaves, each with how many.
        unseen: the first rows that could not be looked at.
        reasons: why not, the most frequent first.
    """

    rows: int
    places: int
    verdicts: tuple[tuple[str, int], ...]
    fine: int
    met: tuple[Met, ...]
    ends: Ends
    issuers: tuple[tuple[str, int], ...]
    unseen: tuple[Row, ...]
    unseen_count: int
    reasons: tuple[Reason, ...] = ()

    @property
    def with_findings(self) -> int:
        """Rows that were looked at, and are not fine."""
        return self.rows - self.fine - self.unseen_count


VERDICTS = ("accepted", "refused", "unknown", "fine", "findings", "unseen")


class Tally:
    """Counts rows as they come; nothing of them is held but counts.

    Args:
        at: the instant they were judged at.
    """

    def __init__(self, at: datetime) -> None:
        self.edges = [time_text(at), *(time_text(_later(at, days)) for days in DAYS)]
        self.places = self.fine = 0
        self.verdicts: Counter[str] = Counter()
        self.met: Counter[tuple[str, str]] = Counter()
        self.first: dict[tuple[str, str], str] = {}
        self.ends = [0] * (len(self.edges) + 1)
        self.issuers: Counter[str] = Counter()
        self.unseen: list[Row] = []
        self.reasons: Counter[tuple[str, str]] = Counter()
        self.unseen_first: dict[tuple[str, str], Row] = {}

    def add(self, row: Row) -> None:
        """Count a row."""
        self.places += 1 + row.also
        self.verdicts[row.verdict] += 1
        if row.verdict == "unseen":
            self._pass(row)
            return
        heavy = row.findings != NO_FINDINGS and self._count(row)
        self.fine += not heavy
        if row.not_after:
            place = next((n for n, edge in enumerate(self.edges) if row.not_after < edge), len(self.edges))
            self.ends[place] += 1
        if row.issuer and (row.issuer in self.issuers or len(self.issuers) < _ISSUERS):
            self.issuers[row.issuer] += 1

    def _pass(self, row: Row) -> None:
        """Count a row that could not be looked at, by its reason."""
        if len(self.unseen) < FIRST:
            self.unseen.append(row)
        error = row.error
        why = ("", "") if error is None else (error.code, str(error.values.get("reason", "")))
        if why in self.reasons or len(self.reasons) < _WHY:
            self.reasons[why] += 1
            self.unseen_first.setdefault(why, row)

    def _count(self, row: Row) -> bool:
        """Count the findings of a row, each code once; tell whether one weighs more than a note."""
        pairs = {(str(one["code"]), str(one["severity"])) for one in row.found}
        for pair in pairs:
            self.met[pair] += 1
            self.first.setdefault(pair, row.place)
        return any(severity != Severity.NOTE for _, severity in pairs)

    def close(self) -> Summary:
        """Return what the rows come to."""
        met = [
            Met(Code(code), Severity(severity), count, self.first[code, severity])
            for (code, severity), count in self.met.items()
        ]
        met.sort(key=lambda one: (_WEIGHT.index(one.severity), -one.count, one.code))
        expired, *within, later = self.ends
        return Summary(
            rows=self.verdicts.total(),
            places=self.places,
            verdicts=tuple((name, self.verdicts[name]) for name in VERDICTS),
            fine=self.fine,
            met=tuple(met),
            ends=Ends(expired, tuple(within), later),
            issuers=tuple(sorted(self.issuers.items(), key=lambda one: (-one[1], one[0]))[:FIRST]),
            unseen=tuple(self.unseen),
            unseen_count=self.verdicts["unseen"],
            reasons=tuple(
                Reason(code, why, count, self.unseen_first[code, why])
                for (code, why), count in self.reasons.most_common(REASONS)
            ),
        )


def _later(at: datetime, days: int) -> datetime:
    try:
        return at + timedelta(days=days)
    except OverflowError:  # nothing ends after the year 9999
        return datetime.max.replace(tzinfo=at.tzinfo)
