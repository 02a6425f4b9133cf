"""How far long work is: one line on standard error, where somebody looks at it."""

from __future__ import annotations

import sys
from time import monotonic
from typing import TextIO

from warifu.domain.findings import Lang, say

_EVERY = 0.2  # seconds
_SETTLED = 3.0  # seconds after which a rate says something


class Progress:
    """A line that is written over again; nothing is written where nobody looks.

    Args:
        stream: standard error unless a test says otherwise.
    """

    def __init__(self, lang: Lang, stream: TextIO | None = None) -> None:
        self._lang = lang
        self._stream = stream or sys.stderr
        self._looks = self._stream.isatty()
        self._began = self._shown = monotonic()
        self._from: tuple[int, float] | None = None
        self._is_there = False

    def tell(self, count: int, share: float) -> None:
        """Say how many are done, and which share of everything lies behind (0 to 1)."""
        now = monotonic()
        if self._from is None:
            self._from = count, share
        if not self._looks or now - self._shown < _EVERY:
            return
        self._shown = now
        before, start = self._from
        passed = max(now - self._began, 0.001)
        rate = (count - before) / passed
        left = ""
        if share > start and passed > _SETTLED:
            left = say("sweep.left", self._lang, time=_time(passed * (1 - share) / (share - start)))
        line = say("sweep.progress", self._lang, count=f"{count:,}", rate=f"{rate:,.0f}", left=left)
        self._stream.write(f"\r\x1b[K{line}")
        self._stream.flush()
        self._is_there = True

    def clear(self) -> None:
        """Take the line away."""
        if self._is_there:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._is_there = False


def _time(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}"
