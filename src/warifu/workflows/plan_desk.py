"""Plans that people decide about. Nobody approves their own."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from warifu.domain.directory.roles import Act, demand, demand_approval, is_approved
from warifu.errors import RefusedError, UsageError
from warifu.ports.registry import Books, Registry
from warifu.ports.work_books import Approval, KeptPlan, PlanState
from warifu.workflows.acting import Actor
from warifu.workflows.audit_desk import record

REMOVALS: Final = frozenset({"retire-anchor", "retire-vendor-root"})
"""Kinds of plans that take trust away."""


@dataclass(frozen=True, slots=True)
class PlanDesk:
    """Use cases of plans."""

    registry: Registry

    def submit(
        self,
        actor: Actor,
        kind: str,
        document: bytes,
        *,
        domain: str = "",
        subjects: Collection[str] = (),
        now: datetime,
    ) -> KeptPlan:
        """Keep a plan for others to approve; the same bytes are the same plan.

        Args:
            document: the plan's bytes; their SHA-256 is what people approve.
            subjects: what it may touch: anchors as their SHA-256 in hex.

        Raises:
            RefusedError: `directory.not-allowed`.
        """
        act = Act.PLAN_REMOVAL if kind in REMOVALS else Act.PLAN
        demand(actor.roles, act)
        digest = hashlib.sha256(document).hexdigest()
        wanted = tuple(sorted(set(subjects)))
        with self.registry.change() as books:
            there = books.plans.find(digest)
            if there is not None:
                return there
            plan = KeptPlan(digest, kind, domain, wanted, document, actor.name, now)
            books.plans.add(plan)
            told = {"kind": kind, "domain": domain, "subjects": wanted}
            record(books, actor.name, act, digest, told, now=now)
            return plan

    def approve(self, actor: Actor, digest: str, *, remark: str = "", now: datetime) -> KeptPlan:
        """Approve a plan of somebody else's.

        Raises:
            UsageError: `registry.plan-unknown`.
            RefusedError: `directory.not-allowed`, `directory.own-plan`, `directory.approved-already`, `registry.plan-closed`.
        """
        with self.registry.change() as books:
            return approve_in(books, actor, digest, remark, now=now)

    def withdraw(self, actor: Actor, digest: str, *, now: datetime) -> KeptPlan:
        """Give a plan up; it can be carried out no more.

        Raises:
            UsageError: `registry.plan-unknown`.
            RefusedError: `directory.not-allowed`, `registry.plan-closed`.
        """
        demand(actor.roles, Act.PLAN)
        with self.registry.change() as books:
            plan = plan_of(books, digest)
            if plan.state is not PlanState.OPEN:
                raise RefusedError("registry.plan-closed", digest=plan.digest, state=plan.state)
            books.plans.close(plan.digest, PlanState.WITHDRAWN)
            record(books, actor.name, Act.PLAN, plan.digest, {"state": PlanState.WITHDRAWN}, now=now)
            return plan_of(books, plan.digest)

    def find(self, digest: str) -> KeptPlan:
        """Return a plan by its digest.

        Raises:
            UsageError: `registry.plan-unknown`.
        """
        with self.registry.look() as books:
            return plan_of(books, digest)

    def plans(self, state: PlanState | None = None) -> tuple[KeptPlan, ...]:
        """Return plans, newest first."""
        with self.registry.look() as books:
            return books.plans.plans(state)


def approve_in(books: Books, actor: Actor, digest: str, remark: str, *, now: datetime) -> KeptPlan:
    """Approve a plan in the transaction at hand; see `PlanDesk.approve`."""
    demand(actor.roles, Act.APPROVE_PLAN)
    plan = plan_of(books, digest)
    if plan.state is not PlanState.OPEN:
        raise RefusedError("registry.plan-closed", digest=plan.digest, state=plan.state)
    given = [approval.person for approval in plan.approvals]
    demand_approval(plan.by, actor.name, actor.roles, given)
    act = Act.APPROVE_REMOVAL if plan.kind in REMOVALS else Act.APPROVE_PLAN
    demand(actor.roles, act)
    books.plans.approve(plan.digest, Approval(actor.name, now, remark))
    told = {"by": plan.by, "kind": plan.kind, "remark": remark}
    record(books, actor.name, act, plan.digest, told, now=now)
    return plan_of(books, plan.digest)


def plan_of(books: Books, digest: str) -> KeptPlan:
    """Return a plan by its whole digest.

    Raises:
        UsageError: `registry.plan-unknown`.
    """
    plan = books.plans.find(digest)
    if plan is None:
        raise UsageError("registry.plan-unknown", digest=digest)
    return plan


def approved(books: Books, digest: str, domain: str, subjects: Collection[str]) -> KeptPlan:
    """Return the plan that lets somebody touch these things of a domain.

    Raises:
        UsageError: `registry.plan-unknown`.
        RefusedError: `registry.plan-not-approved`: nobody but its author approved it; `registry.plan-closed`;
            `registry.plan-other`: it is about another domain, or does not name all of them.
    """
    plan = plan_of(books, digest)
    if plan.state is not PlanState.OPEN:
        raise RefusedError("registry.plan-closed", digest=digest, state=plan.state)
    if not is_approved(plan.by, [approval.person for approval in plan.approvals]):
        raise RefusedError("registry.plan-not-approved", digest=digest, by=plan.by)
    outside = sorted(set(subjects) - set(plan.subjects))
    if plan.domain != domain or outside:
        raise RefusedError(
            "registry.plan-other", digest=digest, domain=plan.domain or "-", outside=outside or "-"
        )
    return plan
