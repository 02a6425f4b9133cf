"""Retirement of a root in a vendor's own directory: by hand, in the article's order, each part of it somebody's evidence.

Warifu reaches none of these machines. Owners confirm that nodes are off, which snapshots there are and what was run; the
listings that they hand in are read, and what they say has to be so. Until then the plan waits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from warifu.domain.diagnosis.listing import key_id_of
from warifu.domain.diagnosis.listings import read_listing
from warifu.domain.directory.roles import Act, demand, is_approved
from warifu.domain.directory.snapshots import Said, Statement, VendorStand, demand_turn, judge_vendor
from warifu.domain.findings import Finding, Severity
from warifu.errors import RefusedError
from warifu.ports.registry import Books, Registry
from warifu.ports.work_books import KeptPlan, PlanState
from warifu.wire.signed import canonical, parse
from warifu.workflows.acting import Actor
from warifu.workflows.audit_desk import record as note
from warifu.workflows.plan_desk import PlanDesk, plan_of

VENDOR: Final = "retire-vendor-root"
_LISTED: Final = {Said.LISTED_BEFORE: True, Said.LISTED_AFTER: False}


@dataclass(frozen=True, slots=True)
class VendorPlan:
    """What is to be done by hand.

    Args:
        key_id: of the root, as the directory lists it.
        nodes: every controller of the federation.
        dependents: systems that depend on them and belong into the set of snapshots.
    """

    product: str
    key_id: str
    nodes: tuple[str, ...]
    dependents: tuple[str, ...] = ()
    procedure: str = "vecs-root-removal"
    format: int = 1


@dataclass(frozen=True, slots=True)
class VendorEvidence:
    """One confirmation.

    Args:
        at: when it was so, by who confirms it.
        by: who confirmed, as they signed in; `told`: when.
        text: what was attached: a listing, a name of a snapshot, an answer.
    """

    said: Said
    node: str
    at: datetime
    by: str
    told: datetime
    text: str = ""

    @property
    def sha256(self) -> str:
        """Of what was attached."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class VendorRetirement:
    """How it stands."""

    kept: KeptPlan
    plan: VendorPlan
    evidence: tuple[VendorEvidence, ...]
    steps: tuple[VendorStand, ...]

    @property
    def waits_for(self) -> Said | None:
        """The step that is next; None once everything is confirmed."""
        return next((one.step for one in self.steps if not one.is_done), None)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong, or incomplete."""
        return tuple(finding for one in self.steps for finding in one.findings)


@dataclass(frozen=True, slots=True)
class VendorDesk:
    """Use cases of retirements by hand."""

    registry: Registry
    plans: PlanDesk

    def plan(self, actor: Actor, wish: VendorPlan, *, now: datetime) -> KeptPlan:
        """Keep a plan for somebody else to approve.

        Raises:
            RefusedError: `directory.not-allowed`; `retire.vendor-incomplete`: it names no node, or no key id.
        """
        demand(actor.roles, Act.PLAN_REMOVAL)
        key = key_id_of(wish.key_id)
        if key is None or not wish.nodes:
            raise RefusedError("retire.vendor-incomplete", key_id=wish.key_id)
        document = canonical(replace(wish, key_id=key.hex)).encode()
        return self.plans.submit(actor, VENDOR, document, subjects=wish.nodes, now=now)

    def show(self, digest: str) -> VendorRetirement:
        """Return how a retirement by hand stands.

        Raises:
            UsageError: `registry.plan-unknown`.
            RefusedError: `retire.no-retirement`.
        """
        with self.registry.look() as books:
            return _show(books, digest)

    def confirm(
        self, actor: Actor, digest: str, said: Said, node: str, *, at: datetime, text: str = "", now: datetime
    ) -> VendorRetirement:
        """Take an owner's confirmation with what they attach; what does not fit is refused, and the plan waits.

        Args:
            text: of a listing what the tool wrote; else the snapshot's name, or what was answered.

        Raises:
            UsageError: `diagnosis.listing-unknown`, `diagnosis.listing-count`, ...
            RefusedError: `directory.not-allowed`, `registry.plan-not-approved`; `retire.precondition`;
                `retire.not-of-this`; `retire.vendor-future`; `retire.vendor-empty`; `retire.snapshots-unfit`; `retire.listing-differs`.
        """
        demand(actor.roles, Act.CONFIRM_STEP)
        with self.registry.change() as books:
            found = _show(books, digest)
            given = [one.person for one in found.kept.approvals]
            if not is_approved(found.kept.by, given):
                raise RefusedError("registry.plan-not-approved", digest=digest, by=found.kept.by)
            if node not in {*found.plan.nodes, *found.plan.dependents}:
                raise RefusedError("retire.not-of-this", digest=digest, node=node)
            if at > now:
                raise RefusedError("retire.vendor-future", at=at, now=now)
            demand_turn(found.steps, said)
            if not text.strip():
                raise RefusedError("retire.vendor-empty", step=said, node=node)
            if said in _LISTED:
                _check_listing(text, node, found.plan.key_id, wanted=_LISTED[said])
            evidence = VendorEvidence(said, node, at, actor.name, now, text)
            others = tuple(one for one in found.evidence if (one.said, one.node) != (said, node))
            after = (*others, evidence)
            _check_snapshots(found.plan, after, said, node)
            books.about.put(f"vendor/{found.kept.digest}", canonical(after))
            told = {"step": said, "node": node, "at": at, "sha256": evidence.sha256}
            note(books, actor.name, Act.CONFIRM_STEP, found.kept.digest, told, now=now)
            made = _show(books, digest)
            if made.waits_for is None:
                books.plans.close(found.kept.digest, PlanState.CARRIED_OUT)
            return _show(books, digest)


def _show(books: Books, digest: str) -> VendorRetirement:
    kept = plan_of(books, digest)
    if kept.kind != VENDOR:
        raise RefusedError("retire.no-retirement", digest=digest, kind=kept.kind)
    plan: VendorPlan = parse(VendorPlan, kept.document)
    text = books.about.find(f"vendor/{kept.digest}")
    evidence: tuple[VendorEvidence, ...] = parse(tuple[VendorEvidence, ...], text) if text else ()
    steps = judge_vendor(plan.nodes, plan.dependents, _statements(evidence))
    return VendorRetirement(kept, plan, evidence, steps)


def _statements(evidence: Sequence[VendorEvidence]) -> tuple[Statement, ...]:
    return tuple(Statement(one.said, one.node, one.at) for one in evidence)


def _check_snapshots(plan: VendorPlan, after: Sequence[VendorEvidence], said: Said, node: str) -> None:
    """Refuse a snapshot that was taken while one ran: it could not be mended by anything that follows.

    Raises:
        RefusedError: `retire.snapshots-unfit`.
    """
    if said is not Said.SNAPSHOT:
        return
    stands = judge_vendor(plan.nodes, plan.dependents, _statements(after))
    wrong = [
        one
        for stand in stands
        for one in stand.findings
        if one.severity is Severity.ERROR and one.subject == node
    ]
    if wrong and "taken" in wrong[0].evidence:
        running = wrong[0].evidence["where"]
        raise RefusedError("retire.snapshots-unfit", node=node, running=running)


def _check_listing(text: str, node: str, key_id: str, *, wanted: bool) -> None:
    """Return when a node's listing shows the root, or no longer does.

    Raises:
        UsageError: it cannot be read, or was cut.
        RefusedError: `retire.listing-differs`.
    """
    listing = read_listing(text, node)
    shows = any(one.key_id is not None and one.key_id.hex == key_id for one in listing.entries)
    if shows is not wanted:
        raise RefusedError("retire.listing-differs", node=node, id=key_id, count=len(listing.entries))
