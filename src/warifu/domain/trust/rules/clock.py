"""Whether a target's clock tells the time that others have.

Spec: RFC 5280 §6.1.1 (b): a path is judged at an instant, and whose instant it is decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from warifu.domain.findings import Code, Finding, Severity

TOLERATED = timedelta(seconds=60)  # TLS and PKIX count seconds; issuers back-date by minutes


def find_skew(subject: str, theirs: datetime, ours: datetime, *, told: str = "") -> Iterator[Finding]:
    """Yield a warning when a target's clock is more than a minute away from ours.

    Args:
        subject: whose clock it is; the time itself where nobody said whose.
        told: the option that gave the time; empty where the target was asked.
    """
    skew = abs(theirs - ours)
    if skew > TOLERATED:
        evidence = {"now": theirs, "skew": timedelta(seconds=round(skew.total_seconds()))}
        hint = {"hint": told} if told else {}
        yield Finding(Code.CLOCK_SKEWED, subject, {**evidence, **hint}, Severity.WARNING)
