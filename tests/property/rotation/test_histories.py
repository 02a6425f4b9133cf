"""Histories of slots that go through alike are told by numbers; each is what going through all steps gives."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from warifu.domain.estate import IdentityValue, TrustValue, Value
from warifu.domain.rotation.histories import all_histories, histories
from warifu.domain.rotation.judge import Judge
from warifu.domain.rotation.oracle import Acceptance, Side
from warifu.domain.rotation.plan import Wave
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
def steps(draw: st.DrawFn) -> Switch | Load:
    slot = draw(st.sampled_from(SLOTS))
    after = draw(value_for(slot))
    if draw(st.integers(0, 5)):
        return Switch(id="", why="", kind="", slot=slot, node="", before=(), after=after)
    return Load(id="", why="", slot=slot, node="", before=(), after=after)


waves_of_steps = st.lists(st.lists(steps(), max_size=6), max_size=4).map(
    lambda lines: [
        Wave(number, "switch", tuple((step,) for step in line)) for number, line in enumerate(lines, start=1)
    ]
)


@given(data=st.data(), waves=waves_of_steps, shares=st.booleans())
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
