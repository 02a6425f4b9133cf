"""The demo, whole: a root CA leaves a living estate, and no handshake fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from demo.pace import BUSY, PROMISED_RATE
from demo.shape import SHOP

pytestmark = pytest.mark.enable_socket
ROOT = Path(__file__).resolve().parent.parent.parent


def test_the_demo_keeps_its_promises(tmp_path: Path) -> None:
    """The naive way loses handshakes; Warifu's loses none, shows old and new leaf everywhere, and takes under two minutes."""
    done = subprocess.run(
        [sys.executable, "-m", "demo.run", "--json", "--lang", "ja"],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    said = json.loads(done.stdout)
    assert ([], 0) == (said["not_as_promised"], done.returncode), done.stderr
    assert said["naive"]["failed"] > 0
    assert 0 == said["warifu"]["failed"]
    assert [] == said["old_root_in"]
    connections = said["warifu"]["connections"]
    assert set(SHOP.links) == set(connections)
    assert {2} == {len(each["leaves"]) for each in connections.values()}
    assert all(each["per_second"] >= PROMISED_RATE for each in connections.values()) or (
        said["processors_idle"] < BUSY and said["remarks"]
    ), "a pace below the promise, on a machine that had time for it"
    assert said["seconds"] < 120 or said["processors_idle"] < BUSY
    assert [] == list(tmp_path.iterdir())
