"""NSS's own verification as the consumer nss: what its TLS programs do by default (not Firefox, which has its own).

The library is asked itself, in a process of its own: `vfychain` and `certutil -V` compare no host name. It
takes every certificate of the trust store as an anchor, compares names only for servers, and needs a purpose.
Where no CRL covers a certificate it is good to NSS, so a question that wants CRLs is answered only where they
are there.
"""

from __future__ import annotations

from collections.abc import Sequence

from warifu.adapters.verifiers.apart import (
    Engine,
    absent_library,
    ask_apart,
    python_running,
    uncovered,
)
from warifu.domain.trust.questions import PathAnswer, PathQuestion
from warifu.ports.verifiers import Verifier

_ENGINE = Engine(
    "nss",
    lambda _: python_running("warifu.adapters.verifiers.nss_library"),
    absent_library("no-libnss"),
)


class NssVerifier(Verifier):
    """Answers for the consumer nss."""

    @property
    def consumer(self) -> str:
        """The consumer it answers for."""
        return "nss"

    def answer(self, questions: Sequence[PathQuestion]) -> tuple[PathAnswer, ...]:
        """Answer each question in order.

        Raises:
            CouldNotLookError: `trust.engine-missing`.
        """
        return ask_apart(_ENGINE, questions, _lack)


def _lack(question: PathQuestion) -> str:
    if not question.purpose:
        return "wants-a-purpose"
    if question.purpose == "clientAuth" and question.name:
        return "no-name-of-clients"
    return uncovered(question, (*question.chain, *question.anchors))
