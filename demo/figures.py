"""What the traffic logs say, and nothing else: every printed figure is counted here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

EPOCH = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Counted:
    """The handshakes of one connection.

    Args:
        leaves: SHA-256 of each leaf that was accepted, with how often.
        errors: what was said of those that failed, with how often.
    """

    name: str
    handshakes: int = 0
    failed: int = 0
    first: datetime = EPOCH
    last: datetime = EPOCH
    leaves: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        """Handshakes a second, from the first to the last."""
        seconds = (self.last - self.first).total_seconds()
        return (self.handshakes - 1) / seconds if seconds > 0 else 0.0


@dataclass(slots=True)
class Figures:
    """The handshakes of every connection, by its name."""

    connections: dict[str, Counted] = field(default_factory=dict)

    @property
    def handshakes(self) -> int:
        """Every handshake that was tried."""
        return sum(each.handshakes for each in self.connections.values())

    @property
    def failed(self) -> int:
        """Those that failed."""
        return sum(each.failed for each in self.connections.values())

    @property
    def slowest(self) -> float:
        """Handshakes a second on the connection that has the fewest."""
        return min((each.rate for each in self.connections.values()), default=0.0)

    @property
    def errors(self) -> Counter[str]:
        """Every reason of failure, with how often."""
        total: Counter[str] = Counter()
        for each in self.connections.values():
            total.update(each.errors)
        return total


def count(logs: Iterable[Path]) -> Figures:
    """Count what stands in traffic logs; a last line that is not complete is not counted."""
    figures = Figures()
    for log in logs:
        if not log.exists():
            continue
        with log.open(encoding="utf-8") as lines:
            for line in lines:
                if line.endswith("\n"):
                    _add(figures, line)
    return figures


def _add(figures: Figures, line: str) -> None:
    when, name, leaf, error = line.rstrip("\n").split("\t")
    at = datetime.fromisoformat(when)
    counted = figures.connections.setdefault(name, Counted(name, first=at))
    counted.handshakes += 1
    counted.first, counted.last = min(counted.first, at), max(counted.last, at)
    if error == "-":
        counted.leaves[leaf] += 1
    else:
        counted.failed += 1
        counted.errors[error] += 1
