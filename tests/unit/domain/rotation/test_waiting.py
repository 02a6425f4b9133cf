"""Owners are reminded, and silence becomes an alarm, each from its own second on."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from support.pki import DAY, NOW
from warifu.domain.estate import Owner
from warifu.domain.rotation.progress import Event, Happened
from warifu.domain.rotation.waiting import Reminder, reminders, waiting_since

OWNER = Owner("directory team", "dir@example", answer_within=7 * DAY, remind_every=DAY)
SECOND = timedelta(seconds=1)
NONE, REMIND, ALARM = Reminder.NONE, Reminder.REMIND, Reminder.ALARM


@pytest.mark.req("X-13")
@pytest.mark.parametrize(
    ("due", "last", "before", "after"),
    [
        (NOW + DAY, None, NONE, REMIND),
        (NOW + (3 * DAY), NOW + (2 * DAY), NONE, REMIND),
        (NOW + (7 * DAY), NOW + (6.5 * DAY), NONE, ALARM),
        (NOW + (7 * DAY), None, REMIND, ALARM),
        (NOW + (8 * DAY), NOW + (7 * DAY), NONE, ALARM),
    ],
    ids=["first reminder", "next reminder", "alarm", "alarm after silence", "alarm again"],
)
def test_each_boundary_counts_from_its_own_second(
    due: datetime, last: datetime | None, before: Reminder, after: Reminder
) -> None:
    """One second before a moment it has not come; at it and one second later it has."""
    seen = [reminders(OWNER, NOW, last, due + shift) for shift in (-SECOND, 0 * SECOND, SECOND)]
    assert [before, after, after] == seen


def test_nothing_is_due_at_the_moment_of_asking() -> None:
    """The question itself is the first reminder."""
    assert NONE is reminders(OWNER, NOW, None, NOW)


def test_one_alarm_is_raised_at_the_end_even_if_just_reminded() -> None:
    """A reminder a minute before the deadline does not put the alarm off."""
    end = NOW + (7 * DAY)
    assert ALARM is reminders(OWNER, NOW, end - timedelta(minutes=1), end)
    assert NONE is reminders(OWNER, NOW, end, end + SECOND)


def test_a_wait_lasts_from_its_first_word_until_something_is_done() -> None:
    """A changed detail and a reminder go on with the same wait; a stop, a new try and an end are no wait any more."""

    def events(*kinds: Happened) -> list[Event]:
        return [Event(NOW + number * DAY, kind, "s") for number, kind in enumerate(kinds)]

    waiting = Happened.WAITING
    assert NOW == waiting_since(events(waiting, Happened.REMINDED, waiting))
    for ending in (Happened.STOPPED, Happened.INTENDED, Happened.DONE):
        assert waiting_since(events(waiting, ending)) is None
        assert NOW + 2 * DAY == waiting_since(events(waiting, ending, waiting))
    assert waiting_since([]) is None
