"""A node that its own agent looks after: nothing of it is read or changed from here.

Looks, steps and keys are asked of the agent as a whole (`ports/far.py`), so that no key and no other file of the node
travels.
"""

from __future__ import annotations

from typing import NoReturn

from warifu.adapters.hosts.out_of_reach import OutOfReachHost
from warifu.errors import CouldNotLookError, RefusedError


class AgentHost(OutOfReachHost):
    """A node that acts for itself."""

    def cannot_look(self, path: str) -> NoReturn:
        """Say that its agent looks there."""
        raise CouldNotLookError("hosts.agent-out-of-sight", host=self.name, path=path)

    def cannot_change(self) -> NoReturn:
        """Say that its agent changes it."""
        raise RefusedError("io.host-by-agent", host=self.name)
