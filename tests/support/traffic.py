"""Constant traffic for tests: the demo's traffic program on connections of the test's own.

with run_traffic(tmp_path / "app", [Link("app-to-web", "127.0.0.1", port, "web.example", "upstream", talk="http")],
                 trusts={"upstream": ca_file}) as traffic:
    ...
    assert 0 == traffic.figures().failed

It is a program of its own that shares no code with Warifu; SIGHUP (`reload`) loads its files again, and
`status` says what it has loaded, as the target `demo` reads it.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from demo.client import RATE, Link
from demo.figures import Figures, count
from demo.loading import IdentityFiles

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Traffic:
    """A running traffic program."""

    folder: Path
    links: tuple[Link, ...]
    program: subprocess.Popen[bytes]

    @property
    def status(self) -> Path:
        return self.folder / "status.json"

    @property
    def log(self) -> Path:
        return self.folder / "traffic.log"

    def figures(self) -> Figures:
        """What the log says so far."""
        return count([self.log])

    def reload(self) -> None:
        self.program.send_signal(signal.SIGHUP)

    def wait(self, reached: Callable[[Figures], bool], *, seconds: float = 60) -> Figures:
        """Wait until the log says something."""
        end = time.monotonic() + seconds
        while not reached(figures := self.figures()):
            said = (self.folder / "stderr").read_text(encoding="utf-8")
            assert self.program.poll() is None, said
            assert time.monotonic() < end, f"in vain: {figures} {said}"
            time.sleep(0.05)
        return figures

    def wait_until_busy(self, *, handshakes: int = 3) -> Figures:
        """Wait until every connection has made some more good handshakes."""
        before = self._good(self.figures())
        return self.wait(
            lambda now: all(
                self._good(now)[link.name] >= before[link.name] + handshakes for link in self.links
            )
        )

    def _good(self, figures: Figures) -> dict[str, int]:
        done = figures.connections
        return {
            link.name: done[link.name].handshakes - done[link.name].failed if link.name in done else 0
            for link in self.links
        }


@contextlib.contextmanager
def run_traffic(
    folder: Path,
    links: Sequence[Link],
    *,
    trusts: Mapping[str, Path],
    identities: Mapping[str, IdentityFiles] | None = None,
    rate: float = RATE,
) -> Iterator[Traffic]:
    """Run traffic until the block ends.

    Args:
        trusts: anchors file of each trust label that a link names.
        identities: files of each identity label that a link names.
    """
    folder.mkdir(parents=True, exist_ok=True)
    config = {
        "name": folder.name,
        "parent": os.getpid(),
        "status": str(folder / "status.json"),
        "log": str(folder / "traffic.log"),
        "rate": rate,
        "identities": {label: asdict(files) for label, files in (identities or {}).items()},
        "trusts": {label: str(path) for label, path in trusts.items()},
        "connections": [asdict(link) for link in links],
    }
    path = folder / "client.json"
    path.write_text(json.dumps(config), encoding="utf-8")
    with (folder / "stderr").open("wb") as errors:
        program = subprocess.Popen(
            [sys.executable, "-E", "-S", "-m", "demo.client", str(path)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stderr=errors,
            start_new_session=True,
        )
    try:
        yield Traffic(folder, tuple(links), program)
    finally:
        program.kill()
        program.wait()
