"""How far long work is: one line on standard error, where somebody looks at it."""

from __future__ import annotations

import sys
from threading import Event, Lock, Thread
from time import monotonic
from typing import Self, TextIO

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


class Waiting:
    """A line that shows that work goes on where nothing else is told for a while; nothing where nobody looks.

    Args:
        stream: standard error unless a test says otherwise.
        every: seconds; so long nothing must have been told, and so often the line is written.
    """

    def __init__(self, lang: Lang, stream: TextIO | None = None, every: float = 1.0) -> None:
        self._lang = lang
        self._stream = stream or sys.stderr
        self._every = every
        self._began = self._told = monotonic()
        self._count = 0
        self._is_there = False
        self._lock = Lock()
        self._ended = Event()
        self._thread = Thread(target=self._go_on, name="waiting", daemon=True)

    def __enter__(self) -> Self:
        if self._stream.isatty():
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()
        self.tell(self._count)

    def tell(self, count: int) -> None:
        """Make way for something that is told now, after so many others."""
        with self._lock:
            self._count, self._told = count, monotonic()
            if self._is_there:
                self._stream.write("\r\x1b[K")
                self._stream.flush()
                self._is_there = False

    def _go_on(self) -> None:
        while not self._ended.wait(self._every):
            with self._lock:
                now = monotonic()
                if now - self._told >= self._every:
                    line = say("sweep.working", self._lang, count=self._count, time=_time(now - self._began))
                    self._stream.write(f"\r\x1b[K{line}")
                    self._stream.flush()
                    self._is_there = True


def _time(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}"
