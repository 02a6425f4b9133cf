"""The clock of a target that is not one of our nodes."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from warifu.domain.trust.address import Address


class TargetClock(Protocol):
    """Asks a target what time it has."""

    def ask(self, address: Address) -> datetime:
        """Return the target's time, UTC, whole seconds.

        Raises:
            CouldNotLookError: `io.no-clock`: it cannot be reached, or tells no time.
        """
        ...
