"""A process that is measured: what the kernel says of it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bench.fleet.line import HOST

_TICKS = os.sysconf("SC_CLK_TCK")
_STARTING = 60  # seconds


def free_port() -> int:
    with socket.socket() as one:
        one.bind((HOST, 0))
        port: int = one.getsockname()[1]
    return port


@dataclass
class Measured:
    """A process, started and ended here."""

    argv: list[str]
    log: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        until = time.monotonic() + _STARTING
        while time.monotonic() < until and self.process.poll() is None:
            with suppress(OSError), socket.create_connection((HOST, self.port), 1):
                return
            time.sleep(0.02)
        raise RuntimeError(self.log.read_text(encoding="utf-8")[-2000:])

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    @property
    def seconds(self) -> float:
        """Seconds of processor time that it took so far."""
        fields = self._read("stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    @property
    def memory(self) -> int:
        """KiB of memory that it holds now. Spec: proc_pid_status(5), VmRSS."""
        lines = self._read("status").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))

    def _read(self, name: str) -> str:
        assert self.process is not None
        return Path(f"/proc/{self.process.pid}/{name}").read_text(encoding="ascii")

    def close(self) -> None:
        """End it."""
        self.kill()
