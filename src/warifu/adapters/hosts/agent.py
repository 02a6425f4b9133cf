"""A node that its own agent looks after: nothing of it is read or changed from here.

Looks, steps and keys are asked of the agent as a whole (`ports/far.py`), so that no key and no other file of the node
travels. What can be dialled from here is dialled from here.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from datetime import timedelta
from typing import NoReturn

from warifu.adapters.hosts.local import LocalHost
from warifu.domain.trust.address import Address
from warifu.errors import CouldNotLookError, RefusedError
from warifu.ports.changes import Fence, Host, Operation
from warifu.ports.hosts import FileSeen, HostClock, ProcessSeen, Ran


class AgentHost(Host):
    """A node that acts for itself."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._here = LocalHost(name)

    def read(self, path: str) -> FileSeen:
        """Refuse: only its agent reads it; see the port."""
        self._cannot_look(path)

    def names(self, folder: str) -> tuple[str, ...]:
        """Refuse: only its agent reads it; see the port."""
        self._cannot_look(folder)

    def run(
        self, argv: Sequence[str], *, stdin: bytes = b"", timeout: timedelta = timedelta(seconds=30)
    ) -> Ran:
        """Refuse: nothing runs there for us; see the port."""
        del stdin, timeout
        self._cannot_look(argv[0] if argv else "")

    def dial(self, address: Address, *, timeout: timedelta) -> socket.socket:
        """Open a TCP stream from this machine; see the port."""
        return self._here.dial(address, timeout=timeout)

    def look(self) -> tuple[HostClock, tuple[ProcessSeen, ...]]:
        """Refuse: its processes are out of sight; see the port."""
        self._cannot_look("/proc")

    def change(self, operations: Sequence[Operation], fence: Fence) -> tuple[Ran, ...]:
        """Refuse: its agent changes it; see the port."""
        del operations, fence
        raise RefusedError("io.host-by-agent", host=self.name)

    def release(self, fence: Fence) -> None:
        """Do nothing: its fence is the agent's."""

    def _cannot_look(self, path: str) -> NoReturn:
        raise CouldNotLookError("hosts.agent-out-of-sight", host=self.name, path=path)
