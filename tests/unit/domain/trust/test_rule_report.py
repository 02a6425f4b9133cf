"""The acceptance of a certificate that came back: every rule of the target answered."""

from __future__ import annotations

import pytest

from support.pki import NOW, SERVER
from support.shipped import chosen
from support.target_cases import MID, ROOT, leaf
from warifu.domain.findings import Code, Severity
from warifu.domain.trust import Context
from warifu.domain.trust.issuer_change import FoundChain, find_chain
from warifu.domain.trust.rule_report import RuleAnswer, report_rules
from warifu.domain.trust.rules import LEAF, PATH, PRESENTED, TARGET
from warifu.domain.x509 import Certificate

POOL = (MID.value, ROOT.value)


def report(
    new: Certificate, found: FoundChain | None = None, profile: str = "cisco-expressway@X14:E"
) -> dict[Code, RuleAnswer]:
    chain = found or find_chain(new, POOL, now=NOW)
    context = Context(chosen(profile), NOW, encoding="pem")
    return {answer.code: answer for answer in report_rules([new], chain, context)}


@pytest.mark.req("S3-16", "S3-18")
def test_each_rule_of_the_target_passes_or_fails() -> None:
    """A good certificate passes all; serverAuth only fails the one about purposes, and no other."""
    answers = report(leaf().value)
    profile = chosen("cisco-expressway@X14:E")
    counted = {
        code
        for rule in (*LEAF, *PRESENTED, *TARGET, *PATH)
        if rule.find.__name__ not in {"revocation", "responses"}
        for code in rule.codes
        if profile.weight(code) is not None
    }
    assert counted == set(answers)
    assert {Code.EXPIRED, Code.SIGNATURE_WRONG, Code.PURPOSE_MISSING, Code.NOT_BASE64} <= set(answers)
    assert all(answer.passes for answer in answers.values())
    warned = report(leaf(aki=False).value)
    assert [Code.KEY_ID_MISSING] == [code for code, answer in warned.items() if not answer.passes]
    assert [Severity.WARNING] == [one.severity for one in warned[Code.KEY_ID_MISSING].findings]
    failed = [code for code, answer in report(leaf(purposes=SERVER).value).items() if not answer.passes]
    assert [Code.PURPOSE_MISSING] == failed


def test_a_path_is_judged_only_where_it_is_complete_and_what_the_profile_leaves_out_is_not_answered() -> None:
    """No rule about issuers without an issuer; nothing about revocation without CRLs."""
    without = report(leaf().value, find_chain(leaf().value, (), now=NOW))
    assert (Code.CERT_SIGN_MISSING in report(leaf().value), Code.CERT_SIGN_MISSING in without) == (
        True,
        False,
    )
    assert Code.REVOKED not in report(leaf().value)
    assert Code.CHAIN_INCOMPLETE not in report(leaf().value)


def test_one_fault_that_two_rules_see_is_told_once() -> None:
    """A leaf that names no purpose."""
    silent = report(leaf(purposes=None).value)[Code.PURPOSE_MISSING]
    assert [("serverAuth", "clientAuth")] == [one.evidence["wanted"] for one in silent.findings]


def test_a_crl_mode_brings_revocation_back() -> None:
    """It is answered where somebody looks at it."""
    new = leaf().value
    context = Context(chosen("tls-server"), NOW, crl_mode="leaf")
    answers = report_rules([new], find_chain(new, POOL, now=NOW), context)
    assert Code.CRL_MISSING in {answer.code for answer in answers if not answer.passes}
