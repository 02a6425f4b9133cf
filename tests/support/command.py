"""Warifu as a person types it, in a folder."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from support.source import ROOT


@dataclass(frozen=True)
class Ran:
    """A command of Warifu that ended."""

    code: int
    out: str
    err: str


def argv(*arguments: str) -> list[str]:
    """Return how a command is started."""
    return [sys.executable, "-m", "warifu", *arguments]


def environment() -> dict[str, str]:
    """Return the environment of every command of Warifu."""
    paths = os.pathsep.join(str(ROOT / name) for name in ("src", "tests", "."))
    return os.environ | {"PYTHONPATH": paths, "WARIFU_LANG": "en", "PYTHONUNBUFFERED": "1"}


def run_warifu(*arguments: str, folder: Path, seconds: float) -> Ran:
    """Run a command to its end."""
    done = subprocess.run(
        argv(*arguments),
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)
