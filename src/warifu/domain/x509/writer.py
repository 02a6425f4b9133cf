"""Certificates to PEM, deterministically: 64 columns, one newline at the end of each; and to PKCS#7.

Spec: RFC 7468 §2, §5.1; RFC 2315 §9.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable

from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

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


def to_pkcs7(certificates: Iterable[Certificate]) -> bytes:
    """Return the certificates as one degenerate PKCS#7 message in DER (`.p7b`); it keeps no order."""
    return pkcs7.serialize_certificates([one.parsed for one in certificates], Encoding.DER)
