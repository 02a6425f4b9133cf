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
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import IO, BinaryIO, cast

from warifu.errors import CouldNotLookError, WarifuError
from warifu.ports.archives import Archives, Content

_MIB = 1 << 20
_HEAD = 512  # bytes: where a tar names itself
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
        members: of one archive.
        ratio: bytes that may come out for each that went in, once `free` came out; certificates shrink to a half.
        held: bytes of a zip within another archive, which cannot be read but whole.
    """

    folders: int = 100
    depth: int = 3
    members: int = 5_000_000
    ratio: int = 200
    free: int = 64 * _MIB
    held: int = 64 * _MIB


class LocalArchives(Archives):
    """What the current user may read; what an archive is, its first bytes tell."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()

    def below(self, path: str) -> Iterator[Content]:
        """Yield everything at and below a path; see the port."""
        yield from self._at(path, 0, set())

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
            stamp = f"{seen.st_size}:{seen.st_mtime_ns}"
            mode, user = stat.S_IMODE(seen.st_mode), _user_name(seen.st_uid)
            whole = Content(path, stamp, seen.st_size, mode=mode, user=user, explicit=explicit)
            yield from self._inside(whole, _Through(file, path), file, 0)

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
        members = self._zip if is_zip else self._tar
        try:
            if packed is not None:
                yield from self._inside(within, self._unpacked(stream, packed), None, depth + 1)
            elif is_zip and file is None:
                yield from self._zip(within, self._held(stream), depth)
            else:
                yield from members(within, file if is_zip and file is not None else stream, depth)
        except WarifuError as problem:
            yield replace(within, problem=problem)
        except _BROKEN:
            yield replace(within, problem=_broken(content.path))

    def _unpacked(self, stream: _Through, make: Callable[[BinaryIO], BinaryIO]) -> _Through:
        packed = _Guarded(stream)
        return _Through(make(cast("BinaryIO", packed)), stream.path, packed, self._limits)

    def _held(self, stream: _Through) -> BinaryIO:
        data = stream.read(self._limits.held + 1)
        if len(data) > self._limits.held:
            raise CouldNotLookError("sweep.archive-held", path=stream.path, limit=self._limits.held)
        return io.BytesIO(data)

    def _zip(self, within: Content, file: IO[bytes] | _Through, depth: int) -> Iterator[Content]:
        with zipfile.ZipFile(cast("BinaryIO", file)) as bundle:
            for number, member in enumerate(bundle.infolist()):
                self._count(number, within.path)
                if member.is_dir():
                    continue
                inside = replace(within, path=f"{within.path}!{_shown(member.filename)}")
                try:
                    with bundle.open(member) as opened:
                        size = _Size(member.compress_size)
                        stream = _Through(cast("BinaryIO", opened), inside.path, size, self._limits)
                        yield from self._inside(inside, stream, None, depth + 1)
                except _BROKEN:
                    yield replace(inside, problem=_broken(inside.path))

    def _tar(self, within: Content, file: IO[bytes] | _Through, depth: int) -> Iterator[Content]:
        with tarfile.open(fileobj=cast("BinaryIO", file), mode="r|", bufsize=tarfile.RECORDSIZE) as bundle:
            for number, member in enumerate(bundle):
                self._count(number, within.path)
                bundle.members = []  # type: ignore[attr-defined]  # it would remember each
                if not member.isreg():
                    continue
                inside = replace(within, path=f"{within.path}!{_shown(member.name)}")
                taken = bundle.extractfile(member)
                if taken is not None:
                    yield from self._inside(
                        inside, _Through(cast("BinaryIO", taken), inside.path), None, depth + 1
                    )

    def _count(self, number: int, path: str) -> None:
        if number >= self._limits.members:
            raise CouldNotLookError("sweep.archive-members", path=path, limit=self._limits.members)


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
        self,
        file: BinaryIO,
        path: str,
        packed: _Guarded | _Size | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._file = file
        self.path = path
        self._packed = packed
        self._limits = limits or Limits()
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
            return part + self._read(at_most - len(part) if at_most >= 0 else -1)
        return self._read(at_most)

    def _read(self, at_most: int) -> bytes:
        try:
            data = self._file.read(at_most)
        except WarifuError:
            raise
        except _BROKEN as wrong:
            raise _broken(self.path) from wrong
        self._came += len(data)
        if self._packed is not None and self._came > self._limits.free:
            most = self._packed.taken * self._limits.ratio
            if self._came > most:
                raise CouldNotLookError("sweep.archive-bomb", path=self.path, ratio=self._limits.ratio)
        return data


def _gunzip(file: BinaryIO) -> BinaryIO:
    return cast("BinaryIO", gzip.GzipFile(fileobj=file, mode="rb"))


def _bunzip(file: BinaryIO) -> BinaryIO:
    return cast("BinaryIO", bz2.BZ2File(file))


def _unxz(file: BinaryIO) -> BinaryIO:
    return cast("BinaryIO", lzma.LZMAFile(file))


_PACKED: tuple[tuple[bytes, Callable[[BinaryIO], BinaryIO]], ...] = (
    (b"\x1f\x8b\x08", _gunzip),
    (b"BZh", _bunzip),
    (b"\xfd7zXZ\x00", _unxz),
)


def _broken(path: str) -> WarifuError:
    return CouldNotLookError("sweep.archive-broken", path=path)


def _unreadable(path: str, error: OSError | ValueError, *, explicit: bool) -> WarifuError:
    if explicit and isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return CouldNotLookError("trust.nothing-there", path=path)
    reason = os.strerror(error.errno or 0) if isinstance(error, OSError) else "not a plain file"
    return CouldNotLookError("io.cannot-read", path=path, reason=reason)


def _shown(name: str) -> str:
    """Return a member's name as a line can show it; it leads nowhere."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in name)


@lru_cache(maxsize=256)
def _user_name(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
