"""What people name is walked through here: files, folders and pipes, each folder once, nothing passed over unsaid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from warifu.domain.findings import Code, Finding
from warifu.domain.x509 import Reading, load
from warifu.domain.x509.loader import MOST
from warifu.errors import CouldNotLookError, UsageError, WarifuError
from warifu.ports.hosts import FileSeen, HostReader
from warifu.ports.pipes import Pipes

DEEPEST = 100
"""Folders in folders; a path of Linux has at most 4,096 bytes."""


@dataclass(frozen=True, slots=True)
class Place:
    """A path that was looked at.

    Args:
        seen: what lies there, folders left out; None where it could not be looked at.
        explicit: somebody named it; it was not just met below a folder.
    """

    path: str
    seen: FileSeen | None
    explicit: bool
    problem: WarifuError | None = None


@dataclass(frozen=True, slots=True)
class Walk:
    """Walks through a path.

    Args:
        host: whose files are read.
        pipes: what other programs send, where a path that is named leads to a pipe.
    """

    host: HostReader
    pipes: Pipes

    def below(self, path: str) -> Iterator[Place]:
        """Yield what lies at and below a path, sorted by name; a folder that links lead to again is not entered again."""
        entered: set[str] = set()
        waiting = [(path, 0)]
        while waiting:
            at, depth = waiting.pop()
            try:
                seen = self.read(at, explicit=depth == 0)
                if seen.kind != "folder":
                    yield Place(at, seen, depth == 0)
                elif seen.identity not in entered:
                    entered.update({seen.identity} - {""})
                    waiting += [(one, depth + 1) for one in reversed(self._entries(at, depth))]
            except WarifuError as problem:
                yield Place(at, None, depth == 0, problem)

    def _entries(self, folder: str, depth: int) -> tuple[str, ...]:
        names = self.host.names(folder)
        if names and depth >= DEEPEST:
            raise CouldNotLookError("trust.folders-deep", path=folder, limit=DEEPEST)
        return names

    def named_file(self, path: str) -> FileSeen:
        """Return the one file that somebody named, or what a pipe of that name sends.

        Raises:
            UsageError: `io.no-such-file`, `io.is-folder`, `io.too-large`.
            CouldNotLookError: `trust.not-a-file`, `trust.too-much`, and what the ports raise.
        """
        seen = self.read(path, explicit=True)
        check_is_file(seen)
        return seen

    def read(self, path: str, *, explicit: bool) -> FileSeen:
        """Return what lies at a path; a pipe is read only where somebody named it.

        Raises:
            CouldNotLookError: `trust.not-a-file`, `trust.too-much`, and what the ports raise.
        """
        seen = self.host.read(path)
        if seen.kind != "other" or not explicit:
            return seen
        sent = self.pipes.read(path, at_most=MOST)
        if sent is None:
            raise CouldNotLookError("trust.not-a-file", path=path)
        if len(sent) > MOST:
            raise CouldNotLookError("trust.too-much", path=path, limit=MOST)
        return FileSeen(path, "file", sent)  # without a mode: nobody else can read what went through


def check_is_file(seen: FileSeen) -> None:
    """Refuse what is no file, or too large a one.

    Raises:
        UsageError: `io.no-such-file`, `io.is-folder`, `io.too-large`.
    """
    if seen.kind == "folder":
        raise UsageError("io.is-folder", path=seen.path)
    if seen.kind != "file":
        raise UsageError("io.no-such-file", path=seen.path)
    if max(seen.size, len(seen.data)) > MOST:
        raise UsageError("io.too-large", path=seen.path, size=max(seen.size, len(seen.data)), limit=MOST)


def reading_of(seen: FileSeen, passwords: Sequence[bytes] = ()) -> Reading:
    """Return what a file holds; one that is too large was not read whole, and is told with the size it has."""
    size = max(seen.size, len(seen.data))
    if size <= MOST:
        return load(seen.data, seen.path, passwords)
    large = Finding(Code.TOO_LARGE, seen.path, {"size": size, "limit": MOST})
    return Reading(findings=(large,), begun=1, lost=1)
