"""A host that stops before its n-th operation: killed, or refused by the machine.

host = StoppingHost(LocalHost(), after=3)
with pytest.raises(Killed): ...
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from datetime import timedelta

from warifu.domain.trust.address import Address
from warifu.errors import CouldNotLookError
from warifu.ports.changes import (
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


class Killed(BaseException):  # no error: nothing may catch it, as nothing catches SIGKILL
    """The program ends here."""


class StoppingHost(Host):
    """Another host, on which only the first `after` operations happen.

    Args:
        kill: the program ends there; else the machine refuses that one operation, and goes on with the next.
    """

    def __init__(self, inner: Host, *, after: int, kill: bool) -> None:
        self._inner = inner
        self._left = after
        self._kill = kill
        self.stopped = False

    def read(self, path: str) -> FileSeen:
        return self._inner.read(path)

    def names(self, folder: str) -> tuple[str, ...]:
        return self._inner.names(folder)

    def run(
        self, argv: Sequence[str], *, stdin: bytes = b"", timeout: timedelta = timedelta(seconds=30)
    ) -> Ran:
        return self._inner.run(argv, stdin=stdin, timeout=timeout)

    def dial(self, address: Address, *, timeout: timedelta) -> socket.socket:
        return self._inner.dial(address, timeout=timeout)

    def look(self) -> tuple[HostClock, tuple[ProcessSeen, ...]]:
        return self._inner.look()

    def change(self, operations: Sequence[Operation], fence: Fence) -> tuple[Ran, ...]:
        answers: list[Ran] = []
        for operation in operations:
            if self._left == 0 and not self.stopped:
                self.stopped = True
                if self._kill:
                    raise Killed
                raise CouldNotLookError("io.host-cannot-change", path="here", reason="injected")
            self._left -= 1
            answers += self._inner.change([operation], fence)
        return tuple(answers)

    def release(self, fence: Fence) -> None:
        self._inner.release(fence)
