"""Every mixture of one connection, wave by wave, with its verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from warifu.domain.estate import IdentityValue, TrustValue
from warifu.domain.findings import Finding
from warifu.domain.rotation.histories import histories
from warifu.domain.rotation.judge import Start, earlier
from warifu.domain.rotation.plan import Wave
from warifu.domain.rotation.planning import Table, ground_of
from warifu.errors import UsageError


@dataclass(frozen=True, slots=True)
class Mixture:
    """What may meet in a wave, and whether it holds.

    Args:
        wave: 0 is what is there now, one more than the last what is there in the end.
        until: first instant at which it is refused.
    """

    wave: int
    presenter: str
    shown: IdentityValue
    acceptor: str
    trusted: TrustValue
    accepted: bool
    until: datetime | None
    findings: tuple[Finding, ...] = ()


def explain(table: Table, waves: Sequence[Wave], connection: str) -> tuple[Mixture, ...]:
    """Return every mixture of a connection.

    Raises:
        UsageError: `rotation.no-such-connection`.
    """
    if connection not in table.board.pairs.connections:
        raise UsageError("rotation.no-such-connection", name=connection)
    return tuple(_mixtures(table, waves, connection))


def _mixtures(table: Table, waves: Sequence[Wave], connection: str) -> Iterator[Mixture]:
    board, pairs = table.board, table.board.pairs
    ground = ground_of(board)
    moved = histories(waves, ground.values, pairs.slots, ground.siblings)
    number = pairs.connections.index(connection)
    names = list(pairs.slots)
    for pair, owner in enumerate(pairs.connection):
        if owner != number:
            continue
        one, two = pairs.presenter[pair], pairs.acceptor[pair]
        side, name = pairs.sides[pairs.side[pair]], pairs.names[pairs.name[pair]]
        shown = moved.get(one) or (ground.values[one],) * (len(waves) + 2)
        trusted = moved.get(two) or (ground.values[two],) * (len(waves) + 2)
        start = Start.of(shown[0], trusted[0], seen=bool(board.seen[number]))
        for place in range(len(waves) + 2):
            stores = [store for store in trusted[place] if isinstance(store, TrustValue)]
            for value in (value for value in shown[place] if isinstance(value, IdentityValue)):
                for store in stores:
                    cell = board.judge.cell((value,), (store,), side, start)
                    live = start.seen and value in start.shown and store in start.trusted
                    good = cell.accepted and (live or board.judge.named(value, name, side))
                    until = earlier(cell.until, board.judge.oracle.ends(value, side))
                    found: tuple[Finding, ...] = ()
                    if not good and table.reasons is not None:
                        found = table.reasons.findings(value, store, side, name)
                    yield Mixture(place, names[one], value, names[two], store, good, until, found)
