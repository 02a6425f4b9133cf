"""The naive way loses handshakes on the demo's estate, and ends in the goal state all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo import naive
from demo.estate import Estate, make_old_pki
from demo.figures import count
from demo.loading import fingerprints
from demo.shape import SHOP

pytestmark = pytest.mark.enable_socket


def test_swapping_everything_at_once_loses_handshakes(tmp_path: Path) -> None:
    """Between the first and the last reload connections fail; afterwards every one shows its new leaf."""
    original, old = Estate(tmp_path / "original", SHOP), make_old_pki()
    original.write_files(old)
    copy = original.copy_to(tmp_path / "copy")
    copy.start()
    try:
        copy.wait_until_busy()
        before, told = copy.leaves(), list[str]()
        assert 0 == count(copy.logs).failed
        naive.swap_everything(copy, old, told=told.append)
        copy.wait_until_busy()
        figures = count(copy.logs)
        assert list(SHOP.processes) == told
        assert figures.failed > 0
        assert [] == copy.trusting(fingerprints(old.root.pem)[0])
        assert all(
            [before[name], leaf] == list(figures.connections[name].leaves)
            for name, leaf in copy.leaves().items()
        )
    finally:
        copy.stop()
    assert original.leaves() == before  # the copy is a copy
