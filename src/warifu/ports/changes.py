"""How a step changes a node: operations, each atomic and repeatable, under a fence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from warifu.ports.hosts import HostReader, Ran


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
    """A symbolic link leads to `leads_to`, replaced atomically whatever lay there (a file, a link).

    Args:
        in_place_of_folder: a folder that lies there gives way to the link in the same instant, and goes with what
            is in it; elsewhere than on this machine it keeps the link from being made.
    """

    path: str
    leads_to: str
    in_place_of_folder: bool = False


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
