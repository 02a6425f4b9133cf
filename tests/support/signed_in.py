"""A whole Warifu server in a thread, on a fresh data folder, with people who are signed in."""

from __future__ import annotations

import contextlib
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from support.pki import Entity, make_ca
from support.running import free_port
from support.serving import person_leaf
from support.trust_server import TrustServer, run_server
from warifu.domain.directory.roles import Role
from warifu.domain.x509 import to_pem
from warifu.workflows.acting import Actor
from warifu.workflows.server_desks import Desks
from warifu.workflows.server_setup import Fresh

PASSWORD = "correct horse battery staple"
ADMIN = Actor("admin", frozenset(Role))


def real_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Office:
    """A server that runs, and everything that a test of people needs of it."""

    server: TrustServer
    fresh: Fresh
    people_ca: Entity

    @property
    def folder(self) -> Path:
        return self.server.folder

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def desks(self) -> Desks:
        return self.server.desks

    def write_ca(self) -> Path:
        """The CA that vouches for the server, as a file."""
        place = self.folder / "server-ca.pem"
        if not place.exists():
            published = self.desks.trust.version("warifu")
            place.write_bytes(to_pem([one.certificate for one in published.anchors]))
        return place

    def token(self, name: str = "admin", *roles: Role) -> str:
        """A session of a person, who is added where nobody has the name."""
        now, people = real_now(), self.desks.people
        if name not in {one.name for one in people.people(ADMIN)}:
            people.add(ADMIN, name, roles, now=now)
        return people.open_link(people.invite(ADMIN, name, now=now), PASSWORD, now=now).token

    def ask(
        self, method: str, path: str, wish: object = None, *, token: str = "", **headers: str
    ) -> tuple[int, Any]:
        """The status and the document that are answered."""
        context = ssl.create_default_context(cafile=str(self.write_ca()))
        sent = {"Authorization": f"Bearer {token}"} if token else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        body = None if wish is None else json.dumps(wish).encode()
        if body is not None:
            sent["Content-Type"] = "application/json"
        asked = urllib.request.Request(self.url + path, data=body, headers=sent, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(asked, context=context, timeout=30) as answer:  # noqa: S310
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read() or b"null")

    def paper(self, name: str) -> tuple[Path, Path]:
        """A client certificate by which the server knows a person, and its key."""
        leaf = person_leaf(self.people_ca, name)
        people = self.desks.people
        people.set_certificates(ADMIN, name, [leaf.value.fingerprint], now=real_now())
        certificate, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        certificate.write_bytes(to_pem([leaf.value]))
        key.touch(mode=0o600)
        key.write_bytes(leaf.private_key.to_pkcs8())
        return certificate, key


@contextlib.contextmanager
def office(folder: Path) -> Iterator[Office]:
    """A server that people's client certificates are known to, from its first start to its end."""
    people_ca = make_ca("People", now=real_now())
    file = folder / "people-ca.pem"
    file.write_bytes(to_pem([people_ca.value]))
    with run_server(folder, port=free_port(), people_ca=str(file)) as server:
        assert server.fresh is not None
        yield Office(server, server.fresh, people_ca)
