"""Another machine, by the user's own OpenSSH client.

Its configuration, known hosts, agent and jump hosts count; Warifu keeps no login. The node needs sh,
coreutils, grep, sed and flock; each look and each change is one script, carried out by a shell that
stays open (`session`) over one login (`connection`).
"""

from __future__ import annotations

import os
import socket
import weakref
from collections.abc import Sequence
from datetime import timedelta

from warifu.adapters.hosts import script
from warifu.adapters.hosts.answers import (
    Frame,
    Frames,
    parse_file,
    parse_look,
    reason_of,
)
from warifu.adapters.hosts.connection import Connection
from warifu.adapters.hosts.fence import decide
from warifu.adapters.hosts.operations import check_paths, stopped
from warifu.adapters.hosts.programs import cannot_run
from warifu.adapters.hosts.stream import SshStream
from warifu.domain.estate import Ssh
from warifu.domain.trust.address import Address
from warifu.errors import CouldNotLookError, RefusedError
from warifu.ports.changes import (
    Act,
    Fence,
    Host,
    Operation,
)
from warifu.ports.hosts import (
    FileSeen,
    HostClock,
    ProcessSeen,
    Ran,
)

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
        self._lock_wait = lock_wait
        self._connection = Connection(name, reach)
        weakref.finalize(self, self._connection.close)  # runs at exit, too

    def close(self) -> None:
        """End the shared connection; the next use makes a new one."""
        self._connection.close()

    # --- looking

    def read(self, path: str) -> FileSeen:
        """Look at a path; see the port."""
        (seen,) = self.read_all((path,))
        if isinstance(seen, CouldNotLookError):
            raise seen
        return seen

    def read_all(self, paths: Sequence[str]) -> tuple[FileSeen | CouldNotLookError, ...]:
        """Look at paths in one trip; see the port."""
        if not paths:
            return ()
        answer = self._ask(script.read_script(paths))
        frames = answer.of("FILE", "SEEN", "ABSENT", "FAULT")
        return tuple(
            parse_file(path, frame, self._cannot_read(path))
            for path, frame in zip(paths, frames, strict=True)
        )

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
        stream = self._connection.dial(address, timeout)
        return SshStream(stream, lambda: self._connection.why_not(address))

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
        frames = self._ask(text, contents, patience, careful=True)
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
        frames = self._ask(text, contents, self._lock_wait + _SLACK, careful=True)
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

    def _ask(
        self, text: bytes, given: bytes = b"", patience: timedelta = _SLACK * 2, *, careful: bool = False
    ) -> Frames:
        """Run a script on the node and return its frames, whole."""
        return self._connection.ask(text, given, patience, careful=careful)


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
