"""Asking ports of this machine by the real prober."""

from __future__ import annotations

from datetime import timedelta

from support.pki import Entity
from warifu.adapters.hosts.local import LocalHost
from warifu.adapters.probes.tls import TlsProber
from warifu.domain.trust.address import Address
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
    clear_text: bool = False,
    host: str = "127.0.0.1",
) -> Answered:
    """Ask one port of loopback."""
    asked = Ask(
        Address(host, port),
        dialect,
        sni,
        identity_of(client) if client else None,
        read,
        timedelta(seconds=seconds),
        clear_text=clear_text,
    )
    return TlsProber().ask(asked, via=LocalHost())
