"""Nodes, services, slots, identities, trust stores and the connections between them.

Every name is unique within its kind. A slot's name is `service/label`. Values here are what
the estate file declares; what was seen of the world is in `state`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType

from warifu.domain.estate.watch_spec import WatchSpec
from warifu.domain.trust.address import Address

_ANY_NAME = "warifu-probe"  # stands for the star of a wildcard


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the estate files something was declared: file, line (from 1) and key."""

    file: str = ""
    line: int = 0
    key: str = ""


NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Local:
    """The node is this machine."""


@dataclass(frozen=True, slots=True)
class Ssh:
    """The node is reached by the user's own OpenSSH client.

    Args:
        destination: what `ssh` is given: a host, `user@host` or an alias of its configuration.
        options: further arguments of `ssh`, for example `-F file` or `-p 2222`.
        sudo: commands run through `sudo -n`.
    """

    destination: str
    options: tuple[str, ...] = ()
    sudo: bool = False


@dataclass(frozen=True, slots=True)
class ByHand:
    """People carry out the steps: any appliance, any Windows service.

    Args:
        platform: `appliance`, `windows` or `linux`; decides what files and commands are made ready.
    """

    platform: str = "appliance"


@dataclass(frozen=True, slots=True)
class ByAgent:
    """The node's own agent looks, carries steps out and answers for what it saw.

    Args:
        name: what the server knows it by; empty means the node's name.
    """

    name: str = ""


Reach = Local | Ssh | ByHand | ByAgent


def say_reach(reach: Reach) -> str:
    """Return a reach as one line of text: `local`, `ssh DESTINATION`, `by-hand PLATFORM`, `agent NAME`."""
    match reach:
        case Ssh():
            return f"ssh {reach.destination}"
        case ByHand():
            return f"by-hand {reach.platform}"
        case ByAgent():
            return f"agent {reach.name}".rstrip()
        case _:
            return "local"


@dataclass(frozen=True, slots=True)
class Owner:
    """A person or team whose word counts for what they own.

    Args:
        contact: an address for reminders.
        answer_within: after this long without an answer, a wait raises an alarm.
        remind_every: how often a waiting owner is reminded.
    """

    name: str
    contact: str = ""
    answer_within: timedelta = timedelta(days=7)
    remind_every: timedelta = timedelta(days=1)
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Node:
    """A host, appliance or cluster member.

    Args:
        state: folder on the node for fence, staged files and backups; empty means the default.
    """

    name: str
    reach: Reach
    owner: str = ""
    state: str = ""
    place: Place = field(default=NOWHERE, compare=False)


class Loading(StrEnum):
    """When a service takes up what lies on disk."""

    RELOAD = "reload"  # on its reload command, without an outage
    RESTART = "restart"  # only when the process starts
    EACH_USE = "each-use"  # reads the file again for every connection


@dataclass(frozen=True, slots=True)
class Service:
    """Something on a node that presents or verifies certificates.

    Args:
        target: the driver: `files`, `nginx`, `haproxy`, `postgresql`, `demo` or `by-hand`.
        consumer: the library that verifies on this side: `openssl`, `cryptography`, ..., `unknown`.
        addresses: where it listens; probes look at each.
        dialect: how TLS starts there: `tls` at once, or within another protocol such as `postgresql` or `smtp`.
        loading: when it takes up new files.
        reload: its reload command; empty means the target's own.
        restart: its restart command; empty means it cannot be restarted by us.
        check: its configuration check; empty means the target's own.
        options: what else the target wants, by name, for example `configuration` or `socket`.
        session_lifetime: how long one of its TLS sessions can be resumed (RFC 8446 §2.2, RFC 5077); zero where
            nobody says so.
    """

    name: str
    node: str
    target: str
    consumer: str = "unknown"
    addresses: tuple[Address, ...] = ()
    dialect: str = "tls"
    loading: Loading = Loading.RELOAD
    reload: tuple[str, ...] = ()
    restart: tuple[str, ...] = ()
    check: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    owner: str = ""
    session_lifetime: timedelta = timedelta()
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class IdentitySlot:
    """A service's use of an identity.

    Args:
        certificate: file with the leaf first; the chain follows unless `chain` names its own file.
        key: file of the private key; equal to `certificate` when one PEM holds all (HAProxy).
        chain: file of the intermediates alone, where the service wants one.
        sni: server names that select this identity; empty means it is the default.
        user: owner the key file must have; empty means it stays as it is.
    """

    name: str
    service: str
    identity: str
    certificate: str
    key: str = ""
    chain: str = ""
    sni: tuple[str, ...] = ()
    user: str = ""
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def asked_names(self) -> tuple[str, ...]:
        """The server names to ask for it by: for a wildcard, one beneath it, since no client sends a star."""
        return tuple(name.replace("*", _ANY_NAME) for name in self.sni)

    @property
    def files(self) -> tuple[str, ...]:
        """Every path it uses, each once."""
        found = [self.certificate] if self.certificate else []
        for path in (self.key, self.chain):
            if path and path not in found:
                found.append(path)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class TrustSlot:
    """A service's use of a trust store.

    Args:
        anchors: PEM file of the anchors, in order.
        crls: PEM file of CRLs; empty means none.
    """

    name: str
    service: str
    store: str
    anchors: str
    crls: str = ""
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def files(self) -> tuple[str, ...]:
        """Every path it uses, each once."""
        return tuple([path for path in (self.anchors, self.crls) if path])


Slot = IdentitySlot | TrustSlot


@dataclass(frozen=True, slots=True)
class Identity:
    """Key, leaf and presented chain, wherever used.

    Args:
        names: DNS names and IP addresses it must carry.
        issuer: who signs it next; empty means nobody of the estate.
        profile: rule set new certificates must pass.
        key: `rsa-2048`, `rsa-3072`, `rsa-4096`, `ec-p256`, `ec-p384` or `ed25519`.
        lifetime: validity asked of the issuer.
    """

    name: str
    names: tuple[str, ...] = ()
    subject: str = ""
    issuer: str = ""
    profile: str = "tls-server"
    key: str = "ec-p256"
    lifetime: timedelta = timedelta(days=90)
    owner: str = ""
    place: Place = field(default=NOWHERE, compare=False)


class CrlMode(StrEnum):
    """Which certificates of a chain must be covered by a CRL."""

    OFF = "off"
    LEAF = "leaf"
    CHAIN = "chain"


@dataclass(frozen=True, slots=True)
class TrustStore:
    """What a trust store is like; its anchors are read from its files.

    Args:
        partial_chain: any certificate of it ends a chain, not only self-signed ones.
        single: it can hold one anchor only.
    """

    name: str
    crl_mode: CrlMode = CrlMode.OFF
    partial_chain: bool = False
    single: bool = False
    owner: str = ""
    place: Place = field(default=NOWHERE, compare=False)


class ClientCertificate(StrEnum):
    """Whether the server asks for a client certificate."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


class Provenance(StrEnum):
    """How a connection is known."""

    DECLARED = "declared"
    CONFIGURED = "configured"
    SEEN = "seen"


@dataclass(frozen=True, slots=True)
class Connection:
    """Client services to server services; every member pair counts.

    Args:
        server_identities: slots that may answer; every one must be accepted by every `client_trusts`.
        client_trusts: slots that verify the server; empty means the client verifies nothing.
        client_identities: slots that the client may present.
        server_trusts: slots that verify the client.
        server_name: the name the client expects, sent as SNI unless `sni` differs.
        no_sni: the client names nobody (RFC 6066 §3): who answers is the default of the server.
        accepted_subjects: common names or DNS names of clients the server lets in; empty means all.
        unknown_trust: the client is known and what it verifies by is not: no plan that touches the
            server's identity is proven for it.
        profile: rule set for values that a plan brings in.
        relation: what the two are to each other, in the owner's own word: `replication`, `sip-trunk`, ...
        seen: when it was last seen, where `provenance` is seen.
    """

    name: str
    clients: tuple[str, ...]
    servers: tuple[str, ...]
    server_identities: tuple[str, ...]
    client_trusts: tuple[str, ...]
    client_certificate: ClientCertificate = ClientCertificate.NONE
    client_identities: tuple[str, ...] = ()
    server_trusts: tuple[str, ...] = ()
    server_name: str = ""
    sni: str = ""
    accepted_subjects: tuple[str, ...] = ()
    profile: str = "tls-server"
    relation: str = ""
    provenance: Provenance = Provenance.DECLARED
    seen: datetime | None = None
    unknown_trust: bool = False
    owner: str = ""
    place: Place = field(default=NOWHERE, compare=False)
    no_sni: bool = False

    @property
    def asked_name(self) -> str:
        """The name that the client sends; empty where it sends none."""
        return (self.sni or self.server_name) if not self.no_sni else ""


@dataclass(frozen=True, slots=True)
class Window:
    """A maintenance window: when steps that interrupt may start.

    Args:
        zone: IANA time zone of `start` and `freezes`.
        weekdays: 0 is Monday.
        length: no step starts that does not fit, with its way back, into what is left.
        freezes: first and last day of spans without any change.
    """

    name: str
    zone: str
    weekdays: tuple[int, ...]
    start: time
    length: timedelta
    freezes: tuple[tuple[date, date], ...] = ()
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Group:
    """Services that stand in for each other.

    Args:
        max_unavailable: how many may be interrupted at the same time.
        windows: names of windows; empty means any time.
    """

    name: str
    services: tuple[str, ...]
    max_unavailable: int = 1
    windows: tuple[str, ...] = ()
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class IssuerSpec:
    """Who signs.

    Args:
        kind: `local` (a CA whose encrypted key lies in `folder`) or `by-hand` (request out, certificate in).
        folder: where a local CA keeps certificate and key, or requests are put and answers fetched.
        passphrase_file: file with the passphrase of a local CA's key; empty means it is asked for.
        chain: PEM file with the issuing certificate first, then those above it, up to the root.
    """

    name: str
    kind: str
    folder: str = ""
    passphrase_file: str = ""
    chain: str = ""
    owner: str = ""
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Waiver:
    """A named, expiring decision to leave a connection or node out of the proof."""

    subject: str
    by: str
    reason: str
    expires: datetime


@dataclass(frozen=True, slots=True)
class Estate:
    """Everything managed, and the connections in it, each kind by name."""

    name: str = "estate"
    nodes: Mapping[str, Node] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)
    slots: Mapping[str, Slot] = field(default_factory=dict)
    identities: Mapping[str, Identity] = field(default_factory=dict)
    trust_stores: Mapping[str, TrustStore] = field(default_factory=dict)
    connections: Mapping[str, Connection] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    windows: Mapping[str, Window] = field(default_factory=dict)
    owners: Mapping[str, Owner] = field(default_factory=dict)
    issuers: Mapping[str, IssuerSpec] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    watch: WatchSpec | None = None

    def node_of(self, slot: str) -> Node:
        """Return the node a slot lives on."""
        return self.nodes[self.services[self.slots[slot].service].node]

    def service_of(self, slot: str) -> Service:
        """Return the service a slot belongs to."""
        return self.services[self.slots[slot].service]
