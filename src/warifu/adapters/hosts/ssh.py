"""Another machine, by the user's own OpenSSH client.

Its configuration, known hosts, agent and jump hosts count; Warifu keeps no login. One connection
is shared by everything done within a minute (ControlMaster in a private folder). The node needs
sh, coreutils, grep, sed and flock; each look and each change is one remote command.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import socket
import subprocess
import tempfile
import weakref
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from warifu.adapters.hosts import script
from warifu.adapters.hosts.answers import (
    Frame,
    Frames,
    connection_fault,
    parse_file,
    parse_look,
    reason_of,
    sudo_fault,
)
from warifu.adapters.hosts.fence import decide
from warifu.adapters.hosts.operations import check_paths, stopped
from warifu.adapters.hosts.programs import cannot_run, run_here
from warifu.domain.estate import Address, Ssh
from warifu.errors import CouldNotLookError, RefusedError
from warifu.ports.hosts import Act, Fence, FileSeen, Host, HostClock, Operation, ProcessSeen, Ran

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_CONNECT = 10  # seconds for TCP and login
_SLACK = timedelta(seconds=20)  # for login and transfer, beyond what the remote command itself may take
_TIMED_OUT = {124, 137}  # of timeout(1)
_CANNOT_START = b"timeout: failed to run command"
_PATH_ROOM = 40  # characters: a socket's path may have 107, of which the name takes 60


class SshHost(Host):
    """A node that `ssh` reaches.

    Args:
        name: what errors call it.
        reach: destination, options, and whether commands run through `sudo -n`.
        lock_wait: how long a change waits for another one on the same fence.
    """

    def __init__(self, name: str, reach: Ssh, *, lock_wait: timedelta = timedelta(seconds=60)) -> None:
        self.name = name
        self._reach = reach
        self._lock_wait = lock_wait
        self._folder = ""
        self._end = contextlib.ExitStack()
        weakref.finalize(self, self._end.close)  # runs at exit, too

    def close(self) -> None:
        """End the shared connection; the next use makes a new one."""
        self._end.close()
        self._folder = ""

    # --- looking

    def read(self, path: str) -> FileSeen:
        """Look at a path; see the port."""
        frames = self._ask(script.read_script(path))
        return parse_file(path, frames, self._cannot_read(path))

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the full paths of a folder's entries; see the port."""
        frames = self._ask(script.names_script(folder.rstrip("/") or "/"))
        for fault in frames.of("FAULT"):
            raise self._cannot_read(folder)(reason_of(fault.data))
        (frame,) = frames.of("NAMES")
        names = frame.data.decode("utf-8", "surrogateescape").split("\0")[:-1]
        return tuple(sorted(os.path.normpath(name) for name in names))

    def run(
        self, argv: Sequence[str], *, stdin: bytes = b"", timeout: timedelta = timedelta(seconds=30)
    ) -> Ran:
        """Run a command that changes nothing; see the port."""
        seconds = timeout.total_seconds()
        frames = self._ask(script.run_script(argv, len(stdin), seconds), stdin, timeout + _SLACK)
        ran, reason = _judge(tuple(argv), frames.of("RAN")[0], seconds)
        if reason:
            raise cannot_run(self.name, argv, reason)
        return ran

    def dial(self, address: Address, *, timeout: timedelta) -> socket.socket:
        """Open a TCP stream from the node; see the port.

        SSH tells a refused connection only by ending the stream: the first `recv` raises it.
        """
        self._open_connection(timeout)
        ours, theirs = socket.socketpair()
        argv = [*self._command(), "-W", str(address), "--", self._reach.destination]
        errors = os.memfd_create("warifu", os.MFD_CLOEXEC)
        try:
            process = subprocess.Popen(
                argv, stdin=theirs.fileno(), stdout=theirs.fileno(), stderr=errors, start_new_session=True
            )
        except OSError as error:
            ours.close()
            os.close(errors)
            raise CouldNotLookError("hosts.ssh-missing", host=self.name) from error
        finally:
            theirs.close()
        alone = ("ssh", "-o", "ControlPath=none", "-o", "LogLevel=INFO", *argv[1:])
        stream = _SshStream(ours, process, errors, lambda: run_here(alone, b"", timeout, self.name).err)
        stream.settimeout(timeout.total_seconds())
        return stream

    def look(self) -> tuple[HostClock, tuple[ProcessSeen, ...]]:
        """Return the node's clocks and processes; see the port."""
        frames = self._ask(script.look_script())
        try:
            return parse_look(tuple(frame.data for frame in frames.of("LOOK")))
        except (ValueError, IndexError) as error:
            raise self._cannot_read("/proc")("not a Linux /proc") from error

    # --- changing

    def change(self, operations: Sequence[Operation], fence: Fence) -> tuple[Ran, ...]:
        """Carry out operations under the fence; see the port."""
        check_paths(self.name, operations)
        acts = [operation for operation in operations if isinstance(operation, Act)]
        patience = self._lock_wait + sum((act.timeout for act in acts), timedelta()) + 3 * _SLACK
        text, contents = script.change_script(operations, fence, self._lock_wait.total_seconds())
        frames = self._ask(text, contents, patience)
        self._refuse_if_fenced(frames, fence)
        answers = []
        for act, answer in zip(acts, frames.of("RAN"), strict=False):
            ran, reason = _judge(act.argv, answer, act.timeout.total_seconds())
            if reason:
                number = next(n for n, operation in enumerate(operations, 1) if operation is act)
                raise stopped(self.name, act, number, len(operations), reason)
            answers.append(ran)
        self._raise_if_stopped(frames, operations, fence)
        return tuple(answers)

    def release(self, fence: Fence) -> None:
        """Give the node free for other journals; see the port."""
        text, contents = script.release_script(fence, self._lock_wait.total_seconds())
        frames = self._ask(text, contents, self._lock_wait + _SLACK)
        self._raise_if_stopped(frames, (), fence)

    def _refuse_if_fenced(self, frames: Frames, fence: Fence) -> None:
        for frame in frames.of("FENCED"):
            decide(frame.data.decode("utf-8", "replace"), fence, host=self.name)
            raise RefusedError("io.host-fence-unreadable", host=self.name, path=fence.path)

    def _raise_if_stopped(self, frames: Frames, operations: Sequence[Operation], fence: Fence) -> None:
        for frame in frames.of("STOP"):
            number = frame.number(1)
            reason = reason_of(frame.data)
            if number > 0:
                raise stopped(self.name, operations[number - 1], number, len(operations), reason)
            raise CouldNotLookError(
                "io.host-cannot-change",
                host=self.name,
                number=0,
                total=len(operations),
                operation="Fence",
                path=fence.path,
                reason=reason,
            )

    def _cannot_read(self, path: str) -> _Fault:
        return _Fault(self.name, path)

    # --- the connection

    def _ask(self, text: bytes, contents: bytes = b"", patience: timedelta = _SLACK * 2) -> Frames:
        """Run a script on the node and return its frames, whole."""
        shell = f"/bin/sh -c 'eval \"$(head -c {len(text)})\"'"
        remote = f"exec sudo -n {shell}" if self._reach.sudo else f"exec {shell}"
        argv = (*self._command(), "--", self._reach.destination, remote)
        try:
            ran = run_here(argv, text + contents, patience, self.name)
            if _never_began(ran):  # the shared connection gave out, or is full: one of its own
                alone = ("ssh", "-o", "ControlPath=none", *argv[1:])
                ran = run_here(alone, text + contents, patience, self.name)
        except CouldNotLookError as error:
            if shutil.which("ssh") is None:
                raise CouldNotLookError("hosts.ssh-missing", host=self.name) from error
            reason = str(error.values.get("reason", ""))
            raise CouldNotLookError(
                "hosts.ssh-broke-off", host=self.name, destination=self._reach.destination, reason=reason
            ) from error
        return self._check(ran)

    def _check(self, ran: Ran) -> Frames:
        destination = self._reach.destination
        frames = Frames.parse(ran.out)
        if not frames.begun:
            if ran.code != 255 and self._reach.sudo:
                raise sudo_fault(self.name, destination, ran)
            raise connection_fault(self.name, destination, ran)
        for frame in frames.of("MISSING"):
            command = frame.data.decode("utf-8", "replace")
            raise CouldNotLookError("hosts.ssh-command-missing", host=self.name, command=command)
        if not frames.whole:
            reason = ran.err.decode("utf-8", "replace").strip() or f"exit code {ran.code}"
            raise CouldNotLookError(
                "hosts.ssh-broke-off", host=self.name, destination=destination, reason=reason
            )
        return frames

    def _open_connection(self, timeout: timedelta) -> None:
        """Log in, so that a fault of the login is not mistaken for one of what is dialled through it."""
        argv = (*self._command(), "-O", "check", "--", self._reach.destination)
        with contextlib.suppress(CouldNotLookError):
            if run_here(argv, b"", timeout, self.name).code == 0:
                return
        self._ask(script.run_script(("true",), 0, 5))

    def _command(self) -> list[str]:
        if not self._folder:
            self._folder = self._make_folder()
        ours = {
            "BatchMode": "yes",
            "LogLevel": "ERROR",
            "ConnectTimeout": str(_CONNECT),
            "ServerAliveInterval": "15",
            "ServerAliveCountMax": "4",
            "ControlMaster": "auto",
            "ControlPath": f"{self._folder}/%C",
            "ControlPersist": "60",
            "ClearAllForwardings": "yes",
            "RemoteCommand": "none",
            "RequestTTY": "no",
            "PermitLocalCommand": "no",
        }
        switches = [part for key, value in ours.items() for part in ("-o", f"{key}={value}")]
        return ["ssh", "-x", "-a", *switches, *self._reach.options]

    def _make_folder(self) -> str:
        for base in (os.environ.get("XDG_RUNTIME_DIR", ""), tempfile.gettempdir(), "/tmp"):  # noqa: S108
            if base and len(base) <= _PATH_ROOM and os.access(base, os.W_OK):
                folder = tempfile.mkdtemp(prefix="warifu-", dir=base)
                self._end.callback(_end_sharing, folder, self._reach)
                return folder
        raise CouldNotLookError("hosts.ssh-no-folder", host=self.name)


class _Fault:
    """Makes the error for a path that cannot be looked at."""

    def __init__(self, host: str, path: str) -> None:
        self._host = host
        self._path = path

    def __call__(self, reason: str) -> CouldNotLookError:
        return CouldNotLookError("io.host-cannot-read", host=self._host, path=self._path, reason=reason)


def _judge(argv: tuple[str, ...], answer: Frame, seconds: float) -> tuple[Ran, str]:
    """Return what a command answered, and why it is no answer: it did not start, or not end in time."""
    code, took, size = answer.number(1), answer.number(2), answer.number(3)
    out, err = answer.data[:size], answer.data[size:]
    reason = ""
    if code in _TIMED_OUT and took >= int(seconds):
        reason = f"no end after {seconds:g} s"
    elif code in {126, 127} and err.startswith(_CANNOT_START):
        reason = reason_of(err)
    return Ran(argv, code, out, err), reason


def _end_sharing(folder: str, reach: Ssh) -> None:
    for name in os.listdir(folder):
        argv = (
            "ssh",
            "-o",
            f"ControlPath={folder}/{name}",
            "-O",
            "exit",
            *reach.options,
            "--",
            reach.destination,
        )
        with contextlib.suppress(CouldNotLookError):
            run_here(argv, b"", timedelta(seconds=5), reach.destination)
    shutil.rmtree(folder, ignore_errors=True)


def _never_began(ran: Ran) -> bool:
    """Tell whether ssh itself ended without a word: nothing was done on the node, so it may be done again."""
    return ran.code == 255 and not ran.err.strip() and not Frames.parse(ran.out).begun


class _SshStream(socket.socket):
    """One end of a pair whose other end an `ssh -W` carries on; it says why it ended."""

    def __init__(
        self,
        ours: socket.socket,
        process: subprocess.Popen[bytes],
        errors: int,
        ask_again: Callable[[], bytes],
    ) -> None:
        super().__init__(ours.family, ours.type, ours.proto, fileno=ours.detach())
        self._process = process
        self._errors = errors
        self._ask_again = ask_again
        self._received = False

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        """Receive; where the node could not connect, raise what it was told.

        Raises:
            OSError: the node's reason.
        """
        try:
            data = super().recv(bufsize, flags)
        except ConnectionResetError:
            self._raise_reason()
            raise
        if not data:
            self._raise_reason()
        self._received = True
        return data

    def send(self, data: ReadableBuffer, flags: int = 0, /) -> int:
        """Send; raises like `recv`."""
        try:
            return super().send(data, flags)
        except (BrokenPipeError, ConnectionResetError):
            self._raise_reason()
            raise

    def _raise_reason(self) -> None:
        if self._received:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(2)
        said = os.pread(self._errors, 4096, 0)
        if b"refused by peer" in said:  # a shared connection keeps the reason to itself
            with contextlib.suppress(CouldNotLookError):
                said += self._ask_again()
        if b"prohibited" in said:
            raise PermissionError(errno.EPERM, "forwarding prohibited by sshd")
        if b"connect failed" in said:
            reason = reason_of(said.partition(b"connect failed: ")[2].partition(b"\n")[0])
            if reason != "Connection refused":
                raise OSError(errno.EHOSTUNREACH, reason)
        if b"refused" in said:
            raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")

    def close(self) -> None:
        """Close the stream and end its ssh."""
        super().close()
        if self._errors >= 0:
            self._process.terminate()
            self._process.wait()
            os.close(self._errors)
            self._errors = -1
