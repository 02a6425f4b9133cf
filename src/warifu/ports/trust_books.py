"""What the server's database keeps of published trust."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from warifu.domain.directory import Published


@dataclass(frozen=True, slots=True)
class VersionHead:
    """A version of a trust domain as its history lists it."""

    domain: str
    version: int
    at: datetime
    plan: str
    anchors: int
    crls: int


class DirectoryBook(Protocol):
    """Trust domains, every version of each."""

    def domains(self) -> tuple[str, ...]:
        """Return the names of the trust domains, sorted."""
        ...

    def create(self, domain: str, *, now: datetime) -> None:
        """Begin a trust domain at version 0.

        Raises:
            RefusedError: `registry.domain-exists`.
        """
        ...

    def find(self, domain: str, version: int | None = None) -> Published | None:
        """Return a version, the newest one unless told; version 0 where nothing was published yet."""
        ...

    def add(self, published: Published) -> None:
        """Keep the next version of a domain; earlier ones stay as they are.

        Raises:
            RefusedError: `registry.version-taken`: that version or a later one is there.
            UsageError: `registry.domain-unknown`.
        """
        ...

    def history(self, domain: str, *, below: int | None = None, most: int = 100) -> tuple[VersionHead, ...]:
        """Return versions, newest first, beginning beneath a version."""
        ...


@dataclass(frozen=True, slots=True)
class SignedFile:
    """A signed file as readers fetch it.

    Args:
        mark: the bundle book's mark when these bytes were added.
    """

    name: str
    data: bytes
    sha256: str
    mark: int


class BundleBook(Protocol):
    """Every signed file, by the name under which readers fetch it."""

    def files(self) -> Mapping[str, bytes]:
        """Return all of them as a mapping that reads a file when it is asked for, in this transaction alone."""
        ...

    def find(self, name: str) -> SignedFile | None:
        """Return one file."""
        ...

    def add(self, files: Mapping[str, bytes], *, now: datetime) -> int:
        """Keep files, in place of what lies under the same names; return the new mark."""
        ...

    def mark(self) -> int:
        """Return a number that rises whenever a file was added; 0 before the first."""
        ...
