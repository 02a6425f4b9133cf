"""What pairs ask of the order of steps, looked at by class and one by one."""

from __future__ import annotations

import pytest

from support.told_boards import ToldBoard
from warifu.domain.rotation.demands import Demands, demands_of

WIDE = 4
COURSES = [{}, {0: 0}]
"""The usual courses by class, and the same ones pair by pair."""


def demands(place: ToldBoard, courses: dict[int, int]) -> Demands:
    board = place.board
    return demands_of(board, range(len(board.pairs)), courses, WIDE)


def orders(found: Demands) -> list[tuple[int, int, int]]:
    edges = found.edges
    return list(zip(edges.before, edges.after, edges.pair, strict=True))


def shop(refused: str, *, owed: bool = True) -> ToldBoard:
    """Unit 0 shows x, y, z and meets unit 1 that trusts a, b, c; a second connection asks for nothing."""
    place = ToldBoard(refused)
    place.shows("web", "x y z")
    place.trusts("app", "a b c")
    place.trusts("calm", "k")
    place.meet("web", "calm")
    place.meet("web", "app", owed=owed)
    return place


@pytest.mark.parametrize("courses", COURSES, ids=["by class", "pair by pair"])
def test_what_must_not_meet_is_kept_apart_by_order(courses: dict[int, int]) -> None:
    """The first leaf and the last store: one way; in the middle: two, of which one must be kept."""
    found = demands(shop("x/c y/b"), courses)
    assert [(1, WIDE + 2, 1)] == orders(found)
    assert [((2, WIDE + 1), (WIDE + 2, 1), 1)] == found.doubles
    assert found.fatal is None


@pytest.mark.parametrize("courses", COURSES, ids=["by class", "pair by pair"])
@pytest.mark.parametrize(("cell", "refused"), [((0, 0), "x/a"), ((2, 2), "z/c")])
def test_an_owed_pair_that_fails_now_or_in_the_end_has_no_order(
    cell: tuple[int, int], refused: str, courses: dict[int, int]
) -> None:
    """The pair is told with the combination."""
    assert (1, cell) == demands(shop(refused), courses).fatal


@pytest.mark.parametrize("courses", COURSES, ids=["by class", "pair by pair"])
def test_a_broken_pair_asks_for_nothing_but_its_end(courses: dict[int, int]) -> None:
    """Failing now and on the way it asks for no order; an end that fails has none either."""
    mended = demands(shop("x/a x/c y/b", owed=False), courses)
    assert ([], [], None) == (orders(mended), mended.doubles, mended.fatal)
    assert (1, (2, 2)) == demands(shop("x/a z/c", owed=False), courses).fatal
