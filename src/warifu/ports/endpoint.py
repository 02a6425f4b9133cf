"""A node's endpoint store: what is kept, how it changes as a whole, and the door that other programs knock at."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from warifu.domain.endpoint import Deleted, Entry, Peer, Secret, Store
from warifu.domain.findings import Finding

MOST_LISTED = 1_000
"""Entries of one page."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which entries of a store are wanted.

    Args:
        after: the place behind which the page begins: `Listed.following` of the one before.
        most: entries of the page at most.
        ends_before, ends_after: only what ends (expires, is updated next) before, at or after an instant.
    """

    after: int = 0
    most: int = MOST_LISTED
    ends_before: datetime | None = None
    ends_after: datetime | None = None


EVERYTHING = Asked()
"""The first page, whatever it holds."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of entries, in the order in which they came into the store.

    Args:
        findings: rows that could not be read, each with its reason; they hide nothing else.
        following: where the next page begins; None where this is the last.
        total: how many entries fit in all, damaged rows included.
    """

    entries: tuple[Entry, ...] = ()
    findings: tuple[Finding, ...] = ()
    following: int | None = None
    total: int = 0


@dataclass(frozen=True, slots=True)
class Noted:
    """One row of the store's journal: who did what, never what was read."""

    number: int
    at: datetime
    who: str
    act: str
    store: str
    alias: str = ""
    fingerprint: str = ""


class EndpointView(Protocol):
    """What is kept, all of it as at one instant."""

    def stores(self) -> tuple[Store, ...]:
        """Return every store in the order in which they were made, system stores first."""
        ...

    def entries(self, store: str, asked: Asked = EVERYTHING) -> Listed:
        """Return a page of a store's entries.

        Raises:
            RefusedError: `endpoint.no-such-store`.
        """
        ...

    def entry(self, store: str, alias: str) -> Entry | None:
        """Return the entry of an alias, whatever its capitals; None where there is none.

        Raises:
            RefusedError: `endpoint.no-such-store`.
            CouldNotLookError: `endpoint.entry-damaged`.
        """
        ...

    def secret(self, store: str, alias: str) -> Secret:
        """Return the key (PKCS#8 PEM; of an encrypted key: under its password) or the secret of an entry.

        Raises:
            RefusedError: `endpoint.no-such-entry`, `endpoint.no-secret`.
            CouldNotLookError: `endpoint.entry-damaged`: it does not open with our data key in its place.
        """
        ...

    def deleted(self) -> tuple[Deleted, ...]:
        """Return the managed entries that left this node, the latest first."""
        ...


class EndpointBook(EndpointView, Protocol):
    """What is kept, while it changes: all of a change becomes durable at its end, or none of it."""

    def put(self, entry: Entry, secret: Secret | None = None) -> None:
        """Write an entry, in the place of the one with its alias; without a secret, that one's stays.

        Raises:
            RefusedError: `endpoint.no-such-store`.
        """
        ...

    def drop(self, store: str, alias: str) -> None:
        """Take an entry away; one that followed a trust domain is remembered as deleted.

        Raises:
            RefusedError: `endpoint.no-such-store`, `endpoint.no-such-entry`.
        """
        ...

    def put_store(self, store: Store) -> None:
        """Write a store: a new one, or other permissions of one that is there."""
        ...

    def drop_store(self, name: str) -> None:
        """Take a store away with everything in it.

        Raises:
            RefusedError: `endpoint.no-such-store`.
        """
        ...

    def note(self, act: str, store: str, alias: str = "", fingerprint: str = "") -> None:
        """Write a row of the journal; changes write their own."""
        ...


class EndpointStores(Protocol):
    """The stores of this node."""

    def reading(self) -> AbstractContextManager[EndpointView]:
        """Look; writers wait for nobody who looks."""
        ...

    def changing(self, *, by: str, now: datetime) -> AbstractContextManager[EndpointBook]:
        """Change, alone; what raises inside changes nothing.

        Args:
            by: who does it, for the journal: a local user, or the agent itself (`agent:sync`).
        """
        ...

    def journal(self, *, after: int = 0, most: int = MOST_LISTED) -> tuple[Noted, ...]:
        """Return rows of the journal behind a number, the oldest first."""
        ...

    def rotate(self, *, by: str, now: datetime) -> int:
        """Make a new data key and write every secret again under it; return its number.

        It may be killed at any moment: what was written before is opened by the key it was written under.
        """
        ...


Answer = Callable[[Peer, bytes], bytes]
"""Answers the message of a peer, whatever it holds."""


class EndpointListener(Protocol):
    """The socket at which local programs ask."""

    def serve(self, answer: Answer) -> None:
        """Begin to listen, and answer in threads of our own until `close`.

        Raises:
            RefusedError: `endpoint.socket-busy`: another agent listens there.
            CouldNotLookError: `endpoint.socket`.
        """
        ...

    def close(self) -> None:
        """Listen no more, end what is open, and take the socket away."""
        ...


class EndpointDoor(Protocol):
    """The way to a node's agent, for programs of its users."""

    def ask(self, message: bytes) -> bytes:
        """Return the answer to a message.

        Raises:
            CouldNotLookError: `endpoint.not-running`, `endpoint.not-answered`.
        """
        ...
