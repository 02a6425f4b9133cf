"""Tables of connections: groups become their members, and what was left out is filled in where only one thing fits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from warifu.domain.estate.faults import Faults
from warifu.domain.estate.model import (
    ClientCertificate,
    Connection,
    Estate,
    IdentitySlot,
    Place,
    Provenance,
    TrustSlot,
)
from warifu.domain.estate.table_reader import Section
from warifu.domain.trust.profile import PROFILES
from warifu.errors import UsageError

_TABLES = {IdentitySlot: "services.*.identities", TrustSlot: "services.*.trusts"}
_CLIENT_SIDE = ("client-identities", "server-trusts")


@dataclass(frozen=True)
class DeclaredConnection:
    """A connection as written: ends may be groups, lists of slots may be None (left out)."""

    connection: Connection
    section: Section
    server_identities: tuple[str, ...] | None
    client_trusts: tuple[str, ...] | None
    client_identities: tuple[str, ...] | None
    server_trusts: tuple[str, ...] | None

    @property
    def name(self) -> str:
        """The connection's name."""
        return self.connection.name

    @property
    def place(self) -> Place:
        """Where it was declared."""
        return self.connection.place


def declare_connection(section: Section) -> DeclaredConnection:
    """Read one connection without following its references."""
    server_identities = section.maybe_texts("server-identities")
    client_trusts = section.maybe_texts("client-trusts")
    client_identities = section.maybe_texts("client-identities")
    server_trusts = section.maybe_texts("server-trusts")
    modes = [mode.value for mode in ClientCertificate]
    origins = [origin.value for origin in Provenance]
    connection = Connection(
        section.name,
        _ends(section, "clients", 'clients = ["app"]'),
        _ends(section, "servers", 'servers = ["web"]'),
        (),
        (),
        client_certificate=ClientCertificate(section.choice("client-certificate", modes, "none")),
        server_name=section.text("server-name"),
        sni=section.text("sni"),
        no_sni=section.flag("no-sni"),
        accepted_subjects=section.texts("accepted-subjects"),
        profile=section.choice("profile", tuple(PROFILES), "tls-server"),
        relation=section.text("relation"),
        provenance=Provenance(section.choice("provenance", origins, "declared")),
        seen=section.moment("seen"),
        unknown_trust=section.flag("unknown-trust"),
        owner=section.text("owner"),
        place=section.place,
    )
    if client_trusts is None and connection.unknown_trust:
        client_trusts = ()
    if connection.provenance is Provenance.SEEN and not section.has("seen"):
        section.missing("seen", "seen = 2027-01-31T00:00:00Z")
    if connection.no_sni and connection.sni:
        section.faults.add(
            UsageError("estate.names-nobody", where=section.where("sni"), key=section.key("sni"))
        )
    section.close()
    return DeclaredConnection(
        connection, section, server_identities, client_trusts, client_identities, server_trusts
    )


def _ends(section: Section, key: str, example: str) -> tuple[str, ...]:
    ends = section.texts(key)
    if not ends and isinstance(section.values.get(key, []), list):
        section.missing(key, example)
    return ends


def resolve_connections(
    estate: Estate, declared: Iterable[DeclaredConnection], faults: Faults
) -> Mapping[str, Connection]:
    """Return the connections with groups expanded and defaults filled in.

    Args:
        estate: everything but the connections.
        faults: receives what cannot be resolved.
    """
    slots = _SlotsByService(estate)
    return {one.name: _Resolver(estate, one, slots, faults).connection() for one in declared}


class _SlotsByService:
    def __init__(self, estate: Estate) -> None:
        self.identities: dict[str, list[IdentitySlot]] = {}
        self.trusts: dict[str, list[TrustSlot]] = {}
        for slot in estate.slots.values():
            if isinstance(slot, IdentitySlot):
                self.identities.setdefault(slot.service, []).append(slot)
            else:
                self.trusts.setdefault(slot.service, []).append(slot)


class _Resolver:
    def __init__(
        self, estate: Estate, declared: DeclaredConnection, slots: _SlotsByService, faults: Faults
    ) -> None:
        self._estate = estate
        self._declared = declared
        self._raw = declared.connection
        self._section = declared.section
        self._slots = slots
        self._faults = faults

    def connection(self) -> Connection:
        raw, declared = self._raw, self._declared
        clients, servers = self._expand("clients", raw.clients), self._expand("servers", raw.servers)
        asked = raw.asked_name

        def by_name(service: str) -> list[str]:
            return [slot.name for slot in select_by_name(self._slots.identities.get(service, []), asked)]

        def identities(service: str) -> list[str]:
            return [slot.name for slot in self._slots.identities.get(service, [])]

        def trusts(service: str) -> list[str]:
            return [slot.name for slot in self._slots.trusts.get(service, [])]

        return Connection(
            name=raw.name,
            clients=clients,
            servers=servers,
            server_identities=self._fill(
                "server-identities", declared.server_identities, servers, by_name, IdentitySlot
            ),
            client_trusts=self._fill("client-trusts", declared.client_trusts, clients, trusts, TrustSlot),
            client_certificate=raw.client_certificate,
            client_identities=self._fill(
                "client-identities", declared.client_identities, clients, identities, IdentitySlot
            ),
            server_trusts=self._fill("server-trusts", declared.server_trusts, servers, trusts, TrustSlot),
            server_name=raw.server_name,
            sni=raw.sni,
            no_sni=raw.no_sni,
            accepted_subjects=raw.accepted_subjects,
            profile=raw.profile,
            relation=raw.relation,
            provenance=raw.provenance,
            seen=raw.seen,
            unknown_trust=raw.unknown_trust,
            owner=raw.owner,
            place=raw.place,
        )

    def _expand(self, key: str, ends: tuple[str, ...]) -> tuple[str, ...]:
        found: list[str] = []
        for position, end in enumerate(ends):
            if end in self._estate.services:
                found.append(end)
            elif end in self._estate.groups:
                members = self._estate.groups[end].services
                found.extend(one for one in members if one in self._estate.services)
            else:
                known = [*self._estate.services, *self._estate.groups]
                self._section.unknown_reference(key, end, "services", known, position)
        return tuple(dict.fromkeys(found))

    def _fill(
        self,
        key: str,
        named: tuple[str, ...] | None,
        services: tuple[str, ...],
        candidates: Callable[[str], list[str]],
        kind: type[IdentitySlot | TrustSlot],
    ) -> tuple[str, ...]:
        ends = self._raw.clients if key.startswith("client") else self._raw.servers
        if any(end not in self._estate.services and end not in self._estate.groups for end in ends):
            return named or ()  # the end itself is a fault already
        if named is not None:
            return self._check_named(key, named, services, kind)
        if key in _CLIENT_SIDE and self._raw.client_certificate is ClientCertificate.NONE:
            return ()
        found: list[str] = []
        for service in services:
            fitting = candidates(service)
            if len(fitting) == 1:
                found.append(fitting[0])
            else:
                self._not_one(key, service, fitting)
        return tuple(found)

    def _not_one(self, key: str, service: str, fitting: list[str]) -> None:
        where, full = self._section.where(), self._section.key(key)
        if fitting:
            example = f'{key} = ["{fitting[0]}"]'
            self._faults.add(
                UsageError(
                    "estate.ambiguous-default",
                    where=where,
                    key=full,
                    service=service,
                    found=tuple(fitting),
                    example=example,
                )
            )
        elif key == "client-trusts":
            self._faults.add(UsageError("estate.verifies-nothing", where=where, key=full, service=service))
        elif key == "client-identities" and self._raw.client_certificate is ClientCertificate.OPTIONAL:
            return
        elif key == "client-identities":
            self._faults.add(UsageError("estate.presents-nothing", where=where, key=full, service=service))
        else:
            self._faults.add(UsageError("estate.no-slot", where=where, key=full, service=service))

    def _check_named(
        self,
        key: str,
        named: tuple[str, ...],
        services: tuple[str, ...],
        kind: type[IdentitySlot | TrustSlot],
    ) -> tuple[str, ...]:
        kept_by = self._slots.identities if kind is IdentitySlot else self._slots.trusts
        possible = [slot.name for service in services for slot in kept_by.get(service, ())]
        kept = []
        for position, name in enumerate(named):
            if name in possible:
                kept.append(name)
            else:
                self._section.unknown_reference(key, name, _TABLES[kind], possible, position)
        covered = {self._estate.slots[name].service for name in kept}
        if kept and len(kept) == len(named):
            for service in services:
                if service not in covered:
                    self._faults.add(
                        UsageError(
                            "estate.uncovered-end",
                            where=self._section.where(key),
                            key=self._section.key(key),
                            service=service,
                        )
                    )
        return tuple(dict.fromkeys(kept))


def select_by_name(slots: Iterable[IdentitySlot], name: str) -> list[IdentitySlot]:
    """Return the slots that may answer a client asking for a server name.

    Exact names come before wildcards, wildcards before the slots that name none.
    """
    listed = list(slots)
    wanted = name.lower().rstrip(".")
    parent = "*." + wanted.partition(".")[2]
    for fits in (wanted, parent):
        chosen = [slot for slot in listed if fits in {one.lower() for one in slot.sni}]
        if wanted and chosen:
            return chosen
    default = [slot for slot in listed if not slot.sni]
    return default or listed
