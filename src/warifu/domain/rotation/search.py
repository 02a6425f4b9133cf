"""Finds the fewest waves in which every unit reaches its last position and nothing owed breaks.

Each bad combination of a pair demands that one step is proven before another begins. With
one way to avoid it that is an edge between steps; the fewest waves are then the longest
path, and a cycle means that these courses have no safe order. With two ways, both are
tried; where a set of courses leads nowhere, the units of the conflict try their other
courses. The search is complete, and counts what it does: beyond its budget it says so.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from warifu.domain.rotation.board import Board
from warifu.domain.rotation.columns import column
from warifu.domain.rotation.demands import Demands, Edge, demands_of
from warifu.domain.rotation.order import Edges, Levels, longest_paths


@dataclass(frozen=True, slots=True)
class Found:
    """The wave of each step of each moving unit, under the chosen courses."""

    courses: Mapping[int, int]
    levels: Levels
    edges: Edges


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why there is no safe order: pairs whose demands contradict each other, or one that nothing can avoid.

    Args:
        pairs: the pairs of the conflict.
        fatal: the bad cell of the first pair when no order avoids it.
        units: whose courses would have to differ.
    """

    pairs: tuple[int, ...]
    fatal: tuple[int, int] | None
    units: frozenset[int]


@dataclass(frozen=True, slots=True)
class Exhausted:
    """The budget was spent before the answer was known."""

    tried: int


@dataclass(slots=True)
class Budget:
    """Counts attempts; each is one pass over the pairs concerned."""

    left: int
    tried: int = 0

    def spend(self) -> bool:
        """Use one attempt; False when none is left."""
        self.tried += 1
        self.left -= 1
        return self.left >= 0


class Search:
    """One search over a board."""

    def __init__(self, board: Board, budget: Budget) -> None:
        self.board = board
        self.budget = budget
        self._wide = _widest(board) + 1
        self._usual = [len(unit.courses[0][0]) - 1 for unit in board.units]

    def run(self, chosen: Sequence[int]) -> Found | Conflict | Exhausted:
        """Search over the given pairs, with every moving unit in the answer."""
        answer = self._solve(chosen, {})
        if not isinstance(answer, Conflict):
            return answer
        courses: dict[int, int] = {}
        for part in _components(self.board, chosen):
            found = self._try_courses(part)
            if not isinstance(found, Found):
                return found
            courses.update(found.courses)
        return self._solve(chosen, courses)

    def _try_courses(self, part: Sequence[int]) -> Found | Conflict | Exhausted:
        """Depth first over the courses of the units in conflict, whole kinds of units first."""
        first: Conflict | None = None
        visited: set[frozenset[tuple[int, int]]] = set()
        stack: list[dict[int, int]] = [{}]
        while stack:
            courses = stack.pop()
            mark = frozenset(item for item in courses.items() if item[1])  # named or not, 0 is the usual one
            if mark in visited:
                continue
            visited.add(mark)
            answer = self._solve(part, courses)
            if not isinstance(answer, Conflict):
                return answer
            first = first or answer
            stack.extend(reversed(list(self._others(answer, courses, part))))
        assert first is not None  # noqa: S101  # the empty choice of courses is always tried
        return first

    def _others(
        self, conflict: Conflict, courses: Mapping[int, int], part: Sequence[int]
    ) -> Iterable[dict[int, int]]:
        units = self.board.units
        in_part = _units_of(self.board, part)
        for unit in sorted(conflict.units):
            for other in range(len(units[unit].courses)):
                if other == courses.get(unit, 0):
                    continue
                alike = {
                    number: other
                    for number in in_part
                    if units[number].courses is units[unit].courses
                    and courses.get(number, 0) == courses.get(unit, 0)
                }
                yield {**courses, **alike}
        for unit in sorted(conflict.units):
            for other in range(len(units[unit].courses)):
                if other != courses.get(unit, 0):
                    yield {**courses, unit: other}

    def _solve(self, chosen: Sequence[int], courses: Mapping[int, int]) -> Found | Conflict | Exhausted:
        """Return the fewest waves under the given courses."""
        if not self.budget.spend():
            return Exhausted(self.budget.tried)
        demands = demands_of(self.board, chosen, courses, self._wide)
        if demands.fatal is not None:
            pair, cell = demands.fatal
            return Conflict((pair,), cell, self._units_of_pair(pair))
        return self._decide(demands, courses, ())

    def _decide(
        self, demands: Demands, courses: Mapping[int, int], decided: tuple[tuple[int, int, int], ...]
    ) -> Found | Conflict | Exhausted:
        levels = longest_paths(demands.edges, decided, self._step_counts(courses), self._wide)
        if not isinstance(levels, array):
            return Conflict(levels.pairs, None, frozenset(step // self._wide for step in levels.steps))
        chosen: list[tuple[int, int, int]] = []
        for one, two, pair in demands.doubles:
            kept = next((edge for edge in (one, two) if levels[edge[0]] < levels[edge[1]]), None)
            if kept is None:
                return self._branch(demands, courses, decided, (one, two, pair), max(levels))
            chosen.append((*kept, pair))
        return self._found(levels, courses, demands, chosen)

    def _branch(
        self,
        demands: Demands,
        courses: Mapping[int, int],
        decided: tuple[tuple[int, int, int], ...],
        double: tuple[Edge, Edge, int],
        fewest: int,
    ) -> Found | Conflict | Exhausted:
        one, two, pair = double
        best: Found | None = None
        failed: list[Conflict] = []
        for edge in (one, two):
            if not self.budget.spend():
                return best or Exhausted(self.budget.tried)
            answer = self._decide(demands, courses, (*decided, (*edge, pair)))
            if isinstance(answer, Exhausted):
                return best or answer
            if isinstance(answer, Conflict):
                failed.append(answer)
                continue
            if answer.levels.last == fewest:
                return answer
            if best is None or answer.levels.last < best.levels.last:
                best = answer
        if best is not None:
            return best
        units = self._units_of_pair(pair).union(*(conflict.units for conflict in failed))
        culprits = tuple(dict.fromkeys((pair, *(p for conflict in failed for p in conflict.pairs))))
        return Conflict(culprits, None, units)

    def _found(
        self,
        levels: array[int],
        courses: Mapping[int, int],
        demands: Demands,
        chosen: Sequence[tuple[int, int, int]],
    ) -> Found:
        """Return the answer.

        Args:
            chosen: of each two orders the one that the waves keep.
        """
        edges = demands.edges
        if chosen:
            edges = Edges(edges.before[:], edges.after[:], edges.pair[:])
            for order in chosen:
                edges.put(*order)
        return Found(
            courses, Levels.of(column(levels), column(self._step_counts(courses)), self._wide), edges
        )

    def _step_counts(self, courses: Mapping[int, int]) -> list[int]:
        counts = self._usual[:] if courses else self._usual
        for unit, course in courses.items():
            counts[unit] = len(self.board.units[unit].courses[course][0]) - 1
        return counts

    def _units_of_pair(self, pair: int) -> frozenset[int]:
        board = self.board
        return frozenset(
            (board.unit_of[board.pairs.presenter[pair]], board.unit_of[board.pairs.acceptor[pair]])
        )


def _widest(board: Board) -> int:
    return max((len(course[0]) for unit in board.units for course in unit.courses), default=1)


def _units_of(board: Board, chosen: Iterable[int]) -> set[int]:
    pairs, unit_of = board.pairs, board.unit_of
    found = {unit_of[pairs.presenter[pair]] for pair in chosen}
    return found | {unit_of[pairs.acceptor[pair]] for pair in chosen}


def _components(board: Board, chosen: Sequence[int]) -> list[list[int]]:
    """Return the pairs in parts that share no unit with more than one position."""
    leader: dict[int, int] = {}

    def find(unit: int) -> int:
        while (up := leader.get(unit, unit)) != unit:
            leader[unit] = leader.get(up, up)
            unit = up
        return unit

    pairs, unit_of, units = board.pairs, board.unit_of, board.units
    moves = bytearray(any(len(course[0]) > 1 for course in unit.courses) for unit in units)
    for pair in chosen:
        one, two = unit_of[pairs.presenter[pair]], unit_of[pairs.acceptor[pair]]
        if moves[one] and moves[two]:
            leader[find(one)] = find(two)
    parts: dict[int, list[int]] = {}
    for pair in chosen:
        one, two = unit_of[pairs.presenter[pair]], unit_of[pairs.acceptor[pair]]
        if moves[one] or moves[two]:
            parts.setdefault(find(one if moves[one] else two), []).append(pair)
    return list(parts.values())


__all__ = ["Budget", "Conflict", "Exhausted", "Found", "Search"]
