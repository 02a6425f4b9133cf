"""The names of a scan, changed to those that an estate file already gives to the same things."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from warifu.domain.estate.model import Connection, Estate, IdentitySlot, Service, Slot, Ssh, TrustSlot

_Thing = TypeVar("_Thing")


def align(scanned: Estate, existing: Estate) -> Estate:
    """Return the scanned estate with the existing names of whatever both have.

    The same name is the same thing. Otherwise a node is the same by how it is reached, a service by
    node, target and an address or configuration file, a slot by its service and file, an identity and
    a trust store by a slot they share, a connection by its ends and server name.
    """
    nodes = _match(scanned.nodes, existing.nodes, lambda node: _reach_keys(node.reach))
    renamed = replace(
        scanned,
        nodes={nodes[name]: replace(node, name=nodes[name]) for name, node in scanned.nodes.items()},
        services={
            name: replace(service, node=nodes.get(service.node, service.node))
            for name, service in scanned.services.items()
        },
    )
    services = _match(renamed.services, existing.services, _address_keys, _configuration_keys)
    with_services = _rename_services(renamed, services)
    slots = _match(with_services.slots, existing.slots, _slot_keys)
    return _rename_connections(_rename_slots(with_services, slots, existing), existing)


def _match(
    ours: Mapping[str, _Thing],
    theirs: Mapping[str, _Thing],
    *marks: Callable[[_Thing], Iterable[Hashable]],
) -> dict[str, str]:
    """Return for each of our names the name to use: theirs where exactly one of theirs is the same.

    Args:
        marks: what things are recognised by, the surest first; all are tried by one mark before the next counts.
    """
    result = {name: name for name in ours if name in theirs}
    taken = set(result)
    for keys in marks:
        by_key: dict[Hashable, set[str]] = {}
        for name, thing in theirs.items():
            for key in keys(thing):
                by_key.setdefault(key, set()).add(name)
        for name, thing in ours.items():
            fitting = {one for key in keys(thing) for one in by_key.get(key, ())} - taken
            if name not in result and len(fitting) == 1:
                result[name] = fitting.pop()
                taken.add(result[name])
    return {name: result.get(name, name) for name in ours}


def _reach_keys(reach: object) -> list[Hashable]:
    return [("ssh", reach.destination)] if isinstance(reach, Ssh) else []


def _address_keys(service: Service) -> list[Hashable]:
    return [(service.node, service.target, str(address)) for address in service.addresses]


def _configuration_keys(service: Service) -> list[Hashable]:
    return [
        (service.node, service.target, option, service.options[option])
        for option in ("configuration", "data")
        if option in service.options
    ]


def _slot_keys(slot: Slot) -> list[Hashable]:
    if isinstance(slot, IdentitySlot):
        return [(slot.service, slot.certificate, slot.sni)]
    return [(slot.service, slot.anchors)]


def _rename_services(estate: Estate, names: Mapping[str, str]) -> Estate:
    def slot_name(name: str) -> str:
        service, _, label = name.partition("/")
        return f"{names.get(service, service)}/{label}"

    def all_of(listed: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(slot_name(name) for name in listed)

    return replace(
        estate,
        services={
            names[name]: replace(service, name=names[name]) for name, service in estate.services.items()
        },
        slots={
            slot_name(name): replace(slot, name=slot_name(name), service=names[slot.service])
            for name, slot in estate.slots.items()
        },
        connections={
            name: replace(
                connection,
                clients=tuple(names.get(one, one) for one in connection.clients),
                servers=tuple(names.get(one, one) for one in connection.servers),
                server_identities=all_of(connection.server_identities),
                client_trusts=all_of(connection.client_trusts),
                client_identities=all_of(connection.client_identities),
                server_trusts=all_of(connection.server_trusts),
            )
            for name, connection in estate.connections.items()
        },
    )


def _rename_slots(estate: Estate, names: Mapping[str, str], existing: Estate) -> Estate:
    """Slots get their existing names; through them identities and trust stores do."""
    identities, stores = dict[str, str](), dict[str, str]()
    for ours, theirs in names.items():
        slot, other = estate.slots[ours], existing.slots.get(theirs)
        if isinstance(slot, IdentitySlot) and isinstance(other, IdentitySlot):
            identities.setdefault(slot.identity, other.identity)
        elif isinstance(slot, TrustSlot) and isinstance(other, TrustSlot):
            stores.setdefault(slot.store, other.store)

    def all_of(listed: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(names.get(name, name) for name in listed)

    def renamed(slot: Slot) -> Slot:
        name = names[slot.name]
        if isinstance(slot, IdentitySlot):
            return replace(slot, name=name, identity=identities.get(slot.identity, slot.identity))
        return replace(slot, name=name, store=stores.get(slot.store, slot.store))

    return replace(
        estate,
        slots={names[name]: renamed(slot) for name, slot in estate.slots.items()},
        identities={
            identities.get(name, name): replace(identity, name=identities.get(name, name))
            for name, identity in estate.identities.items()
        },
        trust_stores={
            stores.get(name, name): replace(store, name=stores.get(name, name))
            for name, store in estate.trust_stores.items()
        },
        connections={
            name: replace(
                connection,
                server_identities=all_of(connection.server_identities),
                client_trusts=all_of(connection.client_trusts),
                client_identities=all_of(connection.client_identities),
                server_trusts=all_of(connection.server_trusts),
            )
            for name, connection in estate.connections.items()
        },
    )


def _rename_connections(estate: Estate, existing: Estate) -> Estate:
    def keys(connection: Connection) -> list[Hashable]:
        return [(frozenset(connection.clients), frozenset(connection.servers), connection.server_name)]

    names = _match(estate.connections, existing.connections, keys)
    return replace(
        estate,
        connections={
            names[name]: replace(connection, name=names[name])
            for name, connection in estate.connections.items()
        },
    )
