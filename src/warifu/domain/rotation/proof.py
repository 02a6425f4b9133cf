"""Proves waves, apart from how they were found: every mixture of every wave, on every pair.

A wave's mixtures are the product of what each slot may hold while it runs: what it held
before, and the value of each of its steps. A write reaches every slot that shares the
file. What is proven here is what is applied: the search is not consulted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product

import numpy as np

from warifu.domain.estate import IdentityValue, TrustValue, Value
from warifu.domain.rotation.columns import Column, column, join, numbered
from warifu.domain.rotation.judge import Judge, Start, earlier
from warifu.domain.rotation.oracle import Acceptance, Side
from warifu.domain.rotation.pairs import Pairs
from warifu.domain.rotation.plan import Wave
from warifu.domain.rotation.steps import Load, Switch
from warifu.domain.rotation.units import Position

History = tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class Safe:
    """Nothing owed breaks.

    Args:
        mixtures: combinations judged, each pair counted.
        good_until: for each wave, the first instant at which some mixture of it is refused.
        modelled: connections whose consumer's engine has not answered.
        pending: verdicts that wait for an engine.
    """

    mixtures: int
    good_until: tuple[datetime | None, ...]
    modelled: frozenset[int] = frozenset()
    pending: tuple[Acceptance, ...] = ()


@dataclass(frozen=True, slots=True)
class Breaking:
    """A mixture that a wave can reach and a connection does not survive.

    Args:
        wave: its number; 0 means what is there now, one more than the last what is left in the end.
        schedule: ids of the steps, in order, after which the mixture is in use.
    """

    wave: int
    connection: str
    presenter: str
    shown: IdentityValue
    acceptor: str
    trusted: TrustValue
    schedule: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """What a proof stands on.

    Args:
        values: for each slot, what it may hold; slots are in the order of `pairs.slots`.
        siblings: for each slot, the others that share a file with it.
        owed: by connection number; `seen` likewise; `goal`: it must hold in the end.
    """

    values: Sequence[Position]
    siblings: Mapping[str, tuple[str, ...]]
    owed: Sequence[int]
    seen: Sequence[int]
    goal: Sequence[int]


def prove(waves: Sequence[Wave], ground: Ground, pairs: Pairs, judge: Judge) -> Safe | Breaking:
    """Prove waves from what each slot may hold now."""
    return _Proof(waves, ground, pairs, judge).run()


def histories(
    waves: Sequence[Wave],
    values: Sequence[Position],
    slots: Mapping[str, int],
    siblings: Mapping[str, tuple[str, ...]],
) -> dict[int, History]:
    """Return, for each slot that some step reaches, what it may hold now, in each wave, and in the end."""
    now: dict[int, Position] = {}
    past: dict[int, list[tuple[int, Position]]] = {}
    mixer = _Mixer()
    for number, wave in enumerate(waves):
        during: dict[int, Position] = {}
        final: dict[int, Position] = {}
        for step in wave.steps:
            if not isinstance(step, (Switch, Load)):
                continue
            slot, after = slots[step.slot], mixer.alone(step.after)
            held = during.get(slot)
            during[slot] = mixer.joined(now.get(slot, values[slot]) if held is None else held, after)
            for sibling in siblings.get(step.slot, ()):
                other = slots[sibling]
                held = during.setdefault(other, now.get(other, values[other]))
                if isinstance(step, Switch):
                    during[other] = mixer.joined(held, after)
                if final.get(other) != after:
                    final.pop(other, None)
            final[slot] = after
        for slot, mixed in during.items():
            past.setdefault(slot, []).append((number, mixed))
            now[slot] = final.get(slot, mixed)
            past[slot].append((number + 1, now[slot]))
    return {slot: mixer.line(values[slot], changes, len(waves)) for slot, changes in past.items()}


class _Mixer:
    """Puts positions and histories together, equal ones of the very same parts only once."""

    def __init__(self) -> None:
        self._alone: dict[int, Position] = {}
        self._joined: dict[tuple[int, int], tuple[Position, Position, Position]] = {}
        self._lines: dict[tuple[int, ...], tuple[Position, History]] = {}

    def alone(self, value: Value) -> Position:
        """Return the position that holds one value."""
        known = self._alone.get(id(value))
        if known is None:  # what is known by id is kept, so that nothing else gets that id
            known = self._alone[id(value)] = (value,)
        return known

    def joined(self, held: Position, after: Position) -> Position:
        """Return a position that may hold either."""
        known = self._joined.get((id(held), id(after)))
        if known is None:
            mixed = held if after[0] in held else (*held, *after)
            known = self._joined[id(held), id(after)] = (held, after, mixed)
        return known[2]

    def line(self, values: Position, changes: Sequence[tuple[int, Position]], waves: int) -> History:
        """Return a history.

        Args:
            values: what may be held now.
            changes: from which wave on which position holds, in their order; of two for one wave the later counts.
        """
        mark = (id(values), *(part for number, position in changes for part in (number, id(position))))
        known = self._lines.get(mark)
        if known is None:
            line = [values] * (waves + 2)
            for number, position in changes:
                line[number + 1 :] = [position] * (waves + 1 - number)
            known = self._lines[mark] = (values, tuple(line))
        return known[1]


@dataclass(slots=True)
class _Tally:
    """The verdict on one kind of pair: what is judged, until when, and where it breaks."""

    mixtures: int = 0
    until: tuple[datetime | None, ...] = ()
    breaks: int = -1
    modelled: bool = False
    pending: list[Acceptance] = field(default_factory=list)


class _Proof:
    def __init__(self, waves: Sequence[Wave], ground: Ground, pairs: Pairs, judge: Judge) -> None:
        self.waves = waves
        self.ground = ground
        self.pairs = pairs
        self.judge = judge
        self.moved = histories(waves, ground.values, pairs.slots, ground.siblings)
        self._still: dict[Position, History] = {}

    def run(self) -> Safe | Breaking:
        """Judge one pair of each kind, in the order of their first pairs; what is alike is counted, not repeated."""
        pairs, ground = self.pairs, self.ground
        one, two, side, name, connection = (
            column(numbers)
            for numbers in (pairs.presenter, pairs.acceptor, pairs.side, pairs.name, pairs.connection)
        )
        used = np.unique(np.concatenate((one, two))).tolist()
        known = {slot: self._history(slot) for slot in used}
        kinds, kind_bound = self._kinds(known)
        owed = column(ground.owed)[connection]
        flags = column(ground.seen)[connection] << 2 | owed << 1 | column(ground.goal)[connection]
        fits, patterns = self._fits(known, one, side, name)
        keys, bound = join(
            (
                (kinds[one], kind_bound),
                (kinds[two], kind_bound),
                (side, len(pairs.sides)),
                (fits, len(patterns)),
                (flags, 8),
            )
        )
        numbers, first = numbered(keys, bound)
        tallies: list[_Tally] = []
        for pair in first.tolist():
            shown, trusted = known[int(one[pair])], known[int(two[pair])]
            by = pairs.sides[side[pair]]
            tally = self._judge(shown, trusted, patterns[fits[pair]], int(flags[pair]), by)
            if tally.breaks >= 0:
                return self._breaking(pair, tally.breaks, shown, trusted)
            tallies.append(tally)
        counts = np.bincount(numbers, minlength=len(tallies)).tolist()
        mixtures = sum(tally.mixtures * count for tally, count in zip(tallies, counts, strict=True))
        modelled = np.array([tally.modelled for tally in tallies], np.bool_)[numbers]
        asked = np.unique((one * len(pairs.sides) + side)[owed > 0]).tolist()
        return Safe(
            mixtures,
            self._good_until(asked, known, tallies),
            frozenset(np.unique(connection[modelled]).tolist()),
            tuple(verdict for tally in tallies for verdict in tally.pending),
        )

    def _history(self, slot: int) -> History:
        history = self.moved.get(slot)
        if history is None:
            held = self.ground.values[slot]
            history = self._still.get(held)
            if history is None:
                history = self._still[held] = (held,) * (len(self.waves) + 2)
        return history

    def _kinds(self, known: Mapping[int, History]) -> tuple[Column, int]:
        """Number the kind of each slot's history: histories of one kind share every path verdict."""
        kinds: dict[object, int] = {}
        same: dict[int, int] = {}
        found = np.zeros(len(self.pairs.slots), np.int64)
        for slot, history in known.items():
            kind = same.get(id(history))
            if kind is None:
                kind = same[id(history)] = kinds.setdefault(self.judge.track_kind(history), len(kinds))
            found[slot] = kind
        return found, len(kinds)

    def _fits(
        self, known: Mapping[int, History], one: Column, side: Column, name: Column
    ) -> tuple[Column, list[tuple[bool, ...]]]:
        """Number, for every pair, the pattern of the waves in which every leaf carries the name; return the patterns."""
        pairs = self.pairs
        patterns = {(True,) * (len(self.waves) + 2): 0}
        asks_side = np.array([bool(by.subjects) for by in pairs.sides], np.bool_)
        asks_name = np.array([bool(text) for text in pairs.names], np.bool_)
        asks = np.flatnonzero(asks_side[side] | asks_name[name])
        manners: dict[tuple[tuple[str, ...], str], int] = {}
        manner = [manners.setdefault((by.subjects, by.consumer), len(manners)) for by in pairs.sides]
        keys, bound = join(
            (
                (one[asks], len(pairs.slots)),
                (name[asks], len(pairs.names)),
                (column(manner)[side[asks]], len(manners)),
            )
        )
        numbers, first = numbered(keys, bound)
        found = [
            patterns.setdefault(self._fit(known[slot], pairs.names[text], pairs.sides[by]), len(patterns))
            for slot, text, by in zip(
                *(part[asks[first]].tolist() for part in (one, name, side)), strict=True
            )
        ]
        fits = np.zeros(len(one), np.int64)
        fits[asks] = column(found)[numbers]
        return fits, list(patterns)

    def _fit(self, history: History, name: str, side: Side) -> tuple[bool, ...]:
        """Return, for each wave, whether every leaf carries the name."""
        named = self.judge.named
        fit: list[bool] = []
        for place, position in enumerate(history):
            if place and position is history[place - 1]:
                fit.append(fit[-1])
                continue
            carried = [named(value, name, side) for value in position if isinstance(value, IdentityValue)]
            fit.append(False not in carried)
        return tuple(fit)

    def _judge(self, shown: History, trusted: History, fit: Sequence[bool], flags: int, side: Side) -> _Tally:
        seen, owed, goal = flags >> 2, flags >> 1 & 1, flags & 1
        start = Start.of(shown[0], trusted[0], seen=bool(seen))
        tally = _Tally()
        untils: list[datetime | None] = []
        last = len(shown) - 1
        for place in range(last + 1):
            if not (owed or (goal and place == last)):
                untils.append(None)
                continue
            cell = self.judge.cell(shown[place], trusted[place], side, start)
            live = start.seen and shown[place] == start.shown and trusted[place] == start.trusted
            if tally.breaks < 0 and not (cell.accepted and (fit[place] or live)):
                tally.breaks = place
            untils.append(cell.until)
            tally.modelled = tally.modelled or cell.modelled
            tally.pending += cell.pending
            tally.mixtures += cell.judged if 0 < place < last else 0
        tally.until = tuple(untils)
        return tally

    def _good_until(
        self, asked: Iterable[int], known: Mapping[int, History], tallies: Iterable[_Tally]
    ) -> tuple[datetime | None, ...]:
        """Return for each wave the first instant at which some mixture of it is refused.

        Args:
            asked: slots that present something owed, each with the side it faces, as one number.
        """
        count = len(self.waves)
        found: list[datetime | None] = [None] * count
        for tally in tallies:
            for place in range(count):
                found[place] = earlier(found[place], tally.until[place + 1])
        ends, sides = self.judge.oracle.ends, self.pairs.sides
        latest = _latest(found)
        slot = -1
        shown: tuple[IdentityValue, ...] = ()
        for both in asked:
            if both // len(sides) != slot:
                slot = both // len(sides)
                shown = _shown_in(known[slot][1:-1])
            side = sides[both % len(sides)]
            for value in shown:
                until = ends(value, side)
                if until is None or (latest is not None and latest <= until):
                    continue
                for place, position in enumerate(known[slot][1:-1]):
                    if value in position:
                        found[place] = earlier(found[place], until)
                latest = _latest(found)
        return tuple(found)

    def _breaking(self, pair: int, place: int, shown: History, trusted: History) -> Breaking:
        pairs = self.pairs
        names = list(pairs.slots)
        presenter, acceptor = names[pairs.presenter[pair]], names[pairs.acceptor[pair]]
        side = pairs.sides[pairs.side[pair]]
        seen = bool(self.ground.seen[pairs.connection[pair]])
        start = Start.of(shown[0], trusted[0], seen=seen)
        for value, store in product(shown[place], trusted[place]):
            if not isinstance(value, IdentityValue) or not isinstance(store, TrustValue):
                continue
            cell = self.judge.cell((value,), (store,), side, start)
            if cell.accepted and self.judge.named(value, pairs.names[pairs.name[pair]], side):
                continue
            schedule = tuple(
                step.id
                for wave in self.waves[:place]
                for step in wave.steps
                if isinstance(step, (Switch, Load)) and _leads_to(step, presenter, value, acceptor, store)
            )
            connection = pairs.connections[pairs.connection[pair]]
            return Breaking(place, connection, presenter, value, acceptor, store, schedule)
        raise AssertionError(pairs.connections[pairs.connection[pair]])


def _latest(bounds: Sequence[datetime | None]) -> datetime | None:
    """Return the last of some instants; None when one of them is never."""
    known = [bound for bound in bounds if bound is not None]
    return max(known) if known and len(known) == len(bounds) else None


def _shown_in(line: Sequence[Position]) -> tuple[IdentityValue, ...]:
    """Return every identity value in some positions, each once."""
    found: dict[int, IdentityValue] = {}
    last: Position = ()
    for position in line:
        if position is not last:
            last = position
            for value in position:
                if isinstance(value, IdentityValue):
                    found[id(value)] = value
    return tuple(found.values())


def _leads_to(step: Switch | Load, presenter: str, value: Value, acceptor: str, store: Value) -> bool:
    return (step.slot == presenter and step.after == value) or (step.slot == acceptor and step.after == store)
