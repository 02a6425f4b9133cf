"""How TLS begins in a protocol that starts in clear, told without a socket.

A dialect is a generator: it yields what to send (`Say`) or what it waits for (`Take`, `Line`), is sent the
bytes that came, and returns what the server let know about logins without TLS. It never asks for a byte
more than belongs to the conversation in clear: what follows must come from TLS (CVE-2011-0411,
CVE-2021-23222). What ends it early is a `TalkError` with a word of ours.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

LONGEST_LINE = 8192  # bytes; NATS alone sends more, and says so itself
MOST_LINES = 256


@dataclass(frozen=True, slots=True)
class Say:
    """Bytes to send."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Take:
    """Wait for exactly so many bytes."""

    count: int


@dataclass(frozen=True, slots=True)
class Line:
    """Wait for a line, its end included.

    Args:
        longest: with more bytes than that it is none of this protocol.
    """

    longest: int = LONGEST_LINE


class TalkError(Exception):
    """The conversation did not come to TLS.

    Args:
        word: why, as a word of `findings/causes`.
    """

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


Clear = bool | None
"""Whether a login without TLS is let in; None where the protocol does not tell before it."""

Talk = Generator[Say | Take | Line, bytes, Clear]


def line_within(limit: int, protocol: str, *, longest: int = LONGEST_LINE) -> Generator[Line, bytes, str]:
    """Wait for one line of at most `limit` further ones; return it without its end."""
    foreign = f"not-{protocol}"
    if limit <= 0:
        raise TalkError(foreign)
    line = yield Line(longest)
    if not line.endswith(b"\n"):
        raise TalkError(foreign)
    return line.decode("ascii", errors="replace").rstrip("\r\n")
