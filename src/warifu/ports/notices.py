"""What a watcher remembers: its notices, and the messages that are on their way."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from warifu.domain.watching import Book
from warifu.domain.watching.message import Message


@dataclass(frozen=True, slots=True)
class Change:
    """What one transaction writes.

    Args:
        messages: new ones; one whose key is known already is left as it is.
        overtaken: notices whose messages that have not gone yet are dropped, these new ones excepted.
    """

    book: Book
    messages: tuple[Message, ...] = ()
    overtaken: tuple[str, ...] = ()


class NoticeBook(Protocol):
    """A book of notices in one file."""

    def book(self) -> Book:
        """Return what is known; of a book that nobody has written yet, nothing, under no id. Nothing is made."""
        ...

    def change(self, decide: Callable[[Book], Change]) -> Change:
        """Read, decide and write in one transaction: all of it is kept, or nothing."""
        ...

    def messages(self, key: str = "") -> tuple[Message, ...]:
        """Return every message, in the order in which they were intended; with a key, at most the one that has it."""
        ...

    def note(self, message: Message) -> None:
        """Write how far a message is, durably, before returning."""
        ...

    def sending(self) -> AbstractContextManager[None]:
        """Be the only one who sends; a process that is killed gives the right back.

        Raises:
            RefusedError: `watch.busy`: another process sends.
        """
        ...
