"""Random estates: what the planner promises, a world that shares no code with it confirms.

`WARIFU_ESTATES` says how many (5,000 unless set).
"""

from __future__ import annotations

import random
from collections import Counter

import pytest

from support.all_orders import AllOrders, Wanted
from support.built_estates import shown
from support.random_estates import Case, random_case
from support.rotation_lab import CASES, Lab
from support.simulator import World, carry_out, exhaust
from warifu.domain.estate import IdentityValue, Observed, TrustValue
from warifu.domain.rotation.change import ReplaceCa, ReplaceIdentity
from warifu.domain.rotation.outcome import Answer, NoneExists, Planned

BLOCKS = 10
"""The seeds are tried in so many tests: none of them takes long, also on a slow machine."""
ANSWERS = {"none": 0.2, "planned": 0.4}
SHARES = {
    "single": 0.2,
    "mutual": 0.5,
    "equal names": 0.2,
    "intermediates": 0.5,
    "shared identities": 0.2,
    "groups": 0.1,
    "restart only": 0.2,
    "aborted": 0.05,
    "drift": 0.03,
    "broken": 0.05,
}


def test_estates_are_as_varied_as_promised(lab: Lab) -> None:
    """Shares of what makes rotation hard, over all seeds that are tried (a thousand at least)."""
    counts: Counter[str] = Counter()
    tried = max(CASES, 1000)
    for seed in range(tried):
        case = random_case(lab.pool, seed)
        counts.update(case.traits)
        counts["mutual"] += any(c.client_identities for c in case.place.connections.values())
    shares = {name: counts[name] / tried for name in SHARES}
    assert not {name: share for name, share in shares.items() if share < SHARES[name]}, shares


@pytest.mark.parametrize("block", range(BLOCKS))
def test_no_owed_connection_ever_fails(lab: Lab, block: int) -> None:
    """In any order, half done, loaded late, crashed and restarted: no plan fails an owed connection."""
    counts: Counter[str] = Counter()
    seeds = range(block, CASES, BLOCKS)
    for seed in seeds:
        case, observed = lab.case(seed)
        answer = lab.plan(case, observed)
        assert isinstance(answer, (Planned, NoneExists)), (seed, answer)
        counts["planned" if isinstance(answer, Planned) else "none"] += 1
        if isinstance(answer, Planned):
            _carry_out(lab, case, observed, answer, seed)
        else:
            assert answer.clashes, seed
    if len(seeds) >= 100:
        shares = {name: counts[name] / len(seeds) for name in ANSWERS}
        assert not {name: share for name, share in shares.items() if share < ANSWERS[name]}, shares


def _carry_out(lab: Lab, case: Case, observed: Observed, answer: Planned, seed: int) -> None:
    owed = frozenset(answer.plan.proof.owed)
    assert owed >= {name for name, held in observed.held.items() if held}, seed
    for attempt in range(2):
        chance = random.Random(seed * 31 + attempt)
        world = World.of(case.place.estate, observed, lab.openssl, chance)
        failure = carry_out(world, answer.plan.waves, owed, chance)
        assert failure is None, (seed, failure)
        _look_at_goal(lab, case, world, seed)
    world = World.of(case.place.estate, observed, lab.openssl, random.Random(seed))
    assert exhaust(world, answer.plan.waves, owed) == "", seed


def _look_at_goal(lab: Lab, case: Case, world: World, seed: int) -> None:
    wanted = wanted_of(lab, case)
    touched = set()
    for name, state in case.place.states.items():
        for value in world.loaded[name]:
            slot = case.place.slots[name]
            if isinstance(value, TrustValue):
                assert wanted.old not in value.anchors, (seed, name)
            else:
                goal = wanted.successors.get(slot.identity, state.on_disk)  # type: ignore[union-attr]  # an identity slot
                assert goal == value, (seed, name)
            if value not in state.values:
                touched.add(name)
    failing = world.failing(touched)
    assert not failing, (seed, failing)


def wanted_of(lab: Lab, case: Case) -> Wanted:
    """The change of a case, in the terms of the search through all orders."""
    change = next(change for change in case.changes if isinstance(change, ReplaceCa))
    leaves = {
        shown(leaf).leaf: shown(leaf)
        for authority in (lab.pool.new, lab.pool.twin_new, lab.pool.marked_new)
        for leaf in (*authority.leaves, *authority.below)
    }
    successors: dict[str, IdentityValue] = {
        change.identity: leaves[change.leaf] for change in case.changes if isinstance(change, ReplaceIdentity)
    }
    return Wanted(change.old, change.new, successors)


@pytest.mark.parametrize("block", range(BLOCKS // 2))
def test_a_safe_order_is_found_whenever_there_is_one(lab: Lab, block: int) -> None:
    """Up to seven steps everything is tried: the planner finds a safe order when one exists, in one wave more at most."""
    decided: Counter[str] = Counter()
    for seed in range(block, max(CASES // 4, 250), BLOCKS // 2):
        case, observed = lab.case(seed)
        orders = AllOrders(case.place.estate, observed, wanted_of(lab, case), lab.openssl)
        if orders.steps > 7:
            continue
        answer = lab.plan(case, observed)
        owed = _owed(lab, case, observed)
        touched = frozenset(case.place.connections) - owed
        exists = orders.exists(owed, touched)
        decided["exists" if exists else "none"] += 1
        assert isinstance(answer, Planned) is exists, (seed, answer)
        if isinstance(answer, Planned):
            spare = _waves(answer) - _batches(answer) - 2
            assert spare < 1 or not orders.within(spare, owed, touched), (seed, answer.plan.waves)
    assert decided["exists"] > 0.2 * decided.total(), decided
    assert decided["none"] > 0.1 * decided.total(), decided


def _owed(lab: Lab, case: Case, observed: Observed) -> frozenset[str]:
    look = World.of(case.place.estate, observed, lab.openssl, random.Random(0))
    for slot, state in observed.slots.items():
        look.loaded[slot] = list(state.values)
    failing = look.failing()
    return frozenset(
        name
        for name in case.place.connections
        if observed.held.get(name) is True or (name not in observed.held and name not in failing)
    )


def _waves(answer: Planned) -> int:
    return sum(wave.purpose != "prepare" for wave in answer.plan.waves)


def _batches(answer: Planned) -> int:
    """Waves that exist only because a group is not interrupted all at once."""
    levels = [wave for wave in answer.plan.waves if any(getattr(s, "interrupts", False) for s in wave.steps)]
    return len(levels) // 2


__all__ = ["Answer", "pytest"]
