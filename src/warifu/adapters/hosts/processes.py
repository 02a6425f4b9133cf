"""The processes of a Linux machine as /proc shows them.

Spec: proc(5): /proc/PID/stat fields 3 (state), 4 (ppid) and 22 (starttime, clock ticks since boot,
suspend included: the clock that CLOCK_BOOTTIME reads).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache

from warifu.ports.hosts import ProcessSeen

_GONE = {"Z", "X", "x"}  # ended already: they hold nothing any more


def parse_stat(text: str, ticks: int) -> tuple[str, int, float] | None:
    """Return (name, parent, seconds of the boot clock at its start), or None for a dead process.

    The name may hold spaces and parentheses: it ends at the last `)`.
    """
    opened, closed = text.find("("), text.rfind(")")
    fields = text[closed + 1 :].split()
    if opened < 0 or closed < opened or len(fields) < 20 or fields[0] in _GONE:
        return None
    return text[opened + 1 : closed], int(fields[1]), int(fields[19]) / ticks


def read_processes(user_name: Callable[[int], str], proc: str = "/proc") -> tuple[ProcessSeen, ...]:
    """Return every living process, by number; one that ends meanwhile is left out."""
    ticks = os.sysconf("SC_CLK_TCK")
    user_name = cache(user_name)  # few users, many processes
    found = []
    for pid in sorted(int(name) for name in os.listdir(proc) if name.isdigit()):
        seen = _read_process(pid, f"{proc}/{pid}", ticks, user_name)
        if seen is not None:
            found.append(seen)
    return tuple(found)


def _read_process(pid: int, folder: str, ticks: int, user_name: Callable[[int], str]) -> ProcessSeen | None:
    try:
        with open(f"{folder}/stat", encoding="utf-8", errors="replace") as file:
            parsed = parse_stat(file.read(), ticks)
        with open(f"{folder}/cmdline", "rb") as file:
            command = file.read()
        owner = user_name(os.stat(folder).st_uid)
    except (FileNotFoundError, ProcessLookupError):
        return None
    if parsed is None:
        return None
    name, parent, started = parsed
    return ProcessSeen(pid, parent, started, name, split_arguments(command), owner, _executable(folder))


def split_arguments(command: bytes) -> tuple[str, ...]:
    """Return the arguments of /proc/PID/cmdline; empty for a kernel thread."""
    text = command.decode("utf-8", "surrogateescape")
    return tuple(text.removesuffix("\0").split("\0")) if text else ()


def _executable(folder: str) -> str:
    try:
        return os.readlink(f"{folder}/exe").removesuffix(" (deleted)")
    except OSError:  # another user's, or a kernel thread
        return ""
