"""What people ask of the server about plans for trust domains, retirements, and the registers over all nodes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from litestar import Request, get, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from warifu.apps.server import retire_told, told
from warifu.apps.server.api import problems
from warifu.apps.server.problem import lang_of
from warifu.apps.server.sign_in import actor_of
from warifu.domain.directory import Reason
from warifu.domain.directory.decision import Decision
from warifu.domain.directory.roles import Act, demand
from warifu.domain.directory.snapshots import Said
from warifu.domain.findings import Lang
from warifu.errors import RefusedError
from warifu.ports.work_books import KeptPlan
from warifu.wire import api, api_retire
from warifu.workflows.acting import Actor
from warifu.workflows.directory_plans import PUBLISH, RESTORE, DirectoryPlans
from warifu.workflows.retire_desk import KIND
from warifu.workflows.retire_planning import Wish
from warifu.workflows.server_desks import Desks
from warifu.workflows.trust_registers import expiry_alarms, open_exceptions, trusted_by
from warifu.workflows.vendor_desk import VendorDesk, VendorPlan

_Request = Request[Any, Any, Any]
_LOOKS = problems(401, 403, 404, 409)
_CHANGES = problems(401, 403, 404, 409, 422)
_KINDS: Final = (KIND, PUBLISH, RESTORE)


def _actor(request: _Request) -> Actor:
    return actor_of(request.scope)  # type: ignore[arg-type]  # Litestar's scope is narrower


def _lang(request: _Request) -> Lang:
    return lang_of(request.scope["headers"])


def retire_routes(desks: Desks, changed: Callable[[], None]) -> tuple[ControllerRouterHandler, ...]:
    """Return the routes.

    Args:
        changed: told after each change, so that nodes hear of it at once.
    """
    return (*_plans(desks, changed), *_retirements(desks, changed), *_by_hand(desks), *_registers(desks))


def _plans(desks: Desks, changed: Callable[[], None]) -> tuple[ControllerRouterHandler, ...]:
    others = DirectoryPlans(desks.trust, desks.plans)

    @post("/v1/plans", responses=_CHANGES, sync_to_thread=True, status_code=201)
    def make(request: _Request, data: JSONBody[api.PlanWish]) -> api.PlanTold:
        """Make a plan to publish, to retire anchors or to restore, for somebody else to approve."""
        actor, lang, now, keep = _actor(request), _lang(request), desks.clock(), not data.dry_run
        if data.kind == KIND:
            wish = Wish(data.domain, data.anchors, _reason(data.reason), data.waived, data.restarts)
            plan = desks.retire.plan if keep else desks.retire.preview
            found = plan(actor, wish, now=now)
            return retire_told.planned(desks, found, actor.name, data.domain, lang)
        if data.kind == PUBLISH:
            kept, decision = others.publish(
                actor, data.domain, data.certificates, pinned=data.pinned, keep=keep, now=now
            )
        elif data.kind == RESTORE:
            kept, decision = others.restore(actor, data.domain, data.version, keep=keep, now=now)
        else:
            raise RefusedError("retire.no-such-kind", kind=data.kind[:100], known=_KINDS)
        return _told_of(desks, kept, decision, data, actor, lang)

    @post("/v1/plans/{digest:str}/continuations", responses=_CHANGES, sync_to_thread=True, status_code=200)
    def go_on(request: _Request, digest: FromPath[str]) -> api.PlanTold:
        """Carry out what can be carried out of an approved plan now."""
        actor, now = _actor(request), desks.clock()
        demand(actor.roles, Act.PUBLISH)
        kept = desks.plans.find(digest)
        if kept.kind == KIND:
            found = desks.retire.go_on(actor, digest, now=now)
            changed()
            return retire_told.retirement(found, _lang(request))
        others.carry_out(actor, digest, now=now)
        changed()
        return told.plan(desks.plans.find(digest))

    return (make, go_on)


def _told_of(
    desks: Desks, kept: KeptPlan | None, decision: Decision, data: api.PlanWish, actor: Actor, lang: Lang
) -> api.PlanTold:
    if kept is not None:
        return told.plan(kept)
    state = "refused" if decision.is_refused else "possible"
    blockers = told.findings(decision.all_findings if decision.is_refused else (), lang)
    subjects = tuple(one.key.hex for one in decision.items)
    return api.PlanTold(
        "", data.kind, data.domain, actor.name, desks.clock(), state, subjects, blockers=blockers
    )


def _reason(text: str) -> Reason | None:
    """Return the reason of a retirement by its name; none where nothing is said.

    Raises:
        RefusedError: `retire.no-such-reason`.
    """
    try:
        return Reason(text) if text else None
    except ValueError:
        raise RefusedError("retire.no-such-reason", known=[one.value for one in Reason]) from None


def _retirements(desks: Desks, changed: Callable[[], None]) -> tuple[ControllerRouterHandler, ...]:
    @post("/v1/plans/{digest:str}/waivers", responses=_CHANGES, sync_to_thread=True, status_code=201)
    def waive(
        request: _Request, digest: FromPath[str], data: JSONBody[api_retire.NodeWaiverWish]
    ) -> api.PlanTold:
        """Leave a node out of a retirement, by name, for a reason, until a day."""
        actor, now = _actor(request), desks.clock()
        found = desks.retire.waive(actor, digest, data.node, data.reason, until=data.until, now=now)
        return retire_told.retirement(found, _lang(request))

    @post("/v1/plans/{digest:str}/sign-ins", responses=_CHANGES, sync_to_thread=True, status_code=201)
    def signed_in(
        request: _Request, digest: FromPath[str], data: JSONBody[api_retire.SignInProofWish]
    ) -> api.PlanTold:
        """Tell whether somebody could sign in after a retirement, and manage something."""
        actor, now = _actor(request), desks.clock()
        found = desks.retire.signed_in(actor, digest, good=data.good, detail=data.detail[:1000], now=now)
        return retire_told.retirement(found, _lang(request))

    @post("/v1/plans/{digest:str}/restorations", responses=_CHANGES, sync_to_thread=True, status_code=201)
    def restore(request: _Request, digest: FromPath[str]) -> api.DomainHeadTold:
        """Put everything back that a retirement took away, all or nothing."""
        after = desks.retire.restore(_actor(request), digest, now=desks.clock())
        changed()
        return told.head(after)

    @post("/v1/sets/restorations", responses=_CHANGES, sync_to_thread=True, status_code=201)
    def restore_set(request: _Request, data: JSONBody[api_retire.RestoreSetWish]) -> api_retire.SetTold:
        """Put every trust domain back as a set of backups has it, all or nothing."""
        actor, sets = _actor(request), desks.retire.sets
        demand(actor.roles, Act.RESTORE)
        folder = sets.find(data.folder)
        found = sets.restore(actor, folder, data.nodes, now=desks.clock())
        changed()
        return retire_told.backup_set(data.folder, found)

    return (waive, signed_in, restore, restore_set)


def _by_hand(desks: Desks) -> tuple[ControllerRouterHandler, ...]:
    desk = VendorDesk(desks.registry, desks.plans)

    @post("/v1/vendor-plans", responses=_CHANGES, sync_to_thread=True, status_code=201)
    def plan(request: _Request, data: JSONBody[api_retire.VendorWish]) -> api.PlanTold:
        """Plan the retirement of a root in a vendor's own directory, by hand."""
        wish = VendorPlan(data.product, data.key_id, data.nodes, data.dependents)
        kept = desk.plan(_actor(request), wish, now=desks.clock())
        return retire_told.plan(desks, kept, _lang(request))

    @post("/v1/plans/{digest:str}/evidence", responses=_CHANGES, sync_to_thread=True, status_code=201)
    def confirm(
        request: _Request, digest: FromPath[str], data: JSONBody[api_retire.EvidenceWish]
    ) -> api.PlanTold:
        """Confirm a step of a retirement by hand, with what proves it."""
        actor, now = _actor(request), desks.clock()
        if data.step not in set(Said):
            raise RefusedError("retire.no-such-step", known=[one.value for one in Said])
        said = Said(data.step)
        found = desk.confirm(actor, digest, said, data.node, at=data.at, text=data.text, now=now)
        return retire_told.plan(desks, found.kept, _lang(request))

    return (plan, confirm)


def _registers(desks: Desks) -> tuple[ControllerRouterHandler, ...]:
    @get("/v1/domains/{name:str}/anchors/{anchor:str}/trust", responses=_LOOKS, sync_to_thread=True)
    def trust(name: FromPath[str], anchor: FromPath[str]) -> tuple[api_retire.TrustedByTold, ...]:
        """List every place that trusts an anchor, since when, and when that was last confirmed."""
        _, found = trusted_by(desks.registry, name, anchor, now=desks.clock())
        return tuple(map(retire_told.trusting, found))

    @get("/v1/alarms", responses=_LOOKS, sync_to_thread=True)
    def alarms(request: _Request) -> tuple[api_retire.AlarmTold, ...]:
        """List expired anchors that nodes still keep, and published CRLs that end; an alarm closes when none is left."""
        lang = _lang(request)
        return tuple(retire_told.alarm(one, lang) for one in expiry_alarms(desks.registry, now=desks.clock()))

    @get("/v1/exceptions", responses=_LOOKS, sync_to_thread=True)
    def exceptions() -> tuple[api_retire.ExceptionTold, ...]:
        """List every open exception with its owner, reason and end."""
        return tuple(map(retire_told.exception, open_exceptions(desks.registry, now=desks.clock())))

    return (trust, alarms, exceptions)
