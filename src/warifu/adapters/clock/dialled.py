"""TCP and TLS streams with one end in time for all that is said over them, also where a peer sends a byte at a time.

`http.client` and `smtplib` know a timeout for each read alone: over these streams they end.
"""

from __future__ import annotations

import errno
import os
import socket
import ssl
import time
from typing import Any

_MOST = 1 << 20  # bytes: no honest answer to a request of ours is longer


def dial(host: str, port: int, *, until: float) -> socket.socket:
    """Connect to the first address behind a name that lets us, each tried for its share of the time.

    Args:
        until: second of the monotonic clock.

    Raises:
        OSError: of the last address; `socket.gaierror` also for what cannot be a name (RFC 1035 §2.3.4).
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known") from error
    failed: OSError = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    for tried, (family, kind, protocol, _, address) in enumerate(found):
        stream = socket.socket(family, kind, protocol)
        try:
            stream.settimeout(_left(until) / (len(found) - tried))
            stream.connect(address)
        except OSError as error:
            stream.close()
            failed = error
        else:
            return stream
    raise failed


class TimedSocket(socket.socket):
    """A connected stream; every step of it ends at one second of the monotonic clock, `until`."""

    until = 0.0
    received = 0

    def recv_into(self, *given: Any) -> int:
        """Return how many bytes came."""
        self.settimeout(_left(self.until))
        came = super().recv_into(*given)
        self.received = _counted(self.received, came)
        return came

    def sendall(self, *given: Any) -> None:
        """Send everything."""
        self.settimeout(_left(self.until))
        super().sendall(*given)


class _TimedTls(ssl.SSLSocket):
    until = 0.0
    received = 0

    # ast-grep-ignore: empty-word
    def do_handshake(self, *given: Any) -> None:
        self.settimeout(_left(self.until))
        super().do_handshake(*given)

    def read(self, *given: Any) -> Any:
        self.settimeout(_left(self.until))
        came: Any = super().read(*given)  # into a buffer: how many
        self.received = _counted(self.received, came if isinstance(came, int) else len(came))
        return came

    def send(self, *given: Any) -> int:
        self.settimeout(_left(self.until))
        return super().send(*given)


def timed(stream: socket.socket, *, until: float) -> TimedSocket:
    """Return a stream as one that ends; the one given is empty afterwards."""
    made = TimedSocket(fileno=stream.detach())
    made.until = until
    return made


def timed_context(context: ssl.SSLContext, *, until: float) -> ssl.SSLContext:
    """Make the streams of a context end."""
    context.sslsocket_class = type("TimedTls", (_TimedTls,), {"until": until})
    return context


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
    return left


def _counted(before: int, came: int) -> int:
    if before + came > _MOST:
        raise OSError(errno.EMSGSIZE, "answer-too-long")
    return before + came
