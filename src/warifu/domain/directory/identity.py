"""A node's own identity: current and next, so that a renewal has no gap.

The next one is asked for well before the current one ends, and taken up only once it was used. When to ask is drawn
once, by whoever issues, and kept: a time drawn at each look would never come.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from warifu.domain.x509 import Certificate

GRACE = timedelta(days=30)
"""How long after its end an identity may still be renewed by its key alone; later a new token is needed."""
_RETRY = timedelta(minutes=1)
_MOST_BETWEEN = timedelta(hours=1)


class IdentityStep(StrEnum):
    """What a node does about its identity now."""

    KEEP = "keep"
    ASK_NEXT = "ask-next"  # the current one is old enough: ask for the next
    TRY_NEXT = "try-next"  # the next one is here: use it, and keep it when it works
    ASK_EXPIRED = "ask-expired"  # the current one is over: ask by its key alone
    JOIN_AGAIN = "join-again"  # it is over for too long, or there is none


def decide_identity(
    current: Certificate | None,
    following: Certificate | None,
    renew_at: datetime | None,
    *,
    now: datetime,
    asked: datetime | None = None,
) -> IdentityStep:
    """Return what is due.

    Args:
        renew_at: when to ask for the next, as whoever issued said; None asks at once.
        asked: when it was last asked for in vain: it is not asked again at once.
    """
    if following is not None and following.not_before <= now <= following.not_after:
        return IdentityStep.TRY_NEXT
    if current is None or now > current.not_after + GRACE:
        return IdentityStep.JOIN_AGAIN
    pause = pause_after(current, renew_at, now)
    if asked is not None and asked <= now < asked + pause:
        return IdentityStep.KEEP
    if now > current.not_after:
        return IdentityStep.ASK_EXPIRED
    return IdentityStep.ASK_NEXT if renew_at is None or now >= renew_at else IdentityStep.KEEP


def pause_after(current: Certificate, renew_at: datetime | None, now: datetime) -> timedelta:
    """Return how long to wait after asking in vain: a twentieth of what is left, a minute to an hour."""
    left = current.not_after - max(now, renew_at or now)
    return min(max(left / 20, _RETRY), _MOST_BETWEEN)


def renewal_time(not_before: datetime, not_after: datetime, chance: float) -> datetime:
    """Return when to ask for the next identity: between half and two thirds of its life.

    Args:
        chance: drawn once by whoever issues, from 0 up to 1: nodes that joined together do not come together.
    """
    life = not_after - not_before
    return not_before + life / 2 + life / 6 * chance
