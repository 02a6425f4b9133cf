"""A machine of a test's own, as far as a scan can tell: processes, loopback and mounts that nobody shares.

with own_machine() as machine:
    machine.run(["ss", "-Htn"])
    subprocess.Popen([*machine.within, "openssl", "s_client", ...])

A scan looks at every process there is, so what other tests run must not be seen. Everything that
runs in it ends with the block.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.running import need_program, wait_until

VISITOR = "warifu-visitor"
_VISITOR_ID = 54321


@dataclass(frozen=True)
class OwnMachine:
    """Namespaces of processes, network and mounts, kept by a process that waits."""

    keeper: int
    folder: Path

    @property
    def within(self) -> tuple[str, ...]:
        """What stands before a command that runs in it."""
        return ("nsenter", "-t", str(self.keeper), "-m", "-p", "-n", "--")

    def run(
        self, argv: Sequence[str], *, cwd: Path | None = None, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in it to its end."""
        return subprocess.run(
            [*self.within[:-1], f"--wd={cwd or self.folder}", "--", *argv],
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def listens(self, port: int) -> bool:
        """Whether somebody accepts connections there."""
        return f":{port} " in self.run(["ss", "-Htln"]).stdout

    def admit_visitor(self) -> str:
        """Give it a user without rights who may log in, and return the name; the real machine has no such user."""
        users = self.folder / "passwd"
        line = f"{VISITOR}:*:{_VISITOR_ID}:{_VISITOR_ID}::/tmp:/bin/sh\n"
        users.write_text(Path("/etc/passwd").read_text(encoding="utf-8") + line, encoding="utf-8")
        users.chmod(0o644)
        self.run(["mount", "--bind", str(users), "/etc/passwd"]).check_returncode()
        return VISITOR

    def visit(self, source: Path) -> Visit:
        """Give that user a folder, and our program where it can be read, wherever the real ones lie.

        Args:
            source: the folder that holds the package.
        """
        self.admit_visitor()
        visit = Visit(self, self.folder / "visit", _VISITOR_ID)
        visit.folder.mkdir(mode=0o700)
        shutil.chown(visit.folder, _VISITOR_ID, _VISITOR_ID)
        for real, shown in ((source, visit.source), (Path(sys.prefix), visit.python)):
            shown.mkdir()
            self.run(["mount", "--bind", str(real), str(shown)]).check_returncode()
        started = visit.run("-c", "import warifu")
        if started.returncode != 0:
            pytest.skip(f"needs a Python that every user can run: {started.stderr.strip()[-300:]}")
        return visit


@dataclass(frozen=True)
class Visit:
    """A user without rights at work."""

    machine: OwnMachine
    folder: Path
    user: int

    @property
    def source(self) -> Path:
        return self.folder.with_name("visit-source")

    @property
    def python(self) -> Path:
        return self.folder.with_name("visit-python")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Python as that user in their folder."""
        ids = (f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups", "--no-new-privs")
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(self.source),
            "LC_ALL": "C.UTF-8",
            "WARIFU_LANG": "en",
        }
        argv = [need_program("util-linux", "setpriv"), *ids, f"{self.python}/bin/python", *arguments]
        return self.machine.run(argv, cwd=self.folder, env=environment)


@contextlib.contextmanager
def own_machine(folder: Path) -> Iterator[OwnMachine]:
    """Make namespaces; end everything in them afterwards."""
    if os.geteuid() != 0:
        pytest.skip("needs root: processes and a loopback of its own")
    need_program("iproute2", "ss")
    need_program("util-linux", "unshare")
    ready = folder / "machine-ready"
    process = subprocess.Popen(
        [
            "unshare",
            "-pfn",
            "--mount-proc",
            "--kill-child",
            "sh",
            "-c",
            f"ip link set lo up && mount -t tmpfs shm /dev/shm && : >{ready}; read end",
        ],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        wait_until(lambda: ready.exists() or process.poll() is not None, "namespaces")
        if process.poll() is not None:
            assert process.stderr is not None
            pytest.skip(f"needs namespaces: {process.stderr.read().decode(errors='replace').strip()}")
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii")
        yield OwnMachine(int(children.split()[0]), folder)
    finally:
        process.kill()
        process.communicate()
