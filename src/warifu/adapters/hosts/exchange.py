"""Two paths that change places in one instant, which no module of Python offers.

Spec: `renameat2(2)` with RENAME_EXCHANGE, Linux 3.15, glibc 2.28.
"""

from __future__ import annotations

import ctypes
import errno
import os

_AT_FDCWD = -100
_EXCHANGE = 2


def exchange(one: str, other: str) -> None:
    """Have two paths change places, whatever lies there.

    Raises:
        OSError: not on this file system, or one of them is not there; both are as they were.
    """
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    if call(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _EXCHANGE) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def is_plain_folder(path: str) -> bool:
    """Tell whether a folder lies at a path itself, no link to one."""
    return os.path.isdir(path) and not os.path.islink(path)
