"""What everything in the server stands on, and what is known of one request while it is answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from warifu.apps.server.admission import Peer
from warifu.apps.server.limits import Limits
from warifu.apps.server.metrics import Metrics
from warifu.errors import RefusedError

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
"""An application as ASGI has it."""


class Log(Protocol):
    """Where events are told, each with its values; structlog's loggers are such."""

    def info(self, event: str, **values: object) -> object:
        """Tell what happened."""
        ...

    def warning(self, event: str, **values: object) -> object:
        """Tell what somebody should look at."""
        ...

    def error(self, event: str, **values: object) -> object:
        """Tell what went wrong in here."""
        ...


@dataclass(frozen=True, slots=True)
class Base:
    """What every part of the server is given.

    Args:
        log: where events are told.
        clock: the present instant.
        tick: seconds that pass, from any beginning.
        draw: chance: so many bytes as hex digits.
    """

    log: Log
    clock: Callable[[], datetime]
    tick: Callable[[], float]
    draw: Callable[[int], str]
    limits: Limits = field(default_factory=Limits)
    metrics: Metrics = field(default_factory=Metrics)


@dataclass(slots=True)
class Call:
    """One request, as the parts of the server speak of it.

    Args:
        id: its number, in the log and in the answer (`X-Request-Id`).
        address: where it comes from; empty on a Unix socket.
        peer: who the TLS handshake proved to be there.
        local_user: the numeric id of the local user at the other end of a Unix socket.
        who: the person or node that asks, once somebody has found out.
        route: the route's pattern; never what a caller wrote.
        is_stream: the answer goes on for as long as both want.
        known: what was found out about this connection by an earlier request, for who wrote it there.
    """

    id: str
    address: str = ""
    peer: Peer | None = None
    local_user: int | None = None
    who: str = ""
    route: str = "other"
    is_stream: bool = False
    known: list[str] = field(default_factory=list)
    unbounded: Callable[[], None] = field(default=lambda: None, repr=False)
    """Frees the answer of its time limit."""
    drop: Callable[[], None] = field(default=lambda: None, repr=False)
    """Ends the connection at once."""
    gone: set[Callable[[], None]] = field(default_factory=set, repr=False)
    """Called when the connection is lost: who answers for long puts in what ends the answer, and takes it out again."""


CALL = "warifu.call"
"""The key of the `Call` among a scope's extensions."""


def call_of(scope: Scope) -> Call:
    """Return what is known of the request of a scope."""
    call: Call = scope["extensions"][CALL]
    return call


def peer_of(scope: Scope) -> Peer | None:
    """Return who is at the other end, or None where no certificate was shown."""
    return call_of(scope).peer


def node_of(scope: Scope) -> str:
    """Return the node that asks, as its certificate proved.

    Raises:
        RefusedError: `server.no-certificate`.
    """
    peer = peer_of(scope)
    if peer is None or not peer.node:
        raise RefusedError("server.no-certificate")
    return peer.node
