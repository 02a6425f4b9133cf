"""Free ports, waiting without hoping, and ending what a test started."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(until: Callable[[], bool], what: str, seconds: float = 15) -> None:
    """Look until it holds; fail with `what` when it does not in time."""
    deadline = time.monotonic() + seconds
    while not until():
        if time.monotonic() > deadline:
            raise AssertionError(what)
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Tell whether a process is there and no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] not in {"Z", "X"}


def group_of(pid: int) -> list[int]:
    """Return the processes of the group that a daemon leads, the leader itself gone or not."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                if os.getpgid(int(entry.name)) == pid and is_alive(int(entry.name)):
                    found.append(int(entry.name))
    return found


def end_by_pid_file(path: Path) -> None:
    """End a daemon that leads its own process group, and everything in the group."""
    with suppress(OSError, ValueError):
        pid = int(path.read_text(encoding="ascii").split()[0])
        end_group(pid)


def end_group(pid: int) -> None:
    """End a process group of ours: asked first, then killed."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(pid, number)
        with suppress(AssertionError):
            wait_for(lambda: not group_of(pid), f"{pid} lives on", seconds=3)
            return
