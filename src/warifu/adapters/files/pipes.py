"""Pipes of this machine."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from warifu.errors import CouldNotLookError
from warifu.ports.pipes import Pipes

_PART = 1 << 16  # bytes: what a pipe of Linux holds, pipe(7)


class LocalPipes(Pipes):
    """Pipes that the current user may read."""

    def read(self, path: str, *, at_most: int) -> bytes | None:
        """Return what comes through a pipe; see the port."""
        try:
            if not stat.S_ISFIFO(Path(path).stat().st_mode):
                return None  # a device is not even opened: that alone may set it in motion
            with Path(path).open("rb", buffering=0) as stream:
                if not stat.S_ISFIFO(os.fstat(stream.fileno()).st_mode):
                    return None
                parts, left = [], at_most + 1
                while left and (part := stream.read(min(left, _PART))):
                    parts.append(part)
                    left -= len(part)
                return b"".join(parts)
        except OSError as error:
            reason = os.strerror(error.errno or 0)
            raise CouldNotLookError("io.cannot-read", path=path, reason=reason) from error
