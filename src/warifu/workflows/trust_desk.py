"""Published trust: every change is decided, versioned, signed, stored and told in one transaction.

Two servers beside each other allot different versions, because a change is alone in the database. A change that is
refused, or that changes nothing, leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from warifu.domain.directory import Published
from warifu.domain.directory.decision import Decision
from warifu.domain.directory.publish import PublishWish, decide_publication
from warifu.domain.directory.removal import decide_quarantine, decide_restore, decide_unpublication
from warifu.domain.directory.roles import Act, demand, demand_confirmation
from warifu.domain.directory.versions import VersionDiff, compare_versions
from warifu.domain.x509 import Sha256
from warifu.errors import RefusedError
from warifu.ports.bundles import BundleSigner
from warifu.ports.registry import Books, Registry
from warifu.ports.trust_books import SignedFile, VersionHead
from warifu.ports.work_books import PlanState
from warifu.wire.trust_files import TrustAsk, find_newer
from warifu.workflows.acting import Actor
from warifu.workflows.audit_desk import record
from warifu.workflows.control_ca import check_kept
from warifu.workflows.plan_desk import approved
from warifu.workflows.published import create_domain, keep_decision, version_of

QUARANTINE: Final = "quarantine"
UNPUBLISH: Final = "unpublish"
Decide = Callable[[Books, Published], Decision]


@dataclass(frozen=True, slots=True)
class TrustDesk:
    """Use cases of published trust."""

    registry: Registry
    signer: BundleSigner

    # --- looking

    def domains(self) -> tuple[Published, ...]:
        """Return every trust domain at its newest version, sorted by name."""
        with self.registry.look() as books:
            found = (books.directory.find(name) for name in books.directory.domains())
            return tuple(one for one in found if one is not None)

    def version(self, domain: str, version: int | None = None) -> Published:
        """Return a version of a domain, the newest unless told.

        Raises:
            UsageError: `registry.domain-unknown`, `registry.version-unknown`.
        """
        with self.registry.look() as books:
            return version_of(books, domain, version)

    def history(self, domain: str, *, below: int | None = None, most: int = 100) -> tuple[VersionHead, ...]:
        """Return versions of a domain, newest first.

        Raises:
            UsageError: `registry.domain-unknown`.
        """
        with self.registry.look() as books:
            version_of(books, domain)
            return books.directory.history(domain, below=below, most=most)

    def compare(self, domain: str, old: int, new: int) -> VersionDiff:
        """Return what differs between two versions.

        Raises:
            UsageError: `registry.domain-unknown`, `registry.version-unknown`.
        """
        with self.registry.look() as books:
            return compare_versions(version_of(books, domain, old), version_of(books, domain, new))

    def file(self, name: str) -> SignedFile | None:
        """Return a signed file as readers fetch it."""
        with self.registry.look() as books:
            return books.bundles.find(name)

    def newer(self, asked: TrustAsk) -> dict[str, bytes | None]:
        """Return every signed file that is newer than what a reader holds; see `wire.trust_files.find_newer`."""
        with self.registry.look() as books:

            def find(name: str) -> bytes | None:
                found = books.bundles.find(name)
                return None if found is None else found.data

            return find_newer(find, asked)

    # --- changing

    def create(self, actor: Actor, domain: str, *, now: datetime) -> Published:
        """Begin a trust domain: its empty first version is published, so that nodes can follow it.

        Raises:
            UsageError: `registry.domain-name`.
            RefusedError: `directory.not-allowed`, `registry.domain-exists`.
        """
        demand(actor.roles, Act.CREATE_DOMAIN)
        with self.registry.change() as books:
            return create_domain(books, self.signer, actor.name, domain, now=now)

    def preview(self, domain: str, wish: PublishWish, *, now: datetime) -> Decision:
        """Return what publishing would come to; nothing is kept.

        Raises:
            UsageError: `registry.domain-unknown`.
        """
        with self.registry.look() as books:
            return decide_publication(version_of(books, domain), wish, now=now)

    def publish(
        self,
        actor: Actor,
        domain: str,
        wish: PublishWish,
        *,
        now: datetime,
        basis: int | None = None,
        plan: str = "",
    ) -> Decision:
        """Publish anchors and CRLs, all or none.

        Args:
            basis: the version that the wish was made from; another one refuses.
            plan: digest of the plan that it carries out, approved by somebody else; empty where none was made.

        Raises:
            UsageError: `registry.domain-unknown`, `registry.plan-unknown`.
            RefusedError: `directory.not-allowed`, `registry.basis-moved`, `registry.plan-not-approved`,
                `registry.plan-closed`, `registry.plan-other`, and what the signer refuses.
        """
        act = Act.PUBLISH if wish.certificates else Act.PUBLISH_CRL
        demand(actor.roles, act)

        def decide(books: Books, present: Published) -> Decision:
            if plan:
                approved(books, plan, domain, [one.fingerprint.hex for one in wish.certificates])
            decision = decide_publication(present, wish, now=now, plan=plan)
            if plan and decision.after is not None:
                books.plans.close(plan, PlanState.CARRIED_OUT)
            return decision

        return self._change(actor, act, domain, decide, now=now, basis=basis)

    def quarantine(
        self, actor: Actor, domain: str, keys: Collection[Sha256], *, plan: str, typed: str, now: datetime
    ) -> Decision:
        """Distrust anchors everywhere, restorably.

        Args:
            plan: digest of a plan that somebody else approved and that names these anchors.
            typed: the confirmation of `removal_confirmation`, typed by hand.

        Raises:
            UsageError: `registry.domain-unknown`, `registry.plan-unknown`.
            RefusedError: `directory.not-allowed`, `registry.plan-not-approved`, `registry.plan-other`,
                `directory.confirmation-differs`, `registry.ca-in-use`.
        """
        demand(actor.roles, Act.PLAN_REMOVAL)

        def decide(books: Books, present: Published) -> Decision:
            _check_removal(books, present, keys, plan, typed, now)
            return decide_quarantine(present, keys, now=now, plan=plan)

        return self._change(actor, QUARANTINE, domain, decide, now=now)

    def unpublish(
        self, actor: Actor, domain: str, keys: Collection[Sha256], *, plan: str, typed: str, now: datetime
    ) -> Decision:
        """Take anchors and the CRLs that only they signed out of a domain; the plan is carried out with it.

        Raises:
            UsageError: `registry.domain-unknown`, `registry.plan-unknown`.
            RefusedError: `directory.not-allowed`, `registry.plan-not-approved`, `registry.plan-other`,
                `directory.confirmation-differs`, `registry.ca-in-use`.
        """
        demand(actor.roles, Act.PLAN_REMOVAL)

        def decide(books: Books, present: Published) -> Decision:
            _check_removal(books, present, keys, plan, typed, now)
            decision = decide_unpublication(present, keys, now=now, plan=plan)
            if decision.after is not None:
                books.plans.close(plan, PlanState.CARRIED_OUT)
            return decision

        return self._change(actor, UNPUBLISH, domain, decide, now=now)

    def restore(self, actor: Actor, domain: str, version: int, *, now: datetime) -> Decision:
        """Put back everything that an earlier version trusted, all or nothing; what came since stays.

        Raises:
            UsageError: `registry.domain-unknown`, `registry.version-unknown`.
            RefusedError: `directory.not-allowed`.
        """
        demand(actor.roles, Act.RESTORE)

        def decide(books: Books, present: Published) -> Decision:
            return decide_restore(present, version_of(books, domain, version), now=now)

        return self._change(actor, Act.RESTORE, domain, decide, now=now)

    def renew(self, *, now: datetime) -> tuple[str, ...]:
        """Sign again what is due; return the names of the files. Whoever holds the lease calls it."""
        with self.registry.change() as books:
            files = self.signer.renew(books.bundles.files(), now=now)
            books.bundles.add(files, now=now)
            return tuple(sorted(files))

    def take_root(self, actor: Actor, root: bytes, *, now: datetime) -> tuple[str, ...]:
        """Take a root that was signed elsewhere; return the names of the files that follow from it.

        Raises:
            RefusedError: `directory.not-allowed`, `bundle.root-refused`.
        """
        demand(actor.roles, Act.IMPORT_ROOT)
        with self.registry.change() as books:
            files = self.signer.take_root(books.bundles.files(), root, now=now)
            books.bundles.add(files, now=now)
            told = {"sha256": Sha256.of(root).hex, "files": sorted(files)}
            record(books, actor.name, Act.IMPORT_ROOT, "root", told, now=now)
            return tuple(sorted(files))

    def _change(
        self, actor: Actor, act: str, domain: str, decide: Decide, *, now: datetime, basis: int | None = None
    ) -> Decision:
        with self.registry.change() as books:
            present = version_of(books, domain)
            if basis is not None and basis != present.version:
                raise RefusedError("registry.basis-moved", domain=domain, basis=basis, newest=present.version)
            return keep_decision(books, self.signer, actor.name, act, decide(books, present), now=now)


def named_in(published: Published, keys: Collection[Sha256]) -> tuple[str, ...]:
    """Return the names of anchors as a confirmation types them: in the order of their fingerprints."""
    return tuple(anchor.name for anchor in published.anchors if anchor.key in keys)


def _check_removal(
    books: Books, present: Published, keys: Collection[Sha256], plan: str, typed: str, now: datetime
) -> None:
    """Return when a plan of two people, the typed words and the server's own needs let anchors go."""
    approved(books, plan, present.domain, [key.hex for key in keys])
    demand_confirmation(typed, plan, named_in(present, keys))
    check_kept(books, present, keys, now=now)
