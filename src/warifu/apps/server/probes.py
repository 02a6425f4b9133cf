"""What those who watch the server ask: does it live, is it ready, what does it count."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Final

from warifu.apps.server.base import App, Base, Receive, Scope, Send, call_of
from warifu.errors import CouldNotLookError, UsageError
from warifu.wire.exposition import CONTENT_TYPE

_SECONDS: Final = 1.0
"""How long an answer of readiness is good for, so that asking often costs nothing."""


def probes(base: Base, lacking: Callable[[], tuple[str, ...]]) -> dict[str, App]:
    """Return the routes `/health`, `/ready` and `/metrics`.

    Args:
        lacking: names what is not ready, as one word each (`database`); asked in a thread, once a second at most.
    """
    ready = _Ready(base, lacking)

    async def health(scope: Scope, receive: Receive, send: Send) -> None:
        del receive
        await _answer(scope, send, "/health", b'{"status": "pass"}', "application/health+json")

    async def readiness(scope: Scope, receive: Receive, send: Send) -> None:
        del receive
        call_of(scope).route = "/ready"
        if missing := await ready.ask():
            raise CouldNotLookError("server.not-ready", what=missing, seconds=1)
        body = json.dumps({"status": "pass"}).encode()
        await _answer(scope, send, "/ready", body, "application/health+json")

    async def metrics(scope: Scope, receive: Receive, send: Send) -> None:
        del receive
        await _answer(scope, send, "/metrics", base.metrics.text().encode(), CONTENT_TYPE)

    return {"/health": health, "/ready": readiness, "/metrics": metrics}


class _Ready:
    def __init__(self, base: Base, lacking: Callable[[], tuple[str, ...]]) -> None:
        self._base = base
        self._lacking = lacking
        self._asking = asyncio.Lock()
        self._known: tuple[float, tuple[str, ...]] | None = None

    async def ask(self) -> tuple[str, ...]:
        async with self._asking:
            now = self._base.tick()
            if self._known is None or now - self._known[0] >= _SECONDS:
                self._known = (now, await asyncio.to_thread(self._lacking))
            return self._known[1]


async def _answer(scope: Scope, send: Send, route: str, body: bytes, kind: str) -> None:
    call_of(scope).route = route
    if scope["method"] not in {"GET", "HEAD"}:
        raise UsageError("server.wrong-method", method=scope["method"], allowed=("GET", "HEAD"))
    headers = [
        (b"content-type", kind.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
