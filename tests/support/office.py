"""An estate in which people do their part: an appliance, a partner's trust store, an issuer that is an office.

    app -> console   an appliance of `network`, reached by hand; the test takes files over and restarts it
    app -> web       nginx on this machine
    partner -> console   a program of `security` that nobody here can look into

Both certificates come from an issuer by hand. The test plays every person with openssl and files.

    with run_office(folder) as office:
        office.warifu("apply", ...)
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from demo.client import Link
from support.command import Ran, argv, environment, run_warifu
from support.nginx import Nginx, nginx
from support.pki import Entity, make_ca
from support.rigs import open_to_services
from support.running import listens, wait_until
from support.traffic import Traffic, run_traffic


@dataclass(frozen=True)
class Appliance:
    """A TLS service that only its own people touch: it serves what it loaded when it started."""

    server: Nginx

    @property
    def certificate(self) -> Path:
        return self.server.folder / "certificate.pem"

    @property
    def key(self) -> Path:
        return self.server.folder / "key.pem"

    def upload(self, certificate: Path, key: Path) -> None:
        """Replace its files, as its screen for certificates would; it goes on with what it has loaded."""
        shutil.copy(certificate, self.certificate)
        shutil.copy(key, self.key)

    def restart(self) -> None:
        """End its process and start it again: only now it loads its files."""
        os.kill(self.server.master, signal.SIGTERM)
        wait_until(lambda: not listens(self.server.port), "the appliance to end")
        subprocess.run(self.server.start, check=True, capture_output=True, timeout=20)
        wait_until(lambda: listens(self.server.port), "the appliance to listen again")


@dataclass
class Office:
    """The running estate.

    Args:
        ca: who signs at the issuer by hand: its root.
        following: commands that run until somebody acts.
    """

    folder: Path
    console: Appliance
    traffic: Traffic
    old: Entity
    ca: Entity
    signing: Entity
    following: list[subprocess.Popen[str]] = field(default_factory=list)

    def warifu(self, *arguments: str, seconds: float = 120) -> Ran:
        """Run a command to its end."""
        return run_warifu(*arguments, folder=self.folder, seconds=seconds)

    def follow(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command that waits for people; its output goes to the file `followed`."""
        with (self.folder / "followed").open("w", encoding="utf-8") as out:
            program = subprocess.Popen(
                argv(*arguments),
                cwd=self.folder,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                text=True,
            )
        self.following.append(program)
        return program

    def followed(self) -> str:
        return (self.folder / "followed").read_text(encoding="utf-8")

    def plan(self) -> str:
        """Plan the replacement of the old root and return the digest."""
        ran = self.warifu(
            *("plan", "replace-ca", "old-root.pem", "corp/root.pem", "--issuer", "corp"),
            *("--allow-outage", "console"),
        )
        assert 0 == ran.code, ran.out + ran.err
        return str(json.loads((self.folder / "plan.json").read_text(encoding="utf-8"))["digest"])

    def blocked(self) -> list[dict[str, Any]]:
        """Return what keeps the rollout from going on."""
        return list(self.show()["blocked"])

    def show(self) -> dict[str, Any]:
        """Return what `rollout show --json` says of the only rollout."""
        (head,) = json.loads(self.warifu("rollout", "show", "--json").out)
        document: dict[str, Any] = json.loads(self.warifu("rollout", "show", head["rollout"], "--json").out)
        return document

    def states(self) -> dict[str, str]:
        """Return the state of each step."""
        return {step["id"]: step["state"] for step in self.show()["steps"]}

    def sign(self, request: Path, to: Path, *, days: int = 90) -> None:
        """Sign a request as the office would, with openssl, and put its own certificate after it."""
        text = subprocess.run(
            ["openssl", "req", "-in", request, "-noout", "-text"], check=True, capture_output=True, text=True
        ).stdout
        (names,) = re.findall(r"Subject Alternative Name:[^\n]*\n\s*(\S[^\n]*)", text)
        extensions = to.with_suffix(".ext")
        extensions.write_text(
            f"subjectAltName={names.replace(' ', '')}\nextendedKeyUsage=serverAuth\n"
            "keyUsage=digitalSignature\nbasicConstraints=CA:FALSE\n"
            "authorityKeyIdentifier=keyid\nsubjectKeyIdentifier=hash\n",
            encoding="ascii",
        )
        office = self.folder / "office"
        argv = ["openssl", "x509", "-req", "-in", str(request), "-CA", f"{office}/signing.pem", "-CAkey"]
        argv += [f"{office}/signing.key", "-days", str(days), "-extfile", str(extensions), "-out", str(to)]
        subprocess.run(argv, check=True, capture_output=True)
        extensions.unlink()
        to.write_bytes(to.read_bytes() + self.signing.pem)


@contextlib.contextmanager
def run_office(folder: Path) -> Iterator[Office]:
    """Start everything; end it, whatever a test did to it."""
    open_to_services(folder)
    now = datetime.now(UTC)
    old = make_ca("Old Root", now=now)
    ca = make_ca("Corporate Root", now=now)
    signing = ca.intermediate("Corporate Issuing", now=now)
    pairs = {name: old.leaf(f"{name}.example", now=now) for name in ("console", "web")}
    _write_papers(folder, old, ca, signing, pairs)
    with contextlib.ExitStack() as stack:
        appliance = nginx(
            folder / "console",
            certificate=f"{folder}/console/certificate.pem",
            key=f"{folder}/console/key.pem",
        )
        console = Appliance(stack.enter_context(appliance))
        web = stack.enter_context(
            nginx(folder / "nginx", certificate=f"{folder}/web/web.crt", key=f"{folder}/web/web.key")
        )
        links = [
            Link("app-to-console", "127.0.0.1", console.server.port, "console.example", "upstream", "", ""),
            Link("app-to-web", "127.0.0.1", web.port, "web.example", "upstream", "", ""),
        ]
        trusts = {"upstream": folder / "app/upstream.pem"}
        traffic = stack.enter_context(run_traffic(folder / "app", links, trusts=trusts, rate=4.0))
        values = {"folder": folder, "console": console.server.port, "web": web.port}
        (folder / "estate.toml").write_text(_ESTATE.format(**values), encoding="utf-8")
        office = Office(folder, console, traffic, old, ca, signing)
        stack.callback(_end_all, office)
        traffic.wait_until_busy()
        yield office


def _end_all(office: Office) -> None:
    for program in office.following:
        if program.poll() is None:
            os.kill(program.pid, signal.SIGKILL)
        program.wait()


def _write_papers(folder: Path, old: Entity, ca: Entity, signing: Entity, pairs: dict[str, Entity]) -> None:
    for name in ("console", "web", "app", "partner", "corp/in", "office"):
        (folder / name).mkdir(parents=True)
    (folder / "old-root.pem").write_bytes(old.pem)
    (folder / "corp/root.pem").write_bytes(ca.pem)
    (folder / "corp/chain.pem").write_bytes(signing.pem + ca.pem)
    (folder / "office/signing.pem").write_bytes(signing.pem)
    (folder / "office/signing.key").write_bytes(signing.key_pem)
    for place in ("app/upstream.pem", "partner/anchors.pem"):
        (folder / place).write_bytes(old.pem)
    for name, file in (("console", "console/certificate.pem"), ("web", "web/web.crt")):
        (folder / file).write_bytes(pairs[name].fullchain_pem)
        key = folder / ("console/key.pem" if name == "console" else "web/web.key")
        key.write_bytes(pairs[name].key_pem)
        key.chmod(0o600)
    (folder / "listing").mkdir()
    (folder / "listing/console.pem").write_bytes(pairs["console"].fullchain_pem)


_ESTATE = """
[estate]
name = "office"

[owners.network]
contact = "network@example.org"
answer-within = "2h"
remind-every = "1s"

[owners.security]
contact = "security@example.org"
answer-within = "2s"
remind-every = "1s"

[nodes.here]
reach = "local"
state = "state"

[nodes.box]
reach = "by-hand"
platform = "appliance"
owner = "network"

[nodes.partner]
reach = "by-hand"
platform = "linux"
owner = "security"

[services.console]
node = "box"
target = "by-hand"
consumer = "openssl"
loading = "restart"
addresses = ["127.0.0.1:{console}"]

[services.console.identities.tls]
identity = "console"
certificate = "listing/console.pem"
key = ""

[services.web]
node = "here"
target = "nginx"
addresses = ["127.0.0.1:{web}"]
options = {{ configuration = "{folder}/nginx/nginx.conf", pid = "{folder}/nginx/nginx.pid" }}

[services.web.identities.tls]
identity = "web"
certificate = "{folder}/web/web.crt"
key = "{folder}/web/web.key"

[services.app]
node = "here"
target = "demo"
consumer = "openssl"
options = {{ status = "{folder}/app/status.json" }}

[services.app.trusts.upstream]
store = "app-cas"
anchors = "{folder}/app/upstream.pem"

[services.ledger]
node = "partner"
target = "by-hand"
consumer = "openssl"

[services.ledger.trusts.upstream]
store = "ledger-cas"
anchors = "partner/anchors.pem"

[identities.console]
names = ["console.example"]
issuer = "corp"
profile = "tls-server"

[identities.web]
names = ["web.example"]
issuer = "corp"
profile = "tls-server"

[trust-stores.app-cas]
[trust-stores.ledger-cas]

[connections.app-to-console]
clients = ["app"]
servers = ["console"]
client-trusts = ["app/upstream"]
server-name = "console.example"

[connections.app-to-web]
clients = ["app"]
servers = ["web"]
client-trusts = ["app/upstream"]
server-name = "web.example"

[connections.ledger-to-console]
clients = ["ledger"]
servers = ["console"]
client-trusts = ["ledger/upstream"]
server-name = "console.example"

[issuers.corp]
kind = "by-hand"
folder = "corp"
chain = "corp/chain.pem"
"""
