"""What people and their server say to each other about retirements, and about all nodes together; see `wire.api`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from warifu.wire.api import FindingTold


@dataclass(frozen=True, slots=True)
class TrustedByTold:
    """One place that trusts an anchor, and when that was last confirmed."""

    node: str
    store: str
    alias: str
    not_after: datetime | None
    confirmed: datetime | None
    since: datetime | None = None
    heard: bool = True


@dataclass(frozen=True, slots=True)
class ConfirmRemovalWish:
    """A version that drops much is meant; `version` is the newest, as whoever confirms saw it."""

    version: int


@dataclass(frozen=True, slots=True)
class NodeWaiverWish:
    """A node is left out of a retirement, by name."""

    node: str
    reason: str
    until: datetime


@dataclass(frozen=True, slots=True)
class SignInProofWish:
    """The smoke test after a retirement: whether signing in and one call that manages went well."""

    good: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RestoreSetWish:
    """Everything comes back as a set of backups has it, by its name; `nodes` fewer than all are refused."""

    folder: str
    nodes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetTold:
    """A set of backups: the version of every trust domain in it, and whose receipts."""

    folder: str
    made: datetime
    versions: Mapping[str, int]
    nodes: tuple[str, ...]
    waived: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AlarmTold:
    """Expired anchors that are kept, and published CRLs that end (in `findings`): it closes when none is left."""

    domain: str
    count: int
    in_use: tuple[TrustedByTold, ...]
    unused: tuple[TrustedByTold, ...]
    findings: tuple[FindingTold, ...] = ()


@dataclass(frozen=True, slots=True)
class ExceptionTold:
    """Something that differs on purpose, until a day; `over` where its end has passed and it is still there."""

    kind: str
    where: str
    owner: str
    reason: str
    until: datetime
    over: bool = False


@dataclass(frozen=True, slots=True)
class VendorWish:
    """A root of a vendor's own directory is to be retired by hand.

    Args:
        nodes: every controller of the federation.
        dependents: systems that belong into the set of snapshots, too.
    """

    product: str
    key_id: str
    nodes: tuple[str, ...]
    dependents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EvidenceWish:
    """An owner confirms a step of a retirement by hand.

    Args:
        at: when it was so; of a snapshot, when it was taken.
        text: what is attached: a listing as the tool wrote it, the name of a snapshot, an answer.
    """

    step: str
    node: str
    at: datetime
    text: str
