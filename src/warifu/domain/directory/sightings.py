"""What nodes, scans and probes report of who uses which certificate: values alone.

Everything says when it was last confirmed. A node that was not heard is in the list all the same: "could not look" is
something that was seen, not an empty list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from warifu.domain.endpoint import Entry
from warifu.domain.x509 import Certificate, RevocationList, Sha256


class Sighting(StrEnum):
    """How a chain was met: presented when somebody dialled, lying in a file, or shown by a client that called."""

    LIVE = "live"
    EMBEDDED = "embedded"
    CALLER = "caller"


@dataclass(frozen=True, slots=True)
class Presented:
    """A chain that something presents, or would.

    Args:
        node: machine; of a caller, where it called from.
        store: service, address or file (PKCS#12, JKS, ...).
        chain: leaf first, as it is sent or lies there.
        seen: when it was last confirmed.
    """

    node: str
    store: str
    alias: str
    chain: tuple[Certificate, ...]
    seen: datetime
    how: Sighting = Sighting.LIVE


@dataclass(frozen=True, slots=True)
class ClientStore:
    """A trust store that no trust domain manages: of a service, a Java program, another team's machine.

    Args:
        anchors: by alias.
        peers: chains that it was seen to verify; without any nobody knows what it is needed for.
    """

    node: str
    store: str
    anchors: Mapping[str, Certificate]
    seen: datetime
    peers: tuple[tuple[Certificate, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Pin:
    """A certificate or key that something accepts by its digest alone.

    Args:
        value: SHA-256 or SHA-1 of a certificate, or SHA-256 of a SubjectPublicKeyInfo, in hex.
    """

    node: str
    store: str
    value: str
    seen: datetime


@dataclass(frozen=True, slots=True)
class CrlUse:
    """A CRL that something checks by, brought there by other ways than the directory."""

    node: str
    store: str
    crl: RevocationList
    seen: datetime


@dataclass(frozen=True, slots=True)
class Publisher:
    """Something that publishes anchors by itself (a CA, a configuration tool, another directory), and which ones."""

    node: str
    store: str
    anchors: frozenset[Sha256]
    seen: datetime


@dataclass(frozen=True, slots=True)
class NodeEntries:
    """The entries of a node's endpoint store, as it last reported them.

    Args:
        seen: when that was; None where it never did.
        heard: it reported lately enough for its word to count.
    """

    node: str
    entries: tuple[Entry, ...] = ()
    seen: datetime | None = None
    heard: bool = True


@dataclass(frozen=True, slots=True)
class Reports:
    """Everything that is known of who uses what.

    Args:
        waived: nodes that were left out of the proof by name.
    """

    nodes: tuple[NodeEntries, ...] = ()
    presented: tuple[Presented, ...] = ()
    stores: tuple[ClientStore, ...] = ()
    pins: tuple[Pin, ...] = ()
    crls: tuple[CrlUse, ...] = ()
    publishers: tuple[Publisher, ...] = ()
    waived: frozenset[str] = field(default_factory=frozenset)
