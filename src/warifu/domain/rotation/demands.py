"""What pairs ask of the order of steps, and what no order can give them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from warifu.domain.rotation.board import Board
from warifu.domain.rotation.columns import Column, column, kept, mask, spread, starts
from warifu.domain.rotation.judge import Matrix, Option
from warifu.domain.rotation.order import Edges

Edge = tuple[int, int]


@dataclass(slots=True)
class Demands:
    """What the pairs ask of the order of steps.

    Args:
        doubles: of each two orders one must be kept, for a pair.
        fatal: a pair that no order helps, and its bad cell.
    """

    edges: Edges = field(default_factory=Edges)
    doubles: list[tuple[Edge, Edge, int]] = field(default_factory=list)
    fatal: tuple[int, tuple[int, int]] | None = None


def demands_of(board: Board, chosen: Sequence[int], courses: Mapping[int, int], wide: int) -> Demands:
    """Return what pairs ask under the given courses.

    Args:
        wide: how many numbers the steps of a unit take: step s of unit u has the number `u * wide + s`.
    """
    if not courses:
        return _usual_demands(board, chosen, wide)
    demands = Demands()
    pairs, owed, unit_of = board.pairs, board.owed, board.unit_of
    connection, presenter, acceptor = pairs.connection, pairs.presenter, pairs.acceptor
    put = demands.edges.put
    for pair, matrix in board.matrices(chosen, courses):
        if matrix.is_free:
            continue
        if not owed[connection[pair]]:
            if _ends_badly(matrix):
                demands.fatal = demands.fatal or (pair, _last_cell(matrix))
            continue
        if matrix.fatal is not None:
            demands.fatal = (pair, matrix.fatal)
            return demands
        one, two = unit_of[presenter[pair]] * wide, unit_of[acceptor[pair]] * wide
        for option in matrix.singles:
            put(*_edge(option, one, two), pair)
        for either, other in matrix.doubles:
            demands.doubles.append((_edge(either, one, two), _edge(other, one, two), pair))
    return demands


def _usual_demands(board: Board, chosen: Sequence[int], wide: int) -> Demands:
    """Return what all pairs ask under their usual courses: the same for every pair of a class."""
    pairs, demands = board.pairs, Demands()
    matrices = board.class_matrices()
    places = column(chosen)
    classes = column(board.classes.numbers)[places]
    owed = mask(board.owed)[column(pairs.connection)[places]]
    never = np.array([matrix.fatal is not None for matrix in matrices], np.bool_)
    lost = np.array([_ends_badly(matrix) for matrix in matrices], np.bool_)
    for bad in (owed & never[classes], ~owed & lost[classes]):
        if bad.any():
            first = int(bad.argmax())
            matrix = matrices[classes[first]]
            at_end = not owed[first] or matrix.fatal is None
            demands.fatal = (int(places[first]), _last_cell(matrix) if at_end else matrix.fatal)
            return demands
    places, classes = places[owed], classes[owed]
    unit_of = column(board.unit_of)
    ends = (
        unit_of[column(pairs.presenter)[places]] * wide,
        unit_of[column(pairs.acceptor)[places]] * wide,
    )
    demands.edges = _edges([matrix.singles for matrix in matrices], classes, places, ends)
    choosing = np.array([bool(matrix.doubles) for matrix in matrices], np.bool_)[classes]
    for pair, number, one, two in zip(
        *(part[choosing].tolist() for part in (places, classes, *ends)), strict=True
    ):
        for either, other in matrices[number].doubles:
            demands.doubles.append((_edge(either, one, two), _edge(other, one, two), pair))
    return demands


def _ends_badly(matrix: Matrix) -> bool:
    """Something moves, and what is there in the end does not hold."""
    return not matrix.final_holds and len(matrix.cells) + len(matrix.cells[0]) > 2


def _last_cell(matrix: Matrix) -> tuple[int, int]:
    return len(matrix.cells) - 1, len(matrix.cells[0]) - 1


def _edges(
    demands: Sequence[tuple[Option, ...]], classes: Column, places: Column, ends: tuple[Column, Column]
) -> Edges:
    """Return the orders that classes demand of their pairs, pair after pair.

    Args:
        demands: by class.
        classes: of each pair.
        ends: the first number of the presenter's and of the acceptor's steps, for each pair.
    """
    rules = [option for options in demands for option in options]
    presenter_first = np.array([rule.presenter_first for rule in rules], np.bool_)
    before, after = column([rule.first for rule in rules]), column([rule.second for rule in rules])
    counts = column([len(options) for options in demands])
    owner, inside = spread(counts[classes])
    rule = starts(counts)[classes[owner]] + inside
    first, one, two = presenter_first[rule], ends[0][owner], ends[1][owner]
    return Edges(
        kept(np.where(first, one, two) + before[rule], "L"),
        kept(np.where(first, two, one) + after[rule], "L"),
        kept(places[owner], "L"),
    )


def _edge(option: Option, presenter: int, acceptor: int) -> Edge:
    if option.presenter_first:
        return presenter + option.first, acceptor + option.second
    return acceptor + option.first, presenter + option.second
