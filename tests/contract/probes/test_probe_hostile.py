"""Peers that lie, drip, break off or speak something else: always an answer, always in time."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.examples import examples
from support.pki import Entity
from support.probing import ask
from support.tls_server import run_raw_server
from warifu.adapters.probes.handshake import offered_ca_names, served_certificates
from warifu.domain.findings import Code


def record(kind: int, body: bytes) -> bytes:
    """One TLS 1.2 record."""
    return bytes([kind, 3, 3]) + len(body).to_bytes(2, "big") + body


def message(kind: int, body: bytes) -> bytes:
    """One handshake message."""
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def server_hello() -> bytes:
    """A ServerHello for TLS 1.2 with ECDHE-RSA-AES128-GCM-SHA256 and renegotiation_info."""
    extensions = b"\xff\x01\x00\x01\x00"
    return message(
        2,
        b"\x03\x03"
        + b"\x07" * 32
        + b"\0"
        + b"\xc0\x2f"
        + b"\0"
        + len(extensions).to_bytes(2, "big")
        + extensions,
    )


def certificates(*ders: bytes) -> bytes:
    """A Certificate message of TLS 1.2."""
    entries = b"".join(len(der).to_bytes(3, "big") + der for der in ders)
    return message(11, len(entries).to_bytes(3, "big") + entries)


def saying(data: bytes) -> Callable[[socket.socket], None]:
    """A server that reads the greeting, says this and waits for the client to go."""

    def serve(stream: socket.socket) -> None:
        stream.recv(4096)
        stream.sendall(data)
        with contextlib.suppress(OSError):
            while stream.recv(4096):
                pass

    return serve


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "not-tls"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "not-tls"),
        (b"220 mail.example ESMTP\r\n", "not-tls"),
        (b"\x15\x03\x03\x00\x02\x02\x28", "handshake-failure"),
        (b"\x15\x03\x01\x00\x02\x02\x46", "protocol-version"),
        (b"\x15\x03\x03\x00\x02\x02\x70", "unrecognized-name"),
        (b"\x15\x03\x03\x00\x02\x02\xfa", "alert-250"),
    ],
)
def test_other_answers_are_named(said: bytes, expected: str) -> None:
    """What does not speak TLS is told apart from what refuses by an alert."""
    with run_raw_server(saying(said)) as port:
        answer = ask(port)
    assert (expected, (), True) == (answer.refused, answer.chain, answer.reached)
    assert answer.by_peer is (expected != "not-tls")


def test_peer_that_closes_is_told() -> None:
    """A connection that is closed at once is no refusal by the service."""
    with run_raw_server(lambda stream: None) as port:
        answer = ask(port)
    assert answer.refused in {"closed", "reset"}
    assert not answer.by_peer


@pytest.mark.parametrize("seconds", [0.5])
def test_peer_that_says_nothing_ends_at_the_deadline(seconds: float) -> None:
    """Silence is `timed-out`, on time."""
    with run_raw_server(saying(b"")) as port:
        begun = time.monotonic()
        answer = ask(port, seconds=seconds)
        took = time.monotonic() - begun
    assert "timed-out" == answer.refused
    assert seconds <= took < seconds + 0.9


def test_peer_that_drips_ends_at_the_deadline() -> None:
    """One byte at a time, each in time, does not stretch the deadline of the whole."""

    def drip(stream: socket.socket) -> None:
        stream.recv(4096)
        for byte in record(22, server_hello() + certificates(b"x" * 9000))[:2000]:
            stream.sendall(bytes([byte]))
            time.sleep(0.05)

    with run_raw_server(drip) as port:
        begun = time.monotonic()
        answer = ask(port, seconds=1)
        took = time.monotonic() - begun
    assert "timed-out" == answer.refused
    assert took < 3


def test_endless_answer_is_cut() -> None:
    """A peer that never stops sending is cut off long before memory matters."""

    def flood(stream: socket.socket) -> None:
        stream.recv(4096)
        for _ in range(4096):
            stream.sendall(record(22, b"\0\0\0\0" * 4000))

    with run_raw_server(flood) as port:
        assert ask(port, seconds=10).refused not in {"", "timed-out"}


def test_certificate_that_does_not_parse_is_a_finding(web: Entity) -> None:
    """A chain with garbage in the middle is seen, in order, and the garbage is named."""
    sent = (web.value.der, b"\x30\x03garbage", web.chain[0].der)
    flight = record(22, server_hello()) + record(22, certificates(*sent))
    with run_raw_server(saying(flight)) as port:
        answer = ask(port, seconds=2)
    assert sent == answer.served
    assert (web.value, web.chain[0]) == answer.chain
    assert [(Code.UNREADABLE, "certificate 2 of 3")] == [
        (f.code, f.evidence["label"]) for f in answer.findings
    ]
    assert answer.refused != ""


def test_garbage_leaf_never_lends_its_place(web: Entity) -> None:
    """When the leaf does not parse, the next certificate is not taken for it."""
    flight = record(22, server_hello()) + record(22, certificates(b"\x30\x00", web.value.der))
    with run_raw_server(saying(flight)) as port:
        answer = ask(port, seconds=2)
    assert answer.leaf is not None
    assert web.value.fingerprint != answer.leaf


@examples(40)
@given(noise=st.binary(max_size=600), prefix=st.sampled_from([b"", b"\x16\x03\x03", b"hello", b"cut"]))
def test_noise_only_ever_gives_a_refused_answer(noise: bytes, prefix: bytes) -> None:
    """Random bytes, bare or dressed as handshake records, end in an answer with a reason."""
    said = {
        b"hello": record(22, server_hello()) + record(22, noise),
        b"cut": (record(22, server_hello() + certificates(noise, noise)))[: len(noise) + 20],
    }.get(prefix, prefix + noise)

    def serve(stream: socket.socket) -> None:
        stream.recv(4096)
        stream.sendall(said)
        stream.shutdown(socket.SHUT_WR)

    with run_raw_server(serve) as port:
        answer = ask(port, seconds=5, read=True)
    assert answer.refused not in {"", "timed-out"}
    assert "" == answer.protocol


@examples(200)
@given(data=st.binary(max_size=200), version=st.sampled_from([0x0301, 0x0303, 0x0304]))
def test_message_readers_raise_only_value_errors(data: bytes, version: int) -> None:
    """Whatever the bytes, reading them ends in values or in `ValueError`."""
    for reader in (served_certificates, offered_ca_names):
        with contextlib.suppress(ValueError):
            assert all(isinstance(piece, bytes) for piece in reader(data, version))


@pytest.mark.parametrize(
    ("said", "expected"),
    [(b"N", "postgresql-without-tls"), (b"E", "postgresql-error"), (b"H", "not-postgresql")],
)
def test_postgresql_without_tls_is_named(said: bytes, expected: str) -> None:
    """Each answer to SSLRequest but S is a word of its own, and the eight bytes are as specified."""
    heard: list[bytes] = []

    def serve(stream: socket.socket) -> None:
        heard.append(stream.recv(100))
        stream.sendall(said)
        stream.recv(100)

    with run_raw_server(serve) as port:
        answer = ask(port, dialect="postgresql")
    assert expected == answer.refused
    assert [bytes.fromhex("00000008 04d2162f")] == heard


def test_bytes_stuffed_after_the_s_do_not_reach_tls() -> None:
    """What a peer sends in clear behind its S is read as TLS and fails, never as the server's word (CVE-2021-23222)."""
    with run_raw_server(saying(b"Sstuffed")) as port:
        assert "not-tls" == ask(port, dialect="postgresql").refused
