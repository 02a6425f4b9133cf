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
        size: of the file; 0 where nobody knows before it is read.
        kind: `file`, or `other` (a device, a socket: there, but not read).
        explicit: somebody named it; it was not just met below a folder.
        member: it lies in an archive.
        stream: its bytes, until the next one is asked for.
        problem: why it cannot be read.
    """

    path: str
    size: int = 0
    kind: str = "file"
    mode: int = 0
    user: str = ""
    explicit: bool = False
    member: bool = False
    stream: Stream | None = field(default=None, repr=False)
    problem: WarifuError | None = None


class Archives(Protocol):
    """Walks through files, folders and archives; what an archive is, its content tells."""

    def below(self, path: str) -> Iterator[Content]:
        """Yield everything at and below a path in a fixed order, folders sorted by name; nothing is raised.

        Bounded: folders and archives within each other, members, and how much more comes out than went in: of one
        archive, of all together that one file holds, and of all that one walker ever meets. Nothing is written
        anywhere.
        """
        ...

    def within(self, path: str, data: bytes) -> Iterator[Content]:
        """Yield what bytes hold that were read already: themselves, or the members of the archive that they are.

        Bounded as `below` is; nothing is raised.

        Args:
            path: where they were read, which need not lead there again.
        """
        ...
