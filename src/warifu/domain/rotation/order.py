"""The longest paths through a graph of steps: which wave each step can first be in.

Steps are numbers: `unit * wide + step`, steps from 1. An edge says that one step is proven
before another begins, so that they lie in different waves; the steps of one unit follow
each other, and may share a wave.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from warifu.domain.rotation.columns import Column, column, kept, spread

MANY = 10_000
"""From so many orders on they are looked at all at once."""
ROUNDS = 50
"""How often all orders are looked at: in one wave more than that, each step is looked at by itself."""


@dataclass(slots=True)
class Edges:
    """Orders between steps in parallel arrays, each with the pair that demands it."""

    before: array[int] = field(default_factory=lambda: array("L"))
    after: array[int] = field(default_factory=lambda: array("L"))
    pair: array[int] = field(default_factory=lambda: array("L"))

    def put(self, before: int, after: int, pair: int) -> None:
        """Add an order."""
        self.before.append(before)
        self.after.append(after)
        self.pair.append(pair)


@dataclass(frozen=True, slots=True)
class Levels:
    """Which wave each step is in.

    Args:
        waves: from 1, by step number; 0 where there is no such step.
        counts: how many steps each unit makes.
        wide: how many numbers the steps of a unit take.
    """

    waves: array[int]
    counts: array[int]
    wide: int

    @classmethod
    def of(cls, waves: Column, counts: Column, wide: int) -> Levels:
        """Return the levels of the steps that are made, from numbers for all of them."""
        owner, inside = spread(counts)
        steps = owner * wide + 1 + inside
        found = np.zeros(len(counts) * wide, np.int64)
        found[steps] = waves[steps]
        return cls(kept(found), kept(counts), wide)

    @property
    def last(self) -> int:
        """The last wave; 0 when there is none."""
        return max(self.waves, default=0)

    def lines(self) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Yield each unit that moves, with the waves of its steps."""
        waves, wide = self.waves.tolist(), self.wide
        for unit, count in enumerate(self.counts):
            if count:
                begin = unit * wide + 1
                yield unit, tuple(waves[begin : begin + count])


@dataclass(frozen=True, slots=True)
class Circle:
    """Steps that wait for each other, and the pairs that make them."""

    steps: tuple[int, ...]
    pairs: tuple[int, ...]


def longest_paths(
    edges: Edges, decided: Sequence[tuple[int, int, int]], counts: Sequence[int], wide: int
) -> array[int] | Circle:
    """Return the wave (from 1) of every step, or a circle.

    Many orders are looked at all at once, as often as there are waves; only where that would be
    too often, or never end, is each step looked at by itself.

    Args:
        decided: further orders: before, after, pair.
        counts: how many steps each unit makes.
    """
    if len(edges.before) < MANY:
        return one_by_one(edges, decided, counts, wide)
    levels = all_at_once(edges, decided, counts, wide)
    return one_by_one(edges, decided, counts, wide) if levels is None else levels


def all_at_once(
    edges: Edges, decided: Sequence[tuple[int, int, int]], counts: Sequence[int], wide: int
) -> array[int] | None:
    """Return the wave of every step; nothing when there are too many waves, or a circle."""
    before = np.concatenate((column(edges.before), column([order[0] for order in decided])))
    after = np.concatenate((column(edges.after), column([order[1] for order in decided])))
    owner, inside = spread(np.maximum(column(counts) - 1, 0))
    step = owner * wide + 1 + inside  # each is followed by a step of its own unit
    levels = np.ones(len(counts) * wide, np.int64)
    for _ in range(ROUNDS):
        raised = levels.copy()
        np.maximum.at(raised, after, levels[before] + 1)
        for place in range(wide - 2):
            one = step[inside == place]
            raised[one + 1] = np.maximum(raised[one + 1], raised[one])
        if np.array_equal(raised, levels):
            return kept(levels, "L")
        levels = raised
    return None


def one_by_one(  # noqa: C901, PLR0912  # one loop over millions of orders; parts of it cost calls
    edges: Edges, decided: Sequence[tuple[int, int, int]], counts: Sequence[int], wide: int
) -> array[int] | Circle:
    """Return the wave of every step, or a circle, step after step."""
    befores = [*edges.before, *(order[0] for order in decided)]
    afters = [*edges.after, *(order[1] for order in decided)]
    size = len(counts) * wide
    waiting = array("L", bytes(array("L").itemsize * size))
    start = array("L", bytes(array("L").itemsize * (size + 1)))
    for before in befores:
        start[before + 1] += 1
    for after in afters:
        waiting[after] += 1
    for node in range(size):
        start[node + 1] += start[node]
    place = start[:]
    onward = array("L", bytes(array("L").itemsize * len(befores)))
    for before, after in zip(befores, afters, strict=True):
        onward[place[before]] = after
        place[before] += 1
    levels = array("L", [1]) * size
    ready: list[int] = []
    total = 0
    for unit, count in enumerate(counts):
        base = unit * wide
        total += count
        for step in range(base + 1, base + count + 1):
            if step > base + 1:
                waiting[step] += 1
            if waiting[step] == 0:
                ready.append(step)
    done = 0
    while ready:
        node = ready.pop()
        done += 1
        level = levels[node]
        unit, step = divmod(node, wide)
        for at in range(start[node], start[node + 1]):
            after = onward[at]
            if levels[after] <= level:
                levels[after] = level + 1
            waiting[after] -= 1
            if waiting[after] == 0:
                ready.append(after)
        if step < counts[unit]:
            follower = node + 1
            levels[follower] = max(levels[follower], level)
            waiting[follower] -= 1
            if waiting[follower] == 0:
                ready.append(follower)
    if done == total:
        return levels
    left = {node for node, count in enumerate(waiting) if count}
    pairs = [*edges.pair, *(order[2] for order in decided)]
    return _circle(left, befores, afters, pairs, wide)


def _circle(
    left: set[int], befores: Sequence[int], afters: Sequence[int], pairs: Sequence[int], wide: int
) -> Circle:
    came: dict[int, tuple[int, int | None]] = {}
    for node in left:
        if node - 1 in left and node % wide > 1:
            came[node] = (node - 1, None)
    for before, after, pair in zip(befores, afters, pairs, strict=True):
        if before in left and after in left:
            came[after] = (before, pair)
    path: list[int] = []
    node = min(left)
    while node not in path:
        path.append(node)
        node = came[node][0]
    circle = path[path.index(node) :]
    culprits = [came[step][1] for step in circle]
    return Circle(tuple(circle), tuple(dict.fromkeys(pair for pair in culprits if pair is not None)))
