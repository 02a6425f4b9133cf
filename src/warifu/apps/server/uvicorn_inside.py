"""Everything that touches uvicorn's inner names: one connection, from its handshake to its end.

uvicorn (seen: 0.54) shows no client certificate to applications, and bounds neither a request's head nor the time in
which head and body arrive nor how long an answer waits for its reader. A subclass of its protocol does all of that.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import Any, cast

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from warifu.apps.server.admission import Channel, Peer
from warifu.apps.server.base import CALL, App, Base, Call
from warifu.apps.server.connections import Connections
from warifu.apps.server.gathering import Gathering
from warifu.apps.server.metrics import CONNECTIONS, HANDSHAKES, NODES, REFUSED
from warifu.apps.server.problem import bare_problem
from warifu.apps.server.swapping import Door


@dataclass(slots=True)
class Floor:
    """What the connections of one server share."""

    base: Base
    door: Door | None
    config: Config
    connections: Connections = field(default_factory=Connections)
    state: ServerState = field(default_factory=ServerState)

    @classmethod
    def lay(cls, app: App, base: Base, door: Door | None) -> Floor:
        """Return what is shared by connections that ask an application."""
        config = Config(
            app,
            interface="asgi3",
            lifespan="off",
            ws="none",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=int(base.limits.idle),
        )
        config.load()
        return cls(base, door, config)

    def tick(self) -> None:
        """Set the date that answers carry, and what is counted of connections."""
        date = format_datetime(self.base.clock(), usegmt=True).encode("ascii")
        self.state.default_headers = [(b"date", date)]
        self.base.metrics.put(CONNECTIONS, to=len(self.connections))
        self.base.metrics.put(NODES, to=len(self.connections.nodes()))

    def make(self) -> HttpConnection:
        """Return what speaks HTTP on a new connection."""
        return HttpConnection(self)

    async def idle(self) -> None:
        """Wait until nothing is open, and nothing is being answered."""
        while self.connections or self.state.tasks:  # noqa: ASYNC110  uvicorn's own set of tasks tells nobody
            await asyncio.sleep(0.02)

    def finish_requests(self) -> None:
        """Let each connection end behind the request that it is answering now."""
        for connection in self.state.connections.copy():
            connection.shutdown()

    async def end(self) -> None:
        """End everything that is still open."""
        for connection in self.connections:
            connection.cut()
        tasks = tuple(self.state.tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=1)


class HttpConnection(HttpToolsProtocol):
    """One connection, of whom it is known who is at its other end and how much it has taken.

    What is its own lies in slots: objects share the table of their attributes' names up to 30 of these, and uvicorn's
    class has nearly as many. A table of its own is 1.5 KiB a connection.
    """

    __slots__ = (
        "_floor",
        "_gone",
        "_is_cut",
        "_is_reading_head",
        "_known",
        "_late",
        "_limits",
        "_received",
        "_stalled",
        "_user",
        "peer",
    )

    def __init__(self, floor: Floor) -> None:
        super().__init__(floor.config, floor.state, {}, asyncio.get_running_loop())
        self.peer: Peer | None = None
        self._floor = floor
        self._limits = floor.base.limits
        self._is_cut = False
        self._is_reading_head = True
        self._received = 0
        self._late: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None
        self._user: int | None = None
        self._known: list[str] = []
        self._gone: set[Callable[[], None]] = set()

    # The connection's beginning and end

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take up a connection whose handshake is done."""
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=self._limits.written_bytes)
        self.transport = cast("asyncio.Transport", Gathering(transport, self.loop))
        channel = transport.get_extra_info("ssl_object")
        self.peer = channel.peer if isinstance(channel, Channel) else None
        self._user = None if channel else _local_user(transport)
        floor = self._floor
        if len(floor.connections) >= self._limits.connections:
            self._refuse("connections")
            return
        why = floor.door.refusal(self.peer) if floor.door and self.peer else ""
        if channel:
            who = "nobody" if self.peer is None else "node" if self.peer.node else "person"
            floor.base.metrics.add(HANDSHAKES, why or who)
        floor.connections.add(self)
        if why:
            self.cut()
        else:
            self._bound("head", self._limits.head)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._floor.connections.remove(self)
        self._unbound()
        for end in tuple(self._gone):
            end()
        self.resume_writing()
        super().connection_lost(exc)

    def cut(self) -> None:
        """End it at once; see the port."""
        self._is_cut = True
        self._unbound()
        end = self.transport.get_extra_info("socket")
        if end is not None and not self.transport.is_closing():
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self.transport.abort()

    # What arrives

    def data_received(self, data: bytes) -> None:
        """Take what has arrived; a head that is too long or comes too slowly ends the connection."""
        if self._is_cut or self.transport.is_closing():
            return
        if self._late is None and self._is_reading_head:
            self._bound("head", self._limits.head)
        self._received += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._is_reading_head and self._received > self._limits.head_bytes:
            self._answer(431, "server.head-too-large")
        elif self._received > self._limits.head_bytes + 2 * self._limits.body_bytes:
            self._refuse("body-bytes")

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        call = Call(
            id=self._floor.base.draw(8),
            address=self.client[0] if self.client else "",
            peer=self.peer,
            local_user=self._user,
            drop=self.cut,
            known=self._known,
            gone=self._gone,
        )
        extensions: dict[str, Any] = {CALL: call}
        self.scope["extensions"] = extensions

    def on_headers_complete(self) -> None:
        """Hand the request on, unless its head was too long."""
        self._is_reading_head = False
        self._unbound_late()
        if self.peer and self._floor.door and self._floor.door.refusal(self.peer):
            self.cut()
            return
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > self._limits.head_bytes:
            self._answer(431, "server.head-too-large")
            return
        self._bound("body", self._limits.body)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of the body; one that nobody reads any more is dropped."""
        if not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is here as a whole."""
        self._is_reading_head = True
        self._received = 0
        self._unbound_late()
        if not self.transport.is_closing():
            super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Say that this is not HTTP, and end."""
        del msg
        self._answer(400, "server.not-http")

    # What leaves

    def pause_writing(self) -> None:
        """A reader is slow: it has a while to catch up."""
        super().pause_writing()
        if self._stalled is None and not self._is_cut:
            self._stalled = self.loop.call_later(self._limits.stall, self._refuse, "stall")

    def resume_writing(self) -> None:
        """It has caught up."""
        super().resume_writing()
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    # Bounds

    def _answer(self, status: int, code: str) -> None:
        """Answer without asking the application, and end."""
        if self.transport.is_closing():
            return
        self._unbound_late()
        self._floor.base.metrics.add(REFUSED, code.partition(".")[2])
        asked: Any = self.cycle  # None before the first request, whatever uvicorn's types say
        if asked is None or asked.response_complete or not asked.response_started:
            self.transport.write(bare_problem(status, code))
        self.transport.close()

    def _bound(self, why: str, seconds: float) -> None:
        self._unbound_late()
        self._late = self.loop.call_later(seconds, self._refuse, why)

    def _refuse(self, why: str) -> None:
        self._floor.base.metrics.add(REFUSED, why)
        self.cut()

    def _unbound_late(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _unbound(self) -> None:
        self._unbound_late()
        self._unset_keepalive_if_required()
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None


_AT_ONCE = struct.pack("ii", 1, 0)
"""No lingering: the kernel drops what was not delivered yet (socket(7), SO_LINGER)."""


def _local_user(transport: asyncio.Transport) -> int | None:
    """Return the user at the other end of a Unix socket. Spec: unix(7), SO_PEERCRED."""
    end = transport.get_extra_info("socket")
    if end is None or end.family != socket.AF_UNIX:
        return None
    size = struct.calcsize("3i")
    _, user, _ = struct.unpack("3i", end.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return int(user)
