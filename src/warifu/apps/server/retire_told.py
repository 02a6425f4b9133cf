"""Retirements and registers as the API tells them."""

from __future__ import annotations

from dataclasses import replace

from warifu.apps.server import told
from warifu.domain.directory import BlastRadius, Trusting
from warifu.domain.directory.retiring import RetireStep, StepStand, StepState
from warifu.domain.directory.roles import Role
from warifu.domain.findings import Lang, word
from warifu.ports.work_books import KeptPlan
from warifu.wire import api, api_retire
from warifu.workflows.backup_set import BackupSet
from warifu.workflows.retire_desk import KIND, Retirement
from warifu.workflows.retire_planning import Planned
from warifu.workflows.server_desks import Desks
from warifu.workflows.trust_registers import DomainAlarm, OpenException
from warifu.workflows.vendor_desk import VENDOR, VendorDesk, VendorRetirement


def plan(desks: Desks, kept: KeptPlan, lang: Lang) -> api.PlanTold:
    """Return a plan; of a retirement with its steps and with what has to be typed."""
    if kept.kind == VENDOR:
        return by_hand(VendorDesk(desks.registry, desks.plans).show(kept.digest), lang)
    if kept.kind != KIND:
        return told.plan(kept)
    return retirement(desks.retire.show(kept.digest, now=desks.clock()), lang)


def retirement(found: Retirement, lang: Lang) -> api.PlanTold:
    """Return a retirement as it stands."""
    steps = tuple(
        api.StepTold(
            one.step.value,
            word("retire-step", one.step.value, lang),
            one.state.value,
            one.waits_for or _awaited(one, lang),
            one.done,
            one.of,
        )
        for one in found.steps
    )
    uses = tuple(
        api.UseTold(use.node, use.store, use.alias, use.not_after, use.seen, use.code, use.blocks)
        for item in found.plan.items
        for use in item.uses
    )
    return replace(
        told.plan(found.kept),
        confirmation=found.confirmation,
        steps=steps,
        uses=uses,
        standing=found.state,
        alarms=found.record.alarms,
    )


def _awaited(one: StepStand, lang: Lang) -> tuple[str, ...]:
    """Return who is waited for where that is nobody by name."""
    is_open = one.step is RetireStep.APPROVE and one.state is StepState.WAITING
    return (word("role", Role.APPROVER, lang),) if is_open else ()


def by_hand(found: VendorRetirement, lang: Lang) -> api.PlanTold:
    """Return a retirement by hand as it stands: a step that is not confirmed waits for its nodes' owners."""
    steps = tuple(
        api.StepTold(
            one.step.value,
            word("vendor-step", one.step.value, lang),
            "done" if one.is_done else "waiting",
            one.waits_for,
        )
        for one in found.steps
    )
    standing = "done" if found.waits_for is None else "running"
    blockers = told.findings(found.findings, lang)
    return replace(told.plan(found.kept), steps=steps, blockers=blockers, standing=standing)


def planned(desks: Desks, found: Planned, by: str, domain: str, lang: Lang) -> api.PlanTold:
    """Return what planning came to: the plan that was kept, or why there is none."""
    blockers = tuple(one for radius in found.radii for one in told.findings(radius.blockers, lang))
    uses = tuple(one for radius in found.radii for one in _uses(radius))
    if found.digest and any(one.digest == found.digest for one in desks.plans.plans()):
        return replace(plan(desks, desks.plans.find(found.digest), lang), uses=uses)
    state = "refused" if blockers else "possible"
    subjects = tuple(one.anchor.key.hex for one in found.radii)
    return api.PlanTold(
        found.digest, KIND, domain, by, desks.clock(), state, subjects, blockers=blockers, uses=uses
    )


def _uses(radius: BlastRadius) -> tuple[api.UseTold, ...]:
    return tuple(
        api.UseTold(one.node, one.store, one.alias, one.not_after, one.seen, one.code.value, one.blocks)
        for one in radius.uses
    )


def trusting(one: Trusting) -> api_retire.TrustedByTold:
    """Return one place that trusts a certificate."""
    end = one.certificate.not_after
    return api_retire.TrustedByTold(one.node, one.store, one.alias, end, one.seen, one.since, one.heard)


def alarm(one: DomainAlarm, lang: Lang) -> api_retire.AlarmTold:
    """Return an alarm."""
    found = one.alarm
    in_use, unused = tuple(map(trusting, found.in_use)), tuple(map(trusting, found.unused))
    return api_retire.AlarmTold(one.domain, found.count, in_use, unused, told.findings(one.findings, lang))


def exception(one: OpenException) -> api_retire.ExceptionTold:
    """Return an exception."""
    return api_retire.ExceptionTold(one.kind, one.where, one.owner, one.reason, one.until, one.is_over)


def backup_set(folder: str, found: BackupSet) -> api_retire.SetTold:
    """Return a set of backups."""
    nodes = tuple(one.node for one in found.receipts)
    return api_retire.SetTold(folder, found.made, dict(found.versions), nodes, found.waived)
