"""When an owner who has not answered is reminded, and when the wait raises an alarm."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from warifu.domain.estate import Owner


class Reminder(StrEnum):
    """What a wait wants now."""

    NONE = "none"
    REMIND = "remind"
    ALARM = "alarm"


def reminders(owner: Owner, asked_at: datetime, last_reminded: datetime | None, now: datetime) -> Reminder:
    """Tell what a wait for an owner wants at `now`.

    A moment that falls due counts from its own second on. From the end of `answer_within` it is an
    alarm, every `remind_every` again, until somebody answers; nobody is reminded once that has begun.

    Args:
        asked_at: when the owner was first asked.
        last_reminded: when they were last reminded or alarmed about; None when never.
    """
    due = asked_at + owner.answer_within
    last = asked_at if last_reminded is None else last_reminded
    if now >= due:
        return Reminder.ALARM if last < due or now >= last + owner.remind_every else Reminder.NONE
    return Reminder.REMIND if now >= last + owner.remind_every else Reminder.NONE
