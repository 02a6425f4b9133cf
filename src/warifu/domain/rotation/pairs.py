"""Every pair of a presenter slot and an acceptor slot that some connection makes.

Kept as arrays of numbers: an estate of a million connections has more pairs than objects
one would want. A slot, side, name and connection is the number of its place in `slots`,
`sides`, `names` and `connections`.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from warifu.domain.estate import ClientCertificate, Connection, CrlMode, Estate, TrustSlot
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

    numbers: array[int] = field(default_factory=lambda: array("L"))
    first: list[int] = field(default_factory=list)


class _Numbers(dict[object, int]):
    """Gives each thing the number of its first appearance."""

    def __missing__(self, key: object) -> int:
        number = self[key] = len(self)
        return number


def list_pairs(estate: Estate, *, leave_out: AbstractSet[str] = frozenset()) -> Pairs:
    """Return the pairs of an estate's connections.

    Args:
        leave_out: connections and nodes that are waived.
    """
    pairs = Pairs({name: number for number, name in enumerate(estate.slots)})
    sides, names = _Numbers(), _Numbers()
    judges = _Judges(estate, sides)
    slots = pairs.slots
    show, accept, by = pairs.presenter.append, pairs.acceptor.append, pairs.side.append
    call, belong = pairs.name.append, pairs.connection.append
    for connection in estate.connections.values():
        if leave_out and is_waived(estate, connection, leave_out):
            continue
        number = len(pairs.connections)
        pairs.connections.append(connection.name)
        name = names[connection.server_name]
        for acceptor in connection.client_trusts:
            side = judges.server_side(acceptor, connection.profile)
            for presenter in connection.server_identities:
                show(slots[presenter])
                accept(slots[acceptor])
                by(side)
                call(name)
                belong(number)
        if connection.client_certificate is ClientCertificate.NONE or not connection.client_identities:
            continue
        nameless = names[""]
        for acceptor in connection.server_trusts:
            side = judges.client_side(acceptor, connection)
            for presenter in connection.client_identities:
                show(slots[presenter])
                accept(slots[acceptor])
                by(side)
                call(nameless)
                belong(number)
    pairs.sides = list(sides)  # type: ignore[arg-type]  # only sides were numbered
    pairs.names = list(names)  # type: ignore[arg-type]  # only names were numbered
    return pairs


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


class _Judges:
    """Sides by acceptor slot, made once for each slot and profile."""

    def __init__(self, estate: Estate, sides: Mapping[object, int]) -> None:
        self._estate = estate
        self._sides = sides
        self._known: dict[tuple[str, str], int] = {}

    def server_side(self, acceptor: str, profile: str) -> int:
        known = self._known.get((acceptor, profile))
        if known is None:
            known = self._known[acceptor, profile] = self._number(acceptor, "serverAuth", profile, ())
        return known

    def client_side(self, acceptor: str, connection: Connection) -> int:
        profile = "tls-client" if connection.profile == "tls-server" else connection.profile
        if connection.accepted_subjects:
            return self._number(acceptor, "clientAuth", profile, connection.accepted_subjects)
        key = (acceptor, f"client {profile}")
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._number(acceptor, "clientAuth", profile, ())
        return known

    def _number(self, acceptor: str, purpose: str, profile: str, subjects: tuple[str, ...]) -> int:
        slot = self._estate.slots[acceptor]
        store = self._estate.trust_stores.get(slot.store) if isinstance(slot, TrustSlot) else None
        side = Side(
            consumer=self._estate.services[slot.service].consumer,
            purpose=purpose,
            profile=profile,
            crl_mode=(store.crl_mode if store else CrlMode.OFF).value,
            partial_chain=bool(store and store.partial_chain),
            subjects=subjects,
        )
        return self._sides[side]
