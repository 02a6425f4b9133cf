"""An HAProxy of the tests' own in master-worker mode: configuration, port, pid file and socket in one folder.

with haproxy(folder, pem) as server:
    server.service.addresses
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from support.daemons import run_daemon
from support.running import free_port, need_program
from warifu.domain.estate import Service
from warifu.domain.trust.address import Address


@dataclass(frozen=True)
class Haproxy:
    folder: Path
    port: int
    program: str
    prefix: tuple[str, ...] = ()

    @property
    def configuration(self) -> Path:
        return self.folder / "haproxy.cfg"

    @property
    def pid(self) -> Path:
        return self.folder / "haproxy.pid"

    @property
    def socket(self) -> Path:
        return self.folder / "admin.sock"

    @property
    def master(self) -> int:
        return int(self.pid.read_text(encoding="ascii").split()[0])

    @property
    def start(self) -> tuple[str, ...]:
        return (*self.prefix, self.program, "-W", "-D", "-p", str(self.pid), "-f", str(self.configuration))

    @property
    def service(self) -> Service:
        return Service(
            name="edge",
            node="here",
            target="haproxy",
            consumer="openssl",
            addresses=(Address("127.0.0.1", self.port),),
            restart=self.start,
            options={
                "configuration": str(self.configuration),
                "pid": str(self.pid),
                "program": self.program,
            },
        )


@contextmanager
def haproxy(
    folder: Path, *, pem: str, client_ca: str = "", prefix: tuple[str, ...] = ()
) -> Iterator[Haproxy]:
    """Start HAProxy with one TLS frontend; end it, whatever happened to its master.

    Args:
        prefix: what stands before the command that starts it.
    """
    program = need_program("haproxy", "haproxy")
    folder.mkdir(parents=True, exist_ok=True)
    server = Haproxy(folder, free_port(), program, prefix)
    clients = f"verify optional ca-file {client_ca}" if client_ca else ""
    server.configuration.write_text(
        f"""
global
  stats socket {server.socket} mode 600 level admin
defaults
  mode http
  timeout connect 2s
  timeout client 5s
  timeout server 5s
frontend edge
  bind 127.0.0.1:{server.port} ssl crt {pem} {clients}
  http-request return status 200 content-type text/plain string ok
"""
    )
    with run_daemon(server):
        yield server
