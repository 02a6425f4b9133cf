"""The agent's client of the server."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from warifu.domain.x509 import Certificate, PrivateKey
from warifu.wire.agent import (
    ExpiredRequest,
    IdentityAnswer,
    JoinRequest,
    Order,
    RenewRequest,
    ReportAnswer,
    Wake,
)
from warifu.wire.signed import Signed
from warifu.wire.trust_files import TrustAsk


@dataclass(frozen=True, slots=True)
class AgentIdentity:
    """A node's own key and certificate chain, its own first."""

    chain: tuple[Certificate, ...]
    key: PrivateKey = field(repr=False)

    @property
    def certificate(self) -> Certificate:
        """The node's own certificate."""
        return self.chain[0]


@dataclass(frozen=True, slots=True)
class Woken:
    """What came of listening once.

    Args:
        wakes: what the server pushed, in its order; none when the time was over.
        again: seconds until a node comes back that was cut off, as the server drew them for this one.
    """

    wakes: tuple[Wake, ...] = ()
    again: float = 0.0


@dataclass(frozen=True, slots=True)
class Wait:
    """How a node listens.

    Args:
        seconds: so long at most.
        asked: what it holds: what is newer may come along with what tells of it.
    """

    seconds: float
    asked: TrustAsk


class TrustSource(Protocol):
    """Where signed bundles are fetched: what comes is believed for its signatures alone."""

    def expect(self, asked: TrustAsk) -> None:
        """Have everything that is newer come in one answer where the source can; `fetch` hands it out afterwards."""
        ...

    def fetch(self, name: str, most: int) -> bytes | None:
        """Return a signed file, at most so many bytes of it; None where there is none.

        The transport is not verified: a server whose certificate has expired can still be learnt from.

        Raises:
            CouldNotLookError: `orders.unreachable`: no address answered.
        """
        ...


class Door(Protocol):
    """What a node may ask of the server before it has an identity, or with one that has expired."""

    def join(self, asked: JoinRequest) -> IdentityAnswer:
        """Ask to be let in by a token.

        Raises:
            CouldNotLookError: `orders.unreachable`, `orders.not-believed`: no CA that is published vouches for it.
            RefusedError: `orders.refused`, with the server's own reason.
        """
        ...

    def renew_expired(self, asked: ExpiredRequest) -> IdentityAnswer:
        """Ask for a new identity by the key of one that has expired."""
        ...


class AgentLine(Protocol):
    """What a node and its server say to each other, by mutual TLS."""

    def renew(self, asked: RenewRequest) -> IdentityAnswer:
        """Ask for the next identity.

        Raises:
            CouldNotLookError: `orders.unreachable`, `orders.not-believed`.
            RefusedError: `orders.refused`.
        """
        ...

    def report(self, report: Signed, then: Wait | None = None) -> ReportAnswer:
        """Hand in a signed `Report`.

        Args:
            then: the line goes on to listen so; whoever listens next hears what came since.
        """
        ...

    def orders(self) -> tuple[Order, ...]:
        """Return the orders that wait for this node."""
        ...

    def answer(self, order: str, answer: Signed) -> None:
        """Hand in a signed `OrderAnswer`; handing it in again changes nothing."""
        ...

    def listen(self, wait: Wait) -> Woken:
        """Wait for what the server pushes.

        A look that asks for what came along finds it here.

        What was pushed since the last time is heard, too; a line that listens for the first time hears `hello`.

        Raises:
            CouldNotLookError: `orders.unreachable`, `orders.not-believed`.
            RefusedError: `orders.refused`.
        """
        ...
