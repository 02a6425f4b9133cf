"""Where an engine refuses what our rules pass, its own habits are the reason."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography import x509

from support.malformed import of_version_1
from support.pki import CLIENT, DAY, NOW, Entity, make_ca, make_key
from support.rule_cases import MID, ROOT, SHOUTED_MID, WEB
from support.shipped import chosen
from warifu.domain.findings import Code, Lang, Severity, remedy, title
from warifu.domain.trust import (
    Context,
    Outcome,
    PathAnswer,
    Verdict,
    join_answers,
    judge,
    judge_anchors,
    profile_named,
)
from warifu.domain.x509 import Certificate

NO = PathAnswer(accepted=False, engine="engine 1.0", said="no")
YES = PathAnswer(accepted=True, engine="engine 1.0")


def joined(
    presented: tuple[Certificate, ...],
    anchors: tuple[Certificate, ...],
    refuses: str,
    profile: str = "tls-server",
    consumer: str = "unknown",
) -> Verdict:
    """One engine refuses, the other does not."""
    context = Context(profile_named(profile), NOW, consumer=consumer)
    answers = {name: NO if name == refuses else YES for name in ("openssl", "cryptography")}
    return join_answers(judge(presented, anchors, context), answers, presented, anchors, context)


def errors(verdict: Verdict) -> set[Code]:
    return {one.code for one in verdict.findings if one.severity is Severity.ERROR}


def v1_root() -> Entity:
    plain = {"basic": False, "no_usage": True, "ski": False, "key": make_key("rsa")}
    return of_version_1(
        replace(made := make_ca("Old Root", **plain), above=(made,))  # it signed itself
    )


def self_issued() -> Entity:
    """A CA that may have none beneath it, which certified a new key of its own."""
    narrow = ROOT.intermediate("Narrow", path_length=0)
    return narrow.intermediate("Narrow", path_length=0).leaf("a.example")


@pytest.mark.parametrize(
    ("leaf", "anchors", "refuses", "reason"),
    [
        (WEB, (MID,), "openssl", Code.ANCHOR_NOT_SELF_SIGNED),
        (self_issued(), (ROOT,), "cryptography", Code.PATH_TOO_LONG),
    ],
)
def test_the_habits_of_an_engine_that_refuses_are_told(
    leaf: Entity, anchors: tuple[Entity, ...], refuses: str, reason: Code
) -> None:
    """What it said is evidence; the reason is a finding with clause and remedy."""
    presented = (leaf.value, *leaf.chain)
    trusted = tuple(one.value for one in anchors)
    assert Outcome.ACCEPTED is judge(presented, trusted, Context(profile_named("tls-server"), NOW)).outcome
    verdict = joined(presented, trusted, refuses)
    assert (Outcome.REFUSED, {Code.ENGINE_REFUSED, reason}) == (verdict.outcome, errors(verdict))
    (told,) = (one for one in verdict.findings if one.code is reason)
    assert refuses == told.evidence["consumer"]


def test_names_that_are_the_same_in_other_octets_are_the_reason() -> None:
    """RFC 5280 §7.1 folds case; one library does not."""
    verdict = joined((SHOUTED_MID.leaf("a.example").value, MID.value), (ROOT.value,), "cryptography")
    assert {Code.ENGINE_REFUSED, Code.NAME_ENCODED_OTHERWISE} == errors(verdict)


def test_a_root_of_version_1_is_the_reason() -> None:
    """As an anchor it is fine for others."""
    root = v1_root()
    leaf = replace(root, above=()).leaf("a.example", aki=False)
    verdict = joined((leaf.value,), (root.value,), "cryptography")
    assert {Code.ENGINE_REFUSED, Code.VERSION_UNFIT} == errors(verdict)


def test_without_a_habit_that_tells_why_there_is_no_reason_of_ours() -> None:
    """Nothing is invented."""
    assert {Code.ENGINE_REFUSED} == errors(joined((WEB.value, MID.value), (ROOT.value,), "openssl"))


def test_where_our_rules_refuse_nothing_is_added() -> None:
    """The reason is told already."""
    expired = MID.leaf("a.example", expired=True)
    verdict = joined((expired.value,), (MID.value,), "openssl")
    assert Code.ANCHOR_NOT_SELF_SIGNED not in errors(verdict)


@pytest.mark.parametrize(("consumer", "outcome"), [("unknown", "accepted"), ("openssl", "refused")])
def test_an_anchor_that_the_profile_leaves_unjudged_is_a_warning(consumer: str, outcome: str) -> None:
    """`rfc5280` takes an anchor as given; a named library that looks at it decides all the same."""
    root = make_ca("Past", end=NOW - DAY)
    leaf = root.leaf("a.example")
    verdict = joined((leaf.value,), (root.value,), "openssl", "rfc5280", consumer)
    weights = {one.code: one.severity for one in verdict.findings}
    assert outcome == verdict.outcome
    assert Code.EXPIRED in weights
    if outcome == "accepted":
        assert weights[Code.EXPIRED] is weights[Code.OTHER_ENGINE_REFUSED] is Severity.WARNING
    else:
        assert weights[Code.ENGINE_REFUSED] is Severity.ERROR


LATE_KEY_ID = x509.AuthorityKeyIdentifier(b"\x01" * 20, None, None)
NAMELESS = MID.leaf("a.example", san=False, purposes=CLIENT)


@pytest.mark.parametrize(
    ("leaf", "profile", "refuses", "reason"),
    [
        (MID.leaf("a.example", end=NOW), "rfc5280", "openssl", Code.EXPIRED),
        (
            MID.leaf("a.example", aki=False, extra=[(LATE_KEY_ID, False)]),
            "rfc5280",
            "openssl",
            Code.KEY_ID_MISMATCH,
        ),
        (NAMELESS, "tls-client", "cryptography", Code.NAMES_MISSING),
    ],
)
def test_what_the_profile_passes_on_purpose_no_engine_refuses(
    leaf: Entity, profile: str, refuses: str, reason: Code
) -> None:
    """Its no is a warning, with the reason; a consumer that is named decides all the same, and so does another profile."""
    presented, trusted = (leaf.value, *leaf.chain), (ROOT.value,)
    verdict = joined(presented, trusted, refuses, profile)
    assert (Outcome.ACCEPTED, set()) == (verdict.outcome, errors(verdict))
    assert {reason, Code.OTHER_ENGINE_REFUSED} <= {one.code for one in verdict.findings}
    assert Outcome.REFUSED is joined(presented, trusted, refuses, profile, consumer=refuses).outcome
    other = "cryptography" if refuses == "openssl" else "openssl"
    assert Outcome.REFUSED is joined(presented, trusted, other, profile).outcome  # it has no such habit


def test_a_client_is_offered_names_of_clients() -> None:
    """The remedy of a server's certificate is not its own."""
    for profile, offered in (("tls-client", "email:"), ("tls-server", "DNS:host.example")):
        verdict = judge((NAMELESS.value, MID.value), (ROOT.value,), Context(profile_named(profile), NOW))
        (told,) = (one for one in verdict.findings if one.code is Code.NAMES_MISSING)
        assert offered in remedy(told, Lang.EN)


def test_the_last_second_is_told_as_what_it_is() -> None:
    """RFC 5280 §4.1.2.5: it is part of the period; nobody reads "expired at 12:00 (judged at 12:00)"."""
    leaf = MID.leaf("a.example", end=NOW)
    for profile, weight in (("rfc5280", Severity.WARNING), ("tls-server", Severity.ERROR)):
        verdict = joined((leaf.value, MID.value), (ROOT.value,), "openssl", profile)
        (told,) = (one for one in verdict.findings if one.code is Code.EXPIRED)
        assert weight is told.severity
        assert "openssl takes it for expired" in title(told, Lang.EN)


@pytest.mark.parametrize("profile", ["tls-server", "vcenter-trusted-root", "cisco-cucm-trust"])
def test_a_root_of_version_1_in_a_trust_store_is_told(profile: str) -> None:
    """A warning: some libraries refuse it as an anchor; that it has no key id follows from it."""
    found = judge_anchors((v1_root().value,), Context(chosen(profile), NOW))
    told = {one.code: one.severity for one in found}
    assert Severity.WARNING is told[Code.VERSION_UNFIT]
    assert Code.KEY_ID_MISSING not in told
