"""The demo cleans up after itself, whoever ends it."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from demo.run import INTERRUPTED

pytestmark = pytest.mark.enable_socket
ROOT = Path(__file__).resolve().parent.parent.parent


@contextlib.contextmanager
def demo(folder: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """The demo in its first act, with its temporary folder below `folder`."""
    with subprocess.Popen(
        [sys.executable, "-m", "demo.run", *options],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(folder), "PYTHONPATH": str(ROOT / "src"), "WARIFU_LANG": "en"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as program:
        try:
            yield program
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)
            for pid in programs_in(folder):
                os.kill(pid, signal.SIGKILL)


def read_until(program: subprocess.Popen[str], pattern: str) -> str:
    assert program.stdout is not None
    said = ""
    for line in program.stdout:
        said += line
        if re.search(pattern, line):
            return said
    pytest.fail(f"it ended before it said {pattern}: {said}")


def programs_in(folder: Path) -> list[int]:
    """Processes of the demo's programs whose configuration lies below a folder."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and f"{folder}/".encode() in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
    return found


def wait_until(reached: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not reached():
        assert time.monotonic() < end, "waited 20 s in vain"
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_demo_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    """Ctrl-C ends every process and removes the folder."""
    with demo(tmp_path) as program:
        read_until(program, "reloaded web-2")
        assert programs_in(tmp_path)
        program.send_signal(number)
        assert INTERRUPTED == program.wait(timeout=30)
        assert [] == programs_in(tmp_path)
        assert [] == list(tmp_path.iterdir())


def test_a_killed_demo_takes_its_processes_with_it(tmp_path: Path) -> None:
    """After SIGKILL the kernel ends what the demo started."""
    with demo(tmp_path) as program:
        read_until(program, "reloaded web-2")
        assert programs_in(tmp_path)
        program.kill()
        wait_until(lambda: not programs_in(tmp_path))


def test_kept_programs_end_with_their_folder(tmp_path: Path) -> None:
    """What `--keep` leaves running is stopped by removing its folder."""
    script = (
        "import sys; from pathlib import Path; from demo.estate import Estate, make_old_pki;"
        "from demo.shape import SHOP;"
        "estate = Estate(Path(sys.argv[1]), SHOP, stays=True); estate.write_files(make_old_pki());"
        "estate.start(); estate.wait_until_busy()"
    )
    folder = tmp_path / "kept"
    try:
        subprocess.run([sys.executable, "-c", script, str(folder)], cwd=ROOT, check=True, timeout=60)
        assert 7 == len(programs_in(tmp_path))
        shutil.rmtree(folder)
        wait_until(lambda: not programs_in(tmp_path))
    finally:
        for pid in programs_in(tmp_path):
            os.kill(pid, signal.SIGKILL)
