"""Services that know each other, for a scan to find: what it has to read is in their own configuration.

town-nginx (4431, SNI shop.example and pay.example)  -> town-haproxy by proxy_pass https, with a certificate
town-haproxy (4441, a crt-list)                      -> town-nginx by `server ... ssl`, with a certificate
town-postgresql-2 (a standby)                        -> town-postgresql by primary_conninfo, with sslrootcert
town-openssl, a program nobody can look into         -> town-nginx, only seen

with own_machine(folder) as machine, run_town(machine, folder) as town:
    machine.run([...])
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from support.own_machine import OwnMachine
from support.pki import CLIENT, Entity, make_ca
from support.postgresql import Postgresql, run_postgresql, write_private
from support.running import need_program, running, wait_until

NGINX, HAPROXY = 4431, 4441


@dataclass(frozen=True)
class Town:
    """What runs, and where it lies."""

    machine: OwnMachine
    folder: Path
    root: Entity
    db: Postgresql

    @property
    def sites(self) -> Path:
        """Where nginx includes further servers from."""
        return self.folder / "nginx/sites"

    def ask_through(self) -> None:
        """Have nginx make its connection to HAProxy, which it keeps open until it reloads."""
        _ask_through(self.machine)

    def reload_nginx(self) -> None:
        """Have nginx take up its configuration."""
        nginx = need_program("nginx", "nginx")
        self.machine.run(
            [nginx, "-c", str(self.folder / "nginx/nginx.conf"), "-s", "reload"]
        ).check_returncode()


@contextlib.contextmanager
def run_town(machine: OwnMachine, folder: Path) -> Iterator[Town]:
    """Start everything, clients included."""
    nginx, haproxy = need_program("nginx", "nginx"), need_program("haproxy", "haproxy")
    openssl = need_program("openssl", "openssl")
    now = datetime.now(UTC)
    root = make_ca("Town Root", now=now)
    db = root.leaf("db.example", now=now)
    rules = ["local replication all trust"]
    rules += [
        f"hostssl {what} all 127.0.0.1/32 trust clientcert=verify-ca" for what in ("all", "replication")
    ]
    _write_nginx(folder / "nginx", root, now)
    _write_haproxy(folder / "haproxy", root, now)
    with contextlib.ExitStack() as stack:
        primary = stack.enter_context(
            run_postgresql(folder / "db", db, client_anchors=[root], hba=rules, within=machine.within)
        )
        for argv, port in (
            (
                [haproxy, "-W", "-D", "-p", f"{folder}/haproxy/pid", "-f", f"{folder}/haproxy/haproxy.cfg"],
                HAPROXY,
            ),
            ([nginx, "-c", f"{folder}/nginx/nginx.conf"], NGINX),
        ):
            started = machine.run(argv)
            assert 0 == started.returncode, started.stderr
            wait_until(lambda port=port: machine.listens(port), f"{argv[0]} to listen")  # type: ignore[misc]
        stack.enter_context(_standby(machine, folder / "standby", primary, root, now))
        talk = [openssl, "s_client", "-connect", f"127.0.0.1:{NGINX}", "-servername", "pay.example"]
        log = folder / "client.log"
        stack.enter_context(
            running([*machine.within, *talk], log, ready=lambda: b"Verify return" in log.read_bytes())
        )
        yield Town(machine, folder, root, primary)


def _ask_through(machine: OwnMachine) -> None:
    ask = "import http.client,ssl,sys; c=http.client.HTTPSConnection('127.0.0.1',%d,context=ssl._create_unverified_context())"
    code = f"{ask % NGINX}; c.request('GET','/api',headers={{'Host':'shop.example'}}); print(c.getresponse().status)"
    done = machine.run(["python3", "-c", code])
    assert "200\n" == done.stdout, done.stderr


def _write_nginx(folder: Path, root: Entity, now: datetime) -> None:
    tls, sites = folder / "tls", folder / "sites"
    sites.mkdir(parents=True)
    tls.mkdir()
    for name in ("shop", "pay"):
        leaf = root.leaf(f"{name}.example", now=now)
        (tls / f"{name}.crt").write_bytes(leaf.fullchain_pem)
        write_private(tls / f"{name}.key", leaf.key_pem, tls)
    me = root.leaf("nginx-client", now=now, purposes=CLIENT)
    (tls / "me.crt").write_bytes(me.fullchain_pem)
    write_private(tls / "me.key", me.key_pem, tls)
    (tls / "clients.pem").write_bytes(root.pem)
    (tls / "upstream.pem").write_bytes(root.pem)
    (folder / "nginx.conf").write_text(_NGINX.format(folder=folder, haproxy=HAPROXY), encoding="utf-8")
    (sites / "pay.conf").write_text(site("pay", folder), encoding="utf-8")
    (sites / "shop.conf").write_text(_SHOP.format(folder=folder, port=NGINX), encoding="utf-8")


_NGINX = """
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log notice;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  upstream api {{ server 127.0.0.1:{haproxy}; keepalive 2; keepalive_timeout 600s; }}
  include sites/*.conf;
}}
"""

_SHOP = """
server {{
  listen 127.0.0.1:{port} ssl;
  server_name shop.example www.shop.example;
  ssl_certificate {folder}/tls/shop.crt;
  ssl_certificate_key {folder}/tls/shop.key;
  ssl_verify_client optional;
  ssl_client_certificate {folder}/tls/clients.pem;
  location / {{ return 200 "ok"; }}
  location /api {{
    proxy_pass https://api;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_ssl_verify on;
    proxy_ssl_trusted_certificate {folder}/tls/upstream.pem;
    proxy_ssl_name api.example;
    proxy_ssl_server_name on;
    proxy_ssl_certificate {folder}/tls/me.crt;
    proxy_ssl_certificate_key {folder}/tls/me.key;
  }}
  location /elsewhere {{ proxy_pass https://192.0.2.7:8443; }}
  location /any {{ resolver 127.0.0.1; proxy_pass https://$http_x_backend; }}
}}
"""


def site(name: str, folder: Path) -> str:
    """Return a server of nginx that presents the pair of a name."""
    return (
        f"server {{ listen 127.0.0.1:{NGINX} ssl; server_name {name}.example;\n"
        f"  ssl_certificate {folder}/tls/{name}.crt;\n  ssl_certificate_key {folder}/tls/{name}.key;\n"
        '  location / { return 200 "ok"; } }\n'
    )


def _write_haproxy(folder: Path, root: Entity, now: datetime) -> None:
    folder.mkdir(parents=True)
    for name in ("api", "admin"):
        leaf = root.leaf(f"{name}.example", now=now)
        write_private(folder / f"{name}.pem", leaf.fullchain_pem + leaf.key_pem, folder)
    me = root.leaf("haproxy-client", now=now, purposes=CLIENT)
    write_private(folder / "me.pem", me.fullchain_pem + me.key_pem, folder)
    (folder / "clients.pem").write_bytes(root.pem)
    (folder / "web.pem").write_bytes(root.pem)
    (folder / "list.txt").write_text(
        "api.pem api.example\nadmin.pem [alpn http/1.1] admin.example\n", encoding="utf-8"
    )
    (folder / "haproxy.cfg").write_text(
        _HAPROXY.format(folder=folder, haproxy=HAPROXY, nginx=NGINX), encoding="utf-8"
    )


_HAPROXY = """
global
  crt-base {folder}
  ca-base {folder}
defaults
  mode http
  timeout connect 5s
  timeout client 600s
  timeout server 600s
  timeout http-keep-alive 600s
frontend api
  bind 127.0.0.1:{haproxy} ssl crt-list {folder}/list.txt ca-file clients.pem verify required
  http-request return status 200 content-type text/plain string ok if {{ path /api }}
  default_backend web
backend web
  server web 127.0.0.1:{nginx} ssl crt me.pem ca-file web.pem verify required sni str(shop.example) verifyhost shop.example
"""


@contextlib.contextmanager
def _standby(
    machine: OwnMachine, folder: Path, primary: Postgresql, root: Entity, now: datetime
) -> Iterator[None]:
    """A second PostgreSQL that follows the first one over mutual TLS."""
    as_user: tuple[str, ...] = ()
    folder.mkdir()
    if os.geteuid() == 0:
        shutil.chown(folder, primary.user, primary.user)
        as_user = ("setpriv", f"--reuid={primary.user}", f"--regid={primary.user}", "--clear-groups")
    data = folder / "data"
    copy = ["-h", str(primary.folder), "-p", str(primary.port), "-U", "postgres", "-D", str(data)]
    argv = [*machine.within, *as_user, str(primary.bin / "pg_basebackup"), *copy, "-c", "fast", "--no-sync"]
    subprocess.run(argv, check=True, capture_output=True, timeout=60, cwd=folder)
    me = root.leaf("postgres", now=now, purposes=CLIENT)
    for name, content in (("root.crt", root.pem), ("me.crt", me.fullchain_pem), ("me.key", me.key_pem)):
        write_private(folder / name, content, folder)
    follow = (
        f"host=127.0.0.1 port={primary.port} user=postgres sslmode=verify-ca sslrootcert={folder}/root.crt"
    )
    with (data / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
        file.write(
            f"port = {primary.port + 1}\nssl = off\nunix_socket_directories = '{folder}'\nlisten_addresses = ''\n"
        )
        file.write(f"primary_conninfo = '{follow} sslcert={folder}/me.crt sslkey={folder}/me.key'\n")
    (data / "standby.signal").touch()
    if as_user:
        shutil.chown(data / "standby.signal", primary.user, primary.user)
    log = folder / "postgresql.log"
    argv = [*machine.within, *as_user, str(primary.bin / "postgres"), "-D", str(data)]
    with running(
        argv,
        log,
        ready=lambda: "started streaming" in log.read_text(errors="replace"),
        stdin=subprocess.DEVNULL,
        cwd=folder,
    ):
        yield
