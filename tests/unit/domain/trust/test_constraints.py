"""Names of every kind against what a CA above permits and excludes."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from support.pki import NOW, Entity, make_ca
from warifu.domain.findings import Code
from warifu.domain.trust import Context, judge, profile_named
from warifu.domain.trust.rules.constraints import MOST_TOLD

ROOT = make_ca("Root")
CONSTRAINED, UNJUDGED = Code.NAME_CONSTRAINED, Code.NAME_CONSTRAINT_UNJUDGED


def directory(*parts: str) -> x509.GeneralName:
    kinds = {
        "O": NameOID.ORGANIZATION_NAME,
        "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
        "CN": NameOID.COMMON_NAME,
    }
    pairs = [part.partition("=") for part in parts]
    return x509.DirectoryName(x509.Name([x509.NameAttribute(kinds[kind], text) for kind, _, text in pairs]))


def beneath(
    *names: x509.GeneralName,
    permitted: x509.GeneralName | None = None,
    excluded: x509.GeneralName | None = None,
    common_name: str = "leaf",
    subject: str = "",
) -> Entity:
    """A leaf with a subjectAltName of any kinds, or none, beneath a CA with one constraint."""
    limits = x509.NameConstraints([permitted] if permitted else None, [excluded] if excluded else None)
    narrow = ROOT.intermediate("Narrow", extra=[(limits, True)])
    carried = [(x509.SubjectAlternativeName(names), False)] if names else []
    named = x509.Name.from_rfc4514_string(subject) if subject else None
    return narrow.leaf(common_name, san=False, subject=named, extra=carried)


def found(leaf: Entity) -> list[tuple[Code, object]]:
    """What is wrong with its names, and which."""
    verdict = judge(
        (leaf.value, *leaf.chain), (ROOT.value,), Context(profile_named("rfc5280"), NOW, "serverAuth")
    )
    return [
        (one.code, one.evidence.get("name"))
        for one in verdict.findings
        if one.code in {CONSTRAINED, UNJUDGED}
    ]


EMAIL = x509.RFC822Name


@pytest.mark.parametrize(
    ("limit", "name", "holds"),
    [
        (directory("O=A", "OU=B"), directory("O=a", "OU=b", "CN=x"), True),
        (directory("O=A", "OU=B"), directory("O=A", "OU=B"), True),
        (directory("O=A", "OU=B"), directory("O=A", "CN=x"), False),
        (directory("O=A", "OU=B"), directory("OU=B", "O=A"), False),
        (directory("O=A B"), directory("O=A", "CN=B"), False),
        (EMAIL('"x@y"@example'), EMAIL('"x@y"@EXAMPLE'), True),
        (EMAIL('"x@y"@example'), EMAIL('"x@z"@example'), False),
        (EMAIL('"x@y"@example'), EMAIL('"x@y"@other'), False),
        (EMAIL("example"), EMAIL('"x@y"@example'), True),
        (EMAIL("example"), EMAIL("x@a.example"), False),
        (EMAIL(".example"), EMAIL("x@A.example"), True),
        (EMAIL(".example"), EMAIL("x@example"), False),
        (x509.DNSName("a.example"), x509.DNSName("*.example"), True),
        (x509.DNSName("a.example"), x509.DNSName("*.a.example"), True),
        (x509.DNSName("b.a.example"), x509.DNSName("*.example"), False),
        (x509.DNSName("a.example"), x509.DNSName("ba.example"), False),
    ],
)
def test_what_is_excluded_may_not_be_carried(
    limit: x509.GeneralName, name: x509.GeneralName, *, holds: bool
) -> None:
    """A directory name by whole parts from the left, an address by host or whole, a DNS name by labels."""
    codes = [code for code, _ in found(beneath(name, excluded=limit))]
    assert ([CONSTRAINED] if holds else []) == codes


def test_a_subject_counts_as_a_directory_name_and_is_told() -> None:
    """Beneath a CA for one organisation, a leaf of no organisation is refused by its own name."""
    leaf = beneath(directory("O=A", "CN=x"), permitted=directory("O=A"))
    assert [(CONSTRAINED, "CN=leaf")] == found(leaf)
    assert [(CONSTRAINED, "O=B"), (CONSTRAINED, "CN=leaf")] == found(
        beneath(directory("O=B"), permitted=directory("O=A"))
    )


@pytest.mark.parametrize(
    ("common_name", "refused"), [("web.other", True), ("web", False), ("My web.other", False)]
)
def test_a_common_name_counts_where_it_may_be_read_as_a_dns_name(common_name: str, *, refused: bool) -> None:
    """Only without a subjectAltName, and only what looks like a name of DNS."""
    leaf = beneath(permitted=x509.DNSName("example"), common_name=common_name)
    assert ([(CONSTRAINED, common_name)] if refused else []) == found(leaf)


OTHER = x509.OtherName(x509.ObjectIdentifier("1.3.6.1.4.1.55555.1"), b"\x05\x00")
URI = x509.UniformResourceIdentifier


def test_a_kind_that_cannot_be_judged_refuses_only_where_that_kind_is_constrained() -> None:
    """A name of a kind of its own beneath a constraint of such a kind; not beneath another, nor another name beneath it."""
    assert [(UNJUDGED, None)] == found(beneath(OTHER, excluded=OTHER))
    assert [] == found(beneath(OTHER, excluded=x509.DNSName("a")))
    assert [] == found(beneath(x509.DNSName("a"), excluded=OTHER))
    assert [] == found(beneath(URI("urn:a"), excluded=x509.DNSName("a")))
    assert [] == found(beneath(x509.DNSName("a"), permitted=URI(".a")))


@pytest.mark.parametrize(
    ("limit", "uri", "holds"),
    [
        ("host.example", "https://user@HOST.example:443/path?q#f", True),
        ("host.example", "https://host.example.", True),
        ("host.example", "https://a.host.example", False),
        (".example", "spiffe://a.example/web", True),
        (".example", "ldap://b.a.example/cn=x", True),
        (".example", "https://example/", False),
        (".example", "https://evil.test/.example", False),
        (".example", "https://evil.test?@a.example", False),
        (".example", "https://a.example@evil.test", False),
    ],
)
def test_a_uri_lies_within_by_its_host_alone(limit: str, uri: str, *, holds: bool) -> None:
    """Without a leading dot that host, with one every host beneath it; user, port, path and query do not count."""
    assert ([] if holds else [(CONSTRAINED, uri)]) == found(beneath(URI(uri), permitted=URI(limit)))
    assert ([(CONSTRAINED, uri)] if holds else []) == found(beneath(URI(uri), excluded=URI(limit)))


@pytest.mark.parametrize(
    ("limit", "name"),
    [
        (EMAIL("example"), EMAIL._init_without_validation("a@b@example")),
        (EMAIL("example"), EMAIL._init_without_validation("example")),
        (x509.DNSName("example"), x509.DNSName(".example")),
        (x509.DNSName("example"), x509.DNSName("a.example.")),
        (x509.DNSName("example"), x509.DNSName("a b.example")),
        (x509.IPAddress(ip_network("192.0.2.0/24")), x509.IPAddress(ip_network("192.0.2.0/25"))),
    ],
    ids=str,
)
def test_what_is_no_name_of_its_kind_is_not_judged_by_a_constraint(
    limit: x509.GeneralName, name: x509.GeneralName
) -> None:
    """It lies neither within nor without: refused either way, and told as not judged."""
    assert [(UNJUDGED, None)] == found(beneath(name, permitted=limit))
    assert [(UNJUDGED, None)] == found(beneath(name, excluded=limit))


@pytest.mark.parametrize(
    "uri", ["urn:isbn:1", "https://192.0.2.1/", "https://[2001:db8::1]/", "https:///a.example"]
)
def test_a_uri_without_a_host_name_is_refused_by_every_constraint_of_uris(uri: str) -> None:
    """RFC 5280 §4.2.1.10 demands it of permitted and of excluded ones; without a constraint it passes."""
    assert [(CONSTRAINED, uri)] == found(beneath(URI(uri), permitted=URI(".example")))
    assert [(CONSTRAINED, uri)] == found(beneath(URI(uri), excluded=URI(".example")))
    assert [] == found(beneath(URI(uri), permitted=EMAIL("example")))


@pytest.mark.parametrize(
    ("limit", "name", "part"),
    [
        (x509.DNSName("a..example"), x509.DNSName("a.other"), "DNS"),
        (x509.DNSName("a b"), x509.DNSName("a.other"), "DNS"),
        (EMAIL._init_without_validation("a@b@example"), EMAIL("a@other"), "email"),
        (EMAIL._init_without_validation(""), EMAIL("a@other"), "email"),
        (URI("https://example"), URI("https://other"), "URI"),
    ],
    ids=str,
)
def test_a_constraint_that_is_none_refuses_every_name_of_its_kind(
    limit: x509.GeneralName, name: x509.GeneralName, part: str
) -> None:
    """What it was meant to keep out is not known; it is told as written, and names of other kinds are not touched."""
    leaf = beneath(name, excluded=limit)
    assert [(UNJUDGED, None)] == found(leaf)
    verdict = judge((leaf.value, *leaf.chain), (ROOT.value,), Context(profile_named("rfc5280"), NOW))
    (unfit,) = [one for one in verdict.findings if one.code is Code.NAME_CONSTRAINT_UNFIT]
    assert (part, f'"{limit.value}"', "-") == tuple(unfit.evidence[one] for one in ("part", "limit", "right"))
    assert [] == found(beneath(x509.IPAddress(ip_address("192.0.2.1")), excluded=limit))


def test_an_email_address_of_the_subject_counts_where_no_other_stands_beside_it() -> None:
    """Beneath an e-mail constraint, the subject's emailAddress is one; with an rfc822Name that one counts."""
    subject = x509.Name([x509.NameAttribute(NameOID.EMAIL_ADDRESS, "me@Other")])
    for carried, expected in (((), [(CONSTRAINED, "me@Other")]), ((EMAIL("me@example"),), [])):
        narrow = ROOT.intermediate("Narrow", extra=[(x509.NameConstraints([EMAIL("example")], None), True)])
        names = [(x509.SubjectAlternativeName(carried), False)] if carried else []
        leaf = narrow.leaf("x", san=False, subject=subject, extra=names)
        assert expected == found(leaf)


def test_case_and_spaces_of_a_directory_name_do_not_count() -> None:
    """RFC 5280 §7.1: names are compared folded, whatever kind of string they are written in."""
    assert [] == found(
        beneath(directory("O=my  ORG", "CN=leaf"), permitted=directory("O=My Org"), subject="O=MY ORG")
    )


def test_many_names_are_told_up_to_a_number() -> None:
    """A leaf with thousands of barred names does not become thousands of findings."""
    leaf = beneath(*(x509.DNSName(f"h{n}.other") for n in range(300)), permitted=x509.DNSName("example"))
    assert MOST_TOLD == len(found(leaf))
