"""Time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """The present instant, and waiting."""

    def now(self) -> datetime:
        """Return the present instant, UTC-aware."""
        ...

    def wait(self, until: Callable[[], bool], *, at_most: timedelta, every: timedelta) -> bool:
        """Look again and again until `until` holds; return whether it did before `at_most` had passed."""
        ...
