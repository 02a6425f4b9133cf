"""Which wave each step can first be in, found step by step and all at once."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

import pytest

from warifu.domain.rotation import order
from warifu.domain.rotation.order import MANY, ROUNDS, Circle, Edges, all_at_once, longest_paths, one_by_one

WIDE = 4
"""Each unit has up to two steps here, so that step s of unit u is `u * 4 + s`."""
Orders = Iterable[tuple[int, int, int]]


def edges(orders: Orders) -> Edges:
    found = Edges()
    for one in orders:
        found.put(*one)
    return found


def step(unit: int, number: int) -> int:
    return unit * WIDE + number


def waves(levels: array[int] | Circle | None, *steps: int) -> list[int]:
    assert isinstance(levels, array)
    return [levels[one] for one in steps]


def chain(length: int) -> list[tuple[int, int, int]]:
    """One step of each unit, each proven before that of the next unit begins."""
    return [(step(unit, 1), step(unit + 1, 1), unit) for unit in range(length - 1)]


def test_steps_of_a_unit_share_a_wave_and_an_order_parts_them() -> None:
    """Both steps of the first unit in wave 1, what waits for the second of them in wave 2, a decided order after that."""
    counts = [2, 2, 1]
    wanted = [(step(0, 2), step(1, 1), 0)]
    decided = [(step(1, 2), step(2, 1), 1)]
    everything = [step(0, 1), step(0, 2), step(1, 1), step(1, 2), step(2, 1)]
    for found in (one_by_one, all_at_once):
        assert [1, 1, 2, 2, 3] == waves(found(edges(wanted), decided, counts, WIDE), *everything)


@pytest.mark.parametrize(
    "ways", [[(0, 1), (1, 3), (2, 3)], [(1, 0), (2, 1), (3, 0)], [(3, 1), (1, 0), (2, 0)]], ids=str
)
def test_the_longest_of_several_ways_counts(ways: list[tuple[int, int]]) -> None:
    """A step that waits for a line of two and for a step alone comes third, in whatever order they are looked at."""
    last = ways[-1][1]
    wanted = edges((step(one, 1), step(two, 1), number) for number, (one, two) in enumerate(ways))
    for found in (one_by_one, all_at_once):
        assert [3] == waves(found(wanted, [], [1] * 4, WIDE), step(last, 1))


@pytest.mark.parametrize(("first", "other"), [(0, 1), (1, 0)])
def test_a_second_step_waits_for_its_own_first_and_for_another_unit(first: int, other: int) -> None:
    """Both are proven before it begins, whichever comes up first."""
    counts = [1, 1]
    counts[first] = 2
    wanted = edges([(step(other, 1), step(first, 2), 0)])
    for found in (one_by_one, all_at_once):
        assert [1, 2] == waves(found(wanted, [], counts, WIDE), step(first, 1), step(first, 2))


@pytest.mark.parametrize("units", [MANY // 2, MANY + 1])
def test_few_orders_and_many_give_the_same_waves(units: int) -> None:
    """Below and above the number from which all are looked at at once: one step of each pair, then the other."""
    wanted = edges((step(unit, 1), step(unit + units, 1), unit) for unit in range(units))
    levels = longest_paths(wanted, [], [1] * (2 * units), WIDE)
    ends = [step(unit, 1) for unit in (0, units - 1, units, 2 * units - 1)]
    assert [1, 1, 2, 2] == waves(levels, *ends)


def test_more_waves_than_rounds_are_found_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long chain is given up all at once, and found all the same."""
    monkeypatch.setattr(order, "MANY", 0)
    length = ROUNDS + 1
    wanted = edges(chain(length))
    assert all_at_once(wanted, [], [1] * length, WIDE) is None
    assert [1, length] == waves(
        longest_paths(wanted, [], [1] * length, WIDE), step(0, 1), step(length - 1, 1)
    )
    shorter = ROUNDS - 1
    assert [shorter] == waves(
        all_at_once(edges(chain(shorter)), [], [1] * shorter, WIDE), step(shorter - 1, 1)
    )


@pytest.mark.parametrize("many", [0, MANY])
def test_a_circle_is_told_with_its_pairs(many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two units wait for each other through their own steps; who only waits behind the circle is not in it."""
    monkeypatch.setattr(order, "MANY", many)
    counts = [2, 2, 1, 1]
    wanted = edges(
        [(step(0, 2), step(1, 1), 7), (step(1, 2), step(3, 1), 8), (step(2, 1), step(0, 1), 5)],
    )
    found = longest_paths(wanted, [(step(1, 2), step(0, 1), 9)], counts, WIDE)
    assert isinstance(found, Circle)
    assert {step(0, 1), step(0, 2), step(1, 1), step(1, 2)} == set(found.steps)
    assert {7, 9} == set(found.pairs)


def test_no_steps_are_no_waves() -> None:
    """Units that make no step have no wave to be in."""
    assert isinstance(longest_paths(edges([]), [], [0, 0], WIDE), array)
    assert array("L") == longest_paths(edges([]), [], [], WIDE)
