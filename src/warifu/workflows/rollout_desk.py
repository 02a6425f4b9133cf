"""What people ask of rollouts on a server: plan, start, confirm, waive, go on, give up.

Nobody writes into a journal from here but their own word: what a step's evidence says comes from nodes alone, and what
opens a wave from the driver alone.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from warifu.domain.directory.roles import Act, demand, demand_confirmation
from warifu.domain.estate import ByAgent, Estate
from warifu.domain.rotation.change import Change
from warifu.domain.rotation.outcome import Answer, Planned
from warifu.domain.rotation.plan import Plan, Waiver
from warifu.domain.rotation.progress import Event, Happened
from warifu.domain.rotation.steps import Issue
from warifu.domain.x509 import Certificate
from warifu.errors import RefusedError, UsageError
from warifu.ports.registry import Registry
from warifu.ports.work_books import KeptPlan
from warifu.wire import plan as plans
from warifu.wire.journal import to_row
from warifu.workflows.acting import Actor
from warifu.workflows.apply import started
from warifu.workflows.audit_desk import record
from warifu.workflows.estate_desk import EstateDesk
from warifu.workflows.given_files import GivenFiles
from warifu.workflows.issue import HERE, key_node
from warifu.workflows.plan import Scene, Wishes
from warifu.workflows.plan_desk import approved
from warifu.workflows.rollback import find_way_back
from warifu.workflows.rollout_show import Standing, standing_of
from warifu.workflows.rollout_waivers import waiver_row
from warifu.workflows.rollout_wishes import Wanted, changes_of
from warifu.workflows.rollouts import footprint
from warifu.workflows.server_rollouts import ABANDON, RESUMED, ServerRollouts, is_halted

KIND: Final = "rollout"
"""The kind of plans that are carried out as rollouts."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What planning came to; `kept` is the plan for others to approve, None where there is none or nothing to do."""

    answer: Answer
    kept: KeptPlan | None = None


@dataclass(frozen=True, slots=True)
class RolloutDesk:
    """Use cases of rollouts."""

    registry: Registry
    estates: EstateDesk
    rollouts: ServerRollouts

    def plan(self, actor: Actor, wanted: Wanted, *, now: datetime) -> Asked:
        """Look at the estate and plan a change; nothing is changed.

        Raises:
            RefusedError: `directory.not-allowed`; `rollouts.shared-key`.
            UsageError: `rollouts.estate-unknown`, `rollouts.change-unknown`, `plan.waiver-unknown`, ...
        """
        demand(actor.roles, Act.PLAN)
        if wanted.waivers:
            demand(actor.roles, Act.WAIVE)
        kept = self.estates.newest(wanted.estate)
        ground = self.rollouts.ground(kept)
        scene = ground.planning(GivenFiles(wanted.files)).look_around()
        return self._planned(actor, scene, changes_of(scene, wanted), _wishes(scene, wanted), now=now)

    def way_back(self, actor: Actor, rollout: str, *, past_return: bool, now: datetime) -> Asked:
        """Plan what leads a rollout back.

        Raises:
            RefusedError: `directory.not-allowed`; `rollout.past-return`, `rollout.nothing-to-undo`.
            UsageError: `rollout.unknown`.
        """
        demand(actor.roles, Act.PLAN)
        plan = self._plan(rollout)
        room = self.rollouts.room(self.rollouts.ground_of(plan))
        way = find_way_back(room.progress(rollout))
        if way.past_return and not past_return:
            raise RefusedError("rollout.past-return", rollout=rollout, waves=way.past_return)
        kept = self.estates.newest(plan.estate)
        scene = self.rollouts.ground(kept).planning(GivenFiles({})).look_around()
        wishes = Wishes(kept=way.kept, certificates=way.certificates)
        return self._planned(actor, scene, way.changes, wishes, now=now)

    def start(self, actor: Actor, digest: str, *, typed: str = "", now: datetime) -> str:
        """Begin a rollout of a plan that somebody else approved; return its id.

        Args:
            typed: the confirmation, where anchors are removed.

        Raises:
            UsageError: `registry.plan-unknown`.
            RefusedError: `directory.not-allowed`; `registry.plan-not-approved`, `registry.plan-closed`;
                `directory.confirmation-differs`; `rollouts.estate-changed`; `rollout.open`, `rollout.plan-too-old`.
        """
        demand(actor.roles, Act.DRIVE)
        with self.registry.look() as books:
            kept = approved(books, digest, "", ())
        plan = read_plan(kept)
        newest = self.estates.newest(plan.estate)
        if newest.digest != plan.estate_digest:
            raise RefusedError("rollouts.estate-changed", estate=plan.estate, version=newest.version)
        removed = removed_names(plan)
        if removed:
            demand_confirmation(typed, digest, removed)
        if plan.good_until is not None and now >= plan.good_until:
            raise RefusedError("rollout.plan-too-old", good_until=plan.good_until, now=now)
        estate = self.estates.read(newest)
        _refuse_shared_keys(plan, estate)
        rollout = started(digest, now)
        values = {"by": actor.name, "digest": digest}
        approvers = ",".join(one.person for one in kept.approvals)
        first = [
            to_row(Event(now, Happened.STARTED, values=values)),
            to_row(Event(now, Happened.APPROVED, values={**values, "by": approvers})),
        ]
        with self.registry.change() as books:
            approved(books, digest, "", ())
            for head in books.rollouts.heads():
                if head.plan_digest == digest and head.state == "open":
                    raise RefusedError("rollout.open-same", rollout=head.id)
            self.rollouts.journal.begin_in(
                books,
                rollout,
                plans.encode(plan),
                digest,
                footprint=footprint(plan, estate),
                now=now,
                first=first,
            )
            told = {"digest": digest, "approved": [one.person for one in kept.approvals]}
            record(books, actor.name, Act.DRIVE, rollout, told, now=now)
        return rollout

    def show(self, rollout: str, *, now: datetime) -> Standing:
        """Return where a rollout stands, who keeps it from going on, and what was seen.

        Raises:
            UsageError: `rollout.unknown`.
        """
        plan = self._plan(rollout)
        estate = self.estate_of(plan)
        with self.registry.look() as books:
            return standing_of(books, rollout, plan, estate, now)

    def estate_of(self, plan: Plan) -> Estate:
        """Return the estate of a plan, as it was when the plan was made.

        Raises:
            UsageError: `rollouts.estate-unknown`.
        """
        return self.estates.read(self.estates.of_digest(plan.estate, plan.estate_digest))

    def confirm(self, actor: Actor, rollout: str, step: str, *, owner: str, statement: str) -> None:
        """Record an owner's statement about a step that waits for it.

        Args:
            owner: in whose name it is said: the person's own, or a team that the estate names.

        Raises:
            UsageError: `rollout.unknown`, `rollout.step-unknown`.
            RefusedError: `directory.not-allowed`; `rollout.not-the-owner`, `rollout.not-waiting`;
                `rollouts.not-your-word`: the owner is somebody else, or another team than who carries it out.
        """
        demand(actor.roles, Act.CONFIRM_STEP)
        self._demand_owner(actor, rollout, owner)
        ground = self.rollouts.ground_of(self._plan(rollout))
        self.rollouts.room(ground, actor.name).confirm(rollout, step, owner=owner, statement=statement)
        self._record(actor, Act.CONFIRM_STEP, rollout, {"step": step, "owner": owner, "statement": statement})

    def waive(
        self, actor: Actor, rollout: str, node: str, *, reason: str, until: datetime, now: datetime
    ) -> None:
        """Have a rollout go on without a node, by name and for a while.

        Raises:
            UsageError: `rollout.unknown`, `plan.waiver-unknown`.
            RefusedError: `directory.not-allowed`; `rollout.ended`; `rollouts.waiver-over`.
        """
        demand(actor.roles, Act.WAIVE)
        plan = self._plan(rollout)
        if node not in self.estate_of(plan).nodes:
            raise UsageError("plan.waiver-unknown", subject=node)
        if until <= now or not reason.strip():
            raise RefusedError("rollouts.waiver-over", node=node, until=until, now=now)
        self._still_open(rollout)
        waiver = Waiver(node, actor.name, reason, until)
        self.rollouts.journal.remark(rollout, *waiver_row(waiver), now=now)
        self._record(actor, Act.WAIVE, rollout, {"node": node, "reason": reason, "until": until})

    def resume(self, actor: Actor, rollout: str, *, now: datetime) -> None:
        """Have a rollout go on after a step was refused or failed.

        Raises:
            UsageError: `rollout.unknown`.
            RefusedError: `directory.not-allowed`; `rollout.ended`.
        """
        demand(actor.roles, Act.DRIVE)
        self._still_open(rollout)
        if is_halted(self.rollouts.journal.rows(rollout)):
            self.rollouts.journal.remark(rollout, RESUMED, "", {"by": actor.name}, now=now)
            self._record(actor, Act.DRIVE, rollout, {"what": RESUMED})

    def abandon(self, actor: Actor, rollout: str, *, now: datetime) -> None:
        """Have a rollout end where it stands, as soon as the step under way is over.

        Raises:
            UsageError: `rollout.unknown`.
            RefusedError: `directory.not-allowed`; `rollout.ended`.
        """
        demand(actor.roles, Act.DRIVE)
        self._still_open(rollout)
        self.rollouts.journal.remark(rollout, ABANDON, "", {"by": actor.name}, now=now)
        self._record(actor, Act.DRIVE, rollout, {"what": ABANDON})

    def _planned(
        self, actor: Actor, scene: Scene, changes: Sequence[Change], wishes: Wishes, *, now: datetime
    ) -> Asked:
        answer, _ = scene.plan(changes, wishes)
        if not isinstance(answer, Planned) or not answer.plan.steps:
            return Asked(answer)
        plan = answer.plan
        _refuse_shared_keys(plan, scene.room.estate)
        subjects = tuple(sorted({one.fingerprint for one in plan.removals}))
        digest = plans.digest(plan)
        with self.registry.change() as books:
            kept = KeptPlan(digest, KIND, "", subjects, plans.to_bare(plan), actor.name, plan.made)
            if books.plans.find(digest) is None:
                books.plans.add(kept)
                told = {
                    "kind": KIND,
                    "estate": plan.estate,
                    "subjects": subjects,
                    "steps": len(plan.steps),
                }
                record(books, actor.name, Act.PLAN, digest, told, now=now)
            return Asked(answer, books.plans.find(digest))

    def _demand_owner(self, actor: Actor, rollout: str, owner: str) -> None:
        """Pass where a person may speak for an owner: it is them, or a team and they do not carry the rollout out."""
        if owner == actor.name:
            return
        with self.registry.look() as books:
            is_person = books.people.find(owner) is not None
            rows = books.rows.rows(rollout)
        begun = [row.data.get("values") for row in rows if row.kind == Happened.STARTED]
        drives = any(isinstance(one, Mapping) and one.get("by") == actor.name for one in begun)
        if is_person or drives:
            raise RefusedError("rollouts.not-your-word", owner=owner, name=actor.name)

    def _plan(self, rollout: str) -> Plan:
        return plans.decode(self.rollouts.journal.plan(rollout))

    def _still_open(self, rollout: str) -> None:
        with self.registry.look() as books:
            head = books.rollouts.head(rollout)
        if head.state != "open":
            raise RefusedError("rollout.ended", rollout=rollout, state=head.state)

    def _record(self, actor: Actor, act: Act, rollout: str, told: Mapping[str, object]) -> None:
        with self.registry.change() as books:
            record(books, actor.name, act, rollout, told, now=self.rollouts.clock.now())


def read_plan(kept: KeptPlan) -> Plan:
    """Return the plan of an estate that people decided about.

    Raises:
        UsageError: `rollouts.other-plan`: it is a plan about something else.
    """
    if kept.kind != KIND:
        raise UsageError("rollouts.other-plan", digest=kept.digest, kind=kept.kind)
    return plans.from_bare(kept.document, kept.at)


def removed_names(plan: Plan) -> tuple[str, ...]:
    """Return what people call the anchors that a plan takes away."""
    found = {one.fingerprint for one in plan.removals}
    return tuple(sorted(_named(plan, one) for one in found))


def _named(plan: Plan, fingerprint: str) -> str:
    text = plan.certificates.get(fingerprint)
    return fingerprint[:16] if text is None else Certificate(base64.b64decode(text)).label


def _wishes(scene: Scene, wanted: Wanted) -> Wishes:
    estate = scene.room.estate
    for waiver in wanted.waivers:
        if waiver.subject not in estate.connections and waiver.subject not in estate.nodes:
            raise UsageError("plan.waiver-unknown", subject=waiver.subject)
    own = tuple(waiver for waiver in estate.waivers if waiver.expires > scene.now)
    return Wishes(outages=wanted.outages, waivers=(*own, *wanted.waivers), ticket=wanted.ticket)


def _refuse_shared_keys(plan: Plan, estate: Estate) -> None:
    """Refuse a plan by which a key would travel to a node that makes its own.

    Raises:
        RefusedError: `rollouts.shared-key`.
    """
    for step in plan.steps:
        if isinstance(step, Issue) and key_node(step, estate) == HERE:
            nodes = sorted({estate.node_of(slot).name for slot in step.slots})
            if any(isinstance(estate.nodes[node].reach, ByAgent) for node in nodes):
                raise RefusedError("rollouts.shared-key", identity=step.identity, nodes=nodes)
