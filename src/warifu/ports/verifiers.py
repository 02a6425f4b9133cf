"""A consumer's own engine, run with its real flags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from warifu.domain.trust.questions import PathAnswer, PathQuestion


class Verifier(Protocol):
    """One engine: the system's openssl, `cryptography`, ..."""

    @property
    def consumer(self) -> str:
        """The consumer it answers for."""
        ...

    def answer(self, questions: Sequence[PathQuestion]) -> tuple[PathAnswer, ...]:
        """Answer each question in order.

        Raises:
            CouldNotLookError: `trust.engine-missing`.
        """
        ...
