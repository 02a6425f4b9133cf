"""Orders that would do harm, or nothing, are refused with the reason."""

from __future__ import annotations

import os
import signal
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from support.command import Ran, argv, environment, run_warifu
from support.pki import make_ca

NOW = datetime.now(UTC).replace(microsecond=0)
ROOT = make_ca("Root", now=NOW)
WEB = ROOT.leaf("web.example", now=NOW)
OLD = ROOT.leaf("old.example", now=NOW, expired=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "anchors.pem").write_bytes(ROOT.pem)
    (tmp_path / "web.pem").write_bytes(WEB.pem)
    (tmp_path / "list").write_text("web.pem\n")
    return tmp_path


def run(folder: Path, *arguments: str) -> Ran:
    return run_warifu(*arguments, folder=folder, seconds=120)


def test_only_a_file_is_replaced(folder: Path) -> None:
    """A pipe, a device and links to them stay what they are; a link to a file stays, and the file is replaced."""
    os.mkfifo(folder / "pipe")
    (folder / "to-pipe").symlink_to("pipe")
    (folder / "to-null").symlink_to("/dev/null")
    for name in ("pipe", "to-pipe", "to-null"):
        ran = run(folder, "pack", "web.pem", "--form", "leaf", "--out", name, "--replace")
        assert (2, True) == (ran.code, f"{name} is a folder, a device, a pipe or a socket" in ran.err), ran
    assert (folder / "pipe").is_fifo()
    assert Path("/dev/null").is_char_device()
    (folder / "there.pem").write_text("mine")
    (folder / "link").symlink_to("there.pem")
    assert 0 == run(folder, "pack", "web.pem", "--form", "leaf", "--out", "link", "--replace").code
    assert (True, WEB.pem) == ((folder / "link").is_symlink(), (folder / "there.pem").read_bytes())


def test_a_file_is_not_called_dash(folder: Path) -> None:
    """`--out -` is no file of that name."""
    ran = run(folder, "pack", "web.pem", "--form", "leaf", "--out", "-")
    assert (2, True, False) == (ran.code, "standard output" in ran.err, (folder / "-").exists())


def test_an_expired_leaf_is_packed_with_a_word(folder: Path) -> None:
    """What has ended is written as it was asked for, and told."""
    (folder / "old.pem").write_bytes(OLD.pem)
    ran = run(folder, "pack", "old.pem", "--form", "leaf", "--out", "out.pem")
    assert (0, True) == (ran.code, "CN=old.example expired at" in ran.out)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("check", "web.pem", "--pool", "absent"), "--pool changes nothing here"),
        (("check", "web.pem", "--jobs", "5"), "--jobs changes nothing here"),
        (("check", "web.pem", "--parallel", "7"), "--parallel changes nothing here"),
        (("check", "web.pem", "--replace"), "--replace changes nothing here"),
        (("check", "--list", "list", "--replace"), "--replace changes nothing here"),
        (("check", "web.pem", "--target-clock", "foo"), "--target-clock"),
        (("watch", "once", "--estate", "e.toml", "--anchors", "absent"), "--anchors changes nothing here"),
        (("watch", "once", "--list", "list", "--estate", "e.toml"), "do not go together"),
        (("watch", "ack", "x", "--until", "y", "--by", "me", "--reason", "z", "--list", "list"), "--until"),
        (("renewal", "csr", "anchors.pem"), "no DNS name or address to ask for again"),
        (("renewal", "forecast", "web.pem", "--issuer", "list"), "line 1 is not TOML"),
    ],
)
def test_what_would_be_ignored_is_refused(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    """Nothing that somebody typed goes for nothing, and the option that is wrong is named."""
    ran = run(folder, *arguments)
    assert (2, True) == (ran.code, said in ran.err), ran
    assert "`?`" not in ran.err


def test_a_link_to_nowhere_is_called_so(folder: Path) -> None:
    """It is there; what it leads to is not."""
    (folder / "gone").symlink_to("nowhere")
    ran = run(folder, "check", "gone", "--anchors", "anchors.pem")
    assert (5, True) == (ran.code, "gone is a link to nowhere, and nothing is there" in ran.out)


def test_a_check_that_is_ended_speaks_of_no_rollout(folder: Path) -> None:
    """Who stops a look is told that it stopped: there is nothing to go on with."""
    os.mkfifo(folder / "pipe")
    started = subprocess.Popen(
        argv("check", "pipe", "--anchors", "anchors.pem"),
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert started.stdout is not None
    assert "Judged by" in started.stdout.readline()
    started.send_signal(signal.SIGTERM)
    _, err = started.communicate(timeout=60)
    assert (143, True, False) == (started.returncode, "Stopped." in err, "rollout" in err)
