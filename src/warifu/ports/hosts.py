"""How a step reaches a node: every file, command and local probe of a target goes through here."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from warifu.domain.trust.address import Address
from warifu.errors import CouldNotLookError


@dataclass(frozen=True, slots=True)
class FileSeen:
    """A path on a node, links followed for `data`, `mode` and `user`.

    Args:
        kind: `file`, `folder`, `absent`, or `other` (a socket, a device: there, but not read).
        link: what the path itself points to, when it is a symbolic link; else empty.
        mode: permission bits of what it leads to.
    """

    path: str
    kind: str
    data: bytes = field(default=b"", repr=False)
    mode: int = 0
    user: str = ""
    group: str = ""
    link: str = ""


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
        """Look at a path; absent is an answer, not an error.

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


@dataclass(frozen=True, slots=True)
class MakeFolder:
    """A folder exists with this mode (and owner, where given as `user:group`); missing parents get the same."""

    path: str
    mode: int = 0o700
    owner: str = ""


@dataclass(frozen=True, slots=True)
class WriteFile:
    """A file holds these bytes: temporary file beside it with mode and owner first, fsync, rename, fsync folder.

    A symbolic link at the path is replaced, never written through.
    """

    path: str
    data: bytes = field(repr=False)
    mode: int = 0o644
    owner: str = ""


@dataclass(frozen=True, slots=True)
class PointLink:
    """A symbolic link leads to `leads_to`, replaced atomically whatever lay there (a file, a link)."""

    path: str
    leads_to: str


@dataclass(frozen=True, slots=True)
class Remove:
    """Nothing lies at a path any more; a folder goes with what is in it."""

    path: str


@dataclass(frozen=True, slots=True)
class Act:
    """A command that changes something: a reload, a restart, a key made on the node."""

    argv: tuple[str, ...]
    stdin: bytes = field(default=b"", repr=False)
    timeout: timedelta = timedelta(seconds=60)


Operation = MakeFolder | WriteFile | PointLink | Remove | Act


@dataclass(frozen=True, slots=True)
class Fence:
    """Who may change a node now: journal id and epoch, compared under flock with the node's fence file.

    Args:
        path: the fence file on the node.
        journal: id of the journal that drives.
        epoch: of its lease; a lower one than the file's is refused.
        order: plan digest, wave and step, kept in the file for people.
    """

    path: str
    journal: str
    epoch: int
    order: str = ""


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


class HostWriter(Protocol):
    """What can be changed on a node, each call under its fence in one command."""

    def change(self, operations: Sequence[Operation], fence: Fence) -> tuple[Ran, ...]:
        """Carry out operations in order, each atomic and repeatable; return what the acts answered.

        An act that ends with another code than 0 ends the call; its answer is then the last one.

        Raises:
            RefusedError: `io.host-fenced`: another journal or a higher epoch drives this node; nothing was done.
            CouldNotLookError: `io.host-cannot-change`: says at which operation it stopped.
        """
        ...

    def release(self, fence: Fence) -> None:
        """Give the node free for other journals; a fence that is not ours stays."""
        ...


class Host(HostReader, HostWriter, Protocol):
    """A node that can be seen and changed."""
