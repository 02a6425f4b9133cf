"""Proof that domain code touches nothing of the world: an audit hook that looks who asks.

Python tells audit hooks of every file opened, folder listed, socket made and program started
(docs.python.org, "Audit events table"); threads and sleeps, of which 3.11 tells nothing, are
kept out by the import contracts. The hook objects when a frame of
`warifu/domain` or `warifu/wire` is on the stack; imports and tests themselves may do as they like.
"""

from __future__ import annotations

import sys
from types import FrameType

_WATCHED = ("open", "os.", "socket.", "subprocess.", "shutil.", "tempfile.", "sqlite3.")
_HARMLESS = frozenset({"os.fspath"})
_PURE = ("/warifu/domain/", "/warifu/wire/")
_IMPORTS = "<frozen importlib"


class Watch:
    """Switched on for a test; `seen` holds what domain code tried."""

    def __init__(self) -> None:
        self.on = False
        self.seen: list[str] = []
        sys.addaudithook(self._hear)  # never removed: Python has no way to

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.on or not event.startswith(_WATCHED) or event in _HARMLESS:
            return
        place = _pure_caller(sys._getframe(1))
        if place:
            self.seen.append(f"{event} from {place}")
            msg = f"domain code touches the world: {event} from {place}"
            raise AssertionError(msg)


def _pure_caller(frame: FrameType | None) -> str:
    """Return where domain code stands on the stack; nothing when it does not, or when a module is being imported."""
    found = ""
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(_IMPORTS):
            return ""
        if not found and any(part in name for part in _PURE):
            found = f"{name}:{frame.f_lineno}"
        frame = frame.f_back
    return found


WATCH = Watch()
