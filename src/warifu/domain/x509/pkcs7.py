"""The certificates and CRLs of a degenerate PKCS#7 message (`.p7b`), as many CAs return them.

Spec: RFC 2315 §9, RFC 5652 §5.1.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from warifu.domain.x509.ber import FIRST, SEQUENCE, Element, element, elements
from warifu.domain.x509.certificate import Certificate
from warifu.domain.x509.damaged import UNREADABLE
from warifu.domain.x509.reasons import reason_of
from warifu.errors import UsageError

_CRLS = 0xA1  # [1], constructed
_MOST = 200_000  # objects; a file of the largest size has no more that are whole


def certificates_in_pkcs7(der: bytes) -> tuple[Certificate, ...]:
    """Return the certificates a message carries, in its order; its signatures, if any, are not judged.

    Raises:
        UsageError: `trust.certificate-unreadable`, when it is no such message or carries no certificate.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # BER instead of DER is common, and reads all the same
            found = pkcs7.load_der_pkcs7_certificates(der)
    except UNREADABLE as error:
        raise UsageError("trust.certificate-unreadable", reason=reason_of(error)) from None
    if not found:
        raise UsageError("trust.certificate-unreadable", reason="no certificate in it")
    return tuple(Certificate(certificate.public_bytes(Encoding.DER)) for certificate in found)


@dataclass(frozen=True, slots=True)
class Part:
    """An object in a message: where it begins there, and what its place says that it is."""

    offset: int
    kind: str
    der: bytes


def parts_of_pkcs7(message: bytes) -> tuple[Part, ...]:
    """Return the certificates (`certificate`), CRLs (`crl`) and what else stands among them (`other`), in order.

    Args:
        message: ContentInfo of SignedData, in DER or BER; its signatures, if any, are not judged.

    Raises:
        UsageError: `trust.container-unreadable` with `offset` and `reason`.
    """
    signed = element(message).child(1, FIRST).child(0, SEQUENCE)
    groups = tuple(islice(elements(signed.data, signed.inner, signed.outer), 3, 6))
    parts = (
        Part(one.begin, _kind(group, one), one.whole)
        for group in groups
        if group.tag in (FIRST, _CRLS)
        for one in elements(group.data, group.inner, group.outer)
    )
    return tuple(islice(parts, _MOST))


def _kind(group: Element, one: Element) -> str:
    if one.tag != SEQUENCE:
        return "other"  # attribute certificates, other forms of revocation
    return "certificate" if group.tag == FIRST else "crl"


def to_pkcs7(certificates: Iterable[Certificate]) -> bytes:
    """Return the certificates as one degenerate PKCS#7 message in DER (`.p7b`); it keeps no order."""
    return pkcs7.serialize_certificates([one.parsed for one in certificates], Encoding.DER)
