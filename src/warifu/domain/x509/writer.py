"""Certificates to PEM, deterministically: 64 columns, one newline at the end of each."""

from __future__ import annotations

import base64
from collections.abc import Iterable

from warifu.domain.x509.certificate import Certificate


def to_pem(certificates: Iterable[Certificate]) -> bytes:
    """Return the certificates as one PEM text, in their order."""
    return b"".join(_block(certificate.der) for certificate in certificates)


def _block(der: bytes) -> bytes:
    text = base64.b64encode(der)
    lines = b"\n".join(text[at : at + 64] for at in range(0, len(text), 64))
    return b"-----BEGIN CERTIFICATE-----\n" + lines + b"\n-----END CERTIFICATE-----\n"
