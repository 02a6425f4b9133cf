"""Programs on this machine, run so that nothing they leave behind holds us up."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
from collections.abc import Iterator, Sequence
from datetime import timedelta

from warifu.errors import CouldNotLookError
from warifu.ports.hosts import Ran


def run_here(argv: tuple[str, ...], stdin: bytes, timeout: timedelta, host: str) -> Ran:
    """Run a command in a process group of its own and wait for it, not for daemons it leaves behind.

    What it reads and writes lies in memory files: nothing waits on a pipe that a daemon keeps open.

    Raises:
        CouldNotLookError: `io.host-cannot-run`; a command that outlives `timeout` is killed with its group.
    """
    environment = {**os.environ, "LC_ALL": "C"}
    try:
        with memory_file(stdin) as given, memory_file() as out, memory_file() as err:
            process = subprocess.Popen(
                argv, stdin=given, stdout=out, stderr=err, env=environment, start_new_session=True
            )
            try:
                code = process.wait(timeout.total_seconds())
            except BaseException:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                raise
            return Ran(argv, code, contents(out), contents(err))
    except subprocess.TimeoutExpired as error:
        reason = f"no end after {timeout.total_seconds():g} s"
        raise cannot_run(host, argv, reason) from error
    except (OSError, ValueError) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
        raise cannot_run(host, argv, reason) from error


def cannot_run(host: str, argv: Sequence[str], reason: str) -> CouldNotLookError:
    """Return the error for a command that could not be run to its end."""
    return CouldNotLookError("io.host-cannot-run", host=host, command=shlex.join(argv), reason=reason)


@contextlib.contextmanager
def memory_file(data: bytes = b"") -> Iterator[int]:
    """Give a file that exists in memory alone, holding `data`, positioned at its start."""
    handle = os.memfd_create("warifu", os.MFD_CLOEXEC)
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(handle, left) :]
        os.lseek(handle, 0, os.SEEK_SET)
        yield handle
    finally:
        os.close(handle)


def contents(handle: int) -> bytes:
    """Return all that a memory file holds."""
    return os.pread(handle, os.fstat(handle).st_size, 0)
