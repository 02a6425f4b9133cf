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

from warifu.domain.estate import IdentityValue, TrustValue, Value
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
    past: dict[int, list[Position]] = {}
    for number, wave in enumerate(waves):
        during: dict[int, list[Value]] = {}
        final: dict[int, Position] = {}
        for step in wave.steps:
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
        self._kinds: dict[object, int] = {}
        self._fits: dict[tuple[bool, ...], int] = {}
        self._lines: dict[Position, History] = {}

    def run(self) -> Safe | Breaking:
        pairs, ground = self.pairs, self.ground
        known: list[tuple[History, int] | None] = [None] * len(pairs.slots)
        fits: dict[int, int] = {}
        tallies: dict[int, _Tally] = {}
        used: set[int] = set()
        mixtures = 0
        modelled: set[int] = set()
        owed, seen, goal = ground.owed, ground.seen, ground.goal
        many, sides = len(pairs.names), len(pairs.sides)
        columns = zip(pairs.presenter, pairs.acceptor, pairs.side, pairs.name, pairs.connection, strict=True)
        for number, (one, two, side, name, connection) in enumerate(columns):
            shown = known[one]
            if shown is None:
                shown = known[one] = self._history(one)
            trusted = known[two]
            if trusted is None:
                trusted = known[two] = self._history(two)
            place = ((one * sides + side) * many + name) << 1 | owed[connection]
            fit = fits.get(place)
            if fit is None:
                fit = fits[place] = self._fit(shown[0], name, side)
                if owed[connection]:
                    used.add(one * sides + side)
            flags = seen[connection] << 2 | owed[connection] << 1 | goal[connection]
            key = (((shown[1] << 28 | trusted[1]) << 20 | side) << 28 | fit) << 3 | flags
            tally = tallies.get(key)
            if tally is None:
                tally = tallies[key] = self._judge(shown[0], trusted[0], fit, flags, pairs.sides[side])
                if tally.breaks >= 0:
                    return self._breaking(number, tally.breaks, shown[0], trusted[0])
            mixtures += tally.mixtures
            if tally.modelled:
                modelled.add(connection)
        pending = [verdict for tally in tallies.values() for verdict in tally.pending]
        good_until = self._good_until(used, known, tallies.values())
        return Safe(mixtures, good_until, frozenset(modelled), tuple(pending))

    def _history(self, slot: int) -> tuple[History, int]:
        history = self.moved.get(slot)
        if history is None:
            held = self.ground.values[slot]
            history = self._lines.get(held)
            if history is None:
                history = self._lines[held] = (held,) * (len(self.waves) + 2)
        return history, self._kinds.setdefault(self.judge.track_kind(history), len(self._kinds))

    def _fit(self, history: History, name: int, side: int) -> int:
        """Return the number of the pattern: for each wave, whether every leaf carries the name."""
        text, by = self.pairs.names[name], self.pairs.sides[side]
        named = self.judge.named
        fit: list[bool] = []
        for place, position in enumerate(history):
            if place and position is history[place - 1]:
                fit.append(fit[-1])
                continue
            fit.append(all(named(value, text, by) for value in position if isinstance(value, IdentityValue)))
        return self._fits.setdefault(tuple(fit), len(self._fits))

    def _judge(self, shown: History, trusted: History, pattern: int, flags: int, side: Side) -> _Tally:
        fit = next(fit for fit, number in self._fits.items() if number == pattern)
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
        self,
        used: Iterable[int],
        known: Sequence[tuple[History, int] | None],
        tallies: Iterable[_Tally],
    ) -> tuple[datetime | None, ...]:
        """Return for each wave the first instant at which some mixture of it is refused."""
        count = len(self.waves)
        found: list[datetime | None] = [None] * count
        for tally in tallies:
            for place in range(count):
                found[place] = earlier(found[place], tally.until[place + 1])
        ends, sides = self.judge.oracle.ends, self.pairs.sides
        for number in used:
            slot, side = divmod(number, len(sides))
            shown = known[slot]
            if shown is None:
                continue
            until: dict[Value, datetime | None] = {}
            for place in range(count):
                for value in shown[0][place + 1]:
                    if isinstance(value, IdentityValue):
                        if value not in until:
                            until[value] = ends(value, sides[side])
                        found[place] = earlier(found[place], until[value])
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


def _leads_to(step: Switch | Load, presenter: str, value: Value, acceptor: str, store: Value) -> bool:
    return (step.slot == presenter and step.after == value) or (step.slot == acceptor and step.after == store)
