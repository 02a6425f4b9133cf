"""Server-Sent Events: many open streams, a bounded queue each; who reads too slowly is dropped.

An event is a hint to look, never the news itself: who was dropped looks anew when it comes back.

A reader that says how long it waits (`Prefer: wait=50`) is answered to the end: by the first events, or by none when
that time is over. Its connection is free for the look that the events call for, so that one is enough for everything a
node asks. It comes back with the id of the last event, and misses none that came meanwhile. What those events call for
may come along with them.

Spec: WHATWG HTML, section 9.2 (event streams): fields, comments, `retry`, `Last-Event-ID`. RFC 7240 §4.3 (`wait`).
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Final

from warifu.apps.server.base import Base, Scope, Send, call_of
from warifu.apps.server.metrics import DROPPED, STREAMS

_BEAT = b":\n\n"
_KEPT: Final = 1024  # events that are kept for who comes back
_LONGEST_WAIT: Final = 300.0  # seconds
_WAIT = re.compile(rb"(?:^|[,;\s])wait=([0-9]{1,4})(?:[,;\s]|$)")
_ID = re.compile(rb"([0-9a-f]{8})-([0-9]{1,15})")
_HEADERS = (
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
)

Along = Callable[[bytes], Awaitable[bytes]]
"""Returns what is sent behind events."""


@dataclass(frozen=True, slots=True)
class _Sent:
    number: int
    topics: frozenset[str]
    data: bytes


def event(name: str, data: str) -> bytes:
    """Return an event as it is sent; each line of its data has a field of its own."""
    lines = [f"event: {_one_line(name)}"]
    lines += [f"data: {line}" for line in data.splitlines() or [""]]
    return ("\n".join(lines) + "\n\n").encode()


class Stream:
    """One open stream. For the event loop's thread alone."""

    __slots__ = ("_drop", "_ended", "_most", "_queue", "_waiter", "is_dropped", "topics")

    def __init__(self, topics: frozenset[str], most: int, drop: Callable[[], None]) -> None:
        self.topics = topics
        self._drop = drop
        self.is_dropped = False
        self._most = most
        self._ended = False
        self._queue: list[bytes] = []
        self._waiter: asyncio.Future[None] | None = None

    def push(self, data: bytes) -> None:
        """Have something sent; who has let too much pile up is dropped."""
        if len(self._queue) >= self._most:
            if not self.is_dropped:
                self.is_dropped = True
                self.end()
                self._drop()
        elif not self._ended:
            self._queue.append(data)
            self._wake()

    def end(self) -> None:
        """End the stream; nothing that still waits is sent to one that was dropped."""
        self._ended = True
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def take(self) -> bytes:
        """Wait, and return what is to be sent now; empty when the stream has ended."""
        while not self._queue and not self._ended:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
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
        self._run = base.draw(4).encode()
        self._number = 0
        self._sent: deque[_Sent] = deque(maxlen=_KEPT)
        self._is_ended = False

    def __len__(self) -> int:
        return len(self._open)

    def push(self, data: bytes, topics: Iterable[str]) -> int:
        """Send an event to each stream that follows any of these topics; return to how many."""
        wanted = frozenset(topics)
        reached = [stream for stream in self._open if not wanted.isdisjoint(stream.topics)]
        self._number += 1
        one = _Sent(self._number, wanted, self._numbered(data))
        self._sent.append(one)
        for stream in reached:
            stream.push(one.data)
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
        self,
        scope: Scope,
        send: Send,
        *,
        topics: Iterable[str],
        first: bytes = b"",
        before: bytes = b"",
        along: Along | None = None,
    ) -> None:
        """Answer a request by a stream of what is pushed to its topics, until either side ends it.

        Args:
            topics: what it follows; what they are called is the routes' own affair.
            first: sent at once to a reader of which is not known what it missed: where things stand now.
            before: sent at once in any case, and ends nothing.
            along: returns what a reader that waits is sent behind the events that end its stream.
        """
        headers = dict(scope["headers"])
        wait = _wait(headers.get(b"prefer", b""))
        call = call_of(scope)
        call.is_stream = True
        call.unbounded()
        stream = Stream(frozenset(topics), self._base.limits.queue, call.drop)
        missed = self._missed(headers.get(b"last-event-id", b""), stream.topics)
        beginning = self._numbered(first) if missed is None and first else missed or b""
        over = asyncio.get_running_loop().call_later(wait, stream.end) if wait is not None else None
        if self._is_ended or (wait is not None and beginning):
            stream.end()
        self._open.add(stream)
        self._base.metrics.put(STREAMS, to=len(self._open))
        call.gone.add(stream.end)
        try:
            await send({"type": "http.response.start", "status": 200, "headers": list(_HEADERS)})
            before += b"retry: %d\n\n" % self._retry()
            if wait is None:
                await _send_on(send, stream, before + beginning)
            else:
                await _send_once(send, stream, before, beginning, along)
            if stream.is_dropped:
                self._base.metrics.add(DROPPED)
        finally:
            call.gone.discard(stream.end)
            if over is not None:
                over.cancel()
            self._open.discard(stream)
            self._base.metrics.put(STREAMS, to=len(self._open))

    def _numbered(self, data: bytes) -> bytes:
        return b"id: %b-%d\n%b" % (self._run, self._number, data)

    def _missed(self, last: bytes, topics: frozenset[str]) -> bytes | None:
        """Return the events after the last that a reader had; None where that is not known any more."""
        found = _ID.fullmatch(last)
        oldest = self._sent[0].number if self._sent else self._number + 1
        if found is None or found[1] != self._run or not oldest - 1 <= int(found[2]) <= self._number:
            return None
        after = int(found[2])
        return b"".join(
            one.data for one in self._sent if one.number > after and not topics.isdisjoint(one.topics)
        )


async def _send_on(send: Send, stream: Stream, data: bytes) -> None:
    """Send what is pushed for as long as the stream is open."""
    while data:
        await send({"type": "http.response.body", "body": data, "more_body": True})
        data = await stream.take()
    if not stream.is_dropped:
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _send_once(send: Send, stream: Stream, before: bytes, data: bytes, along: Along | None) -> None:
    """Send signs of life until the first events come, then these, what goes along with them, and the end."""
    if not data:
        await send({"type": "http.response.body", "body": before, "more_body": True})
        before = b""
        while (data := await stream.take()) and not data.strip(_BEAT):
            await send({"type": "http.response.body", "body": data, "more_body": True})
    stream.end()  # what is pushed from here on is told to who comes back
    if not stream.is_dropped:
        extra = await along(data) if data and along is not None else b""
        await send({"type": "http.response.body", "body": before + data + extra, "more_body": False})


def _wait(prefer: bytes) -> float | None:
    """Return how many seconds a reader waits; None for as long as the stream is open."""
    found = _WAIT.search(prefer)
    return None if found is None else min(float(found[1]), _LONGEST_WAIT)


def _one_line(text: str) -> str:
    return " ".join(text.split())
