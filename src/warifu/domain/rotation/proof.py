"""Proves waves, apart from how they were found: every mixture of every wave, on every pair.

A wave's mixtures are the product of what each slot may hold while it runs: what it held
before, and the value of each of its steps. A write reaches every slot that shares the
file. What is proven here is what is applied: the search is not consulted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, product

import numpy as np

from warifu.domain.estate import IdentityValue, TrustValue, Value
from warifu.domain.rotation.columns import Column, column, join, numbered, present
from warifu.domain.rotation.histories import Histories, History, all_histories
from warifu.domain.rotation.judge import Judge, Start, earlier
from warifu.domain.rotation.oracle import Acceptance, Side
from warifu.domain.rotation.pairs import Pairs
from warifu.domain.rotation.plan import Wave
from warifu.domain.rotation.steps import Load, Switch
from warifu.domain.rotation.units import Position


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
        self._sharing = frozenset(pairs.slots[name] for name in ground.siblings)

    def run(self) -> Safe | Breaking:
        """Judge one pair of each kind, in the order of their first pairs; what is alike is counted, not repeated."""
        pairs, ground = self.pairs, self.ground
        one, two, side, name, connection = (
            column(numbers)
            for numbers in (pairs.presenter, pairs.acceptor, pairs.side, pairs.name, pairs.connection)
        )
        used = present(np.concatenate((one, two)), len(pairs.slots))
        lines = all_histories(self.waves, ground.values, pairs.slots, ground.siblings, used, self.judge)
        kinds, kind_bound = self._kinds(lines)
        owed = column(ground.owed)[connection]
        flags = column(ground.seen)[connection] << 2 | owed << 1 | column(ground.goal)[connection]
        fits, patterns = self._fits(lines, one, side, name)
        keys, bound = join(
            (
                (kinds[lines.number[one]], kind_bound),
                (kinds[lines.number[two]], kind_bound),
                (side, len(pairs.sides)),
                (fits, len(patterns)),
                (flags, 8),
            )
        )
        numbers, first = numbered(keys, bound)
        tallies: list[_Tally] = []
        for pair in first.tolist():
            shown, trusted = lines.of(int(one[pair])), lines.of(int(two[pair]))
            by = pairs.sides[side[pair]]
            tally = self._judge(shown, trusted, patterns[fits[pair]], int(flags[pair]), by)
            if tally.breaks >= 0:
                return self._breaking(pair, tally.breaks, shown, trusted)
            tallies.append(tally)
        counts = np.bincount(numbers, minlength=len(tallies)).tolist()
        mixtures = sum(tally.mixtures * count for tally, count in zip(tallies, counts, strict=True))
        modelled = np.array([tally.modelled for tally in tallies], np.bool_)[numbers]
        many = len(pairs.sides)
        alike = column(_same_consumers(pairs.sides))  # when a leaf ends depends on who looks at it alone
        asked = present((one * many + alike[side])[owed > 0], len(pairs.slots) * many).tolist()
        return Safe(
            mixtures,
            self._good_until(asked, lines, tallies),
            frozenset(present(connection[modelled], len(pairs.connections)).tolist()),
            tuple(verdict for tally in tallies for verdict in tally.pending),
        )

    def _kinds(self, lines: Histories) -> tuple[Column, int]:
        """Number the kinds of histories: those of one kind share every path verdict."""
        kinds: dict[object, int] = {}
        found = [kinds.setdefault(self.judge.track_kind(lines.of(slot)), len(kinds)) for slot in lines.first]
        return column(found), len(kinds)

    def _fits(
        self, lines: Histories, one: Column, side: Column, name: Column
    ) -> tuple[Column, list[tuple[bool, ...]]]:
        """Number, for every pair, the pattern of the waves in which every leaf carries the name; return the patterns."""
        pairs = self.pairs
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
        order = np.argsort(one[asks[first]])  # slot after slot: what lies together is read together
        chosen = asks[first[order]]
        patterns = {(True,) * lines.length: 0}
        known: dict[tuple[int, tuple[bool, ...]], int] = {}
        found: list[int] = []
        alike = lines.number[one[chosen]].tolist()
        for number, slot, text, by in zip(
            alike, *(part[chosen].tolist() for part in (one, name, side)), strict=True
        ):
            held = self._held(lines, slot)
            carried = self._carried(held, pairs.names[text], pairs.sides[by])
            pattern = known.get((number, carried))
            if pattern is None:
                fit = _fit(lines.of(slot), held, carried)
                pattern = known[number, carried] = patterns.setdefault(fit, len(patterns))
            found.append(pattern)
        fits = np.zeros(len(one), np.int64)
        by_number = np.empty(len(first), np.int64)
        by_number[order] = column(found)
        fits[asks] = by_number[numbers]
        return fits, list(patterns)

    def _held(self, lines: Histories, slot: int) -> tuple[Value, ...]:
        """Return every value a slot holds at some time: where it shares a file, what is written for the others too."""
        if slot in self._sharing:
            return tuple(dict.fromkeys(chain.from_iterable(lines.of(slot))))
        return lines.held(slot)

    def _carried(self, held: Sequence[Value], name: str, side: Side) -> tuple[bool, ...]:
        """Return for each value whether its leaf carries the name."""
        named = self.judge.oracle.named
        return tuple([not isinstance(value, IdentityValue) or named(value, name, side) for value in held])

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
        self, asked: Iterable[int], lines: Histories, tallies: Iterable[_Tally]
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
        ends, sides, many = self.judge.oracle.ends, self.pairs.sides, len(self.pairs.sides)
        latest = _latest(found)
        for both in asked:
            slot = both // many
            side = sides[both % many]
            for value in self._held(lines, slot):
                until = ends(value, side) if isinstance(value, IdentityValue) else None
                if until is None or (latest is not None and latest <= until):
                    continue
                for place, position in enumerate(lines.of(slot)[1:-1]):
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
        refused = [
            (value, store)
            for value, store in product(shown[place], trusted[place])
            if isinstance(value, IdentityValue) and isinstance(store, TrustValue)
            if not (
                self.judge.cell((value,), (store,), side, start).accepted
                and self.judge.named(value, pairs.names[pairs.name[pair]], side)
            )
        ]
        value, store = refused[0]  # a place that breaks holds at least one
        steps = [
            step for wave in self.waves[:place] for step in wave.steps if isinstance(step, (Switch, Load))
        ]
        leading = self._bringing(steps, presenter, value) | self._bringing(steps, acceptor, store)
        schedule = tuple(step.id for step in steps if step.id in leading)
        connection = pairs.connections[pairs.connection[pair]]
        return Breaking(place, connection, presenter, value, acceptor, store, schedule)

    def _bringing(self, steps: Sequence[Switch | Load], slot: str, value: Value) -> frozenset[str]:
        """Return the ids of the steps that bring a value to a slot: its own, else those that write its file."""
        brought = [step for step in steps if step.after == value]
        own = frozenset(step.id for step in brought if step.slot == slot)
        beside = self.ground.siblings.get(slot, ())
        return own or frozenset(
            step.id for step in brought if isinstance(step, Switch) and step.slot in beside
        )


def _same_consumers(sides: Sequence[Side]) -> list[int]:
    """Return for each side the first one of the same consumer."""
    first: dict[str, int] = {}
    return [first.setdefault(side.consumer, number) for number, side in enumerate(sides)]


def _latest(bounds: Sequence[datetime | None]) -> datetime | None:
    """Return the last of some instants; None when one of them is never."""
    known = [bound for bound in bounds if bound is not None]
    return max(known) if known and len(known) == len(bounds) else None


def _fit(history: History, held: Sequence[Value], carried: Sequence[bool]) -> tuple[bool, ...]:
    """Return, for each position of a history, whether every leaf carries the name.

    Args:
        carried: for each value held, whether it carries it.
    """
    good = dict(zip(held, carried, strict=True))
    return tuple([all(good[value] for value in position) for position in history])
