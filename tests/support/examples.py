"""How many examples Hypothesis tries: each test says how many are usual, a profile how many times that.

HYPOTHESIS_PROFILE=nightly ./run test tests/property      (dev, ci or nightly; ci where CI is set, else dev)
"""

from __future__ import annotations

import os
from collections.abc import Collection

from hypothesis import HealthCheck, settings

FACTORS = {"dev": 0.5, "ci": 1.0, "nightly": 40.0}
"""Times the usual number."""

PROFILE = os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev")
LEAST = 10


def examples(usual: int, *, suppress_health_check: Collection[HealthCheck] = ()) -> settings:
    """Return settings for a test that tries so many examples as a rule; a slow machine fails none of them."""
    count = max(LEAST, round(usual * FACTORS[PROFILE]))
    return settings(max_examples=count, deadline=None, suppress_health_check=suppress_health_check)
