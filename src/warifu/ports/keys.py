"""Private keys made and used for requests where they live."""

from __future__ import annotations

from typing import Protocol

from warifu.domain.estate import Template
from warifu.domain.x509 import Request
from warifu.ports.changes import (
    Fence,
    Host,
)


class KeyMaker(Protocol):
    """Makes a key on a node and a request from it. The key is never read back."""

    def make(self, host: Host, path: str, template: Template, fence: Fence) -> Request:
        """Make a key at `path` (mode 0600 from the first byte), unless it is there, and a request from it.

        Raises:
            CouldNotLookError: `io.host-cannot-change`.
        """
        ...
