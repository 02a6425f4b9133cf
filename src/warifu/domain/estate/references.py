"""Whether everything an estate names is there, and nothing stands twice where it must stand once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from warifu.domain.estate.faults import Faults
from warifu.domain.estate.model import Estate, IdentitySlot, Local, Node, Place, Ssh
from warifu.domain.estate.table_reader import Section
from warifu.domain.trust.address import Address
from warifu.errors import UsageError


class _Placed(Protocol):
    @property
    def place(self) -> Place: ...


class _Owned(_Placed, Protocol):
    @property
    def owner(self) -> str: ...


def check_references(estate: Estate, sections: Mapping[Place, Section], faults: Faults) -> None:
    """Note a fault for each name that leads nowhere and each clash.

    Args:
        sections: the table each thing was read from, by its place.
    """

    def check(thing: _Placed, key: str, found: Iterable[str], kind: str, known: Mapping[str, object]) -> None:
        for one in found:
            if one and one not in known:
                sections[thing.place].unknown_reference(key, one, kind, known)

    for thing in _owned(estate):
        check(thing, "owner", [thing.owner], "owners", estate.owners)
    for service in estate.services.values():
        check(service, "node", [service.node], "nodes", estate.nodes)
    for slot in estate.slots.values():
        if isinstance(slot, IdentitySlot):
            check(slot, "identity", [slot.identity], "identities", estate.identities)
        else:
            check(slot, "store", [slot.store], "trust-stores", estate.trust_stores)
    for identity in estate.identities.values():
        check(identity, "issuer", [identity.issuer], "issuers", estate.issuers)
    for group in estate.groups.values():
        check(group, "services", group.services, "services", estate.services)
        check(group, "windows", group.windows, "windows", estate.windows)
    _check_group_names(estate, sections, faults)
    _check_addresses(estate, sections, faults)


def _owned(estate: Estate) -> Iterator[_Owned]:
    yield from estate.nodes.values()
    yield from estate.services.values()
    yield from estate.identities.values()
    yield from estate.trust_stores.values()
    yield from estate.connections.values()
    yield from estate.issuers.values()


def _check_group_names(estate: Estate, sections: Mapping[Place, Section], faults: Faults) -> None:
    for group in estate.groups.values():
        if group.name in estate.services:
            service, section = sections[estate.services[group.name].place], sections[group.place]
            faults.add(
                UsageError(
                    "estate.group-and-service",
                    where=section.where(),
                    key=section.key(),
                    first=service.where(),
                )
            )


def _check_addresses(estate: Estate, sections: Mapping[Place, Section], faults: Faults) -> None:
    """Two services of one machine cannot listen on one address."""
    taken: dict[tuple[str, Address], str] = {}
    for service in estate.services.values():
        node = estate.nodes.get(service.node)
        if node is None:
            continue
        for position, address in enumerate(service.addresses):
            first = taken.setdefault((_machine(node), address), service.name)
            if first != service.name or address in service.addresses[:position]:
                section = sections[service.place]
                faults.add(
                    UsageError(
                        "estate.address-twice",
                        where=section.where("addresses", position),
                        key=section.key("addresses"),
                        found=address,
                        first=first,
                    )
                )


def _machine(node: Node) -> str:
    if isinstance(node.reach, Local):
        return "local"
    if isinstance(node.reach, Ssh):
        return f"ssh {node.reach.destination} {node.reach.options}"
    return f"by-hand {node.name}"
