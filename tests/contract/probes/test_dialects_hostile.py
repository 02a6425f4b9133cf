"""Servers that lie, drip, never end or break off before TLS begins: always an answer, always in time."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable

import pytest

from support.probing import ask
from support.tls_server import run_raw_server
from warifu.adapters.probes.dialects import BEGINNINGS
from warifu.domain.findings import Lang
from warifu.domain.findings.causes import explain

DIALECTS = sorted(BEGINNINGS)


def endless(piece: bytes) -> Callable[[socket.socket], None]:
    def serve(stream: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                stream.sendall(piece)

    return serve


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("piece", [b"220-x\r\n" * 500, b"x" * 4096, b"* OK\r\n" * 500, b"\0" * 4096])
def test_an_endless_banner_ends(dialect: str, piece: bytes) -> None:
    """Before the deadline, by a word of ours."""
    begun = time.monotonic()
    with run_raw_server(endless(piece)) as port:
        answer = ask(port, dialect=dialect, seconds=5)
        took = time.monotonic() - begun
    assert explain(answer.refused, Lang.EN) != answer.refused
    assert () == answer.chain
    assert took < 4


@pytest.mark.parametrize("dialect", DIALECTS)
def test_silence_ends_at_the_deadline(dialect: str) -> None:
    """One deadline covers both connections."""

    def serve(stream: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while stream.recv(100):
                pass

    with run_raw_server(serve) as port:
        begun = time.monotonic()
        answer = ask(port, dialect=dialect, seconds=0.5, clear_text=True)
        took = time.monotonic() - begun
    assert ("timed-out", None) == (answer.refused, answer.clear_text)
    assert took < 2


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_drip_ends_at_the_deadline(dialect: str) -> None:
    """A byte at a time of a greeting that looks right for as long as it lasts."""
    greeting = {"smtp": b"220-", "imap": b"* OK ", "pop3": b"+OK ", "nats": b"INFO ", "ldap": b"\x30\x7f"}
    more = {"mysql": b"\xff\x0f\0\0", "tds": b"\x04\0\x0f\xff\0\0\0\0", "postgresql": b"S\x16\x03\x03\x40\0"}

    def serve(stream: socket.socket) -> None:
        for byte in {**greeting, **more}[dialect] + b"x" * 400:
            stream.sendall(bytes([byte]))
            time.sleep(0.03)  # the drip itself

    with run_raw_server(serve) as port:
        begun = time.monotonic()
        answer = ask(port, dialect=dialect, seconds=1)
        took = time.monotonic() - begun
    assert answer.refused in {"timed-out", "not-tls"}
    assert took < 3


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_early_close_is_told(dialect: str) -> None:
    """It was reached, and went."""
    with run_raw_server(lambda _: None) as port:
        answer = ask(port, dialect=dialect)
    assert answer.refused in {"closed", "reset"}
    assert answer.reached


def test_what_is_injected_behind_starttls_is_not_taken_for_an_answer() -> None:
    """Text in clear that follows the go-ahead reaches TLS, which refuses it (CVE-2011-0411)."""

    def serve(stream: socket.socket) -> None:
        stream.sendall(b"220 mail\r\n")
        stream.recv(100)
        stream.sendall(b"250-mail\r\n250 STARTTLS\r\n")
        stream.recv(100)
        stream.sendall(b"220 go\r\n250 mail.example AUTH PLAIN\r\n")
        with contextlib.suppress(OSError):
            while stream.recv(4096):
                pass

    with run_raw_server(serve) as port:
        answer = ask(port, dialect="smtp")
    assert ("not-tls", ()) == (answer.refused, answer.chain)


def test_tds_packets_of_another_kind_end_the_handshake() -> None:
    """After a good PRELOGIN, what is no packet is not fed to TLS."""
    answer = bytes.fromhex("04010011000000000100060001ff")
    answer = answer[:2] + (8 + 7).to_bytes(2, "big") + bytes(4) + bytes.fromhex("0100060001ff01")

    def serve(stream: socket.socket) -> None:
        stream.recv(4096)
        stream.sendall(answer)
        stream.recv(4096)
        stream.sendall(b"\x16\x03\x03\x00\x10" + bytes(64))
        with contextlib.suppress(OSError):
            while stream.recv(4096):
                pass

    with run_raw_server(serve) as port:
        found = ask(port, dialect="tds")
    assert ("not-tds", ()) == (found.refused, found.chain)
