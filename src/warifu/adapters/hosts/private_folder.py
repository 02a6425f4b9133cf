"""A short-named folder of this process alone, for sockets; what killed processes left is cleared away.

Each is locked for as long as its process lives, so one that can be locked is nobody's any more.

Spec: flock(2).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path

_PREFIX = "warifu-ssh-"
_ROOM = 36  # characters for the folder above: a socket's path may have 107, of which ssh wants 17 for itself


class PrivateFolder:
    """A folder with mode 0700, locked until it is removed or the process ends.

    Raises:
        OSError: no folder for passing files has room and can be written.
    """

    def __init__(self) -> None:
        for base in (os.environ.get("XDG_RUNTIME_DIR", ""), tempfile.gettempdir(), "/tmp"):  # noqa: S108
            if base and len(base) <= _ROOM and os.access(base, os.W_OK):
                break
        else:
            raise OSError(base)
        _clear(Path(base))
        self.path, self._held = _make(base)

    def remove(self) -> None:
        """Take it away with all it holds."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._held)


def _make(base: str) -> tuple[str, int]:
    """Return a new folder and what holds it: another process may clear it away before it is locked."""
    while True:
        path = tempfile.mkdtemp(prefix=_PREFIX, dir=base)
        with contextlib.suppress(FileNotFoundError):
            held = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
            fcntl.flock(held, fcntl.LOCK_SH)
            if Path(path).exists():
                return path, held
            os.close(held)


def _clear(base: Path) -> None:
    """Remove the folders of this user that no process holds."""
    for folder in base.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):  # somebody else's, gone meanwhile, or held
            held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                if os.fstat(held).st_uid == os.geteuid():
                    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(held)
