"""Decides by trying everything whether a safe order exists, and in how few waves; for small estates.

A mover is a file: the slots that read it move together. From what it may hold now, a mover
goes along the values of `ways` to its goal. A wave moves any movers by any number of
values; it is safe when every mixture holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from support.simulator import Meeting, Openssl, World, meetings
from warifu.domain.estate import Estate, IdentitySlot, IdentityValue, Observed, TrustValue, Value

Held = tuple[Value, ...]


@dataclass(frozen=True)
class Wanted:
    """What the change wants: anchors in and out, and the successor of each identity."""

    old: str
    new: str
    successors: Mapping[str, IdentityValue]


class AllOrders:
    """One search."""

    def __init__(self, estate: Estate, observed: Observed, wanted: Wanted, openssl: Openssl) -> None:
        self.estate, self.observed, self.wanted, self.openssl = estate, observed, wanted, openssl
        self.movers: dict[tuple[str, str], list[str]] = {}
        for slot in estate.slots:
            self.movers.setdefault(World.file_of(estate, slot), []).append(slot)
        self.number = {slot: n for n, slots in enumerate(self.movers.values()) for slot in slots}
        self.meetings = meetings(estate)
        self.start = tuple(observed.slots[slots[0]].values for slots in self.movers.values())
        self.ends = [self._goals(slots[0]) for slots in self.movers.values()]

    @property
    def steps(self) -> int:
        """How many steps the usual way of every mover has."""
        return sum(
            min(
                (len(way) for way in self._ways(n, held) if self._is_goal(n, (held, *way)[-1])),
                default=0,
            )
            if not self._is_goal(n, held)
            else 0
            for n, held in enumerate(self.start)
        )

    def exists(self, owed: frozenset[str], touched: frozenset[str]) -> bool:
        """Tell whether one step after the other leads to the goal; a wave of several can always be taken so."""
        chosen = [m for m in self.meetings if m.connection in owed]
        if not self._holds(self.start, chosen):
            return False
        waiting, seen = [self.start], {self.start}
        while waiting:
            state = waiting.pop()
            if self._is_end(state, owed | touched):
                return True
            for number, held in enumerate(state):
                for way in self._ways(number, held):
                    mixed = (*state[:number], tuple(dict.fromkeys((*held, *way[0]))), *state[number + 1 :])
                    after = (*state[:number], way[0], *state[number + 1 :])
                    if after not in seen and self._holds(mixed, chosen):
                        seen.add(after)
                        waiting.append(after)
        return False

    def within(self, waves: int, owed: frozenset[str], touched: frozenset[str]) -> bool:
        """Tell whether so many waves can do it, each moving any files by any number of values."""
        chosen = [m for m in self.meetings if m.connection in owed]
        layer, seen = {self.start}, {self.start}
        for _ in range(waves):
            following = {after for state in layer for after in self._after(state, chosen)} - seen
            if any(self._is_end(state, owed | touched) for state in following):
                return True
            seen |= following
            layer = following
        return any(self._is_end(state, owed | touched) for state in layer)

    def _is_end(self, state: tuple[Held, ...], counted: frozenset[str]) -> bool:
        return all(self._is_goal(n, held) for n, held in enumerate(state)) and self._holds(
            state, [m for m in self.meetings if m.connection in counted]
        )

    def _after(
        self, state: tuple[Held, ...], chosen: list[Meeting], mixed: tuple[Held, ...] = ()
    ) -> Iterator[tuple[Held, ...]]:
        """Every state that one safe wave leads to, one file after the other, ending where a mixture fails."""
        number = len(mixed)
        if number == len(state):
            yield ()
            return
        held = state[number]
        options: list[tuple[Held, Held]] = [(held, held)]
        options += [
            (way[-1], tuple(dict.fromkeys((*held, *(v for step in way for v in step)))))
            for way in self._ways(number, held)
        ]
        mine = [m for m in chosen if max(self.number[m.presenter], self.number[m.acceptor]) == number]
        for after, mixture in options:
            if self._holds((*mixed, mixture), mine):
                for rest in self._after(state, chosen, (*mixed, mixture)):
                    yield (after, *rest)

    def _holds(self, state: tuple[Held, ...], chosen: list[Meeting]) -> bool:
        for meeting in chosen:
            for shown in state[self.number[meeting.presenter]]:
                for trusted in state[self.number[meeting.acceptor]]:
                    assert isinstance(shown, IdentityValue)
                    assert isinstance(trusted, TrustValue)
                    if not self.openssl.accepts(shown, trusted, meeting.purpose, meeting.name):
                        return False
        return True

    def _is_goal(self, number: int, held: Held) -> bool:
        return len(held) == 1 and self.ends[number](held[0])

    def _goals(self, slot: str) -> Callable[[Value], bool]:
        one = self.estate.slots[slot]
        start = self.observed.slots[slot].values
        if isinstance(one, IdentitySlot):
            successor = self.wanted.successors.get(one.identity)
            return (lambda value: value == successor) if successor else (lambda value: value in start)
        had = {anchor for value in start if isinstance(value, TrustValue) for anchor in value.anchors}
        if self.wanted.old not in had:
            return lambda value: (
                isinstance(value, TrustValue)
                and (value in start or any(_plus(self.wanted.new, held, value) for held in start))
            )
        return lambda value: (
            isinstance(value, TrustValue)
            and self.wanted.old not in value.anchors
            and self.wanted.new in value.anchors
        )

    def _ways(self, number: int, held: Held) -> Iterator[tuple[Held, ...]]:
        """Every line of values that may follow what is held, of one step and more."""
        slot = next(iter(list(self.movers.values())[number]))
        one = self.estate.slots[slot]
        if isinstance(one, IdentitySlot):
            successor = self.wanted.successors.get(one.identity)
            if len(held) > 1:
                yield from (((value,),) for value in held)
            if successor and held != (successor,):
                yield ((successor,),)
            return
        store = self.estate.trust_stores[one.store]
        if len(held) > 1:
            yield from (((value,),) for value in held)
        single = store.single
        firsts = {value for held_one in held for value in self._next(held_one, single=single)}
        for value in sorted(firsts - {held[0]} if len(held) == 1 else firsts, key=str):
            yield ((value,),)
            for second in sorted(self._next(value, single=single), key=str):
                if second != value:
                    yield ((value,), (second,))

    def _next(self, value: Value, *, single: bool) -> set[Value]:
        assert isinstance(value, TrustValue)
        old, new = self.wanted.old, self.wanted.new
        anchors = value.anchors
        rest = tuple(anchor for anchor in anchors if anchor not in {old, new})
        found: set[Value] = set()
        if single:
            if old in anchors:
                found.add(TrustValue((new,)))
            return found
        if new not in anchors:
            found |= {TrustValue((*anchors, new)), TrustValue((new, *anchors))}
            if old in anchors:
                found |= {TrustValue((*rest, new)), TrustValue((new, *rest))}
        elif old in anchors:
            found |= {TrustValue(tuple(anchor for anchor in anchors if anchor != old))}
            without = tuple(anchor for anchor in anchors if anchor != new)
            found |= {TrustValue((*without, new)), TrustValue((new, *without))}
        return found


def _plus(new: str, held: Value, value: TrustValue) -> bool:
    return isinstance(held, TrustValue) and value.anchors in {(*held.anchors, new), (new, *held.anchors)}
