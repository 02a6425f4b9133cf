"""GnuTLS's own verification as the consumer gnutls, with the flags of the priority string NORMAL.

The library is asked itself, in a process of its own, at any instant; `certtool --verify` calls the same
function but knows only the present. It takes every certificate of the trust store as an anchor. Where no
CRL covers a certificate it is good to GnuTLS, and a CRL counts only where the trust store holds its issuer;
so a question that wants CRLs is answered only where all that it needs is there.
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
    "gnutls",
    lambda _: python_running("warifu.adapters.verifiers.gnutls_library"),
    absent_library("no-libgnutls"),
)


class GnutlsVerifier(Verifier):
    """Answers for the consumer gnutls."""

    @property
    def consumer(self) -> str:
        """The consumer it answers for."""
        return "gnutls"

    def answer(self, questions: Sequence[PathQuestion]) -> tuple[PathAnswer, ...]:
        """Answer each question in order.

        Raises:
            CouldNotLookError: `trust.engine-missing`.
        """
        return ask_apart(_ENGINE, questions, _lack)


def _lack(question: PathQuestion) -> str:
    return uncovered(question, question.anchors)
