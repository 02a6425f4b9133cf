"""How much a probe takes from a peer."""

from __future__ import annotations

import socket
import time

import pytest

from warifu.adapters.probes.timed_stream import EndedError, TimedStream

MIB = 1 << 20


def test_a_mebibyte_is_taken_and_no_more() -> None:
    """No honest handshake is longer; a peer that goes on and on is left."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        stream = TimedStream(ours, time.monotonic() + 30)
        part = bytes(1 << 16)
        for _ in range(MIB // len(part)):
            theirs.sendall(part)
            stream.exactly(len(part))
        theirs.sendall(b"x")
        with pytest.raises(EndedError, match="too-long"):
            stream.receive(1, before=time.monotonic() + 30)
