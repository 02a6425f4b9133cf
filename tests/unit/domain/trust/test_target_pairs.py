"""Each demand of a target refuses what no other rule does: switched off, exactly its own pairs change."""

from __future__ import annotations

import pytest

from support.target_cases import CASES, Make, TargetCase, leaf, ome
from warifu.domain.findings import Code
from warifu.domain.trust import verdict
from warifu.domain.trust.rules import TARGET, Rule

PAIRS: tuple[tuple[Code, Make, Make], ...] = (
    *((code, bad, good) for code, (bad, good) in CASES.items()),
    (Code.PURPOSE_MISSING, lambda: ome(leaf(purposes=None)), ome),
)


def outcome(case: TargetCase) -> tuple[str, frozenset[Code]]:
    judged = case.judged()
    return judged.outcome.value, frozenset(one.code for one in judged.findings)


@pytest.fixture(scope="module")
def made() -> list[tuple[Code, TargetCase, TargetCase]]:
    return [(code, bad(), good()) for code, bad, good in PAIRS]


@pytest.mark.parametrize("rule", TARGET, ids=lambda rule: rule.find.__name__)
def test_switching_a_demand_off_changes_exactly_its_pairs(
    rule: Rule, made: list[tuple[Code, TargetCase, TargetCase]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its cases are then accepted; every other case, and every neighbour, is judged as before."""
    before = [(outcome(bad), outcome(good)) for _, bad, good in made]
    monkeypatch.setattr(verdict, "TARGET", tuple(one for one in TARGET if one is not rule))
    own = []
    for (code, bad, good), (said, beside) in zip(made, before, strict=True):
        assert ("refused", "accepted") == (said[0], beside[0]), code
        now = outcome(bad)
        if now[0] != said[0]:
            own.append(code)
            assert ("accepted", False) == (now[0], code in now[1])
            assert code in rule.codes
        else:
            assert said == now
        assert beside == outcome(good)
    assert own
