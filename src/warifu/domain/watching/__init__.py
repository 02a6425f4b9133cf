"""Watching an estate: what is wrong, whom it concerns, and when they are told.

A look at the world becomes a `Sight`. Finders read causes out of it; a cause that is met for the first
time opens a notice, and each cause has one. A notice is told step by step (windows before an end, then
reminders), never twice for the same step. People acknowledge it until an instant; only a look that *saw*
the places concerned closes it: what could not be looked at proves nothing. Chance (jitter) is drawn when
a notice opens, and kept with it. Nothing here knows a clock, a channel or a file.
"""

from warifu.domain.watching.cause import Cause, Entry, Held, Kind, Sight, Standing
from warifu.domain.watching.find import FINDERS, Finder, find_causes
from warifu.domain.watching.foresee import foreseeing
from warifu.domain.watching.hours import next_allowed
from warifu.domain.watching.notices import (
    Acknowledged,
    Book,
    Decided,
    Notice,
    State,
    Told,
    decide,
    is_overtaken,
    remembering,
)

__all__ = [
    "FINDERS",
    "Acknowledged",
    "Book",
    "Cause",
    "Decided",
    "Entry",
    "Finder",
    "Held",
    "Kind",
    "Notice",
    "Sight",
    "Standing",
    "State",
    "Told",
    "decide",
    "find_causes",
    "foreseeing",
    "is_overtaken",
    "next_allowed",
    "remembering",
]
