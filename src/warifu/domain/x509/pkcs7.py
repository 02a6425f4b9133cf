"""The certificates of a degenerate PKCS#7 message (`.p7b`), as many CAs return them. Spec: RFC 2315 §9, RFC 5652 §5.1."""

from __future__ import annotations

import warnings

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from warifu.domain.x509.certificate import Certificate
from warifu.domain.x509.reasons import reason_of
from warifu.errors import UsageError


def certificates_in_pkcs7(der: bytes) -> tuple[Certificate, ...]:
    """Return the certificates a message carries, in its order; its signatures, if any, are not judged.

    Raises:
        UsageError: `trust.certificate-unreadable`, when it is no such message or carries no certificate.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # BER instead of DER is common, and reads all the same
            found = pkcs7.load_der_pkcs7_certificates(der)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UsageError("trust.certificate-unreadable", reason=reason_of(error)) from None
    if not found:
        raise UsageError("trust.certificate-unreadable", reason="no certificate in it")
    return tuple(Certificate(certificate.public_bytes(Encoding.DER)) for certificate in found)
