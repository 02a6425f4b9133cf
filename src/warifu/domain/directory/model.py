"""A trust domain at one version."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from warifu.domain.x509 import Certificate, RevocationList, Sha256

CONTROL = "warifu"
"""The trust domain in which the server publishes the roots of its own certificate and of its agents' identities."""


class AnchorKind(StrEnum):
    """What an anchor is: a CA, or one certificate that is pinned on purpose."""

    CA = "ca"
    LEAF = "leaf"


class Standing(StrEnum):
    """Whether nodes trust an anchor: in quarantine it is distrusted everywhere, and one command restores it."""

    PUBLISHED = "published"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class Anchor:
    """A certificate trusted as a start of chains, keyed by the SHA-256 of its bytes.

    Args:
        alias: its name in the stores of nodes; empty means the usual one.
    """

    certificate: Certificate
    alias: str = ""
    kind: AnchorKind = AnchorKind.CA
    standing: Standing = Standing.PUBLISHED

    @property
    def key(self) -> Sha256:
        """What it is known by."""
        return self.certificate.fingerprint

    @property
    def name(self) -> str:
        """Its alias, else what a VECS calls it: the SHA-1 of its bytes in lower-case hex."""
        digest = hashlib.sha1(self.certificate.der, usedforsecurity=False)
        return self.alias or digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Published:
    """What a trust domain publishes at one version; anchors and CRLs are sorted by their SHA-256.

    Args:
        version: counts from 1 and never goes back; 0 is a domain in which nothing was published yet.
        at: when this version was made, UTC; None for version 0.
        plan: digest of the approved plan that this version carries out; empty where none was needed.
    """

    domain: str
    version: int = 0
    at: datetime | None = None
    anchors: tuple[Anchor, ...] = ()
    crls: tuple[RevocationList, ...] = ()
    plan: str = ""

    @property
    def trusted(self) -> tuple[Anchor, ...]:
        """The anchors that nodes trust: without those in quarantine."""
        return tuple(anchor for anchor in self.anchors if anchor.standing is Standing.PUBLISHED)

    def find(self, key: Sha256) -> Anchor | None:
        """Return the anchor with this fingerprint, if it is here."""
        return next((anchor for anchor in self.anchors if anchor.key == key), None)
