"""One laboratory for every test of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.rotation_lab import Lab


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """Pool, engine and simulator, with what they remember."""
    made = Lab()
    yield made
    made.openssl.close()
