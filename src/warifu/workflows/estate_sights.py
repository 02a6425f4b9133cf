"""What a server sees in the estates that it keeps, beside what agents tell: who presents, holds and checks by what.

Nodes that are reached over SSH are looked at, the services of those that people serve are dialled, and agents are asked
for the services that an estate names and their own settings may not. What nobody could look at is told as "not heard".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from warifu.domain.directory import ClientStore, CrlUse, NodeEntries, Presented, Reports, Sighting
from warifu.domain.estate import (
    ByHand,
    Estate,
    IdentitySlot,
    IdentityValue,
    Observed,
    TrustSlot,
    TrustValue,
)
from warifu.domain.findings import Code
from warifu.domain.x509 import Certificate
from warifu.errors import WarifuError
from warifu.ports.rollout_books import KeptEstate
from warifu.workflows.estate_desk import EstateDesk
from warifu.workflows.far import called

_WHERE: Final = " (estate "
_AT_ONCE: Final = 8


@dataclass(frozen=True, slots=True)
class EstateSights:
    """Looks at every estate of a server.

    Args:
        look: looks at all slots of one; agents that are away are findings.
    """

    estates: EstateDesk
    look: Callable[[KeptEstate, Estate], Observed]

    def reports(self) -> Reports:
        """Look now, at all estates at once; dials, asks agents and waits for them: never in a transaction."""
        kept = self.estates.estates()
        if not kept:
            return Reports()
        with ThreadPoolExecutor(min(_AT_ONCE, len(kept))) as threads:
            return join(threads.map(self._of, kept))

    def nodes(self) -> frozenset[str]:
        """Return what the nodes of all estates are called."""
        estates = [self.estates.read(kept) for kept in self.estates.estates()]
        return frozenset(called(estate, node) or node for estate in estates for node in estate.nodes)

    def _of(self, kept: KeptEstate) -> Reports:
        estate = self.estates.read(kept)
        try:
            return sights_of(estate, self.look(kept, estate))
        except WarifuError:  # nothing of it could be looked at
            return Reports(tuple(_unheard(estate, node) for node in estate.nodes))


def sights_of(estate: Estate, seen: Observed) -> Reports:
    """Return what one look at an estate says of who uses which certificate."""
    unheard = {estate.node_of(name).name for name in estate.slots if _is_unseen(estate, seen, name)}
    looks = _Looks(estate, seen)
    return Reports(
        nodes=tuple(_unheard(estate, node) for node in sorted(unheard)),
        presented=tuple(looks.presented()),
        stores=tuple(looks.stores()),
        crls=tuple(looks.crls()),
    )


def join(parts: Iterable[Reports]) -> Reports:
    """Return what several looks say as one."""
    listed = tuple(parts)
    return Reports(
        nodes=tuple(one for part in listed for one in part.nodes),
        presented=tuple(one for part in listed for one in part.presented),
        stores=tuple(one for part in listed for one in part.stores),
        crls=tuple(one for part in listed for one in part.crls),
    )


def name_of(place: str) -> str:
    """Return what the node of a place in an estate is called; empty where the place is no such one."""
    name, found, _ = place.partition(_WHERE)
    return name if found else ""


def _unheard(estate: Estate, node: str) -> NodeEntries:
    return NodeEntries(f"{called(estate, node) or node}{_WHERE}{estate.name})", heard=False)


def _is_unseen(estate: Estate, seen: Observed, slot: str) -> bool:
    """Tell whether nobody knows what a slot holds; one whose files are not there holds nothing.

    A listing that is not there says nothing of the node that people serve.
    """
    state = seen.slots.get(slot)
    if state is None or state.values:
        return state is None
    is_listed = isinstance(estate.node_of(slot).reach, ByHand)
    return is_listed or all(one.code is not Code.FILE_ABSENT for one in state.findings)


@dataclass(frozen=True, slots=True)
class _Looks:
    estate: Estate
    seen: Observed

    def presented(self) -> Iterator[Presented]:
        """Yield the chains that services present, or will after their next start."""
        for slot in self.estate.slots.values():
            if isinstance(slot, IdentitySlot):
                for chain, how in self._chains(slot.name):
                    yield Presented(self._node(slot.name), slot.name, slot.identity, chain, self.seen.at, how)

    def stores(self) -> Iterator[ClientStore]:
        """Yield what services verify by, with the chains that they verify."""
        for slot, value in self._trusts():
            anchors = {
                f"{one.label} {one.fingerprint.short}": one for one in self._certificates(value.anchors)
            }
            yield ClientStore(
                self._node(slot.name), slot.anchors, anchors, self.seen.at, tuple(self._peers(slot.name))
            )

    def crls(self) -> Iterator[CrlUse]:
        """Yield the CRLs that services check by."""
        for slot, value in self._trusts():
            for digest in value.crls:
                if digest in self.seen.crls:
                    yield CrlUse(
                        self._node(slot.name), slot.crls or slot.anchors, self.seen.crls[digest], self.seen.at
                    )

    def _trusts(self) -> Iterator[tuple[TrustSlot, TrustValue]]:
        for slot in self.estate.slots.values():
            if isinstance(slot, TrustSlot):
                for value in self._values(slot.name):
                    if isinstance(value, TrustValue):
                        yield slot, value

    def _peers(self, trust: str) -> Iterator[tuple[Certificate, ...]]:
        """Yield the chains that a store has to verify; none where one of them could not be seen."""
        met: dict[str, None] = {}
        for one in self.estate.connections.values():
            if trust in one.client_trusts:
                met |= dict.fromkeys(one.server_identities)
            if trust in one.server_trusts:
                met |= dict.fromkeys(one.client_identities)
        chains = {name: [chain for chain, _ in self._chains(name)] for name in met}
        if all(chains.values()):
            for found in chains.values():
                yield from found

    def _chains(self, slot: str) -> Iterator[tuple[tuple[Certificate, ...], Sighting]]:
        state = self.seen.slots.get(slot)
        for value in self._values(slot):
            if state is not None and isinstance(value, IdentityValue):
                chain = self._certificates((value.leaf, *value.chain))
                is_live = state.on_wire and value in state.loaded
                if chain:
                    yield chain, Sighting.LIVE if is_live else Sighting.EMBEDDED

    def _values(self, slot: str) -> tuple[object, ...]:
        state = self.seen.slots.get(slot)
        return () if state is None else state.values

    def _certificates(self, digests: Iterable[str]) -> tuple[Certificate, ...]:
        known: Mapping[str, Certificate] = self.seen.certificates
        return tuple(known[digest] for digest in digests if digest in known)

    def _node(self, slot: str) -> str:
        node = self.estate.node_of(slot).name
        return called(self.estate, node) or node
