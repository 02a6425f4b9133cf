"""What this process intended and did."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a rollout's journal, in the order written.

    Args:
        kind: what happened: `started`, `approved`, `intend`, `done`, `evidence`, `wave`, `waiting`,
            `statement`, `bytes`, `stopped`, `ended`, ...
        step: the step it is about; empty when it is about the rollout.
        data: JSON-ready details; never a secret.
    """

    number: int
    at: datetime
    kind: str
    step: str
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class RolloutHead:
    """A rollout as the journal lists it."""

    id: str
    plan_digest: str
    started: datetime
    state: str
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to drive a rollout until `until`; every write is conditional on its epoch."""

    rollout: str
    epoch: int
    until: datetime


Noted = tuple[str, str, Mapping[str, object]]
"""Kind, step and data of a row to be written."""


class Journal(Protocol):
    """An append-only account of rollouts, kept by one file."""

    @property
    def id(self) -> str:
        """What fences on nodes know this journal by."""
        ...

    def begin(
        self,
        rollout: str,
        plan: bytes,
        plan_digest: str,
        *,
        footprint: Collection[str],
        now: datetime,
        first: Sequence[Noted] = (),
    ) -> None:
        """Note a new rollout, the plan's bytes and what it touches (slots, files, services, connections).

        Args:
            first: its first rows, in the same transaction: no rollout is there without its approval.

        Raises:
            RefusedError: `rollout.open`: another open rollout touches some of the same.
        """
        ...

    def rollouts(self) -> tuple[RolloutHead, ...]:
        """Return every rollout, newest first."""
        ...

    def plan(self, rollout: str) -> bytes:
        """Return the bytes of a rollout's plan.

        Raises:
            UsageError: `rollout.unknown`.
        """
        ...

    def rows(self, rollout: str) -> Sequence[Row]:
        """Return a rollout's rows in order."""
        ...


class DrivenJournal(Journal, Protocol):
    """A journal whose driver holds a lease."""

    def lease(self, rollout: str, holder: str, *, now: datetime, length: timedelta) -> Lease:
        """Take or renew the lease, with a new epoch when the holder changes.

        Raises:
            RefusedError: `rollout.lease-held`: another driver holds it and it has not run out.
        """
        ...

    def write(self, lease: Lease, kind: str, step: str, data: Mapping[str, object], *, now: datetime) -> Row:
        """Append a row, durably, if the lease's epoch is still the highest.

        Raises:
            RefusedError: `rollout.lease-lost`.
        """
        ...

    def remark(self, rollout: str, kind: str, step: str, data: Mapping[str, object], *, now: datetime) -> Row:
        """Append what a person says while somebody else drives: an owner's statement needs no lease.

        Raises:
            UsageError: `rollout.unknown`.
        """
        ...

    def end(self, lease: Lease, state: str, *, now: datetime, last: Noted | None = None) -> None:
        """Close a rollout: `done`, `abandoned` or `superseded`.

        Args:
            last: its last row, in the same transaction: none is closed in its rows and open in the list.
        """
        ...
