"""What people are told to do fits what was seen: the same finding has another cure in another case."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509 import ocsp

from support.pki import CLIENT, NOW, SERVER, make_ca
from support.rule_cases import Case
from support.target_cases import MID, NAME, ROOT, TargetCase, expressway, leaf, ome, organisation
from warifu.domain.findings import Code, Finding, Lang, Severity, remedy, title
from warifu.domain.trust import Verdict
from warifu.domain.x509 import OcspResponse


def told(verdict: Verdict, code: Code) -> list[Finding]:
    return [one for one in verdict.findings if one.code is code]


@pytest.mark.parametrize(("has", "lacks"), [(SERVER, "clientAuth"), (CLIENT, "serverAuth")])
def test_a_missing_purpose_is_cured_by_a_certificate_with_all_of_them(
    has: tuple[x509.ObjectIdentifier, ...], lacks: str
) -> None:
    """One that was issued again with the missing purpose alone would lack the other; a word of clientAuth where it lacks."""
    (found,) = told(ome(leaf(purposes=has)).judged(), Code.PURPOSE_MISSING)
    for lang in Lang:
        said = remedy(found, lang)
        assert "`extendedKeyUsage = serverAuth, clientAuth`" in said
        assert (lacks == "clientAuth") is ("clientAuth" in said.replace("serverAuth, clientAuth", ""))


def test_a_leaf_without_purposes_is_told_both() -> None:
    """Where the target takes no silence for all of them."""
    (found,) = told(ome(leaf(purposes=None)).judged(), Code.PURPOSE_MISSING)
    assert "`extendedKeyUsage = serverAuth, clientAuth`" in remedy(found, Lang.EN)


def test_where_the_file_holds_the_leaf_alone_issuers_go_into_the_store() -> None:
    """Such a target refuses the chain that other targets want."""
    bare = replace(expressway(), anchors=())
    (found,) = told(bare.judged(), Code.ISSUER_MISSING)
    assert "holds the leaf alone" in remedy(found, Lang.EN)
    assert "cat leaf.pem" not in remedy(found, Lang.JA)
    (found,) = told(replace(expressway(), anchors=(), sent=(MID.value,)).judged(), Code.ISSUER_NOT_TRUSTED)
    assert "--anchors trusted.pem" in remedy(found, Lang.EN)
    (found,) = told(Case(leaf(), sent=(), anchors=()).judged(), Code.ISSUER_MISSING)
    assert "cat leaf.pem intermediate.pem" in remedy(found, Lang.EN)


def test_a_second_intermediate_that_lacks_is_asked_for() -> None:
    """Its root is trusted: to add a root cures nothing."""
    below = MID.intermediate("Inter-CA2").leaf(NAME)
    (found,) = told(
        Case(below, sent=(below.above[0].value,), anchors=(ROOT.value,)).judged(), Code.ISSUER_NOT_TRUSTED
    )
    for lang, words in (
        (Lang.EN, "If CN=Inter-CA1 is an intermediate CA"),
        (Lang.JA, "CN=Inter-CA1 が中間 CA なら"),
    ):
        assert words in remedy(found, lang)
        assert "cat fullchain.pem missing.pem" in remedy(found, lang)


def test_a_ca_without_a_common_name_is_no_host() -> None:
    """Neither is what the leaf should be called."""
    nameless = ROOT.intermediate("", subject=organisation())
    (found,) = told(ome(leaf(issuer=nameless)).judged(), Code.COMMON_NAME_MISSING)
    assert "CN=Example Issuing CA" in remedy(found, Lang.EN)
    (found,) = told(ome(leaf(subject=organisation())).judged(), Code.COMMON_NAME_MISSING)
    assert "CN=host.example" in remedy(found, Lang.EN)


def test_a_critical_constraint_of_policies_stays_critical() -> None:
    """RFC 5280 §4.2.1.11: conforming CAs MUST mark it so."""
    limited = ROOT.intermediate("Policies", extra=[(x509.PolicyConstraints(0, None), True)])
    (found,) = told(Case(limited.leaf(NAME)).judged(), Code.CRITICAL_EXTENSION_UNKNOWN)
    assert "policyConstraints" in remedy(found, Lang.EN)
    assert "not critical" not in remedy(found, Lang.EN)


def test_a_list_of_names_that_is_empty_is_called_so() -> None:
    """RFC 5280 §4.2.1.6: SIZE (1..MAX); it does not carry the name `""`."""
    empty = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.17"), b"\x30\x00")
    (found,) = told(Case(MID.leaf(NAME, san=False, extra=[(empty, False)])).judged(), Code.NAME_UNFIT)
    assert "holds no name at all" in title(found, Lang.EN)
    nothing = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.17"), b"\x30\x02\x82\x00")
    (found,) = told(Case(MID.leaf(NAME, san=False, extra=[(nothing, False)])).judged(), Code.NAME_UNFIT)
    assert 'carries the name ""' in title(found, Lang.EN)


def test_a_tpm_without_names_lacks_its_attributes_and_no_host_name() -> None:
    """TCG EK Credential Profile §3.1.2: a directoryName; nobody looks for a host there."""
    found = TargetCase("tpm-ek", leaf(san=False), (MID.value,)).judged()
    assert [] == told(found, Code.NAMES_MISSING)
    assert 3 == len(told(found, Code.DIRECTORY_ATTRIBUTE_MISSING))


def test_a_responder_that_gives_no_answer_is_told_with_the_names() -> None:
    """Of whom it was asked, and for which certificate."""
    web = MID.leaf(NAME)
    later = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER)
    response = OcspResponse(later.public_bytes(serialization.Encoding.DER))
    (found,) = told(Case(web, ocsp=(response,)).judged(), Code.OCSP_UNFIT)
    assert "response for CN=ome310.example does not count as one of CN=Inter-CA1" in title(found, Lang.EN)


def test_nobody_is_called_unknown_in_a_sentence() -> None:
    """A library or a certificate that nobody named."""
    other = make_ca("Other").value
    not_run = Finding(Code.ENGINE_NOT_RUN, "x", {"consumer": "unknown", "said": ""}, Severity.NOTE)
    assert "the library that verifies there was not at hand" in title(not_run, Lang.EN)
    alone = {"who": "-", "issuer": str(other.subject), "this_update": NOW, "next_update": "-", "now": NOW}
    assert "for the certificates it covers is good" in title(Finding(Code.CRL_EXPIRED, "x", alone), Lang.EN)


def test_a_constraint_that_is_empty_is_called_so() -> None:
    """No word of leading dots, and no form to write instead that is none."""
    limited = ROOT.intermediate("Limited", extra=[(x509.NameConstraints([x509.DNSName("")], None), True)])
    (found,) = told(Case(limited.leaf(NAME)).judged(), Code.NAME_CONSTRAINT_UNFIT)
    assert "a name constraint that is empty (DNS)" in title(found, Lang.EN)
    assert "DNS:none" not in remedy(found, Lang.EN)
