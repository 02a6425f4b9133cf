"""What a wave waits for, in words; plans keep it as a message key with what fills it after a space."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from warifu.domain.findings import Lang, say

_KEY = re.compile(r"[a-z]+\.[a-z-]+")
_SPAN = re.compile(r"(\d+)([dhms])")
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_OPENING = re.compile(r"(?P<windows>.+) \((?P<opens>\S+T\S+) - (?P<closes>\S+T\S+)\)")


def is_remark(wait: str) -> bool:
    """Tell whether nothing is waited for: it is only said what goes on meanwhile."""
    return wait == "rotation.wait-sessions"


def say_wait(wait: str, lang: Lang) -> str:
    """Return a wait of a wave as a sentence; what is no key of a message is returned as it is."""
    key, _, detail = wait.partition(" ")
    if not _KEY.fullmatch(key):
        return wait
    opening = _OPENING.fullmatch(detail)
    if opening is not None:
        opens, closes = (datetime.fromisoformat(opening[name]) for name in ("opens", "closes"))
        return say("rotation.wait-window-next", lang, windows=opening["windows"], opens=opens, closes=closes)
    span = _SPAN.fullmatch(detail)
    if span is not None:
        detail = length(timedelta(**{_UNITS[span[2]]: int(span[1])}), lang)
    return say(key, lang, detail=detail)


def length(span: timedelta, lang: Lang) -> str:
    """Return a span in words: days, hours and minutes, minutes and seconds, or seconds and tenths."""
    seconds = int(span.total_seconds())
    if seconds < 60:
        tenths = round(span.total_seconds(), 1)
        return say("papers.seconds", lang, seconds=f"{tenths:g}")
    if seconds >= 2 * 86400 and seconds % 86400 == 0:
        return say("papers.days", lang, days=seconds // 86400)
    if seconds >= 3600:
        return say("papers.hours", lang, hours=seconds // 3600, minutes=seconds % 3600 // 60)
    return say("papers.minutes", lang, minutes=seconds // 60, seconds=seconds % 60)
