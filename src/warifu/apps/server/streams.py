"""Server-Sent Events: many open streams, a bounded queue each; who reads too slowly is dropped.

An event is a hint to look, never the news itself: who was dropped looks anew when it comes back.

Spec: WHATWG HTML, section 9.2 (event streams): fields, comments, `retry`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable

from warifu.apps.server.base import Base, Receive, Scope, Send, call_of
from warifu.apps.server.metrics import DROPPED, STREAMS

_BEAT = b":\n\n"
_HEADERS = (
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
)


def event(name: str, data: str, *, id: str = "") -> bytes:  # noqa: A002  the field's name
    """Return an event as it is sent; each line of its data has a field of its own."""
    lines = [f"event: {_one_line(name)}"]
    lines += [f"id: {_one_line(id)}"] if id else []
    lines += [f"data: {line}" for line in data.splitlines() or [""]]
    return ("\n".join(lines) + "\n\n").encode()


class Stream:
    """One open stream. For the event loop's thread alone."""

    __slots__ = ("_drop", "_ended", "_most", "_queue", "_woken", "is_dropped", "topics")

    def __init__(self, topics: frozenset[str], most: int, drop: Callable[[], None]) -> None:
        self.topics = topics
        self._drop = drop
        self.is_dropped = False
        self._most = most
        self._ended = False
        self._queue: deque[bytes] = deque()
        self._woken = asyncio.Event()

    def push(self, data: bytes) -> None:
        """Have something sent; who has let too much pile up is dropped."""
        if len(self._queue) >= self._most:
            if not self.is_dropped:
                self.is_dropped = True
                self.end()
                self._drop()
        elif not self._ended:
            self._queue.append(data)
            self._woken.set()

    def end(self) -> None:
        """End the stream; nothing that still waits is sent to one that was dropped."""
        self._ended = True
        self._woken.set()

    async def take(self) -> bytes:
        """Wait, and return what is to be sent now; empty when the stream has ended."""
        while not self._queue and not self._ended:
            self._woken.clear()
            await self._woken.wait()
        if self.is_dropped:
            return b""
        waiting = b"".join(self._queue)
        self._queue.clear()
        return waiting


class Streams:
    """Every open stream of this process.

    Args:
        base: what the server stands on.
        retry: draws after how many milliseconds one client comes back, so that they do not come all at once.
    """

    def __init__(self, base: Base, retry: Callable[[], int]) -> None:
        self._base = base
        self._retry = retry
        self._open: set[Stream] = set()
        self._is_ended = False

    def __len__(self) -> int:
        return len(self._open)

    def push(self, data: bytes, topics: Iterable[str]) -> int:
        """Send an event to each stream that follows any of these topics; return to how many."""
        wanted = frozenset(topics)
        reached = [stream for stream in self._open if not wanted.isdisjoint(stream.topics)]
        for stream in reached:
            stream.push(data)
        return len(reached)

    def beat(self) -> None:
        """Send a sign of life on every stream; it also finds out whose connection is gone."""
        for stream in tuple(self._open):
            stream.push(_BEAT)

    def end(self) -> None:
        """End every stream, and each that is asked for later."""
        self._is_ended = True
        for stream in tuple(self._open):
            stream.end()

    async def serve(
        self, scope: Scope, receive: Receive, send: Send, *, topics: Iterable[str], first: bytes = b""
    ) -> None:
        """Answer a request by a stream of what is pushed to its topics, until either side ends it.

        Args:
            topics: what it follows; what they are called is the routes' own affair.
            first: sent at once: where things stand now.
        """
        call = call_of(scope)
        call.is_stream = True
        call.unbounded()
        stream = Stream(frozenset(topics), self._base.limits.queue, call.drop)
        if self._is_ended:
            stream.end()
        self._open.add(stream)
        self._base.metrics.put(STREAMS, to=len(self._open))
        gone = asyncio.create_task(_end_when_gone(receive, stream))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": list(_HEADERS)})
            beginning = f"retry: {self._retry()}\n\n".encode() + first
            await send({"type": "http.response.body", "body": beginning, "more_body": True})
            while data := await stream.take():
                await send({"type": "http.response.body", "body": data, "more_body": True})
            if stream.is_dropped:
                self._base.metrics.add(DROPPED)
            else:
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            gone.cancel()
            self._open.discard(stream)
            self._base.metrics.put(STREAMS, to=len(self._open))


async def _end_when_gone(receive: Receive, stream: Stream) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.end()


def _one_line(text: str) -> str:
    return " ".join(text.split())
