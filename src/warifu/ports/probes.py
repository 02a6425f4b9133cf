"""Handshakes with the living: full ones only, no session resumption."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Protocol

from warifu.domain.findings import Finding
from warifu.domain.trust.address import Address
from warifu.domain.x509 import Certificate, PrivateKey, Sha256
from warifu.ports.hosts import HostReader

DIALECTS: Mapping[str, int] = MappingProxyType(
    {
        "tls": 443,
        "imap": 143,
        "ldap": 389,
        "mysql": 3306,
        "nats": 4222,
        "pop3": 110,
        "postgresql": 5432,
        "smtp": 25,
        "tds": 1433,
        "tds8": 1433,
    }
)
"""How TLS begins, and the port where it usually does (IANA; `tds8` is TDS 8.0 of SQL Server: TLS at once)."""

_OTHER_SCHEMES: Mapping[str, tuple[str, int]] = MappingProxyType(
    {
        "https": ("tls", 443),
        "imaps": ("tls", 993),
        "ldaps": ("tls", 636),
        "mariadb": ("mysql", 3306),
        "mssql": ("tds", 1433),
        "pop3s": ("tls", 995),
        "postgres": ("postgresql", 5432),
        "smtps": ("tls", 465),
    }
)
SCHEMES: Mapping[str, tuple[str, int]] = MappingProxyType(
    {**{name: (name, port) for name, port in DIALECTS.items()}, **_OTHER_SCHEMES}
)
"""What people write before `://`: the dialect and the usual port."""

_ALSO = {587: "smtp"}  # RFC 6409
_BY_PORT = {port: name for name, port in DIALECTS.items() if name not in {"tls", "tds8"}} | _ALSO


def dialect_at(port: int) -> str:
    """Return the dialect that is usual at a port; `tls` where none is."""
    return _BY_PORT.get(port, "tls")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where TLS is spoken, and how it begins there.

    Args:
        dialect: one of `DIALECTS`.
    """

    address: Address
    dialect: str = "tls"

    def __str__(self) -> str:
        usual = dialect_at(self.address.port) == self.dialect
        return str(self.address) if usual else f"{self.dialect}://{self.address}"


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
        dialect: how TLS begins there: one of `DIALECTS`.
        sni: server name to send; empty sends none.
        client: identity to present; None presents none.
        read: read once after the handshake: TLS 1.3 tells a refused client only then.
        key: `RSA`, `EC` or `Ed25519`: take no certificate with another kind of key; empty takes any.
        clear_text: find out also whether a login without TLS is let in, by a second connection where it needs one.
    """

    address: Address
    dialect: str = "tls"
    sni: str = ""
    client: ClientIdentity | None = None
    read: bool = False
    timeout: timedelta = timedelta(seconds=5)
    key: str = ""
    clear_text: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """What one address answered.

    Args:
        chain: the certificates it served, in order, also when they are invalid.
        ca_names: DER names of its CertificateRequest; None when it asked for no client certificate.
        refused: the peer's alert or the transport's failure, as a word; empty when the handshake completed
            (and, where the ask said `read`, nothing came after it that takes it back).
        served: the bytes of each certificate, in order; `chain` lacks those that `findings` call unreadable.
        by_peer: `refused` is an alert of the peer, not a fault of the transport or of our side.
        reached: False when no connection came about at all.
        clear_text: a login without TLS is let in; None where the protocol does not tell before one.
        heard: after a handshake that was asked to `read`, the peer showed that it had judged our identity.
    """

    address: Address
    chain: tuple[Certificate, ...] = ()
    ca_names: tuple[bytes, ...] | None = None
    protocol: str = ""
    refused: str = ""
    served: tuple[bytes, ...] = field(default=(), repr=False)
    findings: tuple[Finding, ...] = ()
    by_peer: bool = False
    reached: bool = True
    heard: bool = False
    clear_text: bool | None = None

    @property
    def leaf(self) -> Sha256 | None:
        """The fingerprint of the served leaf, also when its bytes are no certificate."""
        if self.served:
            return Sha256.of(self.served[0])
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
