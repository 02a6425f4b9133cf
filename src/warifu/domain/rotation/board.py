"""The whole question of a plan as numbers: units with their courses, pairs, and what each pair demands.

Cost: one pass over the pairs, with one dictionary look-up each; verdicts and matrices are
shared by kind.
"""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field

from warifu.domain.estate import IdentityValue, Observed
from warifu.domain.rotation.judge import Judge, Matrix
from warifu.domain.rotation.oracle import Side
from warifu.domain.rotation.pairs import Classes, Pairs
from warifu.domain.rotation.units import Track, Unit


@dataclass(slots=True)
class Board:
    """Units, pairs and what is owed.

    Args:
        unit_of: unit number by slot number; `place_of` is the slot's place inside its unit.
        owed: by connection number: it holds now, so no attempt on it may fail.
        seen: by connection number: a live handshake was seen to succeed.
    """

    judge: Judge
    units: tuple[Unit, ...]
    pairs: Pairs
    unit_of: array[int] = field(default_factory=lambda: array("I"))
    place_of: array[int] = field(default_factory=lambda: array("I"))
    owed: bytearray = field(default_factory=bytearray)
    seen: bytearray = field(default_factory=bytearray)
    _kinds: dict[Hashable, int] = field(default_factory=dict)
    _kind_of_track: dict[Track, int] = field(default_factory=dict)
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
        """Number the class of every pair: one pass over all pairs, in plain numbers."""
        pairs, found = self.pairs, Classes()
        many, count, sides = len(pairs.names), len(self._name_sides), len(pairs.sides)
        trusting = [-1] * len(pairs.slots)
        showing: dict[int, int] = {}
        shown_kinds: dict[tuple[int, tuple[bool, ...]], int] = {}
        classes: dict[int, int] = {}
        side_names, seen, put, first = self._side_names, self.seen, found.numbers.append, found.first
        columns = zip(pairs.presenter, pairs.acceptor, pairs.side, pairs.name, pairs.connection, strict=True)
        for pair, (one, two, side, name, connection) in enumerate(columns):
            trusted = trusting[two]
            if trusted < 0:
                trusted = trusting[two] = self.kind_of_track(self.track(two, {}))
            place = (one * many + name) * count + side_names[side]
            shown = showing.get(place)
            if shown is None:
                kind = (self.kind_of_track(self.track(one, {})), self._fit(one, name, side, {}))
                shown = showing[place] = shown_kinds.setdefault(kind, len(shown_kinds))
            key = ((shown << 24 | trusted) * sides + side) << 1 | seen[connection]
            number = classes.get(key)
            if number is None:
                number = classes[key] = len(first)
                first.append(pair)
            put(number)
        return found

    def track(self, slot: int, course: Mapping[int, int]) -> Track:
        """Return the track of a slot under the chosen courses (0 unless named)."""
        unit = self.unit_of[slot]
        return self.units[unit].courses[course.get(unit, 0)][self.place_of[slot]]

    def kind_of_track(self, track: Track) -> int:
        """Return the number of a track's kind."""
        number = self._kind_of_track.get(track)
        if number is None:
            kind = self.judge.track_kind(track)
            number = self._kinds.setdefault(kind, len(self._kinds))
            self._kind_of_track[track] = number
        return number

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
            key = ((((shown << 24) | trusted) << 20 | by) << 12 | bits) << 1 | seen[connection[pair]]
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
        return tuple(
            all(self.judge.named(value, name, side) for value in position if isinstance(value, IdentityValue))
            for position in shown
        )

    def goals(self) -> bytearray:
        """Return by connection number whether it must hold in the end: it is owed, or some step touches it."""
        wanted = bytearray(self.owed)
        pairs, unit_of = self.pairs, self.unit_of
        moves = bytearray(len(unit.courses[0][0]) > 1 for unit in self.units)
        if all(wanted):
            return wanted
        for one, two, connection in zip(pairs.presenter, pairs.acceptor, pairs.connection, strict=True):
            if moves[unit_of[one]] or moves[unit_of[two]]:
                wanted[connection] = 1
        return wanted

    def number_sides(self) -> None:
        """Give sides that look for names alike one number."""
        for side in self.pairs.sides:
            key = (side.subjects, side.consumer)
            self._side_names.append(self._name_sides.setdefault(key, len(self._name_sides)))


def set_up_board(units: tuple[Unit, ...], pairs: Pairs, judge: Judge, observed: Observed) -> Board:
    """Return the board with what is owed: seen live, or where not seen, held by every verdict on what is there."""
    board = Board(judge, units, pairs)
    board.unit_of = array("I", bytes(4 * len(pairs.slots)))
    board.place_of = array("I", bytes(4 * len(pairs.slots)))
    for number, unit in enumerate(units):
        for place, name in enumerate(unit.slots):
            slot = pairs.slots[name]
            board.unit_of[slot] = number
            board.place_of[slot] = place
    held = [observed.held.get(name) for name in pairs.connections]
    board.seen = bytearray(live is True for live in held)
    board.owed = bytearray(live is not False for live in held)
    board.number_sides()
    return board
