"""Who may do what on a server: one table, from which both the checks and the page `docs/roles.md` are made.

A role is a person's, and a person may have several. Duties are kept apart: publishing trust and joining hosts are
different roles, a plan is approved by somebody else than whoever made it, and nobody changes their own roles.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

from warifu.domain.findings import Lang, word
from warifu.errors import RefusedError


class Role(StrEnum):
    """What a person is trusted with."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    TRUST_ADMINISTRATOR = "trust-administrator"
    APPROVER = "approver"
    HOST_ADMINISTRATOR = "host-administrator"


class Act(StrEnum):
    """What a person may ask of a server."""

    LOOK = "look"
    PUBLISH = "publish"
    PUBLISH_CRL = "publish-crl"
    PLAN_REMOVAL = "plan-removal"
    APPROVE_REMOVAL = "approve-removal"
    RESTORE = "restore"
    CONFIRM_MASS_REMOVAL = "confirm-mass-removal"
    CREATE_DOMAIN = "create-domain"
    IMPORT_ROOT = "import-root"
    PUT_ESTATE = "put-estate"
    PLAN = "plan"
    APPROVE_PLAN = "approve-plan"
    DRIVE = "drive"
    WAIVE = "waive"
    CONFIRM_STEP = "confirm-step"
    REFRESH = "refresh"
    CREATE_TOKEN = "create-token"  # noqa: S105 - an act, no token
    FENCE_NODE = "fence-node"
    RESEED_NODE = "reseed-node"
    REMOVE_NODE = "remove-node"
    ADD_PERSON = "add-person"
    CHANGE_PERSON = "change-person"
    REMOVE_PERSON = "remove-person"
    READ_AUDIT = "read-audit"
    VERIFY_AUDIT = "verify-audit"
    BACK_UP = "back-up"
    RENEW_SERVER = "renew-server"


_ANYBODY = frozenset(Role)
_TRUST = frozenset({Role.TRUST_ADMINISTRATOR})
_HOSTS = frozenset({Role.HOST_ADMINISTRATOR})
_APPROVES = frozenset({Role.APPROVER})
_OPERATES = frozenset({Role.OPERATOR})

MATRIX: Mapping[Act, frozenset[Role]] = MappingProxyType(
    {
        Act.LOOK: _ANYBODY,
        Act.PUBLISH: _TRUST,
        Act.PUBLISH_CRL: _TRUST | _OPERATES,
        Act.PLAN_REMOVAL: _TRUST,
        Act.APPROVE_REMOVAL: _APPROVES,
        Act.RESTORE: _TRUST,
        Act.CONFIRM_MASS_REMOVAL: _TRUST,
        Act.CREATE_DOMAIN: _TRUST,
        Act.IMPORT_ROOT: _TRUST,
        Act.PUT_ESTATE: _HOSTS,
        Act.PLAN: _OPERATES | _TRUST,
        Act.APPROVE_PLAN: _APPROVES,
        Act.DRIVE: _OPERATES,
        Act.WAIVE: _APPROVES,
        Act.CONFIRM_STEP: _OPERATES | _HOSTS,
        Act.REFRESH: _OPERATES | _TRUST | _HOSTS,
        Act.CREATE_TOKEN: _HOSTS,
        Act.FENCE_NODE: _HOSTS,
        Act.RESEED_NODE: _HOSTS,
        Act.REMOVE_NODE: _HOSTS,
        Act.ADD_PERSON: _TRUST,
        Act.CHANGE_PERSON: _TRUST,
        Act.REMOVE_PERSON: _TRUST,
        Act.READ_AUDIT: _ANYBODY,
        Act.VERIFY_AUDIT: _ANYBODY,
        Act.BACK_UP: _HOSTS,
        Act.RENEW_SERVER: _HOSTS | _TRUST,
    }
)
"""For each act the roles of which one is enough."""


def may(roles: Collection[Role], act: Act) -> bool:
    """Tell whether somebody with these roles may do this."""
    return not MATRIX[act].isdisjoint(roles)


def demand(roles: Collection[Role], act: Act) -> None:
    """Pass where the roles allow the act.

    Raises:
        RefusedError: `directory.not-allowed`, with the roles of which one is wanted.
    """
    if not may(roles, act):
        raise RefusedError("directory.not-allowed", act=act.value, roles=_named(MATRIX[act]))


def may_approve(plan_by: str, approver: str, roles: Collection[Role], approvals: Collection[str]) -> bool:
    """Tell whether somebody may approve a plan: an approver, not its author, and not for the second time."""
    return may(roles, Act.APPROVE_PLAN) and approver != plan_by and approver not in approvals


def demand_approval(plan_by: str, approver: str, roles: Collection[Role], approvals: Collection[str]) -> None:
    """Pass where somebody may approve a plan.

    Raises:
        RefusedError: `directory.not-allowed`; `directory.own-plan`; `directory.approved-already`.
    """
    demand(roles, Act.APPROVE_PLAN)
    if approver == plan_by:
        raise RefusedError("directory.own-plan", name=approver)
    if approver in approvals:
        raise RefusedError("directory.approved-already", name=approver)


def is_approved(plan_by: str, approvals: Collection[str], *, needed: int = 1) -> bool:
    """Tell whether enough people other than the author approved a plan.

    Args:
        needed: how many besides the author; one is the least, so that two people stand behind every removal.
    """
    return len(set(approvals) - {plan_by}) >= max(needed, 1)


def demand_other_person(by: str, whom: str) -> None:
    """Pass where somebody changes the roles of somebody else.

    Raises:
        RefusedError: `directory.own-roles`: who could give themselves a role would need nobody else.
    """
    if by == whom:
        raise RefusedError("directory.own-roles", name=by)


def confirmation_of(digest: str, names: Sequence[str]) -> str:
    """Return what has to be typed before anchors are removed: what goes, and which plan says so."""
    return f"remove {', '.join(names)} by plan {digest[:12]}"


def demand_confirmation(typed: str, digest: str, names: Sequence[str]) -> None:
    """Pass where the confirmation was typed; blanks at its ends are nobody's fault, and nothing else is forgiven.

    Raises:
        RefusedError: `directory.confirmation-differs`, with what has to be typed.
    """
    wanted = confirmation_of(digest, names)
    if typed.strip() != wanted:
        raise RefusedError("directory.confirmation-differs", wanted=wanted)


def role_named(role: Role, lang: Lang) -> str:
    """Return what people call a role."""
    return word("role", role.value, lang)


def act_named(act: Act, lang: Lang) -> str:
    """Return what people call an act."""
    return word("act", act.value, lang)


def _named(roles: Collection[Role]) -> tuple[str, ...]:
    return tuple(role.value for role in Role if role in roles)
