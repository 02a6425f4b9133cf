"""What anybody may take of the server: sizes in bytes, times in seconds, counts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one server; a test compares them with the table in docs/server.md.

    Args:
        connections: open connections at most; one more is closed at once.
        handshake: until a TLS handshake is done.
        head: until a request's head has arrived, counted from its first byte or from the handshake.
        head_bytes: size of a request's head.
        body: until a request's body has arrived.
        body_bytes: size of a request's body.
        answer: until an answer is whole; streams are free of it.
        idle: how long a connection stays open between requests.
        stall: how long what was sent may wait for its reader.
        written_bytes: what waits for one reader before the server stops producing more.
        grace: how long running requests may go on once the server is told to end.
        queue: events that wait for one stream's reader.
        heartbeat: between two signs of life on a stream.
    """

    connections: int = 12_000
    handshake: float = 15
    head: float = 15
    head_bytes: int = 32_768
    body: float = 60
    body_bytes: int = 4_194_304
    answer: float = 60
    idle: float = 75
    stall: float = 20
    written_bytes: int = 65_536
    grace: float = 10
    queue: int = 64
    heartbeat: float = 15
