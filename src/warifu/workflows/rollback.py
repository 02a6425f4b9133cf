"""The way back is a plan like any other: each slot that a rollout touched gets back what it had."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass

from warifu.domain.estate import Value
from warifu.domain.rotation.change import PutBack
from warifu.domain.rotation.plan import Plan
from warifu.domain.rotation.progress import Progress, StepState
from warifu.domain.rotation.steps import Switch
from warifu.domain.x509 import Certificate
from warifu.errors import RefusedError
from warifu.wire.values import value_digest


@dataclass(frozen=True, slots=True)
class WayBack:
    """What planning a rollback needs.

    Args:
        changes: one a slot.
        kept: the values to get back, by digest.
        certificates: what the values are made of, by SHA-256 hex.
        past_return: numbers of waves behind which the way back needs approval, and that were begun.
    """

    changes: tuple[PutBack, ...]
    kept: Mapping[str, Value]
    certificates: Mapping[str, Certificate]
    past_return: tuple[int, ...]


def find_way_back(progress: Progress) -> WayBack:
    """Return what leads a rollout's slots back to what they held when its plan was made.

    Raises:
        RefusedError: `rollout.nothing-to-undo`: no step has changed anything.
    """
    changes: dict[str, PutBack] = {}
    kept: dict[str, Value] = {}
    for step in _changed(progress):
        first = _held_before(progress.plan, step)
        digest = value_digest(first)
        kept[digest] = first
        changes.setdefault(step.slot, PutBack(step.slot, digest))
    if not changes:
        raise RefusedError("rollout.nothing-to-undo")
    begun = {step.id for step in _changed(progress)}
    past = tuple(
        wave.number
        for wave in progress.plan.waves
        if wave.no_return and begun & {step.id for step in wave.steps}
    )
    texts = {**progress.plan.certificates, **progress.brought}
    certificates = {name: Certificate(base64.b64decode(text)) for name, text in texts.items()}
    return WayBack(tuple(changes.values()), kept, certificates, past)


def _changed(progress: Progress) -> tuple[Switch, ...]:
    return tuple(
        step
        for step in progress.plan.steps
        if isinstance(step, Switch) and progress.state(step.id) is not StepState.OPEN
    )


def _held_before(plan: Plan, step: Switch) -> Value:
    """Return what lay on disk in the slot when the plan was made: the first of its set."""
    held = plan.basis.get(step.slot, ())
    return held[0] if held else step.before[0]
