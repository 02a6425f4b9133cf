"""Changes that carry an `Idempotency-Key`: asked for again, they are answered as before and change nothing.

Spec: draft-ietf-httpapi-idempotency-key-header-07 (the header is a structured string; 409, 422).
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

from warifu.apps.server.base import App, Message, Receive, Scope, Send, call_of
from warifu.errors import UsageError
from warifu.ports.replies import Replies, Reply

_CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_KEY = re.compile(r'"([!#-\[\]-~ ]{1,128})"|([A-Za-z0-9._:~-]{1,128})')
_KEPT: Final = frozenset({"content-type", "content-language", "location", "etag"})
_LARGEST: Final = 262_144
"""Bytes of an answer that is still kept; no change is answered by more."""


class Idempotency:
    """An application before another one, behind whatever finds out who asks (`Call.who`).

    Only the answer of a change that was made is kept: what was refused may be asked for again under the same key.
    Where nobody waited for the end, it is not known whether it was made; the key rests until `Replies` gives it back.

    Args:
        app: what answers.
        is_secret: tells by its path whether a change is never kept here, because what is sent or answered is a secret.
    """

    def __init__(
        self,
        app: App,
        replies: Replies,
        clock: Callable[[], datetime],
        is_secret: Callable[[str], bool] = lambda _path: False,
    ) -> None:
        self._app = app
        self._is_secret = is_secret
        self._replies = replies
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer anew or as before."""
        key = _key(scope) if scope["type"] == "http" and scope["method"] in _CHANGES else ""
        if not key or self._is_secret(scope["path"].rstrip("/")):
            await self._app(scope, receive, send)
            return
        body = await _read(receive)
        if body is None:
            return
        owner = call_of(scope).who
        digest = _digest(scope, body)
        known = await asyncio.to_thread(self._replies.begin, owner, key, digest, now=self._clock())
        if known is not None:
            await _send_again(known, send)
            return
        kept = _Keeping(send)
        try:
            await self._app(scope, _once(body, receive), kept)
        except Exception:
            await asyncio.to_thread(self._replies.drop, owner, key)
            raise
        if (reply := kept.reply) is None:
            await asyncio.to_thread(self._replies.drop, owner, key)
        else:
            await asyncio.to_thread(self._replies.keep, owner, key, reply, now=self._clock())


class _Keeping:
    """Sends on, and keeps what is worth keeping."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._status = 0
        self._headers: tuple[tuple[str, str], ...] = ()
        self._body = bytearray()
        self._is_whole = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            named = ((name.decode("latin-1").lower(), value) for name, value in message.get("headers", ()))
            self._headers = tuple((name, value.decode("latin-1")) for name, value in named if name in _KEPT)
        else:
            if len(self._body) <= _LARGEST:
                self._body += message.get("body", b"")
            self._is_whole = not message.get("more_body", False)
        await self._send(message)

    @property
    def reply(self) -> Reply | None:
        if not self._is_whole or not 200 <= self._status < 300 or len(self._body) > _LARGEST:
            return None
        return Reply(self._status, self._headers, bytes(self._body))


def _key(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"idempotency-key":
            found = _KEY.fullmatch(value.decode("latin-1").strip())
            if found is None:
                raise UsageError("server.key-malformed")
            return found[1] or found[2]
    return ""


def _digest(scope: Scope, body: bytes) -> str:
    parts = (scope["method"].encode(), scope["raw_path"], scope["query_string"], body)
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()


async def _read(receive: Receive) -> bytes | None:
    """Return the whole body, None where whoever sent it is gone."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body)


def _once(body: bytes, receive: Receive) -> Receive:
    is_given = False

    async def read() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return read


async def _send_again(reply: Reply, send: Send) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers]
    headers += [(b"content-length", str(len(reply.body)).encode()), (b"idempotency-replayed", b"true")]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body, "more_body": False})
