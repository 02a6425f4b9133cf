"""This machine's clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from warifu.ports.clock import Clock


class SystemClock(Clock):
    """Wall time for `now`; waits are measured by the monotonic clock, so a clock set back prolongs nothing."""

    def now(self) -> datetime:
        """Return the present instant."""
        return datetime.now(UTC)

    def wait(self, until: Callable[[], bool], *, at_most: timedelta, every: timedelta) -> bool:
        """Look at once, then every `every`, a last time when `at_most` has passed."""
        deadline = time.monotonic() + at_most.total_seconds()
        while True:
            if until():
                return True
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(left, every.total_seconds()))
