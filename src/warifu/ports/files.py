"""Our own files on this machine: private, atomic."""

from __future__ import annotations

from typing import Protocol


class Files(Protocol):
    """Reads and writes files of ours (plans, reports, estate files, requests)."""

    def read(self, path: str) -> bytes:
        """Return a file's bytes.

        Raises:
            CouldNotLookError: `io.cannot-read`.
        """
        ...

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the full paths of the files below a folder, sorted.

        Raises:
            CouldNotLookError: `io.cannot-read`.
        """
        ...

    def write(self, path: str, data: bytes, *, mode: int = 0o600) -> None:
        """Replace a file atomically: temporary file beside it with its mode first, fsync, rename.

        Folders that are missing above it are made, for this user alone (0700).

        Raises:
            CouldNotLookError: `io.cannot-write`.
        """
        ...

    def is_folder(self, path: str) -> bool:
        """Tell whether the path is a folder."""
        ...

    def exists(self, path: str) -> bool:
        """Tell whether anything lies at the path."""
        ...
