"""Programs that tests start: free ports, waiting for what is observable, ending for certain."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

_CHANCE = random.SystemRandom()  # pytest-randomly sets the others: two runs would ask for the same ports
_GIVEN: deque[int] = deque(maxlen=500)
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_FIRST, _EACH = 12_000, 2_500  # eight processes that test side by side have ports of their own


def free_port() -> int:
    """A TCP port on loopback that nobody uses now.

    It lies below those that the system gives to connections (Linux: from 32768 on), so that nobody has it by the time it
    is listened on, and does not come again soon.
    """
    while True:
        port = _FIRST + _WORKER % 8 * _EACH + _CHANCE.randrange(_EACH)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            if port not in _GIVEN:
                _GIVEN.append(port)
                return port


def stored(folder: Path) -> bytes:
    """What the databases of a folder hold, as another process reads it.

    Whoever closes a file that SQLite has open in the same process lets go of SQLite's locks on it; the next process to
    open the database then cuts what the first one has mapped (sqlite.org/howtocorrupt.html §2.2).
    """
    files = sorted(str(path) for path in folder.glob("*.sqlite*"))
    assert files
    return subprocess.run(["cat", *files], check=True, capture_output=True).stdout


def need_program(package: str, *names: str) -> str:
    """Path of the first program that exists; the test skips and names the Debian package otherwise."""
    for name in names:
        found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
        if found:
            return found
    pytest.skip(f"needs the Debian package {package}")


def wait_until(holds: Callable[[], bool], what: str, *, seconds: float = 20) -> None:
    """Look until it holds; fail saying what was awaited."""
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            pytest.fail(f"waited {seconds:g} s for {what}")
        time.sleep(0.02)


def listens(port: int, host: str = "127.0.0.1") -> bool:
    """Whether somebody accepts connections there."""
    with contextlib.suppress(OSError), socket.create_connection((host, port), 1):
        return True
    return False


@contextlib.contextmanager
def running(
    argv: Sequence[str], log: Path, *, ready: Callable[[], bool], stdin: int | None = None, **options: object
) -> Iterator[subprocess.Popen[bytes]]:
    """A program in its own process group, from ready until killed with all it started."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE if stdin is None else stdin,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **options,  # type: ignore[call-overload]
        )
    try:
        wait_until(lambda: process.poll() is not None or ready(), f"{argv[0]} to be ready")
        if process.poll() is not None:
            pytest.fail(
                f"{argv[0]} ended with {process.returncode}: {log.read_text(errors='replace')[-2000:]}"
            )
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if process.stdin:
            process.stdin.close()
