"""Everything that is wrong with an estate file, at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from warifu.errors import UsageError


@dataclass
class Faults:
    """The faults met so far, each once."""

    found: list[UsageError] = field(default_factory=list)

    def add(self, fault: UsageError) -> None:
        """Note a fault; the same one at the same place is noted once."""
        if all(str(fault) != str(other) for other in self.found[-50:]):
            self.found.append(fault)


class EstateError(UsageError):
    """All faults of the estate files; `parts` holds one error for each, in the order of the files.

    Each part carries `where` (file and line), `key`, what was found and what would be right.
    """

    def __init__(self, faults: Iterable[UsageError]) -> None:
        listed = tuple(faults)
        super().__init__("estate.invalid", count=len(listed))
        self.faults = listed
        self.parts = listed
