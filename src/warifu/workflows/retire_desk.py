"""Retirement of anchors: planned on what is known, approved by somebody else, carried out a step at a time.

    plan -> approve -> back up -> export -> quarantine -> everywhere -> unpublish -> look -> refresh -> converge
         -> delete what is left -> prove -> restart -> sign in -> watch

Which step is next is found out each time from what was done and from what nodes said. Each change is one transaction
together with its account, so that whoever was killed goes on, and nothing is done twice. Both removals look again at what
they remove: the very bytes under the very alias, and whether anything needs them by now.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from warifu.domain import x509
from warifu.domain.directory import Published
from warifu.domain.directory.removal import decide_quarantine, decide_restore, decide_unpublication
from warifu.domain.directory.retiring import RetireStep, StepStand, StepState, demand_step, judge_steps
from warifu.domain.directory.roles import Act, Role, confirmation_of, demand, demand_confirmation
from warifu.domain.x509 import Sha256
from warifu.errors import CouldNotLookError, RefusedError, WarifuError
from warifu.ports.bundles import BundleSigner
from warifu.ports.files import Files
from warifu.ports.registry import Registry
from warifu.ports.work_books import KeptPlan, PlanState
from warifu.wire.agent import OrderKind
from warifu.wire.retirement import (
    RestartResult,
    RetirePlan,
    RetireRecord,
    SignedIn,
    WaivedNode,
    encode_plan,
)
from warifu.workflows.acting import SERVER, Actor
from warifu.workflows.audit_desk import record as note
from warifu.workflows.backup_set import BackupSets
from warifu.workflows.control_ca import check_kept
from warifu.workflows.estate_sights import EstateSights, name_of
from warifu.workflows.plan_desk import approve_in, approved, plan_of
from warifu.workflows.published import keep_decision, version_of
from warifu.workflows.retire_facts import (
    check_targets,
    entries_of,
    is_listed,
    keep_record,
    known_of,
    nodes_of,
    open_waivers,
    plan_in,
    record_of,
    resurrected,
)
from warifu.workflows.retire_orders import Wanted, answer_of, give, is_open
from warifu.workflows.retire_planning import Planned, Wish, check_unneeded, preview

KIND: Final = "retire-anchor"
_ACTS: Final = {step: f"retire-{step.value}" for step in RetireStep}
Wake = Callable[[Sequence[str], str], None]


@dataclass(frozen=True, slots=True)
class Retirement:
    """A retirement as it stands.

    Args:
        problem: what kept the last step from being done.
    """

    kept: KeptPlan
    plan: RetirePlan
    record: RetireRecord
    steps: tuple[StepStand, ...]
    confirmation: str
    problem: WarifuError | None = None

    @property
    def state(self) -> str:
        """How it stands, in one word; where something failed after trust was taken away, going back is offered."""
        if self.record.restored:
            return "restored"
        if all(one.state is StepState.DONE for one in self.steps):
            return "done"
        failed = any(one.state is StepState.FAILED for one in self.steps)
        if failed:
            return "failed-after-change" if self.record.quarantined else "failed"
        return "running" if self.record.backup else "planned"

    @property
    def is_done(self) -> bool:
        """Every step is."""
        return self.state == "done"


@dataclass(frozen=True, slots=True)
class RetireDesk:
    """Use cases of retirement.

    Args:
        files: where exported anchors are kept, below `folder`.
        wake: has nodes look now; none named means all.
        push: tells nodes that orders wait for them.
        sights: looks at the estates that the server keeps.
    """

    registry: Registry
    signer: BundleSigner
    sets: BackupSets
    files: Files
    folder: str
    wake: Wake
    push: Callable[[Sequence[str]], None]
    sights: EstateSights

    # --- planning

    def preview(self, actor: Actor, wish: Wish, *, now: datetime) -> Planned:
        """Return the blast radius of each anchor, each with its own checks; nothing is kept.

        It makes nodes look, so that it takes the role that planning takes.

        Raises:
            UsageError: `registry.domain-unknown`, `directory.no-such-anchor`, ...
            RefusedError: `directory.not-allowed`, `estate.ambiguous-name`, `registry.ca-in-use`.
        """
        demand(actor.roles, Act.PLAN_REMOVAL)
        estates = self.sights.reports()
        with self.registry.look() as books:
            return preview(books, wish, estates, now)

    def plan(self, actor: Actor, wish: Wish, *, now: datetime) -> Planned:
        """Keep a plan for somebody else to approve, where nothing speaks against it.

        Raises:
            UsageError, RefusedError: as `preview`; `directory.not-allowed`.
        """
        demand(actor.roles, Act.PLAN_REMOVAL)
        estates = self.sights.reports()
        with self.registry.change() as books:
            found = preview(books, wish, estates, now)
            if found.plan is None:
                return found
            document = encode_plan(found.plan)
            subjects = tuple(sorted(found.plan.keys))
            kept = KeptPlan(found.digest, KIND, wish.domain, subjects, document, actor.name, now)
            books.plans.add(kept)
            told = {"kind": KIND, "domain": wish.domain, "subjects": subjects, "waived": wish.waived}
            note(books, actor.name, Act.PLAN_REMOVAL, found.digest, told, now=now)
            return found

    # --- deciding

    def approve(self, actor: Actor, digest: str, typed: str, *, remark: str = "", now: datetime) -> KeptPlan:
        """Approve somebody else's retirement by typing what goes.

        Raises:
            UsageError: `registry.plan-unknown`.
            RefusedError: `directory.not-allowed`, `directory.own-plan`, `directory.approved-already`,
                `directory.confirmation-differs`, `registry.plan-closed`.
        """
        with self.registry.change() as books:
            kept = approve_in(books, actor, digest, remark, now=now)
            demand_confirmation(typed, kept.digest, plan_in(kept).names)
            keep_record(books, kept.digest, replace(record_of(books, kept.digest), confirmed=actor.name))
            return kept

    def waive(
        self, actor: Actor, digest: str, node: str, reason: str, *, until: datetime, now: datetime
    ) -> Retirement:
        """Leave a node out of the proof, by name, for a reason, until a day.

        Raises:
            UsageError: `registry.plan-unknown`.
            RefusedError: `directory.not-allowed`; `retire.not-of-this`: the node has no part in it;
                `rollouts.waiver-over`: no reason, or an end that is past.
        """
        demand(actor.roles, Act.WAIVE)
        if until <= now or not reason.strip():
            raise RefusedError("rollouts.waiver-over", node=node, until=until, now=now)
        elsewhere = self.sights.nodes()
        with self.registry.change() as books:
            kept = plan_of(books, digest)
            if (name_of(node) or node) not in elsewhere | {
                one.name for one in nodes_of(books, plan_in(kept))
            }:
                raise RefusedError("retire.not-of-this", digest=digest, node=node)
            present = record_of(books, kept.digest)
            others = tuple(one for one in present.waived if one.node != node)
            waived = WaivedNode(node, actor.name, reason, until)
            keep_record(books, kept.digest, replace(present, waived=(*others, waived)))
            told = {"node": node, "reason": reason, "until": until}
            note(books, actor.name, Act.WAIVE, kept.digest, told, now=now)
        return self.show(digest, now=now)

    # --- carrying out

    def show(self, digest: str, *, now: datetime, problem: WarifuError | None = None) -> Retirement:
        """Return how a retirement stands.

        Raises:
            UsageError: `registry.plan-unknown`.
        """
        with self.registry.look() as books:
            kept = plan_of(books, digest)
            plan = plan_in(kept)
            steps = judge_steps(known_of(books, kept, now=now))
            typed = confirmation_of(kept.digest, plan.names)
            return Retirement(kept, plan, record_of(books, kept.digest), steps, typed, problem)

    def go_on(self, actor: Actor, digest: str, *, now: datetime) -> Retirement:
        """Do every step that can be done now; return whom the next one waits for.

        Raises:
            UsageError: `registry.plan-unknown`.
            RefusedError: `directory.not-allowed`, `registry.plan-closed`; `retire.target-changed`; `retire.blocked`, with
                what needs an anchor by now.
        """
        demand(actor.roles, Act.PLAN_REMOVAL)
        before: StepStand | None = None
        while True:
            with self.registry.look() as books:
                kept = plan_of(books, digest)
                if kept.state is PlanState.WITHDRAWN:
                    raise RefusedError("registry.plan-closed", digest=digest, state=kept.state)
                stands = judge_steps(known_of(books, kept, now=now))
                over = record_of(books, kept.digest).ended is not None
            stand = next((one for one in stands if one.state is not StepState.DONE), None)
            if stand is None and not over:
                self._end(actor, digest, now)
                continue
            again = stand is not None and stand.step is RetireStep.WATCH and stand.state is StepState.FAILED
            if again:
                self._reopen(actor, digest, now)
                continue
            if stand is None or stand == before or not _can_be_done(stand):
                return self.show(digest, now=now)
            before = stand
            self.do(actor, digest, stand.step, now=now)

    def do(self, actor: Actor, digest: str, step: RetireStep, *, now: datetime) -> None:
        """Do one step.

        Raises:
            RefusedError: `retire.precondition`: another one comes first; and as `go_on`.
        """
        demand(actor.roles, Act.PLAN_REMOVAL)
        with self.registry.look() as books:
            kept = plan_of(books, digest)
            demand_step(known_of(books, kept, now=now), step)
        acts: dict[RetireStep, Callable[[Actor, KeptPlan, datetime], None]] = {
            RetireStep.BACK_UP: self._back_up,
            RetireStep.EXPORT: self._export,
            RetireStep.QUARANTINE: self._remove(RetireStep.QUARANTINE),
            RetireStep.UNPUBLISH: self._remove(RetireStep.UNPUBLISH),
            RetireStep.LIST: self._list,
            RetireStep.REFRESH: self._refresh,
            RetireStep.DELETE: self._delete,
            RetireStep.RESTART: self._restart,
        }
        if step in acts:
            acts[step](actor, kept, now)

    def _back_up(self, actor: Actor, kept: KeptPlan, now: datetime) -> None:
        with self.registry.look() as books:
            plan, present = plan_in(kept), record_of(books, kept.digest)
        waived = {*plan.waived, *(one.node for one in open_waivers(present, now))}
        folder = self.sets.make(kept.digest[:16], actor.name, waived=waived)
        self._account(actor, kept, RetireStep.BACK_UP, {"set": folder}, now, backup=folder)

    def _export(self, actor: Actor, kept: KeptPlan, now: datetime) -> None:
        """Save every anchor and its CRLs, and read each back; a write that fails stops the run."""
        plan = plan_in(kept)
        with self.registry.look() as books:
            published = version_of(books, plan.domain)
            check_targets(published, plan)
        saved: dict[str, str] = {}
        for item in plan.items:
            anchor = published.find(Sha256(item.sha256))
            crls = [one for one in published.crls if one.fingerprint.hex in item.crls]
            parts = {} if anchor is None else {item.sha256: x509.to_pem([anchor.certificate])}
            parts |= {one.fingerprint.hex: one.der for one in crls}
            for name, data in parts.items():
                path = f"{self.folder}/{kept.digest[:16]}/{name}.{'pem' if name == item.sha256 else 'crl'}"
                self.files.write(path, data)
                read = x509.load(self.files.read(path), path)
                found = {one.fingerprint.hex for one in read.certificates}
                if name not in found | {one.fingerprint.hex for one in read.crls}:
                    raise CouldNotLookError("retire.not-saved", path=path)
                saved[name] = path
        self._account(actor, kept, RetireStep.EXPORT, {"files": saved}, now, exported=saved)

    def _remove(self, step: RetireStep) -> Callable[[Actor, KeptPlan, datetime], None]:
        """Return the step that quarantines, or the one that unpublishes: version and account in one transaction."""

        def remove(actor: Actor, kept: KeptPlan, now: datetime) -> None:
            plan = plan_in(kept)
            keys, estates = [Sha256(key) for key in plan.keys], self.sights.reports()
            with self.registry.change() as books:
                demand_step(known_of(books, kept, now=now), step)
                present = record_of(books, kept.digest)
                is_first = step is RetireStep.QUARANTINE
                if present.quarantined if is_first else present.unpublished:
                    return  # another process was here first
                approved(books, kept.digest, plan.domain, plan.keys)
                published = version_of(books, plan.domain)
                check_targets(published, plan)
                check_kept(books, published, keys, now=now)
                check_unneeded(books, plan, present, published, estates, now)
                decide = decide_quarantine if is_first else decide_unpublication
                decision = decide(published, keys, now=now, plan=kept.digest)
                made = keep_decision(books, self.signer, actor.name, _ACTS[step], decision, now=now)
                version = made.after.version if made.after is not None else published.version
                after = (
                    replace(present, quarantined=version)
                    if is_first
                    else replace(present, unpublished=version)
                )
                keep_record(books, kept.digest, after)

        return remove

    def _list(self, actor: Actor, kept: KeptPlan, now: datetime) -> None:
        with self.registry.look() as books:
            gone = not is_listed(books, plan_in(kept))
        self._account(actor, kept, RetireStep.LIST, {"gone": gone}, now, listed=gone)

    def _refresh(self, actor: Actor, kept: KeptPlan, now: datetime) -> None:
        self._account(actor, kept, RetireStep.REFRESH, {}, now, refreshed=now)
        self.wake((), f"{int(now.timestamp() * 1000)}")

    def _delete(self, actor: Actor, kept: KeptPlan, now: datetime) -> None:
        """Have each entry that is left be deleted where it lies, by alias and by what it must be."""
        plan, nodes = plan_in(kept), set[str]()
        with self.registry.change() as books:
            present = record_of(books, kept.digest)
            orders = dict(present.orders)
            for node in nodes_of(books, plan):
                for told in entries_of(books, node.name):
                    if told.fingerprint not in plan.keys or told.kind != "trusted":
                        continue
                    place = f"{node.name}/{told.store}/{told.alias}"
                    nodes.add(node.name)
                    if is_open(books, orders.get(place, ""), now=now):
                        continue
                    body = {"store": told.store, "alias": told.alias, "sha256": told.fingerprint}
                    wanted = Wanted(node.name, OrderKind.DELETE_ENTRY, place, body, kept.digest)
                    orders[place] = give(books, wanted, now=now)
                    note(books, actor.name, _ACTS[RetireStep.DELETE], place, {"plan": kept.digest}, now=now)
            keep_record(books, kept.digest, replace(present, orders=orders))
        self.push(sorted(nodes))
        self.wake(sorted(nodes), f"{int(now.timestamp() * 1000)}")

    def _restart(self, actor: Actor, kept: KeptPlan, now: datetime) -> None:
        """Restart the next service of the list, once the one before it is known to answer."""
        plan, given = plan_in(kept), ""
        with self.registry.change() as books:
            present = record_of(books, kept.digest)
            done = {one.place for one in present.restarts if one.good}
            place = next((one for one in plan.restarts if one not in done), "")
            number = present.orders.get(f"restart {place}", "")
            answer = answer_of(books, number)
            if answer is not None:
                good = not answer.error and bool(answer.result.get("good"))
                detail = answer.error or str(answer.result.get("detail", ""))
                result = RestartResult(place, answer.at, good, detail, number)
                kept_results = (*(one for one in present.restarts if one.place != place), result)
                orders = {name: one for name, one in present.orders.items() if name != f"restart {place}"}
                keep_record(books, kept.digest, replace(present, restarts=kept_results, orders=orders))
                told = {"place": place, "good": good, "detail": detail}
                note(books, actor.name, _ACTS[RetireStep.RESTART], kept.digest, told, now=now)
            elif not is_open(books, number, now=now):
                given, _, service = place.partition("/")
                wanted = Wanted(given, OrderKind.RESTART, place, {"service": service}, kept.digest)
                orders = {**present.orders, f"restart {place}": give(books, wanted, now=now)}
                keep_record(books, kept.digest, replace(present, orders=orders))
        if given:
            self.push((given,))

    def signed_in(self, actor: Actor, digest: str, *, good: bool, detail: str, now: datetime) -> Retirement:
        """Note the smoke test: whether somebody could sign in afterwards and manage something.

        Raises:
            RefusedError: `retire.precondition`; `directory.not-allowed`.
        """
        demand(actor.roles, Act.PLAN_REMOVAL)
        with self.registry.look() as books:
            kept = plan_of(books, digest)
            demand_step(known_of(books, kept, now=now), RetireStep.SIGN_IN)
        said = SignedIn(actor.name, now, good, detail)
        self._account(actor, kept, RetireStep.SIGN_IN, {"good": good, "detail": detail}, now, signed_in=said)
        return self.show(digest, now=now)

    # --- afterwards

    def restore(self, actor: Actor, digest: str, *, now: datetime) -> Published:
        """Put everything back that a retirement took away, all or nothing, everywhere.

        Raises:
            RefusedError: `directory.not-allowed`; `retire.restore-refused`, with the reasons.
        """
        demand(actor.roles, Act.RESTORE)
        with self.registry.change() as books:
            kept = plan_of(books, digest)
            plan = plan_in(kept)
            published = version_of(books, plan.domain)
            decision = decide_restore(published, version_of(books, plan.domain, plan.basis), now=now)
            if decision.after is None:
                codes = sorted({one.code.value for one in decision.all_findings})
                raise RefusedError("retire.restore-refused", domain=plan.domain, reasons=codes)
            made = keep_decision(books, self.signer, actor.name, Act.RESTORE, decision, now=now)
            after = made.after or published
            present = record_of(books, kept.digest)
            keep_record(books, kept.digest, replace(present, restored=after.version, ended=now))
            books.plans.close(kept.digest, PlanState.CARRIED_OUT)
        self.wake((), f"{int(now.timestamp() * 1000)}")
        return after

    def upkeep(self, *, now: datetime) -> tuple[str, ...]:
        """Go on with every retirement that began, and watch those that ended; return what came back.

        Errors keep no other retirement from going on.
        """
        with self.registry.look() as books:
            plans = [one for one in books.plans.plans() if one.kind == KIND]
            begun = [one for one in plans if _is_going(record_of(books, one.digest))]
        server = Actor(SERVER, frozenset({Role.TRUST_ADMINISTRATOR}))
        found: list[str] = []
        for kept in begun:
            try:
                self.go_on(server, kept.digest, now=now)
            except WarifuError as error:
                found.append(f"{kept.digest[:12]} {error.code}")
        with self.registry.look() as books:
            for kept in plans:
                found += record_of(books, kept.digest).alarms
        return tuple(found)

    def _end(self, actor: Actor, digest: str, now: datetime) -> None:
        with self.registry.change() as books:
            kept = plan_of(books, digest)
            present = record_of(books, kept.digest)
            keep_record(books, kept.digest, replace(present, ended=now, orders={}, alarms=()))
            books.plans.close(kept.digest, PlanState.CARRIED_OUT)
            told = {"restarts": [one.place for one in present.restarts], "version": present.unpublished}
            note(books, actor.name, _ACTS[RetireStep.WATCH], kept.digest, told, now=now)

    def _reopen(self, actor: Actor, digest: str, now: datetime) -> None:
        """Begin again from the refresh: an anchor came back."""
        with self.registry.change() as books:
            kept = plan_of(books, digest)
            present = record_of(books, kept.digest)
            where = resurrected(books, plan_in(kept))
            is_published = any(one.startswith("domain ") for one in where)
            again = replace(present, ended=None, refreshed=None, alarms=where, listed=not is_published)
            keep_record(books, kept.digest, again)
            note(books, actor.name, "retire-resurrected", kept.digest, {"where": where}, now=now)

    def _account(  # what every step keeps
        self,
        actor: Actor,
        kept: KeptPlan,
        step: RetireStep,
        told: dict[str, object],
        now: datetime,
        **changed: object,
    ) -> None:
        with self.registry.change() as books:
            present = record_of(books, kept.digest)
            keep_record(books, kept.digest, replace(present, **changed))  # type: ignore[arg-type]  # fields of the record
            note(books, actor.name, _ACTS[step], kept.digest, told, now=now)


def _can_be_done(stand: StepStand) -> bool:
    """Tell whether doing a step may change where it stands; one that failed is looked at, or tried, once more."""
    tried_again = stand.step in {RetireStep.LIST, RetireStep.RESTART}
    return stand.state is StepState.READY or (stand.state is StepState.FAILED and tried_again)


def _is_going(present: RetireRecord) -> bool:
    return bool(present.quarantined) and not present.restored
