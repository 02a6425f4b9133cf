"""What people and their server say to each other, as the HTTP API has it: requests end in `Wish`, answers in `Told`.

Both ends read and write these same records, so that they cannot drift apart. Bytes are base64, certificates PEM.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class FindingTold:
    """A finding, with its sentences in the language that was asked for."""

    code: str
    severity: str
    subject: str
    title: str
    remedy: str
    evidence: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SignInWish:
    """Somebody signs in by password."""

    person: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LinkWish:
    """Somebody opens a one-time link and chooses a password."""

    token: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PasswordWish:
    """Somebody changes their password."""

    old: str = field(repr=False)
    new: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SessionTold:
    """Somebody is signed in; the token is told once."""

    person: str
    roles: tuple[str, ...]
    ends: datetime
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SelfTold:
    """Who asks, and what they may do."""

    person: str
    roles: tuple[str, ...]
    acts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonWish:
    """A person to add."""

    name: str
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RolesWish:
    """All roles that a person is to have."""

    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CertificatesWish:
    """SHA-256 fingerprints of the client certificates by which a person is known."""

    certificates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonTold:
    """A person."""

    name: str
    roles: tuple[str, ...]
    certificates: tuple[str, ...] = ()
    has_password: bool = False
    created: datetime | None = None
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class InviteTold:
    """A one-time link for a person, told once."""

    person: str
    link: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DomainWish:
    """A trust domain to begin."""

    name: str


@dataclass(frozen=True, slots=True)
class AnchorTold:
    """An anchor as it is published."""

    fingerprint: str
    alias: str
    subject: str
    issuer: str
    serial: str
    key_id: str
    legacy_id: str
    not_before: datetime
    not_after: datetime
    kind: str
    standing: str
    has_crl: bool
    pem: str = ""


@dataclass(frozen=True, slots=True)
class FoundTold:
    """An anchor that a name fits.

    Args:
        how: the name was understood: `sha256`, `sha1`, `key-id`, `serial`, `alias` or `subject`.
    """

    domain: str
    how: str
    anchor: AnchorTold


@dataclass(frozen=True, slots=True)
class CrlTold:
    """A CRL as it is published."""

    fingerprint: str
    issuer: str
    number: str
    this_update: datetime
    next_update: datetime | None
    entries: int
    pem: str = ""


@dataclass(frozen=True, slots=True)
class DomainTold:
    """A trust domain at one version."""

    name: str
    version: int
    at: datetime | None
    plan: str
    anchors: tuple[AnchorTold, ...] = ()
    crls: tuple[CrlTold, ...] = ()


@dataclass(frozen=True, slots=True)
class DomainHeadTold:
    """A trust domain in a list."""

    name: str
    version: int
    at: datetime | None
    anchors: int
    crls: int


@dataclass(frozen=True, slots=True)
class PublishWish:
    """Certificates and CRLs to publish, all or none.

    Args:
        certificates: PEM, or base64 of any container that is read without a password.
        aliases: names in the stores of nodes, by SHA-256.
        pinned: certificates that are no CA are meant as anchors.
        basis: the version that the wish was made from; None takes any.
        dry_run: only say what it would come to.
    """

    certificates: str = ""
    aliases: Mapping[str, str] = field(default_factory=dict)
    pinned: bool = False
    basis: int | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class ItemTold:
    """What became of one anchor or CRL."""

    fingerprint: str
    kind: str
    outcome: str
    label: str = ""
    findings: tuple[FindingTold, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionTold:
    """What a change came to; `version` is the domain's afterwards."""

    domain: str
    version: int
    refused: bool
    items: tuple[ItemTold, ...]
    findings: tuple[FindingTold, ...] = ()


@dataclass(frozen=True, slots=True)
class FileTold:
    """A signed file, fetched at `/trust/NAME`."""

    name: str
    sha256: str
    length: int


@dataclass(frozen=True, slots=True)
class RootWish:
    """A root that was signed away from the server.

    Args:
        root: its bytes, base64.
    """

    root: str


@dataclass(frozen=True, slots=True)
class RootTold:
    """What was signed anew because of a root."""

    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VersionTold:
    """One version of a domain, in a list."""

    version: int
    at: datetime
    plan: str
    anchors: int
    crls: int


@dataclass(frozen=True, slots=True)
class DiffTold:
    """What differs between two versions: fingerprints with labels."""

    old: int
    new: int
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TokenWish:
    """A node is invited."""

    node: str


@dataclass(frozen=True, slots=True)
class TokenTold:
    """A token for a node, told once."""

    node: str
    ends: datetime
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NodeTold:
    """A node as the server knows it.

    Args:
        versions: of each trust domain, as it said last.
        lag: seconds between the newest version of all domains and its receipt; 0 when it has it.
        skew: seconds that its clock is ahead of the server's.
    """

    name: str
    state: str
    reason: str
    domains: tuple[str, ...]
    joined: datetime
    seen: datetime | None = None
    identity_until: datetime | None = None
    versions: Mapping[str, int] = field(default_factory=dict)
    converged: bool = False
    skew: float = 0.0
    release: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReasonWish:
    """Why something is done."""

    reason: str


@dataclass(frozen=True, slots=True)
class DomainsWish:
    """The trust domains that a node follows."""

    domains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RefreshWish:
    """Nodes are to look now; none named means all."""

    nodes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RefreshTold:
    """A request to refresh: whose word is there, and whose is waited for."""

    id: str
    versions: Mapping[str, int]
    done: tuple[str, ...]
    waiting: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanWish:
    """A plan about published trust.

    Args:
        kind: `publish`, `retire-anchor` or `restore`.
        anchors: by any of their names.
        reason: `expired`, `revoked`, `superseded` or `distrusted`.
        version: that is restored.
        certificates: PEM of what is published.
        pinned: certificates that are no CA are meant as anchors.
        waived: nodes that are left out by name.
        restarts: `NODE/SERVICE`, in the order in which they are restarted afterwards.
        dry_run: only say what speaks against it.
    """

    kind: str
    domain: str
    anchors: tuple[str, ...] = ()
    reason: str = ""
    version: int = 0
    certificates: str = ""
    pinned: bool = False
    waived: tuple[str, ...] = ()
    restarts: tuple[str, ...] = ()
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class StepTold:
    """One step of a plan, and how far it is: `done` of `of` where it is about several."""

    id: str
    what: str
    state: str
    waits_for: tuple[str, ...] = ()
    done: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True)
class UseTold:
    """One place that uses an anchor; it blocks where it has no other way."""

    node: str
    store: str
    alias: str
    not_after: datetime | None
    seen: datetime | None
    code: str
    blocks: bool


@dataclass(frozen=True, slots=True)
class ApprovalTold:
    """That a person approved."""

    person: str
    at: datetime
    remark: str


@dataclass(frozen=True, slots=True)
class PlanTold:
    """A plan that people decide about.

    Args:
        confirmation: what has to be typed before it removes something; empty where nothing has to.
        blockers: what keeps it from being carried out.
        uses: every place that uses an anchor of it, as it is known now or was when it was made.
        standing: how a retirement stands, in one word.
        alarms: places where an anchor that was retired came back.
    """

    digest: str
    kind: str
    domain: str
    by: str
    at: datetime
    state: str
    subjects: tuple[str, ...]
    approvals: tuple[ApprovalTold, ...] = ()
    confirmation: str = ""
    steps: tuple[StepTold, ...] = ()
    blockers: tuple[FindingTold, ...] = ()
    uses: tuple[UseTold, ...] = ()
    standing: str = ""
    alarms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ApprovalWish:
    """A person approves; `confirmation` is what had to be typed."""

    remark: str = ""
    confirmation: str = ""


@dataclass(frozen=True, slots=True)
class AuditTold:
    """One entry of the audit trail.

    Args:
        before: seal of the entry before; 64 zeros for the first.
        seal: SHA-256 of the entry, hex.
    """

    number: int
    at: datetime
    actor: str
    act: str
    subject: str
    evidence: Mapping[str, object]
    before: str = ""
    seal: str = ""


@dataclass(frozen=True, slots=True)
class AuditProofTold:
    """Whether the trail is whole: how many entries, the seal of the last, and the first place that is broken."""

    entries: int
    seal: str
    broken: str = ""
    at: int = 0


@dataclass(frozen=True, slots=True)
class NodesPage:
    """A part of the list of nodes; `next` is the cursor of what follows, empty behind the last row."""

    items: tuple[NodeTold, ...]
    next: str = ""


@dataclass(frozen=True, slots=True)
class VersionsPage:
    """A part of a domain's history."""

    items: tuple[VersionTold, ...]
    next: str = ""


@dataclass(frozen=True, slots=True)
class AuditPage:
    """A part of the audit trail."""

    items: tuple[AuditTold, ...]
    next: str = ""
