"""Listings of several nodes, joined."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta

import pytest

from support.malformed import of_version_1
from support.pki import DAY, NOW, Entity, make_ca, make_key
from support.vendor_listings import (
    alias_of,
    directory_id,
    directory_listing,
    legacy_subject,
    published,
    store_listing,
    windows_listing,
)
from warifu.domain.diagnosis import (
    Alarm,
    Board,
    InUse,
    Match,
    State,
    find_alarms,
    make_board,
    page_of,
    pages,
    read_listing,
)
from warifu.domain.findings import Lang, say_error
from warifu.errors import RefusedError, UsageError

WINDOW = timedelta(days=30)


def board_of(texts: Sequence[tuple[str, str]], used: Sequence[InUse] = (), now: object = NOW) -> Board:
    return make_board([read_listing(text, node) for node, text in texts], used, now=now, window=WINDOW)  # type: ignore[arg-type]


def in_use(*entities: Entity) -> tuple[InUse, ...]:
    return tuple(InUse(f"{one.value.subject}.pem", one.value) for one in entities)


@pytest.mark.req("S0-04")
def test_expiring_and_expired_are_two_states() -> None:
    """Ten days left under a window of thirty is expiring; eleven days later it is expired; before its time, neither."""
    root = make_ca("Root", end=NOW + 10 * DAY)
    texts = [("node1", store_listing(root))]
    states = [board_of(texts, now=NOW + days * DAY).rows[0].state for days in (-11, 0, 11)]
    assert [State.NOT_YET, State.EXPIRING, State.EXPIRED] == states
    second = timedelta(seconds=1)
    edges = [
        board_of(texts, now=root.value.not_after + move).rows[0].state
        for move in (-second, 0 * second, second)
    ]
    assert [State.EXPIRING, State.EXPIRING, State.EXPIRED] == edges
    wide = board_of([("n", store_listing(make_ca("Long")))])
    assert State.VALID is wide.rows[0].state


@pytest.mark.req("S0-03", "S0-18")
def test_an_alarm_stays_until_the_last_entry_is_gone() -> None:
    """Critical, naming node, store and alias; two unused expired roots keep it open, one keeps it, none closes it."""
    ended = [make_ca(f"Ended {number}", expired=True) for number in (1, 2)]
    living = make_ca("Living")
    used = in_use(living.leaf("web.example"))

    def alarms(*roots: Entity) -> tuple[Alarm, ...]:
        return find_alarms(board_of([("node1", store_listing(*roots))], used))

    (alarm,) = alarms(*ended, living)
    assert ("expired-unused", "critical", 2) == (alarm.kind, alarm.severity, alarm.count)
    assert [("node1", alias_of(one)) for one in ended] == [
        (held.node, held.entry.label) for held in alarm.entries
    ]
    (fewer,) = alarms(ended[1], living)
    assert 1 == fewer.count
    assert () == alarms(living)


@pytest.mark.req("S0-46")
def test_who_still_needs_an_expired_root_is_named() -> None:
    """Directly, and through an intermediate that is in use; then it must not go."""
    root = make_ca("Ended", end=NOW - DAY)
    mid = root.intermediate("Mid")
    leaf = mid.leaf("web.example")
    (row,) = board_of([("dir", published(root)), ("node1", store_listing(root))], in_use(leaf, mid)).rows
    assert ([leaf.value, mid.value], False) == ([one.certificate for one in row.needed_by], row.may_go)
    (alone,) = board_of([("node1", store_listing(root))], in_use(mid.leaf("x.example"), root)).rows
    assert () == alone.needed_by
    assert alone.may_go
    (alarm,) = find_alarms(board_of([("n", store_listing(root))], in_use(mid)))
    assert "expired-needed" == alarm.kind


@pytest.mark.req("S0-03")
def test_every_expired_root_is_critical_and_one_that_is_near_its_end_a_warning() -> None:
    """Whether nobody needs it, somebody does, or nobody was asked."""
    root = make_ca("Ended", end=NOW - DAY)
    texts = [("node1", store_listing(root))]
    used = {"expired-needed": in_use(root.leaf("x")), "expired-unused": in_use(make_ca("X").leaf("x"))}
    for kind, given in {**used, "expired-unjudged": ()}.items():
        (alarm,) = find_alarms(board_of(texts, given))
        assert (kind, "critical", 1) == (alarm.kind, alarm.severity, alarm.count)
        assert [("node1", alias_of(root))] == [(one.node, one.entry.label) for one in alarm.entries]
    (soon,) = find_alarms(board_of(texts, now=NOW - 2 * DAY))
    assert ("expiring", "warning") == (soon.kind, soon.severity)


def test_nobody_asked_is_not_nobody_needs() -> None:
    """Without certificates in use nothing is called unused."""
    board = board_of([("n", store_listing(make_ca("Ended", expired=True)))])
    assert not board.rows[0].may_go
    assert "expired-unjudged" == find_alarms(board)[0].kind
    expiring = board_of([("n", store_listing(make_ca("Soon", end=NOW + DAY)))])
    assert [("expiring", "warning")] == [(one.kind, one.severity) for one in find_alarms(expiring)]


def test_nodes_and_directory_are_joined_by_key_id() -> None:
    """One anchor on two nodes and in the directory is one row; colons and case do not matter."""
    root, other = make_ca("Root"), make_ca("Root")
    texts = [
        ("psc", published(root, other)),
        ("node1", store_listing(root, other)),
        ("node2", store_listing(root, form="pem")),
    ]
    board = board_of(texts)
    assert [(["node1", "node2"], Match.KEY_ID), (["node1"], Match.KEY_ID)] == [
        ([held.node for held in row.held], row.match) for row in board.rows
    ]
    assert all(row.published and row.has_own_key_id for row in board.rows)


@pytest.mark.req("S0-41", "S0-42")
def test_what_has_no_key_id_is_matched_by_what_is_left() -> None:
    """Three ids, two with key ids, one without: two are matched, one is left, and a person has to confirm it."""
    roots = [make_ca("One"), make_ca("Two")]
    old = make_ca("Old", ski=False)
    board = board_of([("psc", published(*roots, old)), ("node1", store_listing(*roots, old))])
    matches = {row.subject.replace(" ", ""): row.match for row in board.rows}
    assert {"CN=One": Match.KEY_ID, "CN=Two": Match.KEY_ID, "CN=Old": Match.REMAINDER} == matches
    (left,) = [row for row in board.rows if row.wants_confirmation]
    assert (directory_id(old), False) == (str(left.id), left.has_own_key_id)


@pytest.mark.req("S0-41", "S0-42")
def test_a_subject_matches_only_when_one_has_it() -> None:
    """Two ids of the subject, or two entries of it: refused, with both."""
    old, twin = make_ca("Old", ski=False), make_ca("Old", ski=False)
    other = make_ca("Other", ski=False)
    two_ids = board_of([("psc", published(old, twin)), ("node1", store_listing(old))])
    (refusal,) = two_ids.refused
    assert ({directory_id(old), directory_id(twin)}, 1) == (
        {str(one) for one in refusal.ids},
        len(refusal.held),
    )
    two_entries = board_of([("psc", published(old)), ("node1", store_listing(old, twin))])
    assert 2 == len(two_entries.refused)
    several = board_of([("psc", published(old, other)), ("node1", store_listing(old, other))])
    assert [(Match.SUBJECT, True), (Match.SUBJECT, True)] == [
        (row.match, row.wants_confirmation) for row in several.rows
    ]
    assert {directory_id(old), directory_id(other)} == {str(row.id) for row in several.rows}
    nobody = board_of([("psc", published(other)), ("node1", store_listing(old))])
    assert ((), 2) == (nobody.refused, len(nobody.rows))


def test_the_id_is_computed_where_the_bytes_are_there() -> None:
    """A directory lists a root without key id under SHA-1 of its whole public key: no guess is needed."""
    old = make_ca("Old", ski=False)
    (row,) = board_of([("psc", published(old)), ("node1", store_listing(old, form="pem"))]).rows
    assert (Match.COMPUTED, directory_id(old), False) == (row.match, str(row.id), row.wants_confirmation)


@pytest.mark.req("S0-40")
@pytest.mark.parametrize("form", ["pem", "text"])
def test_a_version_1_root_is_not_offered_by_key_id(form: str) -> None:
    """It has none of its own: it is flagged, no id names it, and no fingerprint does either; its neighbour is found."""
    v1 = of_version_1(make_ca("V1", key=make_key("rsa"), ski=False, basic=False, no_usage=True))
    named = make_ca("V3")
    board = board_of([("node1", store_listing(v1, named, form=form))])
    assert [(None, False, True), (named.value.subject_key_id, True, False)] == [
        (row.id, row.has_own_key_id, row.lacks_key_id) for row in board.rows
    ]
    with pytest.raises(RefusedError, match="no-such-anchor"):
        board.named(directory_id(v1))
    assert board.rows[1] == board.named(directory_id(named))


def test_a_bare_alias_does_not_say_that_there_is_no_key_id() -> None:
    """It was not printed; nor does Windows print it without `-v`."""
    root = make_ca("Root")
    for text in (store_listing(root, form="aliases"), windows_listing(root)):
        (row,) = board_of([("node1", text)]).rows
        assert (False, False) == (row.has_own_key_id, row.lacks_key_id)


@pytest.mark.req("X-05")
def test_equal_names_are_never_one_anchor() -> None:
    """Two CAs of one name and two keys are two rows, and a subject does not choose between them."""
    first, second = make_ca("CA"), make_ca("CA")
    board = board_of([("psc", published(first, second)), ("node1", store_listing(first, second))])
    assert 2 == len(board.rows)
    with pytest.raises(RefusedError) as caught:
        board.named("CN=CA")
    assert ("diagnosis.several-anchors", {directory_id(first), directory_id(second)}) == (
        caught.value.code,
        {str(one) for one in caught.value.values["ids"]},  # type: ignore[attr-defined]
    )
    assert first.value.subject_key_id == board.named(directory_id(first)).id


@pytest.mark.req("S0-24", "S0-25")
def test_a_fingerprint_is_not_taken_for_a_key_id() -> None:
    """It is named as what it is, with the right id beside it; an id with one digit changed is refused."""
    root = make_ca("Root")
    board = board_of([("node1", store_listing(root, form="pem"))])
    for text in (alias_of(root), hashlib.sha256(root.value.der).hexdigest().upper()):
        with pytest.raises(UsageError, match="fingerprint-for-id") as caught:
            board.named(text)
        told = say_error(caught.value, Lang.EN)
        assert "this is a fingerprint, not a key id" in told
        assert directory_id(root) in told
        assert "これは鍵 ID ではなくフィンガープリントです" in say_error(caught.value, Lang.JA)
    own = directory_id(root)
    for position in range(40):
        changed = own[:position] + ("0" if own[position] != "0" else "1") + own[position + 1 :]
        with pytest.raises(RefusedError, match="no-such-anchor"):
            board.named(changed)
    assert board.rows[0] == board.named("CN=Root") == board.named(own.lower())


def test_a_renewed_root_of_the_same_key_is_not_taken_away_with_the_old_one() -> None:
    """The directory knows both by one id: unpublishing the expired one would take the new one."""
    key = make_key()
    old, new = make_ca("Root", key=key, expired=True), make_ca("Root", key=key)
    board = board_of(
        [("psc", published(new)), ("node1", store_listing(old, new))], in_use(make_ca("X").leaf("x"))
    )
    assert [(State.EXPIRED, True, False), (State.VALID, True, False)] == [
        (row.state, row.shares_key, row.may_go) for row in board.rows
    ]


def test_what_only_the_directory_or_only_a_store_has_is_shown() -> None:
    """Nothing falls under the table."""
    here, there, other = make_ca("Here"), make_ca("There"), make_ca("Other")
    board = board_of(
        [
            ("psc", published(there)),
            ("win", windows_listing(here)),
            ("n", store_listing(other, form="aliases")),
        ]
    )
    assert [("CN=Here", 1, None), (alias_of(other), 1, None), ("CN=There", 0, "#1")] == [
        (row.subject, len(row.held), row.published and row.published.label) for row in board.rows
    ]
    assert State.UNKNOWN is board.rows[2].state


def test_an_issuer_without_key_id_counts_as_needed() -> None:
    """A name alone may not clear an anchor."""
    root = make_ca("Root", expired=True)
    leaf = root.leaf("web.example", aki=False)
    (row,) = board_of([("n", store_listing(root))], in_use(leaf)).rows
    assert [leaf.value] == [one.certificate for one in row.needed_by]
    stranger = make_ca("Root").leaf("web.example")
    (other,) = board_of([("n", store_listing(root))], in_use(stranger)).rows
    assert () == other.needed_by


def test_cas_that_signed_each_other_end() -> None:
    """The walk above a certificate visits each once."""
    one, two = make_ca("One"), make_ca("Two")
    cross, back = one.intermediate("Two", key=two.key), two.intermediate("One", key=one.key)
    (row,) = board_of(
        [("n", store_listing(make_ca("Other", expired=True)))], in_use(one.leaf("x"), cross, back)
    ).rows
    assert () == row.needed_by


@pytest.mark.req("S0-15")
def test_a_store_of_a_thousand_is_paged_and_filtered_whole() -> None:
    """Nothing is cut: the pages together are the list."""
    records = [(f"{number:040X}", f"CN=Root {number}", False) for number in range(1000)]
    board = board_of([("psc", directory_listing(records))])
    assert 1000 == len(board.rows)
    assert 11 == pages(1000, 99)
    assert board.rows == tuple(row for number in range(1, 12) for row in page_of(board.rows, number, 99))
    assert (1, board.rows) == (pages(1000, 0), page_of(board.rows, 1, 0))
    assert 1 == pages(0, 20)
    assert legacy_subject(make_ca("x")) == "CN=x"
