"""The numbers by which OpenSSL finds certificates and CRLs in a folder: four octets of a digest of a name.

The present one is of the name as OpenSSL compares names: text in UTF-8, ASCII in lower case, white space at the ends
gone and each run of it within one space; relative names one behind the other, without what stands around them. The
old one (before OpenSSL 1.0.0) is of the name as it was sent.

Spec: there is none; `X509_NAME_hash_ex` and `X509_NAME_hash_old` of OpenSSL 3 say how. RFC 5280 §4.1.2.4 for names.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from types import MappingProxyType

from warifu.domain.x509.ber import SEQUENCE, SET, Element, element, elements
from warifu.domain.x509.certificate import Certificate
from warifu.domain.x509.crl import RevocationList
from warifu.domain.x509.odd_names import issuer_of_crl, wrapped

_UTF8 = 0x0C
_COMPARED: Mapping[int, str] = MappingProxyType(
    {
        _UTF8: "utf-8",
        0x13: "latin-1",  # PrintableString
        0x14: "latin-1",  # TeletexString
        0x16: "latin-1",  # IA5String
        0x1A: "latin-1",  # VisibleString
        0x1C: "utf-32-be",
        0x1E: "utf-16-be",
    }
)
"""Strings that are compared as text; every other value is compared as it stands."""

_SPACES = re.compile(rb"[ \t-\r]+")
_SUBJECT = 3  # of the sequences in a TBSCertificate: algorithm, issuer, validity, subject


def subject_hash(certificate: Certificate, *, old: bool = False) -> str:
    """Return the hash of a certificate's subject, as `openssl x509 -subject_hash` prints it.

    Args:
        old: as OpenSSL before 1.0.0 made it (`-subject_hash_old`).
    """
    signed = element(certificate.der).child(0, SEQUENCE)
    parts = (one for one in elements(signed.data, signed.inner, signed.outer) if one.tag == SEQUENCE)
    for _ in range(_SUBJECT):
        next(parts)
    return name_hash(next(parts).whole, old=old)


def issuer_hash(crl: RevocationList, *, old: bool = False) -> str:
    """Return the hash of a CRL's issuer, as `openssl crl -hash` prints it (`-hash_old`)."""
    return name_hash(issuer_of_crl(crl.der), old=old)


def name_hash(name: bytes, *, old: bool = False) -> str:
    """Return the hash of an encoded name as eight hexadecimal digits.

    Raises:
        UsageError: `trust.container-unreadable`: it is none.
    """
    if old:
        digest = hashlib.md5(name, usedforsecurity=False).digest()
    else:
        compared = b"".join(_relative_name(one) for one in element(name).children)
        digest = hashlib.sha1(compared, usedforsecurity=False).digest()
    return f"{int.from_bytes(digest[:4], 'little'):08x}"


def _relative_name(part: Element) -> bytes:
    """Spec: X.690 §11.6: what is in a set stands in the order of its octets."""
    return wrapped(SET, b"".join(sorted(_attribute(one) for one in part.children)))


def _attribute(one: Element) -> bytes:
    kind, *values = one.children
    return wrapped(SEQUENCE, kind.whole + b"".join(_value(value) for value in values))


def _value(value: Element) -> bytes:
    encoding = _COMPARED.get(value.tag)
    if encoding is None:
        return value.whole
    try:
        text = value.content.decode(encoding).encode()
    except UnicodeError:  # no name that OpenSSL reads
        return value.whole
    return wrapped(_UTF8, _SPACES.sub(b" ", text.strip(b" \t\n\v\f\r")).lower())
