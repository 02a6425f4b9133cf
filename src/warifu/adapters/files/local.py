"""Our own files on this machine."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from warifu.adapters.files.bounded import read_at_most
from warifu.errors import CouldNotLookError, UsageError
from warifu.ports.files import MOST_READ, Files

_ALL_READ = 0o004


class LocalFiles(Files):
    """Files below the current user's rights; a write is seen whole or not at all."""

    def read(self, path: str, *, waits: bool = True) -> bytes:
        """Return a file's bytes; see the port."""
        with _errors("io.cannot-read", path):
            flags = os.O_RDONLY | os.O_CLOEXEC | (0 if waits else os.O_NONBLOCK)
            with os.fdopen(os.open(path, flags), "rb") as file:
                seen = os.fstat(file.fileno())
                is_plain = stat.S_ISREG(seen.st_mode)
                if not is_plain and (not waits or _is_endless(seen, is_terminal=file.isatty())):
                    raise OSError(errno.EINVAL, "not a plain file")
                data = b"" if seen.st_size > MOST_READ else read_at_most(file, MOST_READ + 1)
        size = max(seen.st_size, len(data))
        if size > MOST_READ:
            raise CouldNotLookError("io.too-large", path=path, size=size, limit=MOST_READ)
        return data

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the full paths of the files below a folder, sorted; linked folders are not entered."""
        found: list[str] = []
        with _errors("io.cannot-read", folder):
            for place, _, names in os.walk(folder, onerror=_raise):
                above = str(Path(place, "_"))[:-1]
                found += [above + name for name in names]  # there may be thousands: no object for each
        return tuple(sorted(found))

    def write(self, path: str, data: bytes, *, mode: int = 0o600) -> None:
        """Replace a file; a symbolic link stays, and what it leads to is replaced.

        Folders that are missing are made for this user alone, unless everybody may read the file.
        """
        with _errors("io.cannot-write", path):
            real = Path(path).resolve()
            if real.exists() and not (real.is_file() or real.is_dir()):  # a folder keeps its place by itself
                raise UsageError("io.not-a-file", path=path)
            _make_folder(real.parent, 0o755 if mode & _ALL_READ else 0o700)
            temporary = real.parent / f".{real.name[:200]}.{secrets.token_hex(6)}.new"
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
            try:
                with os.fdopen(handle, "wb") as file:
                    os.fchmod(file.fileno(), mode)
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                temporary.replace(real)
            except BaseException:
                with contextlib.suppress(OSError):
                    temporary.unlink()
                raise
            sync_folder(real.parent)

    def is_folder(self, path: str) -> bool:
        """Tell whether the path is a folder."""
        return Path(path).is_dir()

    def exists(self, path: str) -> bool:
        """Tell whether anything lies at the path, a broken link included."""
        return os.path.lexists(path)


def _is_endless(seen: os.stat_result, *, is_terminal: bool) -> bool:
    """Tell whether it is a device that gives bytes for ever, or a whole disk."""
    is_device = stat.S_ISBLK(seen.st_mode) or stat.S_ISCHR(seen.st_mode)
    return is_device and not is_terminal and seen.st_rdev != Path(os.devnull).stat().st_rdev


@contextlib.contextmanager
def _errors(code: str, path: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as wrong:  # ValueError: a NUL in the path
        reason = getattr(wrong, "strerror", None) or str(wrong)
        # Both keys stand where this is used.
        # ast-grep-ignore: error-key-literal
        raise CouldNotLookError(code, path=path, reason=reason) from wrong


def _raise(error: OSError) -> None:
    raise error


def _make_folder(folder: Path, mode: int) -> None:
    """Make a folder and those missing above it, each with a mode, whatever the umask."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    for place in reversed(missing):
        try:
            place.mkdir(mode=0o700)
        except FileExistsError:
            continue  # another process was first: the folder is its own
        place.chmod(mode)
        sync_folder(place.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
