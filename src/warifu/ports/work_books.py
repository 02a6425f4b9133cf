"""What the server's database keeps of work: plans and who approved them, what was done, who may do it now."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from warifu.domain.directory.audit import AuditEntry, Head


class AuditBook(Protocol):
    """The audit trail: entries are added, never changed."""

    def head(self) -> Head:
        """Return where it ends: number and seal of the last entry, 0 and `GENESIS` before the first."""
        ...

    def append(self, entry: AuditEntry, seal: str) -> None:
        """Keep the next entry with its seal.

        Raises:
            RefusedError: `registry.audit-number`: it is not the next one.
        """
        ...

    def entries(self, *, after: int = 0, most: int = 1000) -> tuple[AuditEntry, ...]:
        """Return entries in order, beginning after a number."""
        ...

    def newest(self, *, below: int | None = None, most: int = 100) -> tuple[AuditEntry, ...]:
        """Return entries, the newest first, beginning beneath a number."""
        ...


class PlanState(StrEnum):
    """What became of a plan."""

    OPEN = "open"
    CARRIED_OUT = "carried-out"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Approval:
    """That a person approved a plan."""

    person: str
    at: datetime
    remark: str = ""


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """A plan that people decide about.

    Args:
        kind: `publish`, `retire-anchor`, `restore`, `rollout`, ...
        domain: the trust domain that it is about; empty for none.
        subjects: what it may touch: anchors as their SHA-256 in hex.
        document: its bytes, whose SHA-256 the digest is.
    """

    digest: str
    kind: str
    domain: str
    subjects: tuple[str, ...]
    document: bytes = field(repr=False)
    by: str
    at: datetime
    state: PlanState = PlanState.OPEN
    approvals: tuple[Approval, ...] = ()


class PlanBook(Protocol):
    """Plans and their approvals."""

    def add(self, plan: KeptPlan) -> None:
        """Keep a new plan; one that is there already stays as it is."""
        ...

    def find(self, digest: str) -> KeptPlan | None:
        """Return a plan with its approvals, in the order given."""
        ...

    def plans(self, state: PlanState | None = None) -> tuple[KeptPlan, ...]:
        """Return plans, newest first."""
        ...

    def approve(self, digest: str, approval: Approval) -> None:
        """Note an approval; a second one by the same person changes nothing."""
        ...

    def close(self, digest: str, state: PlanState) -> None:
        """Note what became of a plan."""
        ...


@dataclass(frozen=True, slots=True)
class KeyedAnswer:
    """What a request with an idempotency key was answered.

    Args:
        actor: whose key it is.
        request: SHA-256 (hex) of the request, so that another request with the same key is told from it.
        media: the body's media type.
    """

    actor: str
    key: str
    request: str
    status: int
    media: str
    body: bytes = field(repr=False)
    at: datetime


class KeyedAnswers(Protocol):
    """Answers to requests that may be sent twice."""

    def find(self, actor: str, key: str) -> KeyedAnswer | None:
        """Return what was answered under a key."""
        ...

    def keep(self, answer: KeyedAnswer) -> None:
        """Keep an answer, in the transaction of what it answers.

        Raises:
            RefusedError: `registry.key-taken`.
        """
        ...

    def prune(self, *, before: datetime) -> int:
        """Forget answers that are older; return how many."""
        ...


@dataclass(frozen=True, slots=True)
class HeldLease:
    """The right to do some work until `until`; its epoch rises whenever the holder changes."""

    name: str
    holder: str
    epoch: int
    until: datetime


class LeaseBook(Protocol):
    """Who does what only one may do."""

    def find(self, name: str) -> HeldLease | None:
        """Return a lease as it is kept, whoever has it and for however long; its holder is empty once it is free."""
        ...

    def take(self, name: str, holder: str, *, now: datetime, length: timedelta) -> HeldLease:
        """Take or renew a lease.

        Raises:
            RefusedError: `registry.lease-held`: another holds it and it has not run out.
        """
        ...

    def stand(self, lease: HeldLease) -> None:
        """Return when the lease is still its holder's.

        Raises:
            RefusedError: `registry.lease-lost`.
        """
        ...

    def release(self, lease: HeldLease) -> None:
        """Give a lease free; one that was lost stays with who has it."""
        ...
