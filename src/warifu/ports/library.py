"""The rule sets and procedures that Warifu ships, as text."""

from __future__ import annotations

from typing import Protocol


class Library(Protocol):
    """Reads what lies in the program's own data folder.

    Raises:
        CouldNotLookError: `io.data-missing`: the installation is not whole.
    """

    def names(self, kind: str) -> tuple[str, ...]:
        """Return the names of a kind (`profiles`, `procedures`, `examples`), sorted; none where there is no such kind."""
        ...

    def text(self, kind: str, name: str) -> str:
        """Return one of them, a TOML document."""
        ...
