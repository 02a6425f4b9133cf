"""Long lists, a page at a time, by a cursor that says where the next page begins.

A cursor is opaque to its reader: the keys of the last row, so that rows which come and go in between neither repeat
nor hide others.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from warifu.errors import UsageError

Row = TypeVar("Row")
Key = tuple[str | int, ...]

MOST: Final = 500
USUAL: Final = 100
_LONGEST = 1024
_MOST_NUMBER = 2**63


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """A part of a list; `next` is the cursor of what follows, empty behind the last row."""

    items: tuple[Row, ...]
    next: str = ""


def read_limit(limit: int | None) -> int:
    """Return how many rows a page has.

    Raises:
        UsageError: `server.limit-malformed`.
    """
    if limit is None:
        return USUAL
    if not 1 <= limit <= MOST:
        raise UsageError("server.limit-malformed", limit=limit, most=MOST)
    return limit


def read_cursor(cursor: str, *kinds: type[str | int]) -> Key | None:
    """Return the keys that a cursor stands for, None for the first page.

    Args:
        kinds: what each key is.

    Raises:
        UsageError: `server.cursor-malformed`.
    """
    if not cursor:
        return None
    key = _read(cursor) if len(cursor) <= _LONGEST else None
    if not isinstance(key, list) or tuple(type(one) for one in key) != kinds or not _fits(key):
        raise UsageError("server.cursor-malformed")
    return tuple(key)


def _fits(key: list[str | int]) -> bool:
    """Tell whether a database has room for the numbers."""
    return all(isinstance(one, str) or abs(one) < _MOST_NUMBER for one in key)


def _read(cursor: str) -> object:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        return json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, RecursionError):
        return None


def make_page(rows: Sequence[Row], limit: int, key: Callable[[Row], Key]) -> Page[Row]:
    """Return a page of rows that were read one more than the limit, so that it is known whether more follow."""
    items = tuple(rows[:limit])
    if len(rows) <= limit:
        return Page(items)
    return Page(items, _written(key(items[-1])))


def _written(key: Key) -> str:
    data = json.dumps(list(key), separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")
