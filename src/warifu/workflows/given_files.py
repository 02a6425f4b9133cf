"""Certificates that came along with a question, by the names that the question uses; no other file is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from warifu.errors import CouldNotLookError
from warifu.ports.files import Files


@dataclass(frozen=True, slots=True)
class GivenFiles(Files):
    """Files of one question, in memory."""

    given: Mapping[str, bytes]

    def read(self, path: str, *, waits: bool = True) -> bytes:
        """Return what came under a name; see the port."""
        del waits
        if path not in self.given:
            raise CouldNotLookError("io.cannot-read", path=path, reason="no-such-file")
        return self.given[path]

    def names(self, folder: str) -> tuple[str, ...]:
        """Return nothing: there are no folders."""
        del folder
        return ()

    def write(self, path: str, data: bytes, *, mode: int = 0o600) -> None:
        """Refuse; see the port."""
        del data, mode
        raise CouldNotLookError("io.cannot-write", path=path, reason="read-only")

    def is_folder(self, path: str) -> bool:
        """Tell that it is none."""
        del path
        return False

    def exists(self, path: str) -> bool:
        """Tell whether something came under this name."""
        return path in self.given
