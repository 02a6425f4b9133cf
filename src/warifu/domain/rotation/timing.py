"""Which wave a step takes, among those it may: repairs as early, removals as late as can be."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence

from warifu.domain.rotation.board import Board
from warifu.domain.rotation.order import Edges
from warifu.domain.rotation.search import Found
from warifu.domain.rotation.waves import kind_of


def place_late(board: Board, found: Found) -> dict[int, tuple[int, ...]]:
    """Return the waves with every removal in the last wave that nothing after it forbids."""
    onward = _onward(found.edges)
    placed = dict(found.levels)
    wide = found.wide
    late: dict[int, int] = {}
    for unit, levels in found.levels.items():
        tracks = board.units[unit].courses[found.courses.get(unit, 0)]
        for number in range(len(levels), 0, -1):
            if not all(
                kind_of(track[number - 1], track[number][0]) in {"remove-anchor", "replace-anchor"}
                for track in tracks
                if track[number] != track[number - 1]
            ):
                break
            node = unit * wide + number
            bound = found.waves
            for after in onward.get(node, ()):
                bound = min(bound, _level(found, after) - 1)
            if number < len(levels):
                bound = min(bound, late[node + 1])
            late[node] = max(bound, levels[number - 1])
            moved = list(placed[unit])
            moved[number - 1] = late[node]
            placed[unit] = tuple(moved)
    return placed


def repair_first(
    board: Board, found: Found, placed: Mapping[int, tuple[int, ...]], broken: Sequence[int]
) -> dict[int, tuple[int, ...]]:
    """Return the waves with all that mends a broken connection one wave ahead of everything else.

    Args:
        broken: pairs of connections that do not hold now.
    """
    wide = found.wide
    before: dict[int, list[int]] = {}
    for one, two in zip(found.edges.before, found.edges.after, strict=True):
        before.setdefault(two, []).append(one)
    mending: set[int] = set()
    units = {board.unit_of[board.pairs.presenter[pair]] for pair in broken}
    units |= {board.unit_of[board.pairs.acceptor[pair]] for pair in broken}
    queue = []
    for unit in units & placed.keys():
        tracks = board.units[unit].courses[found.courses.get(unit, 0)]
        queue += [
            unit * wide + number
            for number in range(1, len(tracks[0]))
            if not all(
                track[number] == track[number - 1]
                or kind_of(track[number - 1], track[number][0]) == "remove-anchor"
                for track in tracks
            )
        ]
    while queue:
        node = queue.pop()
        if node in mending:
            continue
        mending.add(node)
        queue += before.get(node, [])
        if node % wide > 1:
            queue.append(node - 1)
    first = [unit * wide + 1 for unit, levels in placed.items() if levels[0] == 1]
    if not mending or all(node in mending for node in first):
        return dict(placed)
    return {
        unit: tuple(
            level if unit * wide + number in mending else level + 1
            for number, level in enumerate(levels, start=1)
        )
        for unit, levels in placed.items()
    }


def _level(found: Found, node: int) -> int:
    unit, step = divmod(node, found.wide)
    return found.levels[unit][step - 1]


def _onward(edges: Edges) -> Mapping[int, array[int]]:
    onward: dict[int, array[int]] = {}
    for before, after in zip(edges.before, edges.after, strict=True):
        line = onward.get(before)
        if line is None:
            line = onward[before] = array("L")
        line.append(after)
    return onward
