"""How a process is set up that holds thousands of connections for months: descriptors and memory."""

from __future__ import annotations

import ctypes
import gc
import resource
from contextlib import suppress

_ARENA_MAX = -8  # M_ARENA_MAX, glibc's malloc.h
_ARENAS = 2
_GARBAGE = (20_000, 20, 10)
"""A command ends before its garbage matters, and collects little (`__main__`); here it is looked for, less often than
Python usually does: most of what a report needs has gone by then."""


def settle() -> None:
    """Take as many descriptors as are allowed, and one pool of memory for all threads instead of one each.

    Never in a process that does anything else.
    """
    with suppress(OSError, ValueError):
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with suppress(OSError, AttributeError):  # another C library has no such thing
        ctypes.CDLL(None).mallopt(_ARENA_MAX, _ARENAS)
    gc.collect()
    gc.freeze()  # what was loaded stays: no collection looks through it
    gc.set_threshold(*_GARBAGE)


def trim() -> None:
    """Give back the memory that nobody holds any more."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def tidy() -> None:
    """Give back what connections held that have ended: objects that point at each other, with 50 KiB of OpenSSL's each."""
    gc.collect()
    trim()
