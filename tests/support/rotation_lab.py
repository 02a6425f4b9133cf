"""The pool of certificates and the openssl binary, shared by every random case."""

from __future__ import annotations

import os
import random
from dataclasses import replace

from support.pki import NOW
from support.random_estates import Case, Pool, random_case
from support.simulator import Openssl, World, meetings
from warifu.adapters.verifiers.openssl import OpensslVerifier as Engine
from warifu.domain.estate import Observed
from warifu.domain.rotation.certificates import Memory
from warifu.domain.rotation.outcome import Answer, Needs
from warifu.domain.rotation.plan import Plan
from warifu.domain.rotation.planning import Request, make_plan
from warifu.domain.rotation.proof import Breaking, Safe
from warifu.domain.rotation.remaining import prove_remaining
from warifu.domain.rotation.trusting import digest_of

CASES = int(os.environ.get("WARIFU_ESTATES", "5000"))


class Lab:
    """Makes cases and plans them, with everything remembered between cases."""

    def __init__(self) -> None:
        self.pool = Pool()
        self.openssl = Openssl({})
        self.engine = Engine()
        self.answers: dict[str, bool] = {}
        self.memory = Memory()

    def case(self, seed: int) -> tuple[Case, Observed]:
        """A case, with what a look at its living connections gives (some are not seen)."""
        case = random_case(self.pool, seed)
        self.openssl.certificates.update(case.place.certificates)
        chance = random.Random(seed + 1_000_000)
        look = World.of(case.place.estate, case.place.observed, self.openssl, chance)
        for slot, state in case.place.states.items():
            look.loaded[slot] = list(state.loaded or (state.on_disk,))  # type: ignore[arg-type]  # is on disk
        failing = look.failing()
        held = {
            name: name not in failing
            for name in case.place.connections
            if name in failing or chance.random() < 0.7
        }
        return case, replace(case.place.observed, held=held)

    def plan(self, case: Case, observed: Observed) -> Answer:
        """Plan, asking the consumer's own engine what planning needs."""
        while True:
            answer = make_plan(self.request(case, observed))
            if not isinstance(answer, Needs):
                return answer
            said = self.engine.answer(answer.questions)
            for question, one in zip(answer.questions, said, strict=True):
                self.answers[digest_of(question)] = one.accepted

    def request(self, case: Case, observed: Observed) -> Request:
        """What planning a case depends on, with all that engines said so far."""
        return Request(
            estate=case.place.estate,
            observed=observed,
            changes=case.changes,
            now=NOW,
            answers=self.answers,
            engines=frozenset({"openssl"}),
            outages=frozenset(case.place.services),
            memory=self.memory,
        )

    def prove(self, case: Case, observed: Observed, plan: Plan) -> Safe | Breaking:
        """Have the planner's proof judge a plan's waves from what was observed."""
        while True:
            verdict = prove_remaining(
                plan,
                case.place.estate,
                observed,
                frozenset(),
                NOW,
                answers=self.answers,
                engines=frozenset({"openssl"}),
                memory=self.memory,
            )
            if not isinstance(verdict, Needs):
                return verdict
            said = self.engine.answer(verdict.questions)
            for question, one in zip(verdict.questions, said, strict=True):
                self.answers[digest_of(question)] = one.accepted

    def breaks(self, case: Case, found: Breaking) -> bool:
        """Tell whether openssl refuses the mixture that the proof names."""
        return any(
            not self.openssl.accepts(found.shown, found.trusted, meeting.purpose, meeting.name)
            for meeting in meetings(case.place.estate)
            if (meeting.connection, meeting.presenter, meeting.acceptor)
            == (found.connection, found.presenter, found.acceptor)
        )
