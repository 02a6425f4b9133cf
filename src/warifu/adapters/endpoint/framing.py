"""Whole messages on a stream: four octets of length, then as many bytes; bounded in size and in time."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass

from warifu.wire.endpoint import HEAD

_PART = 1 << 18  # bytes read at once: memory grows with what arrived, not with what was announced


class BrokenStreamError(Exception):
    """The other end sent less, more or slower than it may."""


@dataclass(frozen=True, slots=True)
class Announced:
    """A message that has begun: how many bytes follow, and until when (monotonic) they have to be here."""

    size: int
    until: float


def receive(stream: socket.socket, *, most: int, first: float, whole: float) -> bytes | None:
    """Return the next message; None where the other end said goodbye between two.

    Raises:
        BrokenStreamError, OSError: as `receive_head`.
    """
    begun = receive_head(stream, most=most, first=first, whole=whole)
    return None if begun is None else receive_body(stream, begun)


def receive_head(stream: socket.socket, *, most: int, first: float, whole: float) -> Announced | None:
    """Return what the next message announces; None where the other end said goodbye between two.

    Args:
        most: bytes of a message.
        first: seconds to wait for its first byte.
        whole: seconds from there to its last.

    Raises:
        BrokenStreamError: it ended within a message, took too long, or announced too much.
        OSError: the stream broke.
    """
    stream.settimeout(first)
    try:
        head = stream.recv(HEAD)
    except TimeoutError as error:
        raise BrokenStreamError from error
    if not head:
        return None
    until = time.monotonic() + whole
    head += _exactly(stream, HEAD - len(head), until)
    size = int.from_bytes(head, "big")
    if size > most:
        raise BrokenStreamError
    return Announced(size, until)


def receive_body(stream: socket.socket, begun: Announced) -> bytes:
    """Return the message that was announced.

    Raises:
        BrokenStreamError, OSError: as `receive_head`.
    """
    return _exactly(stream, begun.size, begun.until)


def send(stream: socket.socket, data: bytes, *, whole: float) -> None:
    """Send one message.

    Raises:
        BrokenStreamError: the other end does not take it in time.
        OSError: the stream broke.
    """
    until = time.monotonic() + whole
    view = memoryview(len(data).to_bytes(HEAD, "big") + data)
    while view:
        stream.settimeout(_left(until))
        try:
            view = view[stream.send(view) :]
        except TimeoutError as error:
            raise BrokenStreamError from error


def _exactly(stream: socket.socket, size: int, until: float) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        stream.settimeout(_left(until))
        try:
            part = stream.recv(min(size - len(parts), _PART))
        except TimeoutError as error:
            raise BrokenStreamError from error
        if not part:
            raise BrokenStreamError
        parts += part
    return bytes(parts)


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise BrokenStreamError
    return left
