"""Things of an estate as the tables that declare them: only what differs from the defaults."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import TypeAlias, TypeVar

from warifu.domain.estate.model import (
    ByAgent,
    ByHand,
    ClientCertificate,
    Connection,
    CrlMode,
    Estate,
    Group,
    Identity,
    IdentitySlot,
    IssuerSpec,
    Loading,
    Local,
    Node,
    Owner,
    Provenance,
    Service,
    Slot,
    Ssh,
    TrustStore,
    Window,
)
from warifu.domain.estate.parse import WEEKDAYS
from warifu.domain.estate.parse_services import DEFAULT_CONSUMER, DEFAULT_DIALECT

Table: TypeAlias = dict[str, object]
Path: TypeAlias = tuple[str, ...]
_Thing = TypeVar("_Thing")


def tables_of(estate: Estate) -> Iterator[tuple[Path, Table]]:
    """Yield every table of an estate with its path, kinds in the order of docs/estate.md, names sorted."""
    yield from _each("owners", estate.owners, owner_table)
    yield from _each("nodes", estate.nodes, node_table)
    slots = slots_by_service(estate)
    for service in _sorted(estate.services):
        yield ("services", service.name), service_table(service)
        for slot in slots.get(service.name, ()):
            yield slot_path(slot), slot_table(slot)
    yield from _each("identities", estate.identities, identity_table)
    yield from _each("trust-stores", estate.trust_stores, store_table)
    yield from _each("connections", estate.connections, connection_table)
    yield from _each("groups", estate.groups, group_table)
    yield from _each("windows", estate.windows, window_table)
    yield from _each("issuers", estate.issuers, issuer_table)


def slot_path(slot: Slot) -> Path:
    """Return the path of a slot's table."""
    kind = "identities" if isinstance(slot, IdentitySlot) else "trusts"
    return ("services", slot.service, kind, slot.name.partition("/")[2])


def owner_table(owner: Owner) -> Table:
    """Return the table of an owner."""
    plain = Owner(owner.name)
    return _kept(
        {
            "contact": owner.contact,
            "answer-within": _span(owner.answer_within, plain.answer_within),
            "remind-every": _span(owner.remind_every, plain.remind_every),
        }
    )


def node_table(node: Node) -> Table:
    """Return the table of a node."""
    reach = node.reach
    table: Table = {"reach": "local"}
    if isinstance(reach, Ssh):
        table = {
            "reach": "ssh",
            "destination": reach.destination,
            "options": list(reach.options),
            "sudo": reach.sudo,
        }
    elif isinstance(reach, ByHand):
        table = {"reach": "by-hand", "platform": reach.platform}
    elif isinstance(reach, ByAgent):
        table = {"reach": "agent", "agent": reach.name}
    else:
        assert isinstance(reach, Local)  # noqa: S101 - the union has four members
    return _kept({**table, "owner": node.owner, "state": node.state})


def service_table(service: Service) -> Table:
    """Return the table of a service without its slots."""
    return _kept(
        {
            "node": service.node,
            "target": service.target,
            "consumer": _unless(service.consumer, DEFAULT_CONSUMER.get(service.target, "unknown")),
            "addresses": [str(address) for address in service.addresses],
            "dialect": _unless(service.dialect, DEFAULT_DIALECT.get(service.target, "tls")),
            "loading": _unless(service.loading.value, Loading.RELOAD.value),
            "reload": list(service.reload),
            "restart": list(service.restart),
            "check": list(service.check),
            "options": dict(sorted(service.options.items())),
            "owner": service.owner,
            "session-lifetime": _span(service.session_lifetime, timedelta()),
        }
    )


def slot_table(slot: Slot) -> Table:
    """Return the table of a slot."""
    if isinstance(slot, IdentitySlot):
        return _kept(
            {
                "identity": slot.identity,
                "certificate": slot.certificate,
                "key": slot.key,
                "chain": slot.chain,
                "sni": list(slot.sni),
                "user": slot.user,
            }
        )
    return _kept({"store": slot.store, "anchors": slot.anchors, "crls": slot.crls})


def identity_table(identity: Identity) -> Table:
    """Return the table of an identity."""
    plain = Identity(identity.name)
    return _kept(
        {
            "names": list(identity.names),
            "subject": identity.subject,
            "issuer": identity.issuer,
            "profile": _unless(identity.profile, plain.profile),
            "key": _unless(identity.key, plain.key),
            "lifetime": _span(identity.lifetime, plain.lifetime),
            "owner": identity.owner,
        }
    )


def store_table(store: TrustStore) -> Table:
    """Return the table of a trust store."""
    return _kept(
        {
            "crl-mode": _unless(store.crl_mode.value, CrlMode.OFF.value),
            "partial-chain": store.partial_chain,
            "single": store.single,
            "owner": store.owner,
        }
    )


def connection_table(connection: Connection) -> Table:
    """Return the table of a connection; slots are always named, an empty list too."""
    mutual = connection.client_certificate is not ClientCertificate.NONE
    table = _kept(
        {
            "clients": list(connection.clients),
            "servers": list(connection.servers),
            "client-certificate": _unless(connection.client_certificate.value, ClientCertificate.NONE.value),
            "server-name": connection.server_name,
            "sni": connection.sni,
            "no-sni": connection.no_sni,
            "accepted-subjects": list(connection.accepted_subjects),
            "profile": _unless(connection.profile, "tls-server"),
            "relation": connection.relation,
            "provenance": _unless(connection.provenance.value, Provenance.DECLARED.value),
            "seen": connection.seen,
            "unknown-trust": connection.unknown_trust,
            "owner": connection.owner,
        }
    )
    table["server-identities"] = list(connection.server_identities)
    table["client-trusts"] = list(connection.client_trusts)
    if mutual or connection.client_identities:
        table["client-identities"] = list(connection.client_identities)
    if mutual or connection.server_trusts:
        table["server-trusts"] = list(connection.server_trusts)
    return {key: table[key] for key in CONNECTION_KEYS if key in table}


CONNECTION_KEYS = (
    "clients",
    "servers",
    "server-identities",
    "client-trusts",
    "client-certificate",
    "client-identities",
    "server-trusts",
    "server-name",
    "sni",
    "no-sni",
    "accepted-subjects",
    "profile",
    "relation",
    "provenance",
    "seen",
    "unknown-trust",
    "owner",
)


def group_table(group: Group) -> Table:
    """Return the table of a group."""
    table = _kept({"services": list(group.services), "windows": list(group.windows)})
    if group.max_unavailable != 1:
        table["max-unavailable"] = group.max_unavailable
    return table


def window_table(window: Window) -> Table:
    """Return the table of a window."""
    return {
        "zone": window.zone,
        "weekdays": [WEEKDAYS[day] for day in window.weekdays],
        "start": window.start.isoformat(),
        "length": duration_text(window.length),
        "freezes": [[first.isoformat(), last.isoformat()] for first, last in window.freezes],
    }


def issuer_table(issuer: IssuerSpec) -> Table:
    """Return the table of an issuer."""
    return _kept(
        {
            "kind": issuer.kind,
            "folder": issuer.folder,
            "passphrase-file": issuer.passphrase_file,
            "chain": issuer.chain,
            "owner": issuer.owner,
        }
    )


def duration_text(span: timedelta) -> str:
    """Return a duration in the largest unit that carries it whole; parts of a second are dropped."""
    seconds = int(span.total_seconds())
    for sign, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{sign}"
    return f"{seconds}s"


def _sorted(things: Mapping[str, _Thing]) -> Iterator[_Thing]:
    for name in sorted(things):
        yield things[name]


def _each(
    kind: str, things: Mapping[str, _Thing], table_of: Callable[[_Thing], Table]
) -> Iterator[tuple[Path, Table]]:
    for name in sorted(things):
        yield (kind, name), table_of(things[name])


def slots_by_service(estate: Estate) -> Mapping[str, list[Slot]]:
    """Return the slots of each service, sorted by name."""
    found: dict[str, list[Slot]] = {}
    for slot in _sorted(estate.slots):
        found.setdefault(slot.service, []).append(slot)
    return found


def _kept(table: Table) -> Table:
    return {key: value for key, value in table.items() if value}


def _unless(value: str, default: str) -> str:
    return "" if value == default else value


def _span(value: timedelta, default: timedelta) -> str:
    return "" if value == default else duration_text(value)
