"""A transport that writes at once what was written within one step of the event loop.

An answer is written as its head and its body. Over TLS each write is a record of its own, with its own pass through
OpenSSL and the kernel: together they cost half.

What is long is written in slices. A connection's buffer of encrypted bytes never shrinks: whoever was once sent 100 KiB
at a time would hold as much for as long as it is connected.
"""

from __future__ import annotations

import asyncio
from typing import Any

_MOST = 1 << 16  # bytes that wait for the step to end
_SLICE = 1 << 12  # bytes that are encrypted at a time


class Gathering:
    """Writes to a transport; everything else is the transport's own.

    Args:
        transport: what is written to. It hears of `close` after what was written, and of `abort` before.
    """

    __slots__ = ("_loop", "_size", "_transport", "_waiting", "abort", "get_extra_info", "is_closing")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._waiting: list[bytes] = []
        self._size = 0
        self.abort = transport.abort
        self.get_extra_info = transport.get_extra_info
        self.is_closing = transport.is_closing

    def __getattr__(self, name: str) -> Any:
        """Return what is rarely asked for."""
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Write when this step of the loop is over, or when much waits."""
        if not self._waiting:
            self._loop.call_soon(self._flush)
        self._waiting.append(data)
        self._size += len(data)
        if self._size > _MOST:
            self._flush()

    def close(self) -> None:
        """Close it behind what was written."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        waiting = self._waiting
        if waiting:
            self._waiting, self._size = [], 0
            data = waiting[0] if len(waiting) == 1 else b"".join(waiting)
            for start in range(0, len(data), _SLICE):
                if self._transport.is_closing():
                    return
                self._transport.write(data[start : start + _SLICE])
