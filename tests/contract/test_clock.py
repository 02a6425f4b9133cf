"""What every implementation of the port `clock` promises."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from warifu.adapters.clock.system import SystemClock
from warifu.ports.clock import Clock

MOMENT = timedelta(milliseconds=5)


@pytest.fixture(params=[SystemClock])
def clock(request: pytest.FixtureRequest) -> Clock:
    made: Clock = request.param()
    return made


def test_now_is_utc_and_between_two_looks(clock: Clock) -> None:
    """The present instant knows its offset, zero."""
    before = datetime.now(UTC)
    now = clock.now()
    assert before <= now <= datetime.now(UTC)
    assert timedelta(0) == now.utcoffset()


def test_a_wait_ends_when_it_holds(clock: Clock) -> None:
    """It looks until the condition holds, then at once returns true."""
    looks = iter([False, False, True])
    assert clock.wait(lambda: next(looks), at_most=timedelta(seconds=30), every=MOMENT)
    assert [] == list(looks)


def test_a_wait_that_never_holds_ends_in_time(clock: Clock) -> None:
    """It looks at least at the beginning and at the end, and is false after `at_most`, not before."""
    looks: list[float] = []
    begun = time.monotonic()

    def never() -> bool:
        looks.append(time.monotonic())
        return False

    assert not clock.wait(never, at_most=MOMENT * 4, every=timedelta(hours=1))
    assert 2 <= len(looks)
    assert looks[-1] - begun >= (MOMENT * 4).total_seconds()
