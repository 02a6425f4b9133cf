"""Where an engine refuses a certificate for its form, we name the reason beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from support.malformed import as_printable, with_octets
from support.pki import NOW, SERVER, Entity, make_ca, make_key
from support.running import need_program
from support.usages import basic_constraints, key_usage, names_critical, netscape_type
from warifu.adapters.verifiers.cryptography import CryptographyVerifier
from warifu.adapters.verifiers.openssl import OpensslVerifier
from warifu.domain.findings import Code, Lang, Severity, describe
from warifu.domain.trust import Context, PathAnswer, PathQuestion, Verdict, judge, profile_named

ROOT = make_ca("Root")
MID = ROOT.intermediate("Mid")
NAME = "web.example"


def dns_limit(limit: str, *, barred: bool = False, critical: bool = True) -> dict[str, Any]:
    listed = [x509.DNSName(limit)]
    limits = x509.NameConstraints(None if barred else listed, listed if barred else None)
    return {"extra": [(limits, critical)]}


def beneath(**options: Any) -> Entity:
    return ROOT.intermediate("Odd", **options).leaf(NAME)


def beneath_root(**options: Any) -> Entity:
    return make_ca("Odd Root", **options).leaf(NAME)


def critical_key_id() -> Entity:
    above = x509.AuthorityKeyIdentifier.from_issuer_public_key(MID.key.public_key())
    return MID.leaf(NAME, aki=False, extra=[(above, True)])


def odd_curve() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP224R1())


PURPOSE = x509.ExtendedKeyUsage(SERVER)
POLICY = x509.CertificatePolicies(
    [x509.PolicyInformation(x509.ObjectIdentifier("1.3.6.1.4.1.55555.2"), None)]
)
SOFT = basic_constraints(ca=True, critical=False)
# What is odd: who refuses it, the code we name, and the certificate (0 the leaf, 1 its issuer) it is about.
CASES: dict[str, tuple[set[str], Code, int, Callable[[], Entity]]] = {
    "basicConstraints of an intermediate not critical": (
        {"cryptography"},
        Code.CRITICAL_MARK_MISSING,
        1,
        lambda: beneath(**SOFT),
    ),
    "an old type of clients alone": (
        {"openssl"},
        Code.NETSCAPE_TYPE_UNFIT,
        0,
        lambda: MID.leaf(NAME, extra=[netscape_type(0x80)]),
    ),
    "basicConstraints of a root not critical": (
        {"cryptography"},
        Code.CRITICAL_MARK_MISSING,
        1,
        lambda: beneath_root(**SOFT),
    ),
    "an intermediate without keyUsage": (
        {"cryptography"},
        Code.KEY_USAGE_MISSING,
        1,
        lambda: beneath(no_usage=True),
    ),
    "a root without keyUsage": (
        {"cryptography"},
        Code.KEY_USAGE_MISSING,
        1,
        lambda: beneath_root(no_usage=True),
    ),
    "an intermediate without keyCertSign": (
        {"cryptography", "openssl"},
        Code.CERT_SIGN_MISSING,
        1,
        lambda: beneath(usage=key_usage("crl_sign")),
    ),
    "a leaf's extKeyUsage critical": (
        {"cryptography"},
        Code.CRITICAL_MARK_UNFIT,
        0,
        lambda: MID.leaf(NAME, purposes=None, extra=[(PURPOSE, True)]),
    ),
    "an intermediate's extKeyUsage critical": (
        {"cryptography"},
        Code.CRITICAL_MARK_UNFIT,
        1,
        lambda: beneath(extra=[(PURPOSE, True)]),
    ),
    "critical policies": (
        {"cryptography"},
        Code.CRITICAL_MARK_UNFIT,
        0,
        lambda: MID.leaf(NAME, extra=[(POLICY, True)]),
    ),
    "critical names beside a subject": (
        {"cryptography"},
        Code.CRITICAL_MARK_UNFIT,
        0,
        lambda: MID.leaf(NAME, **names_critical(NAME)),
    ),
    "a critical authority key id": (
        {"cryptography", "openssl"},
        Code.CRITICAL_MARK_UNFIT,
        0,
        critical_key_id,
    ),
    "a permitted name with a leading dot": (
        {"cryptography"},
        Code.NAME_CONSTRAINT_UNFIT,
        1,
        lambda: beneath(**dns_limit(".example")),
    ),
    "a barred name with a leading dot": (
        {"cryptography"},
        Code.NAME_CONSTRAINT_UNFIT,
        1,
        lambda: beneath(**dns_limit(".other", barred=True)),
    ),
    "a leaf that may sign": (
        {"cryptography"},
        Code.CA_EXTENSION_ON_LEAF,
        0,
        lambda: MID.leaf(NAME, usage=key_usage("digital_signature", "key_cert_sign")),
    ),
    "a leaf that constrains names": (
        {"cryptography"},
        Code.CA_EXTENSION_ON_LEAF,
        0,
        lambda: MID.leaf(NAME, **dns_limit("example")),
    ),
    "a leaf signed with SHA-224": (
        {"cryptography"},
        Code.SIGNATURE_UNCOMMON,
        0,
        lambda: MID.leaf(NAME, digest=hashes.SHA224()),
    ),
    "an intermediate signed with SHA-224": (
        {"cryptography"},
        Code.SIGNATURE_UNCOMMON,
        1,
        lambda: beneath(digest=hashes.SHA224()),
    ),
    "an intermediate with a key on P-224": (
        {"cryptography"},
        Code.KEY_UNCOMMON,
        1,
        lambda: beneath(key=odd_curve()),
    ),
}


def judged(leaf: Entity, profile: str) -> Verdict:
    context = Context(profile_named(profile), NOW, "serverAuth", NAME)
    return judge((leaf.value, *leaf.chain), (leaf.root.value,), context)


@pytest.mark.parametrize("case", CASES)
def test_a_refusal_of_an_engine_has_a_reason_of_ours(case: str) -> None:
    """Who refuses is as listed, and our finding names the certificate, the evidence and its clause."""
    need_program("openssl", "openssl")
    refusing, code, position, make = CASES[case]
    leaf = make()
    question = PathQuestion("any", leaf.value, leaf.chain, (leaf.root.value,), "serverAuth", NOW, NAME)
    engines = (OpensslVerifier(), CryptographyVerifier())
    answers = {engine.consumer: engine.answer([question])[0] for engine in engines}
    assert refusing == {consumer for consumer, answer in answers.items() if not answer.accepted}
    found = [one for one in judged(leaf, "tls-server").findings if one.code is code]
    about = (leaf, *leaf.above)[position]
    assert [about.value.fingerprint.hex] == [one.subject for one in found]
    assert found[0].evidence["who"] == str(about.value.subject)
    assert "RFC" in describe(code).says_so(Lang.EN)


@pytest.mark.parametrize(
    "case", [name for name, (refusing, *_) in CASES.items() if "openssl" not in refusing]
)
def test_rfc5280_refuses_nothing_that_its_path_validation_passes(case: str) -> None:
    """None of these faults is an error under rfc5280, and none beneath an anchor is passed over under tls-server."""
    _, code, _, make = CASES[case]
    leaf = make()
    assert "accepted" == judged(leaf, "rfc5280").outcome
    weights = {one.severity for one in judged(leaf, "tls-server").findings if one.code is code}
    assert {Severity.WARNING} == weights


def test_without_a_subject_names_must_be_critical() -> None:
    """A leaf with no subject and plain names is told, and one with critical names is fine."""
    plain, marked = MID.leaf("", **plain_names()), MID.leaf("", **names_critical(NAME))
    assert [Code.CRITICAL_MARK_MISSING] == [one.code for one in judged(plain, "tls-server").findings]
    assert () == judged(marked, "tls-server").findings


def plain_names() -> dict[str, Any]:
    return {"san": False, "extra": [(x509.SubjectAlternativeName([x509.DNSName(NAME)]), False)]}


@pytest.mark.parametrize("barred", [False, True])
def test_a_leading_dot_wants_a_label_more_as_openssl_has_it(barred: bool) -> None:
    """`.web.example` does not stand for web.example itself: openssl and our rules say the same of both forms."""
    need_program("openssl", "openssl")
    leaf = beneath(**dns_limit(".web.example", barred=barred))
    question = PathQuestion("any", leaf.value, leaf.chain, (leaf.root.value,), "serverAuth", NOW, NAME)
    (answer,) = OpensslVerifier().answer([question])
    assert barred is answer.accepted
    assert barred is (judged(leaf, "tls-server").outcome == "accepted")


def asked(engine: CryptographyVerifier | OpensslVerifier, sent: Entity, *anchors: Entity) -> PathAnswer:
    chain = tuple(one.value for one in sent.above if one.above)
    trusted = tuple(one.value for one in anchors)
    question = PathQuestion(engine.consumer, sent.value, chain, trusted, "serverAuth", NOW, NAME)
    return engine.answer([question])[0]


def test_what_a_library_cannot_load_it_refuses_and_says_why() -> None:
    """A character that its PrintableString does not have, in leaf, intermediate or root: openssl takes each."""
    root = make_ca("R&D", key=make_key("rsa"))
    change = as_printable("R&D")
    odd_root = with_octets(root, change)
    mid = root.intermediate("Mid", key=make_key("rsa"))
    below_root = with_octets(root.leaf(NAME), change)
    below_mid = replace(mid.leaf(NAME), above=(with_octets(mid, change), root))
    need_program("openssl", "openssl")
    for leaf in (below_root, below_mid):
        said = asked(CryptographyVerifier(), leaf, root)
        assert (False, True) == (said.accepted, said.answered)
        assert "PrintableString" in said.said
        assert asked(OpensslVerifier(), leaf, odd_root).accepted
    for anchors in ((odd_root,), (odd_root, ROOT)):
        said = asked(CryptographyVerifier(), root.leaf(NAME), *anchors)
        assert (False, True) == (said.accepted, said.answered)
        assert "PrintableString" in said.said


def test_an_anchor_that_it_cannot_load_stands_in_nobodys_way() -> None:
    """What the others of the trust store vouch for is accepted."""
    odd = with_octets(make_ca("R&D", key=make_key("rsa")), as_printable("R&D"))
    assert asked(CryptographyVerifier(), MID.leaf(NAME), odd, ROOT).accepted
