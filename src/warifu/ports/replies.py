"""Answers to changes that were asked for under a key, so that asking again changes nothing twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it was sent.

    Args:
        status: its HTTP status.
        headers: those that belong to what it says, names in lower case.
        body: its body.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Replies(Protocol):
    """Keeps answers for a day, by who asked and under which key."""

    def begin(self, owner: str, key: str, digest: str, *, now: datetime) -> Reply | None:
        """Take up a change that is asked for; return its answer where it was answered before.

        Whoever began and neither kept nor dropped anything for five minutes is taken to be gone: it begins anew.

        Args:
            owner: who asks; keys of different owners never meet.
            digest: of the request, so that a key is not used for another one.

        Raises:
            RefusedError: `server.key-reused`: another request had this key; `server.key-running`: it is being
                answered at this moment.
        """
        ...

    def keep(self, owner: str, key: str, reply: Reply, *, now: datetime) -> None:
        """Keep the answer to what was begun."""
        ...

    def drop(self, owner: str, key: str) -> None:
        """Forget what was begun: nothing was changed, and it may be asked for again."""
        ...
