"""How long something still lasts, in words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from warifu.domain.findings import Code, Finding, Lang, title
from warifu.domain.findings.text import rough

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("length", "en", "ja"),
    [
        (timedelta(days=30, hours=7), "30 days", "30 日"),
        (48 * HOUR, "2 days", "2 日"),
        (48 * HOUR - timedelta(seconds=1), "47 hours", "47 時間"),
        (HOUR, "1 hour", "1 時間"),
        (timedelta(minutes=59), "less than an hour", "1 時間未満"),
    ],
)
def test_days_and_hours_below_two_of_them(length: timedelta, en: str, ja: str) -> None:
    """Rounded down: nobody reads of more time than there is."""
    assert (en, ja) == (rough(length, Lang.EN), rough(length, Lang.JA))


def test_a_title_tells_hours_where_they_were_kept() -> None:
    """12 hours are not `0 days`."""
    ends = Finding(Code.EXPIRING, "CN=a", {"not_after": "x", "days": 0, "hours": 12})
    assert title(ends, Lang.EN).endswith(", in 12 hours.")
    assert "(残り 12 時間)" in title(ends, Lang.JA)


def test_what_an_earlier_release_kept_knows_days_alone() -> None:
    """A notice on record is shown all the same."""
    kept = Finding(Code.EXPIRING, "CN=a", {"not_after": "x", "days": 3})
    assert title(kept, Lang.EN).endswith(", in 3 days.")
    assert title(Finding(Code.EXPIRING, "CN=a", {"not_after": "x"}), Lang.EN).endswith(", in ?.")
