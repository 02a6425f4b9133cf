"""A node's own identity: current and next."""

from __future__ import annotations

from datetime import timedelta

import pytest

from support.pki import NOW, make_ca
from warifu.domain.directory.identity import GRACE, IdentityStep, decide_identity, pause_after, renewal_time

CA = make_ca("Agents")
DAY = timedelta(days=1)
CURRENT = CA.leaf("web-1", start=NOW - DAY, end=NOW + DAY).value
NEXT = CA.leaf("web-1", start=NOW, end=NOW + 3 * DAY).value


@pytest.mark.parametrize(
    ("expected", "hours"),
    [
        (IdentityStep.KEEP, -1),
        (IdentityStep.ASK_NEXT, 0),
        (IdentityStep.ASK_NEXT, 23),
        (IdentityStep.ASK_EXPIRED, 25),
    ],
)
def test_the_next_identity_is_asked_for_in_time(expected: IdentityStep, hours: int) -> None:
    """At the time that was drawn; and by the key alone once the current one is over."""
    now = NOW + timedelta(hours=hours)
    assert expected is decide_identity(CURRENT, None, NOW, now=now)


def test_it_is_not_asked_for_again_at_once() -> None:
    """A server that is down is asked again after a while, sooner when the end is near."""
    assert IdentityStep.KEEP is decide_identity(CURRENT, None, NOW, now=NOW + DAY / 48, asked=NOW)
    assert IdentityStep.ASK_NEXT is decide_identity(CURRENT, None, NOW, now=NOW + DAY / 12, asked=NOW)
    assert timedelta(hours=1) == pause_after(CURRENT, NOW, NOW)
    assert timedelta(minutes=1) == pause_after(CURRENT, NOW, NOW + DAY)
    assert IdentityStep.ASK_NEXT is decide_identity(CURRENT, None, None, now=NOW - timedelta(hours=2))


def test_a_clock_that_was_set_back_does_not_stop_it() -> None:
    """Asked in the future: that is no reason to wait."""
    assert IdentityStep.ASK_NEXT is decide_identity(CURRENT, None, NOW, now=NOW, asked=NOW + DAY)


def test_the_next_identity_is_tried_when_it_is_here_and_valid() -> None:
    """One that is not yet valid waits."""
    assert IdentityStep.TRY_NEXT is decide_identity(CURRENT, NEXT, NOW, now=NOW)
    assert IdentityStep.KEEP is decide_identity(CURRENT, NEXT, NOW, now=NOW - timedelta(hours=1))


def test_what_is_over_for_too_long_needs_a_new_token() -> None:
    """As does a node that never joined."""
    assert IdentityStep.ASK_EXPIRED is decide_identity(CURRENT, None, NOW, now=CURRENT.not_after + GRACE)
    late = CURRENT.not_after + GRACE + timedelta(seconds=1)
    assert IdentityStep.JOIN_AGAIN is decide_identity(CURRENT, None, NOW, now=late)
    assert IdentityStep.JOIN_AGAIN is decide_identity(None, None, None, now=NOW)


def test_nodes_that_joined_together_do_not_come_back_together() -> None:
    """Chance is drawn once, by who issues."""
    assert NOW + DAY / 2 == renewal_time(NOW, NOW + DAY, 0.0)
    assert NOW + DAY * 7 / 12 == renewal_time(NOW, NOW + DAY, 0.5)
