"""A server of a few routes on loopback, with its own CAs, and clients that see how it treats them."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import itertools
import json
import os
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from io import StringIO
from typing import Self

from cryptography import x509

from support.pki import BOTH, CLIENT, Entity, make_ca
from warifu.apps.notify import Notify
from warifu.apps.server.base import App, Base, Receive, Scope, Send, call_of, node_of, peer_of
from warifu.apps.server.gate import Gate
from warifu.apps.server.limits import Limits
from warifu.apps.server.listening import Listen
from warifu.apps.server.logs import make_log
from warifu.apps.server.material import TlsMaterial
from warifu.apps.server.probes import probes
from warifu.apps.server.serving import Server
from warifu.apps.server.streams import Streams, event
from warifu.errors import RefusedError

TLS12, TLS13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
VERSIONS = (TLS12, TLS13)


def real_now() -> datetime:
    return datetime.now(UTC)


def node_leaf(ca: Entity, node: str, **options: object) -> Entity:
    """An agent's identity."""
    names = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(f"warifu:node:{node}")])
    options = {"now": real_now(), "purposes": CLIENT, "san": False, "extra": [(names, False)], **options}
    return ca.leaf(node, **options)


def person_leaf(ca: Entity, name: str, **options: object) -> Entity:
    return ca.leaf(name, **{"now": real_now(), "purposes": CLIENT, "san": False, **options})


@dataclass
class Papers:
    """The certificates of one server and those who come to it."""

    servers: Entity = field(default_factory=lambda: make_ca("Servers", now=real_now()))
    agents: Entity = field(default_factory=lambda: make_ca("Agents", now=real_now(), path_length=0))
    people: Entity = field(default_factory=lambda: make_ca("People", now=real_now()))

    def __post_init__(self) -> None:
        self.server = self.server_leaf()
        self.node = node_leaf(self.agents, "web-1")
        self.person = person_leaf(self.people, "Ito")

    def server_leaf(self, **options: object) -> Entity:
        return self.servers.leaf(
            "localhost", "127.0.0.1", "::1", **{"now": real_now(), "purposes": BOTH, **options}
        )

    @property
    def material(self) -> TlsMaterial:
        return TlsMaterial(
            chain=(self.server.value,),
            key=self.server.private_key,
            agents=(self.agents.value,),
            people=(self.people.value,),
        )


def make_base(limits: Limits | None = None, out: StringIO | None = None) -> Base:
    numbers = itertools.count(1)
    return Base(
        log=make_log(out or StringIO(), real_now),
        clock=real_now,
        tick=time.monotonic,
        draw=lambda size: f"{next(numbers):0{2 * size}x}",
        limits=limits or Limits(),
    )


async def _text(send: Send, text: str) -> None:
    body = text.encode()
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _who(scope: Scope, receive: Receive, send: Send) -> None:
    peer = peer_of(scope)
    user = call_of(scope).local_user
    await _text(
        send,
        "nobody"
        if peer is None and user is None
        else str(user)
        if peer is None
        else peer.node or peer.subject,
    )


async def _only_nodes(scope: Scope, receive: Receive, send: Send) -> None:
    await _text(send, node_of(scope))


async def _count(scope: Scope, receive: Receive, send: Send) -> None:
    size = 0
    while True:
        message = await receive()
        size += len(message.get("body", b""))
        if not message.get("more_body"):
            break
    await _text(send, str(size))


async def _boom(scope: Scope, receive: Receive, send: Send) -> None:
    token = "s3cret-in-an-exception"
    raise ValueError(token)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    raise RefusedError("server.too-many", seconds=7)


async def _sleep(scope: Scope, receive: Receive, send: Send) -> None:
    call_of(scope).route = "/sleep"
    await asyncio.sleep(60)


async def _flood(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(100_000):
        await send({"type": "http.response.body", "body": b"x" * 65_536, "more_body": True})


ROUTES: dict[str, App] = {
    "/who": _who,
    "/nodes-only": _only_nodes,
    "/count": _count,
    "/boom": _boom,
    "/refuse": _refuse,
    "/sleep": _sleep,
    "/flood": _flood,
}


async def _nothing(scope: Scope, receive: Receive, send: Send) -> None:
    raise RefusedError("server.not-found", path=scope["path"])


@dataclass
class Lab:
    """A server that runs, and everything it was made of."""

    server: Server
    base: Base
    streams: Streams
    papers: Papers
    log: StringIO

    @property
    def port(self) -> int:
        return self.server.port

    def change(self, **fields: object) -> int:
        return self.server.use(lambda present: replace(present, **fields))  # type: ignore[arg-type]


def make_lab(
    *,
    papers: Papers | None = None,
    limits: Limits | None = None,
    listen: Listen | None = None,
    with_tls: bool = True,
    notify: Notify | None = None,
    routes: Callable[[Base], dict[str, App]] = lambda _: {},
    api: Callable[[Base], App] = lambda _: _nothing,
    lacking: Callable[[], tuple[str, ...]] = tuple,
) -> Lab:
    """A server that does not run yet."""
    out = StringIO()
    base = make_base(limits, out)
    papers = papers or Papers()
    streams = Streams(base, lambda: 100)

    async def follow(scope: Scope, receive: Receive, send: Send) -> None:
        await streams.serve(scope, send, topics=["trust"], first=event("now", "1"))

    gate = Gate(base, api(base), {**ROUTES, "/stream": follow, **probes(base, lacking), **routes(base)})
    material = papers.material if with_tls else None
    server = Server(gate, base, listen or Listen(), material=material, streams=streams, notify=notify)
    return Lab(server, base, streams, papers, out)


@contextlib.contextmanager
def serving(**options: object) -> Iterator[Lab]:
    """A server that runs for as long as the block lasts."""
    lab = make_lab(**options)  # type: ignore[arg-type]
    with lab.server.running():
        yield lab


def in_memory(data: bytes) -> str:
    """A file that Python's ssl can read, gone with this process."""
    handle = os.memfd_create("test")
    os.write(handle, data)
    return f"/proc/{os.getpid()}/fd/{handle}"


def client_context(
    papers: Papers, identity: Entity | None = None, version: ssl.TLSVersion | None = None
) -> ssl.SSLContext:
    """What a client of the server knows: the server's CA, and who it is itself."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=papers.servers.pem.decode())
    if identity is not None:
        context.load_cert_chain(in_memory(identity.fullchain_pem), in_memory(identity.key_pem))
    if version is not None:
        context.minimum_version = context.maximum_version = version
    return context


class Client:
    """One connection that stays open."""

    def __init__(
        self,
        port: int,
        context: ssl.SSLContext | None,
        *,
        session: ssl.SSLSession | None = None,
        host: str = "127.0.0.1",
    ) -> None:
        plain = socket.create_connection((host, port), 10)
        try:
            self.socket: socket.socket = (
                context.wrap_socket(plain, server_hostname="localhost", session=session) if context else plain
            )
        except BaseException:
            plain.close()
            raise
        self.socket.settimeout(20)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    @property
    def tls(self) -> ssl.SSLSocket:
        assert isinstance(self.socket, ssl.SSLSocket)
        return self.socket

    def send(self, path: str, *, method: str = "GET", headers: str = "", body: bytes = b"") -> None:
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        self.socket.sendall(
            f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}{length}\r\n".encode() + body
        )

    def answer(self) -> http.client.HTTPResponse:
        response = http.client.HTTPResponse(self.socket)
        response.begin()
        return response

    def ask(self, path: str, **options: object) -> tuple[int, str]:
        """Ask; return status and body."""
        self.send(path, **options)  # type: ignore[arg-type]
        response = self.answer()
        return response.status, response.read().decode()

    def problem(self, path: str, **options: object) -> dict[str, object]:
        """Ask for what is refused, and return the problem document."""
        _, body = self.ask(path, **options)
        found: dict[str, object] = json.loads(body)
        return found

    def ends(self, seconds: float = 20) -> bool:
        """Read until the other side ends the connection; whether it did in time."""
        until = time.monotonic() + seconds
        try:
            while (left := until - time.monotonic()) > 0:
                self.socket.settimeout(left)
                if not self.socket.recv(65_536):
                    return True
        except TimeoutError:
            return False
        except OSError:  # reset, or a TLS alert
            return True
        return False


def comes_in(port: int, context: ssl.SSLContext, session: ssl.SSLSession | None = None) -> str:
    """Who the server takes a client to be; empty when it is refused, in the handshake or behind it."""
    try:
        with Client(port, context, session=session) as client:
            return client.ask("/who")[1]
    except (OSError, http.client.HTTPException):
        return ""
