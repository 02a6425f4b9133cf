"""Files, folders and archives of this machine, streamed: nothing is extracted, and nothing held whole.

Spec: APPNOTE 6.3 (zip), POSIX.1-2017 pax (tar), RFC 1952 (gzip); bzip2 and xz as their libraries read them.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import pwd
import stat
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import BinaryIO, Self, cast

from warifu.domain.findings.text import visible
from warifu.errors import CouldNotLookError, WarifuError
from warifu.ports.archives import Archives, Content

_MIB = 1 << 20
_HEAD = 512  # bytes: where a tar names itself
_RECORD = 1 << 16  # bytes of xz taken at once
_BROKEN = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)  # what the standard readers raise on archives that are broken, locked or of a kind they do not know


@dataclass(frozen=True, slots=True)
class Limits:
    """How far archives are followed.

    Args:
        folders: within each other.
        depth: archives within each other.
        members: of one file, in all the archives that it holds.
        ratio: bytes that may come out for each that went in, once `free` came out: of a member, and of all the
            archives that one file holds; certificates shrink to a half.
        spare: bytes beyond that ratio which may come out of everything that one walker meets: of many small bombs.
        held: bytes of a zip within another archive, which cannot be read but whole.
        memory: bytes that unpacking may need; `xz -9` needs 65 MiB.
    """

    folders: int = 100
    depth: int = 3
    members: int = 5_000_000
    ratio: int = 200
    free: int = 64 * _MIB
    spare: int = 1024 * _MIB
    held: int = 64 * _MIB
    memory: int = 256 * _MIB


class LocalArchives(Archives):
    """What the current user may read; what an archive is, its first bytes tell."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._spare = _Spare(self._limits.spare)

    def below(self, path: str) -> Iterator[Content]:
        """Yield everything at and below a path; see the port."""
        yield from self._at(path, 0, set())

    def within(self, path: str, data: bytes) -> Iterator[Content]:
        """Yield what bytes hold; see the port."""
        file = io.BytesIO(data)
        through = _Through(file, path, _Tally(path, len(data), self._limits, self._spare))
        yield from self._inside(Content(path, size=len(data), explicit=True), through, file, 0)

    def _at(self, path: str, depth: int, entered: set[tuple[int, int]]) -> Iterator[Content]:
        explicit = depth == 0
        try:
            seen = os.stat(path)  # noqa: PTH116 - one look, links followed
            is_folder = stat.S_ISDIR(seen.st_mode)
            names = sorted(os.listdir(path)) if is_folder else []  # noqa: PTH208 - texts: there may be a million
        except (OSError, ValueError) as error:
            yield Content(path, explicit=explicit, problem=_unreadable(path, error, explicit=explicit))
            return
        if is_folder:
            own = (seen.st_dev, seen.st_ino)
            if own in entered:
                return
            entered.add(own)
            if names and depth >= self._limits.folders:
                deep = CouldNotLookError("trust.folders-deep", path=path, limit=self._limits.folders)
                yield Content(path, problem=deep)
                return
            for name in names:
                yield from self._at(f"{path.rstrip('/')}/{name}", depth + 1, entered)
        elif stat.S_ISREG(seen.st_mode):
            yield from self._file(path, explicit=explicit)
        else:
            yield Content(path, kind="other", explicit=explicit)

    def _file(self, path: str, *, explicit: bool) -> Iterator[Content]:
        try:
            handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError as error:
            yield Content(path, explicit=explicit, problem=_unreadable(path, error, explicit=explicit))
            return
        with os.fdopen(handle, "rb") as file:
            seen = os.fstat(handle)  # of what is read, not of what a swap put there since
            mode, user = stat.S_IMODE(seen.st_mode), _user_name(seen.st_uid)
            whole = Content(path, seen.st_size, mode=mode, user=user, explicit=explicit)
            through = _Through(file, path, _Tally(path, seen.st_size, self._limits, self._spare))
            yield from self._inside(whole, through, file, 0)

    def _inside(
        self, content: Content, stream: _Through, file: BinaryIO | None, depth: int
    ) -> Iterator[Content]:
        """Yield a file, or what the archive holds that it is; `file` is there where one can go back in it."""
        try:
            head = stream.peek(_HEAD)
        except WarifuError as problem:
            yield replace(content, problem=problem)
            return
        packed = next((make for magic, make in _PACKED if head.startswith(magic)), None)
        is_zip, is_tar = head.startswith((b"PK\x03\x04", b"PK\x05\x06")), head[257:262] == b"ustar"
        if packed is None and not is_zip and not is_tar:
            yield replace(content, stream=stream)
            return
        if depth >= self._limits.depth:
            deep = CouldNotLookError("sweep.archive-deep", path=content.path, limit=self._limits.depth)
            yield replace(content, problem=deep)
            return
        within = replace(content, size=0, mode=0, user="", explicit=False, member=True)
        try:
            if packed is not None:
                alone = replace(
                    within, explicit=content.explicit
                )  # a file made smaller is still the one named
                yield from self._inside(alone, self._unpacked(stream, packed), None, depth + 1)
            elif is_zip:
                yield from self._zip(within, file or self._held(stream), depth, stream.tally)
            else:
                yield from self._tar(within, stream, depth)
        except WarifuError as problem:
            yield replace(within, problem=problem)
        except _BROKEN:
            yield replace(within, problem=_broken(content.path))

    def _unpacked(self, stream: _Through, make: Callable[[BinaryIO, Limits], BinaryIO]) -> _Through:
        packed = _Guarded(stream)
        made = make(cast("BinaryIO", packed), self._limits)
        return _Through(made, stream.path, stream.tally, packed)

    def _held(self, stream: _Through) -> BinaryIO:
        data = stream.read(self._limits.held + 1)
        if len(data) > self._limits.held:
            raise CouldNotLookError("sweep.archive-held", path=stream.path, limit=self._limits.held)
        return io.BytesIO(data)

    def _zip(self, within: Content, file: BinaryIO, depth: int, tally: _Tally) -> Iterator[Content]:
        with zipfile.ZipFile(file) as bundle:
            for member in bundle.infolist():
                tally.go_on(within.path)
                if member.filename.endswith("/"):  # is_dir() fails on an empty name
                    continue
                inside = replace(within, path=f"{within.path}!{visible(member.filename)}")
                try:
                    with bundle.open(member) as opened:
                        size = _Size(member.compress_size)
                        stream = _Through(cast("BinaryIO", opened), inside.path, tally, size)
                        yield from self._inside(inside, stream, None, depth + 1)
                except _BROKEN:
                    yield replace(inside, problem=_broken(inside.path))

    def _tar(self, within: Content, file: _Through, depth: int) -> Iterator[Content]:
        with tarfile.open(
            fileobj=cast("BinaryIO", _Ending(file)), mode="r|", bufsize=tarfile.RECORDSIZE, tarinfo=_Header
        ) as bundle:
            for member in bundle:
                file.tally.go_on(within.path)
                bundle.members = []  # type: ignore[attr-defined]  # it would remember each
                if not member.isreg():
                    continue
                inside = replace(within, path=f"{within.path}!{visible(member.name)}")
                taken = bundle.extractfile(member)
                if taken is not None:
                    stream = _Through(cast("BinaryIO", taken), inside.path, file.tally, _stored(member))
                    yield from self._inside(inside, stream, None, depth + 1)


def _stored(member: tarfile.TarInfo) -> _Size | None:
    """Return how much of a sparse member there is, holes left out; None of a plain one, which is all there."""
    held: list[tuple[int, int]] | None = getattr(member, "sparse", None)  # the standard library's, in no stub
    return None if held is None else _Size(sum(size for _, size in held))


class _Header(tarfile.TarInfo):
    """A header of a tar that is damaged or cut: told, where the standard reader takes it for the archive's end."""

    @classmethod
    def fromtarfile(cls, bundle: tarfile.TarFile) -> Self:
        try:
            return super().fromtarfile(bundle)
        except (tarfile.InvalidHeaderError, tarfile.TruncatedHeaderError) as wrong:  # type: ignore[attr-defined]
            raise tarfile.ReadError(str(wrong)) from None


class _Ending:
    """A stream that says so once more is wanted of it after its end than a reader needs to learn that it ended.

    A header can claim terabytes: the standard reader goes over what a member holds a record at a time, whether
    or not there is anything.
    """

    def __init__(self, stream: _Through) -> None:
        self._stream = stream
        self._has_ended = False

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        if data:
            return data
        if self._has_ended:
            raise EOFError
        self._has_ended = True
        return data


@dataclass
class _Spare:
    """What may come out of many archives together, beyond what their sizes let expect.

    Args:
        left: bytes.
    """

    left: int


class _Tally:
    """What came out of all the archives that one file of the disk holds, at every level.

    Args:
        size: of the file on the disk, in bytes.
        spare: shared with every other file that is walked through.
    """

    def __init__(self, path: str, size: int, limits: Limits, spare: _Spare) -> None:
        self._path = path
        self._size = size
        self.limits = limits
        self._spare = spare
        self._taken = 0
        self._came = self._weighs = 0
        self._members = 0

    def count(self, size: int) -> None:
        """Count what was unpacked, in bytes."""
        self._came += size
        self._weighs += size
        beyond = max(self._came - self._size * self.limits.ratio, 0)
        self._spare.left -= beyond - self._taken
        self._taken = beyond

    def forgive(self, size: int) -> None:
        """Let a bomb that was left weigh a quarter: one of them costs nobody what stands beside it, two do."""
        self._weighs -= size - size // 4

    def check(self) -> None:
        """Stop where it is too much."""
        if self._is_spent:
            raise _bomb(self._path, self.limits)

    def go_on(self, path: str) -> None:
        """Count a member of an archive before it is opened."""
        self._members += 1
        if self._members > self.limits.members:
            raise CouldNotLookError("sweep.archive-members", path=path, limit=self.limits.members)
        self.check()

    @property
    def _is_spent(self) -> bool:
        if self._taken and self._spare.left < 0:
            return True
        return self._weighs > max(self.limits.free, self._size * self.limits.ratio)


class _Guarded:
    """Packed bytes on their way to a library, counted."""

    def __init__(self, stream: _Through) -> None:
        self._stream = stream
        self.taken = 0

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size if size >= 0 else 1 << 30)
        self.taken += len(data)
        return data

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False


@dataclass
class _Size:
    """A count of packed bytes that is known beforehand."""

    taken: int


class _Through:
    """A stream that can show its beginning before it is read, and ends where more comes out than is good.

    Args:
        packed: what counts the bytes that went in; None where nothing is unpacked here.
    """

    def __init__(
        self, file: BinaryIO, path: str, tally: _Tally, packed: _Guarded | _Size | None = None
    ) -> None:
        self._file = file
        self.path = path
        self.tally = tally
        self._packed = packed
        self._ahead = b""
        self._came = 0

    def peek(self, size: int) -> bytes:
        """Return the first bytes, which will be read all the same."""
        while len(self._ahead) < size:
            more = self._read(size - len(self._ahead))
            if not more:
                break
            self._ahead += more
        return self._ahead

    def read(self, at_most: int = -1, /) -> bytes:
        """Return the next bytes; see the port."""
        if self._ahead:
            part = self._ahead if at_most < 0 else self._ahead[:at_most]
            self._ahead = self._ahead[len(part) :]
            if len(part) == at_most:
                return part
            return part + self._whole(at_most - len(part) if at_most >= 0 else -1)
        return self._whole(at_most)

    def _whole(self, at_most: int) -> bytes:
        """Return as much as is wanted, or all there is: some readers hand out less in the middle.

        Taken in pieces, so that what becomes too much is known after one of them.
        """
        parts: list[bytes] = []
        left = at_most if at_most >= 0 else sys.maxsize
        while left and (data := self._read(min(left, _MIB))):
            parts.append(data)
            left -= len(data)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _read(self, at_most: int) -> bytes:
        try:
            data = self._file.read(at_most)
        except WarifuError:
            raise
        except _BROKEN as wrong:
            raise _broken(self.path) from wrong
        if self._packed is not None:
            self._came += len(data)
            limits = self.tally.limits
            self.tally.count(len(data))
            if self._came > max(limits.free, self._packed.taken * limits.ratio):
                self.tally.forgive(self._came)
                raise _bomb(self.path, limits)
            self.tally.check()
        return data


class _Xz:
    """xz under a limit of memory, of which `lzma.LZMAFile` knows none; streams follow each other (xz(1), --single-stream)."""

    def __init__(self, file: BinaryIO, memory: int) -> None:
        self._file = file
        self._memory = memory
        self._left = b""
        self._begin()

    def _begin(self) -> None:
        self._inner = lzma.LZMADecompressor(memlimit=self._memory)

    def read(self, at_most: int = -1) -> bytes:
        """Return some of the next bytes; nothing at the end."""
        while at_most:
            if self._inner.eof:
                while not (left := self._left.lstrip(b"\0")):  # padding between streams
                    self._left = self._file.read(_RECORD)
                    if not self._left:
                        return b""
                self._left = left
                self._begin()
            elif self._inner.needs_input and not self._left:
                self._left = self._file.read(_RECORD)
                if not self._left:
                    raise EOFError
            given, self._left = self._left, b""
            data = self._inner.decompress(given, at_most)
            self._left = self._inner.unused_data
            if data:
                return data
        return b""


def _gunzip(file: BinaryIO, _limits: Limits) -> BinaryIO:
    return cast("BinaryIO", gzip.GzipFile(fileobj=file, mode="rb"))


def _bunzip(file: BinaryIO, _limits: Limits) -> BinaryIO:
    return cast("BinaryIO", bz2.BZ2File(file))


def _unxz(file: BinaryIO, limits: Limits) -> BinaryIO:
    return cast("BinaryIO", _Xz(file, limits.memory))


_PACKED: tuple[tuple[bytes, Callable[[BinaryIO, Limits], BinaryIO]], ...] = (
    (b"\x1f\x8b\x08", _gunzip),
    (b"BZh", _bunzip),
    (b"\xfd7zXZ\x00", _unxz),
)


def _bomb(path: str, limits: Limits) -> WarifuError:
    return CouldNotLookError("sweep.archive-bomb", path=path, ratio=limits.ratio)


def _broken(path: str) -> WarifuError:
    return CouldNotLookError("sweep.archive-broken", path=path)


def _unreadable(path: str, error: OSError | ValueError, *, explicit: bool) -> WarifuError:
    if explicit and isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return CouldNotLookError("trust.nothing-there", path=path)
    reason = os.strerror(error.errno or 0) if isinstance(error, OSError) else "not a plain file"
    return CouldNotLookError("io.cannot-read", path=path, reason=reason)


@lru_cache(maxsize=256)
def _user_name(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
