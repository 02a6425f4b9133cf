"""A socket with one deadline for everything, and conversations over it."""

from __future__ import annotations

import errno
import socket
import time
from dataclasses import dataclass

from warifu.adapters.probes.talk import Clear, Line, Say, Take, Talk

_NEVER_CONNECTED = {errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.EPERM}  # a host may tell this late (SSH)
_MOST = 1 << 20  # bytes: no honest handshake is longer


class EndedError(Exception):
    """The stream ended: by the peer, by a fault of the transport, or by our deadline."""

    def __init__(self, word: str, *, reached: bool = True) -> None:
        super().__init__(word)
        self.word = word
        self.reached = reached


@dataclass(slots=True)
class TimedStream:
    """A socket with one deadline (seconds of the monotonic clock) for everything."""

    stream: socket.socket
    until: float
    received: int = 0

    def send(self, data: bytes) -> None:
        """Send everything."""
        left = memoryview(data)
        while left:
            self._allow(self.until)
            try:
                left = left[self.stream.send(left) :]
            except OSError as error:
                raise self._ended(error) from error

    def receive(self, size: int, *, before: float) -> bytes:
        """Return what has come in, at least one byte, before an instant or the deadline."""
        data = self._look(size, before=before)
        self.received += len(data)
        if self.received > _MOST:
            raise EndedError("too-long")
        return data

    def exactly(self, count: int) -> bytes:
        """Return so many bytes and leave the rest where it is."""
        found = b""
        while len(found) < count:
            found += self.receive(count - len(found), before=self.until)
        return found

    def line(self, longest: int) -> bytes:
        """Return a line with its end, or its first `longest` bytes, and leave the rest where it is."""
        found = b""
        while len(found) < longest:
            seen = self._look(longest - len(found), before=self.until, flags=socket.MSG_PEEK)
            end = seen.find(b"\n")
            found += self.exactly(len(seen) if end < 0 else end + 1)
            if end >= 0:
                break
        return found

    def converse(self, talk: Talk) -> Clear:
        """Carry a dialect's conversation out to the place where TLS begins.

        Raises:
            EndedError: the stream ended before.
            TalkError: it came to something else.
        """
        came = b""
        try:
            wanted = next(talk)
            while True:
                match wanted:
                    case Say(data):
                        self.send(data)
                        came = b""
                    case Take(count):
                        came = self.exactly(count)
                    case Line(longest):
                        came = self.line(longest)
                wanted = talk.send(came)
        except StopIteration as end:
            told: Clear = end.value
            return told

    def _look(self, size: int, *, before: float, flags: int = 0) -> bytes:
        self._allow(min(self.until, before))
        try:
            data = self.stream.recv(size, flags)
        except OSError as error:
            raise self._ended(error) from error
        if not data:
            raise EndedError("closed")
        return data

    def _ended(self, error: OSError) -> EndedError:
        never = self.received == 0 and error.errno in _NEVER_CONNECTED
        return EndedError(transport_word(error), reached=not never)

    def _allow(self, until: float) -> None:
        left = until - time.monotonic()
        if left <= 0:
            raise EndedError("timed-out")
        self.stream.settimeout(left)


def transport_word(error: OSError) -> str:
    """Return why a connection ended, as a word that `findings.causes` knows, or as the system calls it."""
    if isinstance(error, TimeoutError):
        return "timed-out"
    if isinstance(error, (ConnectionResetError, BrokenPipeError)):
        return "reset"
    return (error.strerror or "transport-error").lower().replace(" ", "-")
