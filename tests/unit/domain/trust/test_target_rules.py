"""What targets want beyond path validation, each fault against its nearest neighbour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import ExtendedKeyUsageOID

from support.malformed import signed_with_sha1
from support.pki import BOTH, CLIENT, DAY, NOW, SERVER, Entity, make_ca, make_key
from support.shipped import chosen
from support.target_cases import (
    BOTH_USES,
    CASES,
    MID,
    NAME,
    ROOT,
    RSA_KEY,
    RSA_ROOT,
    TPM,
    TargetCase,
    deep,
    endorsement,
    expressway,
    leaf,
    ome,
    organisation,
    rsa_leaf,
    vcenter,
)
from support.usages import key_usage
from warifu.domain.findings import Code, Lang, Severity, list_seen, remedy, title
from warifu.domain.trust import Context, Verdict, find_skew, judge, judge_anchors
from warifu.domain.trust.context import Chain
from warifu.domain.trust.facts import leaf_facts
from warifu.domain.trust.rules import TARGET, Rule

SIGNS = key_usage("digital_signature")
BESIDE = x509.SubjectAlternativeName([x509.DNSName("beside.example")])


def codes(verdict: Verdict) -> set[Code]:
    return {one.code for one in verdict.findings if one.severity is Severity.ERROR}


@pytest.mark.parametrize("code", CASES, ids=str)
def test_a_fault_is_found_with_its_code(code: Code) -> None:
    """The case has this finding, and no other error."""
    case = CASES[code][0]()
    assert code in {one.code for one in case.judged().findings}
    assert set() == codes(case.judged()) - {code, *case.also}


@pytest.mark.parametrize("code", CASES, ids=str)
def test_its_neighbour_is_accepted(code: Code) -> None:
    """The nearest case without the fault has no error at all, nor this finding."""
    verdict = CASES[code][1]().judged()
    assert "accepted" == verdict.outcome, verdict.findings
    assert code not in {one.code for one in verdict.findings}


def test_every_code_of_a_rule_has_a_case() -> None:
    """A rule without a case is not trusted."""
    assert set() == {code for rule in TARGET for code in rule.codes} - set(CASES) - {Code.PURPOSE_MISSING}


@pytest.mark.parametrize("rule", TARGET, ids=lambda rule: rule.find.__name__)
def test_without_a_leaf_there_is_nothing_to_find(rule: Rule) -> None:
    """A class of leaves has no file and no names of its own."""
    facts = leaf_facts(leaf().value)
    bare = Chain(facts.origin, (), anchored=False)
    context = Context(chosen("dell-ome-migration"), NOW, covers=("a",))
    assert [] == list(rule.find(bare, context))


@pytest.mark.req("S4-17")
def test_silence_about_purposes_is_no_permission_where_the_target_wants_them_named() -> None:
    """RFC 5280 takes an absent extKeyUsage for any purpose; these targets do not."""
    silent = ome(leaf(purposes=None))
    told = [one.evidence["wanted"] for one in silent.judged().findings if one.code is Code.PURPOSE_MISSING]
    assert [("serverAuth", "clientAuth")] == told
    assert "accepted" == TargetCase("mutual", silent.leaf, (MID.value,)).judged().outcome


@pytest.mark.req("S4-17", "S4-19", "S4-20")
def test_a_chain_needs_both_purposes_and_a_single_certificate_one() -> None:
    """With serverAuth alone it fails for the chain and passes for the single upload; digitalSignature alone fails both."""
    server_only = leaf(purposes=SERVER)
    assert {Code.PURPOSE_MISSING} == codes(ome(server_only).judged())
    assert {Code.PURPOSE_MISSING} == codes(ome(leaf(purposes=CLIENT)).judged())
    single = TargetCase("dell-ome-server", server_only, (), (MID.value, ROOT.value))
    assert "accepted" == single.judged().outcome
    unfit = leaf(purposes=SERVER, usage=key_usage("digital_signature"))
    found = TargetCase("dell-ome-server", unfit, (), (MID.value, ROOT.value)).judged()
    assert {Code.KEY_USAGE_INCOMPLETE} == codes(found)
    rsa = ome(leaf(key=RSA_KEY, usage=key_usage("digital_signature"))).judged()
    assert {Code.KEY_USAGE_INCOMPLETE} == codes(rsa)
    for verdict, kind in ((found, "EC"), (rsa, "RSA")):
        told = next(one for one in verdict.findings if one.code is Code.KEY_USAGE_INCOMPLETE)
        assert (("keyEncipherment",), True) == (told.evidence["missing"], kind in str(told.evidence["key"]))
        assert "does not apply to EC keys" in remedy(told, Lang.EN)
        assert "EC 鍵には適用されず" in remedy(told, Lang.JA)


@pytest.mark.req("S4-22", "S4-25", "S4-27")
def test_the_root_belongs_to_the_chain_and_ten_certificates_are_the_most() -> None:
    """Without the root it fails; ten certificates pass, eleven fail with the limit named."""
    without = TargetCase("dell-ome-migration", leaf(), (MID.value,), ())
    assert Code.ROOT_NOT_SENT in codes(without.judged())
    assert "accepted" == ome(deep(10)).judged().outcome
    told = ome(deep(11)).judged().findings[0]
    assert (Code.CHAIN_TOO_DEEP, 11, 10) == (told.code, told.evidence["found"], told.evidence["limit"])
    for number, wanted in ((10, set()), (11, {Code.CHAIN_TOO_DEEP})):
        long = deep(number)
        sent = tuple(ca.value for ca in long.above[:-1])  # the root comes from the store, and counts
        short = TargetCase("dell-ome-migration", long, sent).judged()
        assert {Code.ROOT_NOT_SENT} | wanted == codes(short)


@pytest.mark.req("S4-38", "S4-39", "S4-40")
def test_names_that_modern_targets_take_and_this_one_does_not() -> None:
    """A leaf with a SAN alone, and wildcards in CN or SAN, fail here and pass for a plain TLS server."""
    silent = leaf(subject=organisation())
    assert {Code.COMMON_NAME_MISSING} == codes(ome(silent).judged())
    assert "accepted" == TargetCase("tls-server", silent, (MID.value,)).judged().outcome
    in_common_name = leaf(NAME, subject=organisation("*.example.com"))
    assert {Code.WILDCARD_REFUSED} == codes(ome(in_common_name).judged())
    for pattern in ("*.example.com", "f*.example.com", "a.*.example.com"):
        assert Code.WILDCARD_REFUSED in codes(ome(leaf(NAME, pattern)).judged())
        assert {Code.WILDCARD_REFUSED} == codes(ome(leaf(NAME, subject=organisation(pattern))).judged())
    in_san = leaf(NAME, "*.example.com")
    assert {Code.WILDCARD_REFUSED} == codes(ome(in_san).judged())
    assert "accepted" == TargetCase("tls-server", in_san, (MID.value,)).judged().outcome


@pytest.mark.req("S4-38")
def test_every_certificate_of_the_chain_needs_a_common_name() -> None:
    """An intermediate without one is named, once."""
    silent = ROOT.intermediate("x", subject=organisation())
    told = ome(leaf(issuer=silent)).judged().findings
    assert [silent.value.fingerprint.hex] == [
        one.subject for one in told if one.code is Code.COMMON_NAME_MISSING
    ]


@pytest.mark.req("X-02")
def test_one_certificate_and_three_profiles_give_three_verdicts() -> None:
    """Each names its own rules: what one target refuses another does not care about."""
    bare = leaf(NAME, "*.example.com", purposes=SERVER, usage=key_usage("digital_signature"))
    dell = codes(ome(bare).judged())
    cisco = codes(expressway(bare).judged())
    plain = TargetCase("tls-server", bare, (MID.value,)).judged()
    assert {Code.WILDCARD_REFUSED, Code.KEY_USAGE_INCOMPLETE, Code.PURPOSE_MISSING} == dell
    assert {Code.WILDCARD_REFUSED, Code.PURPOSE_MISSING} == cisco
    assert (set(), "accepted") == (codes(plain), plain.outcome)
    assert ["refused", "refused"] == [ome(bare).judged().outcome, expressway(bare).judged().outcome]
    kept = leaf()  # what all three take
    assert ["accepted"] * 3 == [
        case.judged().outcome
        for case in (ome(kept), expressway(kept), TargetCase("tls-server", kept, (MID.value,)))
    ]


@pytest.mark.req("S3-03", "S3-18")
def test_the_release_decides_which_purposes_an_expressway_wants() -> None:
    """X14 wants both, and names the one that is missing; X15.5 takes serverAuth alone for its server certificate."""
    server_only = leaf(purposes=SERVER)
    old = expressway(server_only, "cisco-expressway@X14:E").judged()
    told = next(one for one in old.findings if one.code is Code.PURPOSE_MISSING)
    assert ("refused", "clientAuth") == (old.outcome, told.evidence["wanted"])
    assert "accepted" == expressway(server_only, "cisco-expressway@X15.5:E").judged().outcome
    client_only = leaf(purposes=CLIENT)
    assert "accepted" == expressway(client_only, "cisco-expressway@X15.5:E+client").judged().outcome
    assert "accepted" == expressway(server_only, "cisco-expressway@X15.4:E+server-eku").judged().outcome
    assert "refused" == expressway(server_only, "cisco-expressway@X15.4:C+server-eku").judged().outcome


def test_a_key_larger_than_the_target_holds_is_told() -> None:
    """The size is compared for RSA alone."""
    profile = replace(
        chosen("vcenter-machine"),
        demands=replace(chosen("vcenter-machine").demands, rsa_most=1024, signature_schemes=()),
    )
    held = judge((leaf(key=RSA_KEY).value, MID.value), (ROOT.value,), Context(profile, NOW))
    assert {Code.KEY_KIND_UNFIT} == codes(held)
    loose = replace(profile, demands=replace(profile.demands, key_algorithms=()))
    assert set() == codes(judge((leaf().value, MID.value), (ROOT.value,), Context(loose, NOW)))


def test_what_cannot_be_read_is_not_said_to_be_missing() -> None:
    """Broken extensions are one finding, not several about what they would hold."""
    broken = [
        (x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), b"\x03\x02"), False)
        for oid in ("2.5.29.15", "2.5.29.17", "2.5.29.37")
    ]
    unread = MID.leaf(NAME, san=False, no_usage=True, purposes=None, extra=broken).value
    assert unread.unreadable
    for profile in ("dell-ome-migration", "tpm-ek"):
        found = judge((unread, MID.value, ROOT.value), (), Context(chosen(profile), NOW))
        missing = {Code.KEY_USAGE_INCOMPLETE, Code.DIRECTORY_ATTRIBUTE_MISSING, Code.PURPOSE_MISSING}
        assert set() == missing & codes(found)


def test_the_root_that_is_missing_is_named_as_far_as_it_is_known() -> None:
    """It is the root of the trust store, else the issuer that the last certificate names."""

    def told(case: TargetCase) -> object:
        return next(one.evidence["root"] for one in case.judged().findings if one.code is Code.ROOT_NOT_SENT)

    assert "CN=Root-CA" == told(TargetCase("dell-ome-migration", leaf(), (MID.value,)))
    assert "CN=Root-CA" == told(TargetCase("dell-ome-migration", leaf(), (MID.value,), ()))
    assert "CN=Inter-CA1" == told(TargetCase("dell-ome-migration", leaf(), (), ()))


def test_names_of_an_address_and_wildcards_count_as_covered() -> None:
    """What the topology asks for may be covered by an address or, where it is taken, by a wildcard."""
    both = TargetCase(
        "tls-server", leaf("*.a.example", "192.0.2.1"), (MID.value,), covers=("x.a.example", "192.0.2.1")
    )
    assert "accepted" == both.judged().outcome
    none = TargetCase("tls-server", leaf(san=False), (MID.value,), covers=(NAME,))
    assert Code.NAME_NOT_COVERED in codes(none.judged())


def test_two_self_signed_certificates_of_one_name_exclude_each_other() -> None:
    """Of two self-signed ones a Unified CM trusts only one; two CAs of one name are a warning."""
    context = Context(chosen("cisco-cucm-trust"), NOW)
    first, second = make_ca("CUCM").value, make_ca("cucm").value
    taken = judge_anchors((first, second), context)
    assert [(Code.ANCHOR_NAME_TAKEN, Severity.ERROR)] == [(one.code, one.severity) for one in taken]
    crossed = ROOT.intermediate("CUCM").value
    shared = judge_anchors((first, crossed), context)
    assert [(Code.ANCHOR_NAME_SHARED, Severity.WARNING)] == [(one.code, one.severity) for one in shared]
    assert () == judge_anchors((first, make_ca("Other").value, make_ca("", ca=True).value), context)


def test_trusted_roots_of_a_vcenter_are_cas_that_sign_with_a_good_hash() -> None:
    """A leaf, a CA that may not sign certificates, one past its dates and one signed with SHA-1 are errors."""
    context = Context(chosen("vcenter-trusted-root"), NOW)

    def found(*anchors: object) -> set[Code]:
        return {one.code for one in judge_anchors(anchors, context) if one.severity is Severity.ERROR}  # type: ignore[arg-type]

    assert set() == found(ROOT.value, MID.value)
    assert {Code.LEAF_AS_ANCHOR} == found(leaf().value)
    assert {Code.CERT_SIGN_MISSING} == found(make_ca("Crl", usage=key_usage("crl_sign")).value)
    assert {Code.EXPIRED} == found(make_ca("Old", expired=True).value)
    assert {Code.WEAK_ANCHOR_SIGNATURE} == found(signed_with_sha1(make_ca("Weak", key=make_key("rsa"))).value)
    assert set() == found(make_ca("Silent", no_usage=True).value)


def test_the_weight_off_leaves_a_finding_of_a_trust_store_out() -> None:
    """What a profile leaves out is not told."""
    profile = chosen("vcenter-trusted-root")
    silent = replace(profile, weights={**profile.weights, Code.LEAF_AS_ANCHOR: None})
    assert () == judge_anchors((leaf().value,), Context(silent, NOW))


@pytest.mark.req("S4-59")
def test_the_clock_of_the_target_decides_and_its_skew_is_told() -> None:
    """Two years ahead the chain is expired by the target's clock, and the difference is reported."""
    theirs = NOW + 730 * DAY
    assert Code.EXPIRED in codes(ome(at=theirs).judged())
    assert "accepted" == ome(at=NOW).judged().outcome
    (told,) = find_skew("ome.example:443", theirs, NOW)
    assert (Code.CLOCK_SKEWED, timedelta(days=730)) == (told.code, told.evidence["skew"])
    assert [] == list(find_skew("ome", NOW + timedelta(seconds=60), NOW))
    assert "The clock of ome.example:443 says" in title(told, Lang.EN)
    (given,) = find_skew(str(theirs), theirs, NOW, told="--target-clock")
    assert "The target's clock says" in title(given, Lang.EN)


def test_both_purposes_are_judged_of_the_issuers_too() -> None:
    """A CA limited to servers cannot stand above a certificate that serves both ends."""
    narrow = ROOT.intermediate("Servers", extra=[(x509.ExtendedKeyUsage(SERVER), False)])
    found = ome(leaf(issuer=narrow)).judged()
    assert {Code.ISSUER_PURPOSE_MISSING} == codes(found)
    assert BOTH == (*SERVER, *CLIENT)
    assert BOTH_USES.key_encipherment
    assert vcenter().judged().outcome == "accepted"


@pytest.mark.req("S2-08", "S2-15")
def test_an_endorsement_key_certificate_is_one_and_hangs_from_its_maker() -> None:
    """One with the TCG's purpose and names is read; another kind of certificate, and another maker's signature, are refused."""
    for key in (make_key(), RSA_KEY):
        assert "accepted" == TargetCase("tpm-ek", endorsement(*TPM, key=key), (MID.value,)).judged().outcome
    other_kind = TargetCase("tpm-ek", leaf(), (MID.value,)).judged()
    assert {Code.PURPOSE_MISSING, Code.DIRECTORY_ATTRIBUTE_MISSING} == codes(other_kind)
    for left_out in TPM:
        kept = [one for one in TPM if one != left_out]
        lacking = TargetCase("tpm-ek", endorsement(*kept), (MID.value,)).judged()
        assert [(Code.DIRECTORY_ATTRIBUTE_MISSING, left_out)] == [
            (one.code, one.evidence["missing"]) for one in lacking.findings if one.severity is Severity.ERROR
        ]
    impostor = make_ca("Root-CA").value
    refused = TargetCase("tpm-ek", endorsement(*TPM), (MID.value,), (impostor,)).judged()
    assert ("refused", {Code.SIGNATURE_WRONG}) == (refused.outcome, codes(refused))


@pytest.mark.req("S4-12")
def test_every_rule_has_a_message_of_its_own() -> None:
    """Whatever a chain lacks, no two faults are told in the same words, in either language."""
    wanted = [code for code in CASES if code not in {Code.VALIDITY_TOO_LONG, Code.PURPOSE_ENDED}]
    for lang in Lang:
        told = {}
        for code in wanted:
            found = CASES[code][0]().judged().findings
            told[code] = next(title(one, lang) for one in found if one.code is code)
        assert len(told) == len(set(told.values()))


@pytest.mark.req("S4-18", "S4-21")
def test_the_target_s_reason_is_told_with_the_fault() -> None:
    """Why both purposes: either side may be the client. Why keyEncipherment: the key encrypts the traffic."""
    verdict = ome(leaf(purposes=SERVER, usage=key_usage("digital_signature"))).judged()
    seen = {one.code: "; ".join(list_seen(one, Lang.EN)) for one in verdict.findings}
    assert "either appliance may be the server or the client" in seen[Code.PURPOSE_MISSING]
    assert "encrypts the traffic" in seen[Code.KEY_USAGE_INCOMPLETE]
    japanese = {one.code: "; ".join(list_seen(one, Lang.JA)) for one in verdict.findings}
    assert "サーバーにもクライアントにも" in japanese[Code.PURPOSE_MISSING]
    assert "暗号化" in japanese[Code.KEY_USAGE_INCOMPLETE]


def test_the_database_of_an_endpoint_manager_wants_its_purpose_named() -> None:
    """SQL Server takes no silence for serverAuth; the manager does."""
    silent = leaf(key=RSA_KEY, purposes=None)
    told = [TargetCase(f"symantec-sepm:{role}", silent).judged() for role in ("sql", "manager")]
    assert [True, False] == [Code.PURPOSE_MISSING in codes(one) for one in told]


@pytest.mark.parametrize(
    ("fault", "make"),
    [
        (Code.COMMON_NAME_UNLISTED, lambda: leaf(san=False, extra=[(BESIDE, False)])),
        (Code.PURPOSE_UNSTATED, lambda: leaf(purposes=None)),
        (Code.PURPOSE_UNFIT, lambda: leaf(purposes=(*SERVER, ExtendedKeyUsageOID.CODE_SIGNING))),
        (Code.KEY_KIND_UNFIT, lambda: leaf(key=ed25519.Ed25519PrivateKey.generate(), usage=SIGNS)),
        (Code.WEAK_KEY, lambda: leaf(key=ec.generate_private_key(ec.SECP224R1()), usage=SIGNS)),
    ],
    ids=count(),
)
def test_a_public_certificate_is_asked_for_what_public_authorities_must_keep_to(
    fault: Code, make: Callable[[], Entity]
) -> None:
    """What a private one may do without."""
    public, private = (
        TargetCase(name, make(), (MID.value,)).judged() for name in ("webpki-public", "tls-server")
    )
    assert fault in codes(public)
    assert fault not in codes(private)


def test_a_target_that_cannot_check_a_signature_says_whose() -> None:
    """Of the leaf and of every CA beneath the anchor; an anchor's own signature is nobody's to check."""
    above = RSA_ROOT.intermediate("PSS", key=RSA_KEY, pss=True)
    found = vcenter(rsa_leaf(issuer=above)).judged().findings
    assert [(Code.SIGNATURE_KIND_UNFIT, "CN=PSS", "RSA-PSS")] == [
        (one.code, one.evidence["who"], one.evidence["scheme"])
        for one in found
        if one.severity is Severity.ERROR
    ]
    root = make_ca("PSS Root", key=RSA_KEY, pss=True)
    whole = replace(vcenter(rsa_leaf(issuer=root)), anchors=(root.value,))
    assert "accepted" == whole.judged().outcome
    unknown = replace(whole, sent=(root.value,), anchors=())
    assert Code.SIGNATURE_KIND_UNFIT not in codes(unknown.judged())
    by_ec = replace(vcenter(rsa_leaf(issuer=MID)), anchors=(ROOT.value,))
    assert {Code.SIGNATURE_KIND_UNFIT} == codes(by_ec.judged())


def test_a_larger_rsa_key_fits_before_vcenter_8() -> None:
    """Those of vSphere 7.0: up to 16384 bits; 8.0: up to 8192."""
    limits = {
        release: chosen(f"vcenter-machine@{release}").demands.rsa_most for release in ("7.0", "8.0", "9.0")
    }
    assert {"7.0": 16384, "8.0": 8192, "9.0": 8192} == limits
