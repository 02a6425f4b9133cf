"""Procedures that were written out: the page for people, and beside the estate a record of what it was made from."""

from __future__ import annotations

from datetime import datetime

from warifu.domain.diagnosis import Filled, UsedProcedure, use_of
from warifu.ports.files import Files
from warifu.wire.procedures import decode_use, encode_use


class UseRecords:
    """One file a page; none is ever written over.

    Args:
        files: our files.
        folder: `<estate folder>/.warifu/procedures`.
    """

    def __init__(self, files: Files, folder: str) -> None:
        self._files = files
        self.folder = folder

    def write(self, filled: Filled, page: bytes, path: str, *, now: datetime) -> UsedProcedure:
        """Write a page and its record; the record first, so that no page is there without one.

        Raises:
            CouldNotLookError: `io.cannot-write`.
        """
        used = use_of(filled, page, path, now)
        self._files.write(f"{self.folder}/{used.name}.json", encode_use(used))
        self._files.write(path, page, mode=0o644)
        return used

    def all(self) -> tuple[UsedProcedure, ...]:
        """Return every use, oldest first.

        Raises:
            CouldNotLookError: `io.cannot-read`, `diagnosis.use-unreadable`.
        """
        if not self._files.exists(self.folder):
            return ()
        paths = [path for path in self._files.names(self.folder) if path.endswith(".json")]
        found = (decode_use(self._files.read(path), path) for path in paths)
        return tuple(sorted(found, key=lambda used: used.at))
