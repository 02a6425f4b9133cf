"""Dated rules of issuers: what a document may say, what is wrong with it, and whom it is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from support.examples import examples
from support.pki import make_ca
from support.shipped import ISSUERS
from warifu.domain.findings import Lang, say_error
from warifu.domain.trust.issuer_rules import IssuerRules, parse_issuer, read_issuers
from warifu.errors import UsageError

SECOND = timedelta(seconds=1)
HEAD = """format = 1
name = "house"
revision = "1"
source = "CPS 3.2"
title = { en = "house CA", ja = "社内 CA" }
"""
FULL = (
    HEAD
    + """
aliases = ["ours"]
organizations = ["Example  Corp"]
[[validity]]
from = 2026-01-01
days = 365
source = "CPS 3.1"
[[validity]]
from = 2027-01-01
days = 90
source = "CPS 3.2"
[[purpose-ends]]
purpose = "clientAuth"
from = 2027-06-01
source = "CPS 3.2"
[[disputed]]
rule = "validity"
question = { en = "which", ja = "どちらか" }
sources = ["a", "b"]
"""
)


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_limit_holds_from_its_first_second() -> None:
    """One second earlier the one before it; before all of them there is none."""
    rules = parse_issuer(FULL, "house.toml", {})
    start = day("2027-01-01")
    limits = [rules.limit_at(start + offset) for offset in (-SECOND, timedelta(0), SECOND)]
    assert [365, 90, 90] == [limit.days if limit else None for limit in limits]
    assert None is rules.limit_at(day("2025-12-31"))
    end = rules.end_of("clientAuth")
    assert (day("2027-06-01"), None) == (end and end.issued_from, rules.end_of("serverAuth"))


def test_of_two_rules_the_stricter_holds() -> None:
    """A CA that stands on common rules is bound by them, and by its own."""
    base = parse_issuer(FULL, "house.toml", {})
    text = HEAD.replace("house", "branch") + 'extends = "house"\n'
    later = '[[purpose-ends]]\npurpose = "clientAuth"\nfrom = 2028-01-01\nsource = "x"\n'
    shorter = '[[validity]]\nfrom = 2026-06-01\ndays = 30\nsource = "y"\n'
    branch = parse_issuer(text + later + shorter, "branch.toml", {"house": base})
    assert day("2027-06-01") == getattr(branch.end_of("clientAuth"), "issued_from", None)
    assert [365, 30] == [
        getattr(branch.limit_at(day(one)), "days", None) for one in ("2026-05-31", "2026-06-01")
    ]
    assert day("2027-06-01") in set(branch.dates())


def signed_by(*organizations: str) -> object:
    parts = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, one) for one in organizations]
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Issuing CA"), *parts])
    return make_ca("x", subject=name).value.subject


def test_an_issuer_is_recognised_by_its_organization() -> None:
    """Case and spaces do not count; an organization that only begins alike is another one."""
    rules = parse_issuer(FULL, "house.toml", {})
    names = [("example corp",), ("Other", "EXAMPLE CORP"), ("Example Corp Two",), ()]
    assert [True, True, False, False] == [rules.signs_as(signed_by(*one)) for one in names]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("organization", "name"),
    [("Let's Encrypt", "lets-encrypt"), ("DigiCert Inc", "digicert"), ("Sectigo Limited", "sectigo")],
)
def test_the_shipped_issuers_recognise_themselves(organization: str, name: str) -> None:
    """A CA of our own is none of them."""
    found = ISSUERS.recognise(signed_by(organization))  # type: ignore[arg-type]
    assert name == (found.name if found else "")
    assert None is ISSUERS.recognise(make_ca("House Root").value.subject)


@pytest.mark.req("X-14")
def test_shipped_rules_on_which_sources_disagree_say_so_with_both() -> None:
    """Every end of a purpose among them moved: each document names two sources at least."""
    ends = [one for one in ISSUERS.rules.values() if one.purpose_ends]
    assert len(ends) >= 4
    assert all(one.disputed and len(one.disputed[0].sources) >= 2 for one in ends)
    assert all(one.source and one.revision for one in ISSUERS.rules.values())


def test_an_issuer_is_chosen_by_name_or_alias() -> None:
    """An unknown one is refused with the known ones."""
    assert ["webpki-public", "lets-encrypt"] == [
        ISSUERS.choose(one).name for one in ("PUBLIC", "letsencrypt ")
    ]
    with pytest.raises(UsageError) as wrong:
        ISSUERS.choose("nobody")
    assert "digicert" in say_error(wrong.value, Lang.EN)


def test_documents_are_read_whatever_their_order_and_a_circle_is_a_fault() -> None:
    """A base may come after what stands on it."""
    low = HEAD.replace("house", "a") + 'extends = "house"\n'
    known = read_issuers([("a", low), ("house", FULL)])
    assert "house" == getattr(known.rules["a"].base, "name", "")
    circle = [
        ("a", HEAD.replace("house", "a") + 'extends = "b"\n'),
        ("b", HEAD.replace("house", "b") + 'extends = "a"\n'),
    ]
    for documents in (circle, [("a", low)], [("a", HEAD + "extends = 3\n")]):
        with pytest.raises(UsageError) as wrong:
            read_issuers(documents)
        assert "renewal.issuer-faults" == wrong.value.code


def test_every_fault_is_told_at_once() -> None:
    """With its place; a day that is none would make renewals without end."""
    text = 'format = 2\nextends = "nobody"\nfoo = 1\n[[validity]]\nfrom = 1\ndays = 0\nsource = ""\n'
    with pytest.raises(UsageError) as wrong:
        parse_issuer(text, "x.toml", {})
    keys = {part.values["key"] for part in wrong.value.parts}
    wanted = {"format", "extends", "foo", "name", "title.en", "title.ja", "revision", "source"}
    assert wanted | {"validity[1].from", "validity[1].source", "validity[1].days"} == keys


@examples(60)
@given(st.text(max_size=60), st.sampled_from(["", HEAD, HEAD + "[[validity]]\ndays = "]))
def test_only_our_error_comes_out(text: str, head: str) -> None:
    """Whatever a document holds."""
    try:
        assert isinstance(parse_issuer(head + text, "x.toml", {}), IssuerRules)
    except UsageError:
        return
