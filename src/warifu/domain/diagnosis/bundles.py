"""Log bundles: zip, tar and gzip, one inside the other, unpacked in memory under a budget.

Nothing is written, so a member's path can lead nowhere; it is shown as it stands in the bundle.
"""

from __future__ import annotations

import io
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

_MIB = 1 << 20
_SMALL, _LARGE = 1 << 8, 1 << 20  # bytes of gzip taken at once
_UNREADABLE = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)  # what the standard readers raise on broken bundles


_FOREIGN = (
    b"BZh91AY&SY",
    b"\xfd7zXZ\0",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"\x28\xb5\x2f\xfd",
)  # not unpacked here


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of a bundle.

    Args:
        path: `bundle.zip!tomcat/application.log`; a file that is no bundle keeps its own.
        problem: `too-large`, `too-deep`, `too-many`, `too-telling`, `unreadable`, `unread`, `cut` (what was there came before) or
            `empty` where `data` is not all of it.
    """

    path: str
    data: bytes
    problem: str = ""


@dataclass(slots=True)
class Budget:
    """What unpacking may cost, all bundles of one question together.

    A support bundle of an appliance holds some thousand files and a few hundred MiB of text.

    Args:
        ratio: bytes that may come out for each of a bundle, with all those in it; logs shrink to a tenth. At least
            `one` may.
    """

    total: int = 512 * _MIB
    one: int = 64 * _MIB
    members: int = 20_000
    depth: int = 4
    ratio: int = 200
    spent: int = field(default=0, repr=False)
    seen: int = field(default=0, repr=False)
    most: int = field(default=0, repr=False)

    @property
    def room(self) -> int:
        """How many bytes the next file may have."""
        return min(self.one, self.most - self.spent)

    def begin(self, size: int) -> None:
        """Begin a bundle of so many bytes."""
        self.most = min(self.total, self.spent + max(self.one, size * self.ratio))

    def take(self, size: int) -> None:
        """Count a file."""
        self.spent += size
        self.seen += 1


def unpack(data: bytes, path: str, budget: Budget | None = None) -> Iterator[Piece]:
    """Yield every file that bytes hold: those of a bundle, of the bundles in it, or the bytes themselves."""
    budget = budget or Budget()
    budget.begin(len(data))
    yield from _unpack(data, path, budget, 0)


def _unpack(data: bytes, path: str, budget: Budget, depth: int) -> Iterator[Piece]:
    members = _members(data)
    if data.startswith(_FOREIGN):
        yield Piece(path, b"", "unreadable")
    elif members is None:
        yield Piece(path, data)
    elif depth >= budget.depth:
        yield Piece(path, b"", "too-deep")
    else:
        try:
            seen = budget.seen
            for name, stream in members:
                yield from _member(f"{path}!{name}" if name else path, stream, budget, depth)
                if budget.seen >= budget.members:
                    yield Piece(path, b"", "too-many")
                    return
            if budget.seen == seen:
                yield Piece(path, b"", "empty")
        except _UNREADABLE:
            yield Piece(path, b"", "unreadable")


def _member(path: str, stream: _Stream, budget: Budget, depth: int) -> Iterator[Piece]:
    room = budget.room
    try:
        content, is_whole = stream.read(room + 1)
    except _UNREADABLE:
        budget.take(0)
        yield Piece(path, b"", "unreadable")
        return
    budget.take(len(content))
    if len(content) > room:
        yield Piece(path, b"", "too-large")
    else:
        yield from _unpack(content, path, budget, depth + 1)
        if not is_whole:
            yield Piece(path, b"", "cut")


@dataclass(frozen=True, slots=True)
class _Stream:
    """A member that is read when its turn comes, and never further than asked."""

    bundle: zipfile.ZipFile | tarfile.TarFile | bytes
    member: zipfile.ZipInfo | tarfile.TarInfo | None = None

    def read(self, at_most: int) -> tuple[bytes, bool]:
        """Return at most so many bytes of it, and whether its end is not missing."""
        if isinstance(self.bundle, zipfile.ZipFile):
            with self.bundle.open(self.member) as stream:  # type: ignore[arg-type]  # a member of its own
                return stream.read(at_most), True
        if isinstance(self.bundle, tarfile.TarFile):
            taken = self.bundle.extractfile(self.member)  # type: ignore[arg-type]  # a member of its own
            return taken.read(at_most) if taken else b"", True
        return _gunzip(self.bundle, at_most)


def _members(data: bytes) -> Iterator[tuple[str, _Stream]] | None:
    """Return the members of a bundle; None when the bytes are none."""
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _of_zip(data)
    if data.startswith(b"\x1f\x8b\x08"):
        return iter([("", _Stream(data))])
    if data[257:262] == b"ustar":
        return _of_tar(data)
    return None


def _of_zip(data: bytes) -> Iterator[tuple[str, _Stream]]:
    bundle = zipfile.ZipFile(io.BytesIO(data))
    for member in bundle.infolist():
        if not member.filename.endswith("/"):
            yield member.filename, _Stream(bundle, member)


def _of_tar(data: bytes) -> Iterator[tuple[str, _Stream]]:
    bundle = tarfile.TarFile(fileobj=io.BytesIO(data))
    for member in bundle:
        if member.isreg():
            yield member.name, _Stream(bundle, member)


def _gunzip(data: bytes, at_most: int) -> tuple[bytes, bool]:
    """Return what gzip holds, its parts one after the other, and whether its end is there."""
    found, at, is_whole = bytearray(), 0, True
    while at < len(data) and len(found) < at_most:
        inflate, part = zlib.decompressobj(16 + zlib.MAX_WBITS), _SMALL
        while not inflate.eof and at < len(data) and len(found) < at_most:
            given = data[at : at + part]
            found += inflate.decompress(given, at_most - len(found))
            at += len(given) - len(inflate.unused_data)
            part = min(2 * part, _LARGE)  # what follows a part's end is copied: of an empty one, not much
        is_whole = inflate.eof
    return bytes(found), is_whole or len(found) >= at_most
