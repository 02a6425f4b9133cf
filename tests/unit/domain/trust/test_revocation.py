"""Which CRLs and OCSP responses count, and what is said of those that do not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID

from support.malformed import crl_without_next_update
from support.pki import CLIENT, DAY, NOW, Entity, make_ca, make_key
from support.revoking import (
    GOOD,
    OCSP_SIGNER,
    REVOKED,
    UNKNOWN,
    crl_of,
    ocsp_of,
    point,
    refused_by_responder,
    scope,
    together,
)
from support.rule_cases import MID, ROOT, UNKNOWN_OID, WEB, Case
from support.usages import key_usage
from warifu.domain.findings import Code, Finding, Lang, Severity, remedy, title
from warifu.domain.findings.causes import CAUSES
from warifu.domain.trust import Context, judge, leaf_facts, path_verdict, profile_named
from warifu.domain.trust.acceptance import END, origin_class
from warifu.domain.x509 import OcspResponse, RevocationList

URI, OTHER_URI = "http://crl.example/1.crl", "http://crl.example/2.crl"
AT_POINT = MID.leaf("a.example", extra=[(point(URI), False)])
COMPROMISE = frozenset({x509.ReasonFlags.key_compromise})
RELATIVE = x509.RelativeDistinguishedName([x509.NameAttribute(NameOID.COMMON_NAME, "part")])
UNKNOWN_MARK = x509.UnrecognizedExtension(UNKNOWN_OID, b"\x05\x00")
BROKEN = x509.UnrecognizedExtension(x509.IssuingDistributionPoint.oid, b"\x30\x05\x01")
NOBODY = make_ca("Nobody")
SHA256_WITH_RSA = bytes.fromhex("2a864886f70d01010b")
RSA_CA = make_ca("RSA", key=make_key("rsa"))


def said(case: Case) -> list[tuple[str, object]]:
    """Every finding by code, with the reason that it gives; each reason has its sentence."""
    found = [(one.code.value, one.evidence.get("reason")) for one in case.judged().findings]
    assert {reason for _, reason in found} <= {None, *CAUSES}
    return found


def by_crl(*crls: RevocationList, leaf: Entity = WEB, mode: str = "leaf", **more: object) -> Case:
    return Case(leaf, crls=crls, crl_mode=mode, **more)  # type: ignore[arg-type]


def by_ocsp(*responses: OcspResponse, **more: object) -> Case:
    return Case(WEB, ocsp=responses, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("extension", "leaf", "reason"),
    [
        (scope(ca=True), WEB, "only-ca"),
        (scope(attribute=True), WEB, "only-attribute"),
        (scope(OTHER_URI), AT_POINT, "other-point"),
        (scope(URI), WEB, "other-point"),
        (scope(relative=RELATIVE), AT_POINT, "other-point"),
        (scope(reasons=COMPROMISE), WEB, "some-reasons"),
    ],
    ids=["ca", "attribute", "other point", "no point", "relative", "reasons"],
)
def test_a_crl_about_other_certificates_covers_none(
    extension: x509.IssuingDistributionPoint, leaf: Entity, reason: str
) -> None:
    """It is told why it does not count; beside a complete CRL it is not told at all."""
    partial = crl_of(MID, extra=[(extension, True)])
    assert [("crl-out-of-scope", reason)] == said(by_crl(partial, leaf=leaf))
    assert [] == said(by_crl(partial, crl_of(MID), leaf=leaf))


def test_a_crl_of_users_alone_says_nothing_of_a_ca() -> None:
    """Of the leaf it does, of the intermediate it does not; a CA in the place of a leaf is a CA."""
    users, cas = (crl_of(ROOT, extra=[(which, True)]) for which in (scope(user=True), scope(ca=True)))
    assert [("crl-out-of-scope", "only-user")] == said(by_crl(crl_of(MID), users, mode="chain"))
    assert [] == said(by_crl(crl_of(MID), cas, mode="chain"))
    assert [] == said(by_crl(users, leaf=ROOT.leaf("a.example")))
    authority = ROOT.intermediate("A", names=("a.example",), usage=key_usage("digital_signature"))
    case = by_crl(users, leaf=authority)
    assert ("crl-out-of-scope", "only-user") in said(case)


def test_a_crl_of_some_reasons_revokes_but_never_covers() -> None:
    """What it lists is revoked; what it does not list may be revoked for another reason."""
    partial = crl_of(MID, [WEB], extra=[(scope(reasons=COMPROMISE), True)])
    assert {"revoked", "crl-out-of-scope"} == {code for code, _ in said(by_crl(partial))}


@pytest.mark.parametrize(
    ("extension", "reason"),
    [
        (x509.DeltaCRLIndicator(1), "delta"),
        (scope(indirect=True), "indirect"),
        (UNKNOWN_MARK, "unknown-critical"),
        (BROKEN, "malformed"),
    ],
    ids=["delta", "indirect", "unknown", "broken"],
)
def test_a_crl_that_cannot_be_judged_makes_nothing_good_and_nothing_bad(
    extension: x509.ExtensionType, reason: str
) -> None:
    """It is said to be unjudged, whether or not it lists the certificate."""
    for revoked in ((), (WEB,)):
        odd = crl_of(MID, revoked, extra=[(extension, True)])
        assert [("crl-unjudged", reason)] == said(by_crl(odd))


@pytest.mark.parametrize(
    ("crl", "reason"),
    [
        (crl_of(MID, number=None), "no-number"),
        (crl_of(MID, number=True), "number-critical"),
        (crl_without_next_update(RSA_CA), "no-next-update"),
        (crl_of(MID, [ROOT.leaf("x.example")], twice=True), "listed-twice"),
    ],
)
def test_the_form_of_a_crl_is_told_beside_what_it_says(crl: RevocationList, reason: str) -> None:
    """Verifiers pass it, so it is a warning; it still covers."""
    leaf = RSA_CA.leaf("a.example") if crl.next_update is None else WEB
    verdict = by_crl(crl, leaf=leaf).judged()
    assert [(Code.CRL_UNFIT, Severity.WARNING, reason)] == [
        (one.code, one.severity, one.evidence["reason"]) for one in verdict.findings
    ]
    assert "accepted" == verdict.outcome


HOLD = x509.ReasonFlags.certificate_hold
OLDER: dict[str, Any]
NEWER: dict[str, Any]
OLDER, NEWER = {"begins": NOW - 2 * DAY, "counted": 4}, {"begins": NOW - DAY, "counted": 5}


@pytest.mark.parametrize(
    ("later", "revoked"),
    [
        (crl_of(MID, **NEWER), False),
        (crl_of(MID, [MID.leaf("b.example")], number=None, begins=NOW - DAY), False),
        (crl_of(MID, begins=NOW + DAY, counted=5), True),
        (crl_of(MID, begins=NOW - DAY, counted=3), True),
        (crl_of(MID, begins=NOW - 3 * DAY, counted=5), True),
        (crl_of(MID, extra=[(scope(user=True), True)], **NEWER), True),
    ],
    ids=["newer", "unnumbered", "not begun", "counts down", "older", "other scope"],
)
def test_the_newest_crl_in_date_decides(later: RevocationList, revoked: bool) -> None:
    """A hold that it no longer lists was lifted; one that is not of its scope, or not yet in date, says nothing."""
    held = crl_of(MID, [WEB], reason=HOLD, **OLDER)
    for order in ((held, later), (later, held)):
        assert revoked is ("revoked" in dict(said(by_crl(*order))))
    assert ["revoked"] == [
        code for code, _ in said(by_crl(crl_of(MID, **OLDER), crl_of(MID, [WEB], **NEWER)))
    ]


def test_a_crl_of_another_key_or_another_name_is_none() -> None:
    """Signed by a stranger in the issuer's name; or signed by the issuer in another name."""
    assert [("crl-missing", "crl-signature")] == said(by_crl(crl_of(MID, key=make_key())))
    told = by_crl(crl_of(MID, key=make_key())).judged().findings[0]
    assert "its signature is wrong" in title(told, Lang.EN)
    assert [("crl-missing", None)] == said(by_crl(crl_of(MID, name=NOBODY.cert.subject)))
    spelt = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "  MID ")])
    assert [] == said(by_crl(crl_of(MID, name=spelt)))


def test_a_crl_of_the_issuers_older_key_is_not_called_altered() -> None:
    """It names another key than the issuer has now: there is just none of this one."""
    older = x509.AuthorityKeyIdentifier(b"\x01" * 20, None, None)
    assert [("crl-missing", None)] == said(by_crl(crl_of(MID, key=make_key(), extra=[(older, False)])))


def test_a_crl_signed_in_a_way_unknown_here_is_not_called_altered() -> None:
    """What cannot be checked is not judged."""
    strange = crl_of(RSA_CA).der.replace(SHA256_WITH_RSA, SHA256_WITH_RSA[:-1] + b"\x7f")
    case = by_crl(RevocationList(strange), leaf=RSA_CA.leaf("a.example"))
    assert [("crl-unjudged", "unsupported")] == said(case)


def test_nobody_is_offered_the_mode_that_is_on() -> None:
    """Where the leaf alone must be covered, that is no way out."""
    remedies = {mode: remedy(by_crl(mode=mode).judged().findings[0], Lang.EN) for mode in ("leaf", "chain")}
    assert {"leaf": False, "chain": True} == {mode: "--crl-mode" in text for mode, text in remedies.items()}


@pytest.mark.parametrize("at_hand", [False, True])
def test_what_crls_say_beneath_a_missing_issuer_is_told(at_hand: bool) -> None:
    """Whether they list the certificate, with the word that nobody could check them; the newest counts."""
    listed, bare = crl_of(MID, [WEB], **NEWER), crl_of(MID, **OLDER)
    for crls, reason in (((listed, bare), "listed"), ((bare,), "not-listed"), ((crl_of(NOBODY),), None)):
        asked: dict[str, Any] = {"crls_at_hand": crls} if at_hand else {"crls": crls, "crl_mode": "leaf"}
        context = Context(profile_named("tls-server"), NOW, **asked)
        found = judge((WEB.value,), (ROOT.value,), context).findings
        told = [one for one in found if one.code is Code.CRL_UNJUDGED]
        assert ([reason] if reason else []) == [one.evidence["reason"] for one in told]
        assert all("cannot be checked" in title(one, Lang.EN) for one in told)


def test_what_crls_say_of_a_ca_whose_issuer_is_missing_is_told() -> None:
    """It is the top of what was sent; a root that is not trusted signed itself, and misses nobody."""
    context = Context(profile_named("tls-server"), NOW, crls_at_hand=(crl_of(ROOT, [MID]),))
    whole = judge((WEB.value, MID.value), (NOBODY.value,), context).findings
    assert [MID.value.fingerprint.hex] == [one.subject for one in whole if one.code is Code.CRL_UNJUDGED]
    for sent in ((WEB.value, MID.value, ROOT.value), (ROOT.value,)):
        found = judge(sent, (NOBODY.value,), context).findings
        assert Code.CRL_UNJUDGED not in {one.code for one in found}


def test_a_class_of_leaves_beneath_a_missing_issuer_is_told_too() -> None:
    """Leaves of one serial number and issuer are judged together, before any of them is looked at."""
    context = Context(profile_named("tls-server"), NOW, crls_at_hand=(crl_of(MID, [WEB]),))
    origin = origin_class(leaf_facts(WEB.value, (), context.signatures), (), "leaf")
    told = path_verdict(origin, (), (ROOT.value,), context).findings
    assert "listed" in [one.evidence.get("reason") for one in told]


def test_a_later_response_in_date_says_anew_what_an_older_one_said() -> None:
    """As with CRLs: a stale one beside it is silent, whatever it says; one that does not know says nothing anew."""
    old: dict[str, Any] = {"start": NOW - 3 * DAY, "end": NOW - 2 * DAY}
    for stale in (ocsp_of(WEB, **old), ocsp_of(WEB, REVOKED, **old)):
        for order in ((stale, ocsp_of(WEB)), (ocsp_of(WEB), stale)):
            assert [] == said(by_ocsp(*order))
    assert ["ocsp-expired"] == [code for code, _ in said(by_ocsp(ocsp_of(WEB, **old)))]
    assert {"ocsp-expired", "ocsp-unknown"} == {
        code for code, _ in said(by_ocsp(ocsp_of(WEB, **old), ocsp_of(WEB, UNKNOWN)))
    }
    later = ocsp_of(WEB, REVOKED, start=NOW - DAY / 2)
    assert ["revoked"] == [code for code, _ in said(by_ocsp(ocsp_of(WEB), later))]


def test_a_revoked_certificate_says_when_why_and_by_whom() -> None:
    """In words of the standard; an issuer that gives no reason has none."""
    why = by_crl(crl_of(MID, [WEB], reason=x509.ReasonFlags.superseded)).judged().findings[0]
    assert ("superseded", "CRL", NOW - DAY) == tuple(
        why.evidence[one] for one in ("cause", "through", "revoked")
    )
    assert "reason superseded, said by CRL" in title(why, Lang.EN)
    assert "-" == by_crl(crl_of(MID, [WEB])).judged().findings[0].evidence["cause"]
    online = by_ocsp(ocsp_of(WEB, REVOKED, reason=x509.ReasonFlags.key_compromise)).judged().findings[0]
    assert ("keyCompromise", "OCSP") == (online.evidence["cause"], online.evidence["through"])


def test_a_good_response_stands_in_for_a_crl() -> None:
    """In time and by right, for the certificate it is about; the others still need theirs."""
    good = ocsp_of(WEB)
    assert [("crl-missing", None)] == said(by_crl())
    assert [] == said(by_crl(ocsp=(good,)))
    late = by_crl(ocsp=(ocsp_of(WEB, end=NOW - DAY / 2),))
    assert {"crl-missing", "ocsp-expired"} == {code for code, _ in said(late)}
    assert [("crl-missing", None)] == said(by_crl(mode="chain", ocsp=(good,)))
    assert [] == said(by_crl(mode="chain", ocsp=(together(good, ocsp_of(WEB), MID), ocsp_of(MID))))


def test_of_a_crl_and_a_response_that_differ_the_worse_counts() -> None:
    """What one of them calls revoked is."""
    assert ["revoked"] == [code for code, _ in said(by_crl(crl_of(MID, [WEB]), ocsp=(ocsp_of(WEB),)))]
    assert ["revoked"] == [code for code, _ in said(by_crl(crl_of(MID), ocsp=(ocsp_of(WEB, REVOKED),)))]


def test_an_intermediate_is_asked_about_too() -> None:
    """A response about it counts as one about the leaf does, and names it."""
    (found,) = by_ocsp(ocsp_of(MID, REVOKED)).judged().findings
    assert (Code.REVOKED, MID.value.fingerprint.hex) == (found.code, found.subject)


def signer(issuer: Entity = MID, **options: object) -> Entity:
    return issuer.leaf("responder.example", **{"purposes": OCSP_SIGNER, **options})


def strange_digest() -> OcspResponse:
    ecdsa = bytes.fromhex("06082a8648ce3d040302")
    return OcspResponse(ocsp_of(WEB).der.replace(ecdsa, ecdsa[:-1] + b"\x7f"))


def damaged() -> OcspResponse:
    der = ocsp_of(WEB).der
    return OcspResponse(der[:-1] + bytes([der[-1] ^ 1]))


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: ocsp_of(WEB, signer=signer()), None),
        (lambda: ocsp_of(WEB, signer=signer(), by_key=True), None),
        (lambda: ocsp_of(WEB, by_key=True), None),
        (lambda: ocsp_of(WEB, signer=signer(usage=key_usage("content_commitment"))), None),
        (lambda: ocsp_of(WEB, signer=signer(no_usage=True)), None),
        (lambda: ocsp_of(WEB, signer=signer(purposes=CLIENT)), "no-ocsp-signing"),
        (lambda: ocsp_of(WEB, signer=signer(purposes=None)), "no-ocsp-signing"),
        (lambda: ocsp_of(WEB, signer=signer(usage=key_usage("key_agreement"))), "no-digital-signature"),
        (lambda: ocsp_of(WEB, signer=signer(expired=True)), "signer-out-of-date"),
        (lambda: ocsp_of(WEB, signer=signer(extra=[(UNKNOWN_MARK, True)])), "unknown-critical"),
        (lambda: ocsp_of(WEB, signer=signer(ROOT)), "not-by-issuer"),
        (lambda: ocsp_of(WEB, signer=signer(make_ca("Mid", ski=False), aki=False)), "not-by-issuer"),
        (lambda: ocsp_of(WEB, signer=NOBODY), "not-by-issuer"),
        (damaged, "not-by-issuer"),
        (strange_digest, "unsupported"),
        (lambda: ocsp_of(WEB, extra=[(x509.OCSPNonce(b"\x01" * 16), True)]), "unknown-critical"),
    ],
)
def test_only_the_issuer_and_whom_it_names_may_answer(make: object, reason: str | None) -> None:
    """A delegate is signed by the issuer itself, for this purpose, and in date; each fault has its word."""
    response = make()  # type: ignore[operator]
    assert ([] if reason is None else [("ocsp-unfit", reason)]) == said(by_ocsp(response))
    needed = by_crl(ocsp=(response,)).judged()
    assert ("accepted" if reason is None else "refused") == needed.outcome


def test_a_delegate_whose_key_did_not_sign_the_response_is_none() -> None:
    """Its certificate alone proves nothing."""
    response = ocsp_of(WEB, signer=signer())
    turned = response.signature[:-1] + bytes([response.signature[-1] ^ 1])
    strange = OcspResponse(response.der.replace(response.signature, turned))
    assert [("ocsp-unfit", "not-by-issuer")] == said(by_ocsp(strange))


def test_a_responder_without_an_answer_is_told() -> None:
    """With the word for it, and of no certificate."""
    for status in set(ocsp.OCSPResponseStatus) - {ocsp.OCSPResponseStatus.SUCCESSFUL}:
        ((code, reason),) = said(by_ocsp(refused_by_responder(status)))
        assert "ocsp-unfit" == code
        assert reason in CAUSES


def test_a_response_about_others_is_told_with_their_numbers() -> None:
    """It is no fault of the certificate: a warning."""
    other = MID.leaf("b.example")
    (found,) = by_ocsp(ocsp_of(other)).judged().findings
    assert (Code.OCSP_UNRELATED, Severity.WARNING) == (found.code, found.severity)
    assert ((f"{other.cert.serial_number:X}",), "other-serial") == seen(found)


def test_a_response_about_this_number_of_another_issuer_is_told_as_that() -> None:
    """Its serial number is right: what differs is the issuer."""
    (found,) = by_ocsp(ocsp_of(WEB, issuer=NOBODY)).judged().findings
    assert ((f"{WEB.cert.serial_number:X}",), "other-issuer") == seen(found)


def seen(finding: Finding) -> tuple[object, object]:
    return finding.evidence["serial"], finding.evidence["reason"]


@pytest.mark.parametrize(
    ("status", "outcome"), [(GOOD, "accepted"), (UNKNOWN, "refused"), (REVOKED, "refused")]
)
def test_what_the_responder_says_decides(status: ocsp.OCSPCertStatus, outcome: str) -> None:
    """A certificate that the responder does not know is not good."""
    assert outcome == by_ocsp(ocsp_of(WEB, status)).judged().outcome


@pytest.mark.parametrize(
    ("at", "codes"),
    [
        (NOW - DAY, []),
        (NOW - DAY * 1.1, ["ocsp-expired"]),
        (NOW + DAY, []),
        (NOW + DAY * 1.1, ["ocsp-expired"]),
    ],
)
def test_a_response_counts_in_its_time(at: datetime, codes: list[str]) -> None:
    """From thisUpdate to nextUpdate, both included."""
    assert codes == [code for code, _ in said(by_ocsp(ocsp_of(WEB), at=at))]


def test_nothing_is_asked_of_a_chain_without_an_issuer() -> None:
    """Where nobody stands above the leaf, nobody can speak for it."""
    assert ["issuer-missing"] == [code for code, _ in said(by_ocsp(ocsp_of(WEB), sent=()))]


def test_answers_that_change_with_time_bound_a_verdict() -> None:
    """A path verdict ends where a response it rests on does, or the delegate that signed it."""
    facts = leaf_facts(WEB.value, (MID.value,))
    for response, end in (
        (ocsp_of(WEB), True),
        (ocsp_of(WEB, end=None), False),
        (ocsp_of(WEB, signer=signer(end=NOW + DAY)), True),
    ):
        context = Context(profile_named("tls-server"), NOW, crl_mode="leaf", ocsp=(response,))
        verdict = path_verdict(origin_class(facts, (), "leaf"), (MID.value,), (ROOT.value,), context)
        assert verdict.accepted
        until = verdict.until(NOW)
        assert until is not None
        assert end is (until < NOW + 2 * DAY)
        assert END != until


def test_a_response_for_a_class_of_leaves_is_about_no_leaf() -> None:
    """Where the serial number plays no part, nothing is said of it."""
    facts = leaf_facts(WEB.value, (MID.value,))
    context = Context(profile_named("tls-server"), NOW, ocsp=(ocsp_of(WEB, REVOKED),))
    verdict = path_verdict(origin_class(facts, ()), (MID.value,), (ROOT.value,), context)
    assert [Code.OCSP_UNRELATED] == [one.code for one in verdict.findings]


def test_a_response_signed_with_edwards_curves_counts() -> None:
    """Ed25519 names no hash; the signature holds all the same."""
    root = make_ca("Edwards", key=ed25519.Ed25519PrivateKey.generate())
    leaf = root.leaf("a.example")
    assert [] == said(Case(leaf, ocsp=(ocsp_of(leaf),)))


def test_a_crl_at_hand_is_heard_though_nothing_must_be_covered() -> None:
    """What it revokes is told of leaf and CA; that it lacks one, or ended, is nobody's question."""
    mid = ROOT.intermediate("Heard")
    leaf = mid.leaf("heard.example")
    for at_hand, subjects in (
        ((mid.crl([leaf]),), [leaf]),
        ((ROOT.crl([mid]),), [mid]),
        ((mid.crl([leaf]), ROOT.crl([mid])), [leaf, mid]),
        ((mid.crl([]), ROOT.crl([leaf], end=NOW - DAY / 2)), []),
    ):
        context = Context(profile_named("tls-server"), NOW, crls_at_hand=at_hand)
        told = judge((leaf.value, *leaf.chain), (ROOT.value,), context).findings
        assert {one.value.fingerprint.hex for one in subjects} == {one.subject for one in told}
        assert {Code.REVOKED} >= {one.code for one in told}
