"""Form by form, above the leaf and on it: key ids, marks, algorithms, names of issuers, policies."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from cryptography import x509

from support.malformed import (
    renamed_beside_the_signature,
    signed_by_no_kind,
    with_key_of_no_kind,
    with_other_algorithm,
    with_serial_octet,
    with_serial_of,
)
from support.pki import NOW, SERVER, Entity, make_ca, make_key
from support.rule_cases import MID, ROOT, RSA_ROOT, WEB, Case
from support.shipped import PUBLIC
from warifu.domain.findings import Code, Finding, Lang, Severity, title
from warifu.domain.trust import Context, leaf_facts, path_verdict, profile_named
from warifu.domain.trust.acceptance import origin_class
from warifu.domain.trust.conformance import RFC5280_STRICT
from warifu.domain.trust.subtrees import misfits
from warifu.domain.x509 import GeneralNames, NameConstraints

BROKEN = b"\x30\x05\x01"


def found(case: Case, code: Code) -> list[Finding]:
    return [one for one in case.judged().findings if one.code is code]


def broken(kind: type[x509.ExtensionType]) -> tuple[x509.ExtensionType, bool]:
    return x509.UnrecognizedExtension(kind.oid, BROKEN), False


@pytest.mark.parametrize("where", ["leaf", "above", "key"])
def test_a_signature_that_nobody_can_check_is_not_called_wrong(where: str) -> None:
    """An unknown algorithm, or an issuer's key of no kind: refused as unreadable; a profile that passes that still refuses."""
    mid = RSA_ROOT.intermediate("Mid")
    cases = {
        "leaf": lambda: Case(signed_by_no_kind(RSA_ROOT.leaf("a.example"))),
        "above": lambda: Case(signed_by_no_kind(mid).leaf("a.example")),
        "key": lambda: Case(mid.leaf("a.example"), sent=(with_key_of_no_kind(mid).value,)),
    }
    case = cases[where]()
    codes = {one.code for one in case.judged().findings}
    assert Code.EXTENSION_UNREADABLE in codes
    assert Code.SIGNATURE_WRONG not in codes
    assert "refused" == case.judged().outcome
    lenient = replace(case.rules, weights={**case.rules.weights, Code.EXTENSION_UNREADABLE: Severity.WARNING})
    case.profile = lenient
    assert [Severity.ERROR] == [one.severity for one in found(case, Code.SIGNATURE_WRONG)]


def test_a_root_that_names_another_key_than_its_own_is_told() -> None:
    """It signed itself, so its authority key id is its subject key id; where anchors are not judged, nothing is said."""
    wrong = x509.AuthorityKeyIdentifier(b"\x01" * 20, None, None)
    root = make_ca("Odd Root", extra=[(wrong, False)])
    leaf = root.leaf("a.example")
    (told,) = found(Case(leaf), Code.KEY_ID_MISMATCH)
    assert (root.value.fingerprint.hex, root.value.authority_key_id) == (
        told.subject,
        told.evidence["wanted"],
    )
    assert [] == found(Case(leaf, profile="rfc5280"), Code.KEY_ID_MISMATCH)


def test_a_root_signed_anew_by_its_older_key_names_that_key() -> None:
    """Self-issued is not self-signed: a trusted certificate of a new key, signed by the old one of the same name."""
    old = make_ca("Root of Two")
    new = old.intermediate("Root of Two")
    assert [] == found(Case(new.leaf("a.example"), sent=(), anchors=(new.value,)), Code.KEY_ID_MISMATCH)


@pytest.mark.parametrize(
    ("form", "part"),
    [
        (x509.AuthorityKeyIdentifier(None, None, None), "authorityKeyIdentifier"),
        (x509.AuthorityKeyIdentifier(None, [x509.DNSName("a")], 5), "authorityCertSerialNumber"),
        (
            x509.AuthorityKeyIdentifier(None, [x509.DirectoryName(ROOT.cert.subject)], 5),
            "authorityCertIssuer",
        ),
    ],
)
def test_the_form_of_an_authority_key_id_is_told_where_public_rules_hold(
    form: x509.AuthorityKeyIdentifier, part: str
) -> None:
    """On a root, on an intermediate and on a leaf alike; other rule sets say nothing of it."""
    extra = [(form, False)]
    root = make_ca("Formal", extra=extra)
    mid = ROOT.intermediate("Formal Mid", aki=False, extra=extra)
    leaf = ROOT.leaf("a.example", aki=False, extra=extra)
    for odd, beneath in ((root, root.leaf("a.example")), (mid, mid.leaf("a.example")), (leaf, leaf)):
        (told,) = found(Case(beneath, profile=PUBLIC), Code.KEY_ID_UNFIT)
        assert (odd.value.fingerprint.hex, part) == (told.subject, told.evidence["part"])
        assert [] == found(Case(beneath), Code.KEY_ID_UNFIT)


def test_a_name_and_serial_number_are_compared_above_the_leaf_too() -> None:
    """They are the issuer's own issuer and number, and whoever names others is named."""
    directory = [x509.DirectoryName(ROOT.cert.issuer)]
    key_id = ROOT.value.subject_key_id
    assert key_id is not None
    for serial, expected in ((ROOT.cert.serial_number, 0), (7, 1)):
        form = x509.AuthorityKeyIdentifier(bytes.fromhex(key_id.hex), directory, serial)
        mid = ROOT.intermediate("Named", aki=False, extra=[(form, False)])
        told = found(Case(mid.leaf("a.example")), Code.KEY_ID_MISMATCH)
        assert [mid.value.fingerprint.hex] * expected == [one.subject for one in told]


def test_policies_that_had_to_be_critical_are_told() -> None:
    """RFC 5280 §4.2.1.11: of a CA; marked critical, they are not understood here and refuse."""
    limits = x509.PolicyConstraints(require_explicit_policy=3, inhibit_policy_mapping=None)
    soft = ROOT.intermediate("Soft", extra=[(limits, False)])
    (told,) = found(Case(soft.leaf("a.example")), Code.CRITICAL_MARK_MISSING)
    assert (soft.value.fingerprint.hex, "policyConstraints") == (told.subject, told.evidence["extension"])
    hard = ROOT.intermediate("Hard", extra=[(limits, True)])
    assert 1 == len(found(Case(hard.leaf("a.example")), Code.CRITICAL_EXTENSION_UNKNOWN))


def test_a_mark_that_a_rule_set_leaves_free_is_not_told() -> None:
    """Name constraints without a mark: RFC 5280 forbids it, the public web does not; a critical EKU the other way round."""
    limits = x509.NameConstraints([x509.DNSName("example")], None)
    soft = ROOT.intermediate("Narrow", extra=[(limits, False)]).leaf("a.example")
    marked = ROOT.leaf("a.example", purposes=None, extra=[(x509.ExtendedKeyUsage(SERVER), True)])
    for leaf, code, strict, public in (
        (soft, Code.CRITICAL_MARK_MISSING, 1, 0),
        (marked, Code.CRITICAL_MARK_UNFIT, 0, 1),
    ):
        assert strict == len(found(Case(leaf, profile=RFC5280_STRICT), code))
        assert public == len(found(Case(leaf, profile=PUBLIC), code))


def test_a_path_length_belongs_to_a_ca() -> None:
    """On a leaf it is a CA's part; what carries it above a leaf is no CA, and that is said alone."""
    odd = (x509.UnrecognizedExtension(x509.BasicConstraints.oid, bytes.fromhex("3003020100")), True)
    (told,) = found(Case(ROOT.leaf("a.example", basic=False, extra=[odd])), Code.CA_EXTENSION_ON_LEAF)
    assert "basicConstraints pathLenConstraint" == told.evidence["part"]
    above = Case(ROOT.intermediate("Mid", basic=False, extra=[odd]).leaf("a.example"))
    assert 1 == len(found(above, Code.NOT_A_CA))
    assert [] == [*found(above, Code.EXTENSION_UNREADABLE), *found(above, Code.CA_EXTENSION_ON_LEAF)]


def test_of_two_broken_signatures_both_are_told() -> None:
    """The way goes on over a certificate that did not sign, where there is no other to choose."""
    other = make_ca("Root", ski=False)
    mid = other.intermediate("Mid", aki=False, ski=False)
    leaf = replace(mid, key=make_key()).leaf("a.example", aki=False)
    case = Case(leaf, sent=(mid.value,), anchors=(make_ca("Root", ski=False).value,))
    told = found(case, Code.SIGNATURE_WRONG)
    assert {leaf.value.fingerprint.hex, mid.value.fingerprint.hex} == {one.subject for one in told}


def test_a_root_that_signed_itself_was_not_signed_by_a_namesake() -> None:
    """It is not trusted, and the trusted one of its name is another: nothing is wrong with a signature."""
    own, trusted = make_ca("Same Name"), make_ca("Same Name")
    leaf = own.intermediate("Below").leaf("a.example")
    case = Case(leaf, sent=(*leaf.chain, own.value), anchors=(trusted.value,))
    told = {one.code: one.subject for one in case.judged().findings}
    assert own.value.fingerprint.hex == told[Code.SELF_SIGNED_NOT_TRUSTED]
    assert trusted.value.fingerprint.hex == told[Code.ISSUER_NAMESAKE]
    assert Code.SIGNATURE_WRONG not in told


@pytest.mark.parametrize("octets", [21, 64, 4000])
def test_a_serial_number_beyond_all_bounds_is_told_in_short(octets: int) -> None:
    """Python itself writes no number of more than 4,300 digits."""
    odd = with_serial_of(RSA_ROOT.leaf("a.example", serial=1), octets)
    (told,) = found(Case(odd), Code.SERIAL_UNFIT)
    assert len(title(told, Lang.EN)) < 300
    above = with_serial_of(RSA_ROOT.intermediate("Odd", serial=1, key=make_key("rsa")), octets)
    (told,) = found(Case(above.leaf("a.example")), Code.SERIAL_UNFIT)
    assert above.value.fingerprint.hex == told.subject


def test_form_is_judged_above_the_leaf() -> None:
    """Two algorithms, and an issuer without a name; of the anchor itself nothing is said."""
    odd = with_other_algorithm(RSA_ROOT.intermediate("Odd", key=make_key("rsa")))
    (told,) = found(Case(odd.leaf("a.example")), Code.SIGNATURE_ALGORITHM_DIFFERS)
    assert odd.value.fingerprint.hex == told.subject
    mid = make_ca("").intermediate("Beneath Nobody")
    (told,) = found(Case(mid.leaf("a.example")), Code.NAME_EMPTY)
    assert mid.value.fingerprint.hex == told.subject


@pytest.mark.parametrize("root", [ROOT, RSA_ROOT], ids=["EC", "RSA"])
def test_a_right_signature_beside_a_changed_algorithm_is_not_called_wrong(root: Entity) -> None:
    """What was signed says how; the other name is the fault. A signature wrong both ways is told as well."""
    good = renamed_beside_the_signature(root.leaf("a.example"))
    stranger = make_ca(str(root.cert.subject.rfc4514_string())[3:], key=root.key, ski=False)
    other = make_key("rsa") if root is RSA_ROOT else make_key()
    bad = renamed_beside_the_signature(replace(stranger, key=other).leaf("a.example", aki=False))
    both = {Code.SIGNATURE_ALGORITHM_DIFFERS, Code.SIGNATURE_WRONG}
    assert {Code.SIGNATURE_ALGORITHM_DIFFERS} == both & {one.code for one in Case(good).judged().findings}
    assert both == both & {one.code for one in Case(bad, anchors=(root.value,)).judged().findings}


def test_the_serial_number_of_an_anchor_is_nobodys_business() -> None:
    """Roots with number 0 are in every public store."""
    assert [] == found(Case(zero_root().leaf("a.example")), Code.SERIAL_UNFIT)
    mid = zero_root().intermediate("Mid")
    assert [] == found(Case(mid.leaf("a.example")), Code.SERIAL_UNFIT)


def zero_root() -> Entity:
    return with_serial_octet(make_ca("Zero", key=make_key("rsa"), serial=1), 0)


@pytest.mark.parametrize(
    ("kind", "option", "code"),
    [
        (x509.BasicConstraints, {"basic": False}, Code.NOT_A_CA),
        (x509.KeyUsage, {"no_usage": True}, Code.KEY_USAGE_MISSING),
        (x509.SubjectKeyIdentifier, {"ski": False}, Code.KEY_ID_MISSING),
        (x509.AuthorityKeyIdentifier, {"aki": False}, Code.KEY_ID_MISSING),
    ],
)
def test_what_cannot_be_read_is_not_called_missing(
    kind: type[x509.ExtensionType], option: dict[str, Any], code: Code
) -> None:
    """A CA with a broken extension is told of that extension by name, and of nothing that follows from it."""
    odd = ROOT.intermediate("Odd", **option, extra=[broken(kind)])
    case = Case(odd.leaf("a.example"))
    assert [] == found(case, code)
    assert 1 == len(found(case, Code.EXTENSION_UNREADABLE))
    assert 1 == len(found(Case(ROOT.intermediate("Bare", **option).leaf("a.example")), code))


def test_purposes_that_cannot_be_read_are_not_called_unstated() -> None:
    """Under public rules, too."""
    leaf = MID.leaf("a.example", purposes=None, extra=[broken(x509.ExtendedKeyUsage)])
    assert [] == found(Case(leaf, profile=PUBLIC), Code.PURPOSE_UNSTATED)


def test_a_class_of_leaves_without_any_issuer_misses_one() -> None:
    """Nobody of that name is known."""
    facts = leaf_facts(WEB.value)
    verdict = path_verdict(origin_class(facts, ()), (), (), Context(profile_named("tls-server"), NOW))
    assert [(Code.ISSUER_MISSING, "CN=Mid")] == [(one.code, one.subject) for one in verdict.findings]


def test_an_issuer_whose_key_cannot_be_read_signed_nothing() -> None:
    """The next of its name is tried."""
    strange = with_key_of_no_kind(RSA_ROOT.intermediate("Mid", ski=False, key=make_key()))
    assert leaf_facts(WEB.value, (strange.value, MID.value)).origin.signer
    assert "" == leaf_facts(WEB.value, (strange.value,)).origin.signer


def test_an_empty_list_of_constraints_is_told() -> None:
    """Neither permitted nor excluded names: RFC 5280 §4.2.1.10 forbids it; the library at hand does not even read it."""
    assert [("nameConstraints", "", "")] == list(misfits(NameConstraints()))
    assert [] == list(misfits(NameConstraints(GeneralNames(dns=("a",)))))


def test_a_leaf_without_a_subject_is_constrained_by_its_names_alone() -> None:
    """An empty name lies in no directory, and outside none."""
    limits = x509.NameConstraints([x509.DirectoryName(ROOT.cert.subject), x509.DNSName("example")], None)
    narrow = ROOT.intermediate("Narrow", extra=[(limits, True)])
    names = x509.SubjectAlternativeName([x509.DNSName("a.example")])
    assert [] == found(Case(narrow.leaf("", san=False, extra=[(names, True)])), Code.NAME_CONSTRAINED)
    assert 1 == len(found(Case(narrow.leaf("a.example")), Code.NAME_CONSTRAINED))


@pytest.mark.req("S3-25")
def test_without_key_ids_the_verified_chain_decides() -> None:
    """No AKI: of CAs of one name the one whose key signed is taken; renewed with its key it serves, with a new one not."""
    key = make_key()
    old = make_ca("Corp CA", key=key, ski=False)
    renewed, rekeyed = make_ca("Corp CA", key=key, ski=False), make_ca("Corp CA", ski=False)
    leaf = old.leaf("a.example", aki=False)
    for anchors in ((rekeyed.value, renewed.value), (renewed.value, rekeyed.value)):
        verdict = Case(leaf, sent=(), anchors=anchors).judged()
        assert ("accepted", renewed.value) == (verdict.outcome, verdict.path[-1])
    alone = Case(leaf, sent=(), anchors=(rekeyed.value,)).judged()
    assert "refused" == alone.outcome
    assert Code.SIGNATURE_WRONG in {one.code for one in alone.findings}


def test_of_an_authority_key_id_without_a_key_id_that_alone_is_missing() -> None:
    """The extension is there: it names the issuer by name and serial number, each attribute apart from the next."""
    named = x509.Name.from_rfc4514_string("CN=Root,O=Corp")
    form = x509.AuthorityKeyIdentifier(None, [x509.DirectoryName(named)], 5)
    told = Case(ROOT.leaf("a.example", aki=False, extra=[(form, False)])).judged().findings
    missing = [one.evidence["missing"] for one in told if one.code is Code.KEY_ID_MISSING]
    assert ["authorityKeyIdentifier.keyIdentifier"] == missing
    (wanted,) = [one.evidence["wanted"] for one in told if one.code is Code.KEY_ID_MISMATCH]
    assert "CN=Root,O=Corp / 5" == wanted
