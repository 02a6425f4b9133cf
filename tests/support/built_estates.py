"""Small estates for tests: services with identities and trust stores, and who connects to whom.

place = EstateBuilder()
place.server("web", web_leaf)
place.client("app", old_root)
place.connect("app", "web")
place.estate, place.observed
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from support.pki import NOW, Entity
from warifu.domain.estate import (
    ClientCertificate,
    Connection,
    Estate,
    Group,
    Identity,
    IdentitySlot,
    IdentityValue,
    IssuerSpec,
    Loading,
    Local,
    Node,
    Observed,
    Service,
    Slot,
    SlotState,
    TrustSlot,
    TrustStore,
    TrustValue,
    Value,
)
from warifu.domain.x509 import Certificate

_VALUES: dict[int, tuple[Entity, Certificate]] = {}


def value_of(entity: Entity) -> Certificate:
    """The certificate of an entity, parsed once."""
    known = _VALUES.get(id(entity))
    if known is None or known[0] is not entity:
        known = _VALUES[id(entity)] = (entity, entity.value)
    return known[1]


def shown(leaf: Entity) -> IdentityValue:
    """What is presented with a leaf."""
    between = tuple(value_of(one).fingerprint.hex for one in leaf.above if one.above)
    return IdentityValue(value_of(leaf).fingerprint.hex, between)


def trusted(*anchors: Entity) -> TrustValue:
    """A trust store of these anchors."""
    return TrustValue(tuple(value_of(anchor).fingerprint.hex for anchor in anchors))


class EstateBuilder:
    """Puts an estate together; everything is on one node unless told otherwise."""

    def __init__(self, consumer: str = "openssl", at: datetime = NOW) -> None:
        self.consumer = consumer
        self.at = at
        self.nodes: dict[str, Node] = {}
        self.services: dict[str, Service] = {}
        self.slots: dict[str, Slot] = {}
        self.identities: dict[str, Identity] = {}
        self.stores: dict[str, TrustStore] = {}
        self.issuers: dict[str, IssuerSpec] = {}
        self.connections: dict[str, Connection] = {}
        self.groups: dict[str, Group] = {}
        self.states: dict[str, SlotState] = {}
        self.certificates: dict[str, Certificate] = {}
        self.held: dict[str, bool] = {}

    def know(self, *entities: Entity) -> None:
        """Have certificates, and all above them, at hand."""
        for entity in entities:
            for one in (entity, *entity.above):
                value = value_of(one)
                self.certificates[value.fingerprint.hex] = value

    def service(self, name: str, loading: Loading = Loading.RELOAD, node: str = "here") -> None:
        """A service, made once."""
        self.nodes.setdefault(node, Node(node, Local()))
        self.services.setdefault(
            name, Service(name, node, "files", self.consumer, loading=loading, options=MappingProxyType({}))
        )

    def presents(
        self,
        service: str,
        *leaves: Entity,
        label: str = "tls",
        identity: str = "",
        issuer: str = "",
        file: str = "",
        loading: Loading = Loading.RELOAD,
        values: Iterable[Value] = (),
    ) -> str:
        """An identity slot; the first value is on disk, all of them may be loaded."""
        self.service(service, loading)
        name = f"{service}/{label}"
        path = file or f"/{service}/{label}.pem"
        self.slots[name] = IdentitySlot(name, service, identity or service, path)
        self.identities[identity or service] = Identity(identity or service, issuer=issuer)
        self.know(*leaves)
        found = (*values, *(shown(leaf) for leaf in leaves))
        self.states[name] = SlotState(name, found[0], tuple(found[1:]) or found[:1], proven=True)
        return name

    def trusts(
        self,
        service: str,
        *anchors: Entity,
        label: str = "trust",
        store: str = "",
        single: bool = False,
        file: str = "",
        loading: Loading = Loading.RELOAD,
        values: Iterable[TrustValue] = (),
    ) -> str:
        """A trust slot; further `values` are those it may have loaded."""
        self.service(service, loading)
        name = f"{service}/{label}"
        self.slots[name] = TrustSlot(
            name, service, store or f"{service}-trust", file or f"/{service}/{label}.pem"
        )
        self.stores[store or f"{service}-trust"] = TrustStore(store or f"{service}-trust", single=single)
        self.know(*anchors)
        disk = trusted(*anchors)
        self.states[name] = SlotState(name, disk, tuple(values) or (disk,), proven=not tuple(values))
        return name

    def connect(self, client: str, server: str, *, mutual: bool = False, **options: object) -> str:
        """A connection between services that have one slot of each kind needed."""
        name = f"{client}-to-{server}"
        self.connections[name] = replace(
            Connection(
                name,
                (client,),
                (server,),
                self._slots(server, IdentitySlot),
                self._slots(client, TrustSlot),
                ClientCertificate.REQUIRED if mutual else ClientCertificate.NONE,
                self._slots(client, IdentitySlot) if mutual else (),
                self._slots(server, TrustSlot) if mutual else (),
                profile="openssl",
            ),
            **options,  # type: ignore[arg-type]  # tests name fields of Connection
        )
        return name

    def _slots(self, service: str, kind: type[IdentitySlot | TrustSlot]) -> tuple[str, ...]:
        return tuple(
            name for name, slot in self.slots.items() if slot.service == service and isinstance(slot, kind)
        )

    @property
    def estate(self) -> Estate:
        """The estate so far."""
        return Estate(
            nodes=self.nodes,
            services=self.services,
            slots=self.slots,
            identities=self.identities,
            trust_stores=self.stores,
            connections=self.connections,
            groups=self.groups,
            issuers=self.issuers,
        )

    @property
    def observed(self) -> Observed:
        """One look at it."""
        return Observed(self.at, self.states, self.certificates, held=self.held)
