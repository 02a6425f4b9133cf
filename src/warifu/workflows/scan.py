"""Starts an estate from what exists: running services, their configuration, established connections.

It changes nothing. What could not be seen is a finding; a client whose trust store nobody can
see becomes a connection of unknown trust, so that no plan silently leaves it out.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from warifu.domain.estate import (
    ClientCertificate,
    Connection,
    Estate,
    Identity,
    IdentitySlot,
    Node,
    Provenance,
    Service,
    Slot,
    TrustStore,
)
from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.trust.address import Address
from warifu.domain.x509 import Certificate, read
from warifu.errors import CouldNotLookError
from warifu.ports.clock import Clock
from warifu.ports.discoverers import Asks, Discoverer, Found, Link
from warifu.ports.hosts import HostReader

_SERVER_NAME = re.compile(r"(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_Thing = TypeVar("_Thing")
_USER = re.compile(r'"([^"]+)",pid=(\d+)')


@dataclass(frozen=True, slots=True)
class Socket:
    """An established TCP session as a node sees it."""

    local: Address
    peer: Address
    program: str = ""
    pid: int = 0


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scan gave: an estate that can be written as it is, and what could not be seen."""

    estate: Estate
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class _Look:
    """One node's answers."""

    node: Node
    found: tuple[Found, ...] = ()
    sockets: tuple[Socket, ...] = ()
    addresses: frozenset[str] = frozenset()
    findings: list[Finding] = field(default_factory=list)
    leaves: dict[str, Certificate] = field(default_factory=dict)


def scan(
    nodes: Mapping[str, Node],
    hosts: Mapping[str, HostReader],
    discoverers: Sequence[Discoverer],
    clock: Clock,
    *,
    name: str = "estate",
) -> Scanned:
    """Look at every node and put together what was seen.

    Args:
        nodes: the nodes to look at, by name.
        hosts: how each is reached; by-hand nodes have none and are listed as not seen.
    """
    looks = [_look(node, hosts.get(node.name), discoverers) for node in nodes.values()]
    return _assemble(looks, clock.now(), name)


def _look(node: Node, host: HostReader | None, discoverers: Sequence[Discoverer]) -> _Look:
    look = _Look(node)
    if host is None:
        look.findings.append(_unseen(node.name, "by hand"))
        return look
    try:
        _, processes = host.look()
        for discoverer in discoverers:
            look.found += tuple(_joined(discoverer.discover(host, node.name, processes)))
        look.sockets, look.addresses = _network(host, look)
        for found in look.found:
            look.findings += found.unseen
            for slot in found.identities:
                _read_leaf(host, slot, look)
        _find_closed(host, look)
    except CouldNotLookError as error:
        look.findings.append(_unseen(node.name, error))
    return look


def _joined(found: Iterable[Found]) -> Iterable[Found]:
    """Yield instances; those of one configuration (a reload's old process, a second start) are one service."""
    known: dict[tuple[str, tuple[Address, ...]], Found] = {}
    for one in found:
        key = (one.service.options.get("configuration", one.service.name), one.service.addresses)
        first = known.get(key)
        known[key] = one if first is None else replace(first, processes=(*first.processes, *one.processes))
    return known.values()


def _read_leaf(host: HostReader, slot: IdentitySlot, look: _Look) -> None:
    try:
        seen = host.read(slot.certificate)
    except CouldNotLookError as error:
        look.findings.append(_unseen(slot.certificate, error.values.get("reason") or error))
        return
    reading = read(seen.data, slot.certificate)
    look.findings += reading.findings
    if reading.certificates:
        look.leaves[slot.name] = reading.certificates[0]
    elif seen.kind == "absent":
        look.findings.append(_unseen(slot.certificate, "absent"))


_CLOSED = """\
for f; do
  [ -r "$f" ] || printf '%s\\0%s\\0' "$f" "$(LC_ALL=C stat -L -c 'x: Permission denied' -- "$f" 2>&1)"
done
"""


def _find_closed(host: HostReader, look: _Look) -> None:
    """List files of slots that are not there or that this user may not read; no key is read for that."""
    paths: dict[str, None] = {}
    for found in look.found:
        paths |= dict.fromkeys(path for slot in found.identities for path in slot.files)
        paths |= dict.fromkeys(path for slot in found.trusts for path in slot.files)
    said = {finding.subject for finding in look.findings}
    ran = host.run(["sh", "-c", _CLOSED, "sh", *(path for path in paths if path not in said)])
    words = ran.out.decode("utf-8", "surrogateescape").split("\0")[:-1]
    for path, reason in zip(words[::2], words[1::2], strict=True):
        look.findings.append(_unseen(path, reason.rpartition(": ")[2]))


def _network(host: HostReader, look: _Look) -> tuple[tuple[Socket, ...], frozenset[str]]:
    try:
        said = host.run(["ss", "-Htnp", "state", "established"], timeout=timedelta(seconds=10))
        own = host.run(["ip", "-o", "addr"], timeout=timedelta(seconds=10)).out.decode("utf-8", "replace")
    except CouldNotLookError as error:
        look.findings.append(_unseen(f"{look.node.name}: established connections", error))
        return (), frozenset()
    addresses = frozenset(match.group(1) for match in re.finditer(r"inet6?\s+([0-9a-f.:]+)", own))
    rows = [socket_of(line) for line in said.out.decode("utf-8", "replace").splitlines()]
    sockets = tuple(row for row in rows if row is not None)
    nameless = sum(1 for socket in sockets if not socket.pid)
    if nameless:
        subject = f"{look.node.name}: programs of {nameless} of {len(sockets)} established connections"
        look.findings.append(_unseen(subject, "Permission denied"))
    return sockets, addresses


def socket_of(line: str) -> Socket | None:
    """Return the session of one line of `ss -Htnp state established`, or None for anything else."""
    parts = line.split(None, 4)
    if len(parts) < 4:
        return None
    local, peer = _endpoint(parts[2]), _endpoint(parts[3])
    if local is None or peer is None:
        return None
    user = _USER.search(parts[4]) if len(parts) > 4 else None
    return Socket(local, peer, user.group(1) if user else "", int(user.group(2)) if user else 0)


def _endpoint(text: str) -> Address | None:
    host, _, port = text.rpartition(":")
    host = host.strip("[]").partition("%")[0].removeprefix("::ffff:")
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return None
    return Address(host, int(port)) if port.isdigit() else None


def _unseen(what: str, reason: object) -> Finding:
    return Finding(Code.NOT_SEEN, what, {"reason": reason}, Severity.WARNING)


@dataclass(slots=True)
class _Board:
    """The estate while it is put together."""

    now: datetime
    looks: list[_Look]
    services: dict[str, Service] = field(default_factory=dict)
    slots: dict[str, Slot] = field(default_factory=dict)
    stores: dict[str, TrustStore] = field(default_factory=dict)
    identities: dict[str, Identity] = field(default_factory=dict)
    connections: dict[str, Connection] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    serves: dict[str, frozenset[str]] = field(default_factory=dict)
    defaults: dict[str, frozenset[str]] = field(default_factory=dict)
    asks: dict[str, tuple[Asks, ...]] = field(default_factory=dict)
    configured: set[tuple[str, str, int]] = field(default_factory=set)
    """From which node to which service and port somebody connects by configuration."""

    def service_at(self, address: Address, seen_from: _Look) -> Service | None:
        """Return the service that listens where an address leads, as one node sees it."""
        for look in self.looks:
            mine = look is seen_from and _is_loopback(address.host)
            there = address.host in look.addresses or address.host in {look.node.name, _host_of(look.node)}
            for found in look.found:
                for bound in found.service.addresses:
                    same = bound.host == address.host or (bound.host in {"0.0.0.0", "::"} and (mine or there))  # noqa: S104  # what a configuration says
                    if _is_loopback(bound.host) and not mine:
                        same = False
                    if bound.port == address.port and (same or (mine and _is_loopback(bound.host))):
                        return found.service
        return None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _host_of(node: Node) -> str:
    destination: str = getattr(node.reach, "destination", "")
    return destination.rpartition("@")[2]


def _assemble(looks: list[_Look], now: datetime, name: str) -> Scanned:
    board = _Board(now, looks)
    for look in looks:
        board.findings += look.findings
        for found in look.found:
            _take(board, look, found)
    for look in looks:
        for found in look.found:
            for link in found.links:
                _connect(board, look, link)
    for look in looks:
        for socket in look.sockets:
            _see(board, look, socket)
    estate = Estate(
        name=name,
        nodes={look.node.name: look.node for look in looks},
        services=board.services,
        slots=board.slots,
        identities=board.identities,
        trust_stores=board.stores,
        connections=board.connections,
    )
    return Scanned(estate, tuple(board.findings))


def _take(board: _Board, look: _Look, found: Found) -> None:
    board.services[found.service.name] = found.service
    board.serves[found.service.name] = found.serves
    board.defaults[found.service.name] = found.defaults
    for slot in found.identities:
        leaf = look.leaves.get(slot.name)
        sni = slot.sni
        if leaf is not None and slot.name in found.named_by_leaf and len(found.serves) > 1:
            sni = tuple(dict.fromkeys((*sni, *_selecting(leaf))))
        board.slots[slot.name] = replace(slot, identity=_identity(board, slot, leaf), sni=sni)
    for trust in found.trusts:
        board.slots[trust.name] = trust
    board.stores |= {store.name: store for store in found.stores}
    board.asks[found.service.name] = found.client_certificate


def _selecting(leaf: Certificate) -> tuple[str, ...]:
    """Return the server names that select a certificate where the product takes them from it."""
    names = (*leaf.subject.common_names, *(leaf.names.dns if leaf.names else ()))
    return tuple(name.lower() for name in dict.fromkeys(names) if _SERVER_NAME.fullmatch(name))


def _identity(board: _Board, slot: IdentitySlot, leaf: Certificate | None) -> str:
    """Return the identity of a slot: one leaf is one identity, wherever it lies."""
    if leaf is None:
        name = slot.name.replace("/", "-")
        board.identities.setdefault(name, Identity(name))
        return name
    names = leaf.names.texts if leaf.names else leaf.subject.common_names
    base = re.sub(r"[^A-Za-z0-9.-]+", "-", names[0] if names else slot.name).strip("-.") or "identity"
    base = base.replace(".", "-")
    name = f"{base}-{leaf.fingerprint.hex[:6]}"
    board.identities.setdefault(name, Identity(name, names=names))
    return name


def _connect(board: _Board, look: _Look, link: Link) -> None:
    server = board.service_at(link.to, look)
    if server is None:
        board.findings.append(
            _unseen(f"{link.client} -> {link.to}", f"{link.where}: the peer is not on a scanned node")
        )
        return
    board.configured.add((look.node.name, server.name, link.to.port))
    _add(board, link, server, Provenance.CONFIGURED)


def _add(
    board: _Board, link: Link, server: Service, provenance: Provenance, *, unknown: bool = False
) -> None:
    served = board.serves.get(server.name, frozenset())
    identities = [s for s in board.slots.values() if isinstance(s, IdentitySlot) and s.name in served]
    default = [slot for slot in identities if slot.name in board.defaults.get(server.name, ())]
    asked = "" if link.no_sni else link.sni or link.server_name
    chosen = _selected(identities, lambda slot: slot.sni, asked)
    if not chosen:
        chosen = default if (asked or link.no_sni) and default else identities
    if not chosen:
        board.findings.append(_unseen(server.name, "no identity of it could be read"))
        return
    wants, trust = _asked(board.asks.get(server.name, ()), asked)
    nothing = wants is ClientCertificate.REQUIRED and link.bare
    mutual = wants is not ClientCertificate.NONE and (bool(link.identity) or nothing)
    name = f"{link.client}-to-{server.name}" + (
        f"-{link.server_name}".replace(".", "-") if link.server_name else ""
    )
    if nothing:  # it fails where another place of the same client may not
        name += "-without-certificate"
    found = Connection(
        name=name,
        clients=(link.client,),
        servers=(server.name,),
        server_identities=tuple(slot.name for slot in chosen),
        client_trusts=(link.trust,) if link.trust else (),
        client_certificate=wants if mutual else ClientCertificate.NONE,
        client_identities=(link.identity,) if mutual and link.identity else (),
        server_trusts=(trust,) if mutual else (),
        server_name=link.server_name,
        sni=link.sni,
        no_sni=link.no_sni,
        profile="tls-server",
        provenance=provenance,
        seen=board.now if provenance is Provenance.SEEN else None,
        unknown_trust=unknown or link.unknown,
    )
    known = board.connections.get(name)
    board.connections[name] = found if known is None else _joined_connection(known, found)


def _joined_connection(known: Connection, found: Connection) -> Connection:
    """Return one connection for several places that make it: whatever any of them trusts or presents counts."""

    def both(ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*ours, *theirs)))

    mutual = [one for one in (known, found) if one.client_certificate is not ClientCertificate.NONE]
    return replace(
        known,
        server_identities=both(known.server_identities, found.server_identities),
        client_trusts=both(known.client_trusts, found.client_trusts),
        client_certificate=(mutual or [known])[0].client_certificate,
        client_identities=both(known.client_identities, found.client_identities),
        server_trusts=both(known.server_trusts, found.server_trusts),
        no_sni=known.no_sni and found.no_sni,
        unknown_trust=known.unknown_trust or found.unknown_trust,
    )


def _asked(asks: Sequence[Asks], name: str) -> tuple[ClientCertificate, str]:
    """Return what who asks for a server name is asked for."""
    for one in (*_selected(asks, lambda each: each.names, name), *asks):
        return one.wants, one.slot
    return ClientCertificate.NONE, ""


def _selected(
    things: Iterable[_Thing], names: Callable[[_Thing], tuple[str, ...]], name: str
) -> list[_Thing]:
    """Return what a server name selects: by the name itself, else by a wildcard over it."""
    listed, wanted = list(things), name.lower()
    for fits in (wanted, "*." + wanted.partition(".")[2]):
        chosen = [thing for thing in listed if fits in {one.lower() for one in names(thing)}]
        if wanted and chosen:
            return chosen
    return []


def _see(board: _Board, look: _Look, socket: Socket) -> None:
    """Take in one established session: only its connecting side tells who the client is."""
    if board.service_at(socket.local, look) is not None:
        _see_incoming(board, look, socket)
        return
    server = board.service_at(socket.peer, look)
    if server is None:
        return
    if not socket.pid and (look.node.name, server.name, socket.peer.port) in board.configured:
        return  # a client that is known may well hold it; that programs stayed unseen is told once
    client = _client(look, socket)
    for name, connection in board.connections.items():
        if client.name in connection.clients and server.name in connection.servers:
            board.connections[name] = replace(connection, seen=board.now)
            return
    board.services.setdefault(client.name, client)
    link = Link(client.name, socket.peer, where="seen")
    _add(board, link, server, Provenance.SEEN, unknown=True)


def _see_incoming(board: _Board, look: _Look, socket: Socket) -> None:
    """A session from a machine that was not scanned: its client is listed, since nobody can look at it."""
    if any(socket.peer.host in other.addresses for other in board.looks) or _is_loopback(socket.peer.host):
        return  # its own node tells who it is
    server = board.service_at(socket.local, look)
    board.findings.append(
        _unseen(
            f"{socket.peer.host} -> {server.name if server else socket.local}",
            "a client on a node that was not scanned",
        )
    )


def _client(look: _Look, socket: Socket) -> Service:
    for found in look.found:
        if socket.pid and socket.pid in found.processes:
            return found.service
    program = re.sub(r"[^A-Za-z0-9-]+", "-", socket.program or "client").strip("-") or "client"
    return Service(name=f"{look.node.name}-{program}", node=look.node.name, target="by-hand")
