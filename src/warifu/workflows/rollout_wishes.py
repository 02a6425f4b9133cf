"""A wish for an estate, as a change: names become fingerprints of certificates, or identities that are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from warifu.domain.rotation.change import AddAnchor, Change, ReplaceCa, ReplaceIdentity, RetireAnchor
from warifu.domain.rotation.plan import Waiver
from warifu.errors import UsageError
from warifu.workflows.plan import Scene

CHANGES = ("replace-ca", "replace-identity", "add-anchor", "retire-anchor")
_PAIR = 2


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person wants of an estate.

    Args:
        change: `replace-ca`, `replace-identity`, `add-anchor` or `retire-anchor`.
        names: of anchors (old and new for `replace-ca`) or identities.
        only: slots or trust stores that it is about; none means all.
        files: certificates that came along, by the names that `names` uses.
    """

    estate: str
    change: str
    names: tuple[str, ...]
    issuer: str = ""
    only: tuple[str, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    outages: frozenset[str] = frozenset()
    waivers: tuple[Waiver, ...] = ()
    ticket: str = ""


def changes_of(scene: Scene, wish: Wanted) -> Sequence[Change]:
    """Return what a wish comes to.

    Raises:
        UsageError: `rollouts.change-unknown`; nothing, or several things, fit a name.
    """
    names, only = wish.names, wish.only
    if not names or (wish.change == "replace-ca" and len(names) != _PAIR):
        raise UsageError("rollouts.change-unknown", change=wish.change, names=names, known=CHANGES)
    match wish.change:
        case "replace-ca":
            return (ReplaceCa(scene.anchor(names[0]), scene.anchor(names[1]), wish.issuer),)
        case "replace-identity":
            return tuple(ReplaceIdentity(scene.identity(one), wish.issuer, slots=only) for one in names)
        case "add-anchor":
            return tuple(AddAnchor(scene.anchor(one), only) for one in names)
        case "retire-anchor":
            return tuple(RetireAnchor(scene.anchor(one), only) for one in names)
        case _:
            raise UsageError("rollouts.change-unknown", change=wish.change, names=names, known=CHANGES)
