"""What a wave waits for is a sentence in the reader's language, without words of a program."""

from __future__ import annotations

from datetime import timedelta

import pytest

from warifu.domain.findings import Lang
from warifu.domain.rotation.waits import length, say_wait

OPENING = "rotation.wait-window night, noon (2026-06-02T01:00:00+00:00 - 2026-06-02T05:00:00+00:00)"


@pytest.mark.parametrize("lang", Lang)
def test_a_window_is_told_with_its_next_opening(lang: Lang) -> None:
    """Names, begin and end as times are written elsewhere; without an opening the names alone."""
    told = say_wait(OPENING, lang)
    shown = ("night, noon", "2026-06-02 01:00:00+00:00", "2026-06-02 05:00:00+00:00")
    assert [] == [value for value in shown if value not in told]
    assert [] == [word for word in ("rotation.", "T01", " - ") if word in told]
    assert say_wait("rotation.wait-window night, noon", lang).endswith(": night, noon")


def test_a_span_is_told_in_words() -> None:
    """Units stand in the reader's language."""
    wait = "rotation.wait-sessions-for 90m"
    assert "it begins 1 h 30 min after" in say_wait(wait, Lang.EN)
    assert "1 時間 30 分後" in say_wait(wait, Lang.JA)
    assert "90 日" in say_wait("rotation.wait-sessions-for 90d", Lang.JA)


def test_what_is_no_key_is_shown_as_it_is() -> None:
    """A later version may write what this one cannot say."""
    assert "until Tuesday (morning)" == say_wait("until Tuesday (morning)", Lang.JA)


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (timedelta(seconds=1.5), "1.5 s"),
        (timedelta(seconds=90), "1 min 30 s"),
        (timedelta(days=1), "24 h 0 min"),
        (timedelta(days=2), "2 days"),
        (timedelta(days=2, minutes=1), "48 h 1 min"),
    ],
)
def test_a_length_is_said_in_the_unit_that_fits(span: timedelta, expected: str) -> None:
    """Whole days from two on; nothing is rounded away above a minute."""
    assert expected == length(span, Lang.EN)
