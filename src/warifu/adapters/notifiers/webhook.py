"""Notices posted as JSON.

Spec: RFC 9110 §9.3.3 (POST), §15.2 (answers before the last one), §15.6 (what a gateway says), RFC 6750 §2.1 (bearer token), draft-ietf-httpapi-idempotency-key-header (the key of
a post that may come twice).
"""

from __future__ import annotations

import http.client
import ssl
import time
from collections.abc import Callable
from contextlib import closing
from urllib.parse import urlsplit

from warifu import __version__
from warifu.adapters.clock.dialled import dial, timed, timed_context
from warifu.adapters.notifiers.reasons import reason_of
from warifu.adapters.notifiers.secret import read_secret
from warifu.domain.estate.watch_spec import WebhookSpec
from warifu.domain.watching.message import Message
from warifu.errors import CouldNotLookError, PartlyDoneError
from warifu.ports.notifiers import Notifier

_CONNECTED = 20.0  # seconds, until a connection stands
_PATIENCE = 60.0  # seconds, for the whole exchange: a signal waits for it
_GATEWAY = {502, 504}  # RFC 9110 §15.6.3, §15.6.5: what became of the post behind it, it does not know


class WebhookNotifier(Notifier):
    """Posts to one address; it follows no redirect and uses no proxy.

    Args:
        patience: seconds, for the whole exchange.
    """

    def __init__(self, spec: WebhookSpec, *, patience: float = _PATIENCE) -> None:
        self._spec = spec
        self._patience = patience

    @property
    def repeats(self) -> bool:
        """As the settings say of the receiver."""
        return self._spec.repeat

    def send(self, message: Message, going: Callable[[], None]) -> None:
        """Post one notice; see the port."""
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": f'"{message.id}"',
            "User-Agent": f"warifu/{__version__}",
        }
        if self._spec.token_file:
            headers["Authorization"] = f"Bearer {read_secret(self._spec.token_file)}"
        parts = urlsplit(self._spec.url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            connection = self._connected()
            with closing(connection):
                going()
                status = self._post(connection, path, message, headers)
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise self._not_sent(message, reason_of(error)) from error
        if not 200 <= status < 300:
            raise self._not_sent(message, f"HTTP {status}")

    def _connected(self) -> http.client.HTTPConnection:
        parts = urlsplit(self._spec.url)
        host, is_tls = parts.hostname or "", parts.scheme == "https"
        kind = http.client.HTTPSConnection if is_tls else http.client.HTTPConnection
        connection = kind(host, parts.port)
        connection.response_class = _Answer
        until = time.monotonic() + self._patience
        verified = ssl.create_default_context(cafile=self._spec.ca_file or None) if is_tls else None
        connected = min(until, time.monotonic() + _CONNECTED)
        stream = timed(dial(host, connection.port, until=connected), until=until)
        if verified is not None:
            connection.sock = timed_context(verified, until=until).wrap_socket(stream, server_hostname=host)
        else:
            connection.sock = stream
        return connection

    def _post(
        self, connection: http.client.HTTPConnection, path: str, message: Message, headers: dict[str, str]
    ) -> int:
        try:
            connection.request("POST", path, message.document.encode(), headers)
            with connection.getresponse() as answer:
                status = answer.status
        except (OSError, http.client.HTTPException) as error:
            raise self._cut(message, reason_of(error)) from error
        if status in _GATEWAY:
            raise self._cut(message, f"HTTP {status}")
        return status

    def _cut(self, message: Message, reason: str) -> PartlyDoneError:
        return PartlyDoneError("watch.cut", channel="webhook", to=message.to, id=message.id, reason=reason)

    def _not_sent(self, message: Message, reason: str) -> CouldNotLookError:
        return CouldNotLookError(
            "watch.not-sent", channel="webhook", to=message.to, id=message.id, reason=reason
        )


class _Answer(http.client.HTTPResponse):
    """The last answer: what comes before it says nothing of the post, and `http.client` skips only one kind of it."""

    def begin(self) -> None:
        super().begin()
        while 100 <= self.status < 200:
            self.headers = self.msg = None  # type: ignore[assignment]  # `begin` reads where there are none
            super().begin()
