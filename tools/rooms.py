"""Whether the unit tests of each room of `domain` reach every branch of it: part of `./run check`.

    .venv/bin/python tools/rooms.py [ROOM ...]

For each folder of src/warifu/domain it runs tests/unit/domain/ROOM under coverage and compares with the floor
in pyproject.toml, table `tool.warifu.branch-coverage`. Other rooms' tests do not count. Exit code 1 when a room
is below its floor, has none, or has a test that fails; what is missing is listed by file and line.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Measured:
    """What one room's tests came to; `text` is for people."""

    room: str
    good: bool
    text: str


def main() -> int:
    """Measure the rooms that are named, or all."""
    floors = _floors()
    folders = {path.parent.name for path in ROOT.glob("src/warifu/domain/*/__init__.py")}
    unplaced = sorted(folders ^ set(floors))
    for room in unplaced:
        print(
            f"rooms: {room} is a folder of src/warifu/domain or has a floor in pyproject.toml, and not both"
        )
    wanted = sys.argv[1:] or sorted(folders & set(floors))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        measured = list(pool.map(lambda room: _measure(room, floors.get(room, 100)), wanted))
    for one in measured:
        print(one.text)
    return 0 if not unplaced and all(one.good for one in measured) else 1


def _floors() -> dict[str, float]:
    document = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    floors: dict[str, float] = document["tool"]["warifu"]["branch-coverage"]
    return floors


def _measure(room: str, floor: float) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        data = f"--data-file={folder}/coverage"
        tests = ["-m", "pytest", "-q", "-p", "no:cacheprovider", f"tests/unit/domain/{room}"]
        ran = _coverage(["run", data, "--branch", f"--source=src/warifu/domain/{room}", *tests])
        if ran.returncode:
            return Measured(
                room, good=False, text=f"rooms: the tests of {room} fail\n{ran.stdout}{ran.stderr}"
            )
        options = ["--precision=2", "--skip-covered", "--show-missing", f"--fail-under={floor}"]
        told = _coverage(["report", data, *options])
    if told.returncode:
        return Measured(room, good=False, text=f"rooms: {room} is below its floor of {floor}\n{told.stdout}")
    reached = next(line.split()[-1] for line in told.stdout.splitlines() if line.startswith("TOTAL"))
    return Measured(room, good=True, text=f"rooms: {room} {reached} (floor {floor})")


def _coverage(arguments: Iterable[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "coverage", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


if __name__ == "__main__":
    sys.exit(main())
