"""A backup is put back exactly, and what is as it was is left alone."""

from __future__ import annotations

from pathlib import Path

from warifu.adapters.hosts.local import LocalHost
from warifu.ports.changes import (
    Fence,
    PointLink,
    WriteFile,
)
from warifu.workflows.backups import back_up, find_differences, restoring


def test_only_what_changed_is_written_again(tmp_path: Path) -> None:
    """On a full disk nothing could be written over a file that is as it was: bytes, mode and link count."""
    host, fence = LocalHost(), Fence(f"{tmp_path}/fence", "j", 1)
    same, other, mode, link = (tmp_path / name for name in ("same", "other", "mode", "link"))
    for path in (same, other, mode):
        path.write_bytes(b"old")
        path.chmod(0o644)
    link.symlink_to("same")
    paths = (same, other, mode, link)
    backup = back_up(host, "web/tls", [host.read(str(p)) for p in paths], f"{tmp_path}/backup", fence)
    assert () == restoring(host, backup)
    other.write_bytes(b"new")
    mode.chmod(0o600)
    link.unlink()
    link.symlink_to("other")
    operations = restoring(host, backup)
    assert [str(other), str(mode), str(link)] == [
        one.path for one in operations if isinstance(one, (WriteFile, PointLink))
    ]
    host.change(operations, fence)
    assert () == find_differences(host, backup)
    assert () == restoring(host, backup)
