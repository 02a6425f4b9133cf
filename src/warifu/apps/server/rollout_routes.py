"""What people ask of estates and rollouts: `/v1/estates`, `/v1/rollouts`.

There is no route by which a journal is written, a gate opened or a step made done.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from litestar import Request, get, post, put
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from warifu.apps.server import told_rollouts as told
from warifu.apps.server.api import problems
from warifu.apps.server.problem import lang_of
from warifu.apps.server.sign_in import actor_of
from warifu.domain.directory.roles import Act, demand
from warifu.domain.findings import Lang
from warifu.domain.rotation.plan import Waiver
from warifu.wire import api_rollouts as api
from warifu.workflows.acting import Actor
from warifu.workflows.rollout_wishes import Wanted
from warifu.workflows.server_desks import Desks

_Request = Request[Any, Any, Any]
_LOOKS = problems(401, 403, 404)
_CHANGES = problems(401, 403, 404, 409, 422)


def _actor(request: _Request) -> Actor:
    return actor_of(request.scope)  # type: ignore[arg-type]  # Litestar's scope is narrower


def _lang(request: _Request) -> Lang:
    return lang_of(request.scope["headers"])


def rollout_routes(desks: Desks, changed: Callable[[], None]) -> tuple[ControllerRouterHandler, ...]:
    """Return the routes.

    Args:
        changed: told after each change, so that drivers go on at once.
    """
    return (*_estates(desks), *_plans(desks), *_rollouts(desks, changed), *_words(desks, changed))


def _estates(desks: Desks) -> tuple[ControllerRouterHandler, ...]:
    @get("/v1/estates", responses=_LOOKS, sync_to_thread=True)
    def estates(request: _Request) -> tuple[api.EstateTold, ...]:
        """List the estates."""
        demand(_actor(request).roles, Act.LOOK)
        return tuple(told.estate(one, whole=False) for one in desks.estates.estates())

    @get("/v1/estates/{name:str}", responses=_LOOKS, sync_to_thread=True)
    def estate(request: _Request, name: FromPath[str]) -> api.EstateTold:
        """Show the newest version of an estate with its text."""
        demand(_actor(request).roles, Act.LOOK)
        return told.estate(desks.estates.newest(name), whole=True)

    @put("/v1/estates", responses=_CHANGES, sync_to_thread=True)
    def put_estate(request: _Request, data: JSONBody[api.EstateWish]) -> api.EstateTold:
        """Put a version of an estate; every fault of it is told."""
        kept = desks.estates.put(
            _actor(request), data.files, listings=data.listings, basis=data.basis, now=desks.clock()
        )
        return told.estate(kept, whole=False)

    return (estates, estate, put_estate)


def _plans(desks: Desks) -> tuple[ControllerRouterHandler, ...]:
    @post("/v1/estate-plans", responses=_CHANGES, sync_to_thread=True, status_code=200)
    def plan(request: _Request, data: JSONBody[api.RolloutPlanWish]) -> api.RolloutPlanTold:
        """Look at an estate and plan a change of it; others approve the plan by its digest."""
        actor = _actor(request)
        asked = desks.rollouts.plan(actor, _wanted(actor, data), now=desks.clock())
        return told.planned(asked, _lang(request))

    @post("/v1/rollouts/{rollout:str}/way-back", responses=_CHANGES, sync_to_thread=True, status_code=200)
    def way_back(
        request: _Request, rollout: FromPath[str], data: JSONBody[api.WayBackWish]
    ) -> api.RolloutPlanTold:
        """Plan what leads a rollout back."""
        asked = desks.rollouts.way_back(
            _actor(request), rollout, past_return=data.past_return, now=desks.clock()
        )
        return told.planned(asked, _lang(request))

    return (plan, way_back)


def _wanted(actor: Actor, data: api.RolloutPlanWish) -> Wanted:
    return Wanted(
        data.estate,
        data.change,
        tuple(data.names),
        data.issuer,
        tuple(data.only),
        {name: text.encode() for name, text in data.files.items()},
        frozenset(data.outages),
        tuple(Waiver(one.subject, actor.name, one.reason, one.until) for one in data.waivers),
        data.ticket,
    )


def _rollouts(desks: Desks, changed: Callable[[], None]) -> tuple[ControllerRouterHandler, ...]:
    @get("/v1/rollouts", responses=_LOOKS, sync_to_thread=True)
    def rollouts(request: _Request) -> tuple[api.RolloutTold, ...]:
        """List the rollouts, the newest first."""
        demand(_actor(request).roles, Act.LOOK)
        return tuple(told.head(one) for one in desks.rollouts.rollouts.journal.rollouts())

    @post("/v1/rollouts", responses=_CHANGES, sync_to_thread=True, status_code=201)
    def start(request: _Request, data: JSONBody[api.StartWish]) -> api.StandingTold:
        """Carry out a plan that somebody else approved."""
        begun = desks.rollouts.start(_actor(request), data.digest, typed=data.confirmation, now=desks.clock())
        changed()
        return _standing(desks, begun, _lang(request))

    @get("/v1/rollouts/{rollout:str}", responses=_LOOKS, sync_to_thread=True)
    def show(request: _Request, rollout: FromPath[str]) -> api.StandingTold:
        """Show where a rollout stands, who keeps it from going on, and what was seen by whom."""
        demand(_actor(request).roles, Act.LOOK)
        return _standing(desks, rollout, _lang(request))

    return (rollouts, start, show)


def _words(desks: Desks, changed: Callable[[], None]) -> tuple[ControllerRouterHandler, ...]:
    def told_after(request: _Request, rollout: str) -> api.StandingTold:
        changed()
        return _standing(desks, rollout, _lang(request))

    @post("/v1/rollouts/{rollout:str}/statements", responses=_CHANGES, sync_to_thread=True, status_code=200)
    def confirm(
        request: _Request, rollout: FromPath[str], data: JSONBody[api.ConfirmWish]
    ) -> api.StandingTold:
        """Record an owner's statement about a step that waits for it."""
        desks.rollouts.confirm(
            _actor(request), rollout, data.step, owner=data.owner, statement=data.statement
        )
        return told_after(request, rollout)

    @post("/v1/rollouts/{rollout:str}/waivers", responses=_CHANGES, sync_to_thread=True, status_code=200)
    def waive(request: _Request, rollout: FromPath[str], data: JSONBody[api.WaiverWish]) -> api.StandingTold:
        """Have a rollout go on without a node, for a reason and a while."""
        desks.rollouts.waive(
            _actor(request), rollout, data.subject, reason=data.reason, until=data.until, now=desks.clock()
        )
        return told_after(request, rollout)

    @post("/v1/rollouts/{rollout:str}/resumptions", responses=_CHANGES, sync_to_thread=True, status_code=200)
    def resume(request: _Request, rollout: FromPath[str]) -> api.StandingTold:
        """Have a rollout go on after a step was refused or failed."""
        desks.rollouts.resume(_actor(request), rollout, now=desks.clock())
        return told_after(request, rollout)

    @post("/v1/rollouts/{rollout:str}/abandonment", responses=_CHANGES, sync_to_thread=True, status_code=200)
    def abandon(request: _Request, rollout: FromPath[str]) -> api.StandingTold:
        """Have a rollout end where it stands."""
        desks.rollouts.abandon(_actor(request), rollout, now=desks.clock())
        return told_after(request, rollout)

    return (confirm, waive, resume, abandon)


def _standing(desks: Desks, rollout: str, lang: Lang) -> api.StandingTold:
    stands = desks.rollouts.show(rollout, now=desks.clock())
    return told.standing(stands, desks.rollouts.estate_of(stands.plan), lang)
