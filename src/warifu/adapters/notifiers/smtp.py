"""Mail over SMTP.

Spec: RFC 5321 (§3.3 the final dot hands over responsibility, §4.2.1 what an answer's first digit says), RFC 3207 (STARTTLS),
RFC 8314 (TLS from the first byte), RFC 5322 §3.6.4 (Message-ID), RFC 3834 §5 (Auto-Submitted).
"""

from __future__ import annotations

import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP

from warifu.adapters.clock.dialled import dial, timed, timed_context
from warifu.adapters.notifiers.reasons import reason_of
from warifu.adapters.notifiers.secret import read_secret
from warifu.domain.estate.parse_watch import is_mail
from warifu.domain.estate.watch_spec import SmtpSpec
from warifu.domain.watching.message import Message
from warifu.errors import CouldNotLookError, PartlyDoneError, WarifuError
from warifu.ports.notifiers import Notifier

_CONNECTED = 20.0  # seconds, until a connection stands
_PATIENCE = 60.0  # seconds, for the whole exchange: a signal waits for it
_GO_ON = 354  # RFC 5321 §4.2.2


class SmtpNotifier(Notifier):
    """Writes mail through one server; a password is read from its file at each message.

    Args:
        patience: seconds, for the whole exchange.
    """

    def __init__(self, spec: SmtpSpec, *, patience: float = _PATIENCE) -> None:
        self._spec = spec
        self._patience = patience

    @property
    def repeats(self) -> bool:
        """Mail programs show a second copy, whatever its Message-ID: nothing that may have gone is sent again."""
        return False

    def send(self, message: Message, going: Callable[[], None]) -> None:
        """Send one mail; see the port."""
        if not is_mail(message.to):  # noted by an older program, that took more for an address
            raise _not_sent(message, "not-an-address")
        data = _written(message, self._spec.sender)
        try:
            server = _Server(self._spec, time.monotonic() + self._patience)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise _not_sent(message, reason_of(error)) from error
        try:
            self._introduce(server)
            _expect(server.mail(self._spec.sender))
            _expect(server.rcpt(message.to))
            _expect(server.docmd("DATA"), _GO_ON)
            server.send(data)
            _hand_over(server, message, going)
            with suppress(OSError, smtplib.SMTPException):
                server.quit()  # the server has the message, whatever becomes of the farewell
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise _not_sent(message, reason_of(error)) from error
        finally:
            server.close()  # without a word: in the middle of DATA it would be part of the message

    def _introduce(self, server: _Server) -> None:
        if self._spec.security == "starttls":
            server.starttls(context=server.verified())  # refuses a server that does not offer it
        server.ehlo_or_helo_if_needed()
        if self._spec.user:
            server.login(self._spec.user, read_secret(self._spec.password_file))


class _Server(smtplib.SMTP):
    """A connection that greeted us, and ends at one second of the monotonic clock."""

    def __init__(self, spec: SmtpSpec, until: float) -> None:
        self._spec = spec
        self._until = until
        super().__init__(spec.host, spec.port, socket.gethostname())

    def verified(self) -> ssl.SSLContext:
        """Return what a server is verified with."""
        return timed_context(ssl.create_default_context(cafile=self._spec.ca_file or None), until=self._until)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # noqa: ARG002  # smtplib's own hook
        verified = self.verified() if self._spec.security == "tls" else None
        connected = min(self._until, time.monotonic() + _CONNECTED)
        stream = timed(dial(host, port, until=connected), until=self._until)
        return verified.wrap_socket(stream, server_hostname=host) if verified else stream


def _expect(answer: tuple[int, bytes], wanted: int = 0) -> None:
    code = answer[0]
    if code != wanted and (wanted or code not in (250, 251)):
        raise smtplib.SMTPResponseException(code, b"")


def _hand_over(server: smtplib.SMTP, message: Message, going: Callable[[], None]) -> None:
    going()
    try:
        server.send(b".\r\n")
        code, _ = server.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise _cut(message, reason_of(error)) from error
    if code == 250:  # RFC 5321 §4.3.2: the one answer of success to DATA
        return
    if 400 <= code < 600:
        raise smtplib.SMTPResponseException(code, b"")
    raise _cut(message, "not-the-protocol")  # whoever says this may have the message


def _written(message: Message, sender: str) -> bytes:
    """Return a message as DATA wants it, without the final dot."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = message.to
    mail["Subject"] = " ".join("".join(c if c.isprintable() else " " for c in message.subject).split())
    mail["Date"] = message.made
    mail["Message-ID"] = f"<{message.id}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text, cte="base64")  # lines of any length and script pass every server
    return mail.as_bytes()  # no header begins with a dot, and Base64 knows none: nothing is to be doubled


def _not_sent(message: Message, reason: str) -> WarifuError:
    return CouldNotLookError("watch.not-sent", channel="smtp", to=message.to, id=message.id, reason=reason)


def _cut(message: Message, reason: str) -> PartlyDoneError:
    return PartlyDoneError("watch.cut", channel="smtp", to=message.to, id=message.id, reason=reason)
