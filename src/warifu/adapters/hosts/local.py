"""This machine.

A change holds a lock beside the fence file from the comparison to the last operation. Each
operation is atomic, durable and repeatable; its parts are small methods in the order in which
they happen, so that a test can stop the program between any two of them.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import grp
import os
import pwd
import shutil
import socket
import stat
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta

from warifu.adapters.hosts.fence import decide, encode, lock_path, releases
from warifu.adapters.hosts.operations import check_paths, stopped, temporary_name
from warifu.adapters.hosts.processes import read_processes
from warifu.adapters.hosts.programs import run_here
from warifu.domain.trust.address import Address
from warifu.errors import CouldNotLookError
from warifu.ports.hosts import (
    Act,
    Fence,
    FileSeen,
    Host,
    HostClock,
    MakeFolder,
    Operation,
    PointLink,
    ProcessSeen,
    Ran,
    Remove,
    WriteFile,
)

_ABSENT = {errno.ENOENT, errno.ENOTDIR}


class LocalHost(Host):
    """This machine, as the user who runs Warifu.

    Args:
        name: what errors call it.
        lock_wait: how long a change waits for another one on the same fence.
    """

    def __init__(self, name: str = "localhost", *, lock_wait: timedelta = timedelta(seconds=60)) -> None:
        self.name = name
        self._lock_wait = lock_wait

    # --- looking

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
        data = b""
        kind = "folder" if stat.S_ISDIR(seen.st_mode) else "other"
        if stat.S_ISREG(seen.st_mode):
            handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
            with os.fdopen(handle, "rb") as file:
                seen = os.fstat(handle)  # of what is read, not of what a swap put there since
                kind, data = "file", file.read()
        return FileSeen(
            path,
            kind,
            data,
            stat.S_IMODE(seen.st_mode),
            user_name(seen.st_uid),
            group_name(seen.st_gid),
            link,
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
        try:
            return socket.create_connection((address.host, address.port), timeout.total_seconds())
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

    # --- changing

    def change(self, operations: Sequence[Operation], fence: Fence) -> tuple[Ran, ...]:
        """Carry out operations under the fence; see the port."""
        check_paths(self.name, operations)
        answers: list[Ran] = []
        with self._fenced(fence):
            for number, operation in enumerate(operations, 1):
                ran = self._try(operation, number, len(operations))
                if ran is not None:
                    answers.append(ran)
                    if ran.code != 0:
                        break
        return tuple(answers)

    def release(self, fence: Fence) -> None:
        """Give this machine free for other journals; see the port."""
        with self._locked(fence):
            if releases(self._fence_text(fence), fence):
                self._write_fence(fence, released=True)

    def _try(self, operation: Operation, number: int, total: int) -> Ran | None:
        try:
            return self._do(operation)
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else str(error)
            raise stopped(self.name, operation, number, total, reason) from error
        except CouldNotLookError as error:
            reason = str(error.values.get("reason", error))
            raise stopped(self.name, operation, number, total, reason) from error
        except LookupError as error:
            raise stopped(self.name, operation, number, total, str(error.args[0])) from error

    def _do(self, operation: Operation) -> Ran | None:
        """Carry out one operation, wholly or not at all."""
        match operation:
            case MakeFolder():
                self._make_folder(operation)
            case WriteFile():
                self._write_file(operation)
            case PointLink():
                self._point_link(operation)
            case Remove():
                self._remove(operation.path)
            case Act():
                return run_here(operation.argv, operation.stdin, operation.timeout, self.name)
        return None

    def _make_folder(self, wanted: MakeFolder) -> None:
        missing = []
        path = os.path.abspath(wanted.path)
        while not os.path.lexists(path):
            missing.append(path)
            path = os.path.dirname(path)
        for folder in reversed(missing):
            os.mkdir(folder, 0o700)
            set_owner_and_mode(folder, wanted.owner, wanted.mode)
            self._sync_folder(os.path.dirname(folder))
        if not missing:
            if not os.path.isdir(wanted.path):
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), wanted.path)
            set_owner_and_mode(wanted.path, wanted.owner, wanted.mode)

    def _write_file(self, wanted: WriteFile) -> None:
        folder = os.path.dirname(wanted.path)
        if not holds_already(wanted):
            temporary = temporary_name(wanted.path)
            self._remove_leftover(temporary)
            try:
                self._write_temporary(temporary, wanted)
                self._move_into_place(temporary, wanted.path)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(temporary)
                raise
        self._sync_folder(folder)

    def _point_link(self, wanted: PointLink) -> None:
        if not (os.path.islink(wanted.path) and os.readlink(wanted.path) == wanted.leads_to):
            temporary = temporary_name(wanted.path)
            self._remove_leftover(temporary)
            try:
                os.symlink(wanted.leads_to, temporary)
                self._move_into_place(temporary, wanted.path)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(temporary)
                raise
        self._sync_folder(os.path.dirname(wanted.path))

    def _remove(self, path: str) -> None:
        try:
            kind = os.lstat(path).st_mode
        except OSError as error:
            if error.errno in _ABSENT:
                return
            raise
        if stat.S_ISDIR(kind):
            shutil.rmtree(path)
        else:
            os.unlink(path)
        self._sync_folder(os.path.dirname(path))

    def _remove_leftover(self, temporary: str) -> None:
        """Clear what a killed run left; the name is ours alone, and the fence keeps others out."""
        self._remove(temporary)

    def _write_temporary(self, temporary: str, wanted: WriteFile) -> None:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            set_owner_and_mode(handle, wanted.owner, wanted.mode)
            left = memoryview(wanted.data)
            while left:
                left = left[os.write(handle, left) :]
            os.fsync(handle)
        finally:
            os.close(handle)

    def _move_into_place(self, temporary: str, path: str) -> None:
        os.rename(temporary, path)

    def _sync_folder(self, folder: str) -> None:
        handle = os.open(folder or ".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    # --- the fence

    @contextlib.contextmanager
    def _fenced(self, fence: Fence) -> Iterator[None]:
        with self._locked(fence):
            if decide(self._fence_text(fence), fence, host=self.name):
                self._write_fence(fence, released=False)
            yield

    @contextlib.contextmanager
    def _locked(self, fence: Fence) -> Iterator[None]:
        try:
            os.makedirs(os.path.dirname(fence.path), 0o700, exist_ok=True)
            handle = os.open(lock_path(fence), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise self._fence_error(fence, os.strerror(error.errno or 0)) from error
        try:
            self._wait_for_lock(handle, fence)
            yield
        finally:
            os.close(handle)  # and with it goes the lock

    def _wait_for_lock(self, handle: int, fence: Fence) -> None:
        until = time.monotonic() + self._lock_wait.total_seconds()
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise self._fence_error(fence, "another change holds the lock") from None
                time.sleep(0.02)
            else:
                return

    def _fence_text(self, fence: Fence) -> str:
        seen = self.read(fence.path)
        return seen.data.decode("utf-8", "replace") if seen.kind == "file" else ""

    def _write_fence(self, fence: Fence, *, released: bool) -> None:
        try:
            self._write_file(WriteFile(fence.path, encode(fence, released=released), 0o600))
        except OSError as error:
            raise self._fence_error(fence, os.strerror(error.errno or 0)) from error

    def _fence_error(self, fence: Fence, reason: str) -> CouldNotLookError:
        return CouldNotLookError(
            "io.host-cannot-change",
            host=self.name,
            number=0,
            total=0,
            operation="Fence",
            path=fence.path,
            reason=reason,
        )


def holds_already(wanted: WriteFile) -> bool:
    """Tell whether a file is already as it should be: a plain file, its bytes, mode and owner."""
    try:
        seen = os.lstat(wanted.path)
        if not stat.S_ISREG(seen.st_mode) or stat.S_IMODE(seen.st_mode) != wanted.mode:
            return False
        user, group = ids_of(wanted.owner)
        if user not in (-1, seen.st_uid) or group not in (-1, seen.st_gid):
            return False
        with open(wanted.path, "rb") as file:
            return file.read() == wanted.data
    except OSError:
        return False


def set_owner_and_mode(what: str | int, owner: str, mode: int) -> None:
    """Give a file or folder its owner, then its mode (a change of owner may clear bits of it)."""
    seen = os.stat(what)
    user, group = ids_of(owner)
    if user not in (-1, seen.st_uid) or group not in (-1, seen.st_gid):
        os.chown(what, user, group)
    if stat.S_IMODE(os.stat(what).st_mode) != mode:
        os.chmod(what, mode)


def ids_of(owner: str) -> tuple[int, int]:
    """Return the ids of `user:group`, `user` or nothing; -1 leaves one as it is.

    Raises:
        LookupError: no such user or group here.
    """
    user, _, group = owner.partition(":")
    user_id = -1 if not user else int(user) if user.isdigit() else pwd.getpwnam(user).pw_uid
    group_id = -1 if not group else int(group) if group.isdigit() else grp.getgrnam(group).gr_gid
    return user_id, group_id


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
