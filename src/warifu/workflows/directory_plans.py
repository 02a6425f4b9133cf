"""Plans to publish and to restore: made by one person, approved by another, carried out as they were approved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from warifu.domain import x509
from warifu.domain.directory.decision import Decision
from warifu.domain.directory.publish import PublishWish
from warifu.domain.directory.removal import decide_restore
from warifu.domain.directory.roles import Act, demand
from warifu.errors import RefusedError, UsageError
from warifu.ports.work_books import KeptPlan, PlanState
from warifu.wire.signed import canonical, parse
from warifu.workflows.acting import Actor
from warifu.workflows.plan_desk import PlanDesk, approved
from warifu.workflows.published import keep_decision, version_of
from warifu.workflows.trust_desk import TrustDesk

PUBLISH: Final = "publish"
RESTORE: Final = "restore"


@dataclass(frozen=True, slots=True)
class DomainPlan:
    """What is to be done to a trust domain.

    Args:
        basis: the version that it was made from; another one refuses.
        certificates: PEM, of a plan to publish.
        version: that comes back, of a plan to restore.
    """

    kind: str
    domain: str
    basis: int
    certificates: str = ""
    pinned: bool = False
    version: int = 0
    format: int = 1


@dataclass(frozen=True, slots=True)
class DirectoryPlans:
    """Use cases of these plans."""

    trust: TrustDesk
    plans: PlanDesk

    def publish(
        self, actor: Actor, domain: str, certificates: str, *, pinned: bool, keep: bool, now: datetime
    ) -> tuple[KeptPlan | None, Decision]:
        """Keep a plan to publish, and return what it would come to; a refused one is not kept.

        Raises:
            UsageError: `registry.domain-unknown`; `server.private-key-sent`, `server.nothing-to-publish`.
            RefusedError: `directory.not-allowed`.
        """
        demand(actor.roles, Act.PUBLISH)
        wish = _wish(certificates, pinned=pinned)
        decision = self.trust.preview(domain, wish, now=now)
        if decision.is_refused or not keep:
            return None, decision
        plan = DomainPlan(PUBLISH, domain, self.trust.version(domain).version, certificates, pinned)
        keys = [one.fingerprint.hex for one in wish.certificates]
        return self._keep(actor, plan, keys, now), decision

    def restore(
        self, actor: Actor, domain: str, version: int, *, keep: bool, now: datetime
    ) -> tuple[KeptPlan | None, Decision]:
        """Keep a plan to restore an earlier version, and return what it would come to.

        Raises:
            UsageError: `registry.domain-unknown`, `registry.version-unknown`.
            RefusedError: `directory.not-allowed`.
        """
        demand(actor.roles, Act.RESTORE)
        present = self.trust.version(domain)
        decision = decide_restore(present, self.trust.version(domain, version), now=now)
        if decision.is_refused or not keep:
            return None, decision
        plan = DomainPlan(RESTORE, domain, present.version, version=version)
        return self._keep(actor, plan, [one.key.hex for one in decision.items], now), decision

    def carry_out(self, actor: Actor, digest: str, *, now: datetime) -> Decision:
        """Carry an approved plan out, once.

        Raises:
            UsageError: `registry.plan-unknown`.
            RefusedError: `directory.not-allowed`, `registry.plan-not-approved`, `registry.plan-closed`,
                `registry.basis-moved`.
        """
        kept = self.plans.find(digest)
        plan: DomainPlan = parse(DomainPlan, kept.document)
        if plan.kind == PUBLISH:
            wish = _wish(plan.certificates, pinned=plan.pinned)
            return self.trust.publish(actor, plan.domain, wish, now=now, basis=plan.basis, plan=digest)
        demand(actor.roles, Act.RESTORE)
        with self.trust.registry.change() as books:
            approved(books, digest, plan.domain, ())
            present = version_of(books, plan.domain)
            if present.version != plan.basis:
                newest = present.version
                raise RefusedError(
                    "registry.basis-moved", domain=plan.domain, basis=plan.basis, newest=newest
                )
            earlier = version_of(books, plan.domain, plan.version)
            decision = decide_restore(present, earlier, now=now, plan=digest)
            if decision.after is not None:
                books.plans.close(digest, PlanState.CARRIED_OUT)
            return keep_decision(books, self.trust.signer, actor.name, Act.RESTORE, decision, now=now)

    def _keep(self, actor: Actor, plan: DomainPlan, subjects: Sequence[str], now: datetime) -> KeptPlan:
        document = canonical(plan).encode()
        return self.plans.submit(actor, plan.kind, document, domain=plan.domain, subjects=subjects, now=now)


def _wish(certificates: str, *, pinned: bool) -> PublishWish:
    reading = x509.load(certificates.encode(), "certificates")
    if reading.keys or reading.encrypted_keys:
        raise UsageError("server.private-key-sent")
    if reading.lost or not (reading.certificates or reading.crls):
        raise UsageError("server.nothing-to-publish", count=reading.lost)
    return PublishWish(reading.certificates, reading.crls, pinned=pinned)
