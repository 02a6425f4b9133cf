"""Which wave each step comes in, and when it is said that there is no order."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from support.told_boards import ToldBoard
from warifu.domain.rotation.search import Budget, Conflict, Exhausted, Found, Search
from warifu.domain.rotation.units import Position, Track

PLENTY = 10_000


def search(place: ToldBoard, tries: int = PLENTY) -> tuple[Found | Conflict | Exhausted, int]:
    """The answer over all pairs, and how many attempts it took."""
    board, budget = place.board, Budget(tries)
    return Search(board, budget).run(range(len(board.pairs))), budget.tried


def found(place: ToldBoard) -> Found:
    answer, _ = search(place)
    assert isinstance(answer, Found), answer
    return answer


def orders(answer: Found) -> list[tuple[tuple[int, int], tuple[int, int], int]]:
    """Unit and step before, unit and step after, and the pair that demands it."""
    edges, wide = answer.edges, answer.levels.wide
    return [
        (divmod(before, wide), divmod(after, wide), pair)
        for before, after, pair in zip(edges.before, edges.after, edges.pair, strict=True)
    ]


def test_steps_that_demand_nothing_share_the_first_wave() -> None:
    """Nothing is refused: one wave, whatever moves."""
    place = ToldBoard()
    place.shows("web", "x y")
    place.trusts("app", "a b")
    place.trusts("calm", "a")
    place.meet("web", "app")
    place.meet("web", "calm")
    answer = found(place)
    assert (1, {0: (1,), 1: (1,)}) == (answer.levels.last, dict(answer.levels.lines()))


def test_nothing_that_moves_needs_no_wave() -> None:
    """A board at rest is an answer of no waves."""
    place = ToldBoard()
    place.shows("web", "x")
    place.trusts("app", "a")
    place.meet("web", "app")
    assert (0, {}) == (found(place).levels.last, dict(found(place).levels.lines()))


def test_of_two_ways_around_a_bad_mixture_one_is_taken_and_told() -> None:
    """In the middle, neither may meet the other: the presenter goes through first, and its order is kept in the answer."""
    place = ToldBoard("y/b")
    web, app = place.shows("web", "x y z"), place.trusts("app", "a b c")
    pair = place.meet("web", "app")
    answer = found(place)
    assert {web: (1, 1), app: (2, 2)} == dict(answer.levels.lines())
    assert [((web, 2), (app, 1), pair)] == orders(answer)


def test_where_the_first_way_contradicts_another_demand_the_second_is_taken() -> None:
    """The last leaf is refused by the first store: the acceptor goes through first."""
    place = ToldBoard("y/b z/a")
    web, app = place.shows("web", "x y z"), place.trusts("app", "a b c")
    pair = place.meet("web", "app")
    answer = found(place)
    assert {web: (2, 2), app: (1, 1)} == dict(answer.levels.lines())
    assert {((app, 1), (web, 2), pair), ((app, 2), (web, 1), pair)} == set(orders(answer))


def test_a_way_that_costs_no_wave_is_taken_at_once() -> None:
    """Two waves are needed anyway: the first way fits into them, so the second is not tried."""
    place = ToldBoard("y/b x/q")
    web, app = place.shows("web", "x y z"), place.trusts("app", "a b c")
    slow = place.trusts("slow", "o q")
    place.meet("web", "app")
    place.meet("web", "slow")
    answer, tried = search(place)
    assert isinstance(answer, Found)
    assert {web: (1, 1), app: (2, 2), slow: (2,)} == dict(answer.levels.lines())
    assert 2 == tried


def test_of_two_ways_around_the_one_with_fewer_waves_is_taken() -> None:
    """Both cost waves that nothing else needs, the first one two and the second one."""
    place = ToldBoard("y/b w/c z/a")
    place.shows("web", "w y x z")
    place.shows("db", "w y z")
    place.trusts("app", "a c d")
    place.trusts("batch", "a b d")
    for shown in ("web", "db"):
        place.meet(shown, "app")
        place.meet(shown, "batch")
    assert 4 == found(place).levels.last == fewest(place, {})


def test_a_way_around_that_other_demands_keep_already_is_not_tried_but_told() -> None:
    """The waves keep it by chance; whoever moves steps within their waves later has to know of it."""
    place = ToldBoard("y/a y/b")
    web, app = place.shows("web", "x y z"), place.trusts("app", "a b c")
    pair = place.meet("web", "app")
    answer, tried = search(place)
    assert isinstance(answer, Found)
    assert ({app: (1, 1), web: (2, 2)}, 1) == (dict(answer.levels.lines()), tried)
    assert {((app, 1), (web, 1), pair), ((app, 2), (web, 1), pair)} == set(orders(answer))


def test_where_both_ways_contradict_other_demands_there_is_none() -> None:
    """The pair is named with both its units: neither goes first."""
    place = ToldBoard("y/b z/a x/c")
    web, app = place.shows("web", "x y z"), place.trusts("app", "a b c")
    pair = place.meet("web", "app")
    answer, _ = search(place)
    assert Conflict((pair,), None, frozenset({web, app})) == answer


def test_courses_that_lead_nowhere_give_way_to_others_part_by_part() -> None:
    """Two parts that share no moving unit each take another course; what is at rest between them joins nothing."""
    place = ToldBoard("x/b y/a v/b w/a")
    calm = place.trusts("calm", "k")
    for name, course in (("web", "x y"), ("db", "v w")):
        place.shows(name, course)
        place.trusts(f"app-{name}", "a b", "a ab b")
        place.meet(name, f"app-{name}")
        place.meet(name, "calm")
    place.shows("old", "x")
    place.meet("old", "calm")
    answer, tried = search(place)
    assert isinstance(answer, Found)
    assert {place.slots["app-web"]: 1, place.slots["app-db"]: 1} == answer.courses
    assert calm not in dict(answer.levels.lines())
    assert [(2,), (1, 3)] * 2 == [
        dict(answer.levels.lines())[place.slots[n]] for n in ("web", "app-web", "db", "app-db")
    ]
    assert 1 + 2 * 2 + 1 == tried


def test_units_with_the_same_courses_change_them_together_first() -> None:
    """A hundred stores in the same trouble are helped by one try, not by a hundred."""
    place = ToldBoard("x/b y/a")
    place.shows("web", "x y")
    place.trusts("app-0", "a b", "a ab b")
    for number in range(1, 100):
        place.alike(f"app-{number}", "app-0")
    for number in range(100):
        place.meet("web", f"app-{number}")
    answer, tried = search(place)
    assert isinstance(answer, Found)
    assert {1} == set(answer.courses.values())
    assert 100 == len(answer.courses)
    assert 1 + 2 + 1 == tried


def test_no_choice_of_courses_is_tried_twice() -> None:
    """Neither course of either unit helps: each of the four choices is tried once, and the first conflict is told."""
    place = ToldBoard("x/b y/a v/b x/c y/ab v/a v/ab x/ab")
    web, app = place.shows("web", "x y", "x v y"), place.trusts("app", "a b", "a ab b")
    pair = place.meet("web", "app")
    answer, tried = search(place)
    assert Conflict((pair,), None, frozenset({web, app})) == answer
    assert 1 + 2 * 2 == tried


def test_a_broken_pair_need_only_hold_in_the_end() -> None:
    """On the way it may fail; an end that fails is told with its cell."""
    mended = ToldBoard("x/a x/b y/a")
    mended.shows("web", "x y")
    mended.trusts("app", "a b")
    mended.meet("web", "app", owed=False)
    assert 1 == found(mended).levels.last
    lost = ToldBoard("x/a y/b")
    web, app = lost.shows("web", "x y"), lost.trusts("app", "a b", "a ab b")
    pair = lost.meet("web", "app", owed=False)
    answer, _ = search(lost)
    assert Conflict((pair,), (1, 1), frozenset({web, app})) == answer


def test_a_spent_budget_says_how_much_was_tried() -> None:
    """At whichever attempt it ends: nothing is guessed; a way found before that is better than none."""
    place = ToldBoard("y/b z/a x/c")
    place.shows("web", "x y z")
    place.trusts("app", "a b c", "a c")
    place.meet("web", "app")
    for tries in range(4):
        answer, tried = search(place, tries)
        assert (Exhausted(tries + 1), tries + 1) == (answer, tried)
    easier = ToldBoard("y/b q/e")
    for shown, ways, trusted, ends in (("web", "x y z", "app", "a b c"), ("db", "p q r", "batch", "d e f")):
        easier.shows(shown, ways)
        easier.trusts(trusted, ends)
        easier.meet(shown, trusted)
    assert [Exhausted(1), Exhausted(2), Exhausted(3)] == [search(easier, tries)[0] for tries in range(3)]
    cut = [search(easier, tries) for tries in (3, 4)]
    assert [(found(easier), 4), (found(easier), 5)] == cut


Held = tuple[int, ...]


def fewest(place: ToldBoard, courses: Mapping[int, int]) -> int | None:
    """The fewest waves, by trying every line of waves; None where there is none.

    Args:
        courses: of each unit the course; every one is tried where none is named.
    """
    counts = []
    for chosen in product(
        *(
            [unit.courses[courses[number]]] if number in courses else unit.courses
            for number, unit in enumerate(place.units)
        )
    ):
        tracks = [course[0] for course in chosen]
        start, end = (0,) * len(tracks), tuple(len(track) - 1 for track in tracks)
        if not holds(place, tracks, start, start) or not holds(place, tracks, end, end):
            continue
        layer, seen, waves = {start}, {start}, 0
        while layer and end not in seen:
            waves += 1
            layer = {
                after
                for before in layer
                for after in onward(before, end)
                if after not in seen and holds(place, tracks, before, after)
            }
            seen |= layer
        counts += [waves] if end in seen else []
    return min(counts, default=None)


def onward(before: Held, end: Held) -> Iterator[Held]:
    return product(*(range(one, last + 1) for one, last in zip(before, end, strict=True)))


def holds(place: ToldBoard, tracks: Sequence[Track], low: Held, high: Held) -> bool:
    """Every mixture of what each unit may hold between two states is accepted."""

    def between(name: str) -> list[Position]:
        unit = place.slots[name]
        return list(tracks[unit][low[unit] : high[unit] + 1])

    return not any(
        f"{value.leaf}/{''.join(one.anchors)}" in place.oracle.refused  # type: ignore[union-attr]  # each is of its kind
        for shown, trusted in place.meetings
        for position, stores in product(between(shown), between(trusted))
        for value, one in product(position, stores)
    )


def any_board(seed: int) -> ToldBoard:
    """Two presenters and two acceptors on short ways, and a few things refused."""
    chance = random.Random(seed)
    leaves, stores = "wxyz", "abcd"
    place = ToldBoard()

    def course(letters: str) -> str:
        return " ".join([letters[0], *chance.sample(letters[1:-1], chance.choice((0, 1, 1, 2))), letters[-1]])

    for name in ("web", "db"):
        place.shows(name, course(leaves))
    for name in ("app", "batch"):
        place.trusts(name, *dict.fromkeys(course(stores) for _ in range(chance.choice((1, 1, 2)))))
    for shown, trusted in product(("web", "db"), ("app", "batch")):
        place.meet(shown, trusted)
    every = [f"{one}/{two}" for one, two in product(leaves, stores)]
    place.oracle.refused = frozenset(chance.sample(every, chance.choice((2, 3, 4, 5, 6))))
    return place


def test_the_answer_is_what_trying_everything_gives() -> None:
    """Small boards at random: an order wherever there is one, in the fewest waves of its courses, else none."""
    seen: Counter[int] = Counter()
    for seed in range(80):
        place = any_board(seed)
        answer, _ = search(place)
        if isinstance(answer, Found):
            every = {unit: answer.courses.get(unit, 0) for unit in place.slots.values()}
            assert fewest(place, every) == answer.levels.last, seed
            seen[answer.levels.last] += 1
        else:
            assert isinstance(answer, Conflict), seed
            assert fewest(place, {}) is None, seed
            seen[-1] += 1
    assert {-1, 1, 2, 3} <= set(seen), seen
