"""Hostile bags end: work is counted, and what was left undone makes a verdict unknown."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from ipaddress import ip_network

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from support.pki import DAY, NOW, Entity, Key, make_ca, make_key
from support.revoking import REVOKED, crl_of, ocsp_of
from support.rule_cases import MID, ROOT, WEB
from warifu.domain.findings import Code
from warifu.domain.trust import (
    Context,
    Outcome,
    Signatures,
    Verdict,
    judge,
    leaf_facts,
    path_verdict,
    profile_named,
    search,
    subtrees,
)
from warifu.domain.trust.acceptance import origin_class
from warifu.domain.trust.budget import Budget
from warifu.domain.trust.facts import MOST_SIGNERS
from warifu.domain.trust.order import in_order
from warifu.domain.x509 import Certificate, GeneralNames

ELSE = make_ca("Else")


def ask(**more: object) -> Context:
    return Context(profile_named("tls-server"), NOW, **more)  # type: ignore[arg-type]


def codes(verdict: Verdict) -> set[Code]:
    return {one.code for one in verdict.findings}


@cache
def line(length: int, *, same_name: bool, same_key: bool) -> tuple[Certificate, ...]:
    """A chain of CAs of which no anchor is at the end, the leaf first."""
    keys: dict[bool, Key] = {True: make_key()}
    top = make_ca("CA", key=keys[True], ski=False)
    for number in range(length - 1):
        name = "CA" if same_name else f"CA {number}"
        key = keys[True] if same_key else make_key()
        top = top.intermediate(name, key=key, ski=False, aki=False)
    return tuple(entity.value for entity in (top.leaf("web.example", aki=False), top, *top.above))


@pytest.mark.parametrize("same_name", [False, True])
@pytest.mark.parametrize("same_key", [False, True])
def test_long_chains_to_nowhere_end_undecided(same_name: bool, same_key: bool) -> None:
    """A hundred CAs, of one name or many, one key or many: few signatures are checked, and the search says that it stopped."""
    checks = Signatures()
    verdict = judge(line(100, same_name=same_name, same_key=same_key), (ELSE.value,), ask(signatures=checks))
    assert Outcome.UNKNOWN == verdict.outcome
    assert Code.SEARCH_EXHAUSTED in codes(verdict)
    assert checks.done <= Budget().signatures + MOST_SIGNERS


def test_a_chain_that_is_merely_long_is_not_called_short_of_an_issuer() -> None:
    """Where the search stopped before an end, nothing is said to be missing."""
    verdict = judge(line(100, same_name=False, same_key=False), (ELSE.value,), ask())
    assert {Code.SEARCH_EXHAUSTED} == codes(verdict) & {
        Code.SEARCH_EXHAUSTED,
        Code.ISSUER_MISSING,
        Code.ISSUER_NOT_TRUSTED,
    }


def test_a_leaf_whose_issuer_has_too_many_namesakes_is_undecided() -> None:
    """As many keys are tried as the limit says, those with the right key id first."""
    namesakes = [make_ca("Mid").value for _ in range(MOST_SIGNERS + 5)]
    checks = Signatures()
    bare = MID.leaf("web.example", aki=False)
    verdict = judge((bare.value, *namesakes), (ROOT.value,), ask(signatures=checks))
    assert (Outcome.UNKNOWN, True) == (verdict.outcome, Code.SEARCH_EXHAUSTED in codes(verdict))
    assert checks.done <= Budget().signatures + MOST_SIGNERS
    found = judge((WEB.value, *namesakes, MID.value), (ROOT.value,), ask())
    assert Outcome.ACCEPTED == found.outcome


def ladder(rungs: int, twins: int, *, apart: bool = False, **options: object) -> tuple[Certificate, ...]:
    """On each rung as many CAs of one name and key as twins: twins to the power of rungs paths, and no anchor.

    `apart` gives each an end of its own.
    """
    below: list[Entity] = []
    keys = [make_key() for _ in range(rungs + 1)]
    sent: list[Certificate] = []
    for rung in range(rungs):
        issuer = make_ca(f"Rung {rung + 1}", key=keys[rung + 1])
        ends = [{"end": NOW + (twins * rung + twin + 1) * DAY} if apart else {} for twin in range(twins)]
        below = [issuer.intermediate(f"Rung {rung}", key=keys[rung], **options, **end) for end in ends]  # type: ignore[arg-type]
        sent += [one.value for one in below]
    leaf = make_ca("Rung 0", key=keys[0]).leaf("web.example")
    return (leaf.value, *sent)


def test_a_ladder_of_twins_is_climbed_a_counted_number_of_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten twins on each of ten rungs make ten thousand million paths, of which a thousand are judged at most."""
    judged = counted_paths(monkeypatch)
    verdict = judge(ladder(10, 10), (ELSE.value,), ask())
    assert Outcome.UNKNOWN == verdict.outcome
    assert 0 < len(judged) <= Budget().paths


def counted_paths(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """A list that grows with each path that is judged."""
    judged: list[object] = []
    whole = search._judged

    def counted(*arguments: object) -> object:
        judged.append(arguments[0])
        return whole(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(search, "_judged", counted)
    return judged


@pytest.mark.parametrize("consumer", ["unknown", "openssl"])
def test_all_dates_of_a_ladder_are_paid_from_one_purse(
    monkeypatch: pytest.MonkeyPatch, consumer: str
) -> None:
    """A verdict looks at every date at which something ends; that costs a few searches and not one for each."""
    judged = counted_paths(monkeypatch)
    leaf, *sent = ladder(4, 5, apart=True)
    facts = leaf_facts(leaf, sent)
    verdict = path_verdict(origin_class(facts, sent), sent, (ELSE.value,), ask(consumer=consumer))
    assert not verdict.accepted
    assert 0 < len(judged) <= 5 * Budget().paths + 21


def test_paths_are_bounded_by_their_own_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where edges and signatures would suffice."""
    monkeypatch.setattr(search, "Budget", lambda: Budget(paths=3))
    verdict = judge(ladder(2, 4), (ELSE.value,), ask())
    assert (Outcome.UNKNOWN, True) == (verdict.outcome, Code.SEARCH_EXHAUSTED in codes(verdict))
    one = judge(ladder(2, 1), (ELSE.value,), ask())
    assert (Outcome.REFUSED, False) == (one.outcome, Code.SEARCH_EXHAUSTED in codes(one))


def names(count: int, kind: type[x509.GeneralName] = x509.DNSName) -> list[x509.GeneralName]:
    return [kind(f"h{number}.example") for number in range(count)]  # type: ignore[call-arg]


def beneath(count: int, limits: x509.NameConstraints, **options: object) -> tuple[Entity, Entity]:
    """A root with constraints, and a leaf beneath it with as many names."""
    root = make_ca("Narrow", extra=[(limits, True)])
    carried = x509.SubjectAlternativeName(names(count))
    return root, root.leaf("h0.example", san=False, extra=[(carried, False)], **options)


def test_thousands_of_names_against_thousands_of_constraints_are_not_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Names times constraints above the limit: not one is compared, and the verdict is unknown."""
    compared = 0
    whole = subtrees._dns_within

    def counted(name: str, limit: str) -> bool:
        nonlocal compared
        compared += 1
        return whole(name, limit)

    monkeypatch.setattr(subtrees, "_dns_within", counted)
    root, leaf = beneath(2000, x509.NameConstraints(names(1000), None))
    verdict = judge((leaf.value,), (root.value,), ask())
    assert (Outcome.UNKNOWN, {Code.SEARCH_EXHAUSTED}, 0) == (verdict.outcome, codes(verdict), compared)
    root, leaf = beneath(200, x509.NameConstraints(names(1000), None))
    assert Outcome.ACCEPTED == judge((leaf.value,), (root.value,), ask()).outcome
    assert 0 < compared <= 200 * 1000


def test_paths_share_what_was_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two twins on each of eight rungs make 256 paths: each CA is compared with each certificate beneath it once."""
    asked = 0
    whole = subtrees.Subtrees.forbidden

    def counted(limits: subtrees.Subtrees, of: GeneralNames) -> Iterator[str]:
        nonlocal asked
        asked += 1
        return whole(limits, of)

    monkeypatch.setattr(subtrees.Subtrees, "forbidden", counted)
    limits = (x509.NameConstraints([x509.DNSName("example")], None), True)
    sent = ladder(8, 2, extra=[limits])
    verdict = judge(sent, (ELSE.value,), ask())
    assert Outcome.REFUSED is verdict.outcome
    assert 0 < asked <= len(sent) ** 2


def test_names_of_a_kind_without_constraints_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """They cost nothing, so they must take nothing: not even whether they are names is asked."""
    looked: list[object] = []
    monkeypatch.setitem(subtrees._COMPARABLE, "dns", looked.append)
    root, leaf = beneath(50, x509.NameConstraints([x509.IPAddress(ip_network("10.0.0.0/8"))], None))
    assert Outcome.ACCEPTED is judge((leaf.value,), (root.value,), ask()).outcome
    assert [] == looked


def test_kinds_that_meet_no_constraint_cost_nothing() -> None:
    """Thousands of DNS names beneath thousands of address constraints are judged."""
    networks = [
        x509.IPAddress(ip_network(f"10.{number // 250}.{number % 250}.0/24")) for number in range(2000)
    ]
    root, leaf = beneath(2000, x509.NameConstraints(networks, None))
    assert Outcome.ACCEPTED == judge((leaf.value,), (root.value,), ask()).outcome


def test_comparisons_are_counted_over_all_paths_together() -> None:
    """Many paths, each beneath the limit alone: the sum counts."""
    limits = x509.NameConstraints(names(100), None)
    key = make_key()
    outer = make_ca("Outer")
    twins = [outer.intermediate("Twin", key=key, extra=[(limits, True)]) for _ in range(40)]
    carried = x509.SubjectAlternativeName(names(100))
    leaf = twins[0].leaf("x", san=False, extra=[(carried, False)])
    sent = tuple(one.value for one in twins)
    verdict = judge((leaf.value, *sent), (ELSE.value,), ask())
    assert (Outcome.UNKNOWN, True) == (verdict.outcome, Code.SEARCH_EXHAUSTED in codes(verdict))
    few = judge((leaf.value, *sent[:5]), (ELSE.value,), ask())
    assert (Outcome.REFUSED, False) == (few.outcome, Code.SEARCH_EXHAUSTED in codes(few))


def test_a_subject_of_thousands_of_addresses_is_judged_once_each() -> None:
    """E-mail addresses in a subject are names too, and counted as such."""
    subject = x509.Name([x509.NameAttribute(NameOID.EMAIL_ADDRESS, f"u{n}@example") for n in range(2000)])
    limits = x509.NameConstraints([x509.RFC822Name(f"h{n}.example") for n in range(1000)], None)
    root = make_ca("Narrow", extra=[(limits, True)])
    leaf = root.leaf("x", san=False, subject=subject)
    verdict = judge((leaf.value,), (root.value,), ask())
    assert (Outcome.UNKNOWN, True) == (verdict.outcome, Code.SEARCH_EXHAUSTED in codes(verdict))


def test_a_library_that_takes_the_first_issuer_is_bounded_too() -> None:
    """The model of openssl pays from the same purse."""
    root, leaf = beneath(2000, x509.NameConstraints(names(1000), None))
    verdict = judge((leaf.value,), (root.value,), ask(consumer="openssl"))
    assert (Outcome.UNKNOWN, True) == (verdict.outcome, Code.SEARCH_EXHAUSTED in codes(verdict))


def test_crls_and_responses_by_strangers_are_checked_up_to_the_limit() -> None:
    """Hundreds of CRLs in the issuer's name, signed by nobody: undecided, not endless."""
    crls = tuple(crl_of(MID, key=make_key()) for _ in range(Budget().signatures + 5))
    checks = Signatures()
    context = ask(crls=crls, crl_mode="leaf", signatures=checks)
    verdict = judge((WEB.value, MID.value), (ROOT.value,), context)
    assert (Outcome.UNKNOWN, True) == (verdict.outcome, Code.SEARCH_EXHAUSTED in codes(verdict))
    assert checks.done <= Budget().signatures + 5
    impostor = make_ca("Mid")
    flood = tuple(ocsp_of(WEB, signer=impostor) for _ in range(Budget().signatures + 5))
    checks = Signatures()
    context = ask(ocsp=(*flood, ocsp_of(WEB, REVOKED)), signatures=checks)
    verdict = judge((WEB.value, MID.value), (ROOT.value,), context)
    assert (Outcome.UNKNOWN, True) == (verdict.outcome, Code.SEARCH_EXHAUSTED in codes(verdict))
    assert checks.done <= Budget().signatures + 5


def test_a_branch_too_deep_does_not_spoil_another() -> None:
    """Beside a chain without end the right one is found, with its CRLs."""
    key = make_key()
    deep = line(40, same_name=False, same_key=False)[1:]
    top = make_ca("CA 38", key=key, ski=False)
    leaf = top.leaf("web.example", aki=False)
    sent = (*deep, top.value)
    context = ask(crls=(top.crl(),), crl_mode="leaf")
    assert Outcome.ACCEPTED == judge((leaf.value, *sent), (top.value,), context).outcome


def test_a_class_of_leaves_is_undecided_as_a_leaf_is() -> None:
    """`path_verdict` says that it stopped, so that a planner does not take no for an answer."""
    leaf, *sent = line(100, same_name=True, same_key=True)
    facts = leaf_facts(leaf, sent)
    verdict = path_verdict(origin_class(facts, sent), sent, (ELSE.value,), ask())
    assert (False, True) == (verdict.accepted, verdict.exhausted)
    assert Code.SEARCH_EXHAUSTED in {one.code for one in verdict.findings}


def test_bags_of_hundreds_are_told_once_each_and_ordered() -> None:
    """A finding for each certificate that does not belong; what belongs is found whatever its place."""
    stranger = make_ca("Stranger")
    bag = tuple(stranger.leaf(f"s{number}.example").value for number in range(300))
    verdict = judge((WEB.value, MID.value, *bag), (ROOT.value,), ask())
    assert 300 == sum(one.code is Code.CHAIN_UNRELATED for one in verdict.findings)
    assert (WEB.value, MID.value, *bag) == in_order((WEB.value, *bag, MID.value))
