"""The one-time token by which a node joins.

    warifu-join-1.PAYLOAD.CHECK

PAYLOAD is base64url of JSON in one canonical form; CHECK is the beginning of its SHA-256, so that a token that was cut or
mistyped is told apart from one that is unknown. The token carries what a node needs to believe its server: the digest of
the first root of the signed bundles. A server keeps the hash of the secret alone.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from warifu.domain.x509 import Sha256
from warifu.errors import RefusedError, UsageError

PREFIX = "warifu-join-1"
SECRET_LENGTH = 32
MOST_SERVERS = 16
LONGEST_TOKEN = 16_384
NODE_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,62}")
_SERVER = re.compile(r"https://[!-~]{1,500}")
_CHECK_LENGTH = 8
_FIELDS = {"e": int, "n": str, "r": str, "s": list, "t": str}


@dataclass(frozen=True, slots=True)
class JoinToken:
    """What a token says.

    Args:
        secret: 32 bytes of chance; shown nowhere but in the token itself.
        node: the only node that it lets in.
        root: SHA-256 of the first root of the signed bundles.
        servers: addresses, the first one first: `https://...`.
        expires: first instant at which it is good no more, in whole seconds.
    """

    secret: bytes = field(repr=False)
    node: str
    root: Sha256
    servers: tuple[str, ...]
    expires: datetime

    def __post_init__(self) -> None:
        """Refuse what no token may say.

        Raises:
            UsageError: `directory.token-malformed`; it names no part of the secret.
        """
        listed = 0 < len(self.servers) <= MOST_SERVERS and all(map(_SERVER.fullmatch, self.servers))
        whole = len(self.secret) == SECRET_LENGTH and self.expires.microsecond == 0
        if not (listed and whole and is_node_name(self.node)):
            raise UsageError("directory.token-malformed")


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """What a server keeps of a token.

    Args:
        hash: of `hash_of`.
        by: who made it.
        used: when a node joined by it.
    """

    hash: str
    node: str
    expires: datetime
    by: str = ""
    used: datetime | None = None


def is_node_name(text: str) -> bool:
    """Tell whether a text can be a node's name: small letters, digits, hyphens and dots, at most 63."""
    return NODE_NAME.fullmatch(text) is not None


def hash_of(token: JoinToken) -> str:
    """Return what a server keeps of a token: SHA-256 of its secret, in hex."""
    return hashlib.sha256(PREFIX.encode("ascii") + b"\0" + token.secret).hexdigest()


def write_token(token: JoinToken) -> str:
    """Return a token as text, in one line without blanks."""
    said = {
        "e": int(token.expires.timestamp()),
        "n": token.node,
        "r": token.root.hex,
        "s": list(token.servers),
        "t": _coded(token.secret),
    }
    payload = _coded(json.dumps(said, sort_keys=True, separators=(",", ":")).encode("ascii"))
    return f"{PREFIX}.{payload}.{_check(payload)}"


def read_token(text: str) -> JoinToken:
    """Return what a token says; a text that says it in any other form than `write_token` is none.

    Raises:
        UsageError: `directory.token-malformed`, `directory.token-mangled`; neither shows any of the text.
    """
    parts = text.strip().split(".")
    if len(text) > LONGEST_TOKEN or len(parts) != 3 or parts[0] != PREFIX:
        raise UsageError("directory.token-malformed")
    if parts[2] != _check(parts[1]):
        raise UsageError("directory.token-mangled")
    said = _said(parts[1])
    servers = cast("list[object]", said["s"])
    try:
        token = JoinToken(
            _bytes(str(said["t"])),
            str(said["n"]),
            Sha256.parse(str(said["r"])),
            tuple(map(str, servers)),
            datetime.fromtimestamp(cast("int", said["e"]), UTC),
        )
    except (UsageError, ValueError, OverflowError, OSError):
        raise UsageError("directory.token-malformed") from None
    if write_token(token) != ".".join(parts):
        raise UsageError("directory.token-malformed")
    return token


def judge_token(record: TokenRecord | None, presented: JoinToken, node: str, *, now: datetime) -> None:
    """Pass where a token lets a node in.

    Args:
        record: what the server keeps under the hash of the token; None where it keeps nothing.
        node: who wants to join.

    Raises:
        RefusedError: `directory.token-unknown`, `directory.token-other-node`, `directory.token-used`,
            `directory.token-expired`.
    """
    if record is None or not hmac.compare_digest(record.hash, hash_of(presented)):
        raise RefusedError("directory.token-unknown")
    if node != record.node:
        raise RefusedError("directory.token-other-node", node=node, wanted=record.node)
    if record.used is not None:
        raise RefusedError("directory.token-used", node=node, at=record.used)
    if now >= record.expires:
        raise RefusedError("directory.token-expired", node=node, at=record.expires)


def _said(payload: str) -> dict[str, object]:
    try:
        said = json.loads(_bytes(payload))
    except (ValueError, RecursionError):
        raise UsageError("directory.token-malformed") from None
    good = isinstance(said, dict) and {name: type(value) for name, value in said.items()} == _FIELDS
    if not good:
        raise UsageError("directory.token-malformed")
    return cast("dict[str, object]", said)


def _coded(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode("ascii").rstrip("=")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise UsageError("directory.token-malformed") from None


def _check(payload: str) -> str:
    return hashlib.sha256(payload.encode("utf-8", "surrogatepass")).hexdigest()[:_CHECK_LENGTH]
