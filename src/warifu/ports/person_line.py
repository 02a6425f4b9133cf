"""A person's line to a server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from warifu.ports.bundles import Held


@dataclass(frozen=True, slots=True)
class SavedServer:
    """A server that somebody signed in to.

    Args:
        url: `https://HOST:PORT`.
        anchors: PEM of the CAs that vouch for it; empty means this machine's own.
        token: of the session.
        certificate, key: files of a client certificate, where one is used in place of a session.
        root: SHA-256 (hex) of the root by which its CAs were learnt, and are learnt again; empty where none was told.
    """

    url: str
    anchors: str = ""
    person: str = ""
    token: str = field(default="", repr=False)
    certificate: str = ""
    key: str = ""
    root: str = ""


class Beliefs(Protocol):
    """What is believed of the signed bundles of servers, each beginning at the root that somebody was told."""

    def find(self, root: str) -> Held | None:
        """Return what is believed from this root on."""
        ...

    def keep(self, root: str, held: Held) -> None:
        """Keep it."""
        ...


class SavedServers(Protocol):
    """The servers that this user signed in to, in a private file."""

    def find(self, url: str) -> SavedServer | None:
        """Return a saved server; an empty address means the one signed in to last."""
        ...

    def keep(self, server: SavedServer) -> None:
        """Keep it, as the one signed in to last."""
        ...

    def forget(self, url: str) -> None:
        """Forget it."""
        ...


class PersonLine(Protocol):
    """Asks a server in a person's name."""

    def ask(
        self,
        kind: Any,
        method: str,
        path: str,
        wish: object = None,
        *,
        query: Mapping[str, str] | None = None,
    ) -> Any:
        """Return the answer, read as `kind`.

        Changes carry an idempotency key of their own: sent again after a cut, they are done once.

        Raises:
            RefusedError: the server's own refusal, in its words.
            UsageError: the server found the request wrong.
            CouldNotLookError: `orders.unreachable`, `orders.not-believed`; `orders.answer-unfit`.
        """
        ...
