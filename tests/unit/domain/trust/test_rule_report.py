"""The acceptance of a certificate that came back: every rule of the target answered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from support.pki import NOW, SERVER
from support.shipped import chosen
from support.target_cases import MID, ROOT, leaf
from warifu.domain.findings import Code, Severity
from warifu.domain.trust import Context
from warifu.domain.trust.issuer_change import FoundChain, find_chain
from warifu.domain.trust.rule_report import Need, RuleAnswer, report_rules
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


@pytest.mark.req("S3-16")
def test_a_path_is_judged_only_where_it_is_complete_and_the_rest_says_what_it_lacks() -> None:
    """No rule about issuers without an issuer; one that the leaf keeps is open above it."""
    whole, without = report(leaf().value), report(leaf().value, find_chain(leaf().value, (), now=NOW))
    assert (None, True) == (whole[Code.CERT_SIGN_MISSING].needs, whole[Code.CERT_SIGN_MISSING].is_kept)
    assert (Need.CHAIN, None) == (
        without[Code.CERT_SIGN_MISSING].needs,
        without[Code.CERT_SIGN_MISSING].is_kept,
    )
    assert (Need.ABOVE, Need.CHAIN) == (without[Code.EXPIRED].needs, without[Code.ISSUER_NOT_TRUSTED].needs)
    assert Code.CHAIN_INCOMPLETE not in whole  # the profile leaves it out
    expired = leaf(expired=True).value
    assert report(expired, find_chain(expired, (), now=NOW))[Code.EXPIRED].is_kept is False


@pytest.mark.req("S3-16")
def test_what_was_given_nothing_to_judge_by_is_not_kept() -> None:
    """Each names what it lacks; what is given is judged."""
    wanted = {
        Code.REQUEST_KEY_DIFFERS: Need.REQUEST,
        Code.NAME_NOT_COVERED: Need.TOPOLOGY,
        Code.NOT_BASE64: Need.FILE,
        Code.ISSUER_NOT_TRUSTED: Need.TRUST,
        Code.CRL_MISSING: Need.CRL,
        Code.OCSP_UNKNOWN: Need.OCSP,
    }
    new = leaf().value
    bare = Context(chosen("tls-server"), NOW)
    answers = {one.code: one for one in report_rules([new], find_chain(new, POOL, now=NOW), bare)}
    assert wanted == {code: answers[code].needs for code in wanted}
    assert {None} == {answers[code].is_kept for code in wanted}
    given = replace(bare, covers=("z.example",), encoding="der")
    answers = {one.code: one for one in report_rules([new], find_chain(new, POOL, now=NOW), given)}
    assert (False, None) == (answers[Code.NAME_NOT_COVERED].is_kept, answers[Code.NAME_NOT_COVERED].needs)
    assert (True, None) == (answers[Code.NOT_BASE64].is_kept, answers[Code.NOT_BASE64].needs)


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
