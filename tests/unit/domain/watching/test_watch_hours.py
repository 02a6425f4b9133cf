"""When people may be written to, across changes of the clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest

from warifu.domain.estate.watch_spec import SendHours
from warifu.domain.watching.hours import after, end_of_day, local, next_allowed

BERLIN, TOKYO, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York")
OFFICE = SendHours("Europe/Berlin", time(9), time(18), (0, 1, 2, 3, 4))
SECOND = timedelta(seconds=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_without_hours_any_instant_will_do() -> None:
    """The instant comes back in UTC."""
    local = datetime(2026, 3, 29, 3, 30, tzinfo=BERLIN)
    assert at("2026-03-29T01:30") == next_allowed(local, SendHours(), UTC)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-26T07:59:59", "2026-03-26T08:00"),  # Thursday, winter: 09:00 is 08:00 UTC
        ("2026-03-26T08:00", "2026-03-26T08:00"),
        ("2026-03-26T16:59:59", "2026-03-26T16:59:59"),
        ("2026-03-26T17:00", "2026-03-27T08:00"),  # 18:00 is too late
        ("2026-03-27T17:00", "2026-03-30T07:00"),  # over the weekend of the change: 09:00 is 07:00 UTC
        ("2026-10-23T16:00", "2026-10-26T08:00"),  # and back
    ],
)
def test_office_hours_follow_the_wall_clock(moment: str, expected: str) -> None:
    """Nine o'clock is nine o'clock on both sides of a change of the clocks."""
    assert at(expected) == next_allowed(at(moment), OFFICE, BERLIN)


@pytest.mark.req("X-13")
@pytest.mark.parametrize(("late", "expected"), [(-1, "16:59:59"), (0, None), (1, None)])
def test_the_end_of_the_hours_is_exact_to_the_second(late: int, expected: str | None) -> None:
    """The last second before the end will do; the end itself waits for tomorrow."""
    moment = at("2026-03-26T17:00") + late * SECOND
    wanted = at(f"2026-03-26T{expected}") if expected else at("2026-03-27T08:00")
    assert wanted == next_allowed(moment, OFFICE, BERLIN)


def test_a_time_that_the_clocks_leap_over_comes_after_the_leap() -> None:
    """Half past two does not exist on that day in Berlin: it is half past three."""
    hours = SendHours("Europe/Berlin", time(2, 30), time(4))
    assert at("2026-03-29T01:30") == next_allowed(at("2026-03-29T00:00"), hours, BERLIN)


def test_a_time_that_comes_twice_is_the_first() -> None:
    """Half past two comes twice when the clocks go back: the first counts."""
    hours = SendHours("Europe/Berlin", time(2, 30), time(4))
    assert at("2026-10-25T00:30") == next_allowed(at("2026-10-24T23:00"), hours, BERLIN)


def test_a_day_without_its_span_is_passed_over() -> None:
    """A span that lies whole in the leap is empty, and the next day's is taken."""
    hours = SendHours("America/New_York", time(2, 45), time(3, 15))
    assert at("2026-03-09T06:45") == next_allowed(at("2026-03-08T07:00"), hours, NEW_YORK)


def test_hours_over_midnight_belong_to_the_day_they_start_on() -> None:
    """Friday's night shift goes on into Saturday; Saturday has none."""
    nights = SendHours("Asia/Tokyo", time(22), time(6), (4,))
    assert at("2026-03-27T20:00") == next_allowed(at("2026-03-27T20:00"), nights, TOKYO)  # Saturday 05:00
    assert at("2026-04-03T13:00") == next_allowed(at("2026-03-27T21:00"), nights, TOKYO)  # Saturday 06:00


def test_one_end_alone_is_enough() -> None:
    """From noon until midnight; from midnight until noon."""
    assert at("2026-03-26T11:00") == next_allowed(
        at("2026-03-26T00:00"), SendHours("Europe/Berlin", start=time(12)), BERLIN
    )
    assert at("2026-03-26T23:00") == next_allowed(
        at("2026-03-26T11:00"), SendHours("Europe/Berlin", end=time(12)), BERLIN
    )


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-03-29", "2026-03-29T22:00"),
        ("2026-03-28", "2026-03-28T23:00"),
        ("2026-10-25", "2026-10-25T23:00"),
    ],
)
def test_a_day_ends_where_people_live(day: str, expected: str) -> None:
    """Midnight of the zone, on days of 23, 24 and 25 hours."""
    assert at(expected) == end_of_day(date.fromisoformat(day), BERLIN)


def test_the_one_span_of_a_week_may_be_swallowed() -> None:
    """Sundays, and all of it lies in the leap: the Sunday after is the next."""
    hours = SendHours("America/New_York", time(2, 50), time(3, 10), (6,))
    assert at("2027-03-21T06:50") == next_allowed(at("2027-03-08T12:00"), hours, NEW_YORK)


@pytest.mark.parametrize("zone", [TOKYO, NEW_YORK, UTC])
@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59", "9999-12-30T00:00", "0001-01-01T00:00"])
def test_at_the_ends_of_time_any_instant_will_do(moment: str, zone: tzinfo) -> None:
    """There is no week after the last, and no day before the first."""
    assert at(moment) == next_allowed(at(moment), OFFICE, zone)


@pytest.mark.parametrize(
    ("moment", "zone", "expected"),
    [
        ("9999-12-31T23:59:59", TOKYO, "9999-12-31T23:59:59+00:00"),
        ("9999-12-31T23:59:59", NEW_YORK, "9999-12-31T18:59:59-05:00"),
        ("0001-01-01T00:00:00", NEW_YORK, "0001-01-01T00:00:00+00:00"),
        ("2027-03-08T12:00:00", TOKYO, "2027-03-08T21:00:00+09:00"),
    ],
)
def test_an_instant_is_shown_by_the_wall_clock_where_that_has_it(
    moment: str, zone: ZoneInfo, expected: str
) -> None:
    """Certificates end in the year 9999, and hostile ones in the year 1."""
    assert expected == local(at(moment), zone).isoformat()


@pytest.mark.parametrize("zone", [TOKYO, NEW_YORK])
def test_the_last_day_never_ends(zone: ZoneInfo) -> None:
    """Silent for ever; the day before ends as every day does."""
    assert datetime.max.replace(tzinfo=UTC) == end_of_day(date(9999, 12, 31), zone)
    assert end_of_day(date(9999, 12, 30), zone) < end_of_day(date(9999, 12, 31), zone)


def test_later_than_the_last_instant_is_the_last_instant() -> None:
    """To the microsecond."""
    last, step = datetime.max.replace(tzinfo=UTC), timedelta(microseconds=1)
    expected = [last - step, last, last]
    assert expected == [after(last - SECOND, SECOND + more * step) for more in (-1, 0, 1)]
