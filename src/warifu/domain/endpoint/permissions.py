"""Who may do what with a store: by local user and group, a denial before any grant.

1. Rights are bits of their own: who may write may not read by that, and a key leaves by its own right alone.
2. The owner may everything, and so may root. They alone change permissions and delete the store.
3. A denial of a user, of any of the user's groups or of everyone counts before every grant.
4. Grants and denials add up; what neither grants nor denies anything is not kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum, Flag, StrEnum
from typing import Self, assert_never

from warifu.domain.endpoint.model import SystemStore
from warifu.errors import RefusedError, UsageError

ROOT = 0
_LONGEST = 256  # LOGIN_NAME_MAX of Linux, limits.h
MOST_PRINCIPALS = 1_024
EVERYONE_NAME = "EVERYONE"  # as VECS writes it, in any case


class Right(Flag):
    """What may be done with the entries of a store."""

    NONE = 0
    READ = 1
    WRITE = 2
    KEY_READ = 4

    @classmethod
    def parse(cls, words: Iterable[str]) -> Self:
        """Return the rights that words name: `read`, `write`, `key-read`.

        Raises:
            UsageError: `endpoint.no-such-right`.
        """
        found = cls.NONE
        for word in words:
            if word not in RIGHTS:
                raise UsageError("endpoint.no-such-right", word=word, known=tuple(RIGHTS))
            found |= cls(RIGHTS[word].value)
        return found

    @property
    def words(self) -> tuple[str, ...]:
        """Return the rights as people write them."""
        return tuple(word for word, right in RIGHTS.items() if right in self)


RIGHTS = {"read": Right.READ, "write": Right.WRITE, "key-read": Right.KEY_READ}
EVERY_RIGHT = Right.READ | Right.WRITE | Right.KEY_READ


class PrincipalKind(StrEnum):
    """Whom an entry of an access list is about."""

    USER = "user"
    GROUP = "group"
    EVERYONE = "everyone"


@dataclass(frozen=True, slots=True, order=True)
class Principal:
    """A local user, a local group, or everyone."""

    kind: PrincipalKind
    name: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `alice`, `user:alice`, `group:wheel` or `EVERYONE` in any case.

        Raises:
            UsageError: `endpoint.no-principal`.
        """
        if text.upper() == EVERYONE_NAME:
            return cls(PrincipalKind.EVERYONE)
        word, colon, name = text.partition(":")
        kind = PrincipalKind.GROUP if colon and word == "group" else PrincipalKind.USER
        name = name if colon and word in {"user", "group"} else text
        if not name or len(name) > _LONGEST or not name.isprintable() or any(one.isspace() for one in name):
            raise UsageError("endpoint.no-principal", text=text)
        return cls(kind, name)

    def __str__(self) -> str:
        return EVERYONE_NAME if self.kind is PrincipalKind.EVERYONE else f"{self.kind}:{self.name}"


@dataclass(frozen=True, slots=True)
class Ace:
    """What one principal is granted and denied."""

    principal: Principal
    granted: Right = Right.NONE
    denied: Right = Right.NONE


@dataclass(frozen=True, slots=True)
class Access:
    """Who may do what with a store.

    Args:
        owner: the user who made it, by name.
        aces: sorted, each principal once, none empty.
    """

    owner: str
    aces: tuple[Ace, ...] = ()

    def of(self, principal: Principal) -> Ace:
        """Return what a principal is granted and denied, which may be nothing."""
        return next((ace for ace in self.aces if ace.principal == principal), Ace(principal))


@dataclass(frozen=True, slots=True)
class Peer:
    """Who asks, as the kernel and the user database say.

    Args:
        user: by name; `uid:4242` where the database knows none.
    """

    uid: int
    user: str
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Store:
    """A store of a node and who may do what with it."""

    name: str
    access: Access


class Act(Enum):
    """How an access list changes."""

    GRANT = "grant"
    REVOKE = "revoke"
    DENY = "deny"
    ALLOW = "allow"


def first_access(store: SystemStore, owner: str) -> Access:
    """Return who may do what with a system store at first: what is trusted everyone may read, keys nobody else."""
    if store is SystemStore.MACHINE_IDENTITY:
        return Access(owner)
    return Access(owner, (Ace(Principal(PrincipalKind.EVERYONE), Right.READ),))


def closed_access(owner: str) -> Access:
    """Return the permissions of a store whose list cannot be read: its owner may mend it, nobody else is let in."""
    return Access(owner)


def rights_of(access: Access, peer: Peer) -> Right:
    """Return everything that a peer may do with the entries of a store."""
    if may_administer(access, peer):
        return EVERY_RIGHT
    granted = denied = Right.NONE
    for ace in access.aces:
        if _is_about(ace.principal, peer):
            granted |= ace.granted
            denied |= ace.denied
    return granted & ~denied


def may_administer(access: Access, peer: Peer) -> bool:
    """Tell whether a peer may change permissions and delete the store: its owner, and root."""
    return peer.uid == ROOT or peer.user == access.owner


def check_right(store: Store, peer: Peer, right: Right) -> None:
    """Make sure that a peer has a right.

    Raises:
        RefusedError: `endpoint.not-permitted`.
    """
    if right not in rights_of(store.access, peer):
        raise RefusedError(
            "endpoint.not-permitted",
            store=store.name,
            user=peer.user,
            right=beside_words(right),
            owner=store.access.owner,
        )


def check_administers(store: Store, peer: Peer) -> None:
    """Make sure that a peer is the owner of a store, or root.

    Raises:
        RefusedError: `endpoint.not-owner`.
    """
    if not may_administer(store.access, peer):
        raise RefusedError("endpoint.not-owner", store=store.name, user=peer.user, owner=store.access.owner)


def check_root(stores: Iterable[Store], peer: Peer) -> None:
    """Make sure that a peer is root, or the user that the agent runs as, who owns the system stores.

    Raises:
        RefusedError: `endpoint.not-root`.
    """
    owners = {store.access.owner for store in stores if store.name in set(SystemStore)}
    if peer.uid != ROOT and peer.user not in owners:
        raise RefusedError("endpoint.not-root", user=peer.user)


def change_access(access: Access, principal: Principal, rights: Right, act: Act) -> Access:
    """Return the access list after a change; equal to the one before where nothing changes.

    Args:
        act: grant and deny add, revoke takes grants away, allow takes denials away. None touches the other kind.

    Raises:
        UsageError: `endpoint.owner-has-all`: the owner needs no grant and heeds no denial.
        RefusedError: `endpoint.too-many-principals`.
    """
    if principal == Principal(PrincipalKind.USER, access.owner) and act in {Act.GRANT, Act.DENY}:
        raise UsageError("endpoint.owner-has-all", user=access.owner)
    after = _changed(access.of(principal), rights, act)
    rest = [ace for ace in access.aces if ace.principal != principal]
    kept = [after] if after.granted or after.denied else []
    if len(rest) + len(kept) > MOST_PRINCIPALS:
        raise RefusedError("endpoint.too-many-principals", limit=MOST_PRINCIPALS)
    return replace(access, aces=tuple(sorted([*rest, *kept], key=lambda ace: ace.principal)))


def _changed(ace: Ace, rights: Right, act: Act) -> Ace:
    match act:
        case Act.GRANT:
            return replace(ace, granted=ace.granted | rights)
        case Act.REVOKE:
            return replace(ace, granted=ace.granted & ~rights)
        case Act.DENY:
            return replace(ace, denied=ace.denied | rights)
        case Act.ALLOW:
            return replace(ace, denied=ace.denied & ~rights)
        case _ as never:
            assert_never(never)


def beside_words(right: Right) -> str:
    """Return rights as one word for a sentence: `read, write`."""
    return ", ".join(right.words)


def _is_about(principal: Principal, peer: Peer) -> bool:
    match principal.kind:
        case PrincipalKind.EVERYONE:
            return True
        case PrincipalKind.GROUP:
            return principal.name in peer.groups
        case PrincipalKind.USER:
            return principal.name == peer.user
        case _ as never:
            assert_never(never)
