"""A real PostgreSQL of our own: its cluster, port and socket folder lie in a test's folder.

with run_postgresql(tmp_path, identity, client_anchors=[root]) as server:
    server.query("SELECT pg_reload_conf()")
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.pki import Entity
from support.running import free_port, need_program, running


def _programs() -> Path:
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[4]))
    if versions:
        return versions[-1].parent
    return Path(need_program("postgresql", "initdb")).resolve().parent


def _as_user() -> tuple[str, ...]:
    """What stands before a command: PostgreSQL never runs as root."""
    if os.geteuid() != 0:
        return ()
    try:
        pwd.getpwnam("postgres")
    except KeyError:
        pytest.skip("needs the Debian package postgresql (its user postgres)")
    return ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups")


@dataclass(frozen=True)
class Postgresql:
    """A running server. Its files: `data/postgresql.conf`, `tls/server.crt`, `tls/server.key`, `tls/ca.crt`."""

    port: int
    folder: Path
    bin: Path
    pid: int

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def tls(self) -> Path:
        return self.folder / "tls"

    @property
    def log(self) -> str:
        return (self.folder / "postgresql.log").read_text(errors="replace")

    @property
    def user(self) -> str:
        """The operating-system user it runs as."""
        return self.folder.joinpath("data").owner()

    def query(self, sql: str) -> str:
        """Answer of one statement over the Unix socket, as the superuser `postgres`."""
        argv = [str(self.bin / "psql"), "-XAtq", "-h", str(self.folder), "-p", str(self.port)]
        done = subprocess.run(
            [*argv, "-U", "postgres", "-d", "postgres", "-c", sql],
            check=True,
            capture_output=True,
            timeout=30,
        )
        return done.stdout.decode().strip()


def write_private(path: Path, data: bytes, owner: Path) -> None:
    """Write a file of mode 0600 that belongs to whom `owner` belongs."""
    path.write_bytes(data)
    path.chmod(0o600)
    if os.geteuid() == 0:
        seen = owner.stat()
        os.chown(path, seen.st_uid, seen.st_gid)


@contextlib.contextmanager
def run_postgresql(
    folder: Path,
    identity: Entity | None,
    *,
    client_anchors: Sequence[Entity] = (),
    settings: Mapping[str, str] | None = None,
    hba: Sequence[str] = ("hostssl all all 127.0.0.1/32 trust",),
    within: Sequence[str] = (),
) -> Iterator[Postgresql]:
    """Make a cluster and run it.

    Args:
        identity: its TLS identity; None leaves TLS off.
        client_anchors: anchors it verifies client certificates by (`ssl_ca_file`).
        settings: further lines of postgresql.conf.
        hba: lines of pg_hba.conf beside local trust.
        within: what stands before the command that starts it.
    """
    programs, as_user = _programs(), _as_user()
    folder.mkdir(parents=True, exist_ok=True)
    for part in (folder, *folder.parents):  # a test's folder is private to root; postgres must reach its own
        if os.geteuid() == 0 and part.stat().st_mode & 0o001 == 0 and part != Path("/"):
            part.chmod(part.stat().st_mode | 0o011)
    if as_user:
        shutil.chown(folder, "postgres", "postgres")
    command = [str(programs / "initdb"), "-D", f"{folder}/data", "-U", "postgres", "-A", "trust", "--no-sync"]
    subprocess.run([*as_user, *command], check=True, capture_output=True, cwd=folder, timeout=120)
    tls = folder / "tls"
    tls.mkdir()
    if as_user:
        shutil.chown(tls, "postgres", "postgres")
    port = free_port()
    lines = {
        "listen_addresses": "'127.0.0.1'",
        "port": str(port),
        "unix_socket_directories": f"'{folder}'",
        "fsync": "off",
        "max_connections": "40",
        "shared_buffers": "16MB",
    }
    if identity is not None:
        write_private(tls / "server.crt", identity.fullchain_pem, tls)
        write_private(tls / "server.key", identity.key_pem, tls)
        lines |= {"ssl": "on", "ssl_cert_file": f"'{tls}/server.crt'", "ssl_key_file": f"'{tls}/server.key'"}
    if client_anchors:
        write_private(tls / "ca.crt", b"".join(entity.pem for entity in client_anchors), tls)
        lines["ssl_ca_file"] = f"'{tls}/ca.crt'"
    lines |= settings or {}
    with (folder / "data/postgresql.conf").open("a") as file:
        file.writelines(f"{key} = {value}\n" for key, value in lines.items())
    (folder / "data/pg_hba.conf").write_text("local all all trust\n" + "".join(f"{line}\n" for line in hba))
    argv = [*within, *as_user, str(programs / "postgres"), "-D", f"{folder}/data"]

    def ready() -> bool:
        pid_file = folder / "data/postmaster.pid"
        return pid_file.exists() and pid_file.read_text().rstrip().endswith("ready")

    with running(
        argv, folder / "postgresql.log", ready=ready, stdin=subprocess.DEVNULL, cwd=folder
    ) as process:
        yield Postgresql(port, folder, programs, process.pid)
