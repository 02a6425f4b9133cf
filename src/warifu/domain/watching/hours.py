"""When people may be written to, by the wall clock where they live."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from warifu.domain.estate.watch_spec import SendHours

_AHEAD = (
    16  # days: two weeks and the day before: the one span of a week may lie whole in a leap of the clocks
)
_LAST = datetime.max.replace(tzinfo=UTC)


def next_allowed(moment: datetime, hours: SendHours, zone: tzinfo) -> datetime:
    """Return the first instant from `moment` on (UTC) at which people may be written to.

    Each end of a span becomes an instant by itself, so that days of 23 and 25 hours are right. A wall time that comes
    twice is the first of the two; one that the clocks leap over counts by the offset before the leap.

    Args:
        zone: the time zone that `hours.zone` names.

    Spec: PEP 495 (`fold=0`).
    """
    if hours.always:
        return moment.astimezone(UTC)
    try:
        today = moment.astimezone(zone).date()
        spans = [_span(today + timedelta(days=ahead), hours, zone) for ahead in range(-1, _AHEAD)]
    except OverflowError:  # at the ends of time there is no day before, or no week after
        return moment.astimezone(UTC)
    return min(
        max(moment.astimezone(UTC), opens)
        for opens, closes, weekday in spans
        if weekday in hours.weekdays and max(moment, opens) < closes
    )


def end_of_day(day: date, zone: tzinfo) -> datetime:
    """Return the instant (UTC) at which a day of a zone is over; the last day there is never ends."""
    if day == date.max:
        return _LAST
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


def local(moment: datetime, zone: tzinfo) -> datetime:
    """Return an instant by the wall clock of a zone; in UTC at the ends of time, where that clock has no such year.

    A certificate may end in the year 1, and one without a well-defined end does in 9999.

    Spec: RFC 5280 §4.1.2.5.
    """
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment.astimezone(UTC)


def after(moment: datetime, length: timedelta) -> datetime:
    """Return an instant so much later; the last one there is where there is none."""
    return _LAST if length > _LAST - moment else moment + length


def _span(day: date, hours: SendHours, zone: tzinfo) -> tuple[datetime, datetime, int]:
    start, end = hours.start or time(), hours.end or time()
    last = day if end > start else day + timedelta(days=1)
    opens = datetime.combine(day, start, zone).astimezone(UTC)
    closes = datetime.combine(last, end, zone).astimezone(UTC)
    return opens, closes, day.weekday()
