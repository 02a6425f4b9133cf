"""Work on every core: what Ctrl-C does to it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from support.command import environment

# A process that is begun imports the first one's script under this name, before anything of ours runs in it.
SCRIPT = """
import os, signal
if __name__ == "__mp_main__":
    os.kill(os.getpid(), signal.SIGINT)
from warifu.workflows.cores import executor
if __name__ == "__main__":
    with executor(2, int) as cores:
        print(cores.submit(abs, -1).result())
"""


def test_ctrl_c_while_processes_begin_is_the_first_one_s_to_answer(tmp_path: Path) -> None:
    """The others say nothing of it, and go on until they are ended."""
    (tmp_path / "script.py").write_text(SCRIPT)
    ran = subprocess.run(
        [sys.executable, str(tmp_path / "script.py")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=environment(),
    )
    assert ("1\n", "") == (ran.stdout, ran.stderr)
