"""What an agent remembers: who it is, what it believes, what it did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from warifu.domain.x509 import PrivateKey
from warifu.ports.bundles import Held
from warifu.ports.orders import AgentIdentity


@dataclass(frozen=True, slots=True)
class Membership:
    """What joining gave a node.

    Args:
        servers: `https://HOST:PORT` each.
        root: SHA-256 (hex) of the first root that the token named.
        renew_at: when to ask for the next identity.
        asked: when it was last asked for in vain.
        following: the next identity, until it was used.
        domains: the trust domains that it follows, beside the control domain.
    """

    node: str
    servers: tuple[str, ...]
    root: str
    current: AgentIdentity | None = field(default=None, repr=False)
    following: AgentIdentity | None = field(default=None, repr=False)
    renew_at: datetime | None = None
    next_renew_at: datetime | None = None
    asked: datetime | None = None
    domains: tuple[str, ...] = ()

    def taken(self) -> Membership:
        """Return it with the next identity as the current one."""
        return replace(
            self,
            current=self.following,
            following=None,
            renew_at=self.next_renew_at,
            next_renew_at=None,
            asked=None,
        )


@dataclass(frozen=True, slots=True)
class Noted:
    """One line of the agent's journal.

    Args:
        kind: `joined`, `identity`, `bundle`, `sync`, `order`, `fenced`, ...
        data: JSON-ready details; never a secret.
    """

    number: int
    at: datetime
    kind: str
    data: Mapping[str, object]


class MemberBook(Protocol):
    """Who a node is; keys are encrypted where they lie."""

    def membership(self) -> Membership | None:
        """Return what joining gave, or None before it.

        Raises:
            CouldNotLookError: `io.journal`.
        """
        ...

    def keep_membership(self, membership: Membership) -> None:
        """Keep it, all or nothing."""
        ...

    def asked_key(self, node: str, make: Callable[[], PrivateKey]) -> PrivateKey:
        """Return the key that an identity is asked for with, made once: an answer that got lost is asked for again.

        It is forgotten when an identity with it is kept.
        """
        ...

    def count(self) -> int:
        """Return the next number for a report: higher than any before, also after a crash."""
        ...


class BeliefBook(Protocol):
    """The last good set of signed files, and what was taken up of it."""

    def held(self) -> Held | None:
        """Return what is believed, or None before the first look."""
        ...

    def keep_held(self, held: Held) -> None:
        """Keep it, all or nothing."""
        ...

    def followed(self) -> Mapping[str, bytes]:
        """Return the documents that the stores of this node follow: what was taken up last."""
        ...

    def keep_followed(self, documents: Mapping[str, bytes]) -> None:
        """Keep them in the place of those before."""
        ...


class ObedienceBook(Protocol):
    """Which orders were obeyed, and the account of what was done."""

    def epoch(self, journal: str) -> int:
        """Return the highest epoch of a journal's driver that was obeyed; 0 before the first."""
        ...

    def begin_order(self, order: str, journal: str, epoch: int, *, now: datetime) -> str | None:
        """Note that an order is being carried out; return the answer where it was carried out before.

        Raises:
            RefusedError: `agent.epoch-lower`: a later driver was obeyed already.
        """
        ...

    def end_order(self, order: str, answer: str) -> None:
        """Keep the answer of an order: asked again, the same is said again."""
        ...

    def note(self, kind: str, data: Mapping[str, object], *, now: datetime) -> None:
        """Append a line to the journal."""
        ...

    def notes(self, most: int) -> tuple[Noted, ...]:
        """Return the newest lines of the journal, oldest first."""
        ...


class AgentState(MemberBook, BeliefBook, ObedienceBook, Protocol):
    """All that an agent remembers, in one place."""
