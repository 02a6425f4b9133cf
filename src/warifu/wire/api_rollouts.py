"""What people and their server say to each other about estates and rollouts; see `wire/api.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from warifu.wire.api import FindingTold


@dataclass(frozen=True, slots=True)
class EstateWish:
    """An estate is put.

    Args:
        files: text of each TOML file by its name.
        listings: PEM of what nodes that people serve hold now, by the relative paths that the estate names.
        basis: the version that it was made from; None takes any.
    """

    files: Mapping[str, str]
    listings: Mapping[str, str] = field(default_factory=dict)
    basis: int | None = None


@dataclass(frozen=True, slots=True)
class EstateTold:
    """An estate that the server keeps; `files` only where it is asked for alone."""

    name: str
    version: int
    digest: str
    by: str
    at: datetime
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WaiverWish:
    """A node (in a plan: or a connection) is left out, for a reason and until then."""

    subject: str
    reason: str
    until: datetime


@dataclass(frozen=True, slots=True)
class WaiverTold:
    """A node or connection that is left out."""

    subject: str
    by: str
    reason: str
    until: datetime


@dataclass(frozen=True, slots=True)
class RolloutPlanWish:
    """A change of an estate is to be planned.

    Args:
        change: `replace-ca`, `replace-identity`, `add-anchor` or `retire-anchor`.
        names: of anchors (old and new for `replace-ca`) or identities.
        only: slots or trust stores that it is about; none means all.
        files: certificates in PEM, by the names that `names` uses.
        outages: services whose interruption is allowed.
    """

    estate: str
    change: str
    names: tuple[str, ...]
    issuer: str = ""
    only: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    outages: tuple[str, ...] = ()
    waivers: tuple[WaiverWish, ...] = ()
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class OfferTold:
    """What could be done where no safe order exists."""

    kind: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class RolloutPlanTold:
    """What planning came to.

    Args:
        answer: `plan`, `nothing-to-do`, `refused`, `none-exists` or `undecided`.
        digest: what people approve; empty where there is nothing to approve.
        confirmation: what has to be typed before the rollout begins; empty where nothing has to.
        plan: the plan's document, as `warifu plan` writes it.
        why: a message key.
    """

    answer: str
    digest: str = ""
    confirmation: str = ""
    plan: Mapping[str, object] = field(default_factory=dict)
    findings: tuple[FindingTold, ...] = ()
    why: str = ""
    subjects: tuple[str, ...] = ()
    offers: tuple[OfferTold, ...] = ()


@dataclass(frozen=True, slots=True)
class StartWish:
    """An approved plan is to be carried out; `confirmation` is what had to be typed."""

    digest: str
    confirmation: str = ""


@dataclass(frozen=True, slots=True)
class RolloutTold:
    """A rollout in a list."""

    id: str
    digest: str
    state: str
    started: datetime
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class RolloutStepTold:
    """One step of a rollout."""

    id: str
    wave: int
    kind: str
    where: str
    node: str
    owner: str
    state: str


@dataclass(frozen=True, slots=True)
class BlockerTold:
    """Who keeps a rollout from going on, and why, as a code and a sentence."""

    who: str
    why: str
    sentence: str
    step: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SightTold:
    """One look at a slot.

    Args:
        node: whose word it is; empty where the server saw it itself.
        signed_by: SHA-256 of the identity whose signature was verified just now; empty where none was.
    """

    step: str
    slot: str
    stage: str
    outcome: str
    witness: str
    at: datetime
    node: str = ""
    signed_by: str = ""


@dataclass(frozen=True, slots=True)
class StandingTold:
    """Where a rollout stands.

    Args:
        wave: the number of the wave that is under way; 0 when all are done.
        halted: a step was refused or failed: it goes on when somebody says so.
    """

    rollout: RolloutTold
    estate: str
    wave: int
    waves: int
    halted: bool
    steps: tuple[RolloutStepTold, ...]
    blockers: tuple[BlockerTold, ...] = ()
    waivers: tuple[WaiverTold, ...] = ()
    seen: tuple[SightTold, ...] = ()


@dataclass(frozen=True, slots=True)
class ConfirmWish:
    """An owner's statement about a step."""

    step: str
    owner: str
    statement: str


@dataclass(frozen=True, slots=True)
class WayBackWish:
    """The way back of a rollout is to be planned; `past_return` also from behind a point of no return."""

    past_return: bool = False
