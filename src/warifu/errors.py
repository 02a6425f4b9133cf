"""One family of errors: a code and its values; apps render them.

The text of each code, in every language, is in `domain.findings.messages`. A value never
holds a secret. Which subclass is raised decides the exit code of the command line:

    WarifuError
     +- UsageError        2  the request or a file given is wrong; nothing was looked at
     +- RefusedError      3  understood, and refused, or no safe way exists
     +- PartlyDoneError   4  some of it is done; it can be resumed
     +- CouldNotLookError 5  the world could not be asked, or the answer is undecided
     +- WaitingError      6  it goes on when somebody or something else has acted
"""

from __future__ import annotations

from typing import ClassVar


class WarifuError(Exception):
    """What went wrong, as a code of the message table and the values that fill it in.

    Args:
        code: a key of the message table, for example `estate.unknown-key`.
        values: what the message names; anything whose `str` may be shown to people.

    `parts` holds further errors that were met at the same time; they are shown one a line.
    """

    exit_code: ClassVar[int] = 5

    def __init__(self, code: str, /, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values
        self.parts: tuple[WarifuError, ...] = ()

    def __str__(self) -> str:
        inside = ", ".join(f"{name}={value}" for name, value in self.values.items())
        return f"{self.code} ({inside})" if inside else self.code


class UsageError(WarifuError):
    """The request, or a file it names, is wrong."""

    exit_code = 2


class RefusedError(WarifuError):
    """Understood and refused; nothing was changed."""

    exit_code = 3


class PartlyDoneError(WarifuError):
    """Part of the work is done and can be resumed."""

    exit_code = 4


class CouldNotLookError(WarifuError):
    """A file, host, service or program could not be asked."""

    exit_code = 5


class WaitingError(WarifuError):
    """The work waits for a person or another system."""

    exit_code = 6
