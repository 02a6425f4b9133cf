"""One-time links, `https://HOST:PORT/?root=SHA256#TOKEN`: where the server is, what proves it, what lets somebody in.

The token stands behind `#`, which no program sends to a server or writes to its log. (RFC 3986 §3.5)
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from warifu.errors import UsageError

_LINK = re.compile(
    r"https://(?P<host>[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?P<port>:[0-9]{1,5})?/?"
    r"(\?root=(?P<root>[0-9A-Fa-f]{64}))?(#(?P<token>[A-Za-z0-9_-]{16,200}))?"
)
_LAST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Link:
    """What a link or an address says.

    Args:
        url: `https://HOST:PORT`.
        root: SHA-256 (hex) of a root of the server; empty where the text does not say.
        token: lets its person choose a password; empty where the text is an address alone.
    """

    url: str
    root: str = ""
    token: str = field(default="", repr=False)


def write_link(url: str, root: str, token: str) -> str:
    """Return a one-time link."""
    return f"{url}/?root={root}#{token}"


def read_link(text: str) -> Link:
    """Return what a link, or the address of a server, says.

    Raises:
        UsageError: `remote.bad-link`: it is neither; it is not shown, because it may hold a token.
    """
    found = _LINK.fullmatch(text.strip())
    port = "" if found is None else found["port"] or ""
    if found is None or (port and not 0 < int(port[1:]) <= _LAST_PORT):
        raise UsageError("remote.bad-link")
    return Link(f"https://{found['host'].lower()}{port}", (found["root"] or "").lower(), found["token"] or "")
