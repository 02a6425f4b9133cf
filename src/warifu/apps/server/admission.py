"""Who is let in by a certificate: judged in each handshake, and again when anything changed.

A session that is resumed passes the same judgement as a new one. Each change brings a new context, and with it an
empty cache of sessions: none that was saved before is resumed after it.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from warifu.apps.server.material import TlsMaterial, fill_context
from warifu.domain.x509 import Certificate
from warifu.errors import WarifuError

NODE = "warifu:node:"
"""How the subjectAltName of an agent's identity begins (a URI)."""


_MOST_MET = 50_000
"""Certificates of which one admission remembers what it saw: identities are renewed, and it may last for months."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Who is at the other end: what its certificate says, once the handshake has proven it.

    Args:
        der: the certificate.
        subject: its subject, for people.
        not_after: its end.
        node: the node it belongs to; empty unless an anchor of agents stands above it.
        chain: SHA-256 (hex) of the chain that was verified, itself first.
        serials: issuer (the name's DER) and serial number of each certificate of that chain.
    """

    der: bytes
    subject: str
    not_after: datetime
    node: str
    chain: tuple[str, ...]
    serials: tuple[tuple[bytes, int], ...]

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of its certificate, hex."""
        return self.chain[0]

    def __repr__(self) -> str:
        return f"Peer({self.node or self.subject}, {self.fingerprint[:16]})"


class Admission:
    """One state of the server's door.

    Args:
        material: what it shows, and whom it lets in.
        clock: the present instant, asked in each handshake.
        refused: is told why a handshake failed, in one word.

    Raises:
        RefusedError: `server.key-mismatch`, `server.material-unusable`.
    """

    def __init__(
        self, material: TlsMaterial, clock: Callable[[], datetime], refused: Callable[[str], None]
    ) -> None:
        self.refused = refused
        self.material = material
        self.clock = clock
        self.context = _Context(self)
        self.until = fill_context(self.context, material, now=clock())
        self._anchors = frozenset(anchor.fingerprint.hex for anchor in material.anchors)
        self._agents = frozenset(anchor.fingerprint.hex for anchor in material.agents)
        self._met: dict[bytes, Peer] = {}
        """Whom a full handshake was verified with here, by certificate: a resumed session brings no chain."""
        self._revoked: dict[tuple[bytes, int], bool] = {}
        self._fine: dict[int, Peer] = {}
        """By identity, whom nothing but the end of its certificate will keep out as long as this state holds."""

    def refusal(self, peer: Peer) -> str:
        """Return why a peer is not let in: `untrusted`, `barred`, `revoked`, `expired`; empty when it is."""
        if id(peer) not in self._fine:
            if why := self._judge(peer):
                return why
            if len(self._fine) >= _MOST_MET:
                self._fine.clear()
            self._fine[id(peer)] = peer
        return "expired" if self.clock() > peer.not_after else ""

    def _judge(self, peer: Peer) -> str:
        if not (self._agents if peer.node else self._anchors).intersection(peer.chain):
            return "untrusted"
        if peer.node in self.material.barred:
            return "barred"
        if any(self._is_revoked(issuer, serial) for issuer, serial in peer.serials):
            return "revoked"
        return ""

    def meet(self, channel: ssl.SSLObject) -> Peer | None:
        """Return who is at the other end of a finished handshake, or None where it showed no certificate.

        Raises:
            ssl.SSLError: it is not let in; the connection ends before anything was answered.
        """
        der = channel.getpeercert(binary_form=True)
        if not der:
            return None
        try:
            peer = self._read(der, _verified(channel))
        except WarifuError as error:
            raise ssl.SSLError(ssl.SSL_ERROR_SSL, error.code) from error
        if why := self.refusal(peer):
            self.refused(why)
            raise ssl.SSLError(ssl.SSL_ERROR_SSL, why)
        return peer

    def _read(self, der: bytes, chain: tuple[bytes, ...]) -> Peer:
        if not chain and der in self._met:
            return self._met[der]
        if len(self._met) >= _MOST_MET:
            self._met.clear()
            self._revoked.clear()
        certificates = tuple(Certificate(one) for one in chain or (der,))
        leaf = certificates[0]
        digests = tuple(one.fingerprint.hex for one in certificates)
        self._met[der] = Peer(
            der=der,
            subject=str(leaf.subject),
            not_after=leaf.not_after,
            node=_node(leaf) if self._agents.intersection(digests[1:]) else "",
            chain=digests,
            serials=tuple((one.issuer.der, one.serial) for one in certificates),
        )
        return self._met[der]

    def _is_revoked(self, issuer: bytes, serial: int) -> bool:
        known = self._revoked.get((issuer, serial))
        if known is None:
            entries = (crl.entry(serial) for crl in self.material.crls if crl.issuer_der == issuer)
            known = any(entry is not None and not entry.is_lifted for entry in entries)
            self._revoked[issuer, serial] = known
        return known


class SwappingContext(ssl.SSLContext):
    """A context that hands each new connection to the present admission.

    asyncio and uvloop ask `wrap_bio` once a connection, so that whatever comes later meets what holds then.
    """

    current: Admission

    def __new__(cls, admission: Admission) -> Self:
        """Return a context that begins with an admission."""
        made = super().__new__(cls, ssl.PROTOCOL_TLS_SERVER)
        made.current = admission
        return made

    def wrap_bio(self, *args: Any, **options: Any) -> ssl.SSLObject:
        """Return the TLS side of a new connection."""
        return self.current.context.wrap_bio(*args, **options)


class Channel(ssl.SSLObject):
    """One connection's TLS, which judges its peer as the last act of the handshake."""

    peer: Peer | None = None
    _failed: str = ""

    # ast-grep-ignore: empty-word  ssl calls it so
    def do_handshake(self) -> None:
        """Go on with the handshake; see `Admission.meet`.

        Event loops end a connection whose handshake failed without sending what OpenSSL has to say of it. So a
        failure is reported on the second call: after the first, which asks for more, they send the alert, and who
        was refused learns why.
        """
        if self._failed:
            raise ssl.SSLError(ssl.SSL_ERROR_SSL, self._failed)
        context = self.context
        try:
            super().do_handshake()
        except ssl.SSLError as error:
            if error.errno != ssl.SSL_ERROR_SSL:
                raise
            self._failed = error.reason or "failed"
            if isinstance(context, _Context):
                context.admission.refused("tls")
            raise ssl.SSLWantReadError(ssl.SSL_ERROR_WANT_READ, "an alert is to be sent") from error
        if isinstance(context, _Context):
            self.peer = context.admission.meet(self)


class _Context(ssl.SSLContext):
    admission: Admission
    sslobject_class = Channel

    def __new__(cls, admission: Admission) -> Self:
        made = super().__new__(cls, ssl.PROTOCOL_TLS_SERVER)
        made.admission = admission
        return made


def _verified(channel: ssl.SSLObject) -> tuple[bytes, ...]:
    """Return the chain that OpenSSL verified, leaf first; empty for a resumed session.

    Python 3.13 has the method; before it, the same stands one object below, under its inner name.
    """
    public = getattr(channel, "get_verified_chain", None)
    if public is not None:
        return tuple(public() or ())
    inner: Any = channel._sslobj  # type: ignore[attr-defined]  # noqa: SLF001
    return tuple(one.public_bytes(_DER) for one in inner.get_verified_chain() or ())


_DER = 2  # _ssl.ENCODING_DER


def _node(leaf: Certificate) -> str:
    named = [uri.removeprefix(NODE) for uri in (leaf.names.uri if leaf.names else ()) if uri.startswith(NODE)]
    return named[0] if len(named) == 1 else ""
