"""Whatever bytes a client sends, the server answers by HTTP or ends the connection, and serves the next one."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.serving import Client, Lab, serving

PARTS = [
    b"GET ", b"POST ", b"CONNECT ", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"/who", b"/count", b"*", b"http://[::1", b"%zz%00%ff", b"?a=%",
    b" HTTP/1.1\r\n", b" HTTP/1.0\r\n", b" HTTP/9.9\r\n", b"Host: a\r\n", b"Content-Length: 5\r\n", b"Content-Length: -1\r\n",
    b"Content-Length: 99999999999999999999999\r\n", b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: x, chunked\r\n",
    b"Connection: upgrade\r\nUpgrade: websocket\r\n", b"Connection: close\r\n", b"Expect: 100-continue\r\n", b"Accept-Language: \xff;q=\r\n",
    b"If-None-Match: \x00\r\n", b"\r\n", b"\n", b"\r\n\r\n", b"5\r\nhello\r\n", b"0\r\n\r\n", b"ffffffffffffffff\r\n", b"hello",
]  # fmt: skip


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with serving(with_tls=False) as running:
        yield running


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(PARTS) | st.binary(max_size=20), max_size=14))
def test_hostile_bytes_end_as_answers_or_not_at_all(lab: Lab, parts: list[bytes]) -> None:
    """No fault of ours is ever met on the way."""
    with Client(lab.port, None) as client:
        client.socket.sendall(b"".join(parts))
        client.socket.shutdown(socket.SHUT_WR)
        got = b""
        try:
            while more := client.socket.recv(65_536):
                got += more
        except ConnectionResetError:
            pass
    assert got == b"" or got.startswith(b"HTTP/1.1 ")
    assert b" 500 " not in got
    with Client(lab.port, None) as client:
        assert (200, "nobody") == client.ask("/who")
    assert '"unexpected"' not in lab.log.getvalue()
