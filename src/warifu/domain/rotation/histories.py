"""What slots may hold, wave by wave, and which slots go through alike.

Two slots are alike when their values are of the same kinds, come in the same waves and are equal to each
other at the same places: then every verdict on the one is the verdict on the other. Only one of them is
gone through in full; the others are told by numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from warifu.domain.estate import IdentityValue, Value
from warifu.domain.rotation.columns import Column, Mask, column, join, numbered, starts
from warifu.domain.rotation.judge import Judge
from warifu.domain.rotation.plan import Wave
from warifu.domain.rotation.steps import Load, Step, Switch
from warifu.domain.rotation.units import Position

History = tuple[Position, ...]
Shape = tuple[tuple[int, ...], ...]
AT_MOST = 16
"""Slots with more steps than this are gone through one by one."""


def histories(
    waves: Sequence[Wave],
    values: Sequence[Position],
    slots: Mapping[str, int],
    siblings: Mapping[str, tuple[str, ...]],
) -> dict[int, History]:
    """Return, for each slot that some step reaches, what it may hold now, in each wave, and in the end."""
    return go_through([wave.steps for wave in waves], values, slots, siblings)


def go_through(
    waves: Sequence[Iterable[Step]],
    values: Sequence[Position],
    slots: Mapping[str, int],
    siblings: Mapping[str, tuple[str, ...]],
) -> dict[int, History]:
    """Return what slots may hold, from the steps of each wave."""
    now: dict[int, Position] = {}
    past: dict[int, list[Position]] = {}
    for number, steps in enumerate(waves):
        during: dict[int, list[Value]] = {}
        final: dict[int, Position] = {}
        for step in steps:
            if not isinstance(step, (Switch, Load)):
                continue
            slot = slots[step.slot]
            for reached in (slot, *(slots[name] for name in siblings.get(step.slot, ()))):
                if reached not in during:
                    held = now.get(reached, values[reached])
                    past.setdefault(reached, [held] * number)
                    during[reached] = list(held)
                if isinstance(step, Switch) or reached == slot:
                    during[reached].append(step.after)
                if final.get(reached) != (step.after,):
                    final.pop(reached, None)
            final[slot] = (step.after,)
        for slot, line in past.items():
            held = now.get(slot, values[slot])
            mixed = tuple(dict.fromkeys(during[slot])) if slot in during else held
            line.append(mixed)
            now[slot] = final.get(slot, mixed)
    return {slot: (values[slot], *line, now[slot]) for slot, line in past.items()}


@dataclass(frozen=True, slots=True)
class Histories:
    """The history of every slot that some pair uses.

    Args:
        length: positions of each: now, every wave, and the end.
        number: by slot, which of those that are alike it is one of.
        first: by that number, the slot that stands for them.
        afters: by slot, what its steps bring, in their order.
        whole: histories that were gone through.
        shapes: by number, each position as places in `held`; None where nobody else is alike.
    """

    length: int
    values: Sequence[Position]
    number: Column
    first: Sequence[int]
    afters: Mapping[int, Sequence[Value]]
    whole: Mapping[int, History]
    shapes: Sequence[Shape | None]

    def held(self, slot: int) -> tuple[Value, ...]:
        """Return every value that a slot holds at some time, in their order; some may come twice."""
        return (*self.values[slot], *self.afters.get(slot, ()))

    def of(self, slot: int) -> History:
        """Return what a slot may hold now, in each wave, and in the end."""
        known = self.whole.get(slot)
        if known is not None:
            return known
        shape = self.shapes[self.number[slot]]
        if shape is None:
            return (self.values[slot],) * self.length
        held = self.held(slot)
        return tuple([tuple([held[place] for place in position]) for position in shape])


def all_histories(
    waves: Sequence[Wave],
    values: Sequence[Position],
    slots: Mapping[str, int],
    siblings: Mapping[str, tuple[str, ...]],
    used: Column,
    judge: Judge,
) -> Histories:
    """Return the histories of all slots that are used.

    Args:
        used: numbers of slots, each once.
    """
    moves = _Moves.of(waves, slots)
    odd = np.zeros(len(slots), np.bool_)
    odd[np.fromiter(map(len, values), np.int64, len(values)) != 1] = True
    odd[[slots[name] for name in siblings]] = True
    odd[np.flatnonzero(moves.counts > AT_MOST)] = True
    number, first = _alike(used, odd, values, moves, judge)
    chosen = odd.copy()
    chosen[first] = True
    lines: list[list[Step]] = [[] for _ in waves]
    for place in np.flatnonzero(chosen[moves.slot]).tolist():
        lines[moves.wave[place]].append(moves.steps[place])
    whole = go_through(lines, values, slots, siblings)
    afters: dict[int, list[Value]] = {}
    for slot, step in zip(moves.slot.tolist(), moves.steps, strict=True):
        afters.setdefault(slot, []).append(step.after)
    length = len(waves) + 2
    shapes = [
        None
        if odd[slot]
        else _shape(whole.get(slot) or (values[slot],) * length, (*values[slot], *afters.get(slot, ())))
        for slot in first
    ]
    return Histories(length, values, number, first, afters, whole, shapes)


def _shape(history: History, held: Sequence[Value]) -> Shape:
    return tuple([tuple([held.index(value) for value in position]) for position in history])


@dataclass(frozen=True, slots=True)
class _Moves:
    """The steps that change something, wave after wave, with the number of wave and slot of each."""

    steps: Sequence[Switch | Load]
    wave: Column
    slot: Column
    counts: Column

    @classmethod
    def of(cls, waves: Sequence[Wave], slots: Mapping[str, int]) -> _Moves:
        steps: list[Switch | Load] = []
        lengths: list[int] = []
        for wave in waves:
            before = len(steps)
            steps += [step for step in wave.steps if isinstance(step, (Switch, Load))]
            lengths.append(len(steps) - before)
        slot = column([slots[step.slot] for step in steps])
        number = np.repeat(np.arange(len(waves)), lengths)
        return cls(steps, number, slot, np.bincount(slot, minlength=len(slots)))


class _Values:
    """Gives equal values one number: even ones to what is presented, odd ones to what is trusted."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._stores: dict[Value, int] = {}
        self._by_id: dict[int, int] = {}

    def numbers(self, values: Iterable[Value]) -> list[int]:
        """Return the number of each value."""
        number, known, stores = self._judge.number, self._judge.known.values, self._by_id
        return [
            2 * (known[value] if value in known else number(value))
            if isinstance(value, IdentityValue)
            else stores.get(id(value)) or self._number(value)
            for value in values
        ]

    def _number(self, store: Value) -> int:
        found = self._by_id[id(store)] = 2 * self._stores.setdefault(store, len(self._stores)) + 1
        return found

    def kinds(self) -> tuple[Column, int]:
        """Return the number of each value's kind, by the value's own, and a bound; each trust value is its own kind."""
        known = column(self._judge.kinds)
        kinds = np.arange(2 * max(len(known), len(self._stores)) + 1)
        kinds[0 : 2 * len(known) : 2] = 2 * known
        found, first = numbered(kinds, len(kinds))
        return found, max(len(first), 1)


def _alike(
    used: Column, odd: Mask, values: Sequence[Position], moves: _Moves, judge: Judge
) -> tuple[Column, list[int]]:
    """Number the slots that go through alike; return the number by slot, and a slot for each number.

    Values are kept by their owners meanwhile, so that the ids of trust values stay their own.
    """
    size = len(odd)
    regular = used[~odd[used]]
    names = _Values(judge)
    first = np.full(size, -1)
    first[regular] = names.numbers([values[slot][0] for slot in regular.tolist()])
    after = column(names.numbers([step.after for step in moves.steps]))
    kinds, many = names.kinds()
    order = np.argsort(moves.slot, kind="stable")
    place = np.arange(len(order)) - starts(moves.counts)[moves.slot[order]]
    keys, bound = np.zeros(size, np.int64), many
    keys[regular] = kinds[first[regular]]
    earlier = [first]
    for turn in range(min(int(place.max(initial=-1)) + 1, AT_MOST)):
        here = order[place == turn]
        slot, number = moves.slot[here], after[here]
        same = np.full(len(here), turn + 1)
        for before in range(turn, -1, -1):
            same[earlier[before][slot] == number] = before
        part, line = np.zeros(size, np.int64), np.full(size, -1)
        part[slot] = 1 + (moves.wave[here] * many + kinds[number]) * (AT_MOST + 2) + same
        line[slot] = number
        earlier.append(line)
        limit = 1 + (int(moves.wave.max(initial=0)) + 1) * many * (AT_MOST + 2)
        keys, found = numbered(*join(((keys, bound), (part, limit))))
        bound = len(found)
    own = np.where(odd, bound + np.arange(size), keys)[used]
    numbers, chosen = numbered(own, bound + size)
    by_slot = np.full(size, -1)
    by_slot[used] = numbers
    return by_slot, used[chosen].tolist()
