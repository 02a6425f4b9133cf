"""Test vectors of other projects that lie beside the checkout, not in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


def vector(name: str) -> Path:
    """The file of this name, in the folder WARIFU_VECTORS names or in ../shared/vectors; skips where there is none."""
    named = os.environ.get("WARIFU_VECTORS")
    folder = Path(named) if named else ROOT.parent / "shared" / "vectors"
    if not (folder / name).exists():
        pytest.skip(f"{name} is not in {folder}; set WARIFU_VECTORS to the folder that holds it")
    return folder / name
