"""When an owner who has not answered is reminded, and when the wait raises an alarm."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from warifu.domain.estate import Owner
from warifu.domain.rotation.progress import Event, Happened


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


def waiting_since(events: Iterable[Event]) -> datetime | None:
    """Return when the wait that a step's events end in began; None when they end in none.

    A wait whose details change (another address, another process) is the same wait: its owner was asked once.
    """
    since: datetime | None = None
    for event in events:
        if event.kind is Happened.WAITING:
            since = since or event.at
        elif event.kind in (Happened.INTENDED, Happened.STOPPED, Happened.DONE):
            since = None
    return since
