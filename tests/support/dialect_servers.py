"""Real servers whose TLS begins in another protocol: unprivileged, on free ports, in a test's folder.

with run_exim(tmp_path, identity) as port: ...
"""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from support.pki import Entity
from support.running import free_port, listens, need_program, running


@dataclass(frozen=True)
class Tls:
    """The files of an identity, readable by whom the server runs as."""

    chain: Path
    leaf: Path
    key: Path
    anchors: Path


def open_to_daemons(folder: Path) -> None:
    """Make a folder that daemons reach which drop root's rights."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        for part in (folder, *folder.parents):
            if part.stat().st_mode & 0o001 == 0 and part != Path("/"):
                part.chmod(part.stat().st_mode | 0o011)


def write_tls(folder: Path, identity: Entity, client_anchors: Sequence[Entity] = ()) -> Tls:
    """Write an identity's files."""
    open_to_daemons(folder)
    tls = Tls(folder / "chain.pem", folder / "leaf.pem", folder / "key.pem", folder / "anchors.pem")
    tls.chain.write_bytes(identity.fullchain_pem)
    tls.leaf.write_bytes(identity.pem)
    tls.key.write_bytes(identity.key_pem)
    tls.anchors.write_bytes(b"".join(one.pem for one in client_anchors or [identity.root]))
    return tls


def _me() -> tuple[str, str]:
    return pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name


@contextlib.contextmanager
def run_exim(
    folder: Path, identity: Entity | None, *, required: bool = False, auth: bool = False
) -> Iterator[int]:
    """Exim as a mail server that takes mail for nobody; without an identity it offers no STARTTLS."""
    program = need_program("exim4-daemon-light", "exim4")
    open_to_daemons(folder)
    port = free_port()
    user, group = ("Debian-exim", "Debian-exim") if os.geteuid() == 0 else _me()
    lines = [
        f"spool_directory = {folder}/spool",
        f"log_file_path = {folder}/%slog",
        f"pid_file_path = {folder}/exim.pid",
        f"exim_user = {user}",
        f"exim_group = {group}",
        "primary_hostname = mail.example",
        "acl_smtp_rcpt = deny",
        "host_lookup =",
        "rfc1413_query_timeout = 0s",
        "keep_environment =",
    ]
    if identity is None:
        lines.append("tls_advertise_hosts =")
    else:
        tls = write_tls(folder / "tls", identity)
        lines += ["tls_advertise_hosts = *", f"tls_certificate = {tls.chain}", f"tls_privatekey = {tls.key}"]
        if required:
            lines += ["tls_verify_hosts = *", f"tls_verify_certificates = {tls.anchors}"]
    lines += ["begin acl", "deny:", "  deny", "begin routers", "begin transports", "begin authenticators"]
    if auth:
        lines += ["plain:", "  driver = plaintext", "  public_name = PLAIN", "  server_prompts = :"]
        lines += ["  server_condition = false", "  server_advertise_condition = true"]
    if os.geteuid() == 0:
        shutil.chown(folder, user, group)
    config = folder / "exim.conf"
    config.write_text("\n".join(lines) + "\n", encoding="ascii")
    argv = [program, "-C", str(config), "-bdf", "-oX", f"127.0.0.1.{port}", "-oP", f"{folder}/exim.pid"]
    with running(argv, folder / "exim.out", ready=lambda: listens(port), stdin=subprocess.DEVNULL):
        yield port


@dataclass(frozen=True)
class Dovecot:
    """Where a running Dovecot listens."""

    host: str
    imap: int
    imaps: int
    pop3: int


@contextlib.contextmanager
def run_dovecot(folder: Path, identity: Entity | None, *, plain: bool = True) -> Iterator[Dovecot]:
    """Dovecot with IMAP and POP3.

    Args:
        plain: a login without TLS is let in.
    """
    program = need_program("dovecot-imapd", "dovecot")
    need_program("dovecot-pop3d", "/usr/lib/dovecot/pop3")
    open_to_daemons(folder)
    # To a client of the same address every connection is as good as encrypted; ours come from 127.0.0.1.
    ports = Dovecot("127.0.0.1" if plain else "127.0.0.2", free_port(), free_port(), free_port())
    short = tempfile.mkdtemp(prefix="dovecot-", dir="/tmp")  # names of its sockets must be short
    open_to_daemons(Path(short))
    user, group = _me()
    login, internal = ("dovenull", "dovecot") if os.geteuid() == 0 else (user, user)
    group = "dovecot" if os.geteuid() == 0 else group
    tls = "ssl = no"
    if identity is not None:
        files = write_tls(folder / "tls", identity)
        tls = f"ssl = yes\nssl_cert = <{files.chain}\nssl_key = <{files.key}"
    config = folder / "dovecot.conf"
    config.write_text(
        f"""base_dir = {short}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap pop3
listen = {ports.host}
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
disable_plaintext_auth = {"no" if plain else "yes"}
mail_location = maildir:{folder}/mail
{tls}
ssl_dh =
passdb {{
  driver = static
  args = nopassword=no
}}
userdb {{
  driver = static
  args = uid={os.geteuid()} gid={os.getegid()} home={folder}
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {ports.imap}
  }}
  inet_listener imaps {{
    port = {ports.imaps if identity is not None else 0}
  }}
}}
service pop3-login {{
  chroot =
  inet_listener pop3 {{
    port = {ports.pop3}
  }}
  inet_listener pop3s {{
    port = 0
  }}
}}
""",
        encoding="utf-8",
    )
    argv = [program, "-F", "-c", str(config)]

    def ready() -> bool:
        return listens(ports.imap, ports.host) and listens(ports.pop3, ports.host)

    try:
        with running(argv, folder / "dovecot.out", ready=ready):
            yield ports
    finally:
        shutil.rmtree(short)


@contextlib.contextmanager
def run_slapd(
    folder: Path, identity: Entity | None, *, client_anchors: Sequence[Entity] = ()
) -> Iterator[int]:
    """OpenLDAP's server without any directory behind it."""
    program = need_program("slapd", "slapd")
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    lines = [f"pidfile {folder}/slapd.pid", f"argsfile {folder}/slapd.args"]
    if identity is not None:
        tls = write_tls(folder / "tls", identity, client_anchors)
        lines += [f"TLSCertificateFile {tls.chain}", f"TLSCertificateKeyFile {tls.key}"]
        lines += [f"TLSCACertificateFile {tls.anchors}"]
        lines += ["TLSVerifyClient demand" if client_anchors else "TLSVerifyClient never"]
    config = folder / "slapd.conf"
    config.write_text("\n".join(lines) + "\n", encoding="ascii")
    argv = [program, "-h", f"ldap://127.0.0.1:{port}/", "-f", str(config), "-d", "0"]
    with running(argv, folder / "slapd.log", ready=lambda: listens(port)):
        yield port


@contextlib.contextmanager
def run_mariadb(
    folder: Path, identity: Entity | None, *, client_anchors: Sequence[Entity] = ()
) -> Iterator[int]:
    """MariaDB without accounts: whoever comes may do anything, on loopback alone."""
    program = need_program("mariadb-server-core", "mariadbd")
    data = folder / "data"
    data.mkdir(parents=True)
    port = free_port()
    argv = [program, "--no-defaults", f"--datadir={data}", f"--socket={folder}/s", f"--port={port}"]
    argv += ["--bind-address=127.0.0.1", "--skip-grant-tables", "--skip-networking=0", "--skip-log-bin"]
    argv += [f"--pid-file={folder}/pid", "--innodb-log-file-size=4M", "--innodb-buffer-pool-size=8M"]
    if os.geteuid() == 0:
        argv.append("--user=root")
    if identity is not None:
        tls = write_tls(folder / "tls", identity, client_anchors)
        argv += [f"--ssl-cert={tls.chain}", f"--ssl-key={tls.key}"]
        if client_anchors:
            argv += [f"--ssl-ca={tls.anchors}"]
    with running(argv, folder / "mariadb.log", ready=lambda: listens(port)):
        yield port


@contextlib.contextmanager
def run_nats(
    folder: Path, identity: Entity | None, *, client_anchors: Sequence[Entity] = (), optional: bool = False
) -> Iterator[int]:
    """A NATS server.

    Args:
        optional: clients may stay without TLS.
    """
    program = need_program("nats-server", "nats-server")
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    lines = [f"listen: 127.0.0.1:{port}"]
    if identity is not None:
        tls = write_tls(folder / "tls", identity, client_anchors)
        inner = f'cert_file: "{tls.chain}", key_file: "{tls.key}"'
        if client_anchors:
            inner += f', ca_file: "{tls.anchors}", verify: true'
        lines += [f"tls {{ {inner} }}"]
        if optional:
            lines += ["allow_non_tls: true"]
    config = folder / "nats.conf"
    config.write_text("\n".join(lines) + "\n", encoding="ascii")
    with running([program, "-c", str(config)], folder / "nats.log", ready=lambda: listens(port)):
        yield port
