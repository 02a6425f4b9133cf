"""The whole question of a plan as numbers: units with their courses, pairs, and what each pair demands.

Cost: pairs are put into classes all at once, as columns of numbers; verdicts and matrices are
shared by class.
"""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from warifu.domain.estate import IdentityValue, Observed
from warifu.domain.rotation.columns import Column, Mask, column, join, kept, mask, numbered, present
from warifu.domain.rotation.judge import Judge, Matrix, Seats
from warifu.domain.rotation.oracle import Side
from warifu.domain.rotation.pairs import Classes, Pairs
from warifu.domain.rotation.units import Position, Track, Unit


@dataclass(slots=True)
class Board:
    """Units, pairs and what is owed.

    Args:
        unit_of: unit number by slot number; `place_of` is the slot's place inside its unit.
        usual: the track of each slot under the usual course of its unit.
        values: what each slot may hold now, by its number.
        owed: by connection number: it holds now, so no attempt on it may fail.
        seen: by connection number: a live handshake was seen to succeed.
    """

    judge: Judge
    units: tuple[Unit, ...]
    pairs: Pairs
    unit_of: array[int]
    place_of: array[int]
    usual: Sequence[Track]
    values: Sequence[Position]
    owed: bytearray = field(default_factory=bytearray)
    seen: bytearray = field(default_factory=bytearray)
    _kinds: dict[Hashable, int] = field(default_factory=dict)
    _kind_of_track: dict[int, int] = field(default_factory=dict)
    _matrices: dict[int, Matrix] = field(default_factory=dict)
    _name_sides: dict[tuple[tuple[str, ...], str], int] = field(default_factory=dict)
    _side_names: list[int] = field(default_factory=list)
    _of_class: list[Matrix] = field(default_factory=list)

    @property
    def classes(self) -> Classes:
        """The pairs by class, under the usual courses."""
        known = self.judge.known
        if known.classes is None:
            known.classes = self._classify()
        return known.classes

    def class_matrices(self) -> list[Matrix]:
        """Return the matrix of each class."""
        if not self._of_class:
            self._of_class = [matrix for _, matrix in self._look_at(self.classes.first, {})]
        return self._of_class

    def _classify(self) -> Classes:
        """Number the class of every pair, all pairs at once."""
        pairs = self.pairs
        shown, trusted, side, name = (
            column(numbers) for numbers in (pairs.presenter, pairs.acceptor, pairs.side, pairs.name)
        )
        kinds = np.zeros(len(pairs.slots), np.int64)
        used = present(np.concatenate((shown, trusted)), len(kinds))
        usual = self.usual
        known = self._kind_of_track
        kinds[used] = [
            self.kind_of_track(usual[slot]) if (kind := known.get(id(usual[slot]))) is None else kind
            for slot in used.tolist()
        ]
        fits, fit_bound = self._fits(shown, side, name)
        many = len(self._kinds)
        keys, bound = join(
            (
                (kinds[shown], many),
                (fits, fit_bound),
                (kinds[trusted], many),
                (side, len(pairs.sides)),
                (mask(self.seen)[column(pairs.connection)].astype(np.int64), 2),
            )
        )
        numbers, first = numbered(keys, bound)
        return Classes(kept(numbers), first.tolist())

    def _fits(self, shown: Column, side: Column, name: Column) -> tuple[Column, int]:
        """Number for every pair where the presenter's leaves carry the name; 0 where none is asked for."""
        pairs = self.pairs
        asks_side = np.array([bool(one.subjects) for one in pairs.sides], np.bool_)
        asks_name = np.array([bool(one) for one in pairs.names], np.bool_)
        asks = asks_side[side] | asks_name[name]
        alike = np.array(self._side_names, np.int64)
        keys, bound = join(
            (
                (shown[asks], len(pairs.slots)),
                (name[asks], len(pairs.names)),
                (alike[side[asks]], len(self._name_sides)),
            )
        )
        numbers, first = numbered(keys, bound)
        order = np.argsort(shown[asks][first])  # slot after slot: what lies together is read together
        patterns: dict[tuple[bool, ...], int] = {}
        look, usual, called, sides = self._look_for_name, self.usual, pairs.names, pairs.sides
        found = np.empty(len(first), np.int64)
        found[order] = [
            patterns.setdefault(look(usual[one], called[text], sides[by]), len(patterns) + 1)
            for one, text, by in zip(
                *(part[asks][first][order].tolist() for part in (shown, name, side)), strict=True
            )
        ]
        fits = np.zeros(len(shown), np.int64)
        fits[asks] = found[numbers]
        return fits, len(patterns) + 1

    def track(self, slot: int, course: Mapping[int, int]) -> Track:
        """Return the track of a slot under the chosen courses (0 unless named)."""
        unit = self.unit_of[slot]
        return self.units[unit].courses[course.get(unit, 0)][self.place_of[slot]]

    def kind_of_track(self, track: Track) -> int:
        """Return the number of a track's kind; the units keep every track, so that its id stays its own."""
        found = self._kind_of_track.get(id(track))
        if found is None:
            kind = self.judge.track_kind(track)
            found = self._kind_of_track[id(track)] = self._kinds.setdefault(kind, len(self._kinds))
        return found

    def matrix(self, pair: int, course: Mapping[int, int]) -> Matrix:
        """Return the matrix of one pair under the chosen courses."""
        return next(iter(self.matrices((pair,), course)))[1]

    def matrices(self, chosen: Iterable[int], course: Mapping[int, int]) -> Iterable[tuple[int, Matrix]]:
        """Yield each pair with its matrix."""
        if course:
            yield from self._look_at(chosen, course)
            return
        matrices, numbers = self.class_matrices(), self.classes.numbers
        for pair in chosen:
            yield pair, matrices[numbers[pair]]

    def _look_at(self, chosen: Iterable[int], course: Mapping[int, int]) -> Iterable[tuple[int, Matrix]]:
        """Yield each pair with its matrix, looked at one by one; in plain numbers."""
        pairs, seen, found, side_names = self.pairs, self.seen, self._matrices, self._side_names
        presenter, acceptor, side, name = pairs.presenter, pairs.acceptor, pairs.side, pairs.name
        connection, many, count = pairs.connection, len(pairs.names), len(self._name_sides)
        kinds: dict[int, int] = {}
        fits: dict[int, int] = {}
        for pair in chosen:
            one, two, by = presenter[pair], acceptor[pair], side[pair]
            shown = kinds.get(one)
            if shown is None:
                shown = kinds[one] = self.kind_of_track(self.track(one, course))
            trusted = kinds.get(two)
            if trusted is None:
                trusted = kinds[two] = self.kind_of_track(self.track(two, course))
            place = (one * many + name[pair]) * count + side_names[by]
            bits = fits.get(place)
            if bits is None:
                bits = fits[place] = self._bits(self._fit(one, name[pair], by, course))
            key = (((bits << 24 | shown) << 24 | trusted) << 20 | by) << 1 | seen[connection[pair]]
            matrix = found.get(key)
            if matrix is None:
                matrix = found[key] = self.judge.matrix(
                    self.track(one, course),
                    self.track(two, course),
                    pairs.sides[by],
                    named=self._fit(one, name[pair], by, course),
                    seen=bool(seen[connection[pair]]),
                )
            yield pair, matrix

    @staticmethod
    def _bits(fit: tuple[bool, ...]) -> int:
        bits = 1
        for good in fit:
            bits = bits * 2 + good
        return bits

    def _fit(self, slot: int, name: int, side: int, course: Mapping[int, int]) -> tuple[bool, ...]:
        """Return, for each position, whether every leaf of it carries the name."""
        return self._look_for_name(self.track(slot, course), self.pairs.names[name], self.pairs.sides[side])

    def _look_for_name(self, shown: Track, name: str, side: Side) -> tuple[bool, ...]:
        if not (name or side.subjects):
            return (True,) * len(shown)
        named, found = self.judge.oracle.named, []
        for position in shown:
            good = True
            for value in position:
                good = good and (not isinstance(value, IdentityValue) or named(value, name, side))
            found.append(good)
        return tuple(found)

    def goals(self) -> bytearray:
        """Return by connection number whether it must hold in the end: it is owed, or some step touches it."""
        wanted = bytearray(self.owed)
        if 0 not in wanted:
            return wanted
        return bytearray((mask(wanted) | self.touched(self.moving())).tobytes())

    def moving(self) -> Mask:
        """Tell by unit number whether its usual course has at least one step."""
        moves = np.zeros(len(self.units), np.bool_)
        moves[column(self.unit_of)[np.fromiter(map(len, self.usual), np.int64, len(self.usual)) > 1]] = True
        return moves

    def touched(self, moving: Mask) -> Mask:
        """Tell by connection number whether one of these units is at one of its ends."""
        pairs = self.pairs
        slots = moving[column(self.unit_of)]
        ends = slots[column(pairs.presenter)] | slots[column(pairs.acceptor)]
        found = np.zeros(len(pairs.connections), np.bool_)
        found[column(pairs.connection)[ends]] = True
        return found

    def number_sides(self) -> None:
        """Give sides that look for names alike one number."""
        for side in self.pairs.sides:
            key = (side.subjects, side.consumer)
            self._side_names.append(self._name_sides.setdefault(key, len(self._name_sides)))


def set_up_board(units: tuple[Unit, ...], pairs: Pairs, judge: Judge, observed: Observed) -> Board:
    """Return the board with what is owed: seen live, or where not seen, held by every verdict on what is there."""
    known = judge.known
    seats = known.seats = known.seats or _seats(units, pairs.slots, observed)
    board = Board(judge, units, pairs, seats.unit, seats.place, seats.usual, seats.values)
    count = len(pairs.connections)
    board.seen, board.owed = bytearray(count), bytearray(b"\1") * count
    for connection, name in enumerate(pairs.connections) if observed.held else ():
        live = observed.held.get(name)
        board.seen[connection] = live is True
        board.owed[connection] = live is not False
    board.number_sides()
    return board


def _seats(units: Sequence[Unit], slots: Mapping[str, int], observed: Observed) -> Seats:
    states = map(observed.slots.get, slots)
    values = [() if state is None else state.values for state in states]
    if list(slots) == [name for unit in units for name in unit.slots] and len(slots) == len(units):
        unit_of, place_of = array("I", range(len(slots))), array("I", bytes(4 * len(slots)))
        return Seats(unit_of, place_of, [unit.courses[0][0] for unit in units], values)
    unit_of, place_of = (array("I", bytes(4 * len(slots))) for _ in range(2))
    usual: list[Track] = [()] * len(slots)
    for number, unit in enumerate(units):
        tracks = unit.courses[0]
        for place, name in enumerate(unit.slots):
            slot = slots[name]
            unit_of[slot], place_of[slot], usual[slot] = number, place, tracks[place]
    return Seats(unit_of, place_of, usual, values)
