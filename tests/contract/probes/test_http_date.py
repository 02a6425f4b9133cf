"""A target's clock, asked over HTTPS from a real server."""

from __future__ import annotations

import http.server
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from support.pki import make_ca
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
    with pytest.raises(CouldNotLookError, match=r"io\.no-clock"):
        HttpDate().ask(address)
