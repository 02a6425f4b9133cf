"""When people may be written to, by the wall clock where they live."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from warifu.domain.estate.watch_spec import SendHours

_AHEAD = 9  # days: a week, the day before, and one that a change of clocks may swallow


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
    today = moment.astimezone(zone).date()
    spans = (_span(today + timedelta(days=ahead), hours, zone) for ahead in range(-1, _AHEAD))
    return min(
        max(moment.astimezone(UTC), opens)
        for opens, closes, weekday in spans
        if weekday in hours.weekdays and max(moment, opens) < closes
    )


def end_of_day(day: date, zone: tzinfo) -> datetime:
    """Return the instant (UTC) at which a day of a zone is over."""
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


def _span(day: date, hours: SendHours, zone: tzinfo) -> tuple[datetime, datetime, int]:
    start, end = hours.start or time(), hours.end or time()
    last = day if end > start else day + timedelta(days=1)
    opens = datetime.combine(day, start, zone).astimezone(UTC)
    closes = datetime.combine(last, end, zone).astimezone(UTC)
    return opens, closes, day.weekday()
