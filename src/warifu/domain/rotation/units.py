"""Units: slots that change together, and the positions they can go through.

Slots that share a file on a node are one unit: one write changes what all of them have on
disk. A unit goes through a line of positions. Position 0 is what each slot may hold now, a
set; every later one is a single value, reached by one step. A *course* is one such line;
the first course of a unit is the usual one, the others are tried when it leads nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from warifu.domain.estate import (
    Estate,
    IdentityValue,
    Observed,
    Slot,
    SlotState,
    TrustSlot,
    TrustValue,
    Value,
)

Position = tuple[Value, ...]
Track = tuple[Position, ...]


class Goal(NamedTuple):
    """What a slot is to hold in the end.

    Args:
        identity: the identity it presents; None leaves it.
        adds: anchors it begins to trust, in order.
        removes: anchors it ceases to trust.
        value: a value it gets back as a whole.
    """

    identity: IdentityValue | None = None
    adds: tuple[str, ...] = ()
    removes: tuple[str, ...] = ()
    value: Value | None = None

    def joined(self, other: Goal) -> Goal:
        """Return both goals as one; what one adds again is not removed by the other."""
        if self is STAY and not (other.adds and other.removes):
            return other
        adds = tuple(dict.fromkeys((*self.adds, *other.adds)))
        removes = tuple(dict.fromkeys((*self.removes, *other.removes)))
        return Goal(
            other.identity or self.identity,
            tuple(anchor for anchor in adds if anchor not in removes),
            removes,
            other.value or self.value,
        )


STAY = Goal()


class Unit(NamedTuple):
    """Slots that change together.

    Args:
        courses: for each course, the track of each slot; tracks of one course are equally long.
    """

    slots: tuple[str, ...]
    courses: tuple[tuple[Track, ...], ...]


Courses = tuple[tuple[Track, ...], ...]


@dataclass(slots=True)
class TrackMaker:
    """Makes tracks, and gives equal slots the very same ones."""

    _made: dict[object, tuple[Track, ...]] = field(default_factory=dict)
    _known: dict[tuple[int, ...], tuple[tuple[object, ...], tuple[Track, ...]]] = field(default_factory=dict)
    _alone: dict[int, Courses] = field(default_factory=dict)
    _shared: dict[tuple[Track, ...], Courses] = field(default_factory=dict)

    def tracks(self, state: SlotState, goal: Goal, *, single: bool) -> tuple[Track, ...]:
        """Return the tracks of a slot, the usual one first, without doubles."""
        mark = (single, id(goal), id(state.on_disk), *map(id, state.loaded))
        known = self._known.get(mark)
        if known is not None:
            return known[1]
        key = (state.on_disk, state.loaded, goal, single)
        made = self._made.get(key)
        if made is None:
            starts = _starts(state, goal)
            found = [track for head, value in starts for track in _onward(head, value, goal, single=single)]
            made = self._made[key] = tuple(dict.fromkeys(found))
        self._known[mark] = (key, made)  # what it was made of is kept, so that no other object gets its id
        return made

    def courses(self, state: SlotState, goal: Goal, *, single: bool) -> Courses:
        """Return the courses of a slot that shares no file."""
        base = state.values
        if goal.identity is not None and goal.value is None and len(base) < 2:
            aim = (goal.identity,)
            return (((base,) if base == aim else (base, aim),),)  # one course: nothing to choose alike
        tracks = self.tracks(state, goal, single=single)
        known = self._alone.get(id(tracks))
        if known is None:
            found = tuple((track,) for track in tracks)
            known = self._alone[id(tracks)] = self._shared.setdefault(tracks, found)
        return known


def _starts(state: SlotState, goal: Goal) -> list[tuple[Track, Value | None]]:
    """Return where tracks may start: as the slot is, or settled on one of the values it may hold.

    A removal settles first: what is on disk already is usually what an earlier rollout added.
    """
    base = state.values
    as_it_is: tuple[Track, Value | None] = ((base,), state.on_disk)
    if len(base) < 2:
        return [as_it_is]
    settled: list[tuple[Track, Value | None]] = [((base, (value,)), value) for value in base]
    disk = state.on_disk
    adds_nothing = isinstance(disk, TrustValue) and not set(goal.adds) - set(disk.anchors)
    if adds_nothing and set(goal.removes) & set(disk.anchors if isinstance(disk, TrustValue) else ()):
        return [settled[0], as_it_is, *settled[1:]]
    return [as_it_is, *settled]


def _onward(head: Track, value: Value | None, goal: Goal, *, single: bool) -> Iterable[Track]:
    for line in _lines(value, goal, single=single):
        track = head
        for step in line:
            if track[-1] != (step,):
                track = (*track, (step,))
        yield track


def _lines(value: Value | None, goal: Goal, *, single: bool) -> list[tuple[Value, ...]]:
    """Return the values to go through after the start, for each way of getting there."""
    if goal.value is not None:
        return _back_to(goal.value, value, single=single)
    if goal.identity is not None:
        return [(goal.identity,)]
    if not isinstance(value, TrustValue) or not (goal.adds or goal.removes):
        return [()]
    adds = tuple(anchor for anchor in goal.adds if anchor not in value.anchors)
    removes = frozenset(goal.removes)

    def without(anchors: Iterable[str]) -> TrustValue:
        return TrustValue(tuple(anchor for anchor in anchors if anchor not in removes), value.crls)

    back = TrustValue((*value.anchors, *adds), value.crls)
    front = TrustValue((*adds, *value.anchors), value.crls)
    if not adds or not removes & set(value.anchors):
        ends = [without(back.anchors)] + ([without(front.anchors)] if adds else [])
        return [(end,) for end in ends]
    if single:
        return [(without(back.anchors),)]
    lines: list[tuple[Value, ...]] = [
        (back, without(back.anchors)),
        (front, without(front.anchors)),
        (without(back.anchors),),
        (without(front.anchors),),
        (back, front, without(front.anchors)),
        (front, back, without(back.anchors)),
    ]
    if len(adds) + len(removes) > 2:
        lines += _one_by_one(value, adds, goal.removes)
    return lines


def _back_to(goal: Value, value: Value | None, *, single: bool) -> list[tuple[Value, ...]]:
    """Return the ways back to a whole value: through both sets of anchors where the store can hold them."""
    if single or not isinstance(goal, TrustValue) or not isinstance(value, TrustValue):
        return [(goal,)]
    back = (*goal.anchors, *(anchor for anchor in value.anchors if anchor not in goal.anchors))
    front = (*value.anchors, *(anchor for anchor in goal.anchors if anchor not in value.anchors))
    return [
        (TrustValue(back, goal.crls), goal),
        (TrustValue(front, goal.crls), goal),
        (goal,),
    ]


def _one_by_one(
    value: TrustValue, adds: tuple[str, ...], removes: tuple[str, ...]
) -> list[tuple[Value, ...]]:
    anchors = value.anchors
    line: list[Value] = []
    for anchor in adds:
        anchors = (*anchors, anchor)
        line.append(TrustValue(anchors, value.crls))
    for gone in removes:
        anchors = tuple(anchor for anchor in anchors if anchor != gone)
        line.append(TrustValue(anchors, value.crls))
    return [tuple(line)]


def build_units(estate: Estate, observed: Observed, goals: Mapping[str, Goal]) -> tuple[Unit, ...]:
    """Return every slot of the estate in its unit, in the estate's order."""
    slots, seen, maker = estate.slots, observed.slots, TrackMaker()
    singles = frozenset(name for name, store in estate.trust_stores.items() if store.single)
    units: list[Unit] = []
    for names in _sharing(estate):
        if len(names) == 1:
            name = names[0]
            slot, goal = slots[name], goals.get(name, STAY)
            state = seen.get(name) or SlotState(name, None)
            if isinstance(slot, TrustSlot):
                fits, single = goal.identity is None, slot.store in singles
            else:
                fits, single = not (goal.adds or goal.removes), False
            if goal.value is not None or not fits:
                goal = _fitting(goal, slot)
            courses = maker.courses(state, goal, single=single)
        else:
            goal = STAY
            for name in names:
                goal = goal.joined(goals.get(name, STAY))
            found = []
            for name in names:
                slot, state = slots[name], seen.get(name) or SlotState(name, None)
                single = isinstance(slot, TrustSlot) and slot.store in singles
                found.append(maker.tracks(state, _fitting(goal, slot), single=single))
            courses = _courses(found)
        units.append(Unit(names, courses))
    return tuple(units)


def _courses(found: list[tuple[Track, ...]]) -> tuple[tuple[Track, ...], ...]:
    count = max(len(tracks) for tracks in found)
    courses = []
    for number in range(count):
        chosen = [tracks[min(number, len(tracks) - 1)] for tracks in found]
        length = max(len(track) for track in chosen)
        courses.append(tuple(track + (track[-1],) * (length - len(track)) for track in chosen))
    return tuple(dict.fromkeys(courses))


def _fitting(goal: Goal, slot: Slot) -> Goal:
    if isinstance(slot, TrustSlot):
        value = goal.value if isinstance(goal.value, TrustValue) else None
        return (
            goal
            if goal.identity is None and value is goal.value
            else Goal(None, goal.adds, goal.removes, value)
        )
    if goal.adds or goal.removes or isinstance(goal.value, TrustValue):
        return Goal(goal.identity, value=goal.value if isinstance(goal.value, IdentityValue) else None)
    return goal


def _sharing(estate: Estate) -> list[tuple[str, ...]]:
    """Return the slots grouped by shared files, each group in the estate's order."""
    first: dict[tuple[str, str], str] = {}
    leader: dict[str, str] = {}

    def find(name: str) -> str:
        while name in leader:
            name = leader[name]
        return name

    for name, slot in estate.slots.items():
        node = estate.services[slot.service].node
        for path in slot.files:
            other = first.setdefault((node, path), name)
            if other is name:
                continue
            one, two = find(other), find(name)
            if one != two:
                leader[two] = one
    if not leader:
        return [(name,) for name in estate.slots]
    groups: dict[str, list[str]] = {}
    for name in estate.slots:
        groups.setdefault(find(name), []).append(name)
    return [tuple(names) for names in groups.values()]


def touched(units: Iterable[Unit]) -> tuple[Unit, ...]:
    """Return the units whose usual course has at least one step."""
    return tuple(unit for unit in units if len(unit.courses[0][0]) > 1)
