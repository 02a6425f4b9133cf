"""A target's clock, asked over HTTPS from a real server."""

from __future__ import annotations

import contextlib
import http.server
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from support.pki import make_ca
from support.tls_server import run_raw_server
from warifu.adapters.hosts.local_reader import LocalReader
from warifu.adapters.probes.http_date import HttpDate
from warifu.domain.trust.address import Address
from warifu.errors import CouldNotLookError

LEAF = make_ca("Old Root").leaf("localhost", expired=True)  # its certificate may be the very fault looked for


@contextmanager
def console(folder: Path, told: str | None, status: int = 200) -> Iterator[Address]:
    """A web console that tells this Date."""

    def tell(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response_only(status)
        if told is not None:
            handler.send_header("Date", told)
        handler.end_headers()

    handler = type("Console", (http.server.BaseHTTPRequestHandler,), {"do_HEAD": tell})
    pair = folder / "pair.pem"
    pair.write_bytes(LEAF.key_pem + LEAF.pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair)
    with http.server.HTTPServer(("127.0.0.1", 0), handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield Address("127.0.0.1", server.server_address[1])
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("status", [200, 404, 401])
def test_the_date_of_any_answer_is_the_target_s_time(tmp_path: Path, status: int) -> None:
    """A login page or an error tells it as well; its certificate is not judged."""
    with console(tmp_path, "Wed, 15 Nov 2028 08:12:31 GMT", status) as address:
        assert datetime(2028, 11, 15, 8, 12, 31, tzinfo=UTC) == HttpDate().ask(address)


@pytest.mark.parametrize("told", [None, "yesterday", "Wed, 99 Nov 2028 08:12:31 GMT"])
def test_a_target_that_tells_no_time_is_an_error_of_ours(tmp_path: Path, told: str | None) -> None:
    """What it told is named."""
    with console(tmp_path, told) as address, pytest.raises(CouldNotLookError, match=r"io\.no-clock"):
        HttpDate().ask(address)


def test_nobody_there_is_an_error_of_ours(tmp_path: Path) -> None:
    """The port was free a moment ago."""
    with console(tmp_path, None) as address:
        pass
    with pytest.raises(CouldNotLookError, match=r"io\.no-clock") as nobody:
        HttpDate().ask(address)
    assert "connection-refused" == nobody.value.values["reason"]  # a cause that is told, no name of a class


def endless(folder: Path) -> Callable[[socket.socket], None]:
    """A web console that is about to answer, for ever."""
    pair = folder / "pair.pem"
    pair.write_bytes(LEAF.key_pem + LEAF.pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair)

    def serve(stream: socket.socket) -> None:
        with context.wrap_socket(stream, server_side=True) as inner:
            inner.recv(4096)
            while True:
                inner.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                inner.settimeout(0.05)
                with contextlib.suppress(TimeoutError):
                    inner.recv(1)

    return serve


def test_a_target_that_never_comes_to_its_answer_is_left(tmp_path: Path) -> None:
    """Each part of it comes in time; the whole does not. Unless told otherwise nobody waits longer than a person would."""
    begun = time.monotonic()
    with (
        run_raw_server(endless(tmp_path)) as port,
        pytest.raises(CouldNotLookError, match=r"io\.no-clock"),
    ):
        HttpDate(patience=0.5).ask(Address("127.0.0.1", port))
    assert time.monotonic() - begun < 10
    assert HttpDate()._patience <= 15


@pytest.mark.parametrize("host", ["a" * 70 + ".example", "a..example"])
def test_a_host_that_cannot_be_a_name_is_an_error_of_ours(host: str) -> None:
    """RFC 1035 §2.3.4: a label has 1 to 63 characters."""
    with pytest.raises(CouldNotLookError, match=r"io\.no-clock"):
        HttpDate().ask(Address(host, 443))
    with pytest.raises(CouldNotLookError, match=r"io\.host-cannot-dial"):
        LocalReader().dial(Address(host, 443), timeout=timedelta(seconds=5))
