"""What lies below a path: files, folders, and what archives hold, one after the other and never held whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from warifu.errors import WarifuError


class Stream(Protocol):
    """Bytes that come one after the other."""

    def read(self, at_most: int, /) -> bytes:
        """Return the next bytes: so many, and fewer only where they end; nothing at the end.

        Raises:
            CouldNotLookError: `sweep.archive-broken`, `sweep.archive-bomb`, `io.cannot-read`.
        """
        ...


@dataclass(frozen=True, slots=True)
class Content:
    """One file, or one member of an archive.

    Args:
        path: as people are shown it: `dump.zip!inner.tar!web.pem` for a member.
        stamp: what tells that the file is still the same: its size and when it was last changed.
        size: of the file; 0 where nobody knows before it is read.
        kind: `file`, or `other` (a device, a socket: there, but not read).
        explicit: somebody named it; it was not just met below a folder.
        member: it lies in an archive.
        stream: its bytes, until the next one is asked for.
        problem: why it cannot be read.
    """

    path: str
    stamp: str = ""
    size: int = 0
    kind: str = "file"
    mode: int = 0
    user: str = ""
    explicit: bool = False
    member: bool = False
    stream: Stream | None = field(default=None, repr=False)
    problem: WarifuError | None = None


class Archives(Protocol):
    """Walks through files, folders and archives of this machine; what an archive is, its content tells."""

    def below(self, path: str) -> Iterator[Content]:
        """Yield everything at and below a path in a fixed order, folders sorted by name; nothing is raised.

        Bounded: folders and archives within each other, members, and how much more comes out than went in: of one
        archive, of all together that one file holds, and of all that one walker ever meets. Nothing is written
        anywhere.
        """
        ...
