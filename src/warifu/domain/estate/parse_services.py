"""Tables of services and their slots."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from types import MappingProxyType

from warifu.domain.estate.model import IdentitySlot, Loading, Service, Slot, TrustSlot
from warifu.domain.estate.table_reader import Section, shown
from warifu.errors import UsageError

TARGETS = ("files", "nginx", "haproxy", "postgresql", "demo", "by-hand")
CONSUMERS = (
    "openssl",
    "cryptography",
    "gnutls",
    "go",
    "java",
    "nss",
    "schannel",
    "rustls",
    "apple",
    "unknown",
)
DIALECTS = ("tls", "imap", "ldap", "mysql", "nats", "pop3", "postgresql", "smtp", "tds", "tds8")
"""How TLS begins at a service; the probes speak them all."""

DEFAULT_CONSUMER = MappingProxyType(
    {"nginx": "openssl", "haproxy": "openssl", "postgresql": "openssl", "demo": "openssl"}
)
"""What each target's verifying code is, where the file does not say; every other target is `unknown`."""

DEFAULT_DIALECT = MappingProxyType({"postgresql": "postgresql"})


def read_service(
    section: Section, local_nodes: Collection[str]
) -> tuple[Service, tuple[tuple[Slot, Section], ...]]:
    """Read one service and its slots, each slot with its table.

    Args:
        local_nodes: nodes whose relative paths start at the estate file's folder.
    """
    node = section.needed("node", 'node = "web-1"')
    service = service_on(section, node, resolve=node in local_nodes)
    slots = tuple(_slots(section, service, resolve=node in local_nodes))
    section.close()
    return service, slots


def service_on(section: Section, node: str, *, resolve: bool) -> Service:
    """Read what a service is, without its slots and its node; the section stays open.

    Args:
        resolve: relative paths start at the file's folder.
    """
    target = section.choice("target", TARGETS, "")
    return Service(
        section.name,
        node,
        target,
        consumer=section.choice("consumer", CONSUMERS, DEFAULT_CONSUMER.get(target, "unknown")),
        addresses=section.addresses("addresses"),
        dialect=section.choice("dialect", DIALECTS, DEFAULT_DIALECT.get(target, "tls")),
        loading=Loading(section.choice("loading", [one.value for one in Loading], Loading.RELOAD.value)),
        reload=section.texts("reload"),
        restart=section.texts("restart"),
        check=section.texts("check"),
        options=MappingProxyType(_options(section, resolve=resolve)),
        owner=section.text("owner"),
        session_lifetime=section.duration("session-lifetime", timedelta()),
        place=section.place,
    )


def _slots(section: Section, service: Service, *, resolve: bool) -> Iterator[tuple[Slot, Section]]:
    for table in section.tables("identities"):
        yield _identity_slot(table, service, resolve=resolve), table
    for table in section.tables("trusts"):
        yield _trust_slot(table, service, resolve=resolve), table


def _options(section: Section, *, resolve: bool) -> Mapping[str, str]:
    table = section.table("options")
    return {} if table is None else dict(_option_pairs(table, resolve=resolve))


def _option_pairs(table: Section, *, resolve: bool) -> Iterator[tuple[str, str]]:
    for key, value in table.values.items():
        if not isinstance(value, str):
            table.faults.add(
                UsageError("estate.not-text", where=table.where(key), key=table.key(key), found=shown(value))
            )
        elif resolve and value.startswith(("./", "../")):
            yield key, table.source.resolve(value)
        else:
            yield key, value


def _identity_slot(section: Section, service: Service, *, resolve: bool) -> IdentitySlot:
    slot = IdentitySlot(
        f"{service.name}/{section.name}",
        service.name,
        section.needed("identity", 'identity = "web"'),
        _path(section, section.needed("certificate", 'certificate = "/etc/nginx/web.crt"'), resolve=resolve),
        section.file("key", resolve=resolve),
        section.file("chain", resolve=resolve),
        section.texts("sni"),
        section.text("user"),
        place=section.place,
    )
    section.close()
    return slot


def _trust_slot(section: Section, service: Service, *, resolve: bool) -> TrustSlot:
    slot = TrustSlot(
        f"{service.name}/{section.name}",
        service.name,
        section.needed("store", 'store = "client-cas"'),
        _path(section, section.needed("anchors", 'anchors = "/etc/nginx/client-ca.pem"'), resolve=resolve),
        section.file("crls", resolve=resolve),
        place=section.place,
    )
    section.close()
    return slot


def _path(section: Section, path: str, *, resolve: bool) -> str:
    return section.source.resolve(path) if resolve or path.startswith("/") else path
