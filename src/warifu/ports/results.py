"""Where the rows of a long look are kept, so that it can be ended at any moment and gone on with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from warifu.domain.sweep.row import Row


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a look came.

    Args:
        units: pieces of work whose rows are kept.
        chain: digest over what they were: the same walk gives the same.
        whole: the look came to its end.
    """

    units: int = 0
    chain: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Begun:
    """What was asked at the very beginning, and how far it came since."""

    asked: Mapping[str, str]
    mark: Mark


class Results(Protocol):
    """Rows, kept in their order; of those that are alike the first stays and counts the others."""

    def begin(self, asked: Mapping[str, str], *, replace: bool) -> Begun:
        """Begin, or take up what was begun.

        Args:
            asked: the question; where something was begun, what differs from it refuses. A name that ends in
                `?` gives a value for a new beginning alone, and is answered with the one of the first time.
            replace: begin anew whatever is there.

        Raises:
            RefusedError: `sweep.other-question`, `sweep.already-there`, `sweep.in-use`.
            CouldNotLookError: `sweep.cannot-keep`.
        """
        ...

    def owns(self, path: str) -> bool:
        """Tell whether a path is one of the files that rows are kept in: they change while a look goes on."""
        ...

    def keep(self, rows: Sequence[Row], mark: Mark, *, durable: bool) -> None:
        """Keep rows and how far they lead: both or neither, and for good where `durable` says so.

        Raises:
            CouldNotLookError: `sweep.cannot-keep`.
        """
        ...

    def rows(self) -> Iterator[Row]:
        """Yield every row that was kept, in order."""
        ...

    def finish(self, told: Callable[[Row], None]) -> None:
        """Write the file that was asked for, whole or not at all, and clear up behind it.

        Args:
            told: hears every row that was kept, in order.

        Raises:
            CouldNotLookError: `sweep.cannot-keep`.
        """
        ...

    def close(self) -> None:
        """Let go of the file; what was kept stays, to be gone on with."""
        ...
