"""Which names a leaf carries, and which a CA may sign for."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_address

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from support.pki import NOW, make_ca
from warifu.domain.findings import Code
from warifu.domain.trust import Context, judge, leaf_facts, profile_named
from warifu.domain.trust.rules.names import carries, matches_dns
from warifu.domain.x509 import GeneralNames

ROOT = make_ca("Root")


@pytest.mark.parametrize(
    ("pattern", "name", "holds"),
    [
        ("web.example", "web.example", True),
        ("Web.Example", "wEB.eXAMPLE", True),
        ("web.example", "web.example.", True),
        ("web.example.", "web.example", False),
        ("web.example", "a.web.example", False),
        ("web.example", "example", False),
        ("*.web.example", "a.web.example", True),
        ("*.web.example", "a.b.web.example", False),
        ("*.web.example", "web.example", False),
        ("*.web.example", ".web.example", False),
        ("*.example", "web.example", False),
        ("*", "web", False),
        ("w*.web.example", "www.web.example", False),
        ("*w.web.example", "www.web.example", False),
        ("a.*.example", "a.web.example", False),
        ("*.*.example", "a.web.example", False),
        ("*.web..example", "a.web..example", False),
        ("xn--bcher-kva.example", "bücher.example", True),
        ("*.xn--bcher-kva.example", "a.bücher.example", True),
        ("", "", False),
        ("", "web.example", False),
        ("xn--fa-hia.example", "faß.example", True),
        ("fass.example", "faß.example", False),
        ("web-1", "web-1", True),
        ("bücher..example", "BÜCHER..example", True),
        ("bücher..example", "bucher..example", False),
        ("web.example", "", False),
    ],
)
def test_a_name_matches_as_rfc_9525_says(pattern: str, name: str, holds: bool) -> None:
    """Whole labels, the wildcard alone in the leftmost of at least three, case and final dot aside."""
    assert holds is matches_dns(pattern, name)


@pytest.mark.parametrize(
    ("shown", "asked", "holds"),
    [
        ("web.example", "web.example", True),
        ("db1", "db1", True),
        ("*.example", "*.example", False),
        ("dead::beef", "dead::beef", False),
        ("192.0.2.1", "192.0.2.1", False),
        ("web.example.", "web.example.", False),
    ],
)
def test_what_is_shown_letter_for_letter_is_carried_where_it_is_a_host_name(
    shown: str, asked: str, holds: bool
) -> None:
    """A wildcard that covers nothing covers not even itself, and an address is no DNS name."""
    leaf = leaf_facts(ROOT.leaf("other.example").value)
    assert holds is carries(leaf._replace(names=GeneralNames(dns=(shown,))), asked)


def found(names: tuple[str, ...], asked: str, consumer: str = "unknown") -> set[Code]:
    leaf = ROOT.leaf(*names)
    context = Context(profile_named("tls-server"), NOW, name=asked, consumer=consumer)
    return {one.code for one in judge((leaf.value,), (ROOT.value,), context).findings}


@pytest.mark.parametrize(
    ("names", "asked", "holds"),
    [
        (("192.0.2.1",), "192.0.2.1", True),
        (("192.0.2.1",), "192.0.2.2", False),
        (("2001:db8::1",), "2001:0DB8::0:1", True),
        (("2001:db8::1",), "[2001:db8::1]", True),
        (("web.example",), "192.0.2.1", False),
        (("192.0.2.1",), "web.example", False),
        (("a.example", "b.example"), "b.example", True),
        (("web-1",), "web-1", True),
        (("192.0.2.1",), "192.0.2.256", False),
    ],
)
def test_addresses_are_compared_as_addresses(names: tuple[str, ...], asked: str, holds: bool) -> None:
    """An address matches an iPAddress entry in any spelling, and never a DNS name."""
    assert holds is (Code.NAME_MISMATCH not in found(names, asked))


@pytest.mark.parametrize("asked", ["2001:db8::1", "[2001:0DB8::0:1]"])
def test_an_address_among_dns_names_is_told_as_that(asked: str) -> None:
    """Whoever reads that it carries the address may not read that it does not."""
    shown = x509.SubjectAlternativeName([x509.DNSName("web.example"), x509.DNSName("2001:DB8::1")])
    leaf = ROOT.leaf("web.example", san=False, extra=[(shown, False)])
    context = Context(profile_named("tls-server"), NOW, name=asked)
    told = {one.code for one in judge((leaf.value,), (ROOT.value,), context).findings}
    assert Code.ADDRESS_AS_DNS_NAME in told
    assert Code.NAME_MISMATCH not in told


def test_a_common_name_does_not_stand_in_for_a_dns_name() -> None:
    """Where DNS names are present the common name does not count, whoever verifies."""
    leaf = ROOT.leaf("web.example")
    subject = leaf.value.subject.common_names
    assert ("web.example",) == subject
    context = Context(profile_named("tls-server"), NOW, name="192.0.2.7")
    bare = make_ca("192.0.2.7", ca=False)
    assert Code.NAME_MISMATCH in {one.code for one in judge((bare.value,), (bare.value,), context).findings}


DNS, IP, MAIL, DIR = x509.DNSName, x509.IPAddress, x509.RFC822Name, x509.DirectoryName


def directory(*names: str) -> x509.DirectoryName:
    return DIR(x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, name) for name in names]))


@pytest.mark.parametrize(
    ("permit", "exclude", "name", "holds"),
    [
        ([DNS("example")], None, DNS("web.example"), True),
        ([DNS("example")], None, DNS("example"), True),
        ([DNS(".example")], None, DNS("web.example"), True),
        ([DNS("example")], None, DNS("webexample"), False),
        ([DNS("a.example"), DNS("b.example")], None, DNS("web.b.example"), True),
        ([DNS("")], None, DNS("web.example"), True),
        ([DNS("web.example")], None, DNS("*.example"), False),
        (None, [DNS("example")], DNS("web.example"), False),
        (None, [DNS("shop.example")], DNS("web.example"), True),
        (None, [DNS("shop.example")], DNS("*.example"), False),
        (None, [DNS("a.shop.example")], DNS("*.example"), True),
        ([DNS("example")], [DNS("shop.example")], DNS("a.shop.example"), False),
        ([IP(IPv4Network("192.0.2.0/24"))], None, IP(ip_address("192.0.2.9")), True),
        ([IP(IPv4Network("192.0.2.0/24"))], None, IP(ip_address("198.51.100.9")), False),
        ([IP(IPv4Network("192.0.2.0/24"))], None, IP(ip_address("2001:db8::1")), False),
        (None, [IP(IPv6Network("2001:db8::/32"))], IP(ip_address("2001:db8::1")), False),
        ([IP(IPv4Network("192.0.2.0/24"))], None, DNS("web.example"), True),
        ([MAIL("ops@a.example")], None, MAIL("ops@A.example"), True),
        ([MAIL("ops@a.example")], None, MAIL("Ops@a.example"), False),
        ([MAIL("a.example")], None, MAIL("ops@a.example"), True),
        ([MAIL("a.example")], None, MAIL("ops@b.a.example"), False),
        ([MAIL(".a.example")], None, MAIL("ops@b.a.example"), True),
        (None, [MAIL("a.example")], MAIL("ops@a.example"), False),
        ([directory("Warifu")], None, directory("warifu", "Web"), False),
        (None, [directory("Warifu")], directory("WARIFU", "Web"), False),
        (None, [directory("Other")], directory("Warifu"), True),
    ],
)
def test_constraints_decide_which_names_a_ca_may_sign_for(
    permit: list[x509.GeneralName] | None,
    exclude: list[x509.GeneralName] | None,
    name: x509.GeneralName,
    holds: bool,
) -> None:
    """Each kind of name by its own rule; kinds that are not constrained are free."""
    limits = x509.NameConstraints(permitted_subtrees=permit, excluded_subtrees=exclude)
    narrow = ROOT.intermediate("Narrow", extra=[(limits, True)])
    names = x509.SubjectAlternativeName([name])
    leaf = narrow.leaf("web.example", san=False, extra=[(names, False)])
    context = Context(profile_named("tls-server"), NOW)
    verdict = judge((leaf.value, *leaf.chain), (ROOT.value,), context)
    barred = {one.code for one in verdict.findings} & {Code.NAME_CONSTRAINED}
    assert holds is (barred == set())


def test_an_empty_directory_constraint_covers_every_subject() -> None:
    """The empty name is a prefix of each."""
    limits = x509.NameConstraints(None, [DIR(x509.Name([]))])
    leaf = ROOT.intermediate("Narrow", extra=[(limits, True)]).leaf("web.example")
    verdict = judge((leaf.value, *leaf.chain), (ROOT.value,), Context(profile_named("tls-server"), NOW))
    assert Code.NAME_CONSTRAINED in {one.code for one in verdict.findings}


def test_a_common_name_that_reads_as_a_host_is_constrained_too() -> None:
    """Without a subjectAltName the common name would be used by old clients, so it is held to the constraint."""
    limits = x509.NameConstraints([DNS("shop.example")], None)
    leaf = ROOT.intermediate("Narrow", extra=[(limits, True)]).leaf("web.example", san=False)
    verdict = judge((leaf.value, *leaf.chain), (ROOT.value,), Context(profile_named("tls-server"), NOW))
    assert Code.NAME_CONSTRAINED in {one.code for one in verdict.findings}


def test_constraints_hold_for_cas_beneath_and_not_for_self_issued_ones() -> None:
    """An intermediate's own subject is held to the constraint of the CA above it."""
    limits = x509.NameConstraints(None, [DIR(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Below")]))])
    narrow = ROOT.intermediate("Narrow", extra=[(limits, True)])
    context = Context(profile_named("tls-server"), NOW)
    for name, holds in (("Below", False), ("Narrow", True)):
        leaf = narrow.intermediate(name).leaf("web.example")
        verdict = judge((leaf.value, *leaf.chain), (ROOT.value,), context)
        assert holds is (Code.NAME_CONSTRAINED not in {one.code for one in verdict.findings})


def test_too_many_names_for_too_many_constraints_end_undecided() -> None:
    """A million comparisons are not made; the search says that it stopped."""
    many = [DNS(f"n{number}.example") for number in range(1100)]
    narrow = ROOT.intermediate("Narrow", extra=[(x509.NameConstraints(many, None), True)])
    leaf = narrow.leaf(*(f"n{number}.example" for number in range(1000)))
    verdict = judge((leaf.value, *leaf.chain), (ROOT.value,), Context(profile_named("tls-server"), NOW))
    assert Code.SEARCH_EXHAUSTED in {one.code for one in verdict.findings}
    assert "unknown" == verdict.outcome


@pytest.mark.parametrize("barred", [True, False])
def test_an_address_with_a_mask_in_a_leaf_is_not_judged(barred: bool) -> None:
    """A subjectAltName that holds a network where an address belongs refuses, whichever way addresses are constrained."""
    masked = bytes.fromhex("300a8708c0000200ffffff00")  # iPAddress 192.0.2.0/255.255.255.0
    san = x509.UnrecognizedExtension(x509.SubjectAlternativeName.oid, masked)
    nets = [IP(IPv4Network("198.51.100.0/24"))]
    limits = x509.NameConstraints(None if barred else nets, nets if barred else None)
    narrow = ROOT.intermediate("Narrow", extra=[(limits, True)])
    leaf = narrow.leaf("web.example", san=False, extra=[(san, False)])
    verdict = judge((leaf.value, *leaf.chain), (ROOT.value,), Context(profile_named("tls-server"), NOW))
    assert Code.NAME_CONSTRAINT_UNJUDGED in {one.code for one in verdict.findings}
    assert "refused" == verdict.outcome


def test_a_name_that_stands_twice_is_told_once() -> None:
    """The same fault of the same certificate is one finding."""
    limits = x509.NameConstraints([DNS("shop.example")], None)
    leaf = ROOT.intermediate("Narrow", extra=[(limits, True)]).leaf("web.example", "web.example")
    verdict = judge((leaf.value, *leaf.chain), (ROOT.value,), Context(profile_named("tls-server"), NOW))
    assert [Code.NAME_CONSTRAINED] == [one.code for one in verdict.findings]
