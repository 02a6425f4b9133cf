"""Verdicts by number, each asked of the oracle once.

A *track kind* is a track with its identity values replaced by their kinds: tracks of one
kind share every matrix. A matrix holds, for a presenter's and an acceptor's track, whether
position i is accepted at position j, that is every value of the one by every value of the
other. What an identity slot holds already is judged by its path alone: a profile bars only
what a plan brings in.
"""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from warifu.domain.estate import IdentityValue, TrustValue
from warifu.domain.rotation.oracle import Acceptance, Oracle, Side
from warifu.domain.rotation.pairs import Classes
from warifu.domain.rotation.units import Position, Track


@dataclass(frozen=True, slots=True)
class Cell:
    """The verdict on one position facing another."""

    accepted: bool
    until: datetime | None
    pending: tuple[Acceptance, ...] = ()
    modelled: bool = False
    judged: int = 0


@dataclass(frozen=True, slots=True)
class Option:
    """A way to avoid a bad cell: a step of the presenter before one of the acceptor, or the reverse."""

    presenter_first: bool
    first: int
    second: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """Every position of a presenter facing every one of an acceptor, and what that demands of the order.

    Args:
        singles: orders that must be kept.
        doubles: of each pair of orders, one must be kept.
        fatal: a bad cell that no order avoids.
    """

    cells: tuple[tuple[Cell, ...], ...]
    singles: tuple[Option, ...]
    doubles: tuple[tuple[Option, Option], ...]
    fatal: tuple[int, int] | None
    pending: bool
    modelled: bool

    @property
    def initial_holds(self) -> bool:
        """What is there now is accepted in every combination."""
        return self.cells[0][0].accepted

    @property
    def final_holds(self) -> bool:
        """What is there in the end is accepted."""
        return self.cells[-1][-1].accepted

    @property
    def is_free(self) -> bool:
        """Demands nothing."""
        return not self.singles and not self.doubles and self.fatal is None


@dataclass(frozen=True, slots=True)
class Seats:
    """Where each slot is found, by its number.

    Args:
        unit: the number of its unit.
        place: its place inside the unit.
        usual: its track under the usual course of the unit.
        values: what it may hold now; empty where nobody looked.
    """

    unit: array[int]
    place: array[int]
    usual: Sequence[Track]
    values: Sequence[Position]


@dataclass(slots=True)
class Known:
    """What a judge learnt of leaves that no engine's answer changes.

    Args:
        values: the number of each value, equal ones having equal numbers.
        kinds: by number of a value, the number of its kind; equal kinds have equal numbers.
        first: the value that stands for its kind.
        classes: how a board that this judge serves divides its pairs, all courses being the usual ones.
        seats: where that board finds each slot.
        pinned: anchors (SHA-256 hex) that some slot may hold or that come.
    """

    values: dict[IdentityValue, int] = field(default_factory=dict)
    kinds: list[int] = field(default_factory=list)
    numbers: dict[Hashable, int] = field(default_factory=dict)
    first: dict[Hashable, IdentityValue] = field(default_factory=dict)
    classes: Classes | None = None
    seats: Seats | None = None
    pinned: frozenset[str] = frozenset()


class Judge:
    """The oracle with a memory.

    Args:
        known: what an earlier judge learnt, with an oracle that says the same of leaves.
    """

    def __init__(self, oracle: Oracle, known: Known | None = None) -> None:
        self.oracle = oracle
        self.known = known = known or Known()
        self._values, self._kinds, self._numbers = known.values, known.kinds, known.numbers
        self._verdicts: dict[tuple[int, TrustValue, Side], Acceptance] = {}
        self._plain: dict[Side, Side] = {}

    def kind(self, value: IdentityValue) -> int:
        """Return the number of a presented value's class."""
        return self._kinds[self.number(value)]

    def number(self, value: IdentityValue) -> int:
        """Return the number of a presented value, its place in `kinds`."""
        number = self._values.get(value)
        if number is None:
            number = self._values[value] = len(self._kinds)
            kind = self.oracle.kind_of(value)
            self._kinds.append(self._numbers.setdefault(kind, len(self._numbers)))
        return number

    @property
    def kinds(self) -> Sequence[int]:
        """The number of each presented value's class, by the value's own number."""
        return self._kinds

    def track_kind(self, track: Track) -> Hashable:
        """Return what equal tracks share: kinds for identities, the values themselves for trust."""
        if len(track) == 2 and len(track[0]) == len(track[1]) == 1:  # nearly every identity
            one, two = track[0][0], track[1][0]
            if isinstance(one, IdentityValue) and isinstance(two, IdentityValue):
                return self.kind(one), self.kind(two)
        kinds: list[Hashable] = []
        last: Position | None = None
        for position in track:
            if position is last:
                kinds.append(kinds[-1])
            elif len(position) == 1 and isinstance(position[0], IdentityValue):
                kinds.append(self.kind(position[0]))
            else:
                found = [self.kind(held) if isinstance(held, IdentityValue) else held for held in position]
                kinds.append(tuple(found))
            last = position
        return tuple(kinds)

    def verdict(self, presented: IdentityValue, trusted: TrustValue, side: Side) -> Acceptance:
        """Return the path verdict."""
        key = (self.kind(presented), trusted, side)
        known = self._verdicts.get(key)
        if known is None:
            known = self._verdicts[key] = self.oracle.judge(presented, trusted, side)
        return known

    def asked(self) -> list[Acceptance]:
        """Return the verdicts that wait for an engine."""
        return [verdict for verdict in self._verdicts.values() if verdict.questions]

    def verdicts(self) -> list[Acceptance]:
        """Return every verdict given so far."""
        return list(self._verdicts.values())

    def plain(self, side: Side) -> Side:
        """Return the side without its profile."""
        known = self._plain.get(side)
        if known is None:
            known = self._plain[side] = replace(side, profile="")
        return known

    def named(self, value: IdentityValue, name: str, side: Side) -> bool:
        """Tell whether a leaf carries a name for this side."""
        return (not name and not side.subjects) or self.oracle.named(value, name, side)

    def cell(self, shown: Position, trusted: Position, side: Side, start: Start) -> Cell:
        """Judge every combination of what may be shown with what may be trusted, names left out."""
        accepted, modelled, judged = True, False, 0
        until: datetime | None = None
        pending: list[Acceptance] = []
        plain = self.plain(side)
        for value in shown:
            if not isinstance(value, IdentityValue):
                continue
            is_there = value in start.shown
            judge_by = plain if is_there else side
            for store in trusted:
                if not isinstance(store, TrustValue):
                    continue
                judged += 1
                verdict = self.verdict(value, store, judge_by)
                until = earlier(until, verdict.until)
                if start.seen and is_there and store in start.trusted:
                    continue
                accepted = accepted and verdict.accepted
                modelled = modelled or verdict.modelled
                if verdict.questions:
                    pending.append(verdict)
        return Cell(accepted, until, tuple(pending), modelled, judged)

    def matrix(
        self, shown: Track, trusted: Track, side: Side, *, named: tuple[bool, ...], seen: bool
    ) -> Matrix:
        """Judge two tracks against each other.

        Args:
            named: for each position of the presenter, whether every leaf of it carries the name.
            seen: a handshake between what both hold now was seen to succeed.
        """
        start = Start.of(shown[0], trusted[0], seen=seen)
        rows = []
        for number, position in enumerate(shown):
            row = []
            for other, stores in enumerate(trusted):
                cell = self.cell(position, stores, side, start)
                live = start.seen and number == other == 0
                row.append(cell if named[number] or live else replace(cell, accepted=False))
            rows.append(tuple(row))
        return read_matrix(tuple(rows))


@dataclass(frozen=True, slots=True)
class Start:
    """What both ends of a pair may hold now.

    Args:
        seen: a handshake was seen to succeed, and it can have been between these values only.
    """

    shown: Position
    trusted: Position
    seen: bool

    @classmethod
    def of(cls, shown: Position, trusted: Position, *, seen: bool) -> Start:
        """Return the start; a handshake tells nothing of a slot that may hold several values."""
        return cls(shown, trusted, seen and len(shown) == 1 and len(trusted) == 1)


def read_matrix(cells: tuple[tuple[Cell, ...], ...]) -> Matrix:
    """Return a matrix with the orders it demands.

    A bad cell (i, j) is avoided when the presenter has left i before the acceptor comes to j, or
    the other way round. Position 0 has no coming, the last one no leaving.
    """
    last_i, last_j = len(cells) - 1, len(cells[0]) - 1
    singles: list[Option] = []
    doubles: list[tuple[Option, Option]] = []
    fatal: tuple[int, int] | None = None
    for i, row in enumerate(cells):
        for j, cell in enumerate(row):
            if cell.accepted:
                continue
            ways = []
            if i < last_i and j > 0:
                ways.append(Option(presenter_first=True, first=i + 1, second=j))
            if j < last_j and i > 0:
                ways.append(Option(presenter_first=False, first=j + 1, second=i))
            if not ways:
                fatal = fatal or (i, j)
            elif len(ways) == 1:
                singles.append(ways[0])
            else:
                doubles.append((ways[0], ways[1]))
    return Matrix(
        cells,
        tuple(dict.fromkeys(singles)),
        tuple(dict.fromkeys(doubles)),
        fatal,
        pending=any(cell.pending for row in cells for cell in row),
        modelled=any(cell.modelled for row in cells for cell in row),
    )


def earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    """Return the earlier instant; None is never."""
    if one is None or other is None:
        return one or other
    return min(one, other)
