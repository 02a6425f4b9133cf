"""What the server shows of itself, and whom it lets in: one value, replaced as a whole.

Spec: RFC 8446 (TLS 1.3), RFC 5246 (TLS 1.2), RFC 9325 §3 and §4 (versions and cipher suites).
"""

from __future__ import annotations

import contextlib
import os
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from warifu.domain.x509 import Certificate, PrivateKey, RevocationList, to_pem
from warifu.errors import RefusedError

_CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"  # RFC 9325 §4.2; those of TLS 1.3 are all good


@dataclass(frozen=True, slots=True)
class TlsMaterial:
    """The server's certificate and key, and who may come in with a certificate of their own.

    Args:
        chain: the leaf, then the certificates above it that are sent along.
        key: the leaf's key.
        agents: anchors of the identities of agents; only below them does a certificate name a node.
        people: anchors of the certificates of people and programs.
        crls: what is revoked, of any of them.
        barred: names of nodes that are not let in, whatever they show (fenced ones).
    """

    chain: tuple[Certificate, ...]
    key: PrivateKey = field(repr=False)
    agents: tuple[Certificate, ...] = ()
    people: tuple[Certificate, ...] = ()
    crls: tuple[RevocationList, ...] = ()
    barred: frozenset[str] = frozenset()

    @property
    def anchors(self) -> tuple[Certificate, ...]:
        """Every anchor below which a client's certificate is accepted."""
        return (*self.agents, *self.people)


def fill_context(context: ssl.SSLContext, material: TlsMaterial, *, now: datetime) -> datetime | None:
    """Give a context a server's material; return when it has to be filled anew, where a CRL ends.

    An expired certificate is served like any other: signed trust is read over it all the same. A client may come
    without a certificate; one that it does present must verify.

    OpenSSL looks into the CRLs itself only where it has one in time for each CA and none may have another beneath
    it, because it refuses everybody else; who is revoked is refused in any case, by `Admission`.

    Raises:
        RefusedError: `server.key-mismatch`, `server.material-unusable`.
    """
    if not material.chain or material.chain[0].public_key != material.key.public_key:
        raise RefusedError("server.key-mismatch", subject=material.chain[0].label if material.chain else "?")
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_TICKET | ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    context.num_tickets = 0
    context.verify_mode = ssl.CERT_OPTIONAL
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # what is listed is trusted, nothing else decides
    looks, end = _can_look(material, now)
    try:
        context.set_ciphers(_CIPHERS)
        context.set_alpn_protocols(["http/1.1"])
        with _in_memory(to_pem(material.chain)) as chain, _in_memory(material.key.to_pkcs8()) as key:
            context.load_cert_chain(chain, key)
        for anchor in dict.fromkeys(material.anchors):
            context.load_verify_locations(cadata=anchor.der)
        if looks:
            context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
            with _in_memory(b"".join(_pem(crl) for crl in material.crls)) as crls:
                context.load_verify_locations(crls)
    except (ssl.SSLError, OSError, ValueError) as error:
        raise RefusedError("server.material-unusable", reason=_reason(error)) from error
    return end


def _can_look(material: TlsMaterial, now: datetime) -> tuple[bool, datetime | None]:
    """Return whether OpenSSL's own look into CRLs would refuse nobody wrongly, and until when."""
    ends: list[datetime] = []
    for anchor in material.anchors:
        mine = [
            crl.next_update
            for crl in material.crls
            if crl.issuer_der == anchor.subject.der and crl.this_update <= now and not crl.is_delta
        ]
        in_time = [end for end in mine if end is not None and end > now]
        if not in_time or anchor.basic_constraints != (True, 0):
            return False, None
        ends.append(max(in_time))
    return bool(ends), min(ends, default=None)


def _pem(crl: RevocationList) -> bytes:
    parsed: x509.CertificateRevocationList = crl.parsed
    return parsed.public_bytes(serialization.Encoding.PEM)


@contextlib.contextmanager
def _in_memory(data: bytes) -> Iterator[str]:
    """Give the path of a file that lies on no disk: Python takes keys and CRLs from files alone."""
    handle = os.memfd_create("warifu", os.MFD_CLOEXEC)
    try:
        with os.fdopen(handle, "wb", closefd=False) as file:
            file.write(data)
        yield f"/proc/self/fd/{handle}"
    finally:
        os.close(handle)


def _reason(error: Exception) -> str:
    """Return OpenSSL's word for a fault, without the place in its source."""
    return str(getattr(error, "reason", "") or type(error).__name__)
