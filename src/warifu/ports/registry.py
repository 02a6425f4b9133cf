"""The server's database: every change is one unit of work, done as a whole or not at all."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from warifu.ports.node_books import (
    IdentityBook,
    NodeBook,
    OrderBook,
    ReportBook,
    RevocationBook,
    TokenBook,
)
from warifu.ports.people_books import LinkBook, PasswordBook, PeopleBook, SessionBook
from warifu.ports.rollout_books import EstateBook, RolloutBook, RowBook
from warifu.ports.trust_books import BundleBook, DirectoryBook
from warifu.ports.work_books import AuditBook, KeyedAnswers, LeaseBook, PlanBook


class AboutBook(Protocol):
    """Facts about the server itself, by name; never a secret."""

    def find(self, name: str) -> str:
        """Return a fact; empty where it is not known."""
        ...

    def put(self, name: str, value: str) -> None:
        """Keep a fact in place of what is kept under the name."""
        ...

    def generation(self) -> int:
        """Return the number above which versions, CRL numbers and epochs are allotted: 0 unless a backup was restored."""
        ...


@dataclass(frozen=True, slots=True)
class Books:
    """Everything the database keeps, within one unit of work."""

    about: AboutBook
    directory: DirectoryBook
    bundles: BundleBook
    people: PeopleBook
    passwords: PasswordBook
    sessions: SessionBook
    links: LinkBook
    tokens: TokenBook
    nodes: NodeBook
    identities: IdentityBook
    revocations: RevocationBook
    reports: ReportBook
    orders: OrderBook
    plans: PlanBook
    audit: AuditBook
    answers: KeyedAnswers
    leases: LeaseBook
    estates: EstateBook
    rollouts: RolloutBook
    rows: RowBook


class Registry(Protocol):
    """Opens units of work. Books are of use inside their `with` block alone."""

    def change(self) -> AbstractContextManager[Books]:
        """Begin a change: the only one at this moment, whoever else asks; durable once the block has ended.

        An error inside the block undoes all of it.

        Raises:
            CouldNotLookError: `registry.database`.
        """
        ...

    def look(self) -> AbstractContextManager[Books]:
        """Begin a look: everything seen inside the block is of one moment, and no change is waited for.

        Raises:
            CouldNotLookError: `registry.database`.
        """
        ...


@dataclass(frozen=True, slots=True)
class BackupFacts:
    """What a backup holds."""

    made: datetime
    schema: str
    generation: int
    files: tuple[str, ...]


class Backups(Protocol):
    """Copies of the server's data folder, made while it runs."""

    def make(self, path: str, *, now: datetime) -> BackupFacts:
        """Write a backup of database and keys as one private file, read again before it takes its name.

        Raises:
            RefusedError: `registry.backup-there`: something lies at the path.
            CouldNotLookError: `registry.database`, `io.cannot-write`, `registry.backup-damaged`.
        """
        ...

    def read(self, path: str) -> BackupFacts:
        """Return what a backup holds; every byte of it is checked.

        Raises:
            CouldNotLookError: `io.cannot-read`, `registry.backup-damaged`.
        """
        ...

    def unpack(self, path: str, *, now: datetime) -> BackupFacts:
        """Put a backup where the server's data lie, with a new generation.

        Raises:
            RefusedError: `registry.data-there`: a database is there already.
            CouldNotLookError: `io.cannot-read`, `io.cannot-write`, `registry.backup-damaged`.
        """
        ...
