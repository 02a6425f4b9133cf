"""Every pair of a presenter slot and an acceptor slot that some connection makes.

Kept as arrays of numbers: an estate of a million connections has more pairs than objects
one would want. A slot, side, name and connection is the number of its place in `slots`,
`sides`, `names` and `connections`.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import compress

import numpy as np

from warifu.domain.estate import ClientCertificate, Connection, CrlMode, Estate, TrustSlot
from warifu.domain.rotation.columns import Column, Mask, Numbers, column, join, kept, numbered, present
from warifu.domain.rotation.ends import Facing, list_facing
from warifu.domain.rotation.oracle import Side


@dataclass(slots=True)
class Pairs:
    """Pairs in parallel arrays, connection after connection."""

    slots: dict[str, int]
    connections: list[str] = field(default_factory=list)
    sides: list[Side] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    presenter: array[int] = field(default_factory=lambda: array("I"))
    acceptor: array[int] = field(default_factory=lambda: array("I"))
    side: array[int] = field(default_factory=lambda: array("I"))
    name: array[int] = field(default_factory=lambda: array("I"))
    connection: array[int] = field(default_factory=lambda: array("I"))

    def __len__(self) -> int:
        return len(self.presenter)


@dataclass(slots=True)
class Classes:
    """Pairs of one class face each other with tracks of the same kinds: what is judged of one holds for all.

    Args:
        numbers: by pair, its class.
        first: by class, the first pair of it.
    """

    numbers: array[int] = field(default_factory=lambda: array("I"))
    first: list[int] = field(default_factory=list)


def list_pairs(
    estate: Estate, *, leave_out: AbstractSet[str] = frozenset(), facing: Facing | None = None
) -> Pairs:
    """Return the pairs of an estate's connections.

    Args:
        leave_out: connections and nodes that are waived.
        facing: who faces whom, where that is known already.
    """
    facing = list_facing(estate) if facing is None else facing
    connections = list(estate.connections.values())
    size = len(connections)
    stays = np.ones(size, np.bool_)
    if leave_out:
        waived = (not is_waived(estate, one, leave_out) for one in connections)
        stays = np.fromiter(waived, np.bool_, size)
    nothing = ClientCertificate.NONE
    asks = [one.client_certificate is not nothing for one in connections]
    is_asked = np.array(asks, np.bool_)
    taken = stays[facing.connection] & (is_asked[facing.connection] | ~facing.by_client)
    owner, by_client = facing.connection[taken], facing.by_client[taken]
    names = Numbers()
    called = names.column([one.server_name for one in connections])
    name = np.where(by_client, names[""], called[owner])
    acceptor = facing.acceptor[taken]
    side, sides = _sides(estate, connections, acceptor, owner, by_client)
    return Pairs(
        slots=facing.slots,
        connections=list(compress(estate.connections, stays.tolist())),
        sides=sides,
        names=list(names),  # type: ignore[arg-type]  # only names were numbered
        presenter=kept(facing.presenter[taken]),
        acceptor=kept(acceptor),
        side=kept(side),
        name=kept(name),
        connection=kept((np.cumsum(stays) - 1)[owner]),
    )


def is_waived(estate: Estate, connection: Connection, waived: AbstractSet[str]) -> bool:
    """Tell whether a connection, or a node at one of its ends, is left out by name."""
    if connection.name in waived:
        return True
    ends = (*connection.clients, *connection.servers)
    return any(
        estate.services[service].node in waived or service in waived for service in members(estate, ends)
    )


def members(estate: Estate, names: Iterable[str]) -> tuple[str, ...]:
    """Return services for names of services or groups."""
    found: list[str] = []
    for name in names:
        group = estate.groups.get(name)
        found += [name] if group is None else list(group.services)
    return tuple(service for service in found if service in estate.services)


def _sides(
    estate: Estate, connections: Sequence[Connection], acceptor: Column, owner: Column, by_client: Mask
) -> tuple[Column, list[Side]]:
    """Return the number of each pair's side, and the sides: one is made for each manner of judging."""
    profiles, subjects, manners = Numbers(), Numbers(), Numbers()
    profile = profiles.column([one.profile for one in connections])[owner]
    nobody = subjects[()]
    accepted = subjects.column([one.accepted_subjects for one in connections])
    subject = np.where(by_client, accepted[owner], nobody)
    manner = np.zeros(len(estate.slots), np.int64)
    judging = present(acceptor, len(manner))
    slots, services, stores = list(estate.slots.values()), estate.services, Numbers()
    store = [
        stores[services[slot.service].consumer, slot.store if isinstance(slot, TrustSlot) else ""]
        for slot in map(slots.__getitem__, judging.tolist())
    ]
    by_store = [manners[_manner(estate, *pair)] for pair in stores]  # type: ignore[misc]  # only such were numbered
    manner[judging] = column(by_store)[column(store)]
    keys, bound = join(
        (
            (manner[acceptor], len(manners)),
            (by_client.astype(np.int64), 2),
            (profile, len(profiles)),
            (subject, len(subjects)),
        )
    )
    numbers, first = numbered(keys, bound)
    made = Numbers()
    all_manners, all_profiles, all_subjects = list(manners), list(profiles), list(subjects)
    known: list[int] = []
    for pair in first.tolist():
        consumer, crl_mode, partial_chain = all_manners[manner[acceptor[pair]]]
        rules = str(all_profiles[profile[pair]])
        if by_client[pair] and rules == "tls-server":
            rules = "tls-client"
        purpose = "clientAuth" if by_client[pair] else "serverAuth"
        among: tuple[str, ...] = all_subjects[subject[pair]]
        known.append(made[Side(consumer, purpose, rules, crl_mode, partial_chain, among)])
    return np.array(known, np.int64)[numbers], list(made)  # type: ignore[arg-type]  # only sides were numbered


def _manner(estate: Estate, consumer: str, name: str) -> tuple[str, str, bool]:
    """Return how an acceptor with this trust store judges: consumer, CRL mode, and whether chains may end anywhere."""
    store = estate.trust_stores.get(name)
    crl_mode = (store.crl_mode if store else CrlMode.OFF).value
    return consumer, crl_mode, bool(store and store.partial_chain)
