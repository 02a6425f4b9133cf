"""What the server's database keeps of nodes: how they join, by what they are known, what they were told and said."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from warifu.domain.directory.tokens import TokenRecord
from warifu.domain.x509 import Certificate, Sha256


class TokenBook(Protocol):
    """Tokens by which nodes join, as hashes."""

    def add(self, token: TokenRecord) -> None:
        """Keep a token; earlier ones of the same node that were not used are void from now on."""
        ...

    def find(self, key: str) -> TokenRecord | None:
        """Return the token of a hash."""
        ...

    def use(self, key: str, *, now: datetime) -> None:
        """Have a token be used up."""
        ...

    def tokens(self) -> tuple[TokenRecord, ...]:
        """Return those that were not used, sorted by node."""
        ...


class NodeState(StrEnum):
    """Whether a node is let in."""

    JOINED = "joined"
    FENCED = "fenced"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Node:
    """A node that has joined.

    Args:
        since: when it came into this state.
        reason: why it was fenced or removed; empty while it is let in.
        domains: the trust domains that it follows besides the control domain.
    """

    name: str
    state: NodeState
    joined: datetime
    since: datetime
    reason: str = ""
    domains: tuple[str, ...] = ()


class NodeBook(Protocol):
    """Nodes."""

    def nodes(
        self, *, after: str = "", most: int = 1_000_000, states: Collection[NodeState] = tuple(NodeState)
    ) -> tuple[Node, ...]:
        """Return nodes in one of these states sorted by name, beginning after a name."""
        ...

    def find(self, name: str) -> Node | None:
        """Return the node of this name."""
        ...

    def among(self, names: Collection[str]) -> Mapping[str, Node]:
        """Return those of these nodes that there are, by name."""
        ...

    def put(self, node: Node) -> None:
        """Keep a node: new, or in place of what is kept under the name."""
        ...

    def count(self) -> Mapping[NodeState, int]:
        """Return how many there are in each state."""
        ...


class Way(StrEnum):
    """By what proof an identity was issued."""

    INVITED = "invited"
    CURRENT = "current"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Identity:
    """A node's certificate."""

    node: str
    certificate: Certificate
    issued: datetime
    way: Way
    revoked: datetime | None = None
    reason: str = ""


class IdentityBook(Protocol):
    """Every identity that was issued to a node."""

    def add(self, identity: Identity) -> None:
        """Keep a new identity."""
        ...

    def find(self, fingerprint: Sha256) -> Identity | None:
        """Return the identity of a certificate."""
        ...

    def among(self, fingerprints: Collection[Sha256]) -> Mapping[Sha256, Identity]:
        """Return the identities of those of these certificates that were issued here, by certificate."""
        ...

    def of(self, node: str) -> tuple[Identity, ...]:
        """Return a node's identities, newest first."""
        ...

    def with_key(self, key: Sha256) -> tuple[Identity, ...]:
        """Return the identities whose key has this SHA-256, newest first."""
        ...


class RevocationBook(Protocol):
    """Which identities are revoked."""

    def revoke(self, fingerprints: Sequence[Sha256], reason: str, *, now: datetime) -> None:
        """Note that identities are revoked; one that was stays as it is."""
        ...

    def revoked(self, *, alive_at: datetime) -> tuple[Identity, ...]:
        """Return revoked identities whose certificates have not expired before an instant, by serial number."""
        ...


@dataclass(frozen=True, slots=True)
class Report:
    """The latest that a node said of one subject.

    Args:
        kind: what it is about: `receipt`, `inventory`, `clock`, ...
        number: what it is about in numbers (a version, a report's counter), so that it can be counted without being read.
        document: its bytes, as the agent signed them.
    """

    node: str
    kind: str
    at: datetime
    number: int = 0
    document: bytes = field(default=b"", repr=False)


class ReportBook(Protocol):
    """The latest reports of nodes."""

    def put(self, reports: Sequence[Report]) -> None:
        """Keep reports, each in place of the node's last one of its kind."""
        ...

    def find(self, node: str, kind: str) -> Report | None:
        """Return a node's latest report of a kind."""
        ...

    def among(self, nodes: Collection[str], kind: str) -> Mapping[str, Report]:
        """Return the latest report of a kind of each of these nodes, by node."""
        ...

    def of_kind(self, kind: str) -> tuple[Report, ...]:
        """Return the latest report of a kind of every node, sorted by node."""
        ...

    def forget(self, node: str) -> None:
        """Forget what a node said."""
        ...


@dataclass(frozen=True, slots=True)
class Order:
    """Something a node is to do, and what it answered.

    Args:
        number: counts up over all orders; 0 before it is kept.
        epoch: of whoever gave it; a node refuses one that is lower than it saw.
        digest: of the plan that it carries out.
        document: its bytes, as the agent reads them.
        answer: what the node said; None while it is open.
    """

    node: str
    rollout: str
    epoch: int
    wave: int
    digest: str
    document: bytes = field(repr=False)
    given: datetime
    number: int = 0
    answer: bytes | None = field(default=None, repr=False)
    answered: datetime | None = None


class OrderBook(Protocol):
    """Orders to nodes."""

    def add(self, order: Order) -> Order:
        """Keep a new order; return it with its number."""
        ...

    def find(self, number: int) -> Order | None:
        """Return one order."""
        ...

    def open_for(self, node: str) -> tuple[Order, ...]:
        """Return a node's open orders, oldest first."""
        ...

    def of_rollout(self, rollout: str) -> tuple[Order, ...]:
        """Return the orders of a rollout, oldest first."""
        ...

    def answer(self, number: int, document: bytes, *, now: datetime) -> bool:
        """Keep what the node said, once; tell whether the order was open."""
        ...
