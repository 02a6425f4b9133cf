"""Who asks for an act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from warifu.domain.directory.roles import Role

SERVER: Final = "server"
"""The name under which the server acts by itself; no person can have it."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A person who signed in, with the roles they have now."""

    name: str
    roles: frozenset[Role] = frozenset()


def node_actor(node: str) -> str:
    """Return the name under which a node acts; no person's name has a blank in it."""
    return f"node {node}"
