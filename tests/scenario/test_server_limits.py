"""What anybody may send or leave unread is bounded, in size and in time, and everybody else is served meanwhile."""

from __future__ import annotations

import io
import socket

import pytest

from support.running import wait_until
from support.serving import Client, Lab, client_context, serving
from warifu.apps.server.limits import Limits
from warifu.apps.server.metrics import DROPPED, REFUSED, STREAMS
from warifu.apps.server.streams import event

MIB = 2**20


def asks_well(lab: Lab) -> bool:
    with Client(lab.port, client_context(lab.papers)) as client:
        return client.ask("/who") == (200, "nobody")


def test_a_head_that_never_ends_is_ended() -> None:
    """Slow heads, a line at a time, and connections that say nothing are cut, and counted."""
    with serving(limits=Limits(head=1)) as lab:
        context = client_context(lab.papers)
        slow = [Client(lab.port, context) for _ in range(20)]
        for client in slow[:10]:
            client.socket.sendall(b"GET /who HTTP/1.1\r\nHost: localhost\r\nX-A: ")
        assert asks_well(lab)
        for client in slow:
            with client:
                assert client.ends(10)
        assert 20 == lab.base.metrics.of(REFUSED, "head")


def test_a_second_head_is_bounded_too() -> None:
    """A connection that was served once gets no more time for its next head, empty lines before it included."""
    with serving(limits=Limits(head=1, idle=60)) as lab:
        for beginning in (b"GET /who HT", b"\r\n"):
            with Client(lab.port, client_context(lab.papers)) as client:
                client.ask("/who")
                client.socket.sendall(beginning)
                assert client.ends(10)


def test_a_body_that_never_comes_is_ended() -> None:
    """Who announces a body and does not send it is cut."""
    with serving(limits=Limits(body=1)) as lab, Client(lab.port, client_context(lab.papers)) as client:
        client.send("/count", method="POST", headers="Content-Length: 100\r\n")
        assert client.ends(10)
        assert 1 == lab.base.metrics.of(REFUSED, "body")


def test_an_idle_connection_is_closed() -> None:
    """Between requests a connection stays open for a while only."""
    with serving(limits=Limits(idle=1)) as lab, Client(lab.port, client_context(lab.papers)) as client:
        client.ask("/who")
        assert client.ends(10)


@pytest.mark.parametrize(
    "head",
    [
        b"GET /who HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"a" * 40_000 + b"\r\n\r\n",
        b"GET /who HTTP/1.1\r\nHost: localhost\r\nX-Endless: " + b"a" * 400_000,
        b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /who HTTP/1.1\r\n" + b"a: b\r\n" * 20_000,
    ],
    ids=["value", "endless", "path", "count"],
)
def test_a_head_that_is_too_large_is_refused(head: bytes) -> None:
    """Long values, long paths and many fields end with 431, before anybody keeps them."""
    with serving() as lab:
        with Client(lab.port, client_context(lab.papers)) as client:
            client.socket.sendall(head)
            answer = client.answer()
            assert (431, "application/problem+json") == (answer.status, answer.headers["Content-Type"])
            assert b"server.head-too-large" in answer.read()
        assert asks_well(lab)


def test_what_is_no_http_is_told_so() -> None:
    """Something else than HTTP gets a problem document, and the end."""
    with serving() as lab, Client(lab.port, client_context(lab.papers)) as client:
        client.socket.sendall(b"\x16\x03\x01 hello\r\n\r\n")
        answer = client.answer()
        assert 400 == answer.status
        assert b"server.not-http" in answer.read()
        assert client.ends(10)


def test_a_body_that_is_announced_too_large_is_refused_before_it_comes() -> None:
    """413 without a byte of it; the connection goes on."""
    with (
        serving(limits=Limits(body_bytes=1000)) as lab,
        Client(lab.port, client_context(lab.papers)) as client,
    ):
        client.send("/count", method="POST", headers="Content-Length: 1001\r\nExpect: 100-continue\r\n")
        answer = client.answer()
        assert 413 == answer.status
        assert b"server.too-large" in answer.read()


def test_a_body_in_chunks_is_counted() -> None:
    """One byte more than allowed is refused, the last allowed one is not."""
    with serving(limits=Limits(body_bytes=1000)) as lab:
        for size, status in ((1000, 200), (1001, 413)):
            with Client(lab.port, client_context(lab.papers)) as client:
                body = b"%x\r\n" % size + b"x" * size + b"\r\n0\r\n\r\n"
                client.send("/count", method="POST", headers="Transfer-Encoding: chunked\r\n")
                client.socket.sendall(body)
                assert status == client.answer().status


def test_bytes_that_are_no_body_do_not_run_on() -> None:
    """Extensions of chunks carry no body and are parsed without end; the connection is cut all the same."""
    limits = Limits(body_bytes=10_000, head_bytes=10_000)
    with serving(limits=limits) as lab, Client(lab.port, client_context(lab.papers)) as client:
        client.send("/count", method="POST", headers="Transfer-Encoding: chunked\r\n")
        with pytest.raises(OSError, match=r"EOF|reset|Broken pipe|Connection"):
            client.socket.sendall((b"1;" + b"a" * 1000 + b"\r\nx\r\n") * 20_000)
        assert asks_well(lab)


def test_a_reader_that_does_not_read_is_cut() -> None:
    """An answer that nobody takes is given up after a while, and little of it is ever held."""
    with serving(limits=Limits(stall=1)) as lab, Client(lab.port, client_context(lab.papers)) as client:
        client.send("/flood")
        wait_until(lambda: lab.base.metrics.of(REFUSED, "stall") == 1, "the stalled answer to be cut")


def test_a_slow_reader_of_a_stream_is_dropped_and_others_are_not() -> None:
    """Its queue is full while it does not read: it is dropped at once, long before its answer stalls."""
    with serving(limits=Limits(queue=8, stall=600)) as lab:
        context = client_context(lab.papers)
        with Client(lab.port, context) as reader, Client(lab.port, context) as sleeper:
            sleeper.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            for client in (reader, sleeper):
                client.send("/stream")
                assert 200 == client.answer().status
            wait_until(lambda: lab.base.metrics.of(STREAMS) == 2, "both streams to be open")
            got = io.BytesIO()
            pushed = 0
            while lab.base.metrics.of(DROPPED) == 0 and pushed < 100:
                lab.server.push(event("news", "x" * MIB), "trust")
                pushed += 1
                while got.tell() < pushed * MIB:
                    got.write(reader.socket.recv(MIB))
            assert (1, 1) == (lab.base.metrics.of(DROPPED), lab.base.metrics.of(STREAMS))
            assert sleeper.ends(10)
            lab.server.push(event("news", "after"), "trust")
            while b"data: after" not in got.getvalue():
                got.write(reader.socket.recv(MIB))


def test_there_are_only_so_many_connections() -> None:
    """One more than allowed is closed at once; when one leaves, the next comes in."""
    with serving(limits=Limits(connections=3)) as lab:
        context = client_context(lab.papers)
        held = [Client(lab.port, context) for _ in range(3)]
        for client in held:
            client.ask("/who")
        with Client(lab.port, context) as fourth:
            assert fourth.ends(10)
        held.pop().socket.close()
        wait_until(lambda: _comes(lab), "a place to be free")
        for client in held:
            client.socket.close()


def _comes(lab: Lab) -> bool:
    try:
        return asks_well(lab)
    except OSError:
        return False


def test_an_answer_that_takes_too_long_is_given_up() -> None:
    """503, with what to do; a stream is free of that bound."""
    with serving(limits=Limits(answer=1)) as lab:
        with Client(lab.port, client_context(lab.papers)) as client:
            assert "server.too-slow" == client.problem("/sleep")["code"]
        with Client(lab.port, client_context(lab.papers)) as client:
            client.send("/stream")
            assert b"event: now" in client.answer().read1()
            assert not client.ends(2)


def test_requests_in_a_row_are_answered_in_a_row() -> None:
    """Two requests sent together are two answers on one connection, each with its number."""
    with serving() as lab, Client(lab.port, client_context(lab.papers)) as client:
        client.socket.sendall(b"GET /who HTTP/1.1\r\nHost: a\r\n\r\n" * 2)
        got = b""
        while got.count(b"nobody") < 2:
            got += client.socket.recv(65_536)
        assert 2 == len({line for line in got.split(b"\r\n") if line.startswith(b"x-request-id")})
