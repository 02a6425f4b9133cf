"""Folders for sockets: of one process alone, and cleared away once nobody holds them."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from warifu.adapters.hosts.private_folder import PrivateFolder

HOLDING = """
import sys, time
from warifu.adapters.hosts.private_folder import PrivateFolder
print(PrivateFolder().path, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def base(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder for passing files; short, because a socket's path must be."""
    folder = Path(tempfile.mkdtemp(prefix="w-", dir="/tmp"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    yield folder
    shutil.rmtree(folder)


def test_what_a_killed_process_left_is_cleared_by_the_next_one(base: Path) -> None:
    """While it lives its folder stays; killed, it left a socket behind, and the next one takes both away."""
    other = subprocess.Popen(
        [sys.executable, "-c", HOLDING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdin is not None
    assert other.stdout is not None
    held = Path(other.stdout.readline().strip())
    (held / "ssh").touch()
    mine = PrivateFolder()
    assert {held, Path(mine.path)} == set(base.iterdir())
    other.send_signal(signal.SIGKILL)
    other.wait()
    other.stdin.close()
    other.stdout.close()
    next_one = PrivateFolder()
    assert {mine.path, next_one.path} == {str(path) for path in base.iterdir()}
    mine.remove()
    next_one.remove()
    assert [] == list(base.iterdir())


def test_what_others_put_there_stays(base: Path) -> None:
    """Another name, a file or a link of that name: not ours to take away."""
    (base / "warifu-kept").mkdir()
    (base / "warifu-ssh-file").touch()
    (base / "elsewhere").mkdir()
    (base / "warifu-ssh-link").symlink_to("elsewhere")
    PrivateFolder().remove()
    assert {"warifu-kept", "warifu-ssh-file", "elsewhere", "warifu-ssh-link"} == {
        p.name for p in base.iterdir()
    }


def test_a_folder_is_private_and_a_long_path_is_passed_over(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mode 0700; a runtime folder whose sockets would have no room is not used."""
    long = base / ("x" * 40)
    long.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(long))
    monkeypatch.setattr(tempfile, "tempdir", str(base))
    folder = PrivateFolder()
    assert base == Path(folder.path).parent
    assert 0o700 == Path(folder.path).stat().st_mode & 0o777
    folder.remove()
