"""Passwords for what is locked: from a private file, or from who sits at the terminal. Never argv, never the environment."""

from __future__ import annotations

import getpass
import os
import stat
import sys
from pathlib import Path

from warifu.domain.findings import Lang, say
from warifu.errors import CouldNotLookError, RefusedError, UsageError

_OTHERS = 0o007
_LONGEST = 1 << 16  # bytes


def password_from(place: str, lang: Lang) -> bytes:
    """Return the first line of a file; of `-`, what is typed without echo, or the next line of standard input.

    Raises:
        RefusedError: `io.password-file-open`: others can read it.
        CouldNotLookError: `io.cannot-read`.
        UsageError: `io.password-empty`.
    """
    found = _asked(lang) if place == "-" else _kept(place)
    if not found:
        raise UsageError("io.password-empty", path=place)
    return found


def _asked(lang: Lang) -> bytes:
    if sys.stdin.isatty():
        return getpass.getpass(say("io.password-prompt", lang)).encode()
    return sys.stdin.buffer.readline(_LONGEST).rstrip(b"\r\n")


def _kept(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            seen = os.fstat(file.fileno())
            mode = stat.S_IMODE(seen.st_mode)
            if stat.S_ISREG(seen.st_mode) and mode & _OTHERS:
                raise RefusedError("io.password-file-open", path=path, mode=f"{mode:04o}")
            return file.readline(_LONGEST).rstrip(b"\r\n")
    except (OSError, ValueError) as error:
        reason = str(getattr(error, "strerror", None) or error)
        raise CouldNotLookError("io.cannot-read", path=path, reason=reason) from error
