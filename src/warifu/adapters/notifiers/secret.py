"""A password or token out of a private file: never argv, never a log."""

from __future__ import annotations

import os
import stat

from warifu.errors import CouldNotLookError

_OTHERS = 0o007
_LONGEST = 1 << 16  # bytes


def read_secret(path: str) -> str:
    """Return what a file holds, without its last newline.

    Raises:
        CouldNotLookError: `watch.secret`: it cannot be read or is no plain file, others can read it, or it holds no line of text.
    """
    try:
        handle = os.open(
            path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK
        )  # a pipe that nobody writes to is no wait
        with os.fdopen(handle, "rb") as file:
            mode = os.fstat(handle).st_mode
            data = file.read(_LONGEST) if stat.S_ISREG(mode) else b""
    except OSError as error:
        raise CouldNotLookError("watch.secret", path=path, reason=str(error.strerror)) from error
    if not stat.S_ISREG(mode):
        raise CouldNotLookError("watch.secret", path=path, reason="not a plain file")
    if mode & _OTHERS:
        raise CouldNotLookError("watch.secret", path=path, reason="others can read it")
    try:
        secret = data.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8")
    except UnicodeDecodeError:
        secret = ""  # the error would show the bytes
    if not secret or not secret.isprintable():
        raise CouldNotLookError("watch.secret", path=path, reason="no line of text")
    return secret
