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
import stat
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta

from warifu.adapters.hosts.exchange import exchange, is_plain_folder
from warifu.adapters.hosts.fence import decide, encode, lock_path, releases
from warifu.adapters.hosts.local_reader import LocalReader
from warifu.adapters.hosts.operations import check_paths, stopped, temporary_name
from warifu.adapters.hosts.programs import run_here
from warifu.errors import CouldNotLookError
from warifu.ports.changes import (
    Act,
    Fence,
    Host,
    MakeFolder,
    Operation,
    PointLink,
    Remove,
    WriteFile,
)
from warifu.ports.hosts import (
    Ran,
)

_ABSENT = {errno.ENOENT, errno.ENOTDIR}


class LocalHost(LocalReader, Host):
    """This machine, as the user who runs Warifu.

    Args:
        name: what errors call it.
        lock_wait: how long a change waits for another one on the same fence.
    """

    def __init__(self, name: str = "localhost", *, lock_wait: timedelta = timedelta(seconds=60)) -> None:
        super().__init__(name)
        self._lock_wait = lock_wait

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
        temporary = temporary_name(wanted.path)
        if wanted.in_place_of_folder:  # a folder may lie there that gave way already
            self._remove_leftover(temporary)
        if not (os.path.islink(wanted.path) and os.readlink(wanted.path) == wanted.leads_to):
            self._remove_leftover(temporary)
            try:
                os.symlink(wanted.leads_to, temporary)
                if wanted.in_place_of_folder and is_plain_folder(wanted.path):
                    exchange(temporary, wanted.path)
                    self._remove(temporary)
                else:
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
