"""Real services of each target, with an old pair in place, for one contract suite.

    with rig("nginx", folder) as here:
        here.site(here.identity, host)

Each runs without the right to pass over file modes, so that a key it may not read is unreadable
to it, also where the tests are root.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from support.daemons import end_daemons
from support.haproxy import haproxy
from support.nginx import nginx
from support.pki import BOTH, Entity, make_ca
from support.postgresql import run_postgresql, write_private
from support.running import free_port, listens, wait_until
from warifu.adapters.targets.demo import DemoTarget
from warifu.adapters.targets.files import FilesTarget
from warifu.adapters.targets.haproxy import HaproxyTarget
from warifu.adapters.targets.nginx import NginxTarget
from warifu.adapters.targets.postgresql import PostgresqlTarget
from warifu.domain.estate import IdentitySlot, Service, Slot, TrustSlot
from warifu.domain.trust.address import Address
from warifu.domain.x509 import to_pem
from warifu.ports.changes import (
    Fence,
    Host,
)
from warifu.ports.targets import IdentityContent, Target, TrustContent
from warifu.workflows.proving import Site

ROOT = Path(__file__).resolve().parents[2]
NO_OVERRIDE = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")


@dataclass(frozen=True)
class Pki:
    """An old CA that has to go, a new one, and pairs beneath each, valid now."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    old_ca: Entity = field(init=False)
    new_ca: Entity = field(init=False)
    old: Entity = field(init=False)
    new: Entity = field(init=False)

    def __post_init__(self) -> None:
        for age in ("old", "new"):
            root = make_ca(f"{age} root", now=self.now)
            middle = root.intermediate(f"{age} issuing", now=self.now)
            object.__setattr__(self, f"{age}_ca", root)
            object.__setattr__(self, age, middle.leaf("service.example", now=self.now, purposes=BOTH))

    def leaf(self, *, expired: bool = False) -> Entity:
        """One more pair beneath the new CA."""
        (middle, *_) = self.new.above
        return middle.leaf("service.example", now=self.now, expired=expired, purposes=BOTH)


def content_of(entity: Entity, *, key: Entity | None = None) -> IdentityContent:
    """A pair as an installer gets it, perhaps with another pair's key."""
    return IdentityContent(entity.value, entity.chain, (key or entity).private_key)


def trust_of(*entities: Entity) -> TrustContent:
    """Anchors as an installer gets them."""
    return TrustContent(tuple(entity.value for entity in entities))


@dataclass(frozen=True)
class Rig:
    """A running service.

    Args:
        deadly: a command that ends it at once, as a bad reload may.
        state: where backups and fence lie.
    """

    product: str
    target: Target
    service: Service
    identity: IdentitySlot
    trust: TrustSlot
    pki: Pki
    deadly: tuple[str, ...]
    state: Path
    stranger: str = "nobody"

    def site(self, slot: Slot, host: Host, **changes: object) -> Site:
        """The slot on its node; `changes` are made to the service, as an estate might declare them."""
        service = replace(self.service, **changes)  # type: ignore[arg-type]
        fence = Fence(str(self.state / "fence"), "journal", 1, "test")
        return Site(service, slot, self.target, host, fence, str(self.state))


@contextmanager
def rig(product: str, folder: Path) -> Iterator[Rig]:
    """Start a product with the old pair and the old CA in place."""
    open_to_services(folder)
    with RIGS[product](product, folder) as here:
        yield here


def open_to_services(folder: Path) -> None:
    """Let other users pass through a test's folders, which are private to root."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in (folder, *folder.parents):
        if os.geteuid() == 0 and part.stat().st_mode & 0o001 == 0 and part != Path("/"):
            part.chmod(part.stat().st_mode | 0o011)


@dataclass(frozen=True)
class _Files:
    folder: Path
    pki: Pki

    @property
    def certificate(self) -> str:
        return str(self.folder / "service.crt")

    @property
    def key(self) -> str:
        return str(self.folder / "service.key")

    @property
    def anchors(self) -> str:
        return str(self.folder / "clients.pem")

    def slots(self, service: str) -> tuple[IdentitySlot, TrustSlot]:
        identity = IdentitySlot(f"{service}/tls", service, service, self.certificate, self.key)
        return identity, TrustSlot(f"{service}/clients", service, "clients", self.anchors)


def _write(folder: Path) -> _Files:
    files = _Files(folder / "tls", Pki())
    files.folder.mkdir(mode=0o755)
    Path(files.certificate).write_bytes(files.pki.old.fullchain_pem)
    write_private(Path(files.key), files.pki.old.key_pem, files.folder)
    Path(files.anchors).write_bytes(files.pki.old_ca.pem)
    return files


def _prefix() -> tuple[str, ...]:
    return NO_OVERRIDE if os.geteuid() == 0 else ()


@contextmanager
def _nginx(product: str, folder: Path) -> Iterator[Rig]:
    files = _write(folder)
    identity, trust = files.slots("web")
    with nginx(
        folder / "nginx",
        certificate=files.certificate,
        key=files.key,
        client_ca=files.anchors,
        prefix=_prefix(),
    ) as server:
        target: Target = NginxTarget()
        service = server.service
        if product == "files":
            target = FilesTarget()
            service = replace(
                service,
                target="files",
                check=NginxTarget().check_command(service),
                reload=("/bin/kill", "-HUP", str(server.master)),
                options={"pid": str(server.pid), "log": str(server.log)},
            )
        yield Rig(
            product, target, service, identity, trust, files.pki, _kill_group(server.pid), folder / "state"
        )


@contextmanager
def _haproxy(product: str, folder: Path) -> Iterator[Rig]:
    files = _write(folder)
    _, trust = files.slots("edge")
    pem = files.folder / "service.pem"
    write_private(pem, files.pki.old.fullchain_pem + files.pki.old.key_pem, files.folder)
    identity = IdentitySlot("edge/tls", "edge", "edge", str(pem), str(pem))
    with haproxy(folder / "haproxy", pem=str(pem), client_ca=files.anchors, prefix=_prefix()) as server:
        deadly = _kill_group(server.pid)
        yield Rig(
            product,
            HaproxyTarget(),
            server.service,
            identity,
            trust,
            files.pki,
            deadly,
            folder / "state",
        )


@contextmanager
def _postgresql(product: str, folder: Path) -> Iterator[Rig]:
    pki = Pki()
    with run_postgresql(folder / "pg", pki.old, client_anchors=[pki.old_ca]) as server:
        as_user = ("setpriv", f"--reuid={server.user}", f"--regid={server.user}", "--clear-groups")
        command = (
            str(server.bin / "pg_ctl"),
            "-D",
            str(server.data),
            "-w",
            "-l",
            f"{server.folder}/again.log",
        )
        start = ((*as_user, *command, "start")) if os.geteuid() == 0 else (*command, "start")
        service = Service(
            name="db",
            node="here",
            target="postgresql",
            consumer="openssl",
            addresses=(Address("127.0.0.1", server.port),),
            dialect="postgresql",
            restart=start,
            options={"data": str(server.data), "log": f"{server.folder}/postgresql.log"},
        )
        tls = server.tls
        identity = IdentitySlot("db/tls", "db", "db", f"{tls}/server.crt", f"{tls}/server.key")
        trust = TrustSlot("db/clients", "db", "clients", f"{tls}/ca.crt")
        pid_file = server.data / "postmaster.pid"
        deadly = ("/bin/sh", "-c", f"/bin/kill -QUIT $(head -n 1 {pid_file})")
        try:
            yield Rig(
                product,
                PostgresqlTarget(),
                service,
                identity,
                trust,
                pki,
                deadly,
                folder / "state",
                stranger="root",
            )
        finally:
            _stop_postgresql(server.bin, server.data, server.port)


def _stop_postgresql(programs: Path, data: Path, port: int) -> None:
    """End a server that was started again, which its builder does not know."""
    if (data / "postmaster.pid").exists():
        pid = int((data / "postmaster.pid").read_text().split()[0])
        subprocess.run(["/bin/kill", "-QUIT", str(pid)], check=False, capture_output=True)
        wait_until(lambda: not listens(port), "PostgreSQL to end")


@contextmanager
def _demo(product: str, folder: Path) -> Iterator[Rig]:
    files = _write(folder)
    identity, trust = files.slots("shop")
    port, status, config = free_port(), folder / "status.json", folder / "service.json"
    described = {
        "name": "shop",
        "status": str(status),
        "log": str(folder / "shop.log"),
        "rate": 1,
        "identities": {"tls": {"certificate": files.certificate, "key": files.key}},
        "trusts": {"clients": files.anchors},
    }
    launch = folder / "launch.py"
    launch.write_text(
        _LAUNCH.format(
            described=json.dumps(described),
            config=str(config),
            port=port,
            root=str(ROOT),
            prefix=json.dumps(list(_prefix())),
        )
    )
    start = (sys.executable, str(launch))
    service = Service(
        name="shop",
        node="here",
        target="demo",
        consumer="openssl",
        addresses=(Address("127.0.0.1", port),),
        restart=start,
        options={"status": str(status)},
    )
    pid_file = folder / "service.pid"
    try:
        subprocess.run(start, check=True, capture_output=True, timeout=20)
        wait_until(lambda: status.exists() and listens(port), "the demo's service to listen")
        deadly = _kill_group(pid_file)
        yield Rig(product, DemoTarget(), service, identity, trust, files.pki, deadly, folder / "state")
    finally:
        end_daemons(pid_file, set())


_LAUNCH = """
import json, socket, subprocess, sys
described, prefix = json.loads({described!r}), json.loads({prefix!r})
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", {port}))
listener.listen(64)
described["listen"] = {{"fd": listener.fileno(), "identity": "tls", "trust": "clients"}}
config = {config!r}
with open(config, "w") as file:
    json.dump({{"services": [described]}}, file)
process = subprocess.Popen(
    [*prefix, sys.executable, "-E", "-S", "-m", "demo.service", config],
    cwd={root!r}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    pass_fds=(listener.fileno(),), start_new_session=True,
)
with open(config.replace("service.json", "service.pid"), "w") as file:
    file.write(str(process.pid))
"""


def _kill_group(pid_file: Path) -> tuple[str, ...]:
    return ("/bin/sh", "-c", f"/bin/kill -KILL -- -$(head -n 1 {pid_file})")


RIGS: dict[str, Callable[[str, Path], AbstractContextManager[Rig]]] = {
    "nginx": _nginx,
    "files": _nginx,
    "haproxy": _haproxy,
    "postgresql": _postgresql,
    "demo": _demo,
}


def served_by(here: Rig) -> str:
    """Fingerprint of the leaf that the running service presents, as openssl's own client sees it."""
    address = here.service.addresses[0]
    starttls = ["-starttls", "postgres"] if here.service.dialect == "postgresql" else []
    argv = ["openssl", "s_client", "-connect", str(address), *starttls]
    done = subprocess.run(argv, input=b"", capture_output=True, check=False, timeout=20)
    leaf = subprocess.run(
        ["openssl", "x509", "-noout", "-fingerprint", "-sha256"],
        input=done.stdout,
        capture_output=True,
        check=False,
        timeout=20,
    )
    return leaf.stdout.decode().strip().rpartition("=")[2].replace(":", "").lower()


def pem_of(*entities: Entity) -> bytes:
    """Certificates in this order, as a person might write a file."""
    return to_pem([entity.value for entity in entities])
