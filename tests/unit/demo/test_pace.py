"""Whether the demo's traffic kept its pace."""

from __future__ import annotations

from datetime import timedelta

import pytest

from demo.figures import Counted, Figures
from demo.pace import BUSY, Processors, find_slow, is_busy
from support.pki import NOW

STAT = "cpu  100 1 50 800 20 2 3 24 90 5\ncpu0 50 0 25 400 10 1 1 12 45 2\nintr 1 2 3\n"


def counted(name: str, rate: float) -> Counted:
    """Two minutes of handshakes at a steady rate."""
    seconds = 120
    return Counted(name, handshakes=int(rate * seconds) + 1, first=NOW, last=NOW + timedelta(seconds=seconds))


def test_guest_time_is_not_counted_twice() -> None:
    """Idle is idle and waiting for disks; the total leaves out guests, which are in the user time already."""
    assert Processors(idle=820, total=1000) == Processors.parse(STAT)


def test_the_idle_share_is_that_of_the_time_between() -> None:
    """What happened before the first count does not matter."""
    assert 0.25 == Processors(idle=130, total=1120).idle_since(Processors(idle=100, total=1000))
    assert 0.0 == Processors(idle=5, total=7).idle_since(Processors(idle=5, total=7))


def test_slow_connections_come_slowest_first() -> None:
    """Twenty a second is enough; less is not."""
    figures = Figures({each.name: each for each in (counted("a", 19), counted("b", 20), counted("c", 3))})
    assert ["c", "a"] == [each.name for each in find_slow(figures)]


@pytest.mark.parametrize(("idle", "busy"), [(0.0, True), (BUSY, False), (0.6, False)])
def test_a_machine_with_idle_processors_is_no_excuse(*, idle: float, busy: bool) -> None:
    """Only processors that had nothing left excuse a slow pace."""
    assert busy == is_busy(idle)
