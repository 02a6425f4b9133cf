"""Piles of certificates matched to requests, and chains built from them."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from support.malformed import as_printable, with_octets
from support.pki import NOW, make_ca, make_key
from support.requests import pending, request_for, template_for
from warifu.domain.findings import Code, Lang, title
from warifu.domain.rotation.answers import (
    MAX_CHECKS,
    MAX_DEPTH,
    Offered,
    Sought,
    build_chain,
    is_issued_by,
    match,
)
from warifu.domain.rotation.requests import discard
from warifu.domain.x509 import Certificate, Request

ROOT = make_ca("Root")
MID = ROOT.intermediate("Mid")
ISSUING = MID.intermediate("Issuing")


def _request(name: str = "web.example") -> Request:
    return request_for(template_for(ISSUING, name)).request


def _sought(*requests: Request) -> list[Sought]:
    return [Sought(f"r{number}", request.public_key.sha256) for number, request in enumerate(requests)]


def _offer(*certificates: Certificate) -> list[Offered]:
    return [Offered(certificate, "in/pile.pem") for certificate in certificates]


def test_a_pile_in_any_order_matches_every_request_with_its_chain() -> None:
    """Leaves, intermediates, root and duplicates, shuffled: each request gets its leaf and the chain above."""
    requests = [_request(f"web-{number}.example") for number in range(4)]
    leaves = [ISSUING.sign(request, names=["x"]) for request in requests]
    pile = [*leaves, *leaves, ROOT.value, MID.value, ISSUING.value]
    random.Random(7).shuffle(pile)  # an order, not a secret
    found = match(_offer(*pile), _sought(*requests))
    assert leaves == [one.leaf for one in found.matches]
    assert [(ISSUING.value, MID.value)] * 4 == [one.chain for one in found.matches]
    assert () == found.findings


def test_the_issuers_own_chain_completes_a_leaf_alone() -> None:
    """A CA that returns only the leaf is enough when its chain is known."""
    request = _request()
    found = match(
        _offer(ISSUING.sign(request, names=["x"])),
        _sought(request),
        known=[ISSUING.value, MID.value, ROOT.value],
    )
    assert (ISSUING.value, MID.value) == found.matches[0].chain


def test_equal_names_do_not_match() -> None:
    """A certificate with the right names and another key answers nothing, and is named."""
    stranger = ISSUING.leaf("web.example").value
    found = match(_offer(stranger), _sought(_request()))
    assert () == found.matches
    assert [(Code.REQUEST_UNMATCHED, stranger.fingerprint.hex)] == [
        (f.code, f.subject) for f in found.findings
    ]


@pytest.mark.req("S3-15")
def test_a_certificate_for_a_discarded_request_says_when_it_was_discarded() -> None:
    """No matching key; the request was discarded on ...; nothing was uploaded."""
    request = _request()
    sought = [Sought("web-1", request.public_key.sha256, NOW)]
    found = match(_offer(ISSUING.sign(request, names=["x"])), sought)
    assert ((), [Code.REQUEST_VOID]) == (found.matches, [f.code for f in found.findings])
    sentence = title(found.findings[0], Lang.EN)
    assert sentence.startswith("No matching key: ")
    assert "the request was discarded on 2026-06-01 12:00:00+00:00. Nothing was uploaded." in sentence


def test_a_corrected_certificate_wins_by_its_start() -> None:
    """Of two certificates for one request the one that begins last counts, in whatever order they lie."""
    request = _request()
    old = ISSUING.sign(request, names=["old"])
    new = ISSUING.sign(request, names=["new"], now=NOW + timedelta(days=1))
    for pile in ((old, new), (new, old)):
        assert new == match(_offer(*pile), _sought(request)).matches[0].leaf


def test_of_many_corrections_the_last_to_begin_wins() -> None:
    """Whatever order their fingerprints have: certificates for one request are compared by their start."""
    request = _request()
    made = [ISSUING.sign(request, names=["x"], now=NOW + timedelta(days=day)) for day in range(12)]
    assert [made[-1]] == [one.leaf for one in match(_offer(*made), _sought(request)).matches]


def test_a_forged_issuer_is_not_in_the_chain() -> None:
    """A CA of equal name and another key is passed over: signatures decide."""
    forged = make_ca("Root").intermediate("Mid").intermediate("Issuing")
    leaf = ISSUING.leaf("web.example").value
    assert not is_issued_by(leaf, forged.value)
    assert (ISSUING.value,) == build_chain(leaf, [forged.value, ISSUING.value])


def test_an_issuer_that_the_library_does_not_read_is_one_all_the_same() -> None:
    """A character in its name: name and key decide, as ever."""
    root = make_ca("R&D", key=make_key("rsa"))
    issuer, leaf = (with_octets(one, as_printable("R&D")).value for one in (root, root.leaf("web.example")))
    assert is_issued_by(leaf, issuer)
    forged = with_octets(make_ca("R&D", key=make_key("rsa")), as_printable("R&D")).value
    assert not is_issued_by(leaf, forged)
    assert not is_issued_by(leaf, ISSUING.value)


def test_a_hostile_pile_ends() -> None:
    """Hundreds of CAs of one name cost a bounded number of signature checks."""
    others = [make_ca("Issuing").value for _ in range(MAX_CHECKS)]
    leaf = ISSUING.leaf("web.example").value
    assert (ISSUING.value,) == build_chain(leaf, [*others[1:], ISSUING.value])
    assert () == build_chain(leaf, [*others, ISSUING.value])


def test_a_tower_of_issuers_is_followed_so_far_and_no_further() -> None:
    """Above a leaf eight certificates are looked for; a chain that ends nowhere is sent as far as it goes."""
    top = ROOT
    for level in range(MAX_DEPTH + 2):
        top = top.intermediate(f"Level {level}")
    leaf = top.leaf("web.example")
    assert leaf.chain[:MAX_DEPTH] == build_chain(leaf.value, leaf.chain)
    assert (ISSUING.value,) == build_chain(ISSUING.leaf("web.example").value, [ISSUING.value])


def test_a_request_on_record_is_sought_by_its_key_and_its_discard() -> None:
    """Only one that was discarded carries a date."""
    record = pending()
    assert Sought(record.id, record.request.public_key.sha256) == Sought.of(record)
    void = discard(record, confirmed="", now=NOW)
    assert NOW == Sought.of(void).voided
