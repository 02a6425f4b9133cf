"""What people, disks and strangers can do to the command line: a clear error, the right exit code, nothing changed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from support.command import Ran, environment
from support.pki import make_ca

ESTATE = """
[estate]
name = "paper"

[nodes.here]

[services.app]
node = "here"
target = "files"
consumer = "openssl"
loading = "each-use"

[services.app.trusts.up]
store = "app-cas"
anchors = "up.pem"

[trust-stores.app-cas]
"""
FINE, FINDINGS, USAGE, REFUSED, BLIND = 0, 1, 2, 3, 5
NOW = datetime.now(UTC).replace(microsecond=0)


def warifu(folder: Path, *arguments: str, before: tuple[str, ...] = ()) -> Ran:
    """Run a command; whatever happens, no traceback and no apology for a fault of ours is shown."""
    done = subprocess.run(
        [*before, sys.executable, "-m", "warifu", *arguments],
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert "fault of warifu" not in done.stderr, done.stderr
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    """An estate of one trust store, and a new root to put into it."""
    (tmp_path / "estate.toml").write_text(ESTATE, encoding="utf-8")
    (tmp_path / "up.pem").write_bytes(make_ca("Old", now=NOW).pem)
    (tmp_path / "new.pem").write_bytes(make_ca("New", now=NOW).pem)
    return tmp_path


def plan(folder: Path) -> str:
    """Plan an anchor's addition and return the digest."""
    ran = warifu(folder, "plan", "add-anchor", "new.pem")
    assert FINE == ran.code, ran.out + ran.err
    return str(json.loads((folder / "plan.json").read_text(encoding="utf-8"))["digest"])


def test_every_mistake_of_an_estate_file_is_told_with_its_line(paper: Path) -> None:
    """One run names them all: an unknown key, a wrong word, a reference to nothing, a bad address, a bad date."""
    lines = [
        "[estate]",
        'name = "paper"',
        "[nodes.here]",
        'colour = "blue"',  # 4
        "[services.app]",
        'node = "there"',  # 6
        'target = "apache"',  # 7
        'addresses = ["127.0.0.1:99999"]',  # 8
        "[services.app.trusts.up]",
        'store = "none"',  # 10
        "anchors = 7",  # 11
        "[[waivers]]",
        'subject = "app"',
        'by = "x"',
        'reason = "y"',
        'expires = "tomorrow"',  # 16
    ]
    (paper / "estate.toml").write_text("\n".join(lines), encoding="utf-8")
    ran = warifu(paper, "estate", "check")
    assert USAGE == ran.code
    told = {int(line.split(":")[1]) for line in ran.err.splitlines() if line.startswith("./estate.toml:")}
    assert set() == {4, 6, 7, 8, 10, 11, 16} - told, ran.err


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (bytes(range(128, 256)) * 40, "UTF-8"),
        (b"\x00\x01[estate]", "TOML"),
        (b"[estate", "TOML"),
        (b"\xff\xfe[\x00e\x00", "UTF-8"),
    ],
)
def test_a_file_that_is_no_estate_is_named(paper: Path, data: bytes, word: str) -> None:
    """Binary or broken text: the file and the line are told."""
    (paper / "estate.toml").write_bytes(data)
    ran = warifu(paper, "estate", "check")
    assert (USAGE, True) == (ran.code, word in ran.err)
    assert "estate.toml:1" in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("estate", "check", "--estate", "none.toml"),
        ("plan", "add-anchor", "none.pem"),
        ("plan", "add-anchor", "estate.toml"),
        ("apply", "none.json"),
        ("apply", "estate.toml"),
        ("rollout", "resume"),
        ("rollout", "show", "none"),
        ("request", "show", "none"),
        ("request", "deliver", "none.pem"),
        ("plan", "rollback"),
    ],
)
def test_what_is_not_there_is_named_and_nothing_is_made(paper: Path, arguments: tuple[str, ...]) -> None:
    """Missing and wrong files: exit code 2 or 5, a sentence, and the folder stays as it was."""
    before = sorted(path.name for path in paper.iterdir())
    ran = warifu(paper, *arguments)
    assert ran.code in (USAGE, BLIND), ran.out + ran.err
    assert ran.err.strip()
    assert before == sorted(path.name for path in paper.iterdir())


def test_a_plan_counts_as_it_was_approved_or_not_at_all(paper: Path) -> None:
    """Edited, of another estate, not approved, too old: refused, and nothing is changed."""
    digest = plan(paper)
    store = (paper / "up.pem").read_bytes()
    text = (paper / "plan.json").read_text(encoding="utf-8")
    (paper / "edited.json").write_text(text.replace('"paper"', '"paper "'), encoding="utf-8")
    (paper / "other.toml").write_text(ESTATE.replace('"paper"', '"other"'), encoding="utf-8")
    tried = {
        "edited": ("apply", "edited.json", "--approve", digest),
        "other": ("apply", "plan.json", "--approve", digest, "--estate", "other.toml"),
        "another digest": ("apply", "plan.json", "--approve", "0" * 64),
        "nobody": ("apply", "plan.json"),
    }
    assert dict.fromkeys(tried, REFUSED) == {name: warifu(paper, *argv).code for name, argv in tried.items()}
    assert store == (paper / "up.pem").read_bytes()
    assert "No rollout yet" in warifu(paper, "rollout", "show").out


def test_a_journal_that_cannot_be_used_stops_before_anything_is_touched(paper: Path) -> None:
    """Not SQLite, a folder, no folder: exit code 5 and the path; the store stays."""
    digest = plan(paper)
    store = (paper / "up.pem").read_bytes()
    journal = paper / ".warifu/journal.sqlite"

    def text() -> None:
        journal.parent.mkdir()
        journal.write_bytes(b"this is a text of some length, and no database at all")

    def folder() -> None:
        journal.mkdir(parents=True)

    def no_folder() -> None:
        journal.parent.write_text("a file where the folder should be", encoding="ascii")

    for spoil in (text, folder, no_folder):
        spoil()
        ran = warifu(paper, "apply", "plan.json", "--approve", digest)
        assert (BLIND, True) == (ran.code, "journal.sqlite" in ran.err), ran.err
        assert store == (paper / "up.pem").read_bytes()
        if journal.parent.is_dir():
            shutil.rmtree(journal.parent)
        else:
            journal.parent.unlink()


@pytest.mark.root
def test_folders_that_may_not_be_read_or_written_are_named(paper: Path) -> None:
    """Somebody without rights: what may not be read is no empty list, what may not be written is no plan."""
    if os.geteuid() != 0:
        pytest.skip("needs root to become somebody else")
    nobody = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
    for folder in (paper, *paper.parents):
        if folder != Path("/") and folder.owner() == "root":
            folder.chmod(folder.stat().st_mode | 0o055)
    ran = warifu(paper, "plan", "add-anchor", "new.pem", before=nobody)
    assert (BLIND, True) == (ran.code, "plan.json" in ran.err), ran.out + ran.err
    assert not (paper / "plan.json").exists()
    digest = plan(paper)
    done = warifu(paper, "apply", "plan.json", "--approve", digest)
    assert FINE == done.code, done.out + done.err
    (paper / ".warifu").chmod(0o700)
    blind = warifu(paper, "rollout", "show", before=nobody)
    assert (BLIND, True) == (blind.code, ".warifu" in blind.err), blind.out + blind.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_verb_that_is_interrupted_leaves_without_a_trace(paper: Path, number: signal.Signals) -> None:
    """Ctrl-C and SIGTERM in a look that never ends: 128 plus the signal, one sentence, no file."""
    os.mkfifo(paper / "pipe")
    before = sorted(path.name for path in paper.iterdir())
    program = subprocess.Popen(
        [sys.executable, "-m", "warifu", "plan", "add-anchor", "pipe"],
        cwd=paper,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert program.stdout is not None
        assert "Looking" in program.stdout.readline()
        program.send_signal(number)
        _, err = program.communicate(timeout=60)
    finally:
        program.kill()
        program.wait()
    assert 128 + number == program.returncode, err
    assert ("Traceback" not in err, before) == (True, sorted(path.name for path in paper.iterdir()))


def test_ctrl_c_while_code_is_made_is_told_as_130(tmp_path: Path) -> None:
    """Python would end itself by SIGINT if a plain KeyboardInterrupt had left an `exec`, as in making a dataclass."""
    (tmp_path / "interrupted.py").write_text(
        "import os, signal, sys\n"
        "import warifu.apps.cli.main as main\n"
        "def invoked(root, arguments):\n"
        "    exec('os.kill(os.getpid(), signal.SIGINT)\\nfor _ in range(10**6): pass')\n"
        "main._invoke = invoked\n"
        "sys.exit(main.run(['check', 'x']))\n"
    )
    paths = os.pathsep.join((str(tmp_path), environment()["PYTHONPATH"]))
    ran = subprocess.run(
        [sys.executable, "-m", "interrupted"],
        env=environment() | {"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (130, "Stopped.") == (ran.returncode, ran.stderr.strip())
