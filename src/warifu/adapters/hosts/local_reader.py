"""This machine, as far as it is looked at; `local` changes it."""

from __future__ import annotations

import errno
import grp
import os
import pwd
import socket
import stat
import time
from collections.abc import Sequence
from datetime import timedelta

from warifu.adapters.files.bounded import read_at_most
from warifu.adapters.hosts.processes import read_processes
from warifu.adapters.hosts.programs import run_here
from warifu.domain.trust.address import Address
from warifu.errors import CouldNotLookError
from warifu.ports.hosts import MOST_READ, FileSeen, HostClock, HostReader, ProcessSeen, Ran

_ABSENT = {errno.ENOENT, errno.ENOTDIR}


class LocalReader(HostReader):
    """This machine, as the user who runs Warifu sees it.

    Args:
        name: what errors call it.
    """

    def __init__(self, name: str = "localhost") -> None:
        self.name = name

    def read(self, path: str) -> FileSeen:
        """Look at a path; see the port."""
        try:
            return self._read(path)
        except OSError as error:
            if error.errno in _ABSENT:
                return FileSeen(path, "absent")
            raise CouldNotLookError(
                "io.host-cannot-read", host=self.name, path=path, reason=os.strerror(error.errno or 0)
            ) from error

    def _read(self, path: str) -> FileSeen:
        link = os.readlink(path) if stat.S_ISLNK(os.lstat(path).st_mode) else ""
        try:
            seen = os.stat(path)
        except FileNotFoundError:
            return FileSeen(path, "absent", link=link)
        data, size = b"", 0
        kind = "folder" if stat.S_ISDIR(seen.st_mode) else "other"
        if stat.S_ISREG(seen.st_mode):
            handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
            with os.fdopen(handle, "rb") as file:
                seen = os.fstat(handle)  # of what is read, not of what a swap put there since
                kind, data = "file", read_at_most(file, MOST_READ)
                size = seen.st_size if seen.st_size > len(data) else 0
        return FileSeen(
            path,
            kind,
            data,
            stat.S_IMODE(seen.st_mode),
            user_name(seen.st_uid),
            group_name(seen.st_gid),
            link,
            f"{seen.st_dev}:{seen.st_ino}",
            size,
        )

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the full paths of a folder's entries; see the port."""
        try:
            return tuple(sorted(os.path.join(folder, name) for name in os.listdir(folder)))
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise CouldNotLookError(
                "io.host-cannot-read", host=self.name, path=folder, reason=os.strerror(error.errno or 0)
            ) from error

    def run(
        self, argv: Sequence[str], *, stdin: bytes = b"", timeout: timedelta = timedelta(seconds=30)
    ) -> Ran:
        """Run a command that changes nothing; see the port."""
        return run_here(tuple(argv), stdin, timeout, self.name)

    def dial(self, address: Address, *, timeout: timedelta) -> socket.socket:
        """Open a TCP stream from this machine; see the port."""
        from warifu.adapters.clock.dialled import dial  # noqa: PLC0415 - it loads ssl, which files need not

        try:
            return dial(address.host, address.port, until=time.monotonic() + timeout.total_seconds())
        except OSError as error:
            reason = error.strerror or str(error) or type(error).__name__
            raise CouldNotLookError(
                "io.host-cannot-dial", host=self.name, address=address, reason=reason
            ) from error

    def look(self) -> tuple[HostClock, tuple[ProcessSeen, ...]]:
        """Return this machine's clocks and processes; see the port."""
        try:
            with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
                boot_id = file.read().strip()
            processes = read_processes(user_name)
        except OSError as error:
            raise CouldNotLookError(
                "io.host-cannot-read",
                host=self.name,
                path=error.filename or "/proc",
                reason=os.strerror(error.errno or 0),
            ) from error
        # The clock is read last: no process in the list is younger than it says.
        return HostClock(time.time(), boot_id, time.clock_gettime(time.CLOCK_BOOTTIME)), processes


def user_name(number: int) -> str:
    """Return a user's name, or the number where it has none."""
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def group_name(number: int) -> str:
    """Return a group's name, or the number where it has none."""
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)
