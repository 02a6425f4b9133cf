"""Notices posted as JSON.

Spec: RFC 9110 §9.3.3 (POST), RFC 6750 §2.1 (bearer token), draft-ietf-httpapi-idempotency-key-header (the key of
a post that may come twice).
"""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Callable
from contextlib import closing
from urllib.parse import urlsplit

from warifu import __version__
from warifu.adapters.notifiers.reasons import reason_of
from warifu.adapters.notifiers.secret import read_secret
from warifu.domain.estate.watch_spec import WebhookSpec
from warifu.domain.watching.message import Message
from warifu.errors import CouldNotLookError, PartlyDoneError
from warifu.ports.notifiers import Notifier

_PATIENCE = 20.0  # seconds, for each step of the exchange


class WebhookNotifier(Notifier):
    """Posts to one address; it follows no redirect and uses no proxy."""

    def __init__(self, spec: WebhookSpec) -> None:
        self._spec = spec

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
            connection = self._connection()
            with closing(connection):
                connection.connect()
                going()
                status = self._post(connection, path, message, headers)
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise self._not_sent(message, reason_of(error)) from error
        if not 200 <= status < 300:
            raise self._not_sent(message, f"HTTP {status}")

    def _connection(self) -> http.client.HTTPConnection:
        parts = urlsplit(self._spec.url)
        host = parts.hostname or ""
        if parts.scheme == "https":
            verified = ssl.create_default_context(cafile=self._spec.ca_file or None)
            return http.client.HTTPSConnection(host, parts.port, timeout=_PATIENCE, context=verified)
        return http.client.HTTPConnection(host, parts.port, timeout=_PATIENCE)

    def _post(
        self, connection: http.client.HTTPConnection, path: str, message: Message, headers: dict[str, str]
    ) -> int:
        try:
            connection.request("POST", path, message.document.encode(), headers)
            answer = connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            raise PartlyDoneError(
                "watch.cut", channel="webhook", to=message.to, id=message.id, reason=reason_of(error)
            ) from error
        return answer.status

    def _not_sent(self, message: Message, reason: str) -> CouldNotLookError:
        return CouldNotLookError(
            "watch.not-sent", channel="webhook", to=message.to, id=message.id, reason=reason
        )
