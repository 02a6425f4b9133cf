"""Several files in one answer: a line of JSON that lists names and sizes, then their bytes, one behind the other.

A file that does not exist is listed with -1: who asked for what is newer learns that there is nothing newer.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from itertools import accumulate

from warifu.errors import UsageError

_MOST_LISTED = 1 << 20  # bytes of the first line
_NO_FILE = -1
_GZIP = 31  # zlib's word for gzip's frame (RFC 1952) with the largest window


def pack(files: Mapping[str, bytes | None]) -> bytes:
    """Return files as one text; None where there is none of a name."""
    listed = [[name, _NO_FILE if data is None else len(data)] for name, data in files.items()]
    head = json.dumps(listed, separators=(",", ":")).encode("ascii")
    return b"".join([head, b"\n", *(data for data in files.values() if data is not None)])


def unpack(data: bytes) -> dict[str, bytes | None]:
    """Return the files of a text that `pack` made.

    Raises:
        UsageError: `rotation.document-malformed`.
    """
    head, separator, body = data.partition(b"\n")
    try:
        listed = json.loads(head) if separator and len(head) <= _MOST_LISTED else None
    except (ValueError, RecursionError):
        listed = None
    if not isinstance(listed, list) or not all(map(_is_entry, listed)):
        raise UsageError("rotation.document-malformed", path="/", found="list")
    sizes = [max(size, 0) for _, size in listed]
    if sum(sizes) != len(body) or len({name for name, _ in listed}) != len(listed):
        raise UsageError("rotation.document-malformed", path="/", found="sizes")
    ends = accumulate(sizes)
    return {
        name: None if size == _NO_FILE else body[end - size : end]
        for (name, size), end in zip(listed, ends, strict=True)
    }


def inflate(data: bytes, most: int) -> bytes | None:
    """Return what gzip's frame holds, one byte more than `most` where that is too much; None where it is none."""
    inflating = zlib.decompressobj(wbits=_GZIP)
    try:
        whole = inflating.decompress(data, most + 1)
    except zlib.error:
        return None
    return whole if inflating.eof or len(whole) > most else None


def _is_entry(one: object) -> bool:
    match one:
        case [str(), int(size)] if not isinstance(size, bool):
            return size >= _NO_FILE
        case _:
            return False
