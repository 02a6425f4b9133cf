"""What the scripts answer, and what OpenSSH and sudo say when they never ran."""

from __future__ import annotations

import getpass
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

from warifu.adapters.hosts.processes import parse_stat
from warifu.errors import CouldNotLookError
from warifu.ports.hosts import (
    FileSeen,
    HostClock,
    ProcessSeen,
    Ran,
)

_FOLDER, _FILE, _KIND_BITS = 0o040000, 0o100000, 0o170000
_EXE = re.compile(r"'/proc/(\d+)/exe' -> '(.*)'")
_LAST = {"END", "STOP", "FENCED", "MISSING"}  # words after which a script says no more


@dataclass(frozen=True, slots=True)
class Frame:
    """One piece of an answer: the words of its line, and its bytes."""

    words: tuple[str, ...]
    data: bytes

    @property
    def word(self) -> str:
        """What kind of piece it is."""
        return self.words[0]

    def number(self, position: int) -> int:
        """Return one of its numbers."""
        return int(self.words[position])


@dataclass(frozen=True, slots=True)
class Frames:
    """An answer.

    Args:
        whole: it ran to an end of its own: nothing broke off.
    """

    frames: tuple[Frame, ...]
    whole: bool

    @classmethod
    def of_answer(cls, frames: Sequence[Frame]) -> Self:
        """Return the answer that these pieces are: whole where the script said its last word."""
        whole = bool(frames) and frames[-1].word in _LAST
        return cls(tuple(frame for frame in frames if frame.word != "END"), whole)

    def of(self, *words: str) -> tuple[Frame, ...]:
        """Return the pieces of these kinds, in order."""
        return tuple(frame for frame in self.frames if frame.word in words)


def size_of(words: tuple[str, ...]) -> int:
    """Return how many bytes follow a line.

    Raises:
        ValueError, IndexError: it is no line of a frame.
    """
    match words[0]:
        case "END":
            return 0
        case "RAN":  # code, seconds, size of output, size of errors
            return int(words[3]) + int(words[4])
        case "FILE":  # size of link, size of content, then what stat said
            return int(words[1]) + int(words[2])
        case "STOP":  # number of the operation, size of the reason
            return int(words[2])
        case _:
            return int(words[1])


_OF_DASH = {
    "Directory nonexistent": "No such file or directory",
    "No such file": "No such file or directory",
}


def reason_of(said: bytes) -> str:
    """Return the system's words out of what a program of the node said: what stands after the last colon."""
    text = said.decode("utf-8", "replace").strip().rsplit(": ", 1)[-1]
    return _OF_DASH.get(text, text)


def parse_file(
    path: str, frame: Frame, fault: Callable[[str], CouldNotLookError]
) -> FileSeen | CouldNotLookError:
    """Return what the reading script saw of one path, or what `fault` makes of the node's reason."""
    if frame.word == "FAULT":
        return fault(reason_of(frame.data))
    size = frame.number(1)
    link = frame.data[:size].decode("utf-8", "surrogateescape")
    if frame.word == "ABSENT":
        return FileSeen(path, "absent", link=link)
    mode, user_id, group_id, whole, user, group = frame.words[-6:]
    bits = int(mode, 16)
    kind = {_FOLDER: "folder", _FILE: "file"}.get(bits & _KIND_BITS, "other")
    data = frame.data[size:]
    return FileSeen(
        path,
        kind,
        data,
        bits & 0o7777,
        user_id if user == "UNKNOWN" else user,
        group_id if group == "UNKNOWN" else group,
        link,
        size=int(whole) if kind == "file" and int(whole) > len(data) else 0,
    )


def parse_look(sections: tuple[bytes, ...]) -> tuple[HostClock, tuple[ProcessSeen, ...]]:
    """Return clocks and processes out of the sections of the looking script.

    Raises:
        ValueError, IndexError: they are not what a Linux /proc gives.
    """
    stats, commands, owners, files, clock = sections
    ticks_text, boot_id, utc, uptime = clock.decode("ascii").split("\n")[:4]
    ticks = int(ticks_text)
    arguments: dict[int, list[str]] = {}
    for entry in commands.decode("utf-8", "surrogateescape").split("\0"):
        place, _, argument = entry.partition(":")
        number = place.removeprefix("/proc/").removesuffix("/cmdline")
        if number.isdigit():
            arguments.setdefault(int(number), []).append(argument)
    users = {}
    for line in owners.decode("utf-8", "replace").splitlines():
        place, user_id, user = line.split(" ", 2)
        users[int(place.removeprefix("/proc/"))] = user_id if user == "UNKNOWN" else user
    found = (_EXE.fullmatch(line) for line in files.decode("utf-8", "surrogateescape").splitlines())
    programs = {int(match[1]): match[2].removesuffix(" (deleted)") for match in found if match}
    processes = []
    for line in stats.decode("utf-8", "replace").splitlines():
        number, _, _ = line.partition(" ")
        parsed = parse_stat(line, ticks) if number.isdigit() else None
        if parsed is not None and int(number) in users:
            pid = int(number)
            name, parent, started = parsed
            words = tuple(arguments.get(pid, ()))
            processes.append(
                ProcessSeen(pid, parent, started, name, words, users[pid], programs.get(pid, ""))
            )
    processes.sort(key=lambda process: process.pid)
    return HostClock(float(utc), boot_id, float(uptime.split()[0])), tuple(processes)


def connection_fault(host: str, destination: str, ran: Ran) -> CouldNotLookError:
    """Return the error for a login that did not come about, told apart by what OpenSSH says."""
    said = ran.err.decode("utf-8", "replace").strip()
    reason = said.splitlines()[-1] if said else f"exit code {ran.code}"
    values = {"host": host, "destination": destination, "reason": reason}
    if "IDENTIFICATION HAS CHANGED" in said:
        return CouldNotLookError("hosts.ssh-host-key-changed", **values)
    if "Host key verification failed" in said or "host key is known for" in said:
        return CouldNotLookError("hosts.ssh-host-key-unknown", **values)
    if "Permission denied" in said or "Too many authentication failures" in said:
        return CouldNotLookError("hosts.ssh-not-let-in", **values)
    return CouldNotLookError("hosts.ssh-cannot-connect", **values)


def sudo_fault(host: str, destination: str, ran: Ran) -> CouldNotLookError:
    """Return the error for a node where sudo did not let us in, with the line that would."""
    said = ran.err.decode("utf-8", "replace").strip()
    user, at, _ = destination.rpartition("@")
    return CouldNotLookError(
        "hosts.ssh-sudo-refused",
        host=host,
        reason=said.splitlines()[-1] if said else f"exit code {ran.code}",
        line=f"{user if at else getpass.getuser()} ALL=(root) NOPASSWD: /bin/sh",
    )
