"""Signed files, as any HTTP server could carry them: `/trust/NAME`, without signing in.

A name with a version or a digest in it never changes its bytes: it is kept here and by everybody on the way. The one
without, `timestamp.json`, is asked for each time and answered by `304` where the reader has it already.

Spec: RFC 9110 §8.8.3 (ETag), §13.1.2 (If-None-Match); RFC 9111 §5.2.2; RFC 8246 (immutable).
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from warifu.apps.server.base import Base, Receive, Scope, Send, call_of
from warifu.errors import RefusedError, UsageError

PREFIX: Final = "/trust/"
_NAME = re.compile(r"(?:[a-z0-9][a-z0-9._-]{0,200}/){0,4}[a-z0-9][a-z0-9._-]{0,200}")
_LASTING = re.compile(r"(?:.*/)?(?:[0-9]+|[0-9a-f]{64})\.[^/]+")
_KINDS = {"json": b"application/json", "crl": b"application/pkix-crl"}
_FOR_EVER = b"public, max-age=31536000, immutable"
_ASK = b"public, no-cache"


@dataclass(frozen=True, slots=True)
class TrustFile:
    """A signed file and the tag by which readers know it."""

    data: bytes
    etag: bytes


class TrustFiles:
    """A plain ASGI application over whoever holds the files.

    Args:
        base: what the server stands on.
        find: returns a file's bytes by its name below `/trust/`, None where there is none; asked in a thread, once
            however many ask for the same name at the same time.
        most: bytes of lasting files that are kept in memory.
    """

    def __init__(self, base: Base, find: Callable[[str], bytes | None], *, most: int = 64 * 2**20) -> None:
        self._base = base
        self._find = find
        self._most = most
        self._kept: OrderedDict[str, TrustFile] = OrderedDict()
        self._size = 0
        self._asked: dict[str, asyncio.Task[TrustFile | None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by a file; see the module."""
        del receive
        call_of(scope).route = "/trust/{name}"
        if scope["method"] not in {"GET", "HEAD"}:
            raise UsageError("server.wrong-method", method=scope["method"], allowed=("GET", "HEAD"))
        name = scope["path"].removeprefix(PREFIX)
        file = await self.find(name) if _NAME.fullmatch(name) else None
        if file is None:
            raise RefusedError("server.not-found", path=scope["path"][:200])
        is_known = any(
            _matches(value, file.etag) for header, value in scope["headers"] if header == b"if-none-match"
        )
        headers = [(b"etag", file.etag), (b"cache-control", _FOR_EVER if _LASTING.fullmatch(name) else _ASK)]
        if not is_known:
            kind = _KINDS.get(name.rpartition(".")[2], b"application/octet-stream")
            headers += [(b"content-type", kind), (b"content-length", str(len(file.data)).encode())]
        await send({"type": "http.response.start", "status": 304 if is_known else 200, "headers": headers})
        is_bare = is_known or scope["method"] == "HEAD"
        await send({"type": "http.response.body", "body": b"" if is_bare else file.data})

    def changed(self) -> None:
        """Something was published: whoever asks from now on gets no answer that was on its way before."""
        self._asked.clear()

    def _forget(self, name: str, done: asyncio.Task[TrustFile | None]) -> None:
        if self._asked.get(name) is done:
            del self._asked[name]

    async def find(self, name: str) -> TrustFile | None:
        """Return a file by its name below `/trust/`, None where there is none."""
        kept = self._kept.get(name)
        if kept is not None:
            self._kept.move_to_end(name)
            return kept
        asked = self._asked.get(name)
        if asked is None:
            asked = self._asked[name] = asyncio.create_task(self._ask(name))
            asked.add_done_callback(lambda done: self._forget(name, done))
        return await asyncio.shield(asked)

    async def _ask(self, name: str) -> TrustFile | None:
        data = await asyncio.to_thread(self._find, name)
        if data is None:
            return None
        file = TrustFile(data, b'"' + hashlib.sha256(data).hexdigest()[:32].encode() + b'"')
        if _LASTING.fullmatch(name) and len(data) <= self._most:
            self._kept[name] = file
            self._size += len(data)
            while self._size > self._most:
                _, oldest = self._kept.popitem(last=False)
                self._size -= len(oldest.data)
        return file


def _matches(header: bytes, etag: bytes) -> bool:
    tags = [tag.strip().removeprefix(b"W/") for tag in header.split(b",")]
    return b"*" in tags or etag in tags
