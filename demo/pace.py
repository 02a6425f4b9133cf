"""Whether the traffic kept its pace, and if not, whether the machine had any processor time left for it.

A connection that is late catches up, so only two things keep it below its pace: a service that
does not answer, or a machine whose processors are busy. Counting idle time tells them apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from demo.figures import Counted, Figures

PROMISED_RATE = 20
BUSY = 0.15  # idle share of all processors, below which they cannot give the traffic what it asks for
_IDLE = (3, 4)  # fields "idle" and "iowait"
_TIMES = 8  # fields up to "steal"; those of guests are counted in "user" already


@dataclass(frozen=True, slots=True)
class Processors:
    """Time of all processors together since the machine started, in clock ticks."""

    idle: int
    total: int

    @classmethod
    def read(cls, stat: Path = Path("/proc/stat")) -> Self:
        """Read the present count.

        Spec: proc(5), /proc/stat, line "cpu".
        """
        return cls.parse(stat.read_text(encoding="ascii"))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the count in the text of /proc/stat."""
        times = [int(field) for field in text.partition("\n")[0].split()[1 : 1 + _TIMES]]
        return cls(sum(times[field] for field in _IDLE), sum(times))

    def idle_since(self, before: Processors) -> float:
        """Return which share of the time since an earlier count the processors were idle."""
        total = self.total - before.total
        return (self.idle - before.idle) / total if total > 0 else 0.0


def find_slow(figures: Figures) -> list[Counted]:
    """Return the connections that made fewer handshakes a second than promised, the slowest first."""
    slow = [each for each in figures.connections.values() if each.rate < PROMISED_RATE]
    return sorted(slow, key=lambda each: each.rate)


def is_busy(idle: float) -> bool:
    """Tell whether processors with this idle share had too little time left for the traffic."""
    return idle < BUSY
