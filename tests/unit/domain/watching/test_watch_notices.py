"""The life of a notice, look by look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from support.notices import HOUR, SECOND, SPEC, met, only, sight, step, told
from support.pki import DAY, NOW, make_ca
from warifu.domain.estate.watch_spec import KINDS, SendHours, WatchSpec
from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.watching import Book, Held, Kind, Sight, Standing, State
from warifu.domain.watching.cause import Judged
from warifu.domain.watching.notices import accept, acknowledge

ROOT = make_ca("Root")
OLD = ROOT.leaf("web.example", end=NOW + 40 * DAY)
NEW = ROOT.leaf("web.example")
GONE = [make_ca(f"Gone {n}", expired=True) for n in range(3)]
UNSEEN = (Finding(Code.NOT_SEEN, "n", {"reason": "x"}),)
EMPTY = Book("book")
TOKYO = ZoneInfo("Asia/Tokyo")


def unused(*numbers: int, at: timedelta = timedelta()) -> Sight:
    """A look at expired roots that nothing uses."""
    mets = [met(GONE[n], "app/up", standing=Standing.UNUSED) for n in numbers]
    return sight(*mets, at=NOW + at, seen=["app/up"])


def test_kinds_are_those_that_settings_know() -> None:
    """What can be left out is what there is, in one order."""
    assert tuple(KINDS) == tuple(kind.value for kind in Kind)


def test_a_certificate_that_ages_is_told_at_each_window_and_when_it_has_ended() -> None:
    """Hour by hour over six weeks: one step a window, one notice a state, then reminders by the week."""
    book, said = EMPTY, []
    for hour in range(24 * 56):
        made = step(book, sight(met(OLD), at=NOW + hour * HOUR))
        book = made.book
        said += [(hour, *one) for one in told(made)]
    ended = 24 * 40
    assert [
        (24 * 10 + 1, "expiring", "30d"),
        (24 * 26 + 1, "expiring", "14d"),
        (24 * 33 + 1, "expiring", "7d"),
        (24 * 39 + 1, "expiring", "1d"),
        (ended + 1, "expired-in-use", "first"),
        (ended + 1 + 24 * 7, "expired-in-use", "again-1"),
        (ended + 1 + 24 * 14, "expired-in-use", "again-2"),
    ] == said
    assert ["followed", ""] == [one.closing for one in book.notices.values()]


@pytest.mark.req("X-13")
@pytest.mark.parametrize(("late", "expected"), [(-SECOND, []), (timedelta(), []), (SECOND, ["30d"])])
def test_a_window_opens_to_the_second(late: timedelta, expected: list[str]) -> None:
    """As `estate check` counts: at exactly thirty days nothing is said yet."""
    look = sight(met(OLD), at=OLD.value.not_after - 30 * DAY + late)
    assert expected == [name for _, name in told(step(EMPTY, look))]


def test_what_was_missed_is_not_made_up_for() -> None:
    """After a long silence the present window is told, and a later look tells no longer one."""
    first = step(EMPTY, sight(met(OLD), at=NOW + 35 * DAY))
    assert [("expiring", "7d")] == told(first)
    assert [] == told(step(first.book, sight(met(OLD), at=NOW + 11 * DAY)))  # a clock that was set back
    much = replace(SPEC, remind=DAY)
    broken = sight(judged={"c": Judged(broken=True, findings=(Finding(Code.LIVE_REFUSED, "c"),))})
    book = step(EMPTY, broken, much).book
    late = step(book, replace(broken, at=NOW + 10 * DAY), much)
    assert [("pair-broken", "again-10")] == told(late)
    assert [] == told(step(late.book, replace(broken, at=NOW + 10 * DAY + HOUR), much))


def test_without_a_channel_everything_stays_open() -> None:
    """Whoever sets one up later hears of it."""
    look = sight(met(OLD), at=NOW + 35 * DAY)
    made = step(EMPTY, look, WatchSpec())
    assert ([], State.OPEN) == (told(made), only(made.book).state(look.at))
    assert [("expiring", "7d")] == told(step(made.book, look))


def test_jitter_is_drawn_once_and_kept() -> None:
    """A notice is late by the same part of the spread at each step; a look draws nothing for one that is known."""
    numbers: Iterator[float] = iter([0.5])
    spec = replace(SPEC, spread=timedelta(hours=4))
    start = NOW + 10 * DAY + SECOND
    book, said = EMPTY, []
    for hour in range(24 * 17):
        made = step(book, sight(met(OLD), at=start + hour * HOUR), spec, draw=lambda: next(numbers))
        book = made.book
        said += [(hour, name) for _, name in told(made)]
    assert timedelta(hours=2) == only(book).jitter
    assert [(2, "30d"), (24 * 16 + 2, "14d")] == said


def test_quiet_hours_hold_what_can_wait() -> None:
    """Nine to six in Tokyo, Monday to Friday; what is broken does not wait, unless it shall."""
    hours = SendHours("Asia/Tokyo", time(9), time(18), (0, 1, 2, 3, 4))
    spec = replace(SPEC, hours=hours)
    saturday = NOW.replace(hour=0, minute=0) + timedelta(days=(5 - NOW.weekday()) % 7)
    aging = ROOT.leaf("a.example", end=saturday + 20 * DAY)
    broken = {"c": Judged(broken=True, findings=(Finding(Code.LIVE_REFUSED, "c"),))}

    def said(spec: WatchSpec) -> list[tuple[int, str, str]]:
        book, found = EMPTY, []
        for hour in range(72):
            made = step(book, sight(met(aging), at=saturday + hour * HOUR, judged=broken), spec, zone=TOKYO)
            book = made.book
            found += [(hour, *one) for one in told(made)]
        return found

    monday_at_nine = 48  # 00:00 UTC
    assert [(0, "pair-broken", "first"), (monday_at_nine, "expiring", "30d")] == said(spec)
    held = said(replace(spec, hold_urgent=True))
    assert [(monday_at_nine, "pair-broken", "first"), (monday_at_nine, "expiring", "30d")] == held


@pytest.mark.req("S0-18")
def test_an_alarm_stays_until_the_last_offending_entry_is_gone() -> None:
    """Two expired unused roots: one removed leaves the alarm with a count of 1, the other closes it."""
    book = step(EMPTY, unused(0, 1)).book
    assert 2 == only(book).cause.findings[0].evidence["count"]
    book = step(book, unused(1, at=HOUR)).book
    assert (1, State.NOTIFIED) == (
        only(book).cause.findings[0].evidence["count"],
        only(book).state(NOW + HOUR),
    )
    made = step(book, sight(at=NOW + 2 * HOUR, seen=["app/up"]))
    assert ((), ["seen"]) == (made.book.open, [one.closing for one in made.closed])


def test_another_entry_to_remove_is_news() -> None:
    """The notice grows and says so once; fewer entries are no news."""
    book = step(EMPTY, unused(0)).book
    made = step(book, unused(0, 1, at=HOUR))
    assert [("expired-unused", "grown-1")] == told(made)
    assert [] == told(step(made.book, unused(0, 1, at=2 * HOUR)))
    assert [] == told(step(made.book, unused(1, at=2 * HOUR)))


def test_a_certificate_at_another_place_is_no_news() -> None:
    """It is the same certificate, and its notice is known."""
    at = NOW + 35 * DAY
    book = step(EMPTY, sight(met(OLD), at=at)).book
    assert [] == told(step(book, sight(met(OLD), met(OLD, "b/x"), at=at + HOUR)))


@pytest.mark.req("S1-46")
def test_only_a_look_that_saw_it_gone_closes_a_notice() -> None:
    """Not a look that could not see the place; then the new one is live, and nothing is said any more."""
    at = NOW + 35 * DAY
    book = step(EMPTY, sight(met(OLD), at=at)).book
    differs = Finding(Code.DEPLOYED_NOT_LIVE, "web/tls", {"expected": "b", "seen": ["a"]}, Severity.WARNING)
    renewed = sight(
        met(OLD, standing=Standing.RENEWED_NOT_LIVE), met(NEW), at=at + HOUR, not_live={"web/tls": differs}
    )
    book = step(book, renewed).book
    assert Standing.RENEWED_NOT_LIVE is only(book).cause.entries[0].standing
    blind = step(book, sight(met(NEW), at=at + 2 * HOUR, seen=[]))
    assert ((), 1) == (blind.closed, len(blind.book.open))
    live = step(blind.book, sight(met(NEW), at=at + 3 * HOUR))
    assert (["seen"], (), ()) == ([one.closing for one in live.closed], live.due, live.book.open)
    later = step(live.book, sight(met(NEW), at=at + 10 * DAY))
    assert ((), ()) == (later.due, later.book.open)


def test_what_is_watched_no_longer_is_closed() -> None:
    """The place left the estate, or nobody wants to hear of the kind."""
    at = NOW + 35 * DAY
    book = step(EMPTY, sight(met(OLD, "old/x"), at=at)).book
    (gone,) = step(book, sight(at=at + HOUR)).closed
    (unwanted,) = step(book, sight(met(OLD, "old/x"), at=at), replace(SPEC, leave_out=("expiring",))).closed
    assert ["unmanaged", "unmanaged"] == [gone.closing, unwanted.closing]
    hidden = replace(sight(at=at + HOUR), blind=("old",))
    assert () == step(book, hidden).closed
    packed = step(EMPTY, sight(met(OLD, "old.zip!x.pem"), at=at)).book
    broken = replace(sight(at=at + HOUR), blind=("old.zip",))
    assert () == step(packed, broken).closed  # nobody saw what is in it


def test_the_same_cause_again_is_another_notice() -> None:
    """It is told again, as a new occurrence."""
    at = NOW + 35 * DAY
    book = step(EMPTY, sight(met(OLD), at=at)).book
    book = step(book, sight(met(NEW), at=at + HOUR)).book
    made = step(book, sight(met(OLD), at=at + 2 * HOUR))
    assert ([("expiring", "7d")], 2) == (told(made), only(made.book).occurrence)
    assert 2 == len(made.book.notices)


def test_closed_notices_are_forgotten_after_a_year() -> None:
    """And open ones never."""
    at = NOW + 35 * DAY
    book = step(EMPTY, sight(met(OLD), at=at)).book
    book = step(book, sight(met(NEW), at=at + HOUR)).book
    assert 1 == len(step(book, sight(at=at + 400 * DAY)).book.notices)
    assert 0 == len(step(book, sight(at=at + 400 * DAY + HOUR)).book.notices)


def test_what_could_not_be_seen_is_told_when_it_stays_so() -> None:
    """A blink is no news; an hour is."""
    book = step(EMPTY, sight(unseen=UNSEEN)).book
    assert [] == told(step(book, sight(at=NOW + HOUR - SECOND, unseen=UNSEEN)))
    assert [("not-seen", "first")] == told(step(book, sight(at=NOW + HOUR, unseen=UNSEEN)))
    assert ["seen"] == [one.closing for one in step(book, sight(at=NOW + HOUR)).closed]


def test_acknowledged_is_silent_until_the_date() -> None:
    """Neither windows nor reminders; then what holds at that time is told once."""
    at = NOW + 26 * DAY + HOUR
    made = step(EMPTY, sight(met(OLD), at=at))
    assert [("expiring", "14d")] == told(made)
    until = NOW + 34 * DAY
    quiet = acknowledge(only(made.book), "Ito", until, at + HOUR, "on holiday")
    book = replace(made.book, notices={quiet.id: quiet})
    assert State.ACKNOWLEDGED is quiet.state(until - SECOND)
    assert State.NOTIFIED is quiet.state(until)
    before = step(book, sight(met(OLD), at=until - SECOND))
    assert [] == told(before)
    after = step(before.book, sight(met(OLD), at=until))
    assert [("expiring", "7d")] == told(after)
    assert None is only(after.book).acknowledged


def acknowledged(book: Book, until: datetime, at: datetime) -> Book:
    """The one open notice, acknowledged."""
    quiet = acknowledge(only(book), "Ito", until, at)
    return replace(book, notices={quiet.id: quiet})


def test_a_notice_speaks_when_its_date_has_passed_although_no_window_begins() -> None:
    """Windows of 300 days and one: it was told in the first, and would be silent for nine months."""
    spec = replace(SPEC, windows=(300 * DAY, DAY))
    book = acknowledged(step(EMPTY, sight(met(OLD)), spec).book, NOW + 10 * DAY, NOW)
    said = []
    for day in range(1, 41):
        made = step(book, sight(met(OLD), at=NOW + day * DAY), spec)
        book = made.book
        said += [(day, *one) for one in told(made)]
    assert [(10, "expiring", "ack-over-1"), (40, "expiring", "1d")] == said
    again = acknowledged(book, NOW + 40 * DAY + HOUR, NOW + 40 * DAY)
    assert [] == told(step(again, sight(met(OLD), at=NOW + 40 * DAY), spec))


def test_what_is_urgent_speaks_when_its_date_has_passed_and_a_week_after_that() -> None:
    """Not only with the next reminder of the week; reminders are counted from there on."""
    book, said = EMPTY, []
    for day in range(30):
        made = step(book, sight(met(GONE[0]), at=NOW + day * DAY))
        book = made.book
        said += [(day, one) for _kind, one in told(made)]
        if day in (8, 21):
            book = acknowledged(book, NOW + (day + 2) * DAY, NOW + day * DAY)
    assert [
        (0, "first"),
        (7, "again-1"),
        (10, "ack-over-2"),
        (17, "again-2"),
        (23, "ack-over-4"),
    ] == said


def test_a_passed_date_is_told_in_the_hours_allowed() -> None:
    """Like everything that is not urgent."""
    hours = SendHours(zone="Asia/Tokyo", start=time(9), end=time(18))
    spec = replace(SPEC, windows=(300 * DAY, DAY), hours=hours)
    begun = datetime(2027, 3, 1, 3, tzinfo=UTC)
    late = ROOT.leaf("late.example", end=begun + 200 * DAY)
    book = step(EMPTY, sight(met(late), at=begun), spec, zone=TOKYO).book
    until = datetime(2027, 3, 4, 15, tzinfo=UTC)  # midnight in Tokyo
    book = acknowledged(book, until, begun)
    night = step(book, sight(met(late), at=until + HOUR), spec, zone=TOKYO)
    assert [] == told(night)
    morning = step(night.book, sight(met(late), at=until + 9 * HOUR), spec, zone=TOKYO)
    assert [("expiring", "ack-over-1")] == told(morning)
    assert [] == told(step(morning.book, sight(met(late), at=until + 10 * HOUR), spec, zone=TOKYO))


def test_an_acknowledgement_covers_what_there_was() -> None:
    """Another entry to remove speaks again; fewer do not."""
    book = step(EMPTY, unused(0, 1)).book
    quiet = acknowledge(only(book), "Ito", NOW + 20 * DAY, NOW)
    book = replace(book, notices={quiet.id: quiet})
    assert [] == told(step(book, unused(1, at=8 * DAY)))
    assert [("expired-unused", "grown-1")] == told(step(book, unused(0, 1, 2, at=HOUR)))


def test_what_has_ended_speaks_although_its_ending_was_acknowledged() -> None:
    """Expired is another state."""
    at = NOW + 39 * DAY + HOUR
    book = step(EMPTY, sight(met(OLD), at=at)).book
    quiet = acknowledge(only(book), "Ito", NOW + 90 * DAY, at)
    made = step(replace(book, notices={quiet.id: quiet}), sight(met(OLD), at=NOW + 40 * DAY + SECOND))
    assert ([("expired-in-use", "first")], ["followed"]) == (told(made), [one.closing for one in made.closed])


def test_expired_in_use_goes_over_into_unused() -> None:
    """Nothing chains to it any more: the notice of what is to be removed takes over."""
    book = step(EMPTY, sight(met(GONE[0], "app/up"))).book
    made = step(book, unused(0, at=HOUR))
    assert (["followed"], ["expired-unused"]) == (
        [one.closing for one in made.closed],
        [one.kind.value for one in made.book.open],
    )


def test_a_change_closes_when_the_value_is_back_or_a_person_takes_it_as_right() -> None:
    """What is accepted is the baseline from then on."""

    def look(value: str, hours: int, **more: object) -> Sight:
        return sight(at=NOW + hours * HOUR, seen=["web/tls"], values={"web/tls": Held(value, value)}, **more)

    book = step(EMPTY, look("a", 0)).book
    made = step(book, look("b", 1))
    assert [("changed", "first")] == told(made)
    back = step(made.book, look("a", 2))
    assert ["seen"] == [one.closing for one in back.closed]
    right = accept(made.book, only(made.book), NOW + 2 * HOUR)
    assert ((), "accepted") == (right.open, next(iter(right.notices.values())).closing)
    assert () == step(right, look("b", 3)).book.open
    assert [("changed", "first")] == told(step(right, look("a", 3)))
    ours = step(made.book, look("b", 2, ours=frozenset({"web/tls"})))
    assert ({"web/tls": Held("b", "b")}, ["seen"]) == (
        ours.book.baseline,
        [one.closing for one in ours.closed],
    )
    assert {} == step(made.book, sight(at=NOW + 3 * HOUR, known=frozenset())).book.baseline


def test_open_notices_come_in_the_order_of_urgency() -> None:
    """What breaks now stands first."""
    look = sight(met(OLD), met(GONE[0], "a/x"), at=NOW + 39 * DAY, unseen=UNSEEN)
    assert ["expired-in-use", "expiring", "not-seen"] == [
        one.kind.value for one in step(EMPTY, look).book.open
    ]


def test_a_decision_is_the_same_whenever_it_is_made() -> None:
    """After a crash before anything was written, the same look gives the same notices and steps."""
    look = sight(met(OLD), at=NOW + 35 * DAY)
    assert step(EMPTY, look, zone=UTC) == step(EMPTY, look, zone=UTC)
