"""Reading that ends: a file may be larger than it said, or grow while it is read."""

from __future__ import annotations

from typing import BinaryIO

_PART = 1 << 18  # bytes


def read_at_most(file: BinaryIO, limit: int) -> bytes:
    """Return the bytes of a file, at most so many."""
    parts, left = [], limit
    while left and (part := file.read(min(left, _PART))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
