"""How far the retirement of anchors is, from what is known: each step in its order, and whom it waits for.

Nothing here is a state that somebody keeps: it is computed from what was done and from what nodes said, so that whoever
was killed at any moment goes on where things stand. A step begins when every one before it is done.

Source: KB 326288, steps 1 to 12, and its warnings: backup first, the directory before the stores, every node looked at,
services restarted and answering, somebody able to sign in and to manage.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from warifu.errors import RefusedError


class RetireStep(StrEnum):
    """What a retirement does, in this order."""

    APPROVE = "approve"
    BACK_UP = "back-up"
    EXPORT = "export"
    QUARANTINE = "quarantine"
    DISTRUST = "distrust"
    UNPUBLISH = "unpublish"
    LIST = "list"
    REFRESH = "refresh"
    CONVERGE = "converge"
    DELETE = "delete"
    PROVE = "prove"
    RESTART = "restart"
    SIGN_IN = "sign-in"
    WATCH = "watch"


class StepState(StrEnum):
    """Where a step stands."""

    DONE = "done"
    READY = "ready"
    WAITING = "waiting"
    FAILED = "failed"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class NodeStand:
    """What one node said last, about these anchors.

    Args:
        version: of the trust domain that it follows.
        at: when it said so, by the server's clock.
        holds: places (store/alias) that still have one of the anchors.
        proven: its signed report was verified, and what it says of stores and outputs is whole.
        waived: somebody left it out by name.
    """

    node: str
    version: int = 0
    at: datetime | None = None
    holds: tuple[str, ...] = ()
    proven: bool = False
    waived: bool = False


@dataclass(frozen=True, slots=True)
class Restarted:
    """A service of the restart list; `good` is None before its node answered.

    Args:
        place: `NODE/SERVICE`.
        detail: what was seen, for people.
    """

    place: str
    good: bool | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Retiring:
    """What is known of a retirement.

    Args:
        approved: by enough people, one of whom typed the confirmation.
        backed_up: a whole set was made and opened again.
        exported: every anchor, and its CRLs, were saved and read back.
        quarantined, unpublished: versions of the trust domain; 0 before.
        listed: what is published was looked at again: True without the anchors, False still with them.
        refreshed: when every node was woken.
        restarts: in the order in which they are done.
        signed_in: somebody signed in and managed something afterwards; None before.
        resurrected: places where the anchor was seen again since.
    """

    approved: bool = False
    backed_up: bool = False
    exported: bool = False
    quarantined: int = 0
    unpublished: int = 0
    listed: bool | None = None
    refreshed: datetime | None = None
    nodes: tuple[NodeStand, ...] = ()
    restarts: tuple[Restarted, ...] = ()
    signed_in: bool | None = None
    resurrected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StepStand:
    """Where one step stands.

    Args:
        waits_for: nodes, services or people, by name.
        done, of: how many of how many, where it is about several.
    """

    step: RetireStep
    state: StepState
    waits_for: tuple[str, ...] = ()
    done: int = 0
    of: int = 0


def judge_steps(known: Retiring) -> tuple[StepStand, ...]:
    """Return every step in order; what follows the first one that is not done lies ahead."""
    stands: list[StepStand] = []
    for stand in _stands(known):
        ahead = any(one.state is not StepState.DONE for one in stands)
        stands.append(StepStand(stand.step, StepState.AHEAD) if ahead else stand)
    return tuple(stands)


def next_stand(known: Retiring) -> StepStand | None:
    """Return the first step that is not done; None where all are."""
    return next((one for one in judge_steps(known) if one.state is not StepState.DONE), None)


def demand_step(known: Retiring, step: RetireStep) -> None:
    """Pass where a step may be done: everything before it is.

    Raises:
        RefusedError: `retire.precondition`, with the step that comes first.
    """
    first = next(one for one in judge_steps(known) if one.step is step or one.state is not StepState.DONE)
    if first.step is not step:
        raise RefusedError("retire.precondition", step=step, first=first.step)


def _stands(known: Retiring) -> Iterator[StepStand]:
    yield _once(RetireStep.APPROVE, done=known.approved, otherwise=StepState.WAITING)
    yield _once(RetireStep.BACK_UP, done=known.backed_up)
    yield _once(RetireStep.EXPORT, done=known.exported)
    yield _once(RetireStep.QUARANTINE, done=known.quarantined > 0)
    yield _nodes(
        RetireStep.DISTRUST, known, (one.node for one in known.nodes if one.version < known.quarantined)
    )
    yield _once(RetireStep.UNPUBLISH, done=known.unpublished > 0)
    failed = StepState.FAILED if known.listed is False else StepState.READY
    yield _once(RetireStep.LIST, done=bool(known.listed), otherwise=failed)
    yield _once(RetireStep.REFRESH, done=known.refreshed is not None)
    yield _nodes(
        RetireStep.CONVERGE, known, (one.node for one in known.nodes if not _has_converged(one, known))
    )
    holding = [one for one in known.nodes if one.holds]
    delete = _nodes(RetireStep.DELETE, known, (one.node for one in holding))
    yield StepStand(
        delete.step,
        StepState.READY if delete.state is StepState.WAITING else delete.state,
        delete.waits_for,
        delete.done,
        delete.of,
    )
    yield _nodes(RetireStep.PROVE, known, (one.node for one in known.nodes if not one.proven))
    yield _restarts(known.restarts)
    signed_in = StepState.FAILED if known.signed_in is False else StepState.WAITING
    yield _once(RetireStep.SIGN_IN, done=bool(known.signed_in), otherwise=signed_in)
    state = StepState.FAILED if known.resurrected else StepState.DONE
    yield StepStand(RetireStep.WATCH, state, known.resurrected)


def _once(step: RetireStep, *, done: bool, otherwise: StepState = StepState.READY) -> StepStand:
    return StepStand(step, StepState.DONE if done else otherwise)


def _nodes(step: RetireStep, known: Retiring, open_at: Iterable[str]) -> StepStand:
    """Return a step that every node has to take; one that was waived by name holds nobody up."""
    waived = {one.node for one in known.nodes if one.waived}
    waits = tuple(sorted(set(open_at) - waived))
    of = len(known.nodes) - len(waived)
    return StepStand(step, StepState.WAITING if waits else StepState.DONE, waits, of - len(waits), of)


def _has_converged(one: NodeStand, known: Retiring) -> bool:
    """Tell whether a node confirmed the version, in a report that came after it was woken."""
    asked, at = known.refreshed, one.at
    return one.version >= known.unpublished and asked is not None and at is not None and at > asked


def _restarts(restarts: tuple[Restarted, ...]) -> StepStand:
    """Return how far the restart list is: one after the other, and none after one that failed."""
    done = [one for one in restarts if one.good]
    rest = [one for one in restarts if not one.good]
    if not rest:
        return StepStand(RetireStep.RESTART, StepState.DONE, (), len(done), len(restarts))
    state = StepState.FAILED if rest[0].good is False else StepState.READY
    return StepStand(RetireStep.RESTART, state, (rest[0].place,), len(done), len(restarts))
