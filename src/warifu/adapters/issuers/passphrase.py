"""The passphrase of a local CA: from a private file, or asked at the terminal. Never argv, never the environment."""

from __future__ import annotations

import getpass
import os
import stat
import sys
from pathlib import Path

from warifu.domain.findings import Lang, say
from warifu.errors import CouldNotLookError, RefusedError, UsageError


def passphrase_from_file(path: str, *, issuer: str) -> bytes:
    """Return what a file holds, without its last newline.

    Raises:
        RefusedError: `issue.passphrase-file-open`: others can read it.
        CouldNotLookError: `issue.passphrase-file-unreadable`.
        UsageError: `issue.passphrase-empty`.
    """
    try:
        with Path(path).open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if mode & 0o007:
                raise RefusedError("issue.passphrase-file-open", path=path, mode=f"{mode:04o}")
            data = file.read()
    except OSError as error:
        raise CouldNotLookError(
            "issue.passphrase-file-unreadable", path=path, reason=str(error.strerror)
        ) from error
    secret = data.removesuffix(b"\n").removesuffix(b"\r")
    if not secret:
        raise UsageError("issue.passphrase-empty", issuer=issuer)
    return secret


def passphrase_from_terminal(*, issuer: str, lang: Lang) -> bytes:
    """Ask at the terminal, without echo.

    Raises:
        UsageError: `issue.passphrase-no-terminal` or `issue.passphrase-empty`.
    """
    if not sys.stdin.isatty():
        raise UsageError("issue.passphrase-no-terminal", issuer=issuer)
    secret = getpass.getpass(say("issue.passphrase-prompt", lang, issuer=issuer)).encode()
    if not secret:
        raise UsageError("issue.passphrase-empty", issuer=issuer)
    return secret
