"""How a node is seen: every file, command and local probe of a target goes through here."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from warifu.domain.trust.address import Address
from warifu.errors import CouldNotLookError

MOST_READ = (64 << 20) + 1
"""Bytes: one more than the most that anything here takes for a file of certificates or settings."""


@dataclass(frozen=True, slots=True)
class FileSeen:
    """A path on a node, links followed for `data`, `mode` and `user`.

    Args:
        kind: `file`, `folder`, `absent`, or `other` (a socket, a device: there, but not read).
        link: what the path itself points to, when it is a symbolic link; else empty.
        mode: permission bits of what it leads to.
        identity: the same for two paths that lead to one file or folder; empty where that is not known.
        size: of the whole file, where `data` is but its beginning; else 0.
    """

    path: str
    kind: str
    data: bytes = field(default=b"", repr=False)
    mode: int = 0
    user: str = ""
    group: str = ""
    link: str = ""
    identity: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that ended."""

    argv: tuple[str, ...]
    code: int
    out: bytes = field(default=b"", repr=False)
    err: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class HostClock:
    """A node's clocks: UTC seconds since 1970, id of this boot, and seconds since it."""

    utc: float
    boot_id: str
    since_boot: float


@dataclass(frozen=True, slots=True)
class ProcessSeen:
    """A living process: `started` is in seconds of the boot clock.

    Args:
        file: the executable's path; empty where it may not be seen.
    """

    pid: int
    parent: int
    started: float
    name: str
    arguments: tuple[str, ...] = ()
    user: str = ""
    file: str = ""


class HostReader(Protocol):
    """What can be seen of a node."""

    def read(self, path: str) -> FileSeen:
        """Look at a path; absent is an answer, not an error. Of a file at most `MOST_READ` bytes are read.

        Raises:
            CouldNotLookError: `io.host-cannot-read` (permission, connection).
        """
        ...

    def read_all(self, paths: Sequence[str]) -> tuple[FileSeen | CouldNotLookError, ...]:
        """Look at several paths in one trip to the node; what may not be read is returned, not raised.

        Raises:
            CouldNotLookError: the node itself cannot be asked.
        """
        seen: list[FileSeen | CouldNotLookError] = []
        for path in paths:
            try:
                seen.append(self.read(path))
            except CouldNotLookError as error:
                seen.append(error)
        return tuple(seen)

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the full paths of the entries of a folder, sorted; empty when it is absent."""
        ...

    def run(
        self, argv: Sequence[str], *, stdin: bytes = b"", timeout: timedelta = timedelta(seconds=30)
    ) -> Ran:
        """Run a command that changes nothing of the estate (a look, a check).

        Raises:
            CouldNotLookError: `io.host-cannot-run`, also when it does not end in time.
        """
        ...

    def dial(self, address: Address, *, timeout: timedelta) -> socket.socket:
        """Open a TCP stream to an address as the node sees it (its own loopback included).

        Raises:
            CouldNotLookError: `io.host-cannot-dial`.
        """
        ...

    def look(self) -> tuple[HostClock, tuple[ProcessSeen, ...]]:
        """Return the node's clocks and every process on it."""
        ...


def look_at(host: HostReader, paths: Iterable[str]) -> dict[str, FileSeen]:
    """Look at paths in one trip; return what was seen by path.

    Raises:
        CouldNotLookError: the first of those that could not be looked at.
    """
    wanted = tuple(dict.fromkeys(paths))
    found: dict[str, FileSeen] = {}
    for path, seen in zip(wanted, host.read_all(wanted), strict=True):
        if isinstance(seen, CouldNotLookError):
            raise seen
        found[path] = seen
    return found
