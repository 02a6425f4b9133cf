"""What every notifier keeps to: mail and webhooks, against real servers."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Protocol

import pytest

from support.mail import Hook, MailServer, run_hook, run_mail_server, server_context
from support.pki import NOW, Entity, make_ca
from support.running import free_port
from support.tls_server import run_raw_server
from warifu.adapters.notifiers.smtp import SmtpNotifier
from warifu.adapters.notifiers.webhook import WebhookNotifier
from warifu.domain.estate.watch_spec import SmtpSpec, WebhookSpec
from warifu.domain.watching.message import Message
from warifu.errors import CouldNotLookError, PartlyDoneError
from warifu.ports.notifiers import Notifier

SUBJECT = "[Warifu 店] 警告: CN=web.example (0123) は期限切れになります"
TEXT = ".\n..先頭の点\n" + "長い行 " * 400 + "\n"
ONE = Message(
    "k",
    "n1",
    "30d",
    "any",
    "pki@shop.example",
    "n1.30d@b.warifu.invalid",
    SUBJECT,
    TEXT,
    '{"notice": "名"}',
    NOW,
)


class Receiver(Protocol):
    """What a test wants of the other end."""

    notifier: Notifier

    def ids(self) -> list[str]: ...
    def refuse(self) -> None: ...
    def hang_up(self) -> None: ...


@dataclass
class MailEnd:
    server: MailServer
    notifier: Notifier

    def ids(self) -> list[str]:
        return [str(mail["Message-ID"]).strip("<>") for mail in self.server.mails]

    def refuse(self) -> None:
        self.server.answer = "550 no"

    def hang_up(self) -> None:
        self.server.answer = "drop"


@dataclass
class HookEnd:
    hook: Hook
    notifier: Notifier

    def ids(self) -> list[str]:
        return [headers["Idempotency-Key"].strip('"') for headers, _ in self.hook.got]

    def refuse(self) -> None:
        self.hook.status = 503

    def hang_up(self) -> None:
        self.hook.status = 0


@pytest.fixture(params=["smtp", "webhook"])
def end(request: pytest.FixtureRequest) -> Iterator[Receiver]:
    with ExitStack() as stack:
        if request.param == "smtp":
            server = stack.enter_context(run_mail_server())
            spec = SmtpSpec("127.0.0.1", "warifu@shop.example", server.port, "none")
            yield MailEnd(server, SmtpNotifier(spec))
        else:
            hook = stack.enter_context(run_hook())
            yield HookEnd(hook, WebhookNotifier(WebhookSpec(hook.url)))


class Marks:
    """Notes when `going` was called, and what had arrived by then."""

    def __init__(self, end: Receiver | None = None) -> None:
        self.end = end
        self.arrived: list[int] = []

    def __call__(self) -> None:
        self.arrived.append(len(self.end.ids()) if self.end else 0)


def test_a_message_arrives_once_under_its_id(end: Receiver) -> None:
    """The mark comes before, once, and nothing has arrived by then."""
    marks = Marks(end)
    end.notifier.send(ONE, marks)
    assert ([0], [ONE.id]) == (marks.arrived, end.ids())


def test_a_second_try_has_the_same_id(end: Receiver) -> None:
    """So that a copy can be recognised."""
    for _ in range(2):
        end.notifier.send(ONE, Marks())
    assert [ONE.id, ONE.id] == end.ids()


def test_a_refusal_is_certain(end: Receiver) -> None:
    """The receiver does not have it, and says so."""
    end.refuse()
    with pytest.raises(CouldNotLookError, match=r"watch\.not-sent") as caught:
        end.notifier.send(ONE, Marks())
    assert caught.value.values["reason"] in {"SMTP 550", "HTTP 503"}


def test_an_answer_that_never_comes_leaves_it_uncertain(end: Receiver) -> None:
    """The receiver has it, and the connection broke before it could say so."""
    end.hang_up()
    marks = Marks()
    with pytest.raises(PartlyDoneError, match=r"watch\.cut"):
        end.notifier.send(ONE, marks)
    assert ([0], [ONE.id]) == (marks.arrived, end.ids())


def test_an_error_in_the_mark_sends_nothing(end: Receiver) -> None:
    """What cannot be noted is not sent: a crash would send it again."""

    def full() -> None:
        raise CouldNotLookError("watch.state", path="x", reason="y")

    with pytest.raises(CouldNotLookError, match=r"watch\.state"):
        end.notifier.send(ONE, full)
    assert [] == end.ids()


@pytest.mark.parametrize("channel", ["smtp", "webhook"])
def test_where_nobody_listens_nothing_is_marked(channel: str) -> None:
    """It may be tried again without a doubt."""
    port = free_port()
    marks = Marks()
    with pytest.raises(CouldNotLookError, match=r"watch\.not-sent") as caught:
        notifier_to(channel, "127.0.0.1", port, "none").send(ONE, marks)
    assert ([], "connection-refused") == (marks.arrived, caught.value.values["reason"])


def notifier_to(channel: str, host: str, port: int, security: str, ca: Path | None = None) -> Notifier:
    ca_file = str(ca) if ca else ""
    if channel == "smtp":
        return SmtpNotifier(SmtpSpec(host, "warifu@shop.example", port, security, ca_file=ca_file))
    scheme = "http" if security == "none" else "https"
    return WebhookNotifier(WebhookSpec(f"{scheme}://{host}:{port}/x", ca_file=ca_file))


@contextmanager
def tls_end(
    channel: str, security: str, identity: Entity, folder: Path
) -> Iterator[tuple[int, MailServer | Hook]]:
    context = server_context(identity, folder)
    if channel == "smtp":
        with run_mail_server(context=context, mode=security) as server:
            yield server.port, server
    else:
        with run_hook(context=context) as hook:
            yield int(hook.url.split(":")[2].split("/")[0]), hook


TLS = pytest.mark.parametrize(
    ("channel", "security"), [("smtp", "starttls"), ("smtp", "tls"), ("webhook", "tls")]
)


@TLS
def test_tls_is_verified_by_the_file_given(channel: str, security: str, tmp_path: Path) -> None:
    """A private CA works when its file is named."""
    root = valid_root()
    (tmp_path / "ca.pem").write_bytes(root.pem)
    with tls_end(channel, security, valid_leaf(root, "localhost"), tmp_path) as (port, end):
        notifier_to(channel, "localhost", port, security, tmp_path / "ca.pem").send(ONE, Marks())
    assert 1 == len(end.got)


@TLS
@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("stranger", "server-not-trusted"),
        ("name", "server-name"),
        ("expired", "server-expired"),
        ("system", "server-not-trusted"),
    ],
)
def test_a_server_that_cannot_be_trusted_gets_nothing(
    channel: str, security: str, fault: str, reason: str, tmp_path: Path
) -> None:
    """Neither the message nor a mark; the reason is ours."""
    root = valid_root()
    (tmp_path / "ca.pem").write_bytes((valid_root() if fault == "stranger" else root).pem)
    name = "other.example" if fault == "name" else "localhost"
    leaf = valid_leaf(root, name, past=fault == "expired")
    marks = Marks()
    with tls_end(channel, security, leaf, tmp_path) as (port, end):
        ca = None if fault == "system" else tmp_path / "ca.pem"
        with pytest.raises(CouldNotLookError, match=r"watch\.not-sent") as caught:
            notifier_to(channel, "localhost", port, security, ca).send(ONE, marks)
    assert (reason, [], []) == (caught.value.values["reason"], marks.arrived, end.got)


def valid_root() -> Entity:
    now = datetime.now(UTC).replace(microsecond=0)
    return make_ca("Mail Root", now=now)


def valid_leaf(root: Entity, name: str, *, past: bool = False) -> Entity:
    now = datetime.now(UTC).replace(microsecond=0)
    return root.leaf(name, now=now, expired=past)


def test_a_server_without_starttls_gets_nothing() -> None:
    """A downgrade is not taken."""
    with run_mail_server() as server:
        spec = SmtpSpec("localhost", "warifu@shop.example", server.port, "starttls")
        with pytest.raises(CouldNotLookError) as caught:
            SmtpNotifier(spec).send(ONE, Marks())
    assert ("no-starttls", []) == (caught.value.values["reason"], server.got)


def test_mail_carries_the_text_whole() -> None:
    """Japanese, leading dots, long lines; it says that a program wrote it."""
    with run_mail_server() as server:
        SmtpNotifier(SmtpSpec("127.0.0.1", "warifu@shop.example", server.port, "none")).send(ONE, Marks())
    (mail,) = server.mails
    assert (SUBJECT, "warifu@shop.example", "pki@shop.example") == (mail["Subject"], mail["From"], mail["To"])
    assert TEXT == mail.get_content().replace("\r\n", "\n")
    assert ("auto-generated", NOW) == (mail["Auto-Submitted"], parsedate_to_datetime(str(mail["Date"])))
    assert (["pki@shop.example"], "warifu@shop.example") == (server.got[0].rcpt_tos, server.got[0].mail_from)


def test_nothing_in_a_subject_becomes_a_header() -> None:
    """A certificate's name may hold anything."""
    evil = replace(ONE, subject="x\r\nBcc: thief@evil.example\n\nbody")
    with run_mail_server() as server:
        SmtpNotifier(SmtpSpec("127.0.0.1", "warifu@shop.example", server.port, "none")).send(evil, Marks())
    assert (None, "x Bcc: thief@evil.example body") == (server.mails[0]["Bcc"], server.mails[0]["Subject"])


def test_a_login_takes_its_password_from_a_private_file(tmp_path: Path) -> None:
    """Over TLS; a wrong one is refused, and no error shows it."""
    root = valid_root()
    (tmp_path / "ca.pem").write_bytes(root.pem)
    password = tmp_path / "password"
    password.write_text("right-password\n")
    password.chmod(0o600)
    context = server_context(valid_leaf(root, "localhost"), tmp_path)
    with run_mail_server(context=context, mode="starttls", users={b"warifu": b"right-password"}) as server:
        spec = SmtpSpec(
            "localhost",
            "warifu@shop.example",
            server.port,
            "starttls",
            "warifu",
            str(password),
            str(tmp_path / "ca.pem"),
        )
        SmtpNotifier(spec).send(ONE, Marks())
        password.write_text("wrong-password\n")
        with pytest.raises(CouldNotLookError) as caught:
            SmtpNotifier(spec).send(ONE, Marks())
    assert (1, [True], "SMTP 535") == (len(server.got), server.secure, caught.value.values["reason"])
    chain = [caught.value, caught.value.__cause__]
    assert not any("wrong-password" in repr(error) for error in chain)


@pytest.mark.parametrize(
    ("mode", "content", "reason"),
    [
        (0o604, b"token\n", "others can read it"),
        (0o600, b"\n", "no line of text"),
        (0o600, b"two\nlines\n", "no line of text"),
        (0o600, b"\xff\xfe", "no line of text"),
        (None, b"", "No such file or directory"),
    ],
)
def test_a_secret_that_cannot_be_used_sends_nothing(
    mode: int | None, content: bytes, reason: str, tmp_path: Path
) -> None:
    """And says why, never what."""
    file = tmp_path / "token"
    if mode is not None:
        file.write_bytes(content)
        file.chmod(mode)
    with run_hook() as hook, pytest.raises(CouldNotLookError, match=r"watch\.secret") as caught:
        WebhookNotifier(WebhookSpec(hook.url, str(file))).send(ONE, Marks())
    assert (reason, []) == (caught.value.values["reason"], hook.got)


def test_a_post_carries_document_token_and_key(tmp_path: Path) -> None:
    """JSON in UTF-8, to the path and query given."""
    token = tmp_path / "token"
    token.write_text("t0ken\n")
    token.chmod(0o640)
    with run_hook() as hook:
        WebhookNotifier(WebhookSpec(hook.url, str(token))).send(ONE, Marks())
    ((headers, body),) = hook.got
    assert {"notice": "名"} == json.loads(body)
    assert ("Bearer t0ken", "application/json", "/hooks/pki?team=1", f'"{ONE.id}"') == (
        headers["Authorization"],
        headers["Content-Type"],
        headers[":path"],
        headers["Idempotency-Key"],
    )


def test_a_redirect_is_not_followed() -> None:
    """A token would travel along."""
    with run_hook() as hook:
        hook.status = 307
        with pytest.raises(CouldNotLookError) as caught:
            WebhookNotifier(WebhookSpec(hook.url)).send(ONE, Marks())
    assert "HTTP 307" == caught.value.values["reason"]


def test_only_a_receiver_that_knows_keys_is_sent_twice() -> None:
    """Mail never is."""
    specs = [WebhookSpec("http://h/"), WebhookSpec("http://h/", repeat=True)]
    assert [False, True] == [WebhookNotifier(spec).repeats for spec in specs]
    assert not SmtpNotifier(SmtpSpec("h", "a@b", 25)).repeats


def test_a_farewell_that_fails_takes_nothing_back() -> None:
    """The server said that it has the message, then died: it must not be sent again."""
    heard: list[bytes] = []

    def serve(stream: socket.socket) -> None:
        with stream.makefile("rwb") as talk:
            talk.write(b"220 hello\r\n")
            talk.flush()
            inside = False
            for line in talk:
                heard.append(line.upper())
                if inside and line != b".\r\n":
                    continue
                if line.upper() == b"QUIT\r\n":
                    stream.shutdown(socket.SHUT_RDWR)
                    return
                inside = line == b"DATA\r\n"
                talk.write(b"354 go on\r\n" if inside else b"250 fine\r\n")
                talk.flush()

    with run_raw_server(serve) as port:
        SmtpNotifier(SmtpSpec("127.0.0.1", "a@b", port, "none")).send(ONE, Marks())
    assert b"QUIT\r\n" in heard


def test_what_answers_and_is_no_mail_server_gets_nothing() -> None:
    """It talks, and not as agreed."""
    with run_raw_server(lambda stream: stream.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as port:
        spec = SmtpSpec("127.0.0.1", "a@b", port, "none")
        with pytest.raises(CouldNotLookError, match=r"watch\.not-sent"):
            SmtpNotifier(spec).send(ONE, Marks())
