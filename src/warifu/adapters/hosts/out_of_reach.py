"""A node of which nothing is read or changed from here; its addresses can be dialled, if the network lets us."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from datetime import timedelta
from typing import NoReturn

from warifu.adapters.hosts.local import LocalHost
from warifu.domain.trust.address import Address
from warifu.ports.changes import Fence, Host, Operation
from warifu.ports.hosts import FileSeen, HostClock, ProcessSeen, Ran


class OutOfReachHost(Host):
    """A node that others look after; who does says why it is out of reach."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.here = LocalHost(name)

    def cannot_look(self, path: str) -> NoReturn:
        """Say who could look at a path.

        Raises:
            CouldNotLookError: always.
        """
        raise NotImplementedError

    def cannot_change(self) -> NoReturn:
        """Say who could change it.

        Raises:
            RefusedError: always.
        """
        raise NotImplementedError

    def read(self, path: str) -> FileSeen:
        """Refuse; see the port."""
        self.cannot_look(path)

    def names(self, folder: str) -> tuple[str, ...]:
        """Refuse: the folder is out of reach; see the port."""
        self.cannot_look(folder)

    def run(
        self, argv: Sequence[str], *, stdin: bytes = b"", timeout: timedelta = timedelta(seconds=30)
    ) -> Ran:
        """Refuse: nothing runs there for us; see the port."""
        del stdin, timeout
        self.cannot_look(argv[0] if argv else "")

    def dial(self, address: Address, *, timeout: timedelta) -> socket.socket:
        """Open a TCP stream from this machine; see the port."""
        return self.here.dial(address, timeout=timeout)

    def look(self) -> tuple[HostClock, tuple[ProcessSeen, ...]]:
        """Refuse: its processes are out of sight; see the port."""
        self.cannot_look("/proc")

    def change(self, operations: Sequence[Operation], fence: Fence) -> tuple[Ran, ...]:
        """Refuse: others change it; see the port."""
        del operations, fence
        self.cannot_change()

    def release(self, fence: Fence) -> None:
        """Do nothing: we hold no fence there."""
