"""Mail over SMTP.

Spec: RFC 5321 (§3.3 the final dot hands over responsibility, §4.5.2 transparency), RFC 3207 (STARTTLS),
RFC 8314 (TLS from the first byte), RFC 5322 §3.6.4 (Message-ID), RFC 3834 §5 (Auto-Submitted).
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP

from warifu.adapters.notifiers.reasons import reason_of
from warifu.adapters.notifiers.secret import read_secret
from warifu.domain.estate.watch_spec import SmtpSpec
from warifu.domain.watching.message import Message
from warifu.errors import CouldNotLookError, PartlyDoneError, WarifuError
from warifu.ports.notifiers import Notifier

_PATIENCE = 20.0  # seconds, for each step of the exchange
_GO_ON = 354  # RFC 5321 §4.2.2


class SmtpNotifier(Notifier):
    """Writes mail through one server; a password is read from its file at each message."""

    def __init__(self, spec: SmtpSpec) -> None:
        self._spec = spec

    @property
    def repeats(self) -> bool:
        """Mail programs show a second copy, whatever its Message-ID: nothing that may have gone is sent again."""
        return False

    def send(self, message: Message, going: Callable[[], None]) -> None:
        """Send one mail; see the port."""
        data = _written(message, self._spec.sender)
        try:
            server = self._connected()
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

    def _connected(self) -> smtplib.SMTP:
        spec = self._spec
        name = socket.gethostname()
        if spec.security == "tls":
            return smtplib.SMTP_SSL(spec.host, spec.port, name, timeout=_PATIENCE, context=self._verified())
        return smtplib.SMTP(spec.host, spec.port, name, timeout=_PATIENCE)

    def _introduce(self, server: smtplib.SMTP) -> None:
        if self._spec.security == "starttls":
            server.starttls(context=self._verified())  # refuses a server that does not offer it
        server.ehlo_or_helo_if_needed()
        if self._spec.user:
            server.login(self._spec.user, read_secret(self._spec.password_file))

    def _verified(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._spec.ca_file or None)


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
        raise PartlyDoneError(
            "watch.cut", channel="smtp", to=message.to, id=message.id, reason=reason_of(error)
        ) from error
    if code != 250:  # RFC 5321 §4.3.2: the one answer of success to DATA
        raise smtplib.SMTPResponseException(code, b"")


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
    data = mail.as_bytes()
    stuffed = data.replace(b"\r\n.", b"\r\n..")
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"


def _not_sent(message: Message, reason: str) -> WarifuError:
    return CouldNotLookError("watch.not-sent", channel="smtp", to=message.to, id=message.id, reason=reason)
