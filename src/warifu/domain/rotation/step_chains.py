"""Makes the steps of units, each unit's steps of a wave as one chain.

An estate of 100,000 nodes has 300,000 steps, and most differ in little: those of slots that share
no file are made column by column, all that go the same way at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from itertools import repeat
from operator import itemgetter

from warifu.domain.estate import Estate, IdentityValue, Loading, SlotState, TrustValue, Value
from warifu.domain.rotation.steps import Load, Step, Switch
from warifu.domain.rotation.units import Position, Track, Unit

Chain = tuple[Step, ...]
Placed = tuple[Unit, tuple[Track, ...], tuple[int, ...]]
"""One unit, the tracks of its course, and the wave of each of its steps."""
_Change = tuple[int, Position, Value, str, bool]
"""Number of the position, what is held before, what comes, the kind of step, and whether it is held already."""
_Row = tuple[int, str, Position, Value]
"""A slot: its place in the order of units, its name, and what it holds first and last."""
RESTART = timedelta(seconds=30)
RELOAD = timedelta(seconds=5)
_SETTLE = "rotation.why-settle"
_UNDO: bool = Switch._field_defaults["undo"]


def make_chains(
    placed: Iterable[Placed], estate: Estate, seen: Mapping[str, SlotState], why: Mapping[str, str]
) -> dict[int, list[Chain]]:
    """Return the chains of each wave, in the order of the units."""
    found: defaultdict[int, list[tuple[int, Chain]]] = defaultdict(list)
    maker = _StepMaker(estate, seen, why)
    ways: dict[Hashable, _Way | None] = {}
    slots, restarting = estate.slots, _restarting(estate)
    for place, (unit, tracks, levels) in enumerate(placed):
        name, track = unit.slots[0], tracks[0]
        after = track[-1][0]
        is_identity = isinstance(after, IdentityValue)
        way = None
        if len(tracks) == 1 and not (is_identity and (len(track) > 2 or after in track[0])):
            reason = why.get(name, _SETTLE)
            interrupts = bool(restarting) and slots[name].service in restarting
            key = 0 if is_identity else id(track), levels, reason, interrupts
            way = ways.get(key)
            if way is None and key not in ways:
                way = ways[key] = _way(maker.changes(track), levels, reason, interrupts=interrupts)
        if way is None:
            for level, chain in maker.chains(unit, tracks, levels):
                found[level].append((place, chain))
        else:
            way.rows.append((place, name, track[0], after))
    for way in ways.values():
        for level, chains in way.chains(estate) if way else ():
            found[level] += chains
    return {level: [chain for _, chain in sorted(found[level], key=itemgetter(0))] for level in found}


@dataclass(frozen=True, slots=True)
class _Way:
    """Slots that make the same changes in the same waves for the same reason; identities have values of their own."""

    changes: Sequence[_Change]
    levels: tuple[int, ...]
    why: str
    interrupts: bool
    rows: list[_Row] = field(default_factory=list)

    def chains(self, estate: Estate) -> Iterator[tuple[int, Iterable[tuple[int, Chain]]]]:
        """Yield for each wave the chains of all slots, each with its place."""
        places, names, befores, afters = zip(*self.rows, strict=True)
        services, slots = estate.services, estate.slots
        nodes = [services[slots[name].service].node for name in names]
        columns: dict[int, list[Iterable[Step]]] = {}
        takes = RESTART if self.interrupts else RELOAD
        for level, (number, before, after, kind, _) in zip(self.levels, self.changes, strict=True):
            steps = zip(
                [f"{name}#{number}" for name in names],
                repeat(self.why),
                repeat(_named(kind, self.why)),
                names,
                nodes,
                befores if isinstance(after, IdentityValue) else repeat(before),
                afters if isinstance(after, IdentityValue) else repeat(after),
                repeat(self.interrupts),
                repeat(takes),
                repeat(_UNDO),
            )
            columns.setdefault(level, []).append(map(Switch._make, steps))
        for level, together in columns.items():
            yield level, zip(places, zip(*together, strict=True), strict=True)


def _restarting(estate: Estate) -> frozenset[str]:
    return frozenset(name for name, one in estate.services.items() if one.loading is Loading.RESTART)


def _way(
    changes: Sequence[_Change | None], levels: tuple[int, ...], why: str, *, interrupts: bool
) -> _Way | None:
    """Return the way of slots with these changes; None where each has to be looked at: it may only need loading."""
    known = [change for change in changes if change is not None]
    if len(known) < len(changes) or any(number == 1 and is_held for number, *_, is_held in known):
        return None
    return _Way(known, levels, why, interrupts)


def kind_of(before: tuple[Value, ...], after: Value) -> str:
    """Return which of the step kinds leads from any of these values to that one."""
    return "switch-identity" if isinstance(after, IdentityValue) else _kind_of_store(before, after)


@lru_cache(maxsize=4096)
def _kind_of_store(before: tuple[Value, ...], after: TrustValue) -> str:
    stores = [value for value in before if isinstance(value, TrustValue)]
    gone = any(set(value.anchors) - set(after.anchors) for value in stores)
    new = any(set(after.anchors) - set(value.anchors) for value in stores)
    if gone and new:
        return "replace-anchor"
    if gone or new:
        return "remove-anchor" if gone else "add-anchor"
    return "replace-crl" if any(value.crls != after.crls for value in stores) else "add-anchor"


@dataclass(frozen=True, slots=True)
class _StepMaker:
    """Makes the steps of units one by one; what a track changes is worked out once for slots on the very same one."""

    estate: Estate
    seen: Mapping[str, SlotState]
    why: Mapping[str, str]
    _changes: dict[int, list[_Change | None]] = field(default_factory=dict)

    def chains(self, unit: Unit, tracks: tuple[Track, ...], levels: Sequence[int]) -> list[tuple[int, Chain]]:
        """Return the chain of a unit in each wave in which it changes."""
        lines = [self.steps(slot, tracks[place]) for place, slot in enumerate(unit.slots)]
        found: dict[int, Chain] = {}
        for number, level in enumerate(levels):
            steps = tuple([step for line in lines if (step := line[number]) is not None])
            if steps:
                found[level] = found.get(level, ()) + steps
        return list(found.items())

    def changes(self, track: Track) -> list[_Change | None]:
        """Return the change to each later position of a track; None where there is none."""
        known = self._changes.get(id(track))
        if known is None:
            known = _changes_of(track)
            if not isinstance(track[-1][0], IdentityValue):  # identities have tracks of their own
                self._changes[id(track)] = known  # the track is kept by its unit: no other one gets its id
        return known

    def steps(self, slot: str, track: Track) -> list[Switch | Load | None]:
        """Return the step to each later position of a slot; None where nothing changes."""
        service = self.estate.services[self.estate.slots[slot].service]
        node, interrupts = service.node, service.loading is Loading.RESTART
        takes = RESTART if interrupts else RELOAD
        why = self.why.get(slot, _SETTLE)
        found: list[Switch | Load | None] = []
        for change in self.changes(track):
            if change is None:
                found.append(None)
                continue
            number, before, after, kind, is_held = change
            name = f"{slot}#{number}"
            if is_held and number == 1 and after == self._on_disk(slot):
                found.append(Load(name, _SETTLE, slot, node, before, after, interrupts, takes))
                continue
            found.append(Switch(name, why, _named(kind, why), slot, node, before, after, interrupts, takes))
        return found

    def _on_disk(self, slot: str) -> Value | None:
        state = self.seen.get(slot)
        return None if state is None else state.on_disk


def _named(kind: str, why: str) -> str:
    """Return what a change of a kind is called: an identity that a rollback brings again is put back."""
    return "put-back" if why == "rotation.why-put-back" and kind == "switch-identity" else kind


def _changes_of(track: Track) -> list[_Change | None]:
    found: list[_Change | None] = []
    for number in range(1, len(track)):
        before, after = track[number - 1], track[number][0]
        if track[number] == before:
            found.append(None)
        else:
            found.append((number, before, after, kind_of(before, after), after in before))
    return found
