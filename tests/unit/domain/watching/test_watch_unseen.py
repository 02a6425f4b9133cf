"""What a look did not see proves nothing: neither that a certificate is gone, nor that nothing needs it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from support.notices import HOUR, SPEC, met, only, sight, step, told
from support.pki import DAY, NOW, make_ca, make_key
from warifu.domain.estate.watch_spec import WatchSpec
from warifu.domain.findings import Code, Finding, Lang, Severity, remedy, title
from warifu.domain.watching import (
    FINDERS,
    Book,
    Decided,
    Held,
    Kind,
    Sight,
    Standing,
    State,
    decide,
    find_causes,
    is_overtaken,
    remembering,
)
from warifu.domain.watching.notices import acknowledge
from warifu.domain.watching.of_list import Listed, sight_of_list

ROOT = make_ca("Root")
OLD, NEW = ROOT.leaf("web.example", end=NOW + 2 * DAY), ROOT.leaf("web.example")
PLACES = ("a:443", "b:443")
LATE = NOW + 3 * DAY
EXPIRED = make_ca("Old Root", end=NOW + DAY)
BELOW = EXPIRED.leaf("srv.example", end=NOW + 300 * DAY)
STORE = Listed("ts.pem", (EXPIRED.value,))
SERVER = Listed("a:443", (BELOW.value,), served=True, presented=True)
DOWN = Listed("a:443", served=True, presented=True, problem="timed-out")
DIFFERS = Finding(Code.DEPLOYED_NOT_LIVE, "web/tls", {"expected": "b", "seen": ["a"]}, Severity.WARNING)
QUIET = replace(SPEC, leave_out=("changed", "not-seen"))


def looks(*sights: Sight, spec: WatchSpec = QUIET) -> list[Decided]:
    """Look after look, an hour between."""
    book, made = Book("b"), []
    for hour, look in enumerate(sights):
        made.append(step(book, replace(look, at=look.at + hour * HOUR), spec))
        book = made[-1].book
    return made


def kinds(made: list[Decided]) -> list[list[str]]:
    return [[one.kind.value for one in each.book.open] for each in made]


def both(*, at: timedelta = 3 * DAY, owner: str = "") -> Sight:
    return sight(*(met(OLD, place, owner=owner) for place in PLACES), at=NOW + at)


def one_down(*, at: timedelta = 3 * DAY, renewed: bool = False) -> Sight:
    """The first place alone was seen."""
    first = met(NEW if renewed else OLD, PLACES[0])
    owners = dict.fromkeys(PLACES, "ito")
    return sight(first, at=NOW + at, seen=[PLACES[0]], known=frozenset(PLACES), owners=owners)


def test_a_notice_keeps_each_place_that_was_not_seen_without_its_cause() -> None:
    """One of two servers is down, the other is renewed in the meantime: it is open until the first was seen, and told once."""
    back = sight(met(NEW, PLACES[0]), met(OLD, PLACES[1]), at=LATE)
    gone = sight(met(NEW, PLACES[0]), met(NEW, PLACES[1]), at=LATE)
    made = looks(both(), one_down(), one_down(renewed=True), back, gone)
    places = [one.cause.places for each in made for one in each.book.open]
    assert [PLACES, PLACES, PLACES, PLACES[1:]] == places
    assert [("expired-in-use", "first")] == [one for each in made for one in told(each)]
    assert ["seen"] == [one.closing for one in made[-1].closed]


def test_what_is_told_of_a_notice_names_the_places_that_were_not_seen() -> None:
    """In its sentence, among its entries, and to their owners."""
    (notice,) = looks(both(owner="abe"), one_down())[-1].book.open
    assert (PLACES, PLACES, ("ito",)) == (
        notice.cause.findings[0].evidence["where"],
        tuple(entry.place for entry in notice.cause.entries),
        notice.cause.owners,
    )


def test_entries_to_be_removed_are_counted_with_those_that_were_not_seen() -> None:
    """Two stores hold it; one of them cannot be read."""
    stores = [met(EXPIRED, place, standing=Standing.UNUSED) for place in PLACES]
    half = sight(stores[0], at=LATE, seen=[PLACES[0]], known=frozenset(PLACES))
    first, second = looks(sight(*stores, at=LATE), half)
    counts = [only(one.book).cause.findings[0].evidence["count"] for one in (first, second)]
    assert ([2, 2], []) == (counts, told(second))


def test_a_place_that_is_watched_no_longer_is_not_kept() -> None:
    """It left the list while nobody saw it."""
    alone = sight(met(OLD, PLACES[0]), at=LATE, known=frozenset(PLACES[:1]))
    assert PLACES[:1] == only(looks(both(), alone)[-1].book).cause.places


def test_a_cause_that_counts_nothing_keeps_its_places_too() -> None:
    """A forecast, for example."""
    finding = Finding(Code.PURPOSE_ENDED, "x", {}, Severity.WARNING)
    book = Book("b")
    for look in (both(at=DAY), one_down(at=DAY)):
        cause = next(iter(find_causes(look, SPEC, FINDERS)))
        cause = replace(cause, kind=Kind.FORECAST, findings=(finding,))
        book = decide(book, look, [cause], SPEC, zone=UTC, draw=lambda: 0.0).book
    assert (PLACES, {}) == (only(book).cause.places, only(book).cause.findings[0].evidence)


def test_what_was_ending_where_nobody_looks_has_ended_there() -> None:
    """The notice of what expired goes on from that of what was expiring, with the places of both."""
    made = looks(both(at=DAY), one_down())
    assert ["expired-in-use"] == [one.kind.value for one in made[-1].book.open]
    assert PLACES == only(made[-1].book).cause.places
    assert ["followed"] == [one.closing for one in made[-1].closed]


def test_one_place_that_needs_it_no_longer_ends_nothing_at_another() -> None:
    """Unused at one place says nothing of the other, which nobody saw."""
    half = sight(
        met(OLD, PLACES[0], standing=Standing.UNUSED), at=LATE, seen=[PLACES[0]], known=frozenset(PLACES)
    )
    assert ["expired-in-use", "expired-unused"] == kinds(looks(both(), half))[-1]
    whole = sight(*(met(OLD, place, standing=Standing.UNUSED) for place in PLACES), at=LATE)
    made = looks(both(), half, whole)[-1]
    assert (["followed"], ["expired-unused"]) == (
        [one.closing for one in made.closed],
        [one.kind.value for one in made.book.open],
    )


def test_a_root_whose_server_is_down_is_still_needed() -> None:
    """It is told once, as in use, however often the server goes and comes."""
    up, down = sight_of_list([STORE, SERVER], LATE), sight_of_list([STORE, DOWN], LATE)
    made = looks(up, down, up, down)
    assert [["expired-in-use"]] * 4 == kinds(made)
    assert [("expired-in-use", "first")] == [one for each in made for one in told(each)]


def test_a_root_that_was_seen_to_be_unused_stays_so_while_a_server_is_down() -> None:
    """Until a look sees that something needs it."""
    other = Listed("a:443", (ROOT.leaf("srv.example").value,), served=True, presented=True)
    unused, down = sight_of_list([STORE, other], LATE), sight_of_list([STORE, DOWN], LATE)
    needed = sight_of_list([STORE, SERVER], LATE)
    made = looks(unused, down, unused, needed, down)
    expected = [*[["expired-unused"]] * 3, *[["expired-in-use"]] * 2]
    assert expected == kinds(made)
    assert ["expired-unused", "expired-in-use"] == [kind for each in made for kind, _ in told(each)]


def test_nobody_can_say_of_a_root_met_first_while_a_server_is_down() -> None:
    """Neither that it is in use nor that it is not; a valid twin beside it says so."""
    key = make_key()
    twins = [make_ca("Twin", key=key, end=NOW + DAY), make_ca("Twin", key=key)]
    store = Listed("two.pem", tuple(one.value for one in twins))
    found = sight_of_list([STORE, store, DOWN], LATE)
    assert ["undecided", "unused", "undecided"] == [one.entry.standing.value for one in found.met]
    assert ("a:443",) == found.unmet


def test_what_nobody_can_say_is_told_as_that_until_somebody_saw_it() -> None:
    """A warning that names what was not seen; what the next whole look sees follows it, and only once."""
    other = Listed("a:443", (ROOT.leaf("srv.example").value,), served=True, presented=True)
    down = sight_of_list([STORE, DOWN], LATE)
    for last, expected in ((SERVER, "expired-in-use"), (other, "expired-unused")):
        made = looks(down, down, sight_of_list([STORE, last], LATE), down)
        assert [["expired-undecided"]] * 2 + [[expected]] * 2 == kinds(made)
        assert [("expired-undecided", "first"), (expected, "first")] == [
            one for each in made for one in told(each)
        ]
        assert ["followed"] == [one.closing for one in made[2].closed]
    (finding,) = only(looks(down)[0].book).cause.findings
    assert (Severity.WARNING, ("ts.pem",), ("a:443",)) == (
        finding.severity,
        finding.evidence["where"],
        finding.evidence["unmet"],
    )
    assert "cannot be told as long as a:443 was not seen." in title(finding, Lang.EN)
    assert "a:443 を確認できないため、使用中かどうか判断できません。" in title(finding, Lang.JA)


def test_a_root_that_was_ending_in_use_ends_in_use() -> None:
    """Who saw it presented need not see that again."""
    up, down = sight_of_list([STORE, SERVER], NOW), sight_of_list([STORE, DOWN], LATE)
    assert [["expiring"], ["expired-in-use"]] == kinds(looks(up, down))
    unknown = sight_of_list([STORE, DOWN], NOW)
    assert [["expiring"], ["expired-undecided"]] == kinds(looks(unknown, down))


def test_a_certificate_that_is_in_use_here_may_be_undecided_there() -> None:
    """Each has its own notice."""
    here, there = met(EXPIRED, "a"), met(EXPIRED, "b", standing=Standing.UNDECIDED)
    found = find_causes(sight(here, there, at=LATE, unmet=("x:1",)), SPEC, FINDERS)
    assert [("expired-in-use", ("a",)), ("expired-undecided", ("b",))] == [
        (one.kind.value, one.places) for one in found
    ]


def test_a_net_that_is_down_is_told_in_a_sentence() -> None:
    """Not with hundreds of addresses: some, and how many more."""
    nets = tuple(f"10.0.0.{n}:443" for n in range(200))
    (cause,) = find_causes(
        sight(met(EXPIRED, standing=Standing.UNDECIDED), at=LATE, unmet=nets), SPEC, FINDERS
    )
    assert (*nets[:5], "+195") == cause.findings[0].evidence["unmet"]


@pytest.mark.parametrize(
    ("code", "severity", "expected"),
    [
        (Code.TRUNCATED, Severity.ERROR, ["expired-in-use", "not-seen"]),
        (Code.UNREADABLE, Severity.ERROR, ["expired-in-use", "not-seen"]),
        (Code.TOO_LARGE, Severity.ERROR, ["expired-in-use", "not-seen"]),
        (Code.CONTAINER_LOCKED, Severity.ERROR, ["expired-in-use", "not-seen"]),
        (Code.NOTHING_READ, Severity.WARNING, ["expired-in-use", "not-seen"]),
        (Code.NOTHING_READ, Severity.NOTE, []),
        (Code.PRIVATE_KEY_READABLE, Severity.ERROR, []),
    ],
)
def test_a_file_that_could_not_be_read_whole_proves_nothing(
    code: Code, severity: Severity, expected: list[str]
) -> None:
    """A write that was cut is no removal, and is told; a file of a folder that holds no certificate is none."""
    whole = Listed("x.pem", (OLD.value,), presented=True)
    cut = Listed("x.pem", findings=(Finding(code, "x.pem:7", {"reason": "y"}, severity),))
    spec = replace(SPEC, leave_out=("changed",))
    made = looks(sight_of_list([whole], LATE), sight_of_list([cut], LATE), spec=spec)
    assert expected == kinds(made)[-1]
    assert {"x.pem"} >= {one.subject for one in sight_of_list([cut], LATE).unseen}


def test_the_remedy_of_an_address_is_not_that_of_a_file() -> None:
    """Nobody looks for a file under the name of a server that refused a connection."""
    said = {
        one.subject: (remedy(one, Lang.EN), remedy(one, Lang.JA))
        for one in sight_of_list([DOWN, Listed("x.pem", problem="absent")], LATE).unseen
    }
    english, japanese = said["a:443"]
    assert (True, True) == ("listens there" in english, "firewall" in english)
    assert (True, True) == ("待ち受け" in japanese, "ファイアウォール" in japanese)
    assert "may be read by who runs this" in said["x.pem"][0]
    assert not {*said["a:443"]} & {*said["x.pem"]}


def test_what_can_be_read_of_a_damaged_file_is_watched() -> None:
    """Its place is not seen, and no change is told of what may be there unread."""
    damaged = Listed("x.pem", (OLD.value,), presented=True, findings=(Finding(Code.TRUNCATED, "x.pem"),))
    found = sight_of_list([damaged], LATE)
    assert (1, frozenset(), {}) == (len(found.met), found.seen, dict(found.values))


def test_what_an_address_is_found_guilty_of_was_seen() -> None:
    """Findings of a file alone can say that something was not read."""
    judged = replace(SERVER, findings=(Finding(Code.UNREADABLE, "x"),))
    assert {"a:443"} == sight_of_list([judged], NOW).seen


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("web.example:443", "web.example"),
        ("smtp://mx.example:2525", "mx.example"),
        ("[::1]:443", "[::1]"),
        ("web.example:443 (192.0.2.1:443)", "web.example"),
    ],
)
def test_the_node_of_an_address_is_its_host(subject: str, expected: str) -> None:
    """Whatever stands before or behind it."""
    (found, *_) = sight_of_list([replace(SERVER, subject=subject)], NOW).met
    assert expected == found.entry.node


def test_a_look_is_overtaken_by_one_that_was_written_while_it_was_made() -> None:
    """Not by one that was there before: a clock that was wrong once must not stop all looks."""
    look, later = sight(), NOW + HOUR
    assert is_overtaken(look, Book("b", looked=later), NOW - HOUR)
    assert is_overtaken(look, Book("b", looked=later), None)
    assert not is_overtaken(look, Book("b", looked=later), later)
    assert not is_overtaken(look, Book("b", looked=NOW), NOW - HOUR)
    assert not is_overtaken(look, Book("b"), None)


def test_what_has_grown_beyond_its_acknowledgement_is_acknowledged_no_longer() -> None:
    """Also where nobody is told, and monitoring alone asks."""
    roots = [met(make_ca(f"Gone {n}", expired=True), "app/up", standing=Standing.UNUSED) for n in range(2)]
    book = step(Book("b"), sight(roots[0]), WatchSpec()).book
    quiet = acknowledge(only(book), "Ito", NOW + 90 * DAY, NOW)
    book = replace(book, notices={quiet.id: quiet})
    same = step(book, sight(roots[0], at=NOW + DAY), WatchSpec()).book
    grown = step(book, sight(*roots, at=NOW + DAY), WatchSpec()).book
    assert (State.ACKNOWLEDGED, State.OPEN) == tuple(only(one).state(NOW + DAY) for one in (same, grown))


@pytest.mark.parametrize(
    ("later", "left_out", "expected"),
    [
        (timedelta(), (), ["expiring"]),
        (timedelta(), ("expiring",), ["not-live"]),
        (timedelta(), ("expired-in-use",), ["expiring"]),
        (3 * DAY, (), ["expired-in-use"]),
        (3 * DAY, ("expiring",), ["expired-in-use"]),
        (3 * DAY, ("expired-in-use",), ["not-live"]),
    ],
)
def test_not_live_is_told_where_nobody_hears_of_what_is_ending(
    later: timedelta, left_out: tuple[str, ...], expected: list[str]
) -> None:
    """What is left out silences its own kind alone."""
    look = sight(met(OLD, standing=Standing.RENEWED_NOT_LIVE), at=NOW + later, not_live={"web/tls": DIFFERS})
    causes = find_causes(look, replace(SPEC, leave_out=left_out), FINDERS)
    assert expected == [one.kind.value for one in causes]


def test_not_live_is_followed_by_what_is_ending_there() -> None:
    """Nobody saw that it is live; once somebody has, it is seen."""
    lasting = ROOT.leaf("web.example", end=NOW + 40 * DAY)

    def look(at: timedelta) -> Sight:
        found = met(lasting, standing=Standing.RENEWED_NOT_LIVE)
        return sight(found, at=NOW + at, not_live={"web/tls": DIFFERS})

    first, second = looks(look(timedelta()), look(15 * DAY))
    assert (["not-live"], ["followed"], ["expiring"]) == (
        [kind for kind, _ in told(first)],
        [one.closing for one in second.closed],
        [one.kind.value for one in second.book.open],
    )
    elsewhere = sight(met(lasting, "b/x", standing=Standing.RENEWED_NOT_LIVE), at=NOW + 15 * DAY)
    assert ["seen"] == [one.closing for one in looks(look(timedelta()), elsewhere)[-1].closed]


def test_a_change_stays_while_a_rollout_works_at_its_place() -> None:
    """What nobody put right is not seen to be right; what the rollout put there is."""

    def look(value: str, **more: object) -> Sight:
        return sight(values={"web/tls": Held(value, value)}, **more)  # type: ignore[arg-type]

    busy = {"touched": frozenset({"web/tls"})}
    made = looks(look("a"), look("b"), look("b", **busy), look("b"), spec=SPEC)
    assert [[], ["changed"], ["changed"], ["changed"]] == kinds(made)
    assert 1 == sum(len(told(each)) for each in made)
    for last in (look("c", **busy), look("a", **busy), look("b", **busy, ours=frozenset({"web/tls"}))):
        assert ["seen"] == [one.closing for one in looks(look("a"), look("b"), last, spec=SPEC)[-1].closed]


def test_a_look_with_what_is_remembered_knows_the_baseline() -> None:
    """And decides nothing that it decided itself."""
    book = Book("b", baseline={"web/tls": Held("a", "a")})
    look = sight(met(OLD))
    assert replace(look, baseline=book.baseline) == remembering(look, book)
