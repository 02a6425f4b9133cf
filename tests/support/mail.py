"""A real mail server on loopback, and a receiver of webhooks; each keeps what it got and misbehaves on demand.

with run_mail_server(tls=context, mode="starttls") as server: server.port, server.got
with run_hook(context=None) as hook: hook.url, hook.got
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from support.pki import Entity


@dataclass
class MailServer:
    """What came in.

    Args:
        answer: reply to the final dot; empty accepts, `drop` closes the connection after it has the message.
        delay: seconds until it answers the final dot, which is what `thinking` waits for.
        users: passwords by user; with any, a login is demanded.
    """

    port: int = 0
    got: list[Envelope] = field(default_factory=list)
    answer: str = ""
    users: dict[bytes, bytes] = field(default_factory=dict)
    secure: list[bool] = field(default_factory=list)
    delay: float = 0.0
    thinking: list[Envelope] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        if self.answer and self.answer != "drop":
            return self.answer
        self.thinking.append(envelope)
        await asyncio.sleep(self.delay)
        self.got.append(envelope)
        self.secure.append(session.ssl is not None or self._implicit)
        if self.answer == "drop":
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return "250 OK"

    _implicit: bool = False

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
    ) -> AuthResult:
        known = isinstance(data, LoginPassword) and self.users.get(data.login) == data.password
        return AuthResult(success=known, handled=known)

    @property
    def mails(self) -> list[EmailMessage]:
        """Everything that was taken, parsed."""
        whole = [one.original_content or b"" for one in self.got]
        return [message_from_bytes(data, policy=default) for data in whole]


class _Anywhere(Controller):
    """At a port that the system chooses; the knock that shows whether it runs goes there."""

    def _trigger_server(self) -> None:
        with socket.create_connection(("127.0.0.1", self.chosen), 5):
            pass

    @property
    def chosen(self) -> int:
        """The port it got."""
        assert isinstance(self.server, asyncio.Server)
        return int(self.server.sockets[0].getsockname()[1])


@contextmanager
def run_mail_server(
    *, context: ssl.SSLContext | None = None, mode: str = "none", users: dict[bytes, bytes] | None = None
) -> Iterator[MailServer]:
    """Run a server; `mode` is `none`, `starttls` or `tls`."""
    server = MailServer(users=users or {}, _implicit=mode == "tls")
    options: dict[str, Any] = {"authenticator": server.authenticate, "auth_required": bool(users)}
    if mode == "starttls":
        options |= {"tls_context": context, "require_starttls": True}
    else:
        options |= {"auth_require_tls": False}
    controller = _Anywhere(
        server, hostname="127.0.0.1", port=0, ssl_context=context if mode == "tls" else None, **options
    )
    controller.start()
    try:
        server.port = controller.chosen
        yield server
    finally:
        controller.stop()


@dataclass
class Hook:
    """A receiver of webhooks.

    Args:
        status: what it answers; 0 closes the connection without an answer.
    """

    url: str = ""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    status: int = 204


@contextmanager
def run_hook(*, context: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> Iterator[Hook]:
    """Run a receiver over HTTP, or over HTTPS with a context."""
    hook = Hook()

    class Receiver(BaseHTTPRequestHandler):
        def receive(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.got.append(({**dict(self.headers.items()), ":path": self.path}, body))
            if hook.status:
                self.send_response(hook.status)
                self.end_headers()

        do_POST = receive  # noqa: N815  # the standard library's name

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that refuses us is the test's
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        hook.url = f"{'https' if context else 'http'}://{host}:{server.server_port}/hooks/pki?team=1"
        try:
            yield hook
        finally:
            server.shutdown()
            thread.join()


def server_context(identity: Entity, folder: Path) -> ssl.SSLContext:
    """A server's side of TLS with an identity."""
    file = folder / f"{identity.value.fingerprint.hex[:8]}.pem"
    file.write_bytes(identity.fullchain_pem + identity.key_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
