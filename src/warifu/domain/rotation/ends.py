"""Who shows what to whom: the slots at the ends of every connection, as columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, repeat

import numpy as np

from warifu.domain.estate import Connection, Estate
from warifu.domain.rotation.columns import Column, Mask, Numbers, column, spread, starts


@dataclass(frozen=True, slots=True)
class Facing:
    """Every presenter that may face an acceptor, connection after connection, the server's side of each first.

    Args:
        presenter: slot number, in the estate's order; `acceptor` likewise.
        connection: number of the connection, in the estate's order.
        by_client: it is the client that presents, whether or not the server asks for it.
        slots: the number of each slot, by its name.
    """

    presenter: Column
    acceptor: Column
    connection: Column
    by_client: Mask
    slots: dict[str, int]


def list_facing(estate: Estate) -> Facing:
    """Return who may face whom in an estate.

    Raises:
        KeyError: a connection names a slot that the estate does not have.
    """
    connections = list(estate.connections.values())
    slots = dict(zip(estate.slots, range(len(estate.slots)), strict=True))
    several = Numbers()
    serving = several.column([one.server_identities for one in connections])
    trusting = several.column([one.client_trusts for one in connections])
    showing = several.column([one.client_identities for one in connections])
    asking = several.column([one.server_trusts for one in connections])
    ends = _Ends.of(several, slots)
    served, asked = _product(ends, serving, trusting), _product(ends, showing, asking)
    base = starts(served.counts + asked.counts)
    first = base[served.owner] + served.inside
    second = base[asked.owner] + served.counts[asked.owner] + asked.inside
    size = len(first) + len(second)
    presenter, acceptor, owner = (np.empty(size, np.int64) for _ in range(3))
    found = Facing(presenter, acceptor, owner, np.zeros(size, np.bool_), slots)
    for places, part in ((first, served), (second, asked)):
        found.presenter[places] = part.presenter
        found.acceptor[places] = part.acceptor
        found.connection[places] = part.owner
    found.by_client[second] = True
    if size and min(found.presenter.min(), found.acceptor.min()) < 0:
        raise KeyError(_stranger(connections, slots))
    return found


@dataclass(frozen=True, slots=True)
class _Ends:
    """The slots at each different end, by its number."""

    counts: Column
    starts: Column
    slots: Column

    @classmethod
    def of(cls, several: Iterable[object], slots: Mapping[str, int]) -> _Ends:
        different: list[tuple[str, ...]] = list(several)  # type: ignore[arg-type]  # only ends were numbered
        counts = np.fromiter(map(len, different), np.int64, len(different))
        named = list(map(slots.get, chain.from_iterable(different), repeat(-1)))
        return cls(counts, starts(counts), column(named))


@dataclass(frozen=True, slots=True)
class _Product:
    counts: Column
    owner: Column
    inside: Column
    presenter: Column
    acceptor: Column


def _product(ends: _Ends, shown: Column, judging: Column) -> _Product:
    """Return every presenter with every acceptor of each connection: for each acceptor every presenter.

    Args:
        shown: by connection, the number of the end that presents; `judging` likewise.
    """
    counts = ends.counts[shown] * ends.counts[judging]
    owner, inside = spread(counts)
    many = ends.counts[shown][owner]
    presenter = ends.slots[ends.starts[shown][owner] + inside % many]
    acceptor = ends.slots[ends.starts[judging][owner] + inside // many]
    return _Product(counts, owner, inside, presenter, acceptor)


def _stranger(connections: Iterable[Connection], slots: Mapping[str, int]) -> str:
    """Return the first slot's name that the estate does not have."""
    ends = (
        (*one.server_identities, *one.client_trusts, *one.client_identities, *one.server_trusts)
        for one in connections
    )
    return next(name for name in chain.from_iterable(ends) if name not in slots)
