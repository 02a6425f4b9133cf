"""A clock that stands, for rehearsals."""

from __future__ import annotations

from datetime import datetime

from warifu.adapters.clock.system import SystemClock


class StandingClock(SystemClock):
    """One instant for `now`; waits take the time they take.

    Args:
        at: the instant, with its zone.
    """

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        """Return the instant."""
        return self._at
