"""How names are written, whose a wildcard is, and what leaves have in common."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from cryptography import x509

from support.pki import NOW, make_ca
from warifu.domain.findings import Code
from warifu.domain.trust import Context, judge, leaf_facts, profile_named
from warifu.domain.trust.rules.names import carries, faults_of_names
from warifu.domain.trust.spelling import is_dns_name, is_shared_suffix, unfit_names, unlisted_common_names
from warifu.domain.trust.subtrees import host_of, is_email
from warifu.domain.x509 import GeneralNames

ROOT = make_ca("Root")
LONG = "a" * 63


@pytest.mark.parametrize(
    ("name", "fit"),
    [
        ("a.example", True),
        ("A.EXAMPLE", True),
        ("xn--bcher-kva.example", True),
        ("localhost", True),
        ("1.example", True),
        ("*.a.example", True),
        (f"{LONG}.example", True),
        (f"a{LONG}.example", False),
        (".".join([LONG] * 4), False),
        ("", False),
        (".example", False),
        ("a..example", False),
        ("a.example.", False),
        ("a b.example", False),
        (" a.example", False),
        ("a_b.example", False),
        ("-a.example", False),
        ("a-.example", False),
        ("192.0.2.1", False),
        ("a.1", False),
        ("bücher.example", False),
        ("a.exampl\u212a", False),
        ("https://a.example", False),
    ],
)
def test_a_dns_name_is_letters_digits_and_hyphens_between_dots(name: str, *, fit: bool) -> None:
    """RFC 1034 §3.5 with RFC 1123 §2.1; a last label of digits makes it an address."""
    assert fit is is_dns_name(name)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (GeneralNames(dns=("a.example", "a_b.example")), ["a_b.example"]),
        (GeneralNames(), [""]),
        (GeneralNames(other=1), []),
        (GeneralNames(ip=(ip_address("192.0.2.1"), ip_network("192.0.2.0/24"))), ["192.0.2.0/24"]),
        (GeneralNames(email=("a@b.example", "a", "a@b@c.example")), ["a", "a@b@c.example"]),
        (GeneralNames(uri=("spiffe://a/b", "urn:a", "no scheme", "//a/b")), ["no scheme", "//a/b"]),
    ],
    ids=str,
)
def test_each_kind_of_name_has_its_own_way(names: GeneralNames, expected: list[str]) -> None:
    """An address has no mask, a mailbox one at-sign, a URI a scheme; a list of names has a name."""
    assert expected == list(unfit_names(names))


@pytest.mark.parametrize(
    ("suffix", "shared"),
    [
        ("co.uk", True),
        ("COM.AU", True),
        ("ne.jp.", True),
        ("s3.amazonaws.com", True),
        ("github.io", True),
        ("com", True),
        ("example.com", False),
        ("example.co.uk", False),
        ("amazonaws.com", False),
        ("co.example", False),
        ("shop.uk", False),
        ("co.12", False),
    ],
)
def test_suffixes_of_many_owners_are_known_where_that_is_sure(suffix: str, *, shared: bool) -> None:
    """Second levels of countries, and the best known hosting names; others count as somebody's own."""
    assert shared is is_shared_suffix(suffix)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("a@b.example", True),
        ("jürgen@b.example", False),
        ("*@b.example", True),
        ('"a @ b"@c.example', True),
        (r'"a\"b"@c.example', True),
        ("a.b+c@d.example", True),
        ("a@", False),
        ("@b.example", False),
        ("a@b@c.example", False),
        ("a b@c.example", False),
        ("a@b c", False),
        ("a@.b.example", False),
    ],
)
def test_a_mailbox_has_one_at_sign(text: str, *, holds: bool) -> None:
    """Before it a local part, perhaps quoted; after it a host."""
    assert holds is is_email(text)


def test_the_host_of_a_uri_is_found_or_is_none() -> None:
    """User, port and a root's dot away; an address is no host name."""
    assert "a.example" == host_of("https://u:p@A.example.:443/x@y?z#w")
    assert ["", "", "", ""] == list(
        map(host_of, ("urn:a", "mailto:a@b", "http://192.0.2.1/", "http://[::1]/"))
    )


def test_a_common_name_is_listed_letter_for_letter() -> None:
    """Addresses as RFC 5952 writes them; without other names nothing is asked."""
    leaf = leaf_facts(ROOT.leaf("2001:db8::1").value)
    assert () == unlisted_common_names(leaf)
    assert ("2001:DB8::1",) == unlisted_common_names(leaf._replace(common_names=("2001:DB8::1",)))
    assert () == unlisted_common_names(leaf._replace(names=None))


def test_an_email_address_is_a_name_like_another() -> None:
    """Its local part counts letter for letter, its host does not; a host name is no mailbox."""
    leaf = leaf_facts(ROOT.leaf("a.example").value)._replace(names=GeneralNames(email=("Me@a.Example",)))
    assert [True, False, False, False] == [
        carries(leaf, name) for name in ("Me@A.example", "me@a.example", "Me@b.example", "a.example")
    ]


def test_names_that_cannot_be_read_are_told_as_that_alone() -> None:
    """Not as missing, and not as others than the one asked for."""
    broken = x509.UnrecognizedExtension(x509.SubjectAlternativeName.oid, b"\x30\x05\x01")
    leaf = ROOT.leaf("a.example", san=False, extra=[(broken, False)])
    verdict = judge((leaf.value,), (ROOT.value,), Context(profile_named("tls-server"), NOW, name="a.example"))
    assert [Code.EXTENSION_UNREADABLE] == [one.code for one in verdict.findings]
    assert "subjectAltName" == verdict.findings[0].evidence["part"]


def test_leaves_alike_in_the_faults_of_their_names_are_told_apart_from_others() -> None:
    """What a planner groups leaves by: no names, a wildcard of no use or too wide, a name unfit, a name unlisted."""
    leaf = leaf_facts(ROOT.leaf("a.example").value)
    plain = faults_of_names(leaf)
    shown = [
        faults_of_names(leaf._replace(names=names, common_names=()))
        for names in (
            None,
            GeneralNames(dns=("*.example",)),
            GeneralNames(dns=("*.co.uk",)),
            GeneralNames(dns=("a_b.example",)),
        )
    ]
    assert plain == faults_of_names(leaf_facts(ROOT.leaf("b.example", "*.b.example").value))
    assert 6 == len({plain, faults_of_names(leaf._replace(common_names=("b",))), *shown})
