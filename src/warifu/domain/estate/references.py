"""Whether everything an estate names is there, and nothing stands twice where it must stand once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Protocol

from warifu.domain.estate.model import Address, Estate, IdentitySlot, Local, Place, Ssh
from warifu.domain.estate.table_reader import nearest
from warifu.errors import UsageError


class _Placed(Protocol):
    @property
    def place(self) -> Place: ...


def find_reference_faults(estate: Estate) -> Iterator[UsageError]:
    """Yield a fault for each name that leads nowhere and each clash."""
    yield from _find_owner_faults(estate)
    for service in estate.services.values():
        yield from _check(service, "node", service.node, "nodes", estate.nodes)
    for slot in estate.slots.values():
        if isinstance(slot, IdentitySlot):
            yield from _check(slot, "identity", slot.identity, "identities", estate.identities)
        else:
            yield from _check(slot, "store", slot.store, "trust-stores", estate.trust_stores)
    for identity in estate.identities.values():
        yield from _check(identity, "issuer", identity.issuer, "issuers", estate.issuers)
    for group in estate.groups.values():
        for member in group.services:
            yield from _check(group, "services", member, "services", estate.services)
        for window in group.windows:
            yield from _check(group, "windows", window, "windows", estate.windows)
        if group.name in estate.services:
            yield UsageError(
                "estate.group-and-service",
                where=_where(group),
                key=group.place.key,
                first=_where(estate.services[group.name]),
            )
    yield from _find_address_clashes(estate)


def _find_owner_faults(estate: Estate) -> Iterator[UsageError]:
    for kind in (
        estate.nodes,
        estate.services,
        estate.identities,
        estate.trust_stores,
        estate.connections,
        estate.issuers,
    ):
        for thing in kind.values():
            yield from _check(thing, "owner", thing.owner, "owners", estate.owners)


def _check(
    thing: _Placed, key: str, found: str, section: str, known: Mapping[str, object]
) -> Iterator[UsageError]:
    if found and found not in known:
        yield UsageError(
            "estate.unknown-reference",
            where=_where(thing),
            key=f"{thing.place.key}.{key}",
            found=found,
            section=section,
            near=nearest(found, known),
            known=_first(sorted(known)),
        )


def _find_address_clashes(estate: Estate) -> Iterator[UsageError]:
    """Two services of one machine cannot listen on one address."""
    taken: dict[tuple[str, Address], str] = {}
    for service in estate.services.values():
        node = estate.nodes.get(service.node)
        if node is None:
            continue
        reach = node.reach
        machine = (
            "local"
            if isinstance(reach, Local)
            else f"ssh {reach.destination} {reach.options}"
            if isinstance(reach, Ssh)
            else f"by-hand {node.name}"
        )
        for address in service.addresses:
            first = taken.setdefault((machine, address), service.name)
            if first != service.name or service.addresses.count(address) > 1:
                yield UsageError(
                    "estate.address-twice",
                    where=_where(service),
                    key=f"{service.place.key}.addresses",
                    found=address,
                    first=first,
                )


def _where(thing: _Placed) -> str:
    return f"{thing.place.file}:{thing.place.line}"


def _first(names: Collection[str]) -> tuple[str, ...]:
    listed = tuple(names)
    return listed if len(listed) <= 12 else (*listed[:12], "...")
