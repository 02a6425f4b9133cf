"""What the server's database keeps of estates and rollouts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from warifu.ports.journals import RolloutHead, Row


@dataclass(frozen=True, slots=True)
class KeptEstate:
    """One version of an estate.

    Args:
        digest: over its files' texts, as plans name it.
        files: text of each file by its name.
    """

    name: str
    version: int
    digest: str
    files: Mapping[str, str] = field(repr=False)
    by: str
    at: datetime


class EstateBook(Protocol):
    """Estates; no version is ever changed."""

    def add(self, estate: KeptEstate) -> None:
        """Keep the next version.

        Raises:
            RefusedError: `rollouts.estate-version`: it is not the next one.
        """
        ...

    def newest(self, name: str) -> KeptEstate | None:
        """Return the newest version of an estate."""
        ...

    def of_digest(self, name: str, digest: str) -> KeptEstate | None:
        """Return the newest version that has this digest."""
        ...

    def estates(self) -> tuple[KeptEstate, ...]:
        """Return the newest version of each estate, sorted by name."""
        ...


class RolloutBook(Protocol):
    """Rollouts: their plans, what they touch, whether they are open."""

    def begin(self, head: RolloutHead, plan: bytes, footprint: Collection[str]) -> None:
        """Keep a new rollout.

        Raises:
            RefusedError: `rollout.open`: another open rollout touches some of the same.
        """
        ...

    def head(self, rollout: str) -> RolloutHead:
        """Return one rollout.

        Raises:
            UsageError: `rollout.unknown`.
        """
        ...

    def heads(self) -> tuple[RolloutHead, ...]:
        """Return every rollout, newest first."""
        ...

    def plan(self, rollout: str) -> bytes:
        """Return the bytes of a rollout's plan.

        Raises:
            UsageError: `rollout.unknown`.
        """
        ...

    def end(self, rollout: str, state: str, *, now: datetime) -> None:
        """Note how a rollout ended."""
        ...


class RowBook(Protocol):
    """Rows of rollouts' journals: added, never changed."""

    def append(
        self, rollout: str, kind: str, step: str, data: Mapping[str, object], *, epoch: int, now: datetime
    ) -> Row:
        """Append a row; return it with its number.

        Args:
            epoch: of the lease under which it is written; 0 for what people say.
        """
        ...

    def rows(self, rollout: str, *, after: int = 0) -> Sequence[Row]:
        """Return a rollout's rows in order, beginning after a number."""
        ...
