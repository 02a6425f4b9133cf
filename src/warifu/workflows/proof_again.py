"""Proves what is left of a plan from what is seen now, engines asked anew."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace

from warifu.domain.estate import Estate, IdentityValue, Observed
from warifu.domain.findings import Code, Finding
from warifu.domain.rotation.certificates import Memory
from warifu.domain.rotation.outcome import Needs
from warifu.domain.rotation.progress import Progress, fingerprints_of
from warifu.domain.rotation.proof import Breaking, Safe
from warifu.domain.rotation.remaining import prove_remaining
from warifu.domain.x509 import Certificate
from warifu.ports.clock import Clock
from warifu.ports.verifiers import Verifier
from warifu.workflows.engines import decide
from warifu.workflows.signatures import read_on_every_core


class ProofAgain:
    """Proves the waves that are left; the same waves safe means that the rollout goes on.

    From one gate to the next it remembers what it read of leaves, so that no signature is checked twice.
    """

    def __init__(self, estate: Estate, engines: Mapping[str, Verifier], clock: Clock) -> None:
        self._estate = estate
        self._engines = engines
        self._clock = clock
        self._memory = Memory()

    def prove(self, progress: Progress, observed: Observed) -> tuple[Finding, ...]:
        """Return what would break; nothing means that the remaining waves are safe from here."""
        seen = replace(observed, certificates={**observed.certificates, **_brought(progress)})
        answers: dict[str, bool] = {}
        engines = frozenset(self._engines)
        memory = Memory(self._memory.signatures, self._memory.facts)  # verdicts are of one instant only
        read_on_every_core(seen.certificates.values(), memory)
        while True:
            verdict = prove_remaining(
                progress.plan,
                self._estate,
                seen,
                frozenset(progress.done()),
                seen.at,
                answers=answers,
                engines=engines,
                issued=_issued(progress),
                memory=memory,
            )
            if not isinstance(verdict, Needs):
                return _findings(verdict)
            more = decide(verdict.questions, self._engines)
            if not more:  # engines that cannot say so are as good as not at hand
                engines = engines - {question.consumer for question in verdict.questions}
            answers |= more


def _issued(progress: Progress) -> dict[str, IdentityValue]:
    found = {}
    for template, event in progress.arrived.items():
        leaf, *chain = fingerprints_of(event)
        found[template] = IdentityValue(leaf, tuple(chain))
    return found


def _brought(progress: Progress) -> dict[str, Certificate]:
    texts = {**progress.plan.certificates, **progress.brought}
    return {name: Certificate(base64.b64decode(text)) for name, text in texts.items()}


def _findings(verdict: Safe | Breaking) -> tuple[Finding, ...]:
    if isinstance(verdict, Safe):
        return ()
    evidence = {
        "wave": verdict.wave,
        "presenter": verdict.presenter,
        "acceptor": verdict.acceptor,
        "shown": verdict.shown.leaf[:16],
        "schedule": verdict.schedule or "-",
    }
    return (Finding(Code.WOULD_BREAK, verdict.connection, evidence),)
