"""Everything that is newer than what a node holds, in one answer: a look of thousands of nodes is one request each.

Nodes that hold the same get the same bytes, which are put together once. What is in them is what `/trust/` has under the
same names: nobody needs this but for speed, and whoever asks believes no file for having come so.
"""

from __future__ import annotations

import asyncio
import gzip
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Final

from warifu.apps.server.trust_files import TrustFiles
from warifu.wire.parcel import pack
from warifu.wire.signed import parse
from warifu.wire.trust_files import TIMESTAMP, TrustAsk, file_name

_MOST_KEPT: Final = 32 * 2**20  # bytes of answers
_LARGEST: Final = 16 * 2**20  # bytes of one answer: what is larger is fetched file by file
_LEVEL: Final = 6
_Key = tuple[bytes, bytes]


class TrustParcels:
    """Answers to `TrustAsk`.

    Args:
        files: asked for the present timestamp.
        newer: returns the files, by name; asked in a thread, once for all who hold the same.
    """

    def __init__(self, files: TrustFiles, newer: Callable[[TrustAsk], Mapping[str, bytes | None]]) -> None:
        self._files = files
        self._newer = newer
        self._kept: OrderedDict[_Key, bytes] = OrderedDict()
        self._making: dict[_Key, asyncio.Task[bytes]] = {}
        self._size = 0

    async def answer(self, body: bytes) -> bytes:
        """Return the packed files, in gzip.

        Args:
            body: a `TrustAsk` as it came.

        Raises:
            UsageError: `rotation.document-malformed`.
        """
        timestamp = await self._files.find(file_name(TIMESTAMP, 0))
        key = (timestamp.etag if timestamp else b"", body)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        asked: TrustAsk = parse(TrustAsk, body)
        asked.check()
        making = self._making.get(key)
        if making is None:
            making = self._making[key] = asyncio.create_task(self._make(key, asked))
        return await asyncio.shield(making)

    async def _make(self, key: _Key, asked: TrustAsk) -> bytes:
        try:
            found = await asyncio.to_thread(self._newer, asked)
        finally:
            del self._making[key]
        size, fitting = 0, {}
        for name, data in found.items():
            size += len(data or b"")
            if size <= _LARGEST:
                fitting[name] = data
        made = self._kept[key] = gzip.compress(pack(fitting), _LEVEL, mtime=0)
        self._size += len(made)
        while self._size > _MOST_KEPT:
            _, oldest = self._kept.popitem(last=False)
            self._size -= len(oldest)
        return made
