"""Asking ports of this machine by the real prober."""

from __future__ import annotations

from datetime import timedelta

from support.pki import Entity
from warifu.adapters.hosts.local import LocalHost
from warifu.adapters.probes.tls import TlsProber
from warifu.domain.estate import Address
from warifu.ports.probes import Answered, Ask, ClientIdentity


def identity_of(entity: Entity) -> ClientIdentity:
    """What a probe presents."""
    return ClientIdentity(entity.value, entity.chain, entity.private_key)


def ask(
    port: int,
    *,
    dialect: str = "tls",
    sni: str = "",
    client: Entity | None = None,
    read: bool = False,
    seconds: float = 10,
) -> Answered:
    """Ask one port of loopback."""
    asked = Ask(
        Address("127.0.0.1", port),
        dialect,
        sni,
        identity_of(client) if client else None,
        read,
        timedelta(seconds=seconds),
    )
    return TlsProber().ask(asked, via=LocalHost())
