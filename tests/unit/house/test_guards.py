"""The guards of the suite itself: they bite."""

from __future__ import annotations

import socket

import pytest


def test_the_network_is_out_of_reach() -> None:
    """A connection to another machine fails the test; 192.0.2.1 is nobody's (RFC 5737)."""
    with socket.socket() as stream, pytest.raises(Exception, match=r"192\.0\.2\.1") as caught:
        stream.connect(("192.0.2.1", 9))
    assert not isinstance(caught.value, OSError)


def test_loopback_is_within_reach() -> None:
    """Every loopback address may be dialled."""
    with socket.create_server(("127.0.0.2", 0)) as server:
        address = server.getsockname()
        with socket.create_connection(address, timeout=5) as stream:
            assert address == stream.getpeername()
