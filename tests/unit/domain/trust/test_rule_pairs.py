"""Each rule refuses what no other does: switched off, exactly its own pairs change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache

import pytest

from support.rule_cases import Case
from support.rule_pairs import PAIRS, Pair
from warifu.domain.findings import Code, Severity
from warifu.domain.trust import acceptance, search, verdict
from warifu.domain.trust.rules import LEAF, NAME, PATH, PRESENTED, Rule

RULES = (*LEAF, *NAME, *PATH, *PRESENTED)
BY_SEARCH = {Code.FIRST_ISSUER_TAKEN}
"""Told by the search for a path and by no rule."""
PLACES = ((acceptance, "LEAF"), (acceptance, "NAME"), (search, "PATH"), (verdict, "PRESENTED"))


def named(rule: Rule) -> str:
    """Where a rule is written."""
    return f"{rule.find.__module__.rpartition('.')[2]}.{getattr(rule.find, '__name__', '?')}"


@cache
def made(pair: Pair) -> tuple[Case, Case]:
    """The case and its neighbour, made once, each judged so that this fault alone refuses."""
    return sharpened(pair.bad(), pair.code), sharpened(pair.good(), pair.code)


def sharpened(case: Case, code: Code) -> Case:
    """The case under its own rule set, but with this code an error and what comes with it a note."""
    weights = {**case.rules.weights, **dict.fromkeys(case.also, Severity.NOTE), code: Severity.ERROR}
    case.profile = replace(case.rules, weights=weights)
    return case


@contextmanager
def without(rule: Rule) -> Iterator[None]:
    """Judge without one rule."""
    kept = {place: getattr(*place) for place in PLACES}
    for (module, name), rules in kept.items():
        setattr(module, name, tuple(one for one in rules if one is not rule))
    try:
        yield
    finally:
        for (module, name), rules in kept.items():
            setattr(module, name, rules)


def told(case: Case) -> tuple[str, frozenset[Code]]:
    judged = case.judged()
    return judged.outcome.value, frozenset(one.code for one in judged.findings)


@cache
def usual(pair: Pair) -> tuple[tuple[str, frozenset[Code]], tuple[str, frozenset[Code]]]:
    """What all rules say of the case and of its neighbour."""
    bad, good = made(pair)
    return told(bad), told(good)


@cache
def switched_off(rule: Rule) -> dict[str, tuple[tuple[str, frozenset[Code]], tuple[str, frozenset[Code]]]]:
    """What is said of every pair without the rule."""
    with without(rule):
        return {str(pair): (told(made(pair)[0]), told(made(pair)[1])) for pair in PAIRS}


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if pair.code not in BY_SEARCH], ids=str)
def test_only_the_fault_refuses(pair: Pair) -> None:
    """With its code an error, the case is refused and its neighbour accepted."""
    bad, good = usual(pair)
    assert ("refused", "accepted") == (bad[0], good[0])
    assert (True, False) == (pair.code in bad[1], pair.code in good[1])


@pytest.mark.parametrize("rule", RULES, ids=named)
def test_switching_a_rule_off_changes_exactly_its_pairs(rule: Rule) -> None:
    """The case of each of its pairs is then accepted; of every other pair, case and neighbour are judged as before."""
    own = []
    for pair in PAIRS:
        before, now = usual(pair), switched_off(rule)[str(pair)]
        if before[0][0] != now[0][0]:
            own.append(pair)
            assert pair.code in rule.codes
            assert "accepted" == now[0][0]
            assert pair.code not in now[0][1]
        assert before[1][0] == now[1][0]
    assert own


def test_each_pair_belongs_to_one_rule() -> None:
    """No fault is refused by two rules, and none by no rule."""
    for pair in PAIRS:
        refused = usual(pair)[0][0]
        owners = [named(rule) for rule in RULES if refused != switched_off(rule)[str(pair)][0][0]]
        assert (0 if pair.code in BY_SEARCH else 1) == len(owners), (str(pair), owners)


def test_labels_tell_pairs_apart() -> None:
    """A pair is known by its code and label."""
    assert len(PAIRS) == len({str(pair) for pair in PAIRS})
