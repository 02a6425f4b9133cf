"""Daemons that a test starts: they end as whole process groups, also when their leader is gone."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from support.running import listens, wait_until


class Daemon(Protocol):
    """A server that goes to the background when it is started."""

    @property
    def pid(self) -> Path:
        """The file with its master's number."""

    @property
    def master(self) -> int: ...

    @property
    def start(self) -> tuple[str, ...]: ...

    @property
    def port(self) -> int: ...


@contextmanager
def run_daemon(server: Daemon) -> Iterator[None]:
    """Start it and wait until it listens; end it, whatever happened to its master."""
    groups: set[int] = set()
    try:
        subprocess.run(server.start, check=True, capture_output=True, timeout=20)
        wait_until(lambda: listens(server.port), f"{server.start[0]} to listen")
        groups.add(server.master)
        yield
    finally:
        end_daemons(server.pid, groups)


def is_alive(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] not in {"Z", "X"}


def members(group: int) -> list[int]:
    """The living processes of a group, its leader gone or not."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                if os.getpgid(int(entry.name)) == group and is_alive(int(entry.name)):
                    found.append(int(entry.name))
    return found


def end_daemons(pid_file: Path, groups: set[int]) -> None:
    """End every group that led by a daemon of this pid file, now or earlier (`groups`)."""
    with suppress(OSError, ValueError):
        groups = groups | {int(pid_file.read_text(encoding="ascii").split()[0])}
    for number in (signal.SIGTERM, signal.SIGKILL):
        for group in groups:
            with suppress(ProcessLookupError):
                os.killpg(group, number)
        deadline = time.monotonic() + 5
        while any(members(group) for group in groups):
            if time.monotonic() > deadline:
                break
            time.sleep(0.02)
        else:
            return
