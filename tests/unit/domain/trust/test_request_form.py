"""Requests judged before a key is made: by the rules for leaves, and by the target's own form."""

from __future__ import annotations

from dataclasses import replace

import pytest

from support.shipped import chosen
from warifu.domain.findings import Code, Finding, Lang, Severity, title
from warifu.domain.trust.alternative_names import read_names
from warifu.domain.trust.request_form import RequestForm, judge_form, key_of
from warifu.errors import UsageError

SUBJECT = "CN=ome.example,OU=IT,O=Example,L=Chiyoda,ST=Tokyo,C=JP,1.2.840.113549.1.9.1=ops@example.com"
FORM = RequestForm("ome", read_names("ome.example"), SUBJECT, "rsa-2048", ("serverAuth", "clientAuth"))


def judged(profile: str = "tls-server", **changes: object) -> dict[Code, Finding]:
    found = judge_form(replace(FORM, **changes), chosen(profile))  # type: ignore[arg-type]
    return {finding.code: finding for finding in found}


@pytest.mark.req("S1-52")
def test_the_key_policy_refuses_1024_bits_and_takes_2048_3072_and_p256() -> None:
    """Whatever the target; before a key is made."""
    refused = judged(key="rsa-1024")
    assert {Code.WEAK_KEY: Severity.ERROR} == {code: one.severity for code, one in refused.items()}
    for kind in ("rsa-2048", "rsa-3072", "rsa-4096", "ec-p256", "ec-p384", "ed25519"):
        assert {} == judged(key=kind)


@pytest.mark.parametrize(
    "kind", ["", "rsa", "rsa-", "rsa-x", "rsa-20480000", "ec-p521", "dsa-2048", "RSA-2048", "rsa-٢٠٤٨"]
)
def test_a_kind_that_is_none_is_an_error_that_lists_them(kind: str) -> None:
    """Not a key of zero bits."""
    with pytest.raises(UsageError) as wrong:
        key_of(kind)
    assert ("renewal.bad-key", True) == (wrong.value.code, "ec-p256" in str(wrong.value.values["known"]))


def test_a_subject_that_is_none_is_an_error() -> None:
    """RFC 4514, or a bare common name."""
    for text in ("CN=", "X=1", "C=Japan", "x" * 65):
        with pytest.raises(UsageError) as wrong:
            judged(subject=text)
        assert "issue.bad-subject" == wrong.value.code


@pytest.mark.req("S4-41")
def test_a_wildcard_is_refused_before_the_appliance_sees_it() -> None:
    """In the distinguished name and among the names."""
    in_subject = judged("dell-ome-server", subject=SUBJECT.replace("ome.example", "*.example", 1))
    assert {Code.WILDCARD_REFUSED} == set(in_subject)
    in_names = judged("dell-ome-server", names=read_names("*.ome.example"))
    assert {Code.WILDCARD_REFUSED} == set(in_names)


@pytest.mark.req("S3-12")
def test_a_missing_field_is_named() -> None:
    """All seven are wanted by the form of OpenManage Enterprise; each that is missing is told by its name."""
    assert {} == judged("dell-ome-server")
    found = judge_form(replace(FORM, subject="CN=ome.example,O=Example,C=JP"), chosen("dell-ome-server"))
    assert [Code.REQUEST_FIELD_MISSING] * 4 == [one.code for one in found]
    assert {"organizational-unit", "locality", "state", "email"} == {one.evidence["missing"] for one in found}
    told = [title(one, Lang.EN) for one in found]
    assert any("the locality (L)" in one for one in told)
    assert any("市区町村" in title(one, Lang.JA) for one in found)


@pytest.mark.parametrize("address", ["ops", "@example.com", "ops@"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    """Where the form wants one."""
    subject = SUBJECT.replace("ops@example.com", address)
    assert {Code.REQUEST_FIELD_UNFIT} == set(judged("dell-ome-server", subject=subject))


def test_the_form_has_room_for_four_names_of_64_characters() -> None:
    """Four fit, five do not; 64 characters fit, 65 do not; a last label of one letter does not."""
    four = read_names("a.example,b.example,192.0.2.1,192.0.2.2")
    assert {} == judged("dell-ome-migration", names=four)
    assert {Code.REQUEST_NAMES_TOO_MANY} == set(
        judged("dell-ome-migration", names=(*four, *read_names("c.example")))
    )
    long = "a" * 56 + ".example"
    assert {} == judged("dell-ome-server", names=read_names(long))
    assert {Code.REQUEST_NAME_UNFIT} == set(judged("dell-ome-server", names=read_names("a" + long)))
    assert {Code.REQUEST_LABEL_TOO_SHORT} == set(judged("dell-ome-server", names=read_names("ome.e")))
    assert {} == judged("dell-ome-server", names=read_names("192.0.2.1"))


def test_the_rules_for_leaves_hold_for_requests() -> None:
    """Key usage that an EC key will not carry, a purpose that is not asked for, a common name that is missing."""
    assert {Code.KEY_USAGE_INCOMPLETE} == set(judged("dell-ome-server", key="ec-p256"))
    assert {Code.PURPOSE_MISSING} == set(judged("cisco-expressway@X14:C", purposes=("serverAuth",)))
    assert {Code.PURPOSE_MISSING} == set(judged("cisco-expressway@X14:C", purposes=()))
    assert {Code.COMMON_NAME_MISSING} == set(judged("cisco-expressway@X14:C", subject="O=Example"))
    many = read_names(",".join(f"node-{number:03}.voice.example.com" for number in range(50)))
    assert {Code.NAMES_TOO_LONG} == set(judged("cisco-expressway@X8:C", names=many))
    assert {} == judged("cisco-expressway@X14:C", names=many)
    assert {Code.KEY_KIND_UNFIT} == set(judged("cisco-expressway@X14:C", key="rsa-8192"))
    assert {Code.NAMES_MISSING} == set(judged("tls-server", names=()))


def test_a_request_without_a_subject_is_called_by_its_name() -> None:
    """Nothing falls over an empty one."""
    found = judged("dell-ome-server", subject="")
    assert "ome" == found[Code.REQUEST_FIELD_MISSING].evidence["who"]
