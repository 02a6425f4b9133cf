"""Rows of a ledger -> an estate; every bad cell is a fault with its line and column."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from warifu.domain.estate.faults import Faults
from warifu.domain.estate.ledger_rows import KINDS, Row
from warifu.domain.estate.model import (
    ByAgent,
    ByHand,
    ClientCertificate,
    Connection,
    Estate,
    Identity,
    IdentitySlot,
    Local,
    Node,
    Owner,
    Place,
    Reach,
    Service,
    Slot,
    Ssh,
    TrustSlot,
    TrustStore,
)
from warifu.domain.estate.parse_services import DEFAULT_CONSUMER, DEFAULT_DIALECT, TARGETS
from warifu.domain.estate.table_reader import nearest, read_address
from warifu.domain.trust.address import Address
from warifu.errors import UsageError

_Thing = TypeVar("_Thing", Node, Service, Identity, TrustStore)


@dataclass(slots=True)
class _Board:
    faults: Faults
    beside: Estate
    nodes: dict[str, Node] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    slots: dict[str, Slot] = field(default_factory=dict)
    identities: dict[str, Identity] = field(default_factory=dict)
    stores: dict[str, TrustStore] = field(default_factory=dict)
    connections: dict[str, Connection] = field(default_factory=dict)
    owners: dict[str, Owner] = field(default_factory=dict)

    def needed(self, row: Row, column: str) -> str:
        value = row.text(column)
        if not value:
            self.faults.add(UsageError("estate.ledger-missing", where=row.where, column=column))
        return value

    def wrong(self, row: Row, column: str, found: str, known: Collection[str]) -> None:
        listed = tuple(sorted(known))[:12]
        near = nearest(found, known) or "-"
        self.faults.add(
            UsageError(
                "estate.ledger-wrong", where=row.where, column=column, found=found, near=near, known=listed
            )
        )

    def twice(self, row: Row, name: str, first: Place) -> None:
        where = f"{first.file}:{first.line}"
        self.faults.add(
            UsageError("estate.ledger-twice", where=row.where, column="name", found=name, first=where)
        )

    def agree(self, row: Row, column: str, kept: dict[str, _Thing], thing: _Thing) -> None:
        """Keep a thing; a later row that says otherwise of it is a fault."""
        first = kept.setdefault(thing.name, thing)
        if first != thing:
            self.faults.add(
                UsageError(
                    "estate.ledger-contradicts",
                    where=row.where,
                    column=column,
                    found=thing.name,
                    first=f"{first.place.file}:{first.place.line}",
                )
            )

    def owner(self, row: Row) -> str:
        name = row.text("owner")
        if name and name not in self.beside.owners:
            self.owners.setdefault(name, Owner(name, place=_place(row)))
        return name


def estate_of_rows(rows: Iterable[Row], faults: Faults, beside: Estate) -> Estate:
    """Return the estate that rows list; connections may name what `beside` has."""
    board = _Board(faults, beside)
    connections: list[Row] = []
    for row in rows:
        kind = next((kind for kind, words in KINDS.items() if row.text("kind").casefold() in words), "")
        if not kind:
            board.wrong(row, "kind", row.text("kind"), KINDS)
        elif kind == "connection":
            connections.append(row)
        else:
            _take_service(board, row, kind)
    for row in connections:
        _take_connection(board, row)
    return Estate(
        nodes=board.nodes,
        services=board.services,
        slots=board.slots,
        identities=board.identities,
        trust_stores=board.stores,
        connections=board.connections,
        owners=board.owners,
    )


def _place(row: Row) -> Place:
    return Place(row.file, row.line)


def _take_service(board: _Board, row: Row, kind: str) -> None:
    node, name = board.needed(row, "node"), board.needed(row, "service")
    if not node or not name:
        return
    board.agree(row, "reach", board.nodes, Node(node, _reach(board, row), place=_place(row)))
    target = row.text("target").lower()
    if target not in TARGETS:
        board.wrong(row, "target", target, TARGETS)
    service = Service(
        name,
        node,
        target,
        consumer=DEFAULT_CONSUMER.get(target, "unknown"),
        addresses=_addresses(board, row),
        dialect=DEFAULT_DIALECT.get(target, "tls"),
        owner=board.owner(row) if kind == "service" else "",
        place=_place(row),
    )
    board.agree(row, "service", board.services, service)
    if kind != "service":
        _take_slot(board, row, name, kind)


def _reach(board: _Board, row: Row) -> Reach:
    word, _, rest = row.text("reach").partition(" ")
    if word == "ssh" and rest.strip():
        return Ssh(rest.strip())
    if word == "by-hand":
        return ByHand(rest.strip() or "appliance")
    if word == "agent":
        return ByAgent(rest.strip())
    if word not in ("local", ""):
        board.wrong(
            row, "reach", row.text("reach"), ("local", "ssh DESTINATION", "by-hand PLATFORM", "agent")
        )
    return Local()


def _addresses(board: _Board, row: Row) -> tuple[Address, ...]:
    found = []
    for text in row.items("addresses"):
        address = read_address(text)
        if address is None:
            board.wrong(row, "addresses", text, ("host:port", "[IPv6]:port"))
        else:
            found.append(address)
    return tuple(found)


def _take_slot(board: _Board, row: Row, service: str, kind: str) -> None:
    label, holds, file = (board.needed(row, column) for column in ("name", "holds", "file"))
    name = f"{service}/{label}"
    if name in board.slots:
        board.twice(row, name, board.slots[name].place)
        return
    place = _place(row)
    owner = board.owner(row)
    if kind == "identity":
        issuer = row.text("issuer")
        if issuer and issuer not in board.beside.issuers:
            board.wrong(row, "issuer", issuer, board.beside.issuers)
        identity = Identity(holds, row.items("names"), issuer=issuer, owner=owner, place=place)
        board.agree(row, "holds", board.identities, identity)
        board.slots[name] = IdentitySlot(
            name,
            service,
            holds,
            file,
            row.text("key"),
            row.text("more"),
            row.items("sni"),
            place=place,
        )
        return
    board.agree(row, "holds", board.stores, TrustStore(holds, owner=owner, place=place))
    board.slots[name] = TrustSlot(name, service, holds, file, row.text("more"), place=place)


def _take_connection(board: _Board, row: Row) -> None:
    name = board.needed(row, "name")
    services = {*board.services, *board.beside.services}
    slots = {*board.slots, *board.beside.slots}
    for column, known in (
        ("clients", services),
        ("servers", services),
        ("server-identities", slots),
        ("client-trusts", slots),
        ("client-identities", slots),
        ("server-trusts", slots),
    ):
        for item in row.items(column):
            if item not in known:
                board.wrong(row, column, item, known)
    for column in ("clients", "servers"):
        board.needed(row, column)
    mode = row.text("client-certificate") or "none"
    modes = [one.value for one in ClientCertificate]
    if mode not in modes:
        board.wrong(row, "client-certificate", mode, modes)
        mode = "none"
    if name in board.connections:
        board.twice(row, name, board.connections[name].place)
    board.connections[name] = Connection(
        name,
        row.items("clients"),
        row.items("servers"),
        row.items("server-identities"),
        row.items("client-trusts"),
        ClientCertificate(mode),
        row.items("client-identities"),
        row.items("server-trusts"),
        row.text("server-name"),
        relation=row.text("relation"),
        owner=board.owner(row),
        place=_place(row),
    )
