"""What every way of changing a node says and refuses alike."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence

from warifu.errors import CouldNotLookError
from warifu.ports.changes import (
    Act,
    Operation,
)


def stopped(host: str, operation: Operation, number: int, total: int, reason: str) -> CouldNotLookError:
    """Return the error for a change that stopped at its operation `number` (from 1)."""
    return CouldNotLookError(
        "io.host-cannot-change",
        host=host,
        number=number,
        total=total,
        operation=type(operation).__name__,
        path=subject_of(operation),
        reason=reason,
    )


def check_paths(host: str, operations: Sequence[Operation]) -> None:
    """Refuse a path that is relative, the root, or climbs (`..`), before anything is done.

    Raises:
        CouldNotLookError: `io.host-cannot-change`.
    """
    for number, operation in enumerate(operations, 1):
        path = "/act" if isinstance(operation, Act) else operation.path
        if not path.startswith("/") or path != os.path.normpath(path) or path == "/" or "\0" in path:
            raise stopped(host, operation, number, len(operations), "not a plain absolute path")


def subject_of(operation: Operation) -> str:
    """Return what an operation is about, for errors: a path, or a command line."""
    return shlex.join(operation.argv) if isinstance(operation, Act) else operation.path


def temporary_name(path: str) -> str:
    """Return the hidden name beside a path that its next content has before it is moved into place."""
    folder, name = os.path.split(path)
    return os.path.join(folder, f".{name[:200]}.warifu-new")
