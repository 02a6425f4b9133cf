"""A way to look at files of a test, whatever the host calls them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from warifu.ports.changes import Host
from warifu.ports.hosts import FileSeen


@dataclass(frozen=True)
class Sight:
    """A host that files can be read through, and how it names a path of the test's folder."""

    host: Host
    name: Callable[[Path], str]

    def read(self, path: Path) -> FileSeen:
        return self.host.read(self.name(path))
