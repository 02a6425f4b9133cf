"""A node that people reach: any appliance, any Windows service.

Nothing on it can be read or changed from here. Its addresses can be dialled, if the network lets
us, so that a handshake shows what people did. A relative path of such a node is a listing that
its owner gave, kept beside the estate file: that can be read.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from datetime import timedelta
from typing import NoReturn

from warifu.adapters.hosts.local import LocalHost
from warifu.domain.trust.address import Address
from warifu.errors import CouldNotLookError, RefusedError
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


class ByHandHost(Host):
    """A node whose steps people carry out.

    Args:
        records: the folder that relative paths start from; empty means that there are no listings.
    """

    def __init__(self, name: str, records: str = "") -> None:
        self.name = name
        self._here = LocalHost(name)
        self._records = records

    def read(self, path: str) -> FileSeen:
        """Return a listing kept here; everything else is out of reach; see the port."""
        if not self._records or path.startswith("/"):
            self._cannot_look(path)
        return self._here.read(f"{self._records}/{path}")

    def names(self, folder: str) -> tuple[str, ...]:
        """Refuse: the folder is out of reach; see the port."""
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
        """Refuse: people change it; see the port."""
        del operations, fence
        raise RefusedError("io.host-by-hand", host=self.name)

    def release(self, fence: Fence) -> None:
        """Do nothing: a node by hand has no fence."""

    def _cannot_look(self, path: str) -> NoReturn:
        raise CouldNotLookError("hosts.by-hand-out-of-sight", host=self.name, path=path)
