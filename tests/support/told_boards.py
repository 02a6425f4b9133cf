"""Boards without certificates: who refuses what is told in letters.

place = ToldBoard(refused="y/b")
place.shows("web", "x y z")            # one course; several of them are several arguments
place.trusts("app", "a b c", "a c")
place.meet("web", "app")
place.board
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from support.pki import NOW
from warifu.domain.estate import IdentityValue, Observed, TrustValue, Value
from warifu.domain.rotation.board import Board, set_up_board
from warifu.domain.rotation.judge import Judge
from warifu.domain.rotation.oracle import Acceptance, Side
from warifu.domain.rotation.pairs import Pairs
from warifu.domain.rotation.units import Track, Unit

SIDE = Side("openssl", "serverAuth")


def leaf(letter: str) -> IdentityValue:
    """What is presented, by its letter."""
    return IdentityValue(letter)


def store(letters: str) -> TrustValue:
    """What is trusted: an anchor for each letter."""
    return TrustValue(tuple(letters))


@dataclass
class Told:
    """An oracle that refuses what it was told to, and knows how long each leaf lives.

    Args:
        refused: leaf and store, as `x/a`; `gnutls:x/a` is refused by that consumer alone.
        kinds: the kind of a leaf; its own where none is told.
        unnamed: leaves that carry no name.
        until: when a leaf facing a store begins to be refused, as `x/a`.
        endings: when a leaf ends.
        asked: what was judged so far, in order.
    """

    refused: frozenset[str] = frozenset()
    kinds: Mapping[str, str] = field(default_factory=dict)
    unnamed: frozenset[str] = frozenset()
    until: Mapping[str, datetime] = field(default_factory=dict)
    endings: Mapping[str, datetime] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def kind_of(self, presented: IdentityValue) -> Hashable:
        """Its own kind, or the one told."""
        return self.kinds.get(presented.leaf, presented.leaf)

    def judge(self, presented: IdentityValue, trusted: TrustValue, side: Side) -> Acceptance:
        """Accepted unless refused."""
        mark = f"{presented.leaf}/{''.join(trusted.anchors)}"
        self.asked.append(mark)
        refused = mark in self.refused or f"{side.consumer}:{mark}" in self.refused
        return Acceptance(not refused, self.until.get(mark))

    def named(self, presented: IdentityValue, _name: str, _side: Side) -> bool:
        """Carries every name unless told."""
        return presented.leaf not in self.unnamed

    def ends(self, presented: IdentityValue, _side: Side) -> datetime | None:
        """As told."""
        return self.endings.get(presented.leaf)


class ToldBoard:
    """Puts a board together from letters."""

    def __init__(self, refused: str = "", oracle: Told | None = None) -> None:
        self.oracle = oracle or Told(frozenset(refused.split()))
        self.units: list[Unit] = []
        self.slots: dict[str, int] = {}
        self.meetings: list[tuple[str, str]] = []
        self.names: list[str] = []
        self.sides: list[Side] = []
        self.broken: set[str] = set()

    def shows(self, name: str, *courses: str) -> int:
        """A unit of one presenter: positions of a course are apart, values of one position joined by `|`."""
        return self._unit(name, tuple(_positions(course, leaf) for course in courses))

    def trusts(self, name: str, *courses: str) -> int:
        """A unit of one acceptor."""
        return self._unit(name, tuple(_positions(course, store) for course in courses))

    def alike(self, name: str, other: str) -> int:
        """A unit with the very same courses as another one."""
        return self._add(name, self.units[self.slots[other]].courses)

    def _unit(self, name: str, tracks: tuple[Track, ...]) -> int:
        return self._add(name, tuple((track,) for track in tracks))

    def _add(self, name: str, courses: tuple[tuple[Track, ...], ...]) -> int:
        self.slots[name] = len(self.units)
        self.units.append(Unit((name,), courses))
        return self.slots[name]

    def meet(
        self, presenter: str, acceptor: str, *, owed: bool = True, name: str = "", side: Side = SIDE
    ) -> int:
        """A pair on a connection of its own."""
        self.meetings.append((presenter, acceptor))
        self.names.append(name)
        self.sides.append(side)
        if not owed:
            self.broken.add(f"{presenter}-{acceptor}")
        return len(self.meetings) - 1

    @property
    def board(self) -> Board:
        """The board so far."""
        count = len(self.meetings)
        names, sides = list(dict.fromkeys(("", *self.names))), list(dict.fromkeys((SIDE, *self.sides)))
        pairs = Pairs(
            dict(self.slots),
            [f"{one}-{two}" for one, two in self.meetings],
            sides,
            names,
            array("I", [self.slots[one] for one, _ in self.meetings]),
            array("I", [self.slots[two] for _, two in self.meetings]),
            array("I", [sides.index(side) for side in self.sides]),
            array("I", [names.index(name) for name in self.names]),
            array("I", range(count)),
        )
        held = dict.fromkeys(self.broken, False)
        return set_up_board(tuple(self.units), pairs, Judge(self.oracle), Observed(NOW, {}, {}, held=held))


def _positions(course: str, value: Callable[[str], Value]) -> Track:
    return tuple(tuple(value(letter) for letter in position.split("|")) for position in course.split())
