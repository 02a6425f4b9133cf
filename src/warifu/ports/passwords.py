"""Passwords, checked and never told."""

from __future__ import annotations

from typing import Protocol


class SealedPassword:
    """The hash of a password, with its salt and parameters. It shows nothing of itself and is not pickled."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text: for the database and for whoever checks a password."""
        return self._text

    def __repr__(self) -> str:
        return "SealedPassword(***)"

    def __reduce__(self) -> str:
        raise TypeError("a sealed password is not copied or pickled")


class Passwords(Protocol):
    """Seals passwords so slowly that guessing does not pay."""

    def seal(self, password: str) -> SealedPassword:
        """Return a password's hash with a salt of its own."""
        ...

    def matches(self, sealed: SealedPassword | None, password: str) -> bool:
        """Tell whether it is the password; None, for nobody's, takes as long and never matches."""
        ...

    def is_dated(self, sealed: SealedPassword) -> bool:
        """Tell whether it was sealed with other parameters than those of today."""
        ...
