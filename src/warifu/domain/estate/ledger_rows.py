"""The columns of a ledger, and the rows of an estate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from warifu.domain.estate.model import (
    ClientCertificate,
    Connection,
    Estate,
    IdentitySlot,
    Service,
    Slot,
    say_reach,
)
from warifu.domain.estate.tables import slots_by_service
from warifu.domain.findings import Lang
from warifu.domain.findings.messages import MESSAGES

_HEADINGS: Mapping[str, str] = {
    "kind": "estate.ledger-kind",
    "name": "estate.ledger-name",
    "node": "estate.ledger-node",
    "reach": "estate.ledger-reach",
    "service": "estate.ledger-service",
    "target": "estate.ledger-target",
    "addresses": "estate.ledger-addresses",
    "holds": "estate.ledger-holds",
    "file": "estate.ledger-file",
    "key": "estate.ledger-key",
    "more": "estate.ledger-more",
    "sni": "estate.ledger-sni",
    "names": "estate.ledger-names",
    "issuer": "estate.ledger-issuer",
    "owner": "estate.ledger-owner",
    "clients": "estate.ledger-clients",
    "servers": "estate.ledger-servers",
    "server-identities": "estate.ledger-server-identities",
    "client-trusts": "estate.ledger-client-trusts",
    "client-certificate": "estate.ledger-client-certificate",
    "client-identities": "estate.ledger-client-identities",
    "server-trusts": "estate.ledger-server-trusts",
    "server-name": "estate.ledger-server-name",
    "relation": "estate.ledger-relation",
}
FORMER = {"所有者": "owner", "証明書またはストア": "holds"}
"""Headings that ledgers of earlier versions have."""
COLUMNS = tuple(_HEADINGS)

KINDS: Mapping[str, tuple[str, ...]] = {
    "identity": ("identity", "証明書"),
    "trust": ("trust", "トラスト ストア", "トラストストア"),
    "service": ("service", "サービス"),
    "connection": ("connection", "接続"),
}
"""How each kind of row is written, in either language."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row as read: cells by column, and where it stands."""

    file: str
    line: int
    cells: Mapping[str, str]

    def text(self, column: str) -> str:
        """Return a cell without surrounding space."""
        return self.cells.get(column, "").strip()

    def items(self, column: str) -> tuple[str, ...]:
        """Return the items of a cell that holds a list."""
        return split_list(self.text(column))

    @property
    def where(self) -> str:
        """`file:line`."""
        return f"{self.file}:{self.line}"


def heading(column: str, lang: Lang) -> str:
    """Return a column's heading."""
    text = MESSAGES[_HEADINGS[column]]
    return text.ja if lang is Lang.JA else text.en


def rows_of(estate: Estate) -> Iterator[Mapping[str, str]]:
    """Yield the rows of an estate: services in the order of their names, then connections."""
    slots = slots_by_service(estate)
    for name in sorted(estate.services):
        service = estate.services[name]
        about = _about(estate, service)
        for slot in slots.get(name, ()):
            yield {**about, **_slot(estate, slot)}
        if name not in slots:
            yield {**about, "kind": "service", "owner": service.owner}
    for name in sorted(estate.connections):
        yield _connection(estate.connections[name])


def join_list(items: Iterable[str]) -> str:
    """Return a list as one cell."""
    return ";".join(item.replace("\\", "\\\\").replace(";", "\\;") for item in items)


def split_list(cell: str) -> tuple[str, ...]:
    """Return the items of a cell; an empty cell holds none."""
    items: list[str] = []
    current, escaped = "", False
    for sign in cell:
        if escaped or sign not in "\\;":
            current, escaped = current + sign, False
        elif sign == "\\":
            escaped = True
        else:
            items.append(current.strip())
            current = ""
    return (*items, current.strip()) if cell else ()


def _about(estate: Estate, service: Service) -> dict[str, str]:
    return {
        "node": service.node,
        "reach": say_reach(estate.nodes[service.node].reach),
        "service": service.name,
        "target": service.target,
        "addresses": join_list(str(address) for address in service.addresses),
    }


def _slot(estate: Estate, slot: Slot) -> dict[str, str]:
    label = slot.name.partition("/")[2]
    if isinstance(slot, IdentitySlot):
        identity = estate.identities[slot.identity]
        return {
            "kind": "identity",
            "name": label,
            "holds": slot.identity,
            "file": slot.certificate,
            "key": slot.key,
            "more": slot.chain,
            "sni": join_list(slot.sni),
            "names": join_list(identity.names),
            "issuer": identity.issuer,
            "owner": identity.owner,
        }
    store = estate.trust_stores[slot.store]
    return {
        "kind": "trust",
        "name": label,
        "holds": slot.store,
        "file": slot.anchors,
        "more": slot.crls,
        "owner": store.owner,
    }


def _connection(connection: Connection) -> dict[str, str]:
    mutual = connection.client_certificate is not ClientCertificate.NONE
    return {
        "kind": "connection",
        "name": connection.name,
        "owner": connection.owner,
        "clients": join_list(connection.clients),
        "servers": join_list(connection.servers),
        "server-identities": join_list(connection.server_identities),
        "client-trusts": join_list(connection.client_trusts),
        "client-certificate": connection.client_certificate.value if mutual else "",
        "client-identities": join_list(connection.client_identities),
        "server-trusts": join_list(connection.server_trusts),
        "server-name": connection.server_name,
        "relation": connection.relation,
    }
