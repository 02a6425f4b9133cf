"""Removals come as late as they may, repairs before everything else."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from support.told_boards import ToldBoard
from warifu.domain.rotation.board import Board
from warifu.domain.rotation.order import Edges, Levels
from warifu.domain.rotation.search import Found
from warifu.domain.rotation.timing import place_late, repair_first

WIDE = 5
Lines = Mapping[int, tuple[int, ...]]
Order = tuple[tuple[int, int], tuple[int, int]]
"""Unit and step before, unit and step after."""


def found(board: Board, levels: Lines, *orders: Order) -> Found:
    """An answer in which these units move, each step in its wave."""
    waves, counts = np.zeros(len(board.units) * WIDE, np.int64), np.zeros(len(board.units), np.int64)
    for unit, line in levels.items():
        counts[unit] = len(line)
        waves[unit * WIDE + 1 : unit * WIDE + 1 + len(line)] = line
    edges = Edges()
    for (unit, step), (later, its_step) in orders:
        edges.put(unit * WIDE + step, later * WIDE + its_step, 0)
    return Found({}, Levels(waves, counts, WIDE), edges)


def late(board: Board, levels: Lines, *orders: Order) -> Lines:
    return dict(place_late(board, found(board, levels, *orders)).lines())


def repaired(board: Board, broken: int, levels: Lines, *orders: Order) -> Lines:
    answer = found(board, levels, *orders)
    return dict(repair_first(board, answer, answer.levels, [broken]).lines())


def place(*ways: str) -> Board:
    """Units 0, 1, ...: trust stores where a way has anchors in letters, an identity where its letters are x, y, z."""
    told = ToldBoard()
    for number, way in enumerate(ways):
        (told.shows if way[0] in "xyz" else told.trusts)(str(number), way)
    return told.board


def test_a_removal_waits_until_the_last_wave_that_nothing_forbids() -> None:
    """Nothing comes after it: the last wave; a step that waits for it: the wave before that step; an addition stays."""
    board = place("ab b", "a ab", "x y")
    levels = {0: (1,), 1: (1,), 2: (3,)}
    assert {0: (3,), 1: (1,), 2: (3,)} == late(board, levels)
    assert {0: (2,), 1: (1,), 2: (3,)} == late(board, levels, ((0, 1), (2, 1)))


def test_a_removal_is_no_later_than_the_one_after_it() -> None:
    """Two removals of one slot, the second of which something waits for: both come before that."""
    board = place("abc ab a", "x y")
    levels = {0: (1, 1), 1: (3,)}
    assert {0: (2, 2), 1: (3,)} == late(board, levels, ((0, 2), (1, 1)))
    assert {0: (3, 3), 1: (3,)} == late(board, levels)


def test_only_the_removals_at_the_end_of_a_way_are_put_off() -> None:
    """What is taken away before something else is added stays where it is, as what is added does."""
    board = place("ab b bc c", "x y")
    assert {0: (1, 1, 3), 1: (3,)} == late(board, {0: (1, 1, 2), 1: (3,)})


def test_stores_on_the_very_same_way_are_put_off_each_by_its_own_orders() -> None:
    """Only who is waited for goes earlier."""
    told = ToldBoard()
    told.trusts("0", "ab b")
    told.alike("1", "0")
    told.shows("2", "x y")
    levels = {0: (1,), 1: (1,), 2: (3,)}
    assert {0: (3,), 1: (2,), 2: (3,)} == late(told.board, levels, ((1, 1), (2, 1)))


def test_a_repair_takes_a_wave_of_its_own_before_everything_else() -> None:
    """The broken pair's identity moves first; the rest of the same wave follows one wave later."""
    told = ToldBoard("x/a")
    web, db, app = told.shows("web", "x y"), told.shows("db", "v w"), told.trusts("app", "a")
    broken = told.meet("web", "app", owed=False)
    told.meet("db", "app")
    moved = repaired(told.board, broken, {web: (1,), db: (1,)})
    assert {web: (1,), db: (2,)} == moved
    assert app not in moved


def test_what_a_repair_waits_for_is_part_of_it() -> None:
    """The leaf that mends needs the new root first, and a store's earlier step comes with its later one."""
    told = ToldBoard()
    web, app, aside = told.shows("web", "x y"), told.trusts("app", "a b bc"), told.trusts("aside", "a ab")
    calm = told.trusts("calm", "a ab")
    broken, order = told.meet("web", "aside", owed=False), ((app, 2), (web, 1))
    levels = {web: (2,), app: (1, 1), aside: (1,)}
    for alone in (levels, {**levels, calm: (2,)}):
        assert alone == repaired(told.board, broken, alone, order)
    beside = repaired(told.board, broken, {**levels, calm: (1,)}, order)
    assert {**levels, calm: (2,)} == beside


def test_a_removal_mends_nothing() -> None:
    """Where all that moves at a broken pair is a removal, the waves remain as they are."""
    told = ToldBoard()
    told.shows("web", "x")
    app, db = told.trusts("app", "ab b"), told.shows("db", "v w")
    broken, levels = told.meet("web", "app", owed=False), {app: (1,), db: (1,)}
    assert levels == repaired(told.board, broken, levels)
