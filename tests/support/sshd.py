"""A real sshd of our own on loopback, and an OpenSSH client configuration that reaches it.

with run_sshd(tmp_path) as sshd:
    SshHost("node", Ssh("node", options=sshd.options))
"""

from __future__ import annotations

import contextlib
import getpass
import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from support.running import free_port, need_program, running


@dataclass(frozen=True)
class Sshd:
    """A running sshd: `options` make `ssh node` reach it."""

    port: int
    folder: Path

    @property
    def options(self) -> tuple[str, ...]:
        return ("-F", str(self.folder / "ssh_config"))

    def write_config(self, name: str, **settings: str) -> tuple[str, ...]:
        """Options of a client whose configuration for `node` differs in some settings."""
        path = self.folder / name
        path.write_text(client_config(self.port, self.folder, **settings))
        return ("-F", str(path))

    @property
    def log(self) -> str:
        return (self.folder / "sshd.log").read_text(errors="replace")


def client_config(port: int, folder: Path, **settings: str) -> str:
    """Lines of an ssh_config for the host `node`."""
    lines = {
        "HostName": "127.0.0.1",
        "Port": str(port),
        "User": getpass.getuser(),
        "IdentityFile": str(folder / "user_key"),
        "IdentitiesOnly": "yes",
        "UserKnownHostsFile": str(folder / "known_hosts"),
        "GlobalKnownHostsFile": "/dev/null",
        "StrictHostKeyChecking": "yes",
        **settings,
    }
    return "Host node\n" + "".join(f"  {key} {value}\n" for key, value in lines.items())


def _make_key(path: Path) -> str:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path], check=True)
    return path.with_name(path.name + ".pub").read_text()


@contextlib.contextmanager
def run_sshd(folder: Path, *extra: str, within: Sequence[str] = ()) -> Iterator[Sshd]:
    """Start an sshd as the current user, with its own host key, port and authorized keys.

    Args:
        extra: further lines of its configuration.
        within: what stands before the command that starts it.
    """
    program = need_program("openssh-server", "sshd")
    need_program("openssh-client", "ssh")
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    port = free_port()
    host_key = _make_key(folder / "host_key")
    user_key = _make_key(folder / "user_key")
    (folder / "authorized_keys").write_text(user_key)
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {host_key}")
    (folder / "ssh_config").write_text(client_config(port, folder))
    lines = [
        f"Port {port}",
        "ListenAddress 127.0.0.1",
        f"HostKey {folder}/host_key",
        f"PidFile {folder}/sshd.pid",
        f"AuthorizedKeysFile {folder}/authorized_keys",
        "UsePAM no",
        "StrictModes no",
        "PermitRootLogin prohibit-password",
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
        "MaxStartups 100",
        *extra,
    ]
    (folder / "sshd_config").write_text("\n".join(lines) + "\n")
    argv = [*within, program, "-D", "-e", "-f", str(folder / "sshd_config")]
    server = Sshd(port, folder)
    with running(
        argv, folder / "sshd.log", ready=lambda: "Server listening" in server.log, stdin=subprocess.DEVNULL
    ):
        yield server
