"""Rollouts of one estate: begun, found again, confirmed, reported, ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from warifu.domain.estate import Estate, Owner, Value
from warifu.domain.findings import Lang
from warifu.domain.rotation.plan import Plan
from warifu.domain.rotation.progress import Event, Happened, Progress, StepState, replay
from warifu.domain.rotation.result import result_report
from warifu.domain.rotation.steps import Issue, Load, Step, Switch
from warifu.domain.rotation.waiting import Reminder, reminders, waiting_since
from warifu.errors import RefusedError, UsageError
from warifu.ports.clock import Clock
from warifu.ports.files import Files
from warifu.ports.journals import DrivenJournal, RolloutHead
from warifu.wire import plan as plans
from warifu.wire.journal import to_events, to_row
from warifu.workflows.apply import Driver, Gate, Hands, Listener, started
from warifu.workflows.carry import bound
from warifu.workflows.rollback import WayBack, find_way_back

_FRESH = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class RolloutRoom:
    """Everything a rollout of an estate needs of the world.

    Args:
        holder: how this process is named as the holder of leases.
        person: who is at the keyboard, for the journal.
        crew: makes the hands and the gate of a rollout.
        fence_path: where the fence file of a node lies.
    """

    estate: Estate
    journal: DrivenJournal
    files: Files
    clock: Clock
    holder: str
    person: str
    crew: Callable[[Plan, str], tuple[Hands, Gate]]
    fence_path: Callable[[str], str]

    def read_plan(self, path: str) -> tuple[Plan, str]:
        """Return a plan file and its digest.

        Raises:
            UsageError: `io.no-such-file`; `rollout.not-a-plan`, with what is wrong with it.
            RefusedError: `rollout.other-estate`: it was made for another estate; `rollout.plan-changed`.
        """
        if not self.files.exists(path):
            raise UsageError("io.no-such-file", path=path)
        try:
            plan = plans.decode(self.files.read(path))
        except UsageError as wrong:
            error = UsageError("rollout.not-a-plan", path=path)
            error.parts = (wrong,)
            raise error from wrong
        except RefusedError as changed:
            raise RefusedError("rollout.plan-changed", path=path, **changed.values) from changed
        if plan.estate != self.estate.name:
            raise RefusedError("rollout.other-estate", plan=plan.estate, estate=self.estate.name)
        return plan, plans.digest(plan)

    def start(self, plan: Plan, digest: str) -> str:
        """Begin a rollout that was approved, and return its id.

        Raises:
            RefusedError: `rollout.open`: another rollout touches some of the same; `rollout.carried-out`;
                `rollout.plan-too-old`.
        """
        now = self.clock.now()
        named = {step.slot for step in plan.steps if not isinstance(step, Issue)} | set(plan.basis)
        missing = sorted(named - set(self.estate.slots))
        if missing:
            raise RefusedError("rollout.slot-missing", slots=missing)
        for head in self.journal.rollouts():
            if head.plan_digest == digest and head.state == "open":
                raise RefusedError("rollout.open-same", rollout=head.id)
            if head.plan_digest == digest and head.state == "done":
                raise RefusedError("rollout.carried-out", rollout=head.id, ended=head.ended)
        if plan.good_until is not None and now >= plan.good_until:
            raise RefusedError("rollout.plan-too-old", good_until=plan.good_until, now=now)
        rollout = started(digest, now)
        values = {"by": self.person, "digest": digest}
        first = [to_row(Event(now, kind, values=values)) for kind in (Happened.STARTED, Happened.APPROVED)]
        parts = footprint(plan, self.estate)
        self.journal.begin(rollout, plans.encode(plan), digest, footprint=parts, now=now, first=first)
        return rollout

    def find(self, name: str) -> str:
        """Return a rollout's id: by itself, by its beginning, or the only open one (else the newest).

        Raises:
            UsageError: `rollout.unknown`, `rollout.ambiguous`, `rollout.nothing-yet`.
        """
        heads = self.journal.rollouts()
        if not heads:
            raise UsageError("rollout.nothing-yet")
        if not name:
            return self._usual(heads)
        matching = [head.id for head in heads if head.id == name] or [
            h.id for h in heads if h.id.startswith(name)
        ]
        if not matching:
            raise UsageError("rollout.unknown", rollout=name)
        if len(matching) > 1:
            raise UsageError("rollout.ambiguous", rollout=name, matching=matching)
        return matching[0]

    def _usual(self, heads: tuple[RolloutHead, ...]) -> str:
        still_open = [head.id for head in heads if head.state == "open"]
        if len(still_open) > 1:
            raise UsageError("rollout.ambiguous", rollout="", matching=still_open)
        return still_open[0] if still_open else heads[0].id

    def plan(self, rollout: str) -> Plan:
        """Return the plan of a rollout."""
        return plans.decode(self.journal.plan(rollout))

    def events(self, rollout: str) -> tuple[Event, ...]:
        """Return everything that happened in a rollout."""
        return to_events((row.at, row.kind, row.step, row.data) for row in self.journal.rows(rollout))

    def progress(self, rollout: str) -> Progress:
        """Return where a rollout stands, without driving it."""
        return replay(self.plan(rollout), self.events(rollout))

    def proven(self) -> Mapping[str, Value]:
        """Return the value of each slot that a rollout proved last; a slot that was touched again since has none."""
        found: dict[str, tuple[datetime, Value | None]] = {}
        for head in self.journal.rollouts():
            progress = self.progress(head.id)
            for step in progress.plan.steps:
                event = progress.last.get(step.id)
                if event is None or not isinstance(step, (Switch, Load)):
                    continue
                done = progress.state(step.id) is StepState.DONE
                before = found.get(step.slot)
                if before is None or before[0] < event.at:
                    found[step.slot] = (event.at, bound(step.after, progress) if done else None)
        return {slot: value for slot, (_, value) in found.items() if value is not None}

    def way_back(self, name: str, *, past_return: bool = False) -> WayBack:
        """Return what leads a rollout back.

        Raises:
            RefusedError: `rollout.past-return`: it is behind a marked point of no return, and nobody approved
                that; `rollout.nothing-to-undo`.
        """
        rollout = self.find(name)
        way = find_way_back(self.progress(rollout))
        if way.past_return and not past_return:
            raise RefusedError("rollout.past-return", rollout=rollout, waves=way.past_return)
        return way

    def report(self, rollout: str, lang: Lang) -> str:
        """Return the result report of a rollout, finished or not."""
        plan = self.plan(rollout)
        return result_report(plan, self.events(rollout), lang, digest=plans.digest(plan))

    def driver(self, rollout: str, listener: Listener) -> Driver:
        """Return what drives a rollout."""
        plan = self.plan(rollout)
        hands, gate = self.crew(plan, rollout)
        return Driver(
            plan,
            rollout,
            journal=self.journal,
            holder=self.holder,
            hands=hands,
            gate=gate,
            clock=self.clock,
            listener=listener,
            fence_path=self.fence_path,
            plan_digest=plans.digest(plan),
        )

    def confirm(self, rollout: str, step: str, *, owner: str, statement: str) -> None:
        """Record an owner's statement about a step.

        Raises:
            UsageError: `rollout.step-unknown`.
            RefusedError: `rollout.not-the-owner`: somebody else owns the slot's service or node;
                `rollout.not-waiting`: nobody was asked about it yet, or it is done.
        """
        progress = self.progress(rollout)
        found = next((s for s in progress.plan.steps if s.id == step), None)
        if found is None:
            raise UsageError("rollout.step-unknown", step=step, steps=[s.id for s in progress.plan.steps])
        wanted = owner_of_step(self.estate, found)
        if wanted and owner != wanted:
            raise RefusedError("rollout.not-the-owner", step=step, owner=wanted, given=owner)
        state = progress.state(step)
        if state is not StepState.WAITING:
            raise RefusedError("rollout.not-waiting", step=step, state=state.value)
        now = self.clock.now()
        values = {"owner": owner, "statement": statement, "recorded-by": self.person}
        self.journal.remark(rollout, *to_row(Event(now, Happened.STATEMENT, step, values=values)), now=now)

    def abandon(self, rollout: str) -> None:
        """End a rollout where it stands; what it began stays as it is, and its nodes are free.

        Raises:
            RefusedError: `rollout.ended`: it is over already.
        """
        progress = self.progress(rollout)
        if progress.ended:
            raise RefusedError("rollout.ended", rollout=rollout, state=progress.ended)
        self.driver(rollout, _Silent()).abandon()

    def has_news(self, driver: Driver) -> bool:
        """Tell whether it is worth trying again: somebody spoke, or a while has passed since the last try."""
        before = driver.progress
        if driver.refresh().statements != before.statements:
            return True
        return self.clock.now() - driver.tried_at >= _FRESH

    def remind(self, driver: Driver) -> None:
        """Remind owners of what waits for them, and raise the alarm where their time has run out."""
        progress, now = driver.progress, self.clock.now()
        waiting = [step for step in progress.plan.steps if progress.state(step.id) is StepState.WAITING]
        happened: dict[str, list[Event]] = {}
        for event in self.events(driver.rollout) if waiting else ():
            happened.setdefault(event.step, []).append(event)
        for step in waiting:
            name = owner_of_step(self.estate, step)
            owner = self.estate.owners.get(name, Owner(name))
            own = happened.get(step.id, [])
            asked = waiting_since(own) or now
            last = [event.at for event in own if event.kind is Happened.REMINDED and event.at >= asked]
            due = reminders(owner, asked, last[-1] if last else None, now)
            if due is not Reminder.NONE:
                overdue = due is Reminder.ALARM
                driver.note(
                    Happened.REMINDED, step=step.id, values={"owner": name, "overdue": str(overdue).lower()}
                )
                driver.listener.asked(step, owner, asked, overdue=overdue)


class _Silent(Listener):
    """Nobody is told."""

    def happened(self, progress: Progress, event: Event) -> None:
        """Nothing."""

    def found(self, step: object, findings: object) -> None:
        """Nothing."""

    def asked(self, step: object, owner: object, since: object, *, overdue: bool) -> None:
        """Nothing."""


def footprint(plan: Plan, estate: Estate) -> frozenset[str]:
    """Return what a plan touches: nodes (one fence each), slots with files, services, groups, connections."""
    touched = {step.slot for step in plan.steps if not isinstance(step, Issue)}
    parts = {f"identity:{step.identity}" for step in plan.steps if isinstance(step, Issue)}
    parts |= {f"node:{step.node}" for step in plan.steps}
    for slot in touched:
        service = estate.service_of(slot)
        parts |= {f"slot:{slot}", f"service:{service.name}"}
        parts |= {f"file:{service.node}:{path}" for path in estate.slots[slot].files}
    for connection in estate.connections.values():
        slots = {
            *connection.server_identities,
            *connection.client_trusts,
            *connection.client_identities,
            *connection.server_trusts,
        }
        if slots & touched:
            parts.add(f"connection:{connection.name}")
    for group in estate.groups.values():
        if {f"service:{name}" for name in group.services} & parts:
            parts.add(f"group:{group.name}")
    return frozenset(parts)


def owner_of(estate: Estate, node: str, slot: str) -> str:
    """Return who owns a step's place: the service's owner, else the node's."""
    service = estate.service_of(slot).owner if slot else ""
    return service or estate.nodes[node].owner


def owner_of_step(estate: Estate, step: Step) -> str:
    """Return who is asked about a step: of a certificate, the issuer's owner; else who owns the step's place."""
    if not isinstance(step, Issue):
        return owner_of(estate, step.node, step.slot)
    issuer = estate.issuers.get(step.issuer)
    return (issuer.owner if issuer is not None else "") or owner_of(estate, step.node, "")
