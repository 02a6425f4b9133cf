"""What a product's running configuration says about certificates and connections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from warifu.domain.estate import ClientCertificate, IdentitySlot, Service, TrustSlot, TrustStore
from warifu.domain.findings import Finding
from warifu.domain.trust.address import Address
from warifu.ports.hosts import (
    HostReader,
    ProcessSeen,
)


@dataclass(frozen=True, slots=True)
class Link:
    """A connection that a service's configuration makes to some address.

    Args:
        client: name of the service that connects.
        to: where it connects, as configured: a name or an address.
        trust: slot that verifies the peer; empty means it verifies nothing.
        identity: slot that it presents; empty means none that is known.
        bare: it presents nothing, and that is known.
        server_name: the name it expects; empty means none, or that it is not known.
        sni: the name it sends, where that is another; empty means `server_name`.
        no_sni: it sends none.
        where: file and line.
        unknown: what verifies the peer is not known.
    """

    client: str
    to: Address
    trust: str = ""
    identity: str = ""
    bare: bool = False
    server_name: str = ""
    sni: str = ""
    no_sni: bool = False
    where: str = ""
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class Asks:
    """Whether a service asks who connects for a certificate.

    Args:
        slot: the trust slot that judges it; empty where none is asked for.
        names: server names this holds for; the first of a service's answers holds for all that none names.
    """

    wants: ClientCertificate
    slot: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """One service of a running instance of a product: it shows the same at all its addresses.

    Args:
        processes: ids of the processes that belong to it.
        serves: names of the identities that who connects is shown; the others it presents only as a client.
        defaults: those of them that answer names which select none of them.
        named_by_leaf: names of identities that answer the names their certificate carries.
        client_certificate: whether it asks for one, by server name.
        unseen: what could not be looked at, as findings.
    """

    service: Service
    processes: tuple[int, ...] = ()
    identities: tuple[IdentitySlot, ...] = ()
    serves: frozenset[str] = frozenset()
    defaults: frozenset[str] = frozenset()
    named_by_leaf: frozenset[str] = frozenset()
    trusts: tuple[TrustSlot, ...] = ()
    stores: tuple[TrustStore, ...] = ()
    links: tuple[Link, ...] = ()
    client_certificate: tuple[Asks, ...] = ()
    unseen: tuple[Finding, ...] = ()


class Discoverer(Protocol):
    """Reads the configuration of one product's running instances; changes nothing."""

    def discover(self, host: HostReader, node: str, processes: tuple[ProcessSeen, ...]) -> tuple[Found, ...]:
        """Return every running instance on a node.

        Raises:
            CouldNotLookError: the host could not be asked at all.
        """
        ...
