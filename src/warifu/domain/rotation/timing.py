"""Which wave a step takes, among those it may: repairs as early, removals as late as can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

import numpy as np

from warifu.domain.rotation.board import Board
from warifu.domain.rotation.columns import Column, column, spread
from warifu.domain.rotation.search import Found
from warifu.domain.rotation.units import Track
from warifu.domain.rotation.waves import kind_of


def place_late(board: Board, found: Found) -> dict[int, tuple[int, ...]]:
    """Return the waves with every removal in the last wave that nothing after it forbids."""
    wide = found.wide
    bounds = np.full(len(board.units) * wide, found.waves)
    before, after = column(found.edges.before), column(found.edges.after)
    np.minimum.at(bounds, before, dense(found.levels, len(bounds), wide)[after] - 1)
    latest = bounds.tolist()
    placed = dict(found.levels)
    removals: dict[int, int] = {}
    for unit, levels in found.levels.items():
        tracks = board.units[unit].courses[found.courses.get(unit, 0)]
        last = removals.get(id(tracks))
        if last is None:
            last = removals[id(tracks)] = _removals_last(tracks)
        if not last:
            continue
        moved = list(levels)
        for number in range(len(levels), len(levels) - last, -1):
            bound = latest[unit * wide + number]
            if number < len(levels):
                bound = min(bound, moved[number])
            moved[number - 1] = max(bound, levels[number - 1])
        placed[unit] = tuple(moved)
    return placed


def _removals_last(tracks: tuple[Track, ...]) -> int:
    """Return how many of the last steps only take away."""
    steps = len(tracks[0]) - 1
    for number in range(steps, 0, -1):
        if not all(
            kind_of(track[number - 1], track[number][0]) in {"remove-anchor", "replace-anchor"}
            for track in tracks
            if track[number] != track[number - 1]
        ):
            return steps - number
    return steps


def dense(levels: Mapping[int, tuple[int, ...]], size: int, wide: int) -> Column:
    """Return the waves by step number; 0 where there is no step."""
    found = np.zeros(size, np.int64)
    units = np.fromiter(levels, np.int64, len(levels))
    counts = np.fromiter(map(len, levels.values()), np.int64, len(levels))
    owner, inside = spread(counts)
    found[units[owner] * wide + 1 + inside] = list(chain.from_iterable(levels.values()))
    return found


def repair_first(
    board: Board, found: Found, placed: Mapping[int, tuple[int, ...]], broken: Sequence[int]
) -> dict[int, tuple[int, ...]]:
    """Return the waves with all that mends a broken connection one wave ahead of everything else.

    Args:
        broken: pairs of connections that do not hold now.
    """
    wide, size = found.wide, len(board.units) * found.wide
    units = {board.unit_of[board.pairs.presenter[pair]] for pair in broken}
    units |= {board.unit_of[board.pairs.acceptor[pair]] for pair in broken}
    mending = np.zeros(size, np.bool_)
    for unit in units & placed.keys():
        tracks = board.units[unit].courses[found.courses.get(unit, 0)]
        for number in range(1, len(tracks[0])):
            mending[unit * wide + number] = not all(
                track[number] == track[number - 1]
                or kind_of(track[number - 1], track[number][0]) == "remove-anchor"
                for track in tracks
            )
    before, after = column(found.edges.before), column(found.edges.after)
    steps = np.arange(size)
    count = -1
    while count != mending.sum():
        count = mending.sum()
        mending[before[mending[after]]] = True
        mending[steps[mending & (steps % wide > 1)] - 1] = True
    levels = dense(placed, size, wide)
    if not count or mending[(levels == 1) & (steps % wide == 1)].all():
        return dict(placed)
    shifted = (levels + ~mending).tolist()
    return {
        unit: tuple(shifted[unit * wide + 1 : unit * wide + 1 + len(line)]) for unit, line in placed.items()
    }
