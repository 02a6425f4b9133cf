"""What another program sends through a pipe."""

from __future__ import annotations

from typing import Protocol


class Pipes(Protocol):
    """Reads pipes of this machine: standard input, `<(command)`, a named pipe."""

    def read(self, path: str, *, at_most: int) -> bytes | None:
        """Return the bytes that come until the pipe is closed; None where the path leads to no pipe.

        A pipe gives its bytes once. A named one waits for who writes into it.

        Args:
            at_most: bytes that are taken; the rest is left, and one byte more tells that there was a rest.

        Raises:
            CouldNotLookError: `io.cannot-read`.
        """
        ...
