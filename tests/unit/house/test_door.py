"""`./run`: the one door."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
STUBS = {
    "no-venv": 'case "$*" in *ensurepip*) exit 1;; *) exit 0;; esac',
    "too-old": 'case "$*" in *version_info*) exit 1;; *) echo Python 3.9.2;; esac',
}


def door(tmp_path: Path, *arguments: str, python: str = "") -> subprocess.CompletedProcess[str]:
    """Call `./run` from another folder with a PATH that holds `dirname` and, perhaps, a python3."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "dirname").symlink_to("/usr/bin/dirname")
    if python:
        stub = programs / "python3"
        stub.write_text(f"#!/bin/sh\n{python}\n", "utf-8")
        stub.chmod(0o755)
    return subprocess.run(
        ["/bin/sh", str(ROOT / "run"), *arguments],
        cwd=tmp_path,
        env={"PATH": str(programs), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("python", "told"),
    [
        ("", "apt-get install python3 python3-venv"),
        (STUBS["no-venv"], "apt-get install python3-venv"),
        (STUBS["too-old"], "Python 3.11 or newer is needed; found Python 3.9.2"),
        ("exit 0", "apt-get install openssl"),
    ],
)
def test_what_is_missing_is_named_and_nothing_begins(tmp_path: Path, python: str, told: str) -> None:
    """The sentence names the Debian package, and the exit code is 2."""
    ran = door(tmp_path, "check", python=python)
    assert 2 == ran.returncode
    assert told in ran.stderr


def test_an_unknown_verb_is_refused(tmp_path: Path) -> None:
    """Wrong usage is 2 and points to help."""
    ran = door(tmp_path, "frobnicate")
    assert (2, "run: unknown verb 'frobnicate'; ./run help lists them\n") == (ran.returncode, ran.stderr)


def test_help_lists_every_verb(tmp_path: Path) -> None:
    """What the script knows, it tells, without needing anything."""
    text = (ROOT / "run").read_text("utf-8")
    verbs = re.findall(r"^    ([a-z]+)\)$", text, re.MULTILINE)
    assert {"demo", "test", "check", "bench", "rows", "docs"} <= set(verbs)
    source = re.search(r"<<'HELP'\n(.*?)\nHELP", text, re.DOTALL)
    assert source is not None
    assert [] == [verb for verb in verbs if f"./run {verb}" not in source[1]]


def test_lock_files_name_no_host() -> None:
    """The same lock file works with any mirror."""
    for name in ("requirements.lock", "requirements-dev.lock"):
        assert "://" not in (ROOT / name).read_text("utf-8")
        assert "--hash=sha256:" in (ROOT / name).read_text("utf-8")
