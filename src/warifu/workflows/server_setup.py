"""The contents of a fresh server: CAs, its certificate, the first signed bundle, and the way in for its administrator."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from warifu.domain.directory.model import CONTROL
from warifu.domain.x509 import Certificate
from warifu.errors import RefusedError, UsageError
from warifu.ports.bundles import BundleSigner
from warifu.ports.identities import ControlKeys, IdentityIssuer
from warifu.ports.registry import Registry
from warifu.workflows.acting import SERVER
from warifu.workflows.audit_desk import record
from warifu.workflows.control_ca import CaUse, begin_cas, make_ca, publish_crls, renew_server
from warifu.workflows.people_desk import first_link
from warifu.workflows.published import create_domain, newest_root

SET_UP: Final = "set-up"
SERVER_ID: Final = "server-id"
_TOKEN: Final = 32  # bytes


@dataclass(frozen=True, slots=True)
class Fresh:
    """What a fresh server is known by.

    Args:
        certificate: the server's own.
        root: SHA-256 of the first root, a trial of one key.
        administrator: whose the link is.
        token: for the one-time link by which the first administrator chooses a password; told once.
    """

    id: str
    certificate: Certificate
    server_ca: Certificate
    agents_ca: Certificate
    root: str
    administrator: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Makers:
    """Who signs for a server."""

    signer: BundleSigner
    keys: ControlKeys
    issuer: IdentityIssuer


def set_up(
    registry: Registry,
    makers: Makers,
    names: Sequence[str],
    *,
    administrator: str = "admin",
    chance: Callable[[int], bytes],
    now: datetime,
) -> Fresh:
    """Make a fresh server's contents: all of it is there afterwards, or it can be asked for again.

    Args:
        names: DNS names and addresses of the server.
        chance: returns so many random bytes.

    Raises:
        RefusedError: `registry.set-up-already`.
        UsageError: `registry.no-names`, `people.bad-name`, `issue.bad-name`.
    """
    if not names:
        raise UsageError("registry.no-names")
    if is_set_up(registry):
        raise RefusedError("registry.set-up-already")
    server_ca = make_ca(makers.keys, CaUse.SERVER, now=now)
    agents_ca = make_ca(makers.keys, CaUse.AGENTS, now=now)
    token = base64.urlsafe_b64encode(chance(_TOKEN)).decode().rstrip("=")
    with registry.change() as books:
        if books.about.find(SERVER_ID):
            raise RefusedError("registry.set-up-already")
        books.about.put(SERVER_ID, chance(8).hex())
        record(books, SERVER, SET_UP, books.about.find(SERVER_ID), {"names": sorted(names)}, now=now)
        books.bundles.add(makers.signer.begin(now=now), now=now)
        create_domain(books, makers.signer, SERVER, CONTROL, now=now)
        begin_cas(books, makers.signer, server_ca, agents_ca, now=now)
        publish_crls(books, makers.signer, makers.issuer, now=now)
        first_link(books, administrator, token, now=now)
        certificate = renew_server(books, makers.keys, names, now=now)
        root = newest_root(books)
        return Fresh(
            books.about.find(SERVER_ID),
            certificate,
            server_ca,
            agents_ca,
            root.sha256 if root is not None else "",
            administrator,
            token,
        )


def is_set_up(registry: Registry) -> bool:
    """Tell whether a server's contents are there."""
    with registry.look() as books:
        return bool(books.about.find(SERVER_ID))
