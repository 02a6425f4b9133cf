"""Our verdict and the engines' answers, joined."""

from __future__ import annotations

import pytest

from support.pki import NOW, make_ca
from warifu.domain.findings import Code, Severity
from warifu.domain.trust import Basis, Context, Outcome, PathAnswer, Verdict, judge, profile_named
from warifu.domain.trust.verdict import combine

ROOT = make_ca("Root")
WEB = ROOT.leaf("web.example")
YES = PathAnswer(accepted=True, engine="e 1")
NO = PathAnswer(accepted=False, engine="e 1", said="error 20")
CANNOT = PathAnswer(accepted=False, engine="e 1", said="no CRLs", answered=False)


def ours(*, accepted: bool = True) -> Verdict:
    context = Context(profile_named("tls-server"), NOW, name="web.example" if accepted else "other.example")
    return judge((WEB.value,), (ROOT.value,), context)


@pytest.mark.parametrize(
    ("consumer", "answers", "outcome", "basis", "code"),
    [
        ("openssl", {"openssl": YES}, "accepted", "run", None),
        ("openssl", {"openssl": NO}, "refused", "run", Code.ENGINE_REFUSED),
        ("openssl", {"openssl": YES, "cryptography": NO}, "accepted", "run", Code.OTHER_ENGINE_REFUSED),
        ("openssl", {"cryptography": YES}, "accepted", "modelled", Code.ENGINE_NOT_RUN),
        ("openssl", {"openssl": CANNOT}, "accepted", "modelled", Code.ENGINE_NOT_RUN),
        ("java", {}, "accepted", "modelled", Code.ENGINE_NOT_RUN),
        ("unknown", {"openssl": YES, "cryptography": YES}, "accepted", "run", None),
        ("unknown", {"openssl": YES, "cryptography": NO}, "refused", "run", Code.ENGINE_REFUSED),
        ("unknown", {"openssl": YES, "cryptography": CANNOT}, "accepted", "run", None),
        ("unknown", {}, "accepted", "modelled", Code.ENGINE_NOT_RUN),
    ],
)
def test_acceptance_is_the_consumers(
    consumer: str, answers: dict[str, PathAnswer], outcome: str, basis: str, code: Code | None
) -> None:
    """The side's own engine decides, an unknown side's every engine, and others only warn."""
    verdict = combine(ours(), answers, consumer)
    assert (outcome, basis) == (verdict.outcome, verdict.basis)
    assert ([code] if code else []) == [one.code for one in verdict.findings]
    assert set(answers) == {name for name, _ in verdict.engines}


def test_an_engine_never_overrules_our_refusal() -> None:
    """Where our rules refuse, an engine that accepts changes nothing."""
    verdict = combine(ours(accepted=False), {"openssl": YES}, "openssl")
    assert (Outcome.REFUSED, Basis.RUN) == (verdict.outcome, verdict.basis)
    assert [Code.NAME_MISMATCH] == [one.code for one in verdict.findings]


def test_an_engines_words_are_evidence_and_not_a_reason() -> None:
    """What an engine said stands in the finding as it was said."""
    (found,) = combine(ours(), {"openssl": NO}, "openssl").findings
    assert ("error 20", Severity.ERROR) == (found.evidence["said"], found.severity)
    (warned,) = combine(ours(), {"openssl": YES, "go": NO}, "openssl").findings
    assert Severity.WARNING is warned.severity


def test_our_own_verdict_is_modelled() -> None:
    """Before an engine answered, nothing was run."""
    assert Basis.MODELLED is ours().basis


def test_an_engine_that_refuses_what_our_rules_refuse_is_a_note() -> None:
    """Its no is no second reason, whoever decides."""
    for consumer in ("openssl", "unknown", "cryptography"):
        verdict = combine(ours(accepted=False), {"openssl": NO, "cryptography": YES}, consumer)
        weights = {one.code: one.severity for one in verdict.findings}
        assert Outcome.REFUSED is verdict.outcome
        assert Severity.ERROR is weights.pop(Code.NAME_MISMATCH)
        assert {Severity.NOTE} == set(weights.values())
