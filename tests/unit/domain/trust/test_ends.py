"""What becomes of a pair, and how a target compares issuers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography import x509

from support.pki import BOTH, NOW, make_ca
from warifu.domain.findings import Code, Severity
from warifu.domain.trust import Basis, Context, Outcome, Verdict, judge, profile_named
from warifu.domain.trust.address import Address
from warifu.domain.trust.ends import (
    End,
    Look,
    Reach,
    find_issuer_differences,
    issued,
    reach,
)

ROOT = make_ca("Root-CA")
FIRST, SECOND = ROOT.intermediate("Inter-CA1"), ROOT.intermediate("Inter-CA2")
SOURCE = FIRST.leaf("OMENT-310", purposes=BOTH)
TARGET = FIRST.leaf("OMENT-400", purposes=BOTH)
ELSEWHERE = SECOND.leaf("OMENT-400", purposes=BOTH)


def end(label: str, entity: object) -> End:
    chain = (entity.value, *(one.value for one in entity.above))  # type: ignore[attr-defined]
    return End(label, chain, (ROOT.value,), NOW)


def look(presenter: str, purpose: str, outcome: Outcome) -> Look:
    return Look(presenter, "other", purpose, Verdict(outcome, Basis.MODELLED, (), (), anchored=True))


YES, NO, PERHAPS = Outcome.ACCEPTED, Outcome.REFUSED, Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("server", "client", "expected"),
    [
        (YES, YES, Reach.MUTUAL),
        (YES, NO, Reach.ONE_WAY),
        (NO, YES, Reach.NONE),
        (NO, PERHAPS, Reach.NONE),
        (PERHAPS, YES, Reach.UNKNOWN),
        (YES, PERHAPS, Reach.UNKNOWN),
        (PERHAPS, NO, Reach.UNKNOWN),
    ],
)
def test_a_connection_needs_both_sides(server: Outcome, client: Outcome, expected: Reach) -> None:
    """The server is judged as one, the client as one; only the two together are mutual."""
    looks = (
        look("b", "serverAuth", server),
        look("a", "clientAuth", client),
        look("a", "serverAuth", NO),
        look("b", "clientAuth", NO),
    )
    assert expected is reach(looks, "a", "b")


def test_an_end_may_call_with_another_identity() -> None:
    """What it presents as a client is then that, and its own chain as a server all the same."""
    one = end("a", SOURCE)
    assert one.chain == one.presented("clientAuth") == one.presented("serverAuth")
    other = replace(one, calls_with=(TARGET.value,))
    assert ((TARGET.value,), one.chain) == (other.presented("clientAuth"), other.presented("serverAuth"))


@pytest.mark.req("S4-54", "S4-56", "S4-28")
def test_equal_issuers_pass_row_by_row() -> None:
    """Both beneath Inter-CA1 and Root-CA: no difference, and the table shows who was issued by whom."""
    assert [] == list(find_issuer_differences(end("source", SOURCE), end("target", TARGET)))
    table = [("OMENT-310", "Inter-CA1"), ("Inter-CA1", "Root-CA"), ("Root-CA", "Root-CA")]
    assert table == list(issued(end("source", SOURCE).chain))


def test_another_intermediate_beneath_the_same_root_is_a_difference() -> None:
    """It is named on both sides, and what they share is named too."""
    (found,) = find_issuer_differences(end("source", SOURCE), end("target", ELSEWHERE))
    assert (Code.ISSUERS_DIFFER, Severity.ERROR) == (found.code, found.severity)
    expected = (("CN=Inter-CA1",), ("CN=Inter-CA2",), ("CN=Root-CA",))
    assert expected == (found.evidence["mine"], found.evidence["theirs"], found.evidence["same"])


def test_one_side_may_have_more() -> None:
    """Where one side has nothing of its own, a dash stands."""
    direct = ROOT.leaf("OMENT-400", purposes=BOTH)
    (found,) = find_issuer_differences(end("source", SOURCE), end("target", direct))
    assert (("CN=Inter-CA1",), "-") == (found.evidence["mine"], found.evidence["theirs"])
    stranger = make_ca("Other").leaf("x")
    (found,) = find_issuer_differences(end("source", SOURCE), end("target", stranger))
    assert "-" == found.evidence["same"]


@pytest.mark.req("S4-54")
@pytest.mark.parametrize("count", [1, 2])
def test_a_chain_that_lacks_cas_is_compared_as_far_as_it_goes(count: int) -> None:
    """What is missing is no other issuer; a different one in the rows that both have is."""
    for cut, other in ((SOURCE, TARGET), (TARGET, SOURCE)):
        short = end("cut", cut)
        short = replace(short, chain=short.chain[:count])
        assert [] == list(find_issuer_differences(short, end("whole", other)))
        assert [] == list(find_issuer_differences(end("whole", other), short))
    elsewhere = replace(end("cut", ELSEWHERE), chain=end("cut", ELSEWHERE).chain[:count])
    (found,) = find_issuer_differences(end("whole", SOURCE), elsewhere)
    assert (("CN=Inter-CA1",), ("CN=Inter-CA2",)) == (found.evidence["mine"], found.evidence["theirs"])
    assert ("-" if count == 1 else ("CN=Root-CA",)) == found.evidence["same"]


@pytest.mark.req("X-05")
def test_equal_names_above_different_keys_pass_by_name_and_are_warned_of() -> None:
    """The comparison by name says the same; the warning says that the keys are not."""
    twin = make_ca("Root-CA").intermediate("Inter-CA1").leaf("OMENT-400", purposes=BOTH)
    found = list(find_issuer_differences(end("source", SOURCE), end("target", twin)))
    assert {(Code.ISSUERS_ALIKE, Severity.WARNING)} == {(one.code, one.severity) for one in found}
    assert {"CN=Inter-CA1", "CN=Root-CA"} == {one.evidence["issuer"] for one in found}


def test_who_has_no_common_name_is_shown_whole() -> None:
    """Nothing is left blank in the table."""
    named = x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Example")])
    plain = make_ca("x", subject=named)
    assert (("O=Example", "O=Example"),) == issued((plain.value,))


def test_an_address_is_written_as_people_write_it() -> None:
    """Brackets keep an IPv6 address apart from its port."""
    assert ["web.example:443", "[2001:db8::1]:443"] == [
        str(Address("web.example", 443)),
        str(Address("2001:db8::1", 443)),
    ]


def test_a_root_beside_another_of_its_name_signed_itself_and_is_not_trusted() -> None:
    """Neither its signature nor its key id is wrong."""
    twin = make_ca("Root-CA")
    chain = end("source", SOURCE).chain
    verdict = judge(chain, (twin.value,), Context(profile_named("tls-server"), NOW))
    errors = {one.code: one.subject for one in verdict.findings if one.severity is Severity.ERROR}
    assert {
        Code.SELF_SIGNED_NOT_TRUSTED: ROOT.value.fingerprint.hex,
        Code.ISSUER_NAMESAKE: twin.value.fingerprint.hex,
    } == errors
