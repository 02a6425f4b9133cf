"""The line that shows that work goes on."""

from __future__ import annotations

import io
from threading import Event

from warifu.apps.cli.progress import Waiting
from warifu.domain.findings import Lang

ENOUGH = 20  # seconds: only a machine that stands still needs them


class Screen(io.StringIO):
    """A terminal that remembers everything, and lets others wait for the first line."""

    def __init__(self, *, looks: bool = True) -> None:
        super().__init__()
        self.looks = looks
        self.written = Event()

    def isatty(self) -> bool:
        return self.looks

    def write(self, text: str, /) -> int:
        self.written.set()
        return super().write(text)


def test_who_waits_is_told_so() -> None:
    """With what was told so far, in a line that is gone once there is something to tell, and at the end."""
    screen = Screen()
    with Waiting(Lang.EN, screen, every=0.01) as waiting:
        waiting.tell(3)
        assert screen.written.wait(ENOUGH)
        waiting.tell(4)
    said = screen.getvalue()
    assert said.startswith("\r\x1b[Kat work for 0:00:0")
    assert "; 3 told" in said
    assert said.endswith("\r\x1b[K")


def test_nothing_is_written_where_nobody_looks() -> None:
    """Into a file, or where something is always told sooner."""
    for screen, every in ((Screen(looks=False), 0.001), (Screen(), 1_000.0)):
        with Waiting(Lang.EN, screen, every=every) as waiting:
            waiting.tell(1)
        assert "" == screen.getvalue()
