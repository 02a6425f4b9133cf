"""What agents and their server say to each other.

A token invites a node; what a node says of itself afterwards is signed by its identity's key, so that it counts as
evidence wherever it is kept. An order says what to do until when, and under which plan: a node refuses a lower epoch
than it has obeyed.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from warifu.domain.findings import Finding
from warifu.domain.findings.text import show
from warifu.domain.x509 import Sha256
from warifu.wire.document import shared
from warifu.wire.evidence import Evidence
from warifu.wire.signed import Signed, canonical
from warifu.wire.trust_files import TrustAsk

FORMAT = 1


@dataclass(frozen=True, slots=True)
class JoinRequest:
    """A node asks to be let in.

    Args:
        token: the token it was given; the server keeps its hash alone.
        request: a certification request (PKCS#10) in PEM, for the key that the node made.
        boot_id: which boot of the node's machine this is.
    """

    node: str
    token: str = field(repr=False)
    request: str
    boot_id: str
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class RenewRequest:
    """A node asks for its next identity by the one it has."""

    node: str
    request: str
    boot_id: str
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class ExpiredRequest:
    """A node asks for a new identity by the key of one that has expired.

    Args:
        expired: the certificate that it had.
        proof: signature of its key over `wire.proofs.renewal_text`, in base64.
    """

    node: str
    expired: Sha256
    request: str
    proof: str
    boot_id: str
    format: int = FORMAT

    @property
    def proof_bytes(self) -> bytes:
        """The signature; empty, which proves nothing, where it is no base64."""
        try:
            return base64.b64decode(self.proof, validate=True)
        except ValueError:
            return b""


@dataclass(frozen=True, slots=True)
class IdentityAnswer:
    """An identity was issued.

    Args:
        chain: certificates in PEM, the node's own first.
        renew_at: when to ask for the next: drawn once, so that nodes do not all come at the same moment.
        domains: the trust domains that the node follows, beside the control domain.
    """

    node: str
    chain: tuple[str, ...]
    renew_at: datetime
    domains: tuple[str, ...] = ()
    format: int = FORMAT


@shared
@dataclass(frozen=True, slots=True)
class EntryTold:
    """One entry of a node's endpoint store, or one certificate inside a file on it, as the node tells of it.

    Args:
        kind: as in `EntryKind` for what lies in a store; as in `LookKind` for what was seen elsewhere on the node.
        key_id: SubjectKeyIdentifier in upper-case hex; empty where there is none.
        provenance: as in `Provenance`; empty for what was seen elsewhere.
        exception_until: when a local exception ends; None where there is none.
        chain: certificates as base64 of their DER, leaf first; empty for what a trust domain brought: it is known there.
        crl: base64 of a CRL's DER; empty likewise.
        domain: trust domain that an entry follows; empty for a local one.
        added: when an entry came into its store.
        last: when a caller was seen last.
        exception_by, exception_reason: who said a local exception, and why.
        exception_distrusts: it keeps an entry from being trusted, rather than keeping it.
    """

    store: str
    alias: str
    kind: str
    fingerprint: str = ""
    key_id: str = ""
    subject: str = ""
    issuer: str = ""
    not_after: datetime | None = None
    provenance: str = ""
    distrusted: bool = False
    exception_until: datetime | None = None
    chain: tuple[str, ...] = field(default=(), repr=False)
    crl: str = field(default="", repr=False)
    domain: str = ""
    added: datetime | None = None
    last: datetime | None = None
    exception_by: str = ""
    exception_reason: str = ""
    exception_distrusts: bool = False


class LookKind(StrEnum):
    """What a node sees besides its stores."""

    LIVE = "live"  # a chain that a service presents when somebody dials
    EMBEDDED = "embedded"  # a chain inside a file (PKCS#12, JKS, PEM)
    ANCHOR = "anchor"  # a CA inside a trust store that no trust domain manages
    CALLER = "caller"  # a client that called, by a service's own account
    PIN = "pin"  # a digest that something accepts alone
    CRL_FILE = "crl-file"  # a CRL that something checks by
    PUBLISHED = "published"  # a CA that something on the node brings out by itself
    OUTPUT = "output"  # an anchor in a file that trust is written out to
    UNSEEN = "unseen"  # it was to be looked at, and could not be


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding, as a node tells it: code, subject and evidence as text."""

    code: str
    subject: str
    severity: str
    evidence: Mapping[str, str] = field(default_factory=dict)


def to_remark(finding: Finding) -> Remark:
    """Return a finding as it is told."""
    evidence = {name: show(value) for name, value in finding.evidence.items()}
    return Remark(finding.code.value, finding.subject, finding.severity.value, evidence)


@dataclass(frozen=True, slots=True)
class ClockTold:
    """How a node's clock met the server's, the last time that it reported.

    Args:
        asked, heard: by the node's clock: when it sent that report, when it had the answer.
        answered: by the server's.
    """

    asked: datetime
    answered: datetime
    heard: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """What a node says of itself after a look; signed.

    Args:
        counter: rises with each report and never goes back; a copy of the machine shows by it.
        sent_at: by the node's clock; the server measures how far it is off.
        boot_clock: seconds since this boot.
        versions: version of each trust domain that the node has taken up, by name.
        received: SHA-256 over what it believes of each trust domain's bundle, by name: the receipt.
        inventory: SHA-256 over `entries`; the server asks for them where it does not know it.
        entries: only where the server does not know them yet.
        orders: requests to refresh that this report answers.
        clock: as measured by the report before; None for the first.
    """

    node: str
    counter: int
    sent_at: datetime
    boot_id: str
    boot_clock: float
    versions: Mapping[str, int] = field(default_factory=dict)
    received: Mapping[str, str] = field(default_factory=dict)
    inventory: str = ""
    entries: tuple[EntryTold, ...] = ()
    outputs: tuple[Evidence, ...] = ()
    remarks: tuple[Remark, ...] = ()
    orders: tuple[str, ...] = ()
    release: str = ""
    clock: ClockTold | None = None
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class ReportAnswer:
    """What the server says to a report.

    Args:
        at: the server's clock.
        wants_entries: it does not know the inventory that the report names.
        fenced: why it takes nothing of this node any more; empty means all is well.
        domains: the trust domains that the node follows, beside the control domain.
    """

    at: datetime
    domains: tuple[str, ...] = ()
    wants_entries: bool = False
    fenced: str = ""


class OrderKind(StrEnum):
    """What a node is asked to do."""

    OBSERVE = "observe"  # look at slots, nothing is changed
    LOOK = "look"  # tell where a step's slot stands
    CARRY = "carry"  # carry a step out
    PROVE = "prove"  # load and prove what a step wrote
    DELETE_ENTRY = "delete-entry"  # take one entry out of a store of the node
    RESTART = (
        "restart"  # restart a service by the command that the node's own settings name, and see it answer
    )
    MAKE_KEY = "make-key"  # make a key where it lives, answer with a request
    RELEASE = "release"  # the rollout is over


@dataclass(frozen=True, slots=True)
class Order:
    """One thing that a node is asked to do, once.

    Args:
        journal: id of the journal whose driver asks; its epochs are compared with each other.
        epoch: of the driver's lease; a node obeys no lower one than it has seen.
        digest: of the plan that was approved.
        wave: number of the wave that the step belongs to.
        until: after this the order is void: whoever gave it may have lost its lease.
        body: what it is about, by `kind`.
    """

    id: str
    node: str
    kind: OrderKind
    journal: str
    epoch: int
    digest: str
    wave: int
    step: str
    until: datetime
    body: Mapping[str, object] = field(default_factory=dict)
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class OrderAnswer:
    """What became of an order; signed.

    Args:
        error: code of an error of ours; empty when it was carried out, whatever the result.
        values: of that error.
        kind: the class of that error, which tells whether something was changed.
        result: by the order's kind.
    """

    order: str
    node: str
    at: datetime
    boot_id: str
    boot_clock: float
    error: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""
    result: Mapping[str, object] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Wake:
    """What the server pushes: a hint that something is new, never the thing itself.

    Args:
        about: `bundle`, `order`, `refresh` or `hello`.
        name: the trust domain, or the id of the order or request.
        version: of the trust domain; 0 otherwise.
    """

    about: str
    name: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Listening:
    """A node waits for what is pushed, and may hand in its report with that: the answer is the first event.

    Args:
        asked: how it asks for what is newer than what it holds, which then comes along with the event that tells of it.
        report: a signed `Report`.
    """

    asked: TrustAsk | None = None
    report: Signed | None = None


def digest_of_entries(entries: Sequence[EntryTold]) -> str:
    """Return SHA-256 (hex) over entries, in whatever order they come."""
    listed = tuple(sorted(canonical(one) for one in entries))
    return hashlib.sha256("\n".join(listed).encode()).hexdigest()
