"""Handshakes with the living: full ones only, no session resumption."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from warifu.domain.estate import Address
from warifu.domain.x509 import Certificate, PrivateKey, Sha256
from warifu.ports.hosts import HostReader


@dataclass(frozen=True, slots=True)
class ClientIdentity:
    """What the probe presents as a client."""

    leaf: Certificate
    chain: tuple[Certificate, ...]
    key: PrivateKey


@dataclass(frozen=True, slots=True)
class Ask:
    """One handshake to make.

    Args:
        dialect: `tls` or `postgresql`.
        sni: server name to send; empty sends none.
        client: identity to present; None presents none.
        read: read once after the handshake: TLS 1.3 tells a refused client only then.
    """

    address: Address
    dialect: str = "tls"
    sni: str = ""
    client: ClientIdentity | None = None
    read: bool = False
    timeout: timedelta = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Answered:
    """What one address answered.

    Args:
        chain: the certificates it served, in order, also when they are invalid.
        ca_names: DER names of its CertificateRequest; None when it asked for no client certificate.
        refused: the peer's alert or the transport's failure, as a word; empty when the handshake completed.
    """

    address: Address
    chain: tuple[Certificate, ...] = ()
    ca_names: tuple[bytes, ...] | None = None
    protocol: str = ""
    refused: str = ""

    @property
    def leaf(self) -> Sha256 | None:
        """The fingerprint of the served leaf."""
        return self.chain[0].fingerprint if self.chain else None


class Prober(Protocol):
    """Makes handshakes. It verifies nothing: judging is the domain's work."""

    def ask(self, ask: Ask, *, via: HostReader) -> Answered:
        """Make one full handshake through a host; a refusal is an answer, not an error."""
        ...

    def resolve(self, host: str, port: int) -> tuple[Address, ...]:
        """Return every address behind a name.

        Raises:
            CouldNotLookError: `io.name-unknown`.
        """
        ...
