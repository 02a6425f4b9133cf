"""Acceptance in factors agrees with the verdict on the whole."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography import x509

from support.malformed import crl_without_next_update
from support.pki import CLIENT, DAY, NOW, SERVER, make_ca, make_key
from warifu.domain.findings import Code
from warifu.domain.trust import (
    Context,
    LeafTemplate,
    Outcome,
    Signatures,
    accepts,
    judge,
    leaf_facts,
    leaf_interval,
    leaf_verdict,
    name_verdict,
    origin_class,
    path_verdict,
    profile_named,
    template_facts,
)
from warifu.domain.trust.acceptance import BEGINNING, END
from warifu.errors import UsageError

SECOND = timedelta(seconds=1)
ROOT = make_ca("Root", start=NOW - 30 * DAY, end=NOW + 300 * DAY)
MID = ROOT.intermediate("Mid", start=NOW - 20 * DAY, end=NOW + 200 * DAY)
WEB = MID.leaf("web.example", start=NOW - 10 * DAY, end=NOW + 100 * DAY)
FACTS = leaf_facts(WEB.value, (MID.value,))


def test_a_side_accepts_until_the_first_date_ends() -> None:
    """The leaf's own date ends first here; openssl ends a second earlier than RFC 5280."""
    ours = accepts(FACTS, WEB.chain, (ROOT.value,), at=NOW, name="web.example")
    openssl = accepts(FACTS, WEB.chain, (ROOT.value,), at=NOW, name="web.example", consumer="openssl")
    assert (True, NOW + 100 * DAY + SECOND) == (ours.accepted, ours.until)
    assert (True, NOW + 100 * DAY) == (openssl.accepted, openssl.until)


def test_a_path_holds_in_the_overlap_of_its_dates() -> None:
    """One interval, from the youngest start to the earliest end, half open."""
    origin = origin_class(FACTS, (MID.value, ROOT.value))
    context = Context(profile_named("tls-server"), NOW, consumer="openssl")
    verdict = path_verdict(origin, WEB.chain, (ROOT.value,), context)
    assert ((NOW - 20 * DAY, NOW + 200 * DAY),) == verdict.intervals
    assert NOW + 200 * DAY == verdict.until(NOW)
    assert None is verdict.until(NOW + 200 * DAY)
    assert (NOW - 10 * DAY, NOW + 100 * DAY) == leaf_interval(FACTS, "openssl")


def test_two_issuers_in_turn_leave_a_gap_between() -> None:
    """A path holds in two intervals when one twin ended before the other begins."""
    key = make_key()
    early = ROOT.intermediate("Mid", key=key, start=NOW - 20 * DAY, end=NOW - 10 * DAY)
    late = ROOT.intermediate("Mid", key=key, start=NOW - 5 * DAY, end=NOW + 5 * DAY)
    facts = leaf_facts(late.leaf("web.example").value, (late.value,))
    context = Context(profile_named("tls-server"), NOW)
    verdict = path_verdict(facts.origin, (early.value, late.value), (ROOT.value,), context)
    expected = (
        (NOW - 20 * DAY, NOW - 10 * DAY + SECOND),
        (NOW - 5 * DAY, NOW + 5 * DAY + SECOND),
    )
    assert expected == verdict.intervals


def test_an_anchor_that_is_not_checked_has_no_end() -> None:
    """Directly beneath an anchor, rfc5280 knows no date but the leaf's."""
    leaf = ROOT.leaf("web.example")
    context = Context(profile_named("rfc5280"), NOW)
    verdict = path_verdict(leaf_facts(leaf.value, (ROOT.value,)).origin, (), (ROOT.value,), context)
    assert ((BEGINNING, END),) == verdict.intervals


def test_leaves_of_one_class_share_a_verdict() -> None:
    """Names and serial play a part only where a CA constrains names or CRLs are looked at."""
    other = leaf_facts(MID.leaf("shop.example").value, (MID.value,))
    above = (MID.value, ROOT.value)
    assert origin_class(FACTS, above) == origin_class(other, above)
    assert origin_class(FACTS, above, "leaf") != origin_class(other, above, "leaf")


def test_a_key_id_that_leads_elsewhere_is_told_of_the_issuer_where_a_class_is_judged() -> None:
    """No leaf is at hand to be named: the issuer that carries another key id is."""
    wrong = x509.AuthorityKeyIdentifier(b"\x01" * 20, None, None)
    leaf = ROOT.leaf("web.example", aki=False, extra=[(wrong, False)])
    facts = leaf_facts(leaf.value, (ROOT.value,))
    verdict = path_verdict(facts.origin, (), (ROOT.value,), Context(profile_named("tls-server"), NOW))
    assert [(Code.KEY_ID_MISMATCH, ROOT.value.fingerprint.hex)] == [
        (one.code, one.subject) for one in verdict.findings
    ]


def test_a_crl_bounds_the_interval() -> None:
    """Beyond nextUpdate the side no longer accepts, though every certificate still holds."""
    crl = MID.crl(start=NOW - DAY, end=NOW + 3 * DAY)
    found = accepts(FACTS, WEB.chain, (ROOT.value,), at=NOW, crls=(crl,), crl_mode="leaf")
    assert (True, NOW + 3 * DAY + SECOND) == (found.accepted, found.until)
    revoking = MID.crl([WEB])
    refused = accepts(FACTS, WEB.chain, (ROOT.value,), at=NOW, crls=(revoking,), crl_mode="leaf")
    assert (False, None) == (refused.accepted, refused.until)


def test_a_crl_that_names_no_next_one_bounds_nothing() -> None:
    """Without nextUpdate a CRL does not go out of date; whom it revokes it revokes."""
    root = make_ca("Root", key=make_key("rsa"))
    leaf = root.leaf("web.example", end=NOW + 100 * DAY)
    facts = leaf_facts(leaf.value, (root.value,))
    for revoked, until in (((), NOW + 100 * DAY + SECOND), ((leaf,), None)):
        crl = crl_without_next_update(root, revoked)
        assert None is crl.next_update
        found = accepts(facts, (), (root.value,), at=NOW, crls=(crl,), crl_mode="leaf")
        assert until == found.until


def template(**changes: object) -> LeafTemplate:
    values: dict[str, object] = {
        "id": "template:web",
        "issuer": MID.value,
        "names": ("web.example", "192.0.2.1"),
        "purposes": ("serverAuth",),
        "key": "ec-p256",
        "not_before": NOW,
        "lifetime": 90 * DAY,
    }
    return LeafTemplate(**{**values, **changes})  # type: ignore[arg-type]


def test_a_template_is_judged_before_its_bytes_exist() -> None:
    """A template beneath a trusted issuer is accepted for its names, and refused for others."""
    good = accepts(template(), WEB.chain, (ROOT.value,), at=NOW, name="192.0.2.1")
    assert (True, NOW + 90 * DAY + SECOND) == (good.accepted, good.until)
    bad = accepts(template(), WEB.chain, (ROOT.value,), at=NOW, name="shop.example")
    assert [Code.NAME_MISMATCH] == [one.code for one in bad.findings]
    elsewhere = accepts(template(), WEB.chain, (make_ca("Root").value,), at=NOW)
    assert not elsewhere.accepted


@pytest.mark.parametrize("key", ["rsa-2048", "rsa-3072", "rsa-4096", "ec-p256", "ec-p384", "ed25519"])
def test_every_key_specification_of_a_template_is_strong_enough(key: str) -> None:
    """What an identity may ask for passes the rule on keys."""
    facts = template_facts(template(key=key))
    assert () == leaf_verdict(facts, Context(profile_named("tls-server"), NOW))


def test_a_template_and_its_bytes_are_judged_alike() -> None:
    """The template's findings are those of the certificate that is issued from it."""
    context = Context(profile_named("tls-client"), NOW, name="web.example")
    issued = leaf_facts(MID.leaf("web.example", purposes=SERVER).value, (MID.value,))
    modelled = template_facts(template(names=("web.example",)))
    expected = [one.code for one in (*leaf_verdict(issued, context), *name_verdict(issued, context))]
    assert expected == [
        one.code for one in (*leaf_verdict(modelled, context), *name_verdict(modelled, context))
    ]
    assert [Code.PURPOSE_MISSING] == expected


@pytest.mark.parametrize("consumer", ["unknown", "openssl", "cryptography"])
@pytest.mark.parametrize("days", [-15, 0, 99, 150, 250])
def test_factors_and_whole_agree(consumer: str, days: int) -> None:
    """`accepts` and `judge` come to the same answer at every time for every consumer."""
    at = NOW + days * DAY
    whole = judge(
        (WEB.value, *WEB.chain), (ROOT.value,), Context(profile_named("tls-server"), at, consumer=consumer)
    )
    factored = accepts(FACTS, WEB.chain, (ROOT.value,), at=at, consumer=consumer)
    assert (whole.outcome is Outcome.ACCEPTED) is factored.accepted


def test_without_candidates_no_signature_is_known() -> None:
    """Facts read without any issuer at hand lead nowhere, and say so by an empty signer."""
    facts = leaf_facts(WEB.value)
    assert "" == facts.origin.signer
    assert not accepts(facts, WEB.chain, (ROOT.value,), at=NOW).accepted


def test_a_trusted_self_signed_leaf_needs_no_path() -> None:
    """A leaf that is its own anchor is accepted, without an end but its own date."""
    own = make_ca("own.example", ca=False, names=("own.example",), end=NOW + DAY)
    found = accepts(leaf_facts(own.value), (), (own.value,), at=NOW, consumer="openssl")
    assert (True, NOW + DAY) == (found.accepted, found.until)


def test_a_profile_that_is_not_known_is_said() -> None:
    """A misspelt profile is a usage error."""
    with pytest.raises(UsageError, match=r"trust\.profile-unknown"):
        accepts(FACTS, (), (), at=NOW, profile="tls-sever")


def test_signatures_are_shared_when_handed_over() -> None:
    """A checker that is passed in remembers for every caller."""
    checks = Signatures()
    leaf_facts(WEB.value, (MID.value,), checks)
    done = checks.done
    leaf_facts(WEB.value, (MID.value,), checks)
    assert done == checks.done


def test_purpose_may_come_from_the_question() -> None:
    """A client leaf is accepted when the question asks for clientAuth, though the profile is the server's."""
    client = MID.leaf("app.example", purposes=CLIENT)
    facts = leaf_facts(client.value, (MID.value,))
    assert not accepts(facts, client.chain, (ROOT.value,), at=NOW).accepted
    assert accepts(facts, client.chain, (ROOT.value,), at=NOW, purpose="clientAuth").accepted
