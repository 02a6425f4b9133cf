"""Which wave a step takes, among those it may: repairs as early, removals as late as can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from warifu.domain.estate import IdentityValue
from warifu.domain.rotation.board import Board
from warifu.domain.rotation.columns import Column, column, kept
from warifu.domain.rotation.order import Levels
from warifu.domain.rotation.search import Found
from warifu.domain.rotation.step_chains import kind_of
from warifu.domain.rotation.units import Track


def place_late(board: Board, found: Found) -> Levels:
    """Return the waves with every removal in the last wave that nothing after it forbids."""
    levels, counts, wide = column(found.levels.waves), column(found.levels.counts), found.levels.wide
    bounds = np.full(len(levels), found.levels.last)
    before, after = column(found.edges.before), column(found.edges.after)
    np.minimum.at(bounds, before, levels[after] - 1)
    first = counts - _removals_last(board, found) + 1  # of the last steps that only take away
    moved = levels.copy()
    for number in range(wide - 1, 0, -1):
        units = np.flatnonzero((counts >= number) & (number >= first))
        step = units * wide + number
        is_last = counts[units] == number
        moved[step] = np.where(is_last, bounds[step], np.minimum(bounds[step], moved[step + ~is_last]))
    return replace(found.levels, waves=kept(moved))


def _removals_last(board: Board, found: Found) -> Column:
    """Return how many of the last steps of each unit only take away; what is alike is looked at once."""
    known: dict[int, int] = {}
    courses, lasts = found.courses, np.zeros(len(board.units), np.int64)
    for unit in np.flatnonzero(column(found.levels.counts)).tolist():
        tracks = board.units[unit].courses[courses.get(unit, 0)]
        if len(tracks) == 1 and isinstance(tracks[0][-1][0], IdentityValue):
            continue
        last = known.get(id(tracks))
        if last is None:
            last = known[id(tracks)] = _takes_away(tracks)
        lasts[unit] = last
    return lasts


def _takes_away(tracks: tuple[Track, ...]) -> int:
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


def repair_first(board: Board, found: Found, placed: Levels, broken: Sequence[int]) -> Levels:
    """Return the waves with all that mends a broken connection one wave ahead of everything else.

    Args:
        broken: pairs of connections that do not hold now.
    """
    levels, wide = column(placed.waves), placed.wide
    units = {board.unit_of[board.pairs.presenter[pair]] for pair in broken}
    units |= {board.unit_of[board.pairs.acceptor[pair]] for pair in broken}
    mending = np.zeros(len(levels), np.bool_)
    for unit in units:
        tracks = board.units[unit].courses[found.courses.get(unit, 0)]
        for number in range(1, len(tracks[0])):
            mending[unit * wide + number] = not all(
                track[number] == track[number - 1]
                or kind_of(track[number - 1], track[number][0]) == "remove-anchor"
                for track in tracks
            )
    before, after = column(found.edges.before), column(found.edges.after)
    steps = np.arange(len(levels))
    count = -1
    while count != mending.sum():
        count = mending.sum()
        mending[before[mending[after]]] = True
        mending[steps[mending & (steps % wide > 1)] - 1] = True
    if not count or mending[(levels == 1) & (steps % wide == 1)].all():
        return placed
    return replace(placed, waves=kept(levels + (~mending & (levels > 0))))
