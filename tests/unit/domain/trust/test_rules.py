"""Every code is found in a case that has exactly this fault, and not in its neighbour."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import ExtendedKeyUsageOID

from support.malformed import (
    of_version_1,
    signed_with_sha1,
    with_dates_swapped,
    with_key_of_no_kind,
    with_serial_octet,
)
from support.pki import CLIENT, DAY, NOW, Entity, make_ca, make_key
from support.revoking import element
from support.rule_cases import ELSEWHERE, MID, OWN, ROOT, RSA_ROOT, UNKNOWN_OID, WEB, Case, permitted
from support.rule_pairs import PAIRS, Pair
from support.usages import basic_constraints, key_usage, names_critical
from warifu.domain.findings import Code, Severity
from warifu.domain.trust import (
    Context,
    Outcome,
    Signatures,
    Verdict,
    find_key_faults,
    judge,
    judge_anchors,
    profile_named,
)
from warifu.domain.trust.acceptance import leaf_interval
from warifu.domain.trust.context import Chain
from warifu.domain.trust.facts import leaf_facts
from warifu.domain.trust.rules import LEAF, NAME, PATH, PRESENTED, Rule, run, validity
from warifu.domain.x509 import Certificate
from warifu.domain.x509.damaged import value_at


def codes(verdict: Verdict) -> set[Code]:
    return {finding.code for finding in verdict.findings}


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_a_fault_is_found_with_its_code(pair: Pair) -> None:
    """The case has this finding, and no other but those it names."""
    case = pair.bad()
    assert {pair.code, *case.also} == codes(case.judged())


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_its_neighbour_has_no_such_finding(pair: Pair) -> None:
    """The nearest case without the fault has none, and no error at all."""
    case = pair.good()
    verdict = case.judged()
    assert set(case.also) == codes(verdict) - {Code.LEAF_AS_ANCHOR}
    assert "accepted" == verdict.outcome


def test_every_code_of_a_rule_has_a_case() -> None:
    """A rule without a case is not trusted."""
    ruled = {code for rule in (*LEAF, *NAME, *PATH, *PRESENTED) for code in rule.codes}
    assert set() == ruled - {pair.code for pair in PAIRS} - ELSEWHERE


def test_all_faults_are_told_at_once_and_the_worst_first() -> None:
    """An expired leaf of the wrong name and purpose beneath nothing trusted has four errors, ranked."""
    leaf = make_ca("Nobody").leaf("a.example", expired=True, purposes=CLIENT)
    verdict = Case(leaf, anchors=(ROOT.value,), name="b.example").judged()
    expected = [Code.EXPIRED, Code.NAME_MISMATCH, Code.ISSUER_MISSING, Code.PURPOSE_MISSING]
    assert expected == [one.code for one in verdict.findings]
    assert all(one.severity is Severity.ERROR for one in verdict.findings)


@pytest.mark.req("S4-26")
def test_names_that_chain_do_not_make_a_chain() -> None:
    """Every certificate is validated against the anchor by its signature: equal names alone fail."""
    genuine = make_ca("Corp Root", ski=False)
    forged = make_ca("Corp Root", ski=False)
    leaf = forged.leaf("web.example", aki=False)
    assert leaf.value.issuer == genuine.value.subject
    verdict = Case(leaf, anchors=(genuine.value,)).judged()
    assert "refused" == verdict.outcome
    wrong = next(one for one in verdict.findings if one.code is Code.SIGNATURE_WRONG)
    assert leaf.value.fingerprint.hex == wrong.subject
    assert genuine.value.fingerprint.hex == wrong.evidence["issuer_fingerprint"]
    assert "accepted" == Case(leaf, anchors=(forged.value,)).judged().outcome


def test_a_signature_that_fails_in_the_middle_names_the_certificate_below_it() -> None:
    """The intermediate is blamed when the root of its name did not sign it."""
    forged = make_ca("Root", ski=False)
    mid = forged.intermediate("Mid", aki=False)
    verdict = Case(mid.leaf("web.example"), anchors=(make_ca("Root", ski=False).value,)).judged()
    wrong = next(one for one in verdict.findings if one.code is Code.SIGNATURE_WRONG)
    assert mid.value.fingerprint.hex == wrong.subject


@pytest.mark.parametrize("named", ["300a06082a8648ce3d040302", "300506032b6571"])
def test_an_edwards_key_signs_by_its_own_algorithm_alone(named: str) -> None:
    """A signature that calls itself ECDSA or Ed448 is none of an Ed25519 key, though its bytes verify. RFC 8410 §3."""
    root = make_ca("Root", key=ed25519.Ed25519PrivateKey.generate())
    leaf = root.leaf("web.example")
    own, other = bytes.fromhex("300506032b6570"), bytes.fromhex(named)
    whole = leaf.cert.tbs_certificate_bytes
    assert isinstance(root.key, ed25519.Ed25519PrivateKey)
    signed = element(0x30, whole[value_at(whole, 0)[0] :].replace(own, other, 1))
    renamed = Certificate(element(0x30, signed + other + element(0x03, b"\x00" + root.key.sign(signed))))
    verdict = judge((renamed,), (root.value,), Context(profile_named("tls-server"), NOW))
    assert Code.SIGNATURE_WRONG in {one.code for one in verdict.findings}
    assert Outcome.REFUSED is verdict.outcome
    assert (
        Outcome.ACCEPTED
        is judge((leaf.value,), (root.value,), Context(profile_named("tls-server"), NOW)).outcome
    )


@pytest.mark.req("S1-59")
def test_an_end_entity_certificate_in_a_trust_store_is_a_finding() -> None:
    """A self-signed leaf placed among the anchors is told, as an error, with the way to remove it."""
    context = Context(profile_named("tls-server"), NOW)
    (found,) = judge_anchors((ROOT.value, OWN.value), context)
    assert (Code.LEAF_AS_ANCHOR, Severity.ERROR) == (found.code, found.severity)
    assert OWN.value.fingerprint.hex == found.subject
    assert () == judge_anchors((ROOT.value, MID.value), context)


def test_a_trust_store_tells_anchors_out_of_date_and_without_key_id() -> None:
    """An expired anchor, one of tomorrow and one without a key id are warnings or errors of their own."""
    context = Context(profile_named("tls-server"), NOW)
    old, new, bare = make_ca("Old", expired=True), make_ca("New", start=NOW + DAY), make_ca("Bare", ski=False)
    found = judge_anchors((old.value, new.value, bare.value), context)
    assert {Code.EXPIRED, Code.NOT_YET_VALID, Code.KEY_ID_MISSING} == {one.code for one in found}


def test_a_trust_store_tells_the_form_of_its_anchors() -> None:
    """An anchor with a soft basicConstraints or no keyUsage is told; RFC 5280 takes anchors as given."""
    soft = make_ca("Soft", **basic_constraints(ca=True, critical=False))
    silent = make_ca("Silent", no_usage=True)
    found = judge_anchors((soft.value, silent.value), Context(profile_named("tls-server"), NOW))
    expected = {
        (Code.CRITICAL_MARK_MISSING, soft.value.fingerprint.hex),
        (Code.KEY_USAGE_MISSING, silent.value.fingerprint.hex),
    }
    assert expected == {(one.code, one.subject) for one in found}
    assert () == judge_anchors((soft.value, silent.value), Context(profile_named("rfc5280"), NOW))


def test_a_key_of_another_certificate_is_found() -> None:
    """Only a set of keys without the right one is a fault; no key is none."""
    (found,) = find_key_faults(WEB.value, (MID.private_key,))
    assert (Code.KEY_MISMATCH, WEB.value.fingerprint.hex) == (found.code, found.subject)
    assert {
        "who": "CN=web.example",
        "key": ("EC secp256r1",),
        "certificate_key": "EC secp256r1",
    } == found.evidence
    assert [] == list(find_key_faults(WEB.value, (MID.private_key, WEB.private_key)))
    assert [] == list(find_key_faults(WEB.value, ()))


ANY = (ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,)


def test_any_purpose_counts_where_the_profile_says_so() -> None:
    """AnyExtendedKeyUsage is refused by tls-server and good enough for rfc5280."""
    leaf = MID.leaf("a.example", purposes=ANY)
    assert "refused" == Case(leaf).judged().outcome
    assert "accepted" == Case(leaf, profile="rfc5280", purpose="serverAuth").judged().outcome


def test_an_anchor_past_its_date_counts_only_where_the_profile_says_so() -> None:
    """tls-server judges the anchor too; RFC 5280 takes it as given."""
    root = make_ca("Old", end=NOW - DAY)
    assert "refused" == Case(root.leaf("a.example")).judged().outcome
    assert "accepted" == Case(root.leaf("a.example"), profile="rfc5280").judged().outcome


LAST = datetime(2026, 8, 1, 0, 0, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.req("X-13")
@pytest.mark.parametrize("where", ["leaf", "intermediate", "root"])
@pytest.mark.parametrize(
    ("consumer", "offset", "holds"),
    [
        ("unknown", -SECOND, True),
        ("unknown", timedelta(0), True),
        ("unknown", timedelta(milliseconds=999), True),
        ("unknown", SECOND, False),
        ("openssl", -SECOND, True),
        ("openssl", timedelta(0), False),
        ("openssl", SECOND, False),
    ],
)
def test_the_last_second_is_the_consumers(where: str, consumer: str, offset: timedelta, holds: bool) -> None:
    """NotAfter itself is valid for RFC 5280 and past for openssl, on every level of the chain."""
    root = make_ca("Root", end=LAST if where == "root" else LAST + DAY)
    mid = root.intermediate("Mid", end=LAST if where == "intermediate" else LAST + DAY)
    leaf = mid.leaf("web.example", end=LAST if where == "leaf" else LAST + DAY)
    verdict = Case(leaf, at=LAST + offset, consumer=consumer).judged()
    assert holds is (verdict.outcome == "accepted")
    assert holds is (Code.EXPIRED not in codes(verdict))


@pytest.mark.req("X-13")
@pytest.mark.parametrize("where", ["leaf", "intermediate", "root"])
@pytest.mark.parametrize("consumer", ["unknown", "openssl"])
@pytest.mark.parametrize(("offset", "holds"), [(-SECOND, False), (timedelta(0), True), (SECOND, True)])
def test_the_first_second_is_valid(where: str, consumer: str, offset: timedelta, holds: bool) -> None:
    """NotBefore itself is valid for everyone, on every level of the chain."""
    root = make_ca("Root", start=NOW if where == "root" else NOW - DAY)
    mid = root.intermediate("Mid", start=NOW if where == "intermediate" else NOW - DAY)
    leaf = mid.leaf("web.example", start=NOW if where == "leaf" else NOW - DAY)
    verdict = Case(leaf, at=NOW + offset, consumer=consumer).judged()
    assert holds is (verdict.outcome == "accepted")
    assert holds is (Code.NOT_YET_VALID not in codes(verdict))


@pytest.mark.req("X-13")
@pytest.mark.parametrize(
    ("consumer", "offset", "holds"),
    [
        ("unknown", -SECOND, True),
        ("unknown", timedelta(0), True),
        ("unknown", SECOND, False),
        ("openssl", -SECOND, True),
        ("openssl", timedelta(0), False),
        ("openssl", SECOND, False),
    ],
)
def test_a_crl_ends_as_certificates_do(consumer: str, offset: timedelta, holds: bool) -> None:
    """NextUpdate has the same last second, and thisUpdate the same first."""
    crl = MID.crl(start=LAST - DAY, end=LAST)
    case = Case(WEB, at=LAST + offset, consumer=consumer, crls=(crl,), crl_mode="leaf")
    assert holds is (case.judged().outcome == "accepted")
    early = Case(WEB, at=LAST - DAY - SECOND, consumer=consumer, crls=(crl,), crl_mode="leaf")
    assert {Code.CRL_EXPIRED} == codes(early.judged())
    early.at = LAST - DAY
    assert set() == codes(early.judged())


def test_serial_numbers_that_are_not_positive_are_told() -> None:
    """Zero and negative serial numbers are read, and are warnings."""
    good = RSA_ROOT.leaf("a.example", serial=1)
    assert Code.SERIAL_UNFIT not in codes(Case(good).judged())
    for octet in (0x00, 0xFF):
        verdict = Case(with_serial_octet(good, octet)).judged()
        assert {Code.SERIAL_UNFIT} == codes(verdict)
        assert "accepted" == verdict.outcome


@pytest.mark.parametrize("consumer", ["openssl", "cryptography", "unknown"])
def test_no_second_comes_after_the_end_of_time(consumer: str) -> None:
    """A leaf without an expiration (9999-12-31T23:59:59Z, RFC 5280 §4.1.2.5) is refused at that second at the latest."""
    leaf = leaf_facts(ROOT.leaf("a.example", end=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)).value)
    assert leaf.not_after == leaf_interval(leaf, consumer)[1]


def test_a_version_1_leaf_is_told() -> None:
    """A leaf of version 1 is refused; a root of version 1 is an anchor like another."""
    plain = {"basic": False, "no_usage": True, "ski": False, "aki": False}
    leaf = of_version_1(RSA_ROOT.leaf("a.example", san=False, purposes=None, **plain))
    assert Code.VERSION_UNFIT in codes(Case(leaf).judged())
    old_root = of_version_1(make_ca("Old Root", key=make_key("rsa"), **plain))
    assert old_root.value.is_ca
    assert Code.VERSION_UNFIT not in codes(Case(old_root.leaf("a.example", aki=False)).judged())


@pytest.mark.parametrize("rules", [LEAF, NAME, PRESENTED], ids=["leaf", "name", "presented"])
def test_what_is_said_of_a_leaf_is_not_said_of_a_class_of_leaves(rules: tuple[Rule, ...]) -> None:
    """Where a class of leaves is judged, and nothing was presented, only the path has findings."""
    origin = leaf_facts(WEB.value, (MID.value,)).origin
    context = Context(profile_named("tls-server"), NOW + 9999 * DAY, name="other.example")
    chain = Chain(origin, (MID.value, ROOT.value), anchored=True, anchors=(ROOT.value,))
    assert [] == list(run(rules, chain, context))
    assert [] != list(run(PATH, chain, context))


UNKNOWN_CRITICAL = x509.UnrecognizedExtension(UNKNOWN_OID, b"\x05\x00")
BROKEN_KEY_ID = x509.UnrecognizedExtension(x509.SubjectKeyIdentifier.oid, b"\x30\x05\x01")
RSA_MID = RSA_ROOT.intermediate("RSA Mid", key=make_key("rsa"), serial=1)


def rsa_1_mid() -> Entity:
    """An intermediate of version 1: it cannot say that it is a CA."""
    plain = {"basic": False, "no_usage": True, "ski": False, "aki": False}
    return of_version_1(RSA_ROOT.intermediate("Old Mid", key=make_key("rsa"), **plain))


@pytest.mark.parametrize(
    ("code", "make"),
    [
        (
            Code.CRITICAL_EXTENSION_UNKNOWN,
            lambda: ROOT.intermediate("Odd", extra=[(UNKNOWN_CRITICAL, True)]),
        ),
        (
            Code.EXTENSION_UNREADABLE,
            lambda: ROOT.intermediate("Odd", ski=False, extra=[(BROKEN_KEY_ID, False)]),
        ),
        (Code.VERSION_UNFIT, rsa_1_mid),
        (Code.SERIAL_UNFIT, lambda: with_serial_octet(RSA_MID, 0xFF)),
        (Code.WEAK_KEY, lambda: ROOT.intermediate("Small", key=make_key("rsa1024"))),
        (Code.WEAK_SIGNATURE, lambda: signed_with_sha1(RSA_MID)),
    ],
    ids=count(),
)
def test_the_form_of_an_intermediate_counts_as_a_leafs(code: Code, make: Callable[[], Entity]) -> None:
    """A fault of form above the leaf has the same code, and names the intermediate."""
    mid = make()
    leaf = mid.leaf("a.example", aki=False)
    found = [one for one in Case(leaf).judged().findings if one.code is code]
    assert [mid.value.fingerprint.hex] == [one.subject for one in found]
    assert code not in codes(Case(RSA_MID.leaf("a.example")).judged())


def test_a_key_that_cannot_be_read_is_told_as_that_and_not_as_weak() -> None:
    """Of a key of an unknown algorithm nothing is known, so it is not called weak; as an issuer it signed nothing."""
    strange = with_key_of_no_kind(RSA_ROOT.leaf("a.example", ski=False))
    assert {Code.EXTENSION_UNREADABLE} == codes(Case(strange).judged())
    assert not Signatures().holds(WEB.value, strange.value)


def test_a_self_signed_leaf_that_nobody_trusts_is_told_as_one() -> None:
    """It misses no issuer: it is its own, and is to be trusted itself."""
    verdict = Case(OWN, anchors=(ROOT.value,)).judged()
    assert {Code.SELF_SIGNED_NOT_TRUSTED} == codes(verdict)
    assert "refused" == verdict.outcome


def test_a_key_id_that_leads_elsewhere_names_who_carries_it() -> None:
    """The intermediate that points to another key than its issuer's is named, not the leaf."""
    wrong = x509.AuthorityKeyIdentifier(b"\x01" * 20, None, None)
    mid = ROOT.intermediate("Mid", aki=False, extra=[(wrong, False)])
    found = [one for one in Case(mid.leaf("a.example")).judged().findings if one.code is Code.KEY_ID_MISMATCH]
    assert [mid.value.fingerprint.hex] == [one.subject for one in found]


def test_openssl_wants_a_crl_of_the_root_for_the_root() -> None:
    """Where every certificate must be covered, openssl asks for the anchor's own too; RFC 5280 does not."""
    for consumer in ("openssl", "unknown"):
        case = Case(WEB, crls=(MID.crl(), ROOT.crl([ROOT])), crl_mode="chain", consumer=consumer)
        assert ({Code.REVOKED} if consumer == "openssl" else set()) == codes(case.judged())


SAN_OF_A = x509.SubjectAlternativeName([x509.DNSName("a.example")])
KEY_ID_OF_NOBODY = x509.SubjectKeyIdentifier(b"\x01" * 20)


@pytest.mark.parametrize(
    ("make", "code", "extension"),
    [
        (
            lambda: MID.leaf("a.example", **names_critical("a.example")),
            Code.CRITICAL_MARK_UNFIT,
            "subjectAltName",
        ),
        (
            lambda: MID.leaf("", san=False, extra=[(SAN_OF_A, False)]),
            Code.CRITICAL_MARK_MISSING,
            "subjectAltName",
        ),
        (
            lambda: ROOT.intermediate("Odd", ski=False, extra=[(KEY_ID_OF_NOBODY, True)]).leaf("a.example"),
            Code.CRITICAL_MARK_UNFIT,
            "subjectKeyIdentifier",
        ),
        (
            lambda: ROOT.intermediate("Soft", extra=[(permitted(x509.DNSName("example")), False)]).leaf(
                "a.example", aki=False
            ),
            Code.CRITICAL_MARK_MISSING,
            "nameConstraints",
        ),
    ],
    ids=["names of a named leaf", "names of a nameless leaf", "key id of a CA", "constraints of a CA"],
)
def test_a_wrong_mark_is_told_by_the_extension_it_stands_on(
    make: Callable[[], Entity], code: Code, extension: str
) -> None:
    """Critical where it should not be, or not critical where it must be: the extension is named."""
    found = [one for one in Case(make()).judged().findings if one.code is code]
    assert [extension] == [one.evidence["extension"] for one in found]


def test_a_leaf_that_constrains_names_is_told() -> None:
    """Only a CA limits what stands beneath it."""
    leaf = MID.leaf("a.example", extra=[(permitted(x509.DNSName("example")), True)])
    (found,) = [one for one in Case(leaf).judged().findings if one.code is Code.CA_EXTENSION_ON_LEAF]
    assert "nameConstraints" == found.evidence["part"]


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (
            lambda: ROOT.intermediate("Odd", key=ec.generate_private_key(ec.SECP256K1())),
            Code.KEY_UNCOMMON,
        ),
        (lambda: ROOT.intermediate("Odd", digest=hashes.SHA224()), Code.SIGNATURE_UNCOMMON),
    ],
    ids=["key", "signature"],
)
def test_a_kind_above_that_tls_does_not_name_is_told_where_tls_is_judged(
    make: Callable[[], Entity], code: Code
) -> None:
    """It names the intermediate; RFC 5280 says nothing of it, so its profile leaves it out."""
    mid = make()
    leaf = mid.leaf("a.example")
    found = [one for one in Case(leaf).judged().findings if one.code is code]
    assert [mid.value.fingerprint.hex] == [one.subject for one in found]
    assert code not in codes(Case(leaf, profile="rfc5280").judged())


def test_what_may_stand_above_a_missing_issuer_belongs() -> None:
    """While the intermediate is missing, nobody is told to delete the root that it hangs from; a second leaf goes."""
    sent = (ROOT.value, MID.leaf("b.example").value)
    judged = Case(WEB, sent=sent).judged()
    unrelated = [one.subject for one in judged.findings if one.code is Code.CHAIN_UNRELATED]
    assert Code.ISSUER_MISSING in codes(judged)
    assert [sent[1].fingerprint.hex] == unrelated


def test_a_key_usage_without_a_bit_is_shown() -> None:
    """It is told as a dash, and not as nothing."""
    judged = Case(RSA_ROOT.leaf("a.example", key=make_key("rsa"), usage=key_usage())).judged()
    shown = {one.code: one.evidence["key_usage"] for one in judged.findings if "key_usage" in one.evidence}
    assert {Code.KEY_USAGE_UNFIT: "-", Code.ENCIPHERMENT_UNSTATED: "-"} == shown


def test_what_ends_before_it_begins_is_both_too_early_and_too_late() -> None:
    """Between its two dates it has neither begun nor not ended, the leaf and what stands above it."""
    both = {Code.NOT_YET_VALID, Code.EXPIRED}
    facts = leaf_facts(with_dates_swapped(RSA_ROOT.leaf("a.example")).value)
    authority = with_dates_swapped(RSA_ROOT.intermediate("Odd")).value
    chain = Chain(facts.origin, (authority,), anchored=False, leaf=facts)
    context = Context(profile_named("tls-server"), NOW)
    for rule in (validity.leaf_dates, validity.dates_above):
        assert both == {one.code for one in run((rule,), chain, context)}
    assert both <= {one.code for one in judge_anchors((authority,), context)}


def test_a_root_whose_serial_number_is_negative_is_told() -> None:
    """Cryptography refuses it; nought, as old roots have, passes."""
    roots = [with_serial_octet(make_ca("Old", key=make_key("rsa"), serial=1), octet) for octet in (0xFB, 0)]
    judged = [Case(root.leaf("a.example"), anchors=(root.value,)).judged() for root in roots]
    assert [{Code.SERIAL_UNFIT}, set()] == [codes(one) for one in judged]
