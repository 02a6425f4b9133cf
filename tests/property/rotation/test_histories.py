"""Histories of slots that go through alike are told by numbers; each is what going through all steps gives."""

from __future__ import annotations

from array import array
from collections.abc import Hashable
from datetime import datetime

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from warifu.domain.estate import IdentityValue, TrustValue, Value
from warifu.domain.rotation.histories import all_histories, histories
from warifu.domain.rotation.judge import Judge
from warifu.domain.rotation.oracle import Acceptance, Side
from warifu.domain.rotation.pairs import Pairs
from warifu.domain.rotation.plan import Wave
from warifu.domain.rotation.proof import Breaking, Ground, prove
from warifu.domain.rotation.steps import Load, Switch
from warifu.domain.rotation.units import Position


class FirstLetters:
    """An oracle whose kinds are the first letters of leaves."""

    def kind_of(self, presented: IdentityValue) -> Hashable:
        return presented.leaf[0]

    def judge(self, presented: IdentityValue, trusted: TrustValue, side: Side) -> Acceptance:
        raise NotImplementedError

    def named(self, presented: IdentityValue, name: str, side: Side) -> bool:
        raise NotImplementedError

    def ends(self, presented: IdentityValue, side: Side) -> datetime | None:
        raise NotImplementedError


identities = st.sampled_from(["a1", "a2", "a3", "b1"]).map(IdentityValue)
stores = st.sampled_from([("x",), ("x", "y"), ("y",)]).map(TrustValue)
SLOTS = tuple(f"s{number}/tls" for number in range(4)) + tuple(f"s{number}/ca" for number in range(3))
SLOT = {name: number for number, name in enumerate(SLOTS)}


def value_for(slot: str) -> st.SearchStrategy[Value]:
    return stores if slot.endswith("/ca") else identities


@st.composite
def waves_of_steps(draw: st.DrawFn) -> list[Wave]:
    """Waves in which most slots move together, as they do in plans."""
    waves = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        skipped = draw(st.sets(st.sampled_from(SLOTS), max_size=2))
        chains = []
        for slot in draw(st.permutations([name for name in SLOTS if name not in skipped])):
            step = draw(step_of(slot))
            again = draw(st.lists(step_of(slot), max_size=1)) if number == 1 else []
            chains.append((step, *again))
        waves.append(Wave(number, "switch", tuple(chains)))
    return waves


@st.composite
def step_of(draw: st.DrawFn, slot: str) -> Switch | Load:
    after = draw(value_for(slot))
    if draw(st.integers(0, 5)):
        return Switch(id="", why="", kind="", slot=slot, node="", before=(), after=after)
    return Load(id="", why="", slot=slot, node="", before=(), after=after)


@given(data=st.data(), waves=waves_of_steps(), shares=st.booleans())
def test_every_history_is_that_of_all_steps(data: st.DataObject, waves: list[Wave], shares: bool) -> None:
    """Random steps, some slots with several values or none, some sharing a file; one number only for one kind."""
    values: list[Position] = []
    for name in SLOTS:
        most = data.draw(st.sampled_from([1, 1, 1, 2]))
        least = data.draw(st.sampled_from([1, 1, 1, 0]))
        drawn = data.draw(st.lists(value_for(name), min_size=least, max_size=most, unique=True))
        values.append(tuple(drawn))
    siblings = {"s0/tls": ("s1/tls",), "s1/tls": ("s0/tls",)} if shares else {}
    judge = Judge(FirstLetters())
    moved = histories(waves, values, SLOT, siblings)
    expected = [moved.get(slot, (values[slot],) * (len(waves) + 2)) for slot in range(len(SLOTS))]
    found = all_histories(waves, values, SLOT, siblings, np.arange(len(SLOTS)), judge)
    assert expected == [found.of(slot) for slot in range(len(SLOTS))]
    for slot in range(len(SLOTS)):
        stands_for_it = expected[found.first[found.number[slot]]]
        assert judge.track_kind(stands_for_it) == judge.track_kind(expected[slot])


class NamedAlone(FirstLetters):
    """An oracle that accepts every path, and finds a name on the leaf of that name only."""

    def kind_of(self, presented: IdentityValue) -> Hashable:
        return len(presented.chain)

    def judge(self, presented: IdentityValue, trusted: TrustValue, side: Side) -> Acceptance:
        return Acceptance(accepted=True)

    def named(self, presented: IdentityValue, name: str, side: Side) -> bool:
        return presented.leaf == name

    def ends(self, presented: IdentityValue, side: Side) -> datetime | None:
        return None


def test_leaves_of_one_kind_are_told_apart_by_name() -> None:
    """Two servers alike in all but their names: the proof finds the one that does not carry its own."""
    slots = {"a/tls": 0, "b/tls": 1, "c/ca": 2}
    pairs = Pairs(
        slots,
        ["to-a", "to-b"],
        [Side("openssl", "serverAuth")],
        ["a"],
        *(array("I", numbers) for numbers in ([0, 1], [2, 2], [0, 0], [0, 0], [0, 1])),
    )
    values: list[Position] = [(IdentityValue("a"),), (IdentityValue("b"),), (TrustValue(("x",)),)]
    verdict = prove((), Ground(values, {}, [1, 1], [0, 0], [1, 1]), pairs, Judge(NamedAlone()))
    assert isinstance(verdict, Breaking)
    assert verdict.connection == "to-b"
