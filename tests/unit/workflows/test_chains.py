"""Judging many chains at once."""

from __future__ import annotations

from collections.abc import Sequence

from support.pki import NOW, make_ca
from warifu.domain.findings import Code
from warifu.domain.trust import Context, PathAnswer, PathQuestion, profile_named
from warifu.errors import CouldNotLookError
from warifu.ports.verifiers import Verifier
from warifu.workflows.chains import Presented, judge_chains

ROOT = make_ca("Root")
GOOD = ROOT.leaf("good.example")
OLD = ROOT.leaf("old.example", expired=True)
CONTEXT = Context(profile_named("tls-server"), NOW)
CHAINS = [
    Presented((GOOD.value,), "good.example"),
    Presented((OLD.value,)),
    Presented((GOOD.value,), "b.example"),
]


class Engine(Verifier):
    """Accepts one leaf, and remembers what it was asked in each call."""

    def __init__(self, *, missing: bool = False) -> None:
        self.calls: list[list[PathQuestion]] = []
        self._missing = missing

    @property
    def consumer(self) -> str:
        return "openssl"

    def answer(self, questions: Sequence[PathQuestion]) -> tuple[PathAnswer, ...]:
        self.calls.append(list(questions))
        if self._missing:
            raise CouldNotLookError("trust.engine-missing", engine="openssl", reason="not here")
        return tuple(PathAnswer(accepted=one.leaf == GOOD.value, engine="openssl 9") for one in questions)


def test_an_engine_is_asked_once_and_each_chain_gets_its_own_answer() -> None:
    """Three chains, one call; the answers come back to the chains they are about, and so do the names."""
    engine = Engine()
    verdicts = judge_chains(CHAINS, (ROOT.value,), [engine], CONTEXT)
    (asked,) = engine.calls
    assert ["good.example", "", "b.example"] == [question.name for question in asked]
    assert [True, False, True] == [dict(verdict.engines)["openssl"].accepted for verdict in verdicts]
    assert ["accepted", "refused", "refused"] == [str(verdict.outcome) for verdict in verdicts]
    wanted = [None, Code.EXPIRED, Code.NAME_MISMATCH]
    for code, verdict in zip(wanted, verdicts, strict=True):
        assert {code} - {None} == {finding.code for finding in verdict.findings} & {
            Code.EXPIRED,
            Code.NAME_MISMATCH,
        }


def test_an_engine_that_is_not_there_answers_nothing() -> None:
    """Our own verdict stands, as modelled, and says why the engine was not run."""
    first, *_ = judge_chains(CHAINS, (ROOT.value,), [Engine(missing=True)], CONTEXT)
    assert ("accepted", "modelled") == (str(first.outcome), str(first.basis))
    assert "not here" == dict(first.engines)["openssl"].said


def test_nothing_asks_nobody() -> None:
    """Without chains no engine is started."""
    engine = Engine()
    assert () == judge_chains([], (ROOT.value,), [engine], CONTEXT)
    assert [] == engine.calls
