"""What arrived, compared with what was planned."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from support.pki import BOTH, NOW, make_ca, make_key
from support.requests import request_for, template_for
from warifu.domain.findings import Code, Severity
from warifu.domain.rotation.comparison import (
    compare,
    general_names,
    key_kind,
    purpose_oids,
    request_differs,
    subject_of,
)
from warifu.domain.x509 import Certificate, Request
from warifu.errors import UsageError

ROOT = make_ca("Root")
MID = ROOT.intermediate("Mid")
OTHER = make_ca("Root").intermediate("Mid")
END = NOW + timedelta(days=90)


def _leaf(*names: str, **options: object) -> Certificate:
    wanted = {"start": NOW, "end": END} | options
    return MID.leaf(*(names or ("web.example",)), **wanted).value


def _codes(leaf: Certificate, **changes: object) -> dict[str, str]:
    template = template_for(MID, "web.example", **changes)
    found = compare(leaf, MID.leaf().chain, template, root=ROOT.value, now=NOW)
    return {finding.code.value: finding.severity.value for finding in found}


def test_bytes_as_planned_have_no_finding() -> None:
    """Issuer chain, names, purposes, key and validity as the template says: nothing to approve."""
    assert {} == _codes(_leaf())


@pytest.mark.parametrize(
    ("leaf", "changes", "code", "severity"),
    [
        (_leaf("web.example", "www.example"), {}, "issued-names-differ", "error"),
        (_leaf("other.example"), {}, "issued-names-differ", "error"),
        (_leaf(san=False), {}, "issued-names-differ", "error"),
        (_leaf(purposes=BOTH), {}, "issued-purposes-differ", "error"),
        (_leaf(), {"purposes": ("serverAuth", "clientAuth")}, "issued-purposes-differ", "error"),
        (_leaf(), {"key": "ec-p384"}, "issued-key-differs", "error"),
        (_leaf(end=NOW + timedelta(days=30)), {}, "issued-validity-differs", "warning"),
        (_leaf(end=NOW + timedelta(days=365)), {}, "issued-validity-differs", "warning"),
        (_leaf(start=NOW + timedelta(hours=1)), {}, "not-yet-valid", "warning"),
        (_leaf(), {"subject": "CN=shop.example"}, "issued-subject-differs", "error"),
        (_leaf(), {"subject": "CN=web.example,O=Shop"}, "issued-subject-differs", "warning"),
    ],
)
def test_each_difference_is_its_own_finding(
    leaf: Certificate, changes: dict[str, object], code: str, severity: str
) -> None:
    """What the proof leaned on is an error, validity a warning; nothing else is found beside it."""
    assert {code: severity} == _codes(leaf, **changes)


def test_all_differences_are_found_at_once() -> None:
    """Nothing stops at the first fault."""
    leaf = _leaf("a.example", purposes=BOTH, start=NOW - timedelta(days=40), end=NOW - timedelta(days=1))
    assert {"issued-names-differ", "issued-purposes-differ", "expired", "issued-validity-differs"} == set(
        _codes(leaf)
    )


@pytest.mark.parametrize("missing", ["chain", "root", "signature"])
def test_another_issuer_is_an_error(missing: str) -> None:
    """A shorter chain, another root, or a chain that did not sign the leaf."""
    template = template_for(MID, "web.example")
    leaf, root = _leaf(), ROOT.value
    chain: tuple[Certificate, ...] = (MID.value,)
    if missing == "chain":
        chain = ()
    elif missing == "root":
        root = OTHER.root.value
    else:
        leaf = OTHER.leaf("web.example", start=NOW, end=END).value
    found = compare(leaf, chain, template, root=root, now=NOW)
    assert [(Code.ISSUED_ISSUER_DIFFERS, Severity.ERROR)] == [(f.code, f.severity) for f in found]


def test_a_ca_certificate_is_no_leaf() -> None:
    """A CA certificate for the request's key does not serve TLS."""
    ca = MID.intermediate("web.example").value
    template = template_for(MID, "web.example")
    codes = {f.code for f in compare(ca, (MID.value,), template, root=ROOT.value, now=NOW)}
    assert Code.ISSUED_USAGE_UNFIT in codes


def test_names_compare_without_case_and_in_one_form() -> None:
    """`WEB.example.` is `web.example`, and an address has many spellings."""
    leaf = _leaf("WEB.example", "2001:db8::1")
    found = compare(
        leaf,
        (MID.value,),
        template_for(MID, "web.example.", "2001:0db8:0::1"),
        root=ROOT.value,
        now=NOW,
    )
    assert () == found


def test_a_subject_as_planned_is_no_finding() -> None:
    """The whole subject is what was asked for, and nothing else differs."""
    assert {} == _codes(_leaf(), subject="CN=web.example")


def test_a_request_that_names_nothing_differs_in_names_and_purposes() -> None:
    """One without extensions, as a person makes by hand, asks for no names and no purposes."""
    bare = x509.CertificateSigningRequestBuilder().subject_name(subject_of(template_for(MID)))
    request = Request(bare.sign(make_key(), hashes.SHA256()).public_bytes(Encoding.DER))
    assert ("names", "purposes") == request_differs(request, template_for(MID))


def test_a_request_is_compared_in_four_parts() -> None:
    """Key, names, purposes and subject; as planned it differs in nothing."""
    template = template_for(MID, "web.example")
    made = request_for(template).request
    assert () == request_differs(made, template)
    other = replace(template, names=("x.example",), key="rsa-2048", purposes=("clientAuth",), subject="CN=y")
    assert ("key", "names", "purposes", "subject") == request_differs(made, other)


@pytest.mark.parametrize("name", ["", "a b", "a..b", "x$HOME", "web.example\nDNS.9=evil", "*", "a/b", "日本"])
def test_what_cannot_stand_in_a_certificate_is_refused(name: str) -> None:
    """Names reach a configuration file: nothing but letters, digits, hyphens, underscores and dots does."""
    with pytest.raises(UsageError) as refused:
        general_names([name])
    assert "issue.bad-name" == refused.value.code


def test_names_and_addresses_become_what_they_are() -> None:
    """Addresses are iPAddress, the rest dNSName; a wildcard stands in the first label alone."""
    found = general_names(["*.web.example", "192.0.2.1", "[2001:db8::1]"])
    assert [x509.DNSName, x509.IPAddress, x509.IPAddress] == [type(name) for name in found]


def test_the_subject_falls_back_to_the_first_name_that_fits() -> None:
    """No subject asked for: the first name of at most 64 characters, else none."""
    long = f"{'a' * 60}.example"
    assert "CN=web.example" == subject_of(template_for(MID, long, "web.example")).rfc4514_string()
    assert "" == subject_of(template_for(MID, long)).rfc4514_string()
    assert "CN=plain" == subject_of(template_for(MID, subject="plain")).rfc4514_string()


@pytest.mark.parametrize("subject", ["CN=", "X=", "CN=a,,", f"CN={'a' * 65}=", "C=Japan", "a" * 65])
def test_a_subject_that_is_none_is_refused(subject: str) -> None:
    """It is a usage error, not a crash."""
    with pytest.raises(UsageError) as refused:
        subject_of(template_for(MID, subject=subject))
    assert "issue.bad-subject" == refused.value.code


def test_a_purpose_is_a_name_or_a_number() -> None:
    """`serverAuth` and dotted numbers are understood, other words refused."""
    assert ["1.3.6.1.5.5.7.3.1", "1.2.3.4"] == [
        oid.dotted_string for oid in purpose_oids(["serverAuth", "1.2.3.4"])
    ]
    with pytest.raises(UsageError):
        purpose_oids(["everything"])


def test_kinds_of_keys_are_named_as_estates_write_them() -> None:
    """P-256 is `ec-p256`, RSA carries its size, none is unknown."""
    assert ("ec-p256", "unknown") == (key_kind(MID.value.public_key), key_kind(None))
    ed25519 = MID.leaf("a", public=Ed25519PrivateKey.generate().public_key()).value
    assert "ed25519" == key_kind(ed25519.public_key)
    assert "rsa-2048" == key_kind(request_for(template_for(MID, key="rsa-2048")).request.public_key)


def test_what_any_issuer_may_sign_is_compared_in_all_but_issuer_and_lifetime() -> None:
    """Nobody knows them beforehand; names, purposes, key and dates count as ever."""
    free = template_for(MID, "web.example", issuer_chain=(), root=None, lifetime=timedelta(days=1))
    other = make_ca("Somebody").intermediate("Else")
    assert () == compare(other.leaf("web.example").value, (), free, root=None, now=NOW)
    found = compare(other.leaf("x.example", expired=True).value, (), free, root=None, now=NOW)
    assert {Code.ISSUED_NAMES_DIFFER, Code.EXPIRED} == {one.code for one in found}
