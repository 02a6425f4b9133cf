"""The plan of a retirement and the account of its run, as documents.

People approve the SHA-256 of the plan's canonical bytes. It pins each anchor by alias, key id and SHA-256, and holds what
was known of its use at that moment, so that whoever approves sees what the author saw.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from warifu.wire.signed import canonical, parse

FORMAT = 1


@dataclass(frozen=True, slots=True)
class UseTold:
    """One place that uses an anchor; `blocks` where it has no other way."""

    node: str
    store: str
    alias: str
    not_after: datetime | None
    seen: datetime | None
    code: str
    blocks: bool


@dataclass(frozen=True, slots=True)
class AnchorItem:
    """An anchor that is to go.

    Args:
        key_id: in upper-case hex: its own, else the one that a VMDIR computes.
        crls: SHA-256 of the CRLs that leave with it.
    """

    sha256: str
    alias: str
    key_id: str
    subject: str
    not_after: datetime
    crls: tuple[str, ...] = ()
    uses: tuple[UseTold, ...] = ()


@dataclass(frozen=True, slots=True)
class RetirePlan:
    """What is to be done.

    Args:
        basis: version of the trust domain that it was made from: the one that `restore` goes back to.
        nodes: every node that has to confirm.
        waived: nodes that somebody left out by name when it was made.
        restarts: `NODE/SERVICE`, in the order in which they are restarted afterwards.
    """

    domain: str
    basis: int
    at: datetime
    reason: str
    items: tuple[AnchorItem, ...]
    nodes: tuple[str, ...]
    waived: tuple[str, ...] = ()
    restarts: tuple[str, ...] = ()
    kind: str = "retire-anchor"
    format: int = FORMAT

    @property
    def names(self) -> tuple[str, ...]:
        """What a confirmation types, in the order of the fingerprints."""
        return tuple(one.alias for one in self.items)

    @property
    def keys(self) -> tuple[str, ...]:
        """SHA-256 of each anchor, in hex."""
        return tuple(one.sha256 for one in self.items)


@dataclass(frozen=True, slots=True)
class WaivedNode:
    """A node that somebody left out of the proof by name."""

    node: str
    by: str
    reason: str
    until: datetime


@dataclass(frozen=True, slots=True)
class RestartResult:
    """What restarting a service came to, and how its node signed that."""

    place: str
    at: datetime
    good: bool
    detail: str
    order: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The smoke test: somebody signed in, and one call that manages was answered."""

    by: str
    at: datetime
    good: bool
    detail: str


@dataclass(frozen=True, slots=True)
class RetireRecord:
    """What was done, kept in the transaction that did it.

    Args:
        confirmed: who typed the confirmation.
        backup: where the set lies.
        exported: file of each anchor and CRL, by SHA-256.
        ended: when it was done; None while it runs.
        restored: version that put everything back; 0 where none did.
        alarms: places where an anchor came back since.
    """

    confirmed: str = ""
    backup: str = ""
    exported: dict[str, str] = field(default_factory=dict)
    quarantined: int = 0
    unpublished: int = 0
    listed: bool | None = None
    refreshed: datetime | None = None
    deletions: dict[str, str] = field(default_factory=dict)
    orders: dict[str, str] = field(default_factory=dict)
    restarts: tuple[RestartResult, ...] = ()
    signed_in: SignedIn | None = None
    waived: tuple[WaivedNode, ...] = ()
    ended: datetime | None = None
    restored: int = 0
    alarms: tuple[str, ...] = ()
    format: int = FORMAT


def encode_plan(plan: RetirePlan) -> bytes:
    """Return a plan's canonical bytes."""
    return canonical(plan).encode()


def digest_of(document: bytes) -> str:
    """Return what people approve: SHA-256 of a plan's bytes."""
    return hashlib.sha256(document).hexdigest()


def read_plan(document: bytes) -> RetirePlan:
    """Read a plan.

    Raises:
        UsageError: `rotation.document-malformed`.
    """
    plan: RetirePlan = parse(RetirePlan, document)
    return plan


def read_record(text: str) -> RetireRecord:
    """Read an account; an empty text is one in which nothing happened yet.

    Raises:
        UsageError: `rotation.document-malformed`.
    """
    record: RetireRecord = parse(RetireRecord, text) if text else RetireRecord()
    return record
