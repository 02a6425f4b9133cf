"""What agents ask of the server: plain ASGI routes, because thousands of nodes come at the same moment.

    POST /agent/v1/join                  a token and a request; the answer is an identity
    POST /agent/v1/renew                 by the present identity
    POST /agent/v1/renew-expired         by the key of one that has expired, without it
    POST /agent/v1/report                a signed report; what was published is confirmed by it
    GET  /agent/v1/orders                what waits for this node
    POST /agent/v1/orders/NUMBER/answer  what became of it, signed
    POST /agent/v1/events                what wakes it (Server-Sent Events), behind the answer to a report
    POST /agent/v1/trust                 every signed file that is newer than what it holds

A node that waits for events says what it holds, so that what was published comes along with the event that tells of it;
and hands in its report with that. So a publication costs one request a node. Reports that come together are taken together, in one transaction; so is who asks for events let in. Reports may come in
gzip, and what is newer goes out in it: a connection holds as much memory for as long as it lasts as its largest message.
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import re
from collections.abc import Awaitable, Callable
from functools import lru_cache, partial
from typing import Any

from warifu.apps.server.base import Base, Receive, Scope, Send, call_of, peer_of
from warifu.apps.server.batches import Batches
from warifu.apps.server.rate import RateLimit
from warifu.apps.server.streams import Streams, event
from warifu.apps.server.trust_parcels import TrustParcels, read_ask
from warifu.domain import x509
from warifu.domain.directory.identity import renewal_time
from warifu.domain.x509 import Request, Sha256, to_pem
from warifu.errors import RefusedError, UsageError, WarifuError
from warifu.ports.node_books import Identity
from warifu.wire.agent import (
    ExpiredRequest,
    IdentityAnswer,
    JoinRequest,
    Listening,
    RenewRequest,
    ReportAnswer,
    Wake,
)
from warifu.wire.parcel import inflate
from warifu.wire.signed import Signed, canonical, parse
from warifu.workflows.order_desk import orders_for, take_answer
from warifu.workflows.report_desk import Coming, followed
from warifu.workflows.server_desks import Desks

PREFIX = "/agent/"
_MOST_ALONG = 32_768  # bytes of files that are pushed with an event: what is larger is asked for
_LOOK = re.compile(rb"^event: (?:bundle|hello|refresh)$", re.MULTILINE)


def waking(wake: Wake) -> bytes:
    """Return a wake as it is pushed."""
    return event(wake.about, canonical(wake))


def topic_of(node: str) -> str:
    """Return the topic that a node's stream follows beside `all`."""
    return f"node:{node}"


@lru_cache(maxsize=64)
def _answer_event(answer: ReportAnswer) -> bytes:
    """Return an answer, that most reports of one transaction have in common, as the first event of a stream."""
    return event("answer", canonical(answer))


@lru_cache(maxsize=8)
def _parcel_event(packed: bytes) -> bytes:
    """Return files as they are pushed to everybody who held the same."""
    return event("trust", base64.b64encode(packed).decode("ascii"))


class AgentRoutes:
    """Answers agents.

    Args:
        joining: how often anybody may try to get in.
        joined: told who did, before they are: whoever was shut out until now is let in when it returns.
        parcels: answers who asks for everything that is newer.
    """

    def __init__(
        self,
        desks: Desks,
        base: Base,
        streams: Streams,
        joining: RateLimit,
        joined: Callable[[str], None],
        parcels: TrustParcels,
    ) -> None:
        self._joined = joined
        self._desks = desks
        self._base = base
        self._streams = streams
        self._joining = joining
        self._reports: Batches[Coming, ReportAnswer] = Batches(desks.reports.take, base)
        self._door: Batches[Sha256, str] = Batches(
            lambda asking: desks.join.let_in(asking, now=desks.clock()), base
        )
        self._parcels = parcels
        self._posts: dict[str, Callable[[Scope, bytes], Awaitable[object]]] = {
            "/agent/v1/join": self._join,
            "/agent/v1/renew": self._renew,
            "/agent/v1/renew-expired": self._renew_expired,
            "/agent/v1/report": self._report,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path, method = scope["path"], scope["method"]
        call_of(scope).route = path
        if path in self._posts:
            _check(method, "POST")
            await _answer(send, await self._posts[path](scope, await self._body(scope, receive)))
        elif path == "/agent/v1/orders":
            _check(method, "GET")
            node = await self._let_in(scope)
            now = self._desks.clock()
            found = await asyncio.to_thread(orders_for, self._desks.registry, node, now=now)
            await _answer(send, found)
        elif path == "/agent/v1/events":
            _check(method, "POST")
            await self._events(scope, receive, send)
        elif path == "/agent/v1/trust":
            _check(method, "POST")
            _by(scope)
            packed = await self._parcels.answer(await self._body(scope, receive))
            if _has(scope, b"accept-encoding", b"gzip"):
                await _send(send, packed, b"application/octet-stream", coding=b"gzip")
            else:
                await _send(send, gzip.decompress(packed), b"application/octet-stream")
        elif path.startswith("/agent/v1/orders/") and path.endswith("/answer"):
            _check(method, "POST")
            await self._answered(scope, path, await self._body(scope, receive))
            await _answer(send, None)
        else:
            call_of(scope).route = "/agent/{other}"
            raise RefusedError("server.not-found", path=path[:200])

    async def _join(self, scope: Scope, body: bytes) -> IdentityAnswer:
        self._joining.take(call_of(scope).address)
        asked: JoinRequest = parse(JoinRequest, body)
        call_of(scope).who = asked.node[:64]
        der = _request(asked.request)
        identity = await asyncio.to_thread(
            self._desks.join.redeem, asked.token, der, node=asked.node, now=self._desks.clock()
        )
        await asyncio.to_thread(self._joined, identity.node)
        return await self._told(identity)

    async def _renew(self, scope: Scope, body: bytes) -> IdentityAnswer:
        asked: RenewRequest = parse(RenewRequest, body)
        identity = await asyncio.to_thread(
            self._desks.join.renew, _by(scope), _request(asked.request), now=self._desks.clock()
        )
        return await self._told(identity)

    async def _renew_expired(self, scope: Scope, body: bytes) -> IdentityAnswer:
        self._joining.take(call_of(scope).address)
        asked: ExpiredRequest = parse(ExpiredRequest, body)
        identity = await asyncio.to_thread(
            self._desks.join.renew_expired,
            asked.expired,
            _request(asked.request),
            asked.proof_bytes,
            now=self._desks.clock(),
        )
        return await self._told(identity)

    async def _report(self, scope: Scope, body: bytes) -> ReportAnswer:
        signed: Signed = parse(Signed, body)
        return await self._reports.take(Coming(_by(scope), signed, self._desks.clock()))

    async def _events(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked, answer = await self._handed_in(scope, receive)
        before = _answer_event(answer) if answer else b""
        if answer is not None and (answer.wants_entries or answer.fenced):  # the node does not wait now
            await _send(send, before, b"text/event-stream")
            return
        known = call_of(scope).known
        if not known:  # who is shut out later is cut off by the door
            known.append(await self._let_in(scope))
        topics = ("all", topic_of(known[0]))
        first = waking(Wake("hello"))
        along = partial(self._along, asked) if asked else None
        await self._streams.serve(scope, send, topics=topics, first=first, before=before, along=along)

    async def _handed_in(self, scope: Scope, receive: Receive) -> tuple[bytes, ReportAnswer | None]:
        """Return how a node that listens asks for what is newer, and the answer to its report where it told one.

        Nothing else of its request is held for as long as it listens.
        """
        by, body = _by(scope), await self._body(scope, receive)
        told: Listening = parse(Listening, body) if body else Listening()
        asked = read_ask(canonical(told.asked).encode())[1] if told.asked else b""
        if told.report is None:
            return asked, None
        return asked, await self._reports.take(Coming(by, told.report, self._desks.clock()))

    async def _along(self, asked: bytes, told: bytes) -> bytes:
        """Return what the look that was told of would ask for; nothing where it has to ask for it."""
        if not _LOOK.search(told):
            return b""
        try:
            packed = await self._parcels.answer(asked)
        except WarifuError:
            return b""
        return _parcel_event(packed) if len(packed) <= _MOST_ALONG else b""

    async def _answered(self, scope: Scope, path: str, body: bytes) -> None:
        call_of(scope).route = "/agent/v1/orders/{number}/answer"
        number = path.removeprefix("/agent/v1/orders/").removesuffix("/answer")
        signed: Signed = parse(Signed, body)
        await asyncio.to_thread(
            take_answer, self._desks.registry, _by(scope), number, signed, now=self._desks.clock()
        )

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        """Return a request's body, as it was before it was put into gzip.

        Raises:
            UsageError: `server.malformed`.
            RefusedError: `server.too-large`.
        """
        body = await _read(receive)
        if not _has(scope, b"content-encoding", b"gzip"):
            return body
        limit = self._base.limits.body_bytes
        whole = inflate(body, limit)
        if whole is None:
            raise UsageError("server.malformed", reason="gzip")
        if len(whole) > limit:
            raise RefusedError("server.too-large", limit=limit)
        return whole

    async def _let_in(self, scope: Scope) -> str:
        return await self._door.take(_by(scope))

    async def _told(self, identity: Identity) -> IdentityAnswer:
        def look() -> tuple[str, ...]:
            with self._desks.registry.look() as books:
                node = books.nodes.find(identity.node)
                return followed(books, node) if node is not None else ()

        made = identity.certificate
        renew_at = renewal_time(identity.issued, made.not_after, self._desks.chance())
        chain = (to_pem([made]).decode("ascii"),)
        return IdentityAnswer(identity.node, chain, renew_at, await asyncio.to_thread(look))


def _by(scope: Scope) -> Sha256:
    """Return the certificate that brought a request.

    Raises:
        RefusedError: `server.no-certificate`.
    """
    peer = peer_of(scope)
    if peer is None or not peer.node:
        raise RefusedError("server.no-certificate")
    return Sha256(peer.fingerprint)


def _request(text: str) -> bytes:
    """Return the one request that a text holds.

    Raises:
        UsageError: `trust.request-unreadable`.
    """
    requests: tuple[Request, ...] = x509.load(text.encode()).requests
    if len(requests) != 1:
        raise UsageError("trust.request-unreadable", reason="malformed")
    return requests[0].der


def _check(method: str, wanted: str) -> None:
    if method != wanted:
        raise UsageError("server.wrong-method", method=method, allowed=(wanted,))


def _has(scope: Scope, header: bytes, word: bytes) -> bool:
    return any(name == header and word in value.lower() for name, value in scope["headers"])


async def _read(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise UsageError("server.malformed", reason="cut")
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body)


async def _answer(send: Send, message: Any) -> None:
    body = _common(message) if isinstance(message, ReportAnswer) else canonical(message).encode()
    await _send(send, b"" if message is None else body, b"application/json")


@lru_cache(maxsize=64)
def _common(answer: ReportAnswer) -> bytes:
    """Return an answer that most reports of one transaction have in common."""
    return canonical(answer).encode()


async def _send(send: Send, body: bytes, kind: bytes, *, coding: bytes = b"") -> None:
    headers = [
        *([(b"content-encoding", coding)] if coding else []),
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": 200 if body else 204, "headers": headers})
    await send({"type": "http.response.body", "body": body})
