"""Says why no safe order exists: who clashes, the fewest load events that break, and what would help."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from warifu.domain.estate import Estate, IdentityValue, TrustSlot, TrustValue, Value
from warifu.domain.findings import Finding
from warifu.domain.rotation.board import Board
from warifu.domain.rotation.oracle import Side
from warifu.domain.rotation.outcome import Clash, Event, NoneExists, Offer
from warifu.domain.rotation.search import Conflict
from warifu.domain.rotation.units import Track

_AS_IT_IS: Mapping[int, int] = {}


class Reasons(Protocol):
    """Why a side refuses, for people."""

    def findings(
        self, presented: IdentityValue, trusted: TrustValue, side: Side, name: str
    ) -> tuple[Finding, ...]:
        """Return every error."""
        ...


def explain_conflict(
    board: Board, conflict: Conflict, estate: Estate, reasons: Reasons | None, chosen: Iterable[int]
) -> NoneExists:
    """Return the answer *none exists* for a conflict of the usual courses."""
    clashes: list[Clash] = []
    for pair in conflict.pairs:
        clashes += _clashes(board, pair, reasons)
    shortest = _shortest(board, conflict.pairs) or _shortest(board, chosen)
    schedule, broken = shortest or ((), clashes[0].connection if clashes else "")
    return NoneExists(
        tuple(clashes), schedule, broken, tuple(dict.fromkeys(_offers(board, conflict, estate)))
    )


def text_of(value: Value) -> str:
    """Return how a value is named in a schedule."""
    if isinstance(value, IdentityValue):
        return value.leaf
    return "+".join(anchor[:16] for anchor in value.anchors) or "-"


def _clashes(board: Board, pair: int, reasons: Reasons | None) -> Iterable[Clash]:
    pairs = board.pairs
    names = list(pairs.slots)
    presenter, acceptor = names[pairs.presenter[pair]], names[pairs.acceptor[pair]]
    shown = board.track(pairs.presenter[pair], _AS_IT_IS)
    trusted = board.track(pairs.acceptor[pair], _AS_IT_IS)
    matrix = board.matrix(pair, _AS_IT_IS)
    last = (len(shown) - 1, len(trusted) - 1)
    side = pairs.sides[pairs.side[pair]]
    name = pairs.names[pairs.name[pair]]
    for i, row in enumerate(matrix.cells):
        for j, cell in enumerate(row):
            if cell.accepted:
                continue
            value, store = _worst(board, shown[i], trusted[j], pair)
            why = "rotation.clash-order"
            if (i, j) == (0, 0):
                why = "rotation.clash-now"
            elif (i, j) == last:
                why = "rotation.clash-end"
            elif matrix.fatal == (i, j):
                why = "rotation.clash-always"
            found = reasons.findings(value, store, side, name) if reasons else ()
            connection = pairs.connections[pairs.connection[pair]]
            yield Clash(connection, why, presenter, text_of(value), acceptor, text_of(store), found)


def _worst(
    board: Board, shown: Sequence[Value], trusted: Sequence[Value], pair: int
) -> tuple[IdentityValue, TrustValue]:
    """Return the mixture that a refused cell is refused for: it holds at least one."""
    side = board.pairs.sides[board.pairs.side[pair]]
    name = board.pairs.names[board.pairs.name[pair]]
    mixtures = [
        (value, store)
        for value in shown
        if isinstance(value, IdentityValue)
        for store in trusted
        if isinstance(store, TrustValue)
    ]
    plain = board.judge.plain(side)
    refused = (
        (value, store)
        for value, store in mixtures
        if not (board.judge.verdict(value, store, plain).accepted and board.judge.named(value, name, side))
    )
    return next(refused, mixtures[0])


def _shortest(board: Board, chosen: Iterable[int]) -> tuple[tuple[Event, ...], str] | None:
    """Return the fewest load events after which some owed connection fails, whatever the order wished for."""
    pairs = board.pairs
    best: tuple[int, int, int, int] | None = None
    for pair in chosen:
        if not board.owed[pairs.connection[pair]]:
            continue
        matrix = board.matrix(pair, _AS_IT_IS)
        for i, row in enumerate(matrix.cells):
            for j, cell in enumerate(row):
                if not cell.accepted and (best is None or i + j < best[0]):
                    best = (i + j, pair, i, j)
    if best is None:
        return None
    _, pair, i, j = best
    names = list(pairs.slots)
    presenter, acceptor = pairs.presenter[pair], pairs.acceptor[pair]
    shown, trusted = board.track(presenter, _AS_IT_IS), board.track(acceptor, _AS_IT_IS)
    events = [*_events(names[presenter], shown, i), *_events(names[acceptor], trusted, j)]
    if not events:
        value, store = _worst(board, shown[0], trusted[0], pair)
        for slot, held, bad in ((presenter, shown[0], value), (acceptor, trusted[0], store)):
            if len(held) > 1:
                events.append(Event(names[slot], text_of(bad)))
    return tuple(events), pairs.connections[pairs.connection[pair]]


def _events(slot: str, track: Track, until: int) -> list[Event]:
    return [Event(slot, text_of(track[number][0])) for number in range(1, until + 1)]


def _offers(board: Board, conflict: Conflict, estate: Estate) -> Iterable[Offer]:
    pairs = board.pairs
    names = list(pairs.slots)
    for pair in conflict.pairs:
        connection = pairs.connections[pairs.connection[pair]]
        presenter, acceptor = names[pairs.presenter[pair]], names[pairs.acceptor[pair]]
        matrix = board.matrix(pair, _AS_IT_IS)
        if not matrix.initial_holds:
            for slot in (presenter, acceptor):
                if len(board.track(pairs.slots[slot], _AS_IT_IS)[0]) > 1:
                    yield Offer("settle", slot)
        elif matrix.final_holds:
            store = estate.slots[acceptor]
            if isinstance(store, TrustSlot) and _is_single(estate, store):
                yield Offer("second-anchor", acceptor, store.store)
            yield Offer("cross-sign", presenter)
            yield Offer("window", connection)
            yield Offer("weaken", connection)
        yield Offer("waive", connection)


def _is_single(estate: Estate, slot: TrustSlot) -> bool:
    store = estate.trust_stores.get(slot.store)
    return store is not None and store.single
