"""Every test of domain runs under the audit hook."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.purity import WATCH


@pytest.fixture(autouse=True)
def touches_nothing() -> Iterator[None]:
    """Domain code that opens, dials or starts something fails its test, even where it swallows the objection."""
    WATCH.seen.clear()
    WATCH.on = True
    yield
    WATCH.on = False
    assert [] == WATCH.seen
