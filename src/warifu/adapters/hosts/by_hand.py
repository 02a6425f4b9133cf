"""A node that people reach: any appliance, any Windows service.

Nothing on it can be read or changed from here. Its addresses can be dialled, if the network lets
us, so that a handshake shows what people did. A relative path of such a node is a listing that
its owner gave, kept beside the estate file: that can be read.
"""

from __future__ import annotations

from typing import NoReturn

from warifu.adapters.hosts.out_of_reach import OutOfReachHost
from warifu.errors import CouldNotLookError, RefusedError
from warifu.ports.hosts import FileSeen


class ByHandHost(OutOfReachHost):
    """A node whose steps people carry out.

    Args:
        records: the folder that relative paths start from; empty means that there are no listings.
    """

    def __init__(self, name: str, records: str = "") -> None:
        super().__init__(name)
        self._records = records

    def read(self, path: str) -> FileSeen:
        """Return a listing kept here; everything else is out of reach; see the port."""
        if not self._records or path.startswith("/"):
            self.cannot_look(path)
        return self.here.read(f"{self._records}/{path}")

    def cannot_look(self, path: str) -> NoReturn:
        """Say that people look there."""
        raise CouldNotLookError("hosts.by-hand-out-of-sight", host=self.name, path=path)

    def cannot_change(self) -> NoReturn:
        """Say that people change it."""
        raise RefusedError("io.host-by-hand", host=self.name)
