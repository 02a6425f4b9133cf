"""When a message may go."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from support.notices import SECOND
from support.pki import NOW
from warifu.domain.watching.message import Message, Sent, next_try

ONE = Message("k", "n", "first", "smtp", "a@b", "id", "s", "t", "{}", NOW)
MINUTE = timedelta(minutes=1)


def test_only_what_is_pending_and_not_put_off_may_go() -> None:
    """To the second."""
    later = replace(ONE, not_before=NOW)
    assert ONE.may_go(NOW)
    assert [False, True, True] == [later.may_go(NOW + late * SECOND) for late in (-1, 0, 1)]
    assert [False] * 4 == [replace(ONE, sent=sent).may_go(NOW) for sent in Sent if sent is not Sent.PENDING]


def test_each_wait_doubles_up_to_six_hours() -> None:
    """Five minutes first; a number of tries beyond any sense overflows nothing."""
    waits = [next_try(tries, NOW) - NOW for tries in (1, 2, 3, 7, 8, 10_000)]
    assert [5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 320 * MINUTE, 360 * MINUTE, 360 * MINUTE] == waits
