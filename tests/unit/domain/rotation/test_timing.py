"""Removals come as late as they may, repairs before everything else."""

from __future__ import annotations

from collections.abc import Mapping

from support.told_boards import ToldBoard
from warifu.domain.rotation.board import Board
from warifu.domain.rotation.columns import column
from warifu.domain.rotation.order import Edges, Levels
from warifu.domain.rotation.search import Found
from warifu.domain.rotation.timing import place_late, repair_first

WIDE = 5


def edges(*orders: tuple[tuple[int, int], tuple[int, int]]) -> Edges:
    """Unit and step before, unit and step after."""
    found = Edges()
    for (unit, step), (later, its_step) in orders:
        found.put(unit * WIDE + step, later * WIDE + its_step, 0)
    return found


def at(levels: Mapping[int, tuple[int, ...]], units: int) -> Levels:
    """The waves of each unit's steps."""
    waves = [0] * units * WIDE
    for unit, line in levels.items():
        waves[unit * WIDE + 1 : unit * WIDE + 1 + len(line)] = line
    counts = [len(levels.get(unit, ())) for unit in range(units)]
    return Levels.of(column(waves), column(counts), WIDE)


def found(
    board: Board, levels: Mapping[int, tuple[int, ...]], *orders: tuple[tuple[int, int], tuple[int, int]]
) -> Found:
    return Found({}, at(levels, len(board.units)), edges(*orders))


def late(board: Board, answer: Found) -> dict[int, tuple[int, ...]]:
    return dict(place_late(board, answer).lines())


def repaired(board: Board, answer: Found, broken: int) -> dict[int, tuple[int, ...]]:
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
    assert {0: (3,), 1: (1,), 2: (3,)} == late(board, found(board, levels))
    waited_for = found(board, levels, ((0, 1), (2, 1)))
    assert {0: (2,), 1: (1,), 2: (3,)} == late(board, waited_for)


def test_a_removal_is_no_later_than_the_one_after_it() -> None:
    """Two removals of one slot, the second of which something waits for: both come before that."""
    board = place("abc ab a", "x y")
    levels = {0: (1, 1), 1: (3,)}
    assert {0: (2, 2), 1: (3,)} == late(board, found(board, levels, ((0, 2), (1, 1))))
    assert {0: (3, 3), 1: (3,)} == late(board, found(board, levels))


def test_only_the_removals_at_the_end_of_a_way_are_put_off() -> None:
    """What is taken away before something else is added stays where it is, as what is added does."""
    board = place("ab b bc c", "x y")
    assert {0: (1, 1, 3), 1: (3,)} == late(board, found(board, {0: (1, 1, 2), 1: (3,)}))


def test_stores_on_the_very_same_way_are_put_off_alike() -> None:
    """Each of them goes by its own orders: only who is waited for goes earlier."""
    told = ToldBoard()
    told.trusts("0", "ab b")
    told.alike("1", "0")
    told.shows("2", "x y")
    levels = {0: (1,), 1: (1,), 2: (3,)}
    assert {0: (3,), 1: (2,), 2: (3,)} == late(told.board, found(told.board, levels, ((1, 1), (2, 1))))


def test_a_repair_takes_a_wave_of_its_own_before_everything_else() -> None:
    """The broken pair's identity moves first; the rest of the same wave follows one wave later."""
    told = ToldBoard("x/a")
    web, db = told.shows("web", "x y"), told.shows("db", "v w")
    app = told.trusts("app", "a")
    broken = told.meet("web", "app", owed=False)
    told.meet("db", "app")
    answer = found(told.board, {web: (1,), db: (1,)})
    assert {web: (1,), db: (2,)} == repaired(told.board, answer, broken)
    assert app not in dict(answer.levels.lines())


def test_what_a_repair_waits_for_is_part_of_it() -> None:
    """The leaf that mends needs the new root first, and a store's earlier step comes with its later one."""
    told = ToldBoard()
    web, app, aside = told.shows("web", "x y"), told.trusts("app", "a b bc"), told.trusts("aside", "a ab")
    broken = told.meet("web", "aside", owed=False)
    levels = {web: (2,), app: (1, 1), aside: (1,)}
    order = ((app, 2), (web, 1))
    assert levels == repaired(told.board, found(told.board, levels, order), broken)
    calm = told.trusts("calm", "a ab")
    later = {**levels, calm: (2,)}
    assert later == repaired(told.board, found(told.board, later, order), broken)
    assert later == repaired(told.board, found(told.board, {**levels, calm: (1,)}, order), broken)


def test_a_removal_mends_nothing() -> None:
    """Where all that moves at a broken pair is a removal, and where its units stay, the waves remain as they are."""
    told = ToldBoard()
    web, app = told.shows("web", "x"), told.trusts("app", "ab b")
    db = told.shows("db", "v w")
    broken = told.meet("web", "app", owed=False)
    levels = {app: (1,), db: (1,)}
    assert levels == repaired(told.board, found(told.board, levels), broken)
    assert web not in levels
