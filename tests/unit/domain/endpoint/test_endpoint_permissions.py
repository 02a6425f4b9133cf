"""Who may do what with a store."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warifu.domain.endpoint import Access, Ace, Act, Peer, Principal, PrincipalKind, Right, Store, SystemStore
from warifu.domain.endpoint.permissions import (
    EVERY_RIGHT,
    RIGHTS,
    change_access,
    check_administers,
    check_right,
    check_root,
    closed_access,
    first_access,
    may_administer,
    rights_of,
)
from warifu.errors import RefusedError, UsageError

ALICE, BOB, OWNER = Principal.parse("alice"), Principal.parse("bob"), "owner"
STAFF, EVERYONE = Principal.parse("group:staff"), Principal.parse("everyone")
PEER = Peer(1000, "alice", frozenset({"alice", "staff"}))
ROOT = Peer(0, "root")


def granted(*changes: tuple[Principal, Right, Act]) -> Access:
    access = Access(OWNER)
    for principal, rights, act in changes:
        access = change_access(access, principal, rights, act)
    return access


@pytest.mark.parametrize("right", list(RIGHTS.values()))
def test_each_right_stands_alone(right: Right) -> None:
    """Who may write may not read by that, and neither takes a key out."""
    assert right == rights_of(granted((ALICE, right, Act.GRANT)), PEER)


def test_grants_add_up() -> None:
    """A second grant takes nothing of the first away, whoever of the user and the groups it names."""
    access = granted(
        (ALICE, Right.READ, Act.GRANT), (ALICE, Right.WRITE, Act.GRANT), (STAFF, Right.KEY_READ, Act.GRANT)
    )
    assert EVERY_RIGHT == rights_of(access, PEER)


@pytest.mark.parametrize("whom", [ALICE, STAFF, EVERYONE])
def test_a_denial_counts_before_every_grant(whom: Principal) -> None:
    """Of the user, of one of the groups, of everyone."""
    access = granted((ALICE, EVERY_RIGHT, Act.GRANT), (whom, Right.KEY_READ, Act.DENY))
    assert Right.READ | Right.WRITE == rights_of(access, PEER)


@pytest.mark.parametrize("whom", [BOB, Principal.parse("group:wheel"), Principal.parse("user:staff")])
def test_what_others_are_granted_is_nobody_elses(whom: Principal) -> None:
    """A group that the user is not in, another user, a user who is called as the group is."""
    assert Right.NONE == rights_of(granted((whom, EVERY_RIGHT, Act.GRANT)), PEER)


def test_the_owner_and_root_pass() -> None:
    """They may everything, whatever is denied to everyone."""
    access = granted((EVERYONE, EVERY_RIGHT, Act.DENY))
    assert (EVERY_RIGHT, EVERY_RIGHT) == (rights_of(access, ROOT), rights_of(access, Peer(7, OWNER)))
    assert (True, True, False) == tuple(may_administer(access, one) for one in (ROOT, Peer(7, OWNER), PEER))


def test_an_empty_line_vanishes() -> None:
    """Revoking the last right leaves nothing behind, and denials and grants are taken back apart."""
    access = granted((ALICE, Right.READ, Act.GRANT), (ALICE, Right.WRITE, Act.DENY))
    without = change_access(access, ALICE, EVERY_RIGHT, Act.REVOKE)
    assert (Ace(ALICE, Right.NONE, Right.WRITE),) == without.aces
    assert () == change_access(without, ALICE, Right.WRITE, Act.ALLOW).aces
    assert Ace(BOB) == access.of(BOB)


@pytest.mark.parametrize("act", [Act.GRANT, Act.DENY])
def test_the_owner_is_given_nothing(act: Act) -> None:
    """A grant that changes nothing is told, not taken in silence."""
    with pytest.raises(UsageError, match=r"endpoint\.owner-has-all"):
        change_access(Access(OWNER), Principal.parse(OWNER), Right.READ, act)
    assert () == change_access(Access(OWNER), Principal.parse(OWNER), Right.READ, Act.REVOKE).aces


def test_a_list_has_an_end() -> None:
    """A thousand lines are read at every question."""
    aces = tuple(Ace(Principal.parse(f"u{number:04}"), Right.READ) for number in range(1_024))
    full = Access(OWNER, aces)
    assert 1_024 == len(change_access(full, Principal.parse("u0001"), Right.WRITE, Act.GRANT).aces)
    with pytest.raises(RefusedError, match=r"endpoint\.too-many-principals"):
        change_access(full, ALICE, Right.READ, Act.GRANT)


def test_who_lacks_a_right_is_refused_by_name() -> None:
    """The refusal says which right, in which store, and who grants it."""
    store = Store("app", granted((ALICE, Right.READ, Act.GRANT)))
    check_right(store, PEER, Right.READ)
    with pytest.raises(RefusedError) as refused:
        check_right(store, PEER, Right.READ | Right.KEY_READ)
    assert ("app", "alice", "read, key-read", OWNER) == tuple(refused.value.values.values())


def test_permissions_are_the_owners_to_change() -> None:
    """Not those of who may write."""
    store = Store("app", granted((ALICE, EVERY_RIGHT, Act.GRANT)))
    check_administers(store, ROOT)
    with pytest.raises(RefusedError, match=r"endpoint\.not-owner"):
        check_administers(store, PEER)


def test_data_keys_are_turned_by_root_or_the_agents_user() -> None:
    """The user that owns the system stores is the one that the agent runs as."""
    stores = [Store(SystemStore.CRLS, Access("warifu")), Store("app", Access("alice"))]
    check_root(stores, ROOT)
    check_root(stores, Peer(998, "warifu"))
    with pytest.raises(RefusedError, match=r"endpoint\.not-root"):
        check_root(stores, PEER)


def test_system_stores_begin_closed_where_keys_lie() -> None:
    """Everyone may read what is trusted; the node's own identity is nobody else's."""
    rights = {store: rights_of(first_access(store, "root"), PEER) for store in SystemStore}
    assert {
        SystemStore.MACHINE_IDENTITY: Right.NONE,
        SystemStore.TRUSTED_ROOTS: Right.READ,
        SystemStore.CRLS: Right.READ,
    } == rights
    assert Right.NONE == rights_of(closed_access("root"), PEER)


@pytest.mark.parametrize(
    ("text", "principal"),
    [
        ("alice", Principal(PrincipalKind.USER, "alice")),
        ("user:alice", Principal(PrincipalKind.USER, "alice")),
        ("uid:4242", Principal(PrincipalKind.USER, "uid:4242")),
        ("group:wheel", Principal(PrincipalKind.GROUP, "wheel")),
        ("Everyone", Principal(PrincipalKind.EVERYONE)),
    ],
)
def test_principals_are_read_as_people_write_them(text: str, principal: Principal) -> None:
    """And what is printed is read again as the same."""
    assert principal == Principal.parse(text) == Principal.parse(str(principal))


@pytest.mark.parametrize("text", ["", "group:", "user:", "a b", "a\nb", "x" * 300])
def test_what_names_nobody_is_refused(text: str) -> None:
    """A name is one word on one line."""
    with pytest.raises(UsageError, match=r"endpoint\.no-principal"):
        Principal.parse(text)


def test_rights_are_words() -> None:
    """Read and written in one order; a word that is none is refused."""
    assert ("read", "key-read") == Right.parse(["key-read", "read"]).words
    with pytest.raises(UsageError, match=r"endpoint\.no-such-right"):
        Right.parse(["admin"])


RIGHT = st.integers(0, 7).map(Right)
CHANGE = st.tuples(st.sampled_from([ALICE, BOB, STAFF, EVERYONE]), RIGHT, st.sampled_from(Act))


@given(st.lists(CHANGE, max_size=12), st.lists(CHANGE, max_size=4))
def test_a_right_is_had_only_where_it_is_granted_and_nowhere_denied(
    changes: list[tuple[Principal, Right, Act]], later: list[tuple[Principal, Right, Act]]
) -> None:
    """Whatever was changed before, in whatever order; no line is empty or stands twice."""
    access = granted(*changes, *later)
    mine = [ace for ace in access.aces if ace.principal in {ALICE, STAFF, EVERYONE}]
    for right in RIGHTS.values():
        wanted = any(right in ace.granted for ace in mine) and not any(right in ace.denied for ace in mine)
        assert wanted == (right in rights_of(access, PEER))
    assert all(ace.granted or ace.denied for ace in access.aces)
    assert sorted({ace.principal for ace in access.aces}) == [ace.principal for ace in access.aces]


@given(st.lists(CHANGE, max_size=8), RIGHT)
def test_denying_never_gives_and_allowing_never_takes(
    changes: list[tuple[Principal, Right, Act]], rights: Right
) -> None:
    """However the list came to be."""
    access = granted(*changes)
    before = rights_of(access, PEER)
    assert not rights_of(change_access(access, STAFF, rights, Act.DENY), PEER) & ~before
    assert not before & ~rights_of(change_access(access, STAFF, rights, Act.ALLOW), PEER)
