"""Which CRLs a trust domain takes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from cryptography import x509

from support.directory_cases import NEW, OLD, published, quarantined
from support.malformed import crl_without_next_update
from support.pki import DAY, NOW, Entity, make_ca, make_key
from support.revoking import crl_of, scope
from warifu.domain.directory import Outcome, find_ending, judge_crl
from warifu.domain.findings import Code, Severity
from warifu.domain.x509 import RevocationList


def test_the_crl_of_an_anchor_is_taken() -> None:
    """Created where there was none of its issuer, unchanged where it is there."""
    crl = OLD.crl()
    answer = judge_crl(crl, published(OLD), now=NOW)
    assert (Outcome.CREATED, (), None) == (answer.outcome, answer.findings, answer.older)
    assert Outcome.UNCHANGED is judge_crl(crl, published(OLD, crls=(crl,)), now=NOW).outcome


STRANGE = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), b"\5\0")
NO_CRL_SIGN = make_ca("Old Root", key=OLD.key, usage=x509.KeyUsage(False, False, False, False, False, True, False, False, False))  # fmt: skip
UNSTATED = make_ca("Old Root", key=OLD.key, no_usage=True)


@pytest.mark.parametrize(
    ("anchor", "crl", "code"),
    [
        (NEW, OLD.crl(), Code.CRL_SIGNER_UNKNOWN),
        (make_ca("Old Root"), OLD.crl(), Code.CRL_SIGNER_UNKNOWN),
        (NO_CRL_SIGN, OLD.crl(), Code.CRL_SIGN_MISSING),
        (OLD, crl_of(OLD, extra=[(x509.DeltaCRLIndicator(1), True)]), Code.CRL_UNJUDGED),
        (OLD, crl_of(OLD, extra=[(scope(indirect=True), True)]), Code.CRL_UNJUDGED),
        (OLD, crl_of(OLD, extra=[(STRANGE, True)]), Code.CRL_UNJUDGED),
        (OLD, OLD.crl(start=NOW + DAY), Code.CRL_EXPIRED),
        (OLD, OLD.crl(start=NOW - 2 * DAY, end=NOW), Code.CRL_EXPIRED),
    ],
    ids=["foreign", "namesake", "no-crl-sign", "delta", "indirect", "critical", "early", "over"],
)  # fmt: skip
def test_what_does_not_speak_for_an_anchor_is_refused(
    anchor: Entity, crl: RevocationList, code: Code
) -> None:
    """Each with its reason."""
    answer = judge_crl(crl, published(anchor), now=NOW)
    assert Outcome.REFUSED is answer.outcome
    assert [code] == [one.code for one in answer.findings]
    seen = answer.findings[0].evidence
    assert crl.next_update == seen.get("next_update", crl.next_update)
    if code is Code.CRL_SIGNER_UNKNOWN:
        same_name = anchor.value.subject.folded == crl.issuer_folded
        assert ((anchor.value.fingerprint.short,) if same_name else "-") == seen["seen"]


def test_a_distrusted_anchor_signs_nothing() -> None:
    """In quarantine it speaks for nobody."""
    answer = judge_crl(OLD.crl(), published(quarantined(OLD)), now=NOW)
    assert [Code.CRL_SIGNER_UNKNOWN] == [one.code for one in answer.findings]


def test_an_anchor_that_states_no_usage_may_sign() -> None:
    """Nothing forbids it."""
    assert Outcome.CREATED is judge_crl(OLD.crl(), published(UNSTATED), now=NOW).outcome


def test_a_twin_that_may_sign_is_enough() -> None:
    """Of certificates of one key, one with the right usage makes the CRL good."""
    assert Outcome.CREATED is judge_crl(OLD.crl(), published(NO_CRL_SIGN, OLD), now=NOW).outcome


@pytest.mark.parametrize(
    ("number", "start", "is_newer"),
    [
        (6, NOW - DAY, True),
        (6, NOW, True),
        (5, NOW, True),
        (5, NOW - DAY, False),
        (4, NOW, False),
        (6, NOW - 2 * DAY, False),
        (None, NOW, False),
    ],
)
def test_neither_number_nor_date_goes_back(number: int | None, start: datetime, *, is_newer: bool) -> None:
    """One of equal number and date is another list that says it is the same."""
    old = crl_of(OLD, counted=5)
    named = x509.AuthorityKeyIdentifier.from_issuer_public_key(
        OLD.key.public_key()
    )  # so that its bytes are others
    has_number = None if number is None else False
    new = crl_of(OLD, number=has_number, counted=number or 0, begins=start, extra=[(named, False)])
    answer = judge_crl(new, published(OLD, crls=(old,)), now=NOW)
    assert (Outcome.REPLACED if is_newer else Outcome.REFUSED) is answer.outcome
    assert old is answer.older
    back = [one.evidence for one in answer.findings if one.code is Code.CRL_GOES_BACK]
    assert ([] if is_newer else [("-" if number is None else number, 5)]) == [
        (seen["got"], seen["expected"]) for seen in back
    ]


def test_each_key_and_scope_has_its_own() -> None:
    """A CRL for users beside one for all, and those of two CAs of one name."""
    for_users = crl_of(OLD, counted=3, extra=[(scope(user=True), True)])
    other = make_ca("Old Root")
    present = published(OLD, other, crls=(for_users, crl_of(other, counted=9)))
    answer = judge_crl(crl_of(OLD), present, now=NOW)
    assert (Outcome.CREATED, None) == (answer.outcome, answer.older)


def test_without_number_or_next_update_it_is_taken_with_a_warning() -> None:
    """Many verifiers pass it; who publishes it ought to know."""
    answer = judge_crl(crl_of(OLD, number=None), published(OLD), now=NOW)
    assert Outcome.CREATED is answer.outcome
    assert [(Code.CRL_UNFIT, Severity.WARNING)] == [(one.code, one.severity) for one in answer.findings]


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (NOW, []),
        (NOW + 5 * DAY - timedelta(seconds=1), []),
        (NOW + 5 * DAY, [Severity.WARNING]),
        (NOW + 7 * DAY - timedelta(seconds=1), [Severity.WARNING]),
        (NOW + 7 * DAY, [Severity.ERROR]),
    ],
)
@pytest.mark.req("X-13")
def test_its_end_is_told_before_it_comes(at: datetime, told: list[Severity]) -> None:
    """In the last quarter of its time it warns; from its next update on it is an error."""
    assert told == [one.severity for one in find_ending(OLD.crl(), at)]


def test_one_that_names_no_next_update_never_ends() -> None:
    """Nothing tells when the next one comes."""
    root = make_ca("Endless", key=make_key("rsa"))
    endless = crl_without_next_update(root)
    assert [] == list(find_ending(endless, NOW + 400 * DAY))
    assert Code.CRL_UNFIT in {one.code for one in judge_crl(endless, published(root), now=NOW).findings}
