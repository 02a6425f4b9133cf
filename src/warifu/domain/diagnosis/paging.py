"""Long listings in pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

_Item = TypeVar("_Item")


def page_of(items: Sequence[_Item], number: int, size: int) -> Sequence[_Item]:
    """Return a page, counted from 1; a size of 0 means everything on one."""
    return items[(number - 1) * size : number * size] if size else items


def pages(count: int, size: int) -> int:
    """Return how many pages so many items take; nothing takes one."""
    return max(1, -(-count // size)) if size else 1
