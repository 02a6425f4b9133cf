"""A password or token out of a private file: never argv, never a log."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from warifu.errors import CouldNotLookError


def read_secret(path: str) -> str:
    """Return what a file holds, without its last newline.

    Raises:
        CouldNotLookError: `watch.secret`: it cannot be read, others can read it, or it holds no line of text.
    """
    try:
        with Path(path).open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            data = file.read(65536)
    except OSError as error:
        raise CouldNotLookError("watch.secret", path=path, reason=str(error.strerror)) from error
    if mode & 0o007:
        raise CouldNotLookError("watch.secret", path=path, reason="others can read it")
    try:
        secret = data.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8")
    except UnicodeDecodeError:
        secret = ""  # the error would show the bytes
    if not secret or not secret.isprintable():
        raise CouldNotLookError("watch.secret", path=path, reason="no line of text")
    return secret
