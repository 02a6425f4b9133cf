"""Channels to people and to other systems.

A notifier carries single messages; a board shows how everything stands, again and again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from warifu.domain.watching import Entry, Notice
from warifu.domain.watching.message import Message


class Notifier(Protocol):
    """Carries messages to one kind of receiver."""

    @property
    def repeats(self) -> bool:
        """Its receivers recognise a message by its id: one that was cut in the middle may be sent again."""
        ...

    def send(self, message: Message, going: Callable[[], None]) -> None:
        """Hand a message over; return when the receiver said that it has it.

        Args:
            going: called once, when everything else is done, just before the bytes that cannot be taken back.

        Raises:
            CouldNotLookError: `watch.not-sent`: the receiver does not have it.
            PartlyDoneError: `watch.cut`: it ended after `going` and before an answer; nobody knows.
        """
        ...


@dataclass(frozen=True, slots=True)
class Standings:
    """How everything stands after a look.

    Args:
        entries: every certificate at every place.
        waiting: messages that are still to be sent.
        uncertain: messages of which nobody knows whether they arrived.
    """

    at: datetime
    notices: tuple[Notice, ...]
    entries: tuple[Entry, ...]
    waiting: int = 0
    uncertain: int = 0


class Board(Protocol):
    """Shows how everything stands; showing it twice changes nothing."""

    def show(self, standings: Standings) -> None:
        """Put the standings in place of those shown before.

        Raises:
            CouldNotLookError: `io.cannot-write`.
        """
        ...
