"""A running estate on loopback: its files, its configuration, its processes, and its estate file.

Everything lies in one folder; the processes end when that folder goes or, unless they are
told to stay, when the process that started them ends.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from demo.figures import count
from demo.loading import fingerprints
from demo.pki import Authority, new_root
from demo.shape import ISSUING, Part, Shape

HERE = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 60.0


class DemoError(Exception):
    """The demo itself could not do something: a key of the message table, and what fills it in."""

    def __init__(self, code: str, /, **values: object) -> None:
        super().__init__(f"{code} {values}")
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True)
class OldPki:
    """What signs today: the root that has to go, its intermediate, and somebody else's root that stays."""

    root: Authority
    issuing: Authority
    other: Authority


def make_old_pki() -> OldPki:
    """Return the CAs of the estate before the change."""
    root = new_root("Demo Old Root")
    return OldPki(root, root.intermediate("Demo Old Issuing CA"), new_root("Demo Partner Root"))


@dataclass(slots=True)
class Estate:
    """The estate in a folder.

    Args:
        stays: its processes outlive the process that started them.
    """

    folder: Path
    shape: Shape
    stays: bool = False
    ports: dict[str, int] = field(default_factory=dict)
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def slot(self, part: str, label: str) -> Path:
        """Return the folder of a slot's files."""
        return self.folder / "services" / part / label

    def status(self, part: str) -> Path:
        """Return the status file of a part."""
        return self.folder / "run" / f"{part}.json"

    def log(self, part: str) -> Path:
        """Return the traffic log of a part."""
        return self.folder / "log" / f"{part}.log"

    @property
    def logs(self) -> list[Path]:
        """Every traffic log there may be."""
        return [self.log(part.name) for part in self.shape.parts if part.links]

    def write_files(self, pki: OldPki) -> None:
        """Write the certificates, keys and trust stores of every part."""
        for part in self.shape.parts:
            for label, identity in part.identities.items():
                signer = pki.issuing if identity.signer == ISSUING else pki.root
                leaf = signer.leaf(identity.name, [identity.purpose])
                write(self.slot(part.name, label) / "certificate.pem", leaf.fullchain)
                write(self.slot(part.name, label) / "key.pem", leaf.key, mode=0o600)
            for label, shared in part.trusts.items():
                anchors = pki.root.pem + (pki.other.pem if shared else b"")
                write(self.slot(part.name, label) / "anchors.pem", anchors)

    def copy_to(self, folder: Path) -> Estate:
        """Return the same estate with its own copy of every file, not yet running."""
        shutil.copytree(self.folder / "services", folder / "services")
        return Estate(folder, self.shape)

    def start(self) -> None:
        """Start every process.

        Raises:
            OSError: no port or process is to be had.
        """
        for name in ("run", "log", "config"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        listeners = {part.name: _listen() for part in self.shape.parts if part.listen}
        self.ports = {name: listener.getsockname()[1] for name, listener in listeners.items()}
        for name, parts in self.shape.processes.items():
            self._running[name] = self._start(name, parts, listeners)
        for listener in listeners.values():
            listener.close()  # a service that dies must be seen to be gone

    def _start(
        self, name: str, parts: list[Part], listeners: dict[str, socket.socket]
    ) -> subprocess.Popen[bytes]:
        serving = [part for part in parts if part.listen]
        descriptors = {part.name: listeners[part.name].fileno() for part in serving}
        parent = 0 if self.stays else os.getpid()
        config: dict[str, Any]
        if serving:
            program = "service"
            config = {"services": [self._config(part, descriptors) for part in serving]}
        else:
            program = "client"
            config = self._config(parts[0], descriptors)
        path = self.folder / "config" / f"{name}.json"
        write(path, json.dumps(config | {"parent": parent}, indent=1).encode())
        with (self.folder / "log" / f"{name}.err").open("wb") as errors:
            return subprocess.Popen(
                [sys.executable, "-E", "-S", "-m", f"demo.{program}", str(path)],
                cwd=HERE,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                pass_fds=tuple(descriptors.values()),
                start_new_session=True,
            )

    def _config(self, part: Part, descriptors: dict[str, int]) -> dict[str, Any]:
        config: dict[str, Any] = {
            "name": part.name,
            "status": str(self.status(part.name)),
            "log": str(self.log(part.name)),
            "rate": self.shape.rate,
            "fault": part.fault,
            "identities": {
                label: {
                    "certificate": str(self.slot(part.name, label) / "certificate.pem"),
                    "key": str(self.slot(part.name, label) / "key.pem"),
                }
                for label in part.identities
            },
            "trusts": {label: str(self.slot(part.name, label) / "anchors.pem") for label in part.trusts},
            "connections": [
                {
                    "name": f"{part.name}-to-{link.server}",
                    "host": "127.0.0.1",
                    "port": self.ports[link.server],
                    "server_name": self.shape.part(link.server).host,
                    "trust": link.trust,
                    "identity": link.identity,
                }
                for link in part.links
            ],
        }
        if part.listen:
            config["listen"] = {
                "fd": descriptors[part.name],
                "identity": part.listen,
                "trust": part.clients,
            }
        return config

    def reload(self, process: str) -> None:
        """Tell a process to load its files again."""
        self.signal(process, signal.SIGHUP)

    def signal(self, process: str, number: signal.Signals) -> None:
        """Send a signal to a process."""
        self._running[process].send_signal(number)

    def ended(self, process: str) -> bool:
        """Say whether a process has ended."""
        return self._running[process].poll() is not None

    def wait_until_busy(self, *, handshakes: int = 3) -> None:
        """Wait until every connection has made some more good handshakes.

        Raises:
            DemoError: `demo.ended-early`, `demo.no-traffic`.
        """
        before = self._good()
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            self.check_alive()
            now = self._good()
            idle = [name for name in self.shape.links if now[name] < before[name] + handshakes]
            if not idle:
                return
            if time.monotonic() > end:
                raise DemoError("demo.no-traffic", seconds=int(PATIENCE_SECONDS), connections=", ".join(idle))
            time.sleep(0.1)

    def _good(self) -> dict[str, int]:
        counted = count(self.logs).connections
        made = {name: each.handshakes - each.failed for name, each in counted.items()}
        return {name: made.get(name, 0) for name in self.shape.links}

    def check_alive(self) -> None:
        """Look after the processes.

        Raises:
            DemoError: `demo.ended-early`.
        """
        for name, process in self._running.items():
            if process.poll() is not None:
                said = (self.folder / "log" / f"{name}.err").read_text(encoding="utf-8", errors="replace")
                raise DemoError("demo.ended-early", process=name, code=process.returncode, said=said.strip())

    def stop(self) -> None:
        """End every process."""
        for process in self._running.values():
            if process.poll() is None:
                process.terminate()
        for process in self._running.values():
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()

    def trust_files(self) -> Iterator[tuple[str, Path]]:
        """Yield every trust slot with its file."""
        for part in self.shape.parts:
            for label in part.trusts:
                yield f"{part.name}/{label}", self.slot(part.name, label) / "anchors.pem"

    def trusting(self, fingerprint: str) -> list[str]:
        """Return the trust slots that hold an anchor, in their file or in what their process says it loaded."""
        found: list[str] = []
        for slot, path in self.trust_files():
            part, _, label = slot.partition("/")
            loaded = json.loads(self.status(part).read_text(encoding="utf-8"))["slots"][label]["anchors"]
            if fingerprint in fingerprints(path.read_bytes()) or fingerprint in loaded:
                found.append(slot)
        return found

    def leaves(self) -> dict[str, str]:
        """Return, by connection, the SHA-256 of the leaf its server has on disk."""
        return {
            name: fingerprints(
                (self.slot(link.server, self.shape.part(link.server).listen) / "certificate.pem").read_bytes()
            )[0]
            for name, (_, link) in self.shape.links.items()
        }


def _listen() -> socket.socket:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(256)
    return listener


def write(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Write a file with its mode from the first byte, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    fresh.replace(path)
