"""Tells apart what one process presents at each of its addresses.

One nginx or HAProxy listens at several places, often with a certificate and client CAs for each.
A service is what shows the same everywhere it listens, so such a process is several services:
the first keeps the name and what the process uses as a client, the others are named after their port.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from warifu.adapters.targets.configuration import label_for
from warifu.domain.estate import IdentitySlot, TrustSlot, TrustStore
from warifu.domain.trust.address import Address
from warifu.ports.discoverers import Asks, Found, Link


@dataclass(slots=True)
class Door:
    """What one address shows to who connects.

    Args:
        identities: names of the identity slots that answer there, with the server names that select each.
        asks: whom it asks for a certificate, by server name; the first is what other names get.
        defaults: the identity slots that other names get.
    """

    identities: dict[str, tuple[str, ...]] = field(default_factory=dict)
    asks: list[Asks] = field(default_factory=list)
    defaults: frozenset[str] = frozenset()

    def show(self, slots: Iterable[str], names: tuple[str, ...], asks: Asks, *, first: bool = False) -> None:
        """Note that slots answer server names here.

        Args:
            first: they answer the names that nothing else answers, too.
        """
        known, shown_first = self.identities, first or not self.asks
        slots = tuple(slots)
        self.defaults = frozenset(slots) if shown_first else self.defaults
        shown = {slot: tuple(dict.fromkeys((*known.get(slot, ()), *names))) for slot in slots}
        self.identities = (
            {**shown, **{k: v for k, v in known.items() if k not in shown}} if first else {**known, **shown}
        )
        self.asks.insert(0 if first else len(self.asks), asks)

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for addresses that show the same; the first to answer is what unknown names get."""
        return (self.defaults, frozenset(self.identities.items()), tuple(self.asks))


def split(whole: Found, doors: Mapping[Address, Door]) -> tuple[Found, ...]:
    """Return one process as the services that it is.

    Args:
        whole: the process with every slot; what it listens on, serves and asks is taken from `doors`.
    """
    groups: dict[tuple[object, ...], list[Address]] = {}
    for address, door in doors.items():
        groups.setdefault(door.key, []).append(address)
    if not groups:
        return (whole,)
    found: list[Found] = []
    for addresses in groups.values():
        taken = [one.service.name for one in found]
        hint = f"{whole.service.name}-{addresses[0].port}"
        name = label_for(hint, taken) if found else whole.service.name
        found.append(_part(whole, name, addresses, doors[addresses[0]], _of_clients(whole, doors, found)))
    return tuple(found)


def _of_clients(whole: Found, doors: Mapping[Address, Door], found: list[Found]) -> frozenset[str]:
    """Return the slots that the process uses as a client, or nowhere: the first service has them."""
    if found:
        return frozenset()
    links: Iterable[Link] = whole.links
    used = {name for link in links for name in (link.trust, link.identity)}
    shown = {name for door in doors.values() for name in (*door.identities, *(a.slot for a in door.asks))}
    every = {slot.name for slot in whole.identities} | {slot.name for slot in whole.trusts}
    return frozenset((used & every) | (every - shown))


def _part(whole: Found, name: str, addresses: list[Address], door: Door, of_clients: frozenset[str]) -> Found:
    old = whole.service.name

    def renamed(slot: str) -> str:
        return f"{name}/{slot.partition('/')[2]}" if slot else ""

    def identity(slot: IdentitySlot) -> IdentitySlot:
        return replace(
            slot, name=renamed(slot.name), service=name, sni=door.identities.get(slot.name, slot.sni)
        )

    def trust(slot: TrustSlot) -> TrustSlot:
        return replace(slot, name=renamed(slot.name), service=name)

    asked = {one.slot for one in door.asks}
    trusts = tuple(trust(s) for s in whole.trusts if s.name in of_clients or s.name in asked)
    return replace(
        whole,
        service=replace(whole.service, name=name, addresses=tuple(addresses)),
        identities=tuple(
            identity(s) for s in whole.identities if s.name in of_clients or s.name in door.identities
        ),
        serves=frozenset(renamed(slot) for slot in door.identities),
        defaults=frozenset(renamed(slot) for slot in door.defaults),
        named_by_leaf=frozenset(renamed(slot) for slot in whole.named_by_leaf & set(door.identities)),
        trusts=trusts,
        stores=tuple(TrustStore(slot.store) for slot in trusts),
        links=whole.links if name == old else (),
        client_certificate=tuple(replace(one, slot=renamed(one.slot)) for one in door.asks),
        unseen=whole.unseen if name == old else (),
    )
