"""A shop of real services on loopback under one old root: nginx, HAProxy, PostgreSQL and two clients.

    browser -> edge (HAProxy) -> web (nginx)      edge presents a client certificate to web
    app -> edge, app -> web, app -> db (PostgreSQL)   with a client certificate to web and db

    with run_shopfront(folder) as shop:
        shop.warifu("plan", "replace-ca", shop.old_root, shop.new_root("ca-1"), "--issuer", "ca-1")

Everything lies in one folder: configurations, ports, pid files, the estate file and the nodes' state.
The clients are the demo's traffic program, which shares no code with Warifu.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from demo.client import Link
from demo.loading import IdentityFiles, fingerprints
from support.command import Ran, argv, environment, run_warifu
from support.daemons import run_daemon
from support.haproxy import Haproxy
from support.nginx import PROGRAM as NGINX
from support.nginx import Nginx
from support.pki import CLIENT, Entity, make_ca
from support.postgresql import Postgresql, run_postgresql, write_private
from support.rigs import open_to_services
from support.running import free_port, listens, need_program, wait_until
from support.traffic import Traffic, run_traffic

ISSUERS = ("ca-1", "ca-2")
PASSPHRASE = "passphrase"
NODES = ("web", "edge", "db", "app", "browser")
CONNECTIONS = ("edge-to-web", "browser-to-edge", "app-to-edge", "app-to-web", "app-to-db")
SERVED_BY = {
    "browser-to-edge": ("edge", "web"),
    "app-to-edge": ("edge", "web"),
    "app-to-web": ("web",),
    "app-to-db": ("db",),
}
"""Which services a connection of the traffic needs: edge hands everything on to web."""


_Server = Nginx | Haproxy | Postgresql


@dataclass(frozen=True)
class Attempt:
    """One line of a traffic log."""

    at: datetime
    connection: str
    leaf: str
    error: str


@dataclass
class Shopfront:
    """The running shop.

    Args:
        quiet: times (from, to, service or `*`) in which a test itself broke or restarted a service.
    """

    folder: Path
    nginx: Nginx
    haproxy: Haproxy
    postgresql: Postgresql
    traffic: tuple[Traffic, ...]
    old: Entity
    quiet: list[tuple[datetime, datetime, str]] = field(default_factory=list)

    # --- Warifu, as a person types it

    def argv(self, *arguments: str) -> list[str]:
        """Return how a command is started in the estate's folder."""
        return argv(*arguments)

    @property
    def environment(self) -> dict[str, str]:
        return environment()

    def warifu(self, *arguments: str, folder: Path | None = None, seconds: float = 600) -> Ran:
        """Run a command to its end."""
        return run_warifu(*arguments, folder=folder or self.folder, seconds=seconds)

    def plan(self, *arguments: str, folder: Path | None = None, out: str = "plan.json") -> str:
        """Make a plan that must exist and return its digest."""
        ran = self.warifu("plan", *arguments, "--out", out, folder=folder, seconds=600)
        assert 0 == ran.code, ran.out + ran.err
        document = json.loads(((folder or self.folder) / out).read_text(encoding="utf-8"))
        return str(document["digest"])

    def rotate_plan(self, old: Path, new: str) -> str:
        """Plan the replacement of one root by an issuer's and return the digest."""
        return self.plan("replace-ca", str(old), str(self.root(new)), "--issuer", new)

    def root(self, issuer: str) -> Path:
        """Return the file of an issuer's root."""
        return self.folder / issuer / "root.crt"

    @property
    def old_root(self) -> Path:
        return self.folder / "old-root.pem"

    # --- what can be seen

    @property
    def anchors(self) -> dict[str, Path]:
        """Every trust store's file by slot."""
        return {
            "web/clients": self.folder / "web/tls/clients.pem",
            "edge/upstream": self.folder / "edge/tls/upstream.pem",
            "db/clients": self.postgresql.tls / "ca.crt",
            "app/upstream": self.folder / "app/upstream.pem",
            "browser/upstream": self.folder / "browser/upstream.pem",
        }

    @property
    def certificates(self) -> dict[str, Path]:
        """Every certificate's file by slot."""
        return {
            "web/tls": self.folder / "web/tls/web.crt",
            "edge/tls": self.folder / "edge/tls/edge.pem",
            "edge/me": self.folder / "edge/tls/me.pem",
            "db/tls": self.postgresql.tls / "server.crt",
            "app/me": self.folder / "app/me.crt",
        }

    @property
    def keys(self) -> dict[str, Path]:
        """The key files of those pairs that have one of their own."""
        return {"web/tls": self.folder / "web/tls/web.key", "db/tls": self.postgresql.tls / "server.key"}

    def leaves(self) -> dict[str, str]:
        """Return the SHA-256 of each leaf on disk, by slot."""
        return {slot: fingerprints(path.read_bytes())[0] for slot, path in self.certificates.items()}

    def served(self) -> dict[str, str]:
        """Return the leaf on disk behind each connection of the traffic."""
        leaves = self.leaves()
        return {name: leaves[f"{services[0]}/tls"] for name, services in SERVED_BY.items()}

    def trusting(self, root: bytes) -> list[str]:
        """Return the trust slots whose file holds a root (PEM)."""
        (wanted,) = fingerprints(root)
        return [slot for slot, path in self.anchors.items() if wanted in fingerprints(path.read_bytes())]

    def loaded_by_clients(self) -> dict[str, list[str]]:
        """Return the anchors that the clients say they have loaded."""
        found = {}
        for traffic in self.traffic:
            status = json.loads(traffic.status.read_text(encoding="utf-8"))
            found[traffic.folder.name] = status["slots"]["upstream"]["anchors"]
        return found

    def attempts(self) -> list[Attempt]:
        """Return everything the clients tried."""
        return [attempt for traffic in self.traffic for attempt in read_attempts(traffic.log)]

    def failures(self) -> list[Attempt]:
        """Return every failed attempt that no restart by the test explains."""
        return [each for each in self.attempts() if each.error and not self._is_quiet(each)]

    def _is_quiet(self, attempt: Attempt) -> bool:
        return any(
            begin <= attempt.at <= end and (service == "*" or service in SERVED_BY[attempt.connection])
            for begin, end, service in self.quiet
        )

    def upstream_leaves(self) -> set[str]:
        """Return SHA-1 of each client certificate that nginx accepted from HAProxy."""
        lines = (self.folder / "web/access.log").read_text(encoding="utf-8").splitlines()
        return {line.split("\t")[1] for line in lines if line.split("\t")[0] == "CN=edge"}

    def wait_until_busy(self, handshakes: int = 3) -> None:
        """Wait until every connection has made some more good handshakes."""
        for traffic in self.traffic:
            traffic.wait_until_busy(handshakes=handshakes)

    def leftovers(self) -> list[str]:
        """Return what an unfinished change leaves: held fences, temporary files, keys of requests."""
        found = [str(path) for path in self.folder.rglob("*.warifu-new")]
        for node in NODES:
            fence = self.folder / "nodes" / node / "fence.json"
            if fence.exists() and not json.loads(fence.read_text(encoding="utf-8"))["released"]:
                found.append(f"fence of {node}")
            found += [str(path) for path in (self.folder / "nodes" / node / "keys").glob("*")]
        return found

    # --- what a test does to it

    def restart(self, service: str) -> None:
        """End a service and start it again; what fails on its connections meanwhile is counted apart."""
        with self.down(service):
            pass

    @contextlib.contextmanager
    def down(self, service: str) -> Iterator[None]:
        """End a service, and start it again afterwards; what fails on its connections is counted apart."""
        servers: dict[str, _Server] = {"web": self.nginx, "edge": self.haproxy, "db": self.postgresql}
        server = servers[service]
        start = start_postgresql(server) if isinstance(server, Postgresql) else server.start
        with self.apart(service):
            self._end(server)
            try:
                yield
            finally:
                subprocess.run(start, check=True, capture_output=True, timeout=40)
                wait_until(lambda: listens(server.port), f"{service} to listen again")

    @contextlib.contextmanager
    def apart(self, service: str) -> Iterator[None]:
        """Count apart what fails on a service's connections, (`*`: on all), until all of them hold again."""
        begin = datetime.now(UTC)
        try:
            yield
        finally:
            self.wait_until_busy(1)  # an attempt that met the closed port is logged a little later
            self.quiet.append((begin, datetime.now(UTC), service))

    def load(self, service: str) -> None:
        """Have a service take up its files, without Warifu."""
        if service in ("app", "browser"):
            next(traffic for traffic in self.traffic if traffic.folder.name == service).reload()
        elif service == "db":
            pid_file = self.postgresql.data / "postmaster.pid"
            os.kill(int(pid_file.read_text().split()[0]), signal.SIGHUP)
        else:
            master = self.nginx.master if service == "web" else self.haproxy.master
            os.kill(master, signal.SIGHUP if service == "web" else signal.SIGUSR2)

    def _end(self, server: _Server) -> None:
        if isinstance(server, Postgresql):
            pid_file = server.data / "postmaster.pid"
            os.kill(int(pid_file.read_text().split()[0]), signal.SIGINT)
            wait_until(lambda: not pid_file.exists(), "PostgreSQL to end")
        else:
            os.kill(server.master, signal.SIGTERM)
            wait_until(lambda: not listens(server.port), f"{server.start[0]} to end")


def read_attempts(log: Path) -> list[Attempt]:
    """Return what a traffic log says; a last line that is not complete is not counted."""
    found = []
    for line in log.read_text(encoding="utf-8").splitlines(keepends=True):
        if line.endswith("\n"):
            at, name, leaf, error = line.rstrip("\n").split("\t")
            found.append(Attempt(datetime.fromisoformat(at), name, leaf, "" if error == "-" else error))
    return found


@dataclass(frozen=True)
class _Pairs:
    """The old certificates."""

    root: Entity
    web: Entity
    edge: Entity
    edge_me: Entity
    db: Entity
    app_me: Entity


def _make_pairs() -> _Pairs:
    now = datetime.now(UTC)
    root = make_ca("Shop Old Root", now=now)
    issuing = root.intermediate("Shop Old Issuing", now=now)
    return _Pairs(
        root,
        web=issuing.leaf("web.example", now=now),
        edge=issuing.leaf("edge.example", now=now),
        edge_me=root.leaf("edge", now=now, purposes=CLIENT),
        db=root.leaf("db.example", now=now),
        app_me=issuing.leaf("app", now=now, purposes=CLIENT),
    )


@contextlib.contextmanager
def run_shopfront(folder: Path, *, rate: float = 21.0) -> Iterator[Shopfront]:
    """Start the shop and its traffic; end everything, whatever a test did to it.

    Args:
        rate: handshakes a second on each connection.
    """
    need_program("nginx", NGINX)
    haproxy_program = need_program("haproxy", "haproxy")
    open_to_services(folder)
    pairs = _make_pairs()
    (folder / "old-root.pem").write_bytes(pairs.root.pem)
    (folder / PASSPHRASE).write_bytes(b"correct horse battery staple")
    (folder / PASSPHRASE).chmod(0o600)
    _make_issuers(folder)
    with contextlib.ExitStack() as stack:
        db = stack.enter_context(_database(folder / "db", pairs))
        web = stack.enter_context(_web(folder / "web", pairs))
        edge = stack.enter_context(_edge(folder / "edge", pairs, haproxy_program, web.port))
        clients = _clients(stack, folder, pairs, {"web": web.port, "edge": edge.port, "db": db.port}, rate)
        shop = Shopfront(folder, web, edge, db, clients, pairs.root)
        (folder / "estate.toml").write_text(_estate_file(shop), encoding="utf-8")
        for node in NODES:
            (folder / "nodes" / node).mkdir(parents=True)
        shop.wait_until_busy()
        yield shop


def _make_issuers(folder: Path) -> None:
    for name in ISSUERS:
        argv = [sys.executable, "-m", "warifu", "issuer", "create", name, "--folder", name, "--intermediate"]
        argv += ["--common-name", f"Shop {name}", "--passphrase-file", PASSPHRASE]
        subprocess.run(argv, cwd=folder, env=environment(), check=True, capture_output=True, timeout=60)


@contextlib.contextmanager
def _web(folder: Path, pairs: _Pairs) -> Iterator[Nginx]:
    tls = folder / "tls"
    tls.mkdir(parents=True)
    (tls / "web.crt").write_bytes(pairs.web.fullchain_pem)
    write_private(tls / "web.key", pairs.web.key_pem, tls)
    (tls / "clients.pem").write_bytes(pairs.root.pem)
    server = Nginx(folder, free_port())
    server.configuration.write_text(_NGINX.format(folder=folder, port=server.port, pid=server.pid))
    with run_daemon(server):
        yield server


_NGINX = """
worker_processes 2;
pid {pid};
error_log {folder}/error.log notice;
events {{ worker_connections 256; }}
http {{
  log_format shop "$ssl_client_s_dn\t$ssl_client_fingerprint\t$status";
  access_log {folder}/access.log shop;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} ssl backlog=512;
    ssl_certificate {folder}/tls/web.crt;
    ssl_certificate_key {folder}/tls/web.key;
    ssl_verify_client on;
    ssl_verify_depth 3;
    ssl_client_certificate {folder}/tls/clients.pem;
    ssl_session_tickets off;
    location / {{ return 200 "ok"; }}
  }}
}}
"""


@contextlib.contextmanager
def _edge(folder: Path, pairs: _Pairs, program: str, web: int) -> Iterator[Haproxy]:
    tls = folder / "tls"
    tls.mkdir(parents=True)
    for name, pair in (("edge", pairs.edge), ("me", pairs.edge_me)):
        write_private(tls / f"{name}.pem", pair.fullchain_pem + pair.key_pem, tls)
    (tls / "upstream.pem").write_bytes(pairs.root.pem)
    server = Haproxy(folder, free_port(), program)
    server.configuration.write_text(_HAPROXY.format(socket=server.socket, port=server.port, tls=tls, web=web))
    with run_daemon(server):
        yield server


_HAPROXY = """
global
  stats socket {socket} mode 600 level admin expose-fd listeners
defaults
  mode tcp
  timeout connect 5s
  timeout client 10s
  timeout server 10s
frontend edge
  bind 127.0.0.1:{port} backlog 512 ssl crt {tls}/edge.pem no-tls-tickets
  default_backend web
backend web
  server web 127.0.0.1:{web} ssl crt {tls}/me.pem ca-file {tls}/upstream.pem verify required verifyhost web.example sni str(web.example) no-ssl-reuse
"""


@contextlib.contextmanager
def _database(folder: Path, pairs: _Pairs) -> Iterator[Postgresql]:
    rules = ["hostssl all all 127.0.0.1/32 trust clientcert=verify-ca"]
    server: Postgresql | None = None
    try:
        with run_postgresql(folder, pairs.db, client_anchors=[pairs.root], hba=rules) as server:
            yield server
    finally:
        if server is not None and (server.data / "postmaster.pid").exists():  # started again by a test
            pid = int((server.data / "postmaster.pid").read_text().split()[0])
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGQUIT)
            port = server.port
            wait_until(lambda: not listens(port), "PostgreSQL to end")


def start_postgresql(server: Postgresql) -> tuple[str, ...]:
    """Return what starts the server again."""
    as_user = ("setpriv", f"--reuid={server.user}", f"--regid={server.user}", "--clear-groups")
    log = f"{server.folder}/again.log"  # the first one belongs to whom the tests run as
    command = (str(server.bin / "pg_ctl"), "-D", str(server.data), "-w", "-l", log, "start")
    return (*as_user, *command) if os.geteuid() == 0 else command


def _clients(
    stack: contextlib.ExitStack, folder: Path, pairs: _Pairs, ports: Mapping[str, int], rate: float
) -> tuple[Traffic, ...]:
    for name in ("app", "browser"):
        (folder / name).mkdir()
        (folder / name / "upstream.pem").write_bytes(pairs.root.pem)
    (folder / "app/me.crt").write_bytes(pairs.app_me.fullchain_pem)
    write_private(folder / "app/me.key", pairs.app_me.key_pem, folder)

    def link(client: str, server: str, *, identity: str = "") -> Link:
        talk = "postgresql" if server == "db" else "http"
        name, host = f"{client}-to-{server}", f"{server}.example"
        return Link(name, "127.0.0.1", ports[server], host, "upstream", identity, talk)

    app = run_traffic(
        folder / "app",
        [link("app", "edge"), link("app", "web", identity="me"), link("app", "db", identity="me")],
        trusts={"upstream": folder / "app/upstream.pem"},
        identities={"me": IdentityFiles(str(folder / "app/me.crt"), str(folder / "app/me.key"))},
        rate=rate,
    )
    trusts = {"upstream": folder / "browser/upstream.pem"}
    browser = run_traffic(folder / "browser", [link("browser", "edge")], trusts=trusts, rate=rate)
    return stack.enter_context(app), stack.enter_context(browser)


def _estate_file(shop: Shopfront) -> str:
    web, edge, db = shop.nginx, shop.haproxy, shop.postgresql
    return _ESTATE.format(
        folder=shop.folder,
        web=web.port,
        edge=edge.port,
        db=db.port,
        start_web=json.dumps(web.start),
        start_edge=json.dumps(edge.start),
        start_db=json.dumps(start_postgresql(db)),
        haproxy=edge.program,
        db_folder=db.folder,
        nodes="\n".join(f'[nodes.{node}]\nreach = "local"\nstate = "nodes/{node}"\n' for node in NODES),
        issuers="\n".join(
            f'[issuers.{name}]\nkind = "local"\nfolder = "{name}"\npassphrase-file = "{PASSPHRASE}"\n'
            f'chain = "{name}/issuing-chain.pem"\n'
            for name in ISSUERS
        ),
    )


_ESTATE = """
[estate]
name = "shopfront"

{nodes}
[services.web]
node = "web"
target = "nginx"
addresses = ["127.0.0.1:{web}"]
restart = {start_web}
options = {{ configuration = "{folder}/web/nginx.conf", pid = "{folder}/web/nginx.pid" }}

[services.web.identities.tls]
identity = "web"
certificate = "{folder}/web/tls/web.crt"
key = "{folder}/web/tls/web.key"

[services.web.trusts.clients]
store = "web-clients"
anchors = "{folder}/web/tls/clients.pem"

[services.edge]
node = "edge"
target = "haproxy"
addresses = ["127.0.0.1:{edge}"]
restart = {start_edge}
options = {{ configuration = "{folder}/edge/haproxy.cfg", pid = "{folder}/edge/haproxy.pid", program = "{haproxy}" }}

[services.edge.identities.tls]
identity = "edge"
certificate = "{folder}/edge/tls/edge.pem"
key = "{folder}/edge/tls/edge.pem"

[services.edge.identities.me]
identity = "edge-me"
certificate = "{folder}/edge/tls/me.pem"
key = "{folder}/edge/tls/me.pem"

[services.edge.trusts.upstream]
store = "edge-upstream"
anchors = "{folder}/edge/tls/upstream.pem"

[services.db]
node = "db"
target = "postgresql"
dialect = "postgresql"
addresses = ["127.0.0.1:{db}"]
restart = {start_db}
options = {{ data = "{db_folder}/data", log = "{db_folder}/postgresql.log" }}

[services.db.identities.tls]
identity = "db"
certificate = "{db_folder}/tls/server.crt"
key = "{db_folder}/tls/server.key"

[services.db.trusts.clients]
store = "db-clients"
anchors = "{db_folder}/tls/ca.crt"

[services.app]
node = "app"
target = "demo"
consumer = "openssl"
options = {{ status = "{folder}/app/status.json" }}

[services.app.identities.me]
identity = "app-me"
certificate = "{folder}/app/me.crt"
key = "{folder}/app/me.key"

[services.app.trusts.upstream]
store = "app-upstream"
anchors = "{folder}/app/upstream.pem"

[services.browser]
node = "browser"
target = "demo"
consumer = "openssl"
options = {{ status = "{folder}/browser/status.json" }}

[services.browser.trusts.upstream]
store = "browser-upstream"
anchors = "{folder}/browser/upstream.pem"

[identities.web]
names = ["web.example"]
issuer = "ca-1"
profile = "tls-server"

[identities.edge]
names = ["edge.example"]
issuer = "ca-1"
profile = "tls-server"

[identities.edge-me]
subject = "CN=edge"
names = ["edge"]
issuer = "ca-1"
profile = "tls-client"

[identities.db]
names = ["db.example"]
issuer = "ca-1"
profile = "tls-server"

[identities.app-me]
names = ["app"]
issuer = "ca-1"
profile = "tls-client"

[trust-stores.web-clients]
[trust-stores.edge-upstream]
[trust-stores.db-clients]
[trust-stores.app-upstream]
[trust-stores.browser-upstream]

[connections.edge-to-web]
clients = ["edge"]
servers = ["web"]
server-identities = ["web/tls"]
client-trusts = ["edge/upstream"]
server-name = "web.example"
client-certificate = "required"
client-identities = ["edge/me"]
server-trusts = ["web/clients"]

[connections.browser-to-edge]
clients = ["browser"]
servers = ["edge"]
server-identities = ["edge/tls"]
client-trusts = ["browser/upstream"]
server-name = "edge.example"

[connections.app-to-edge]
clients = ["app"]
servers = ["edge"]
server-identities = ["edge/tls"]
client-trusts = ["app/upstream"]
server-name = "edge.example"

[connections.app-to-web]
clients = ["app"]
servers = ["web"]
server-identities = ["web/tls"]
client-trusts = ["app/upstream"]
server-name = "web.example"
client-certificate = "required"
client-identities = ["app/me"]
server-trusts = ["web/clients"]

[connections.app-to-db]
clients = ["app"]
servers = ["db"]
server-identities = ["db/tls"]
client-trusts = ["app/upstream"]
server-name = "db.example"
client-certificate = "required"
client-identities = ["app/me"]
server-trusts = ["db/clients"]

{issuers}
"""


def copy_paper(shop: Shopfront, folder: Path) -> Path:
    """Give another person the same estate file and issuers in a folder of their own: another journal."""
    folder.mkdir(parents=True)
    text = (shop.folder / "estate.toml").read_text(encoding="utf-8")
    text = text.replace('state = "nodes/', f'state = "{shop.folder}/nodes/')
    (folder / "estate.toml").write_text(text, encoding="utf-8")
    for name in ISSUERS:
        shutil.copytree(shop.folder / name, folder / name)
    shutil.copy2(shop.folder / PASSPHRASE, folder / PASSPHRASE)
    return folder
