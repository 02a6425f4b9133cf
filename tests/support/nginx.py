"""An nginx of the tests' own: its configuration, port, pid file and log in one folder, unprivileged.

with nginx(folder, certificate, key) as server:
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

PROGRAM = "/usr/sbin/nginx"


@dataclass(frozen=True)
class Nginx:
    folder: Path
    port: int
    prefix: tuple[str, ...] = ()

    @property
    def configuration(self) -> Path:
        return self.folder / "nginx.conf"

    @property
    def pid(self) -> Path:
        return self.folder / "nginx.pid"

    @property
    def log(self) -> Path:
        return self.folder / "error.log"

    @property
    def master(self) -> int:
        return int(self.pid.read_text(encoding="ascii"))

    @property
    def start(self) -> tuple[str, ...]:
        return (*self.prefix, PROGRAM, "-c", str(self.configuration))

    @property
    def service(self) -> Service:
        return Service(
            name="web",
            node="here",
            target="nginx",
            consumer="openssl",
            addresses=(Address("127.0.0.1", self.port),),
            restart=self.start,
            options={"configuration": str(self.configuration), "pid": str(self.pid)},
        )


@contextmanager
def nginx(
    folder: Path,
    *,
    certificate: str,
    key: str,
    client_ca: str = "",
    workers: int = 2,
    prefix: tuple[str, ...] = (),
) -> Iterator[Nginx]:
    """Start nginx with one TLS server; end it, whatever happened to its master.

    Args:
        prefix: what stands before the command that starts it.
    """
    need_program("nginx", "nginx")
    folder.mkdir(parents=True, exist_ok=True)
    server = Nginx(folder, free_port(), prefix)
    server.configuration.write_text(_configuration(server, certificate, key, client_ca, workers))
    with run_daemon(server):
        yield server


def _configuration(server: Nginx, certificate: str, key: str, client_ca: str, workers: int) -> str:
    clients = f"ssl_verify_client optional; ssl_client_certificate {client_ca};" if client_ca else ""
    return f"""
worker_processes {workers};
pid {server.pid};
error_log {server.log} notice;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {server.folder}/body;
  proxy_temp_path {server.folder}/proxy;
  fastcgi_temp_path {server.folder}/fastcgi;
  uwsgi_temp_path {server.folder}/uwsgi;
  scgi_temp_path {server.folder}/scgi;
  server {{
    listen 127.0.0.1:{server.port} ssl;
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    {clients}
    location / {{ return 200 "ok"; }}
  }}
}}
"""
