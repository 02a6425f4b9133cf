"""Our own files on this machine: private, atomic."""

from __future__ import annotations

from typing import Protocol

MOST_READ = 512 << 20
"""Bytes: as many as all files of one diagnosis; no plan or list of ours has nearly as many."""


class Files(Protocol):
    """Reads and writes files of ours (plans, reports, estate files, requests)."""

    def read(self, path: str, *, waits: bool = True) -> bytes:
        """Return a file's bytes.

        Args:
            path: where it lies.
            waits: a pipe is read until its writer ends; else what is no plain file is refused. A device is refused
                either way, but for a terminal and the empty one.

        Raises:
            CouldNotLookError: `io.cannot-read`; `io.too-large`: it has more than `MOST_READ` bytes.
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
            UsageError: `io.not-a-file`: a device, a pipe, a socket or a folder lies there.
            CouldNotLookError: `io.cannot-write`.
        """
        ...

    def is_folder(self, path: str) -> bool:
        """Tell whether the path is a folder."""
        ...

    def exists(self, path: str) -> bool:
        """Tell whether anything lies at the path."""
        ...
