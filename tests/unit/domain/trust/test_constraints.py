"""Names of every kind against what a CA above permits and excludes."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from support.pki import NOW, Entity, make_ca
from warifu.domain.findings import Code
from warifu.domain.trust import Context, judge, profile_named

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
) -> Entity:
    """A leaf with a subjectAltName of any kinds, or none, beneath a CA with one constraint."""
    limits = x509.NameConstraints([permitted] if permitted else None, [excluded] if excluded else None)
    narrow = ROOT.intermediate("Narrow", extra=[(limits, True)])
    carried = [(x509.SubjectAlternativeName(names), False)] if names else []
    return narrow.leaf(common_name, san=False, extra=carried)


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


def test_a_kind_that_cannot_be_judged_refuses_only_where_that_kind_is_constrained() -> None:
    """A URI beneath a URI constraint; not a URI beneath another one, nor another name beneath it."""
    uri, limit = x509.UniformResourceIdentifier("spiffe://a/b"), x509.UniformResourceIdentifier(".a")
    assert [UNJUDGED] == [code for code, _ in found(beneath(uri, permitted=limit))]
    assert [] == found(beneath(uri, excluded=x509.DNSName("a")))
    assert [] == found(beneath(x509.DNSName("a"), permitted=limit))
    other = x509.OtherName(x509.ObjectIdentifier("1.3.6.1.4.1.55555.1"), b"\x05\x00")
    assert [UNJUDGED] == [code for code, _ in found(beneath(other, excluded=other))]
    assert [] == found(beneath(other, excluded=x509.DNSName("a")))
    assert [] == found(beneath(x509.DNSName("a"), excluded=other))
