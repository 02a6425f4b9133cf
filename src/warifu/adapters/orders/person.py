"""A person's line to a server over HTTPS, and the servers that somebody signed in to.

A refusal of the server is raised as what it was there: code and values come with it, so that it is told in the
language that is spoken here.
"""

from __future__ import annotations

import json
import ssl
import urllib.parse
from collections.abc import Callable, Mapping
from typing import Any

from warifu.adapters.files.local import LocalFiles
from warifu.adapters.orders.https import Heard, Https
from warifu.adapters.orders.tls import trusting
from warifu.domain import x509
from warifu.domain.findings import Lang
from warifu.domain.findings.messages import MESSAGES
from warifu.errors import CouldNotLookError, RefusedError, UsageError, WarifuError
from warifu.ports.person_line import PersonLine, SavedServer, SavedServers
from warifu.wire.document import from_plain, to_plain
from warifu.wire.signed import canonical

_CLASSES: Mapping[int, type[WarifuError]] = {
    400: UsageError,
    405: UsageError,
    413: UsageError,
    422: UsageError,
}


class HttpPersonLine(PersonLine):
    """A line in a person's name.

    Args:
        draw: chance, as hex digits: the key of a change, so that it is done once.
        lang: of sentences that the server writes.
    """

    def __init__(self, server: SavedServer, draw: Callable[[], str], lang: Lang) -> None:
        self._draw = draw
        headers = {"Accept-Language": lang.value}
        if server.token:
            headers["Authorization"] = f"Bearer {server.token}"
        self._https = Https([server.url.rstrip("/")], _context(server), headers)

    def ask(
        self,
        kind: Any,
        method: str,
        path: str,
        wish: object = None,
        *,
        query: Mapping[str, str] | None = None,
    ) -> Any:
        """Ask; see the port."""
        whole = path + ("?" + urllib.parse.urlencode(query) if query else "")
        body = _written(wish) if wish is not None else None
        headers = {} if method == "GET" else {"Idempotency-Key": f'"{self._draw()}"'}
        heard = self._https.ask(method, whole, body, headers=headers)
        if heard.status >= 300:
            raise error_of(heard)
        if kind is None:
            return None
        try:
            return from_plain(kind, json.loads(heard.body))
        except (ValueError, UsageError, RecursionError) as error:
            raise CouldNotLookError("orders.answer-unread", path=path, status=heard.status) from error


def _written(wish: object) -> bytes:
    """Return a wish as the API describes it: without the name of its record."""
    plain = to_plain(wish)
    fields = (
        {name: value for name, value in plain.items() if name != "is"} if isinstance(plain, dict) else plain
    )
    return json.dumps(fields, ensure_ascii=False).encode()


def error_of(heard: Heard) -> WarifuError:
    """Return a server's refusal as an error of ours."""
    try:
        told = json.loads(heard.body)
        code, values = str(told["code"]), dict(told.get("values") or {})
    except (ValueError, KeyError, TypeError, RecursionError):
        return CouldNotLookError(
            "orders.unreachable", server=f"HTTP {heard.status}", reason="not-the-protocol"
        )
    kind = _CLASSES.get(heard.status, CouldNotLookError if heard.status >= 500 else RefusedError)
    if heard.status == 429:
        kind = CouldNotLookError
    if code not in MESSAGES:
        return kind("orders.refused", status=heard.status, reason=code, told=str(told.get("detail", "-")))
    error = kind(code, **{str(name): value for name, value in values.items()})
    error.parts = tuple(
        RefusedError(str(part.get("code")), **(part.get("values") or {}))
        for part in told.get("errors", ())
        if isinstance(part, dict) and str(part.get("code")) in MESSAGES
    )
    return error


def _context(server: SavedServer) -> ssl.SSLContext:
    """Return what TLS is judged by: the CAs that were pinned at sign-in, else this machine's own."""
    if server.anchors:
        context = trusting(x509.load(server.anchors.encode()).certificates)
    else:
        context = ssl.create_default_context()
    if server.certificate:
        try:
            context.load_cert_chain(server.certificate, server.key or None)
        except (OSError, ssl.SSLError) as error:
            raise UsageError("orders.certificate-unfit", path=server.certificate) from error
    return context


class FileSavedServers(SavedServers):
    """Saved servers as one JSON file of mode 0600."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._files = LocalFiles()

    def find(self, url: str) -> SavedServer | None:
        """Return a saved server; see the port."""
        known = self._read()
        if not url:
            return known[-1] if known else None
        return next((one for one in reversed(known) if one.url == url.rstrip("/")), None)

    def keep(self, server: SavedServer) -> None:
        """Keep it; see the port."""
        others = [one for one in self._read() if one.url != server.url]
        self._write([*others, server])

    def forget(self, url: str) -> None:
        """Forget it; see the port."""
        self._write([one for one in self._read() if one.url != url.rstrip("/")])

    def _read(self) -> list[SavedServer]:
        if not self._files.exists(self._path):
            return []
        try:
            found: tuple[SavedServer, ...] = from_plain(
                tuple[SavedServer, ...], json.loads(self._files.read(self._path))
            )
        except (ValueError, UsageError, RecursionError) as error:
            raise CouldNotLookError("orders.saved-unreadable", path=self._path) from error
        return list(found)

    def _write(self, servers: list[SavedServer]) -> None:
        self._files.write(self._path, canonical(tuple(servers)).encode() + b"\n")
