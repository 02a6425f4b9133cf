"""A server and agents as the processes that people run, and the server's use cases beside them in this process.

with run_estate(tmp_path) as estate:
    estate.start_agent("web-1")
    estate.publish(root)
    estate.wait_until_all("shop", 2)
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from support.running import free_port, wait_until
from support.trust_server import EVERYBODY, now
from warifu.domain.directory.publish import PublishWish
from warifu.domain.x509 import Certificate
from warifu.wiring.agent import AgentRoom
from warifu.wiring.server import ServerRoom, open_room
from warifu.workflows.server_desks import Desks

SOON = 90  # seconds, on a machine that has other work
_SOURCES = Path(__file__).resolve().parents[2] / "src"


@dataclass
class ProcessEstate:
    """A server's folder, and what runs.

    Args:
        at: the command that runs something on a host.
    """

    folder: Path
    host: str
    port: int
    at: Callable[[str, Sequence[str]], list[str]]
    room: ServerRoom
    desks: Desks
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"https://{self.host}:{self.port}"

    def start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Run `warifu` on a host."""
        log = (self.folder / f"{name}.log").open("ab")
        argv = [sys.executable, "-W", "ignore", "-m", "warifu", *arguments]
        environment = {**os.environ, "PYTHONPATH": str(_SOURCES), "HOME": str(self.folder)}
        with log:
            process = subprocess.Popen(
                self.at(name, argv), stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment
            )
        self.running[name] = process
        return process

    def start_server(self) -> None:
        self.start(
            "server",
            *("server", "run", "--data", str(self.folder / "server")),
            *("--listen", f"{self.host}:{self.port}", "--address", self.url),
        )

    def join(self, name: str) -> None:
        """Have a node join, from its own host."""
        token = self.folder / f"{name}.token"
        token.touch(mode=0o600)
        token.write_text(self.desks.join.invite(EVERYBODY, name, [self.url], now=now()).token + "\n")
        joining = self.start(name, "agent", "join", str(token), "--state", str(self.folder / name))
        assert 0 == joining.wait(SOON), self.log(name)

    def start_agent(self, name: str, *options: str, every: int = 2) -> None:
        state = str(self.folder / name)
        usual = ("--state", state, "--socket", "none", "--every", str(every))
        self.start(name, "agent", "run", *usual, *options)

    def kill(self, name: str) -> None:
        """SIGKILL, and wait for its end."""
        process = self.running.pop(name)
        process.kill()
        process.wait(SOON)

    def signal(self, name: str, number: signal.Signals) -> None:
        os.kill(self._leader(name), number)

    def _leader(self, name: str) -> int:
        return self.running[name].pid

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text("utf-8", "replace")

    def publish(self, *certificates: Certificate, domain: str = "shop") -> int:
        """Publish, as another process of the server would; return the version."""
        decided = self.desks.trust.publish(EVERYBODY, domain, PublishWish(certificates), now=now())
        assert decided.after is not None, decided.all_findings
        return decided.after.version

    def versions(self, domain: str = "shop") -> dict[str, int]:
        """The version that each node said it follows."""
        return {name: said.seen.versions.get(domain, 0) for name, said in self.desks.reports.now().items()}

    def wait_until_at(self, version: int, *names: str, domain: str = "shop") -> None:
        """Wait for nodes to report a version."""
        wait_until(
            lambda: all(self.versions(domain).get(name, 0) >= version for name in names),
            f"{names} to be at version {version}: {self.versions(domain)}",
            seconds=SOON,
        )

    def trusted_on(self, name: str) -> set[str]:
        """SHA-256 of what a node's store trusts."""
        with AgentRoom(str(self.folder / name)).stores.reading() as view:
            entries = view.entries("trusted-roots").entries
        return {one.fingerprint.hex for one in entries if one.fingerprint and not one.distrusted}

    def end(self) -> None:
        for process in self.running.values():
            process.send_signal(signal.SIGCONT)
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(30)


def _here(_host: str, argv: Sequence[str]) -> list[str]:
    return list(argv)


@contextmanager
def run_estate(
    folder: Path, *, host: str = "127.0.0.1", at: Callable[[str, Sequence[str]], list[str]] = _here
) -> Iterator[ProcessEstate]:
    """A server that runs, with the trust domain `shop`."""
    room = open_room(str(folder / "server"))
    room.set_up([host], "admin")
    port = free_port()
    estate = ProcessEstate(folder, host, port, at, room, room.desks([f"https://{host}:{port}"]))
    estate.desks.trust.create(EVERYBODY, "shop", now=now())
    try:
        estate.start_server()
        wait_until(lambda: '"event": "serving"' in estate.log("server"), "the server to serve", seconds=SOON)
        yield estate
    finally:
        estate.end()
        room.close()
