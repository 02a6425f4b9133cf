"""What a node that people reach refuses: every look but at its listings, and every change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from warifu.adapters.hosts.by_hand import ByHandHost
from warifu.errors import CouldNotLookError, RefusedError
from warifu.ports.changes import (
    Fence,
    Host,
    MakeFolder,
    Remove,
    WriteFile,
)

LOOKS: dict[str, Callable[[Host], object]] = {
    "an absolute path": lambda host: host.read("/etc/hostname"),
    "a folder": lambda host: host.names("/etc"),
    "a folder of listings": lambda host: host.names("."),
    "a command": lambda host: host.run(["true"]),
    "its processes": lambda host: host.look(),
}


@pytest.mark.parametrize("look", LOOKS)
def test_what_is_out_of_sight_is_no_empty_answer(look: str, tmp_path: Path) -> None:
    """Nobody looked, which is said by name: it is neither absent nor empty."""
    with pytest.raises(CouldNotLookError, match=r"hosts\.by-hand-out-of-sight") as refused:
        LOOKS[look](ByHandHost("box", str(tmp_path)))
    assert "box" == refused.value.values["host"]


def test_without_listings_nothing_is_read() -> None:
    """A relative path means a listing, and there are none: this machine's files are not taken for them."""
    with pytest.raises(CouldNotLookError, match=r"hosts\.by-hand-out-of-sight"):
        ByHandHost("box").read("estate.toml")


def test_nothing_is_changed_there_nor_here(tmp_path: Path, fence: Fence) -> None:
    """Every operation is refused as one, no file of this machine is touched, and no fence is made."""
    (tmp_path / "kept").write_bytes(b"kept")
    operations = (
        MakeFolder(str(tmp_path / "new"), 0o755, ""),
        WriteFile("listing.pem", b"x", 0o644, ""),
        Remove(str(tmp_path / "kept")),
    )
    with pytest.raises(RefusedError, match=r"io\.host-by-hand"):
        ByHandHost("box", str(tmp_path)).change(operations, fence)
    assert ["kept"] == [path.name for path in tmp_path.iterdir()]


def test_it_has_no_fence_to_release(tmp_path: Path, fence: Fence) -> None:
    """A rollout that ends there leaves nothing and needs nothing."""
    ByHandHost("box", str(tmp_path)).release(fence)
    assert [] == list(tmp_path.iterdir())
