"""Mutated plans: the planner's proof and the world of the simulator say the same of each.

All consumers are openssl, and the profile has no rule beyond what openssl enforces.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest

from support.rotation_lab import Lab
from support.simulator import World, exhaust
from warifu.domain.rotation.outcome import Planned
from warifu.domain.rotation.plan import Plan, Wave
from warifu.domain.rotation.proof import Breaking, Safe
from warifu.domain.rotation.steps import Load, Switch

BLOCKS = 4
"""The mutations are tried in so many tests: none of them takes long, also on a slow machine."""
MUTATIONS = int(os.environ.get("WARIFU_MUTATIONS", "1000"))


def _mutations(plan: Plan, chance: random.Random) -> Iterator[tuple[str, Plan]]:
    waves = list(plan.waves)
    moving = [n for n, wave in enumerate(waves) if any(isinstance(s, (Switch, Load)) for s in wave.steps)]
    if len(moving) > 1:
        dropped = chance.choice(moving)
        yield "dropped", replace(plan, waves=tuple(w for n, w in enumerate(waves) if n != dropped))
        late = chance.choice(moving[1:])
        place = chance.randrange(len(waves[late].chains))
        chain = waves[late].chains[place]
        early = chance.choice([n for n in moving if n < late])
        moved = list(waves)
        moved[late] = _without(waves[late], place)
        moved[early] = Wave(waves[early].number, waves[early].purpose, (*waves[early].chains, chain))
        yield "earlier", replace(plan, waves=tuple(moved))
    yield "whole", plan


def _without(wave: Wave, place: int) -> Wave:
    return replace(wave, chains=tuple(chain for n, chain in enumerate(wave.chains) if n != place))


@pytest.mark.parametrize("block", range(BLOCKS))
def test_proof_and_world_agree(lab: Lab, block: int) -> None:
    """Steps moved earlier and waves dropped: both call a plan safe, or both name a connection that breaks."""
    verdicts: Counter[str] = Counter()
    seed = block * 1_000_000
    while verdicts["unsafe"] + verdicts["safe"] < MUTATIONS / BLOCKS:
        seed += 1
        case, observed = lab.case(10_000_000 + seed)
        answer = lab.plan(case, observed)
        if not isinstance(answer, Planned):
            continue
        owed = frozenset(answer.plan.proof.owed)
        for kind, plan in _mutations(answer.plan, random.Random(seed)):
            proof = lab.prove(case, observed, plan)
            world = World.of(case.place.estate, observed, lab.openssl, random.Random(seed))
            broken = exhaust(world, plan.waves, owed)
            if isinstance(proof, Breaking) and proof.connection not in owed:
                continue  # it breaks only what was broken before: the world is asked about owed ones
            assert isinstance(proof, Safe) is (broken == ""), (seed, kind, proof, broken)
            if isinstance(proof, Breaking):
                assert lab.breaks(case, proof), (seed, kind, proof)
            verdicts["unsafe" if broken else "safe"] += kind != "whole"
    assert verdicts["unsafe"] >= 0.3 * verdicts.total(), verdicts
