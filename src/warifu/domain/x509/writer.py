"""Certificates to PEM, deterministically: 64 columns, one newline at the end of each.

Spec: RFC 7468 §2, §5.1.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable

from warifu.domain.x509.certificate import Certificate
from warifu.domain.x509.crl import RevocationList


def to_pem(certificates: Iterable[Certificate]) -> bytes:
    """Return the certificates as one PEM text, in their order."""
    return b"".join(_block(certificate.der) for certificate in certificates)


def _block(der: bytes, label: bytes = b"CERTIFICATE") -> bytes:
    text = base64.b64encode(der)
    lines = b"\n".join(text[at : at + 64] for at in range(0, len(text), 64))
    return b"-----BEGIN " + label + b"-----\n" + lines + b"\n-----END " + label + b"-----\n"


def crls_to_pem(crls: Iterable[RevocationList]) -> bytes:
    """Return the CRLs as one PEM text, in their order."""
    return b"".join(_block(crl.der, b"X509 CRL") for crl in crls)
