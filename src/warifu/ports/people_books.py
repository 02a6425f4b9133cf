"""What the server's database keeps of people: who they are, how they prove it, and that they did."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from warifu.domain.directory.roles import Role
from warifu.domain.x509 import Sha256
from warifu.ports.passwords import SealedPassword


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signs in by their own name.

    Args:
        certificates: fingerprints of the client certificates that are theirs.
        ended: when they were shut out; None while they may sign in.
        has_password: whether a password is set.
    """

    name: str
    roles: frozenset[Role]
    certificates: tuple[Sha256, ...] = ()
    created: datetime | None = None
    ended: datetime | None = None
    has_password: bool = False


class PeopleBook(Protocol):
    """People and their roles."""

    def people(self) -> tuple[Person, ...]:
        """Return everybody, those shut out as well, sorted by name."""
        ...

    def find(self, name: str) -> Person | None:
        """Return who has this name."""
        ...

    def find_by_certificate(self, fingerprint: Sha256) -> Person | None:
        """Return whose client certificate it is."""
        ...

    def put(self, person: Person) -> None:
        """Keep a person: new, or in place of what is kept under the name. `has_password` stays as it is.

        Raises:
            RefusedError: `registry.certificate-taken`: it is another person's.
        """
        ...


@dataclass(frozen=True, slots=True)
class Attempts:
    """Sign-ins that failed, one after the other, under one name."""

    failures: int = 0
    until: datetime | None = None


class PasswordBook(Protocol):
    """Passwords as their hashes, which go nowhere but to whoever checks one; and how often a check failed."""

    def find(self, name: str) -> SealedPassword | None:
        """Return the sealed password of a person, if one is set."""
        ...

    def put(self, name: str, sealed: SealedPassword | None, *, now: datetime) -> None:
        """Set a person's password, or take it away."""
        ...

    def attempts(self, key: str) -> Attempts:
        """Return the failures under a key that hides the name: what is typed there may be a password."""
        ...

    def note(self, key: str, attempts: Attempts) -> None:
        """Keep the failures under a key; none of them deletes the row."""
        ...

    def prune(self, *, before: datetime) -> int:
        """Forget failures whose wait ended before an instant; return of how many keys."""
        ...


@dataclass(frozen=True, slots=True)
class Session:
    """That somebody signed in.

    Args:
        key: hash of the token that they hold.
        way: `password` or `link`.
    """

    key: str = field(repr=False)
    person: str
    begun: datetime
    ends: datetime
    way: str


class SessionBook(Protocol):
    """Who is signed in."""

    def add(self, session: Session) -> None:
        """Keep a session."""
        ...

    def find(self, key: str) -> Session | None:
        """Return the session of a token's hash, whether it has ended by time or not."""
        ...

    def end(self, key: str) -> None:
        """End one session; one that is not there has ended."""
        ...

    def end_all(self, person: str) -> int:
        """End every session of a person; return how many there were."""
        ...

    def prune(self, *, now: datetime) -> int:
        """Forget sessions that have ended by time; return how many."""
        ...


class LinkState(StrEnum):
    """What became of a one-time sign-in link."""

    OPEN = "open"
    USED = "used"


@dataclass(frozen=True, slots=True)
class Link:
    """A one-time link by which a person signs in and chooses a password."""

    key: str = field(repr=False)
    person: str
    made: datetime
    ends: datetime
    state: LinkState = LinkState.OPEN


class LinkBook(Protocol):
    """One-time sign-in links, as hashes."""

    def add(self, link: Link) -> None:
        """Keep a link; earlier open ones of the same person are void from now on."""
        ...

    def find(self, key: str) -> Link | None:
        """Return the link of a hash."""
        ...

    def use(self, key: str) -> None:
        """Have a link be used up."""
        ...
