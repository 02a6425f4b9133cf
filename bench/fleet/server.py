"""The server that is measured: `warifu server` as a process of its own, and what the kernel says of it."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bench.fleet.believed import DOMAIN
from bench.fleet.line import HOST, Line
from bench.fleet.measured import Measured, free_port
from warifu.adapters.keys.node import make_node_key, request_of
from warifu.adapters.orders.tls import unverified
from warifu.domain.directory.model import CONTROL
from warifu.domain.directory.roles import Role
from warifu.domain.x509 import Certificate
from warifu.ports.orders import AgentIdentity
from warifu.wiring.server import ServerRoom, open_room
from warifu.workflows.acting import Actor
from warifu.workflows.published import version_of

_PASSWORD = "only for this measurement"  # noqa: S105


@dataclass
class TrustServer(Measured):
    """A Warifu server in a folder of its own, with one trust domain.

    Args:
        session: of its administrator.
        root: the first root.
        anchors: the CAs that vouch for the server.
    """

    session: str = ""
    root: bytes = b""
    anchors: tuple[Certificate, ...] = ()
    _link: str = ""
    _serial: int = field(default=0)

    @classmethod
    def make(cls, folder: Path) -> TrustServer:
        """Return one that is set up, and not started."""
        port = free_port()
        address = f"{HOST}:{port}"
        argv = [sys.executable, "-W", "ignore", "-m", "warifu", "server", "--data", str(folder / "data")]
        made = cls(
            [*argv, "--listen", address, "--address", f"https://{address}"], folder / "server.log", port
        )
        room = open_room(str(folder / "data"))
        made._link = room.set_up([HOST], "admin").token
        with room.registry.look() as books:
            trusted = version_of(books, CONTROL).trusted
            made.anchors = tuple(anchor.certificate for anchor in trusted)
            first = books.bundles.find("1.root.json")
        assert first is not None
        made.root = first.data
        room.close()
        return made

    def join(self, folder: Path, names: list[str]) -> list[tuple[str, AgentIdentity]]:
        """Have nodes join: each redeems a token with a key of its own."""
        room = open_room(str(folder / "data"))
        try:
            return [(name, _joined(room, name)) for name in names]
        finally:
            room.close()

    async def sign_in(self) -> None:
        """Sign in as the administrator, and begin the trust domain."""
        told = await self._post("/v1/links", {"token": self._link, "password": _PASSWORD})
        self.session = str(told["token"])
        await self._post("/v1/domains", {"name": DOMAIN})

    async def publish(self, count: int) -> int:
        """Publish so many new roots; return the version."""
        roots = []
        for _ in range(count):
            self._serial += 1
            roots.append(_root(f"Root {self._serial}"))
        told = await self._post(f"/v1/domains/{DOMAIN}/publications", {"certificates": "".join(roots)})
        version = told["version"]
        assert isinstance(version, int), told
        return version

    def faults(self) -> list[str]:
        """Return the lines of its log that tell of a fault."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        return [line for line in lines if '"level": "error"' in line or "Traceback" in line][:5]

    async def _post(self, path: str, body: dict[str, object]) -> dict[str, object]:
        line = Line(self.port, unverified(), {"Authorization": f"Bearer {self.session}"})
        try:
            status, answer = await line.ask("POST", path, json.dumps(body).encode())
        finally:
            line.close()
        assert status in {200, 201}, answer
        told: dict[str, object] = json.loads(answer)
        return told


def _joined(room: ServerRoom, name: str) -> AgentIdentity:
    join, now = room.desks([f"https://{HOST}"]).join, datetime.now(UTC)
    token = join.invite(Actor("bench", frozenset(Role)), name, [f"https://{HOST}"], now=now).token
    key = make_node_key()
    return AgentIdentity((join.redeem(token, request_of(name, key).der, now=now).certificate,), key)


def _root(name: str) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name.from_rfc4514_string(f"CN={name}")
    now = datetime.now(UTC)
    usage = dict.fromkeys(
        (
            "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
            "key_agreement", "encipher_only", "decipher_only",
        ),
        False,
    )  # fmt: skip
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode("ascii")


async def until(condition: Callable[[], bool], what: str, *, seconds: float = 180) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, what
        await asyncio.sleep(0.005)
