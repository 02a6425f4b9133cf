"""`warifu check` reads what comes through a pipe, and says so where a path can't be read."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from support.pki import NOW, make_ca
from warifu.domain.findings import Code

SOURCE = Path(__file__).parents[2] / "src"
ROOT = make_ca("Root")
WEB = ROOT.leaf("web.example")


def check(*arguments: str | Path, sent: bytes | None = b"") -> tuple[int, dict[str, Any]]:
    """Run the verb with something on its standard input; return exit code and its JSON."""
    argv = [sys.executable, "-m", "warifu", "check", *map(str, arguments), "--json", "--at", NOW.isoformat()]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "WARIFU_LANG": "en"}
    ran = subprocess.run(argv, input=sent, capture_output=True, timeout=60, check=False, env=environment)
    return ran.returncode, json.loads(ran.stdout or ran.stderr)


@pytest.fixture
def anchors(tmp_path: Path) -> Path:
    path = tmp_path / "anchors.pem"
    path.write_bytes(ROOT.pem)
    return path


def test_standard_input_is_judged_like_a_file(anchors: Path) -> None:
    """`cat web.pem | warifu check /dev/stdin`: the chain is accepted, and a stranger's is not."""
    code, document = check("/dev/stdin", "--anchors", anchors, sent=WEB.fullchain_pem)
    assert (0, "accepted") == (code, document["subjects"][0]["verdict"]["outcome"])
    code, document = check("/dev/stdin", "--anchors", anchors, sent=make_ca("Other").leaf("x").fullchain_pem)
    assert (1, "refused") == (code, document["subjects"][0]["verdict"]["outcome"])


def test_a_trust_store_may_come_through_a_pipe(tmp_path: Path) -> None:
    """`--anchors /dev/stdin` judges by what was sent."""
    (tmp_path / "web.pem").write_bytes(WEB.fullchain_pem)
    code, document = check(tmp_path / "web.pem", "--anchors", "/dev/stdin", sent=ROOT.pem)
    assert (0, 1) == (code, document["anchors"]["count"])


def test_a_named_pipe_waits_for_its_writer(tmp_path: Path, anchors: Path) -> None:
    """What is longer than a pipe holds at once is read whole."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    data = WEB.fullchain_pem + b"# nothing\n" * 20_000
    writer = threading.Thread(target=lambda: pipe.write_bytes(data), daemon=True)
    writer.start()
    code, document = check(pipe, "--anchors", anchors)
    writer.join(10)
    assert (0, "accepted") == (code, document["subjects"][0]["verdict"]["outcome"])


def test_a_device_that_is_named_could_not_be_looked_at(anchors: Path) -> None:
    """/dev/zero never ends and /dev/null holds nothing: neither is read, and exit code 5 says so."""
    for device in ("/dev/zero", "/dev/null"):
        code, document = check(device, "--anchors", anchors)
        assert (5, [False]) == (code, [one["fine"] for one in document["subjects"]])
        assert f"{device} is a device or a socket" in document["subjects"][0]["problem"]


def test_a_pipe_that_does_not_end_is_left(anchors: Path) -> None:
    """After 64 MiB it is enough: exit code 5, and the file to make of it is named."""
    with subprocess.Popen(["cat", "/dev/zero"], stdout=subprocess.PIPE) as endless:
        argv = [
            sys.executable,
            "-m",
            "warifu",
            "check",
            "/dev/stdin",
            "--anchors",
            str(anchors),
            "--lang",
            "en",
        ]
        ran = subprocess.run(
            argv,
            stdin=endless.stdout,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={**os.environ, "PYTHONPATH": str(SOURCE)},
        )
        endless.kill()
    assert (5, True) == (ran.returncode, "sends more than 67108864 bytes" in ran.stdout)


def test_inside_a_folder_they_are_passed_over_with_a_note(tmp_path: Path, anchors: Path) -> None:
    """A pipe nobody writes into and a socket hold nothing up, count as looked at, and are no fault."""
    folder = tmp_path / "live"
    folder.mkdir()
    os.mkfifo(folder / "a.pipe")
    (folder / "c.pem").write_bytes(WEB.fullchain_pem)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "b.sock"))
        code, document = check(folder, "--anchors", anchors)
    told = [[finding["code"] for finding in one["findings"]] for one in document["subjects"]]
    assert (0, [[Code.NOT_A_FILE], [Code.NOT_A_FILE], []]) == (code, told)
