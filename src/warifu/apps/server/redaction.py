"""Paths as the log may hold them: nothing that could be a token."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import parse_qsl

from warifu.domain.findings.text import visible

_SHOWN = frozenset(
    {"cursor", "domain", "format", "lang", "limit", "node", "role", "since", "state", "version"}
)
"""Parameters whose values may be shown; of any other only the name is."""
_LONG = re.compile(r"[A-Za-z0-9_~=+-]{20,}")
"""What a token may look like, or a digest: its beginning is enough to know it by."""
_MOST = 300


@lru_cache(maxsize=256)
def shown_path(path: str, query: bytes) -> str:
    """Return a path with its query, in which long words are cut off and unknown parameters have no value."""
    shown = _LONG.sub(_cut, path)
    pairs = parse_qsl(query[:2000].decode("latin-1"), keep_blank_values=True)
    if pairs:
        shown += "?" + "&".join(_pair(name, value) for name, value in pairs[:20])
    return visible(shown)[:_MOST]


def _pair(name: str, value: str) -> str:
    return f"{_LONG.sub(_cut, name)}={_LONG.sub(_cut, value) if name in _SHOWN else '…'}"


def _cut(found: re.Match[str]) -> str:
    return f"{found[0][:6]}…"
