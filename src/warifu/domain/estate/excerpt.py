"""A part of an estate that some of its nodes can look at and change by themselves.

Services of other nodes stay where a client of these connects to them: their addresses are dialled, nothing else of
them is asked. What was seen of the parts makes what was seen of the whole.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from warifu.domain.estate.model import Connection, Estate, Local, Node
from warifu.domain.estate.state import Observed
from warifu.domain.findings.finding import distinct


def excerpt(estate: Estate, nodes: Collection[str]) -> Estate:
    """Return what concerns these nodes: their services and slots, and the connections that they take part in."""
    services = {name: one for name, one in estate.services.items() if one.node in nodes}
    slots = {name: one for name, one in estate.slots.items() if one.service in services}
    connections = {
        name: part
        for name, one in estate.connections.items()
        if (part := _part(one, services.keys(), slots.keys())) is not None
    }
    dialled = {name for one in connections.values() for name in one.servers}
    return Estate(
        name=estate.name,
        nodes={name: estate.nodes[name] for name in sorted(nodes) if name in estate.nodes},
        services={**{name: estate.services[name] for name in sorted(dialled)}, **services},
        slots=slots,
        identities={
            name: one
            for name, one in estate.identities.items()
            if any(getattr(slot, "identity", None) == name for slot in slots.values())
        },
        trust_stores={
            name: one
            for name, one in estate.trust_stores.items()
            if any(getattr(slot, "store", None) == name for slot in slots.values())
        },
        connections=connections,
    )


def at_home(estate: Estate, node: str) -> Estate:
    """Return an estate whose node is the machine that looks at it."""
    here = estate.nodes[node]
    return replace(estate, nodes={**estate.nodes, node: Node(here.name, Local(), here.owner, here.state)})


def _part(connection: Connection, services: Collection[str], slots: Collection[str]) -> Connection | None:
    clients = tuple(name for name in connection.clients if name in services)
    servers = (
        connection.servers if clients else tuple(name for name in connection.servers if name in services)
    )
    if not clients and not servers:
        return None
    return replace(
        connection,
        clients=clients,
        servers=servers,
        server_identities=_those(connection.server_identities, slots),
        client_trusts=_those(connection.client_trusts, slots),
        client_identities=_those(connection.client_identities, slots),
        server_trusts=_those(connection.server_trusts, slots),
    )


def _those(names: Iterable[str], known: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name in known)


def join_looks(estate: Estate, parts: Iterable[tuple[Collection[str], Observed]]) -> Observed:
    """Return the looks at all parts as one; each part is told with the nodes that it is about.

    A connection holds where each of its clients' parts saw it hold, and is refused where any saw it refused; where a
    part could not see it, it could not be seen.
    """
    listed = list(parts)
    whole = Observed(
        min(seen.at for _, seen in listed),
        {name: state for _, seen in listed for name, state in seen.slots.items()},
        {name: one for _, seen in listed for name, one in seen.certificates.items()},
        {name: one for _, seen in listed for name, one in seen.crls.items()},
        {},
        tuple(distinct(one for _, seen in listed for one in seen.findings)),
    )
    return replace(whole, held=_held(estate, listed))


def _held(estate: Estate, parts: list[tuple[Collection[str], Observed]]) -> Mapping[str, bool]:
    held: dict[str, bool] = {}
    for name, connection in estate.connections.items():
        nodes = {estate.services[client].node for client in connection.clients}
        said = [seen.held.get(name) for about, seen in parts if nodes & set(about)]
        if False in said:
            held[name] = False
        elif said and None not in said:
            held[name] = True
    return held
