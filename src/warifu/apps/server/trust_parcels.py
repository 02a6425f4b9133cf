"""Everything that is newer than what a node holds, in one answer: a look of thousands of nodes is one request each.

Nodes that hold the same get the same bytes, which are put together once. What is in them is what `/trust/` has under the
same names: nobody needs this but for speed, and whoever asks believes no file for having come so.
"""

from __future__ import annotations

import asyncio
import gzip
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from warifu.apps.server.trust_files import TrustFiles
from warifu.errors import RefusedError
from warifu.wire.parcel import pack
from warifu.wire.signed import parse
from warifu.wire.trust_files import TIMESTAMP, TrustAsk, file_name

_MOST_KEPT: Final = 32 * 2**20  # bytes of answers
_LARGEST: Final = 16 * 2**20  # bytes of one answer: what is larger is fetched file by file
_LONGEST_ASK: Final = 1 << 18  # bytes
_LEVEL: Final = 6


class TrustParcels:
    """Answers to `TrustAsk`.

    Args:
        files: asked for the present timestamp.
        newer: returns the files, by name; asked in a thread, once for all who hold the same.
    """

    def __init__(self, files: TrustFiles, newer: Callable[[TrustAsk], Mapping[str, bytes | None]]) -> None:
        self._files = files
        self._newer = newer
        self._etag = b""
        """Of the timestamp that what is kept leads to; nobody is led to an older one."""
        self._kept: OrderedDict[bytes, bytes] = OrderedDict()
        self._making: dict[tuple[bytes, bytes], asyncio.Task[bytes]] = {}
        self._size = 0

    async def answer(self, body: bytes) -> bytes:
        """Return the packed files, in gzip.

        Args:
            body: a `TrustAsk` as it came.

        Raises:
            UsageError, RefusedError: as `read_ask`.
        """
        timestamp = await self._files.find(file_name(TIMESTAMP, 0))
        etag = timestamp.etag if timestamp else b""
        if etag != self._etag:
            self._kept.clear()
            self._etag, self._size = etag, 0
        if body in self._kept:
            self._kept.move_to_end(body)
            return self._kept[body]
        asked, _ = read_ask(body)
        making = self._making.get((etag, body))
        if making is None:
            making = self._making[etag, body] = asyncio.create_task(self._make(etag, body, asked))
        return await asyncio.shield(making)

    async def _make(self, etag: bytes, body: bytes, asked: TrustAsk) -> bytes:
        try:
            found = await asyncio.to_thread(self._newer, asked)
        finally:
            del self._making[etag, body]
        size, fitting = 0, {}
        for name, data in found.items():
            size += len(data or b"")
            if size <= _LARGEST:
                fitting[name] = data
        made = gzip.compress(pack(fitting), _LEVEL, mtime=0)
        if etag == self._etag:
            self._kept[body] = made
            self._size += len(made)
        while self._size > _MOST_KEPT:
            _, oldest = self._kept.popitem(last=False)
            self._size -= len(oldest)
        return made


@lru_cache(maxsize=64)
def read_ask(body: bytes) -> tuple[TrustAsk, bytes]:
    """Return what is asked, and its bytes: the same object for everybody who asks the same.

    Raises:
        UsageError: `rotation.document-malformed`.
        RefusedError: `server.too-large`.
    """
    if len(body) > _LONGEST_ASK:
        raise RefusedError("server.too-large", limit=_LONGEST_ASK)
    asked: TrustAsk = parse(TrustAsk, body)
    asked.check()
    return asked, body
