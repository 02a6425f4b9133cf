"""Notifiers against servers that stall, babble, or answer what no protocol knows."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from support.mail import run_hook, run_mail_server, server_context
from support.pki import NOW, make_ca
from support.running import free_port
from support.tls_server import run_raw_server
from warifu.adapters.notifiers.smtp import SmtpNotifier
from warifu.adapters.notifiers.webhook import WebhookNotifier
from warifu.domain.estate.watch_spec import SmtpSpec, WebhookSpec
from warifu.domain.watching.message import Message
from warifu.errors import CouldNotLookError, PartlyDoneError, WarifuError
from warifu.ports.notifiers import Notifier

ONE = Message("k", "n1", "30d", "any", "pki@shop.example", "n1@warifu.invalid", "s", "t\n", "{}", NOW)
PATIENCE = 0.6  # seconds
BOUND = 20.0  # seconds: far above the patience, far below for ever
GOING = "going"


def mail_to(port: int, patience: float = PATIENCE) -> Notifier:
    return SmtpNotifier(SmtpSpec("127.0.0.1", "a@b", port, "none"), patience=patience)


def hook_to(port: int, patience: float = PATIENCE) -> Notifier:
    return WebhookNotifier(WebhookSpec(f"http://127.0.0.1:{port}/x"), patience=patience)


def sent(notifier: Notifier) -> tuple[list[str], WarifuError | None]:
    """Send the one message; return whether it was marked, and how it ended. It must end."""
    marks: list[str] = []
    begun = time.monotonic()
    try:
        notifier.send(ONE, lambda: marks.append(GOING))
    except WarifuError as error:
        return marks, error
    finally:
        assert time.monotonic() - begun < BOUND
    return marks, None


Sender = Callable[[socket.socket], None]


@contextmanager
def babble(before: bytes, again: bytes, pause: float = 0.05) -> Iterator[Sender]:
    """A server that says something, and then something else again and again until nobody listens."""
    ended = threading.Event()

    def serve(stream: socket.socket) -> None:
        stream.sendall(before)
        while not again and stream.recv(4096):
            pass
        while again and not ended.wait(pause):
            stream.sendall(again)

    try:
        yield serve
    finally:
        ended.set()


def mail_server(last: Callable[[socket.socket], None]) -> Sender:
    """A mail server that takes everything; how it answers the final dot is given."""

    def serve(stream: socket.socket) -> None:
        stream.sendall(b"220 hello\r\n")
        with stream.makefile("rb") as heard:
            inside = False
            for line in heard:
                if inside and line == b".\r\n":
                    last(stream)
                    return
                if not inside:
                    inside = line == b"DATA\r\n"
                    stream.sendall(b"354 go on\r\n" if inside else b"250 fine\r\n")

    return serve


def after_a_request(last: Callable[[socket.socket], None]) -> Sender:
    def serve(stream: socket.socket) -> None:
        taken = b""
        while b"\r\n\r\n{}" not in taken:
            taken += stream.recv(4096)
        last(stream)

    return serve


@pytest.mark.parametrize("said", [(b"", b"220-more\r\n"), (b"", b"2"), (b"", b"")])
def test_a_greeting_without_an_end_ends(said: tuple[bytes, bytes]) -> None:
    """Each line, each byte comes in time; the whole does not."""
    with babble(*said) as serve, run_raw_server(serve) as port:
        marks, error = sent(mail_to(port))
    assert ([], "watch.not-sent") == (marks, error and error.code)


def test_a_greeting_that_floods_ends() -> None:
    """Long before memory does: no honest answer is longer than a mebibyte."""
    with babble(b"", b"220-" + b"x" * 500 + b"\r\n", 0.0) as serve, run_raw_server(serve) as port:
        marks, error = sent(mail_to(port, 60.0))
    assert ([], "answer-too-long") == (marks, error and error.values["reason"])


def test_an_answer_to_the_dot_without_an_end_leaves_it_uncertain() -> None:
    """The server may have it."""
    with babble(b"", b"250-more\r\n") as last, run_raw_server(mail_server(last)) as port:
        marks, error = sent(mail_to(port))
    assert isinstance(error, PartlyDoneError)
    assert ([GOING], "timed-out") == (marks, error.values["reason"])


@pytest.mark.parametrize(
    ("before", "again"),
    [(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), (b"HTTP/1.1 200", b"x"), (b"", b"")],
)
def test_an_answer_to_a_post_without_an_end_leaves_it_uncertain(before: bytes, again: bytes) -> None:
    """Again and again, a byte at a time, or never."""
    with babble(before, again) as last, run_raw_server(after_a_request(last)) as port:
        marks, error = sent(hook_to(port))
    assert isinstance(error, PartlyDoneError)
    assert ([GOING], "timed-out") == (marks, error.values["reason"])


def test_tls_ends_as_well(tmp_path: Path) -> None:
    """A byte at a time under TLS, and a handshake that is never answered."""
    now = datetime.now(UTC).replace(microsecond=0)
    root = make_ca("Mail Root", now=now)
    (tmp_path / "ca.pem").write_bytes(root.pem)
    context = server_context(root.leaf("localhost", now=now), tmp_path)

    def webhook(port: int) -> Notifier:
        spec = WebhookSpec(f"https://localhost:{port}/x", ca_file=str(tmp_path / "ca.pem"))
        return WebhookNotifier(spec, patience=PATIENCE)

    with babble(b"HTTP/1.1 200", b"x") as last:

        def shake_hands(stream: socket.socket) -> None:
            with context.wrap_socket(stream, server_side=True) as inner:
                after_a_request(last)(inner)

        with run_raw_server(shake_hands) as port:
            marks, error = sent(webhook(port))
    assert isinstance(error, PartlyDoneError)
    assert [GOING] == marks
    with babble(b"", b"") as silent, run_raw_server(silent) as port:
        marks, error = sent(webhook(port))
    assert ([], "watch.not-sent") == (marks, error and error.code)


@pytest.mark.parametrize("answer", ["garbage", "354 go on", "251 elsewhere", "252 perhaps", "150 wait"])
def test_an_answer_that_is_none_leaves_it_uncertain(answer: str) -> None:
    """Only 4 and 5 at its head say that the server does not have the mail, and only 250 that it does."""
    with run_raw_server(mail_server(lambda stream: stream.sendall(f"{answer}\r\n".encode()))) as port:
        marks, error = sent(mail_to(port, BOUND))
    assert isinstance(error, PartlyDoneError)
    assert ([GOING], "not-the-protocol") == (marks, error.values["reason"])


@pytest.mark.parametrize("answer", ["452 full", "554 no"])
def test_a_refusal_of_the_mail_is_certain(answer: str) -> None:
    """It is tried again."""
    with run_raw_server(mail_server(lambda stream: stream.sendall(f"{answer}\r\n".encode()))) as port:
        marks, error = sent(mail_to(port, BOUND))
    assert isinstance(error, CouldNotLookError)
    assert ([GOING], f"SMTP {answer[:3]}") == (marks, error.values["reason"])


def test_what_comes_before_the_last_answer_is_read_over() -> None:
    """103 and 102 say nothing of the post; the receiver has it."""
    told = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
    told += b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    with run_raw_server(after_a_request(lambda stream: stream.sendall(told))) as port:
        assert ([GOING], None) == sent(hook_to(port, BOUND))


@pytest.mark.parametrize(("status", "certain"), [(502, False), (504, False), (500, True), (503, True)])
def test_a_gateway_does_not_know_what_became_of_it(status: int, *, certain: bool) -> None:
    """What the receiver itself says is certain."""
    with run_hook() as hook:
        hook.status = status
        marks, error = sent(WebhookNotifier(WebhookSpec(hook.url), patience=BOUND))
    assert isinstance(error, CouldNotLookError if certain else PartlyDoneError)
    assert ([GOING], f"HTTP {status}") == (marks, error.values["reason"])


def test_a_pipe_is_no_secret(tmp_path: Path) -> None:
    """Nobody writes to it, and nobody waits for it."""
    os.mkfifo(tmp_path / "token", 0o600)
    spec = WebhookSpec(f"http://127.0.0.1:{free_port()}/x", str(tmp_path / "token"))
    marks, error = sent(WebhookNotifier(spec))
    assert ([], "not a plain file") == (marks, error and error.values["reason"])


@pytest.mark.parametrize("mode", [0o601, 0o602, 0o604])
def test_a_secret_that_others_can_touch_is_none(mode: int, tmp_path: Path) -> None:
    """Who can write it chooses what is sent."""
    (tmp_path / "token").write_text("t0ken\n")
    (tmp_path / "token").chmod(mode)
    spec = WebhookSpec(f"http://127.0.0.1:{free_port()}/x", str(tmp_path / "token"))
    _, error = sent(WebhookNotifier(spec))
    assert "others can read it" == (error and error.values["reason"])


@pytest.mark.parametrize("host", ["a" * 70 + ".example", "a..example"])
def test_a_host_that_cannot_be_a_name_gets_nothing(host: str) -> None:
    """RFC 1035 §2.3.4: a label has 1 to 63 characters."""
    for notifier in (
        SmtpNotifier(SmtpSpec(host, "a@b", 25)),
        WebhookNotifier(WebhookSpec(f"http://{host}/")),
    ):
        marks, error = sent(notifier)
        assert ([], "Name or service not known") == (marks, error and error.values["reason"])


@pytest.mark.parametrize("to", ["pki@[", "a(@b", "=?utf-8?q?a@b?="])
def test_what_is_no_address_is_not_written_to(to: str) -> None:
    """As an older program may have noted it: the others' messages still go."""
    with run_mail_server() as server:
        spec = SmtpSpec("127.0.0.1", "a@b", server.port, "none")
        with pytest.raises(CouldNotLookError, match=r"watch\.not-sent") as caught:
            SmtpNotifier(spec).send(replace(ONE, to=to), lambda: None)
    assert ("not-an-address", []) == (caught.value.values["reason"], server.got)
