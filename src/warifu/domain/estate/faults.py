"""Everything that is wrong with an estate file, at once."""

from __future__ import annotations

from collections.abc import Iterable

from warifu.errors import UsageError


class EstateErrors(UsageError):
    """All faults of the estate files; `parts` holds one error for each, in the order of the files.

    Each part carries `where` (file and line), `key`, what was found and what would be right.
    """

    def __init__(self, faults: Iterable[UsageError]) -> None:
        listed = tuple(faults)
        super().__init__("estate.invalid", count=len(listed))
        self.faults = listed
        self.parts = listed
