"""What an order to a node carries, and what comes back: parts of estates and plans, looks, results.

Nothing here is a secret: keys are made and kept where they live, and orders name their paths.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from warifu.domain.estate import Estate, Observed, SlotState, Template
from warifu.domain.findings import Finding
from warifu.domain.rotation.plan import Plan, Proof, Wave
from warifu.domain.rotation.progress import Event, Progress, replay
from warifu.domain.rotation.steps import Issue, Step
from warifu.domain.x509 import Certificate, RevocationList
from warifu.errors import UsageError
from warifu.wire.document import from_plain, to_plain


@dataclass(frozen=True, slots=True)
class Place:
    """What to look at.

    Args:
        estate: the part that concerns the node.
        slots: names of the slots that are asked about.
    """

    estate: Estate
    slots: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Errand:
    """A step with what it needs of its plan and of what happened.

    Args:
        plan: the step alone, with the certificates it brings in.
        events: what happened to the step, and which certificates arrived for it.
    """

    estate: Estate
    rollout: str
    plan: Plan
    events: tuple[Event, ...]
    step: str

    @property
    def progress(self) -> Progress:
        """Where the rollout stands, as far as the step is concerned."""
        return replay(self.plan, self.events)

    @property
    def work(self) -> Step:
        """The step itself.

        Raises:
            UsageError: `rotation.document-malformed`.
        """
        found = next((step for step in self.plan.steps if step.id == self.step), None)
        if found is None:
            raise UsageError("rotation.document-malformed", path="/step", found=self.step)
        return found


@dataclass(frozen=True, slots=True)
class KeyWanted:
    """A key to be made, and a request that it signs.

    Args:
        name: of the key's file, without folder.
    """

    name: str
    template: Template


@dataclass(frozen=True, slots=True)
class KeyMade:
    """Where a key lies, and its request in PEM."""

    path: str
    request: str


@dataclass(frozen=True, slots=True)
class Tidy:
    """A rollout is over: files of keys that were installed, by their paths."""

    rollout: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ObservedTold:
    """A look as it is sent: certificates and CRLs as their bytes in base64."""

    at: datetime
    slots: Mapping[str, SlotState]
    certificates: tuple[str, ...] = ()
    crls: tuple[str, ...] = ()
    held: Mapping[str, bool] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def tell(seen: Observed) -> ObservedTold:
    """Return a look as it is sent."""
    return ObservedTold(
        seen.at,
        seen.slots,
        tuple(_text(one.der) for one in seen.certificates.values()),
        tuple(_text(one.der) for one in seen.crls.values()),
        seen.held,
        seen.findings,
    )


def take(told: ObservedTold) -> Observed:
    """Return a look that was sent.

    Raises:
        UsageError: `rotation.document-malformed`; `trust.certificate-unreadable`, `trust.crl-unreadable`.
    """
    certificates = [Certificate(_bytes(one)) for one in told.certificates]
    crls = [RevocationList(_bytes(one)) for one in told.crls]
    return Observed(
        told.at,
        told.slots,
        {one.fingerprint.hex: one for one in certificates},
        {one.fingerprint.hex: one for one in crls},
        told.held,
        told.findings,
    )


def errand_of(
    estate: Estate, rollout: str, step: Step, progress: Progress, events: Sequence[Event]
) -> Errand:
    """Return what a node needs to know to carry a step out.

    Args:
        estate: the part that concerns the node.
        events: of the whole rollout.
    """
    plan, slots = progress.plan, _slots(step)
    values = [getattr(step, "after", None), *getattr(step, "before", ()), getattr(step, "value", None)]
    named = {text for value in values if value is not None for text in _fingerprints(value)}
    part = replace(
        plan,
        changes=(),
        waves=tuple(Wave(w.number, w.purpose, ((step,),)) for w in plan.waves if step in w.steps),
        basis={},
        proof=Proof(0, ()),
        templates={name: one for name, one in plan.templates.items() if name in named},
        certificates={name: one for name, one in plan.certificates.items() if name in named},
        answers={},
        waivers=(),
        outages=(),
        findings=(),
        removals=tuple(one for one in plan.removals if one.slot in slots),
    )
    told = tuple(one for one in events if one.step == step.id or one.values.get("template") in named)
    return Errand(estate, rollout, part, told, step.id)


def to_body(message: object) -> Mapping[str, object]:
    """Return a message as the body of an order, or as the result in an answer."""
    plain = to_plain(message)
    assert isinstance(plain, dict)  # noqa: S101 - a record always becomes an object
    return plain


def from_body(kind: Any, body: Mapping[str, object]) -> Any:
    """Return the message that a body holds.

    Raises:
        UsageError: `rotation.document-malformed`.
    """
    return from_plain(kind, dict(body))


def _slots(step: Step) -> frozenset[str]:
    return frozenset(step.slots) if isinstance(step, Issue) else frozenset({step.slot})


def _fingerprints(value: Any) -> tuple[str, ...]:
    anchors = getattr(value, "anchors", None)
    return tuple(anchors) if anchors is not None else (value.leaf, *value.chain)


def _text(der: bytes) -> str:
    return base64.b64encode(der).decode("ascii")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise UsageError("rotation.document-malformed", path="/certificates", found="base64") from None
