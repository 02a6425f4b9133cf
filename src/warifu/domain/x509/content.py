"""What kind of object DER is, told by its structure: never by a file's name, nor by the label around it.

Spec: RFC 5280 §4.1, §5.1; RFC 2986 §4; RFC 5958 §2, §3; RFC 8017 §A.1; RFC 5915 §3; RFC 5652 §3; RFC 7292 §4.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from itertools import islice
from types import MappingProxyType

from warifu.domain.x509.ber import (
    BIT_STRING,
    FIRST,
    INTEGER,
    OCTET_STRING,
    OID,
    SEQUENCE,
    Element,
    element,
    elements,
)
from warifu.errors import UsageError


class Content(StrEnum):
    """What an object is."""

    CERTIFICATE = "certificate"
    REQUEST = "request"
    CRL = "crl"
    PKCS7 = "pkcs7"
    PKCS12 = "pkcs12"
    KEY = "key"
    ENCRYPTED_KEY = "encrypted-key"
    PUBLIC_KEY = "public-key"
    OTHER = "other"


_ENOUGH = 10
_TIMES = (0x17, 0x18)  # UTCTime, GeneralizedTime
JAVA_MAGICS: Mapping[bytes, str] = MappingProxyType(
    {b"\xfe\xed\xfe\xed": "JKS", b"\xce\xce\xce\xce": "JCEKS"}
)
"""How a key store of Java's begins, and its kind."""

_PKCS12 = re.compile(
    rb"\x30(?:[\x00-\x7f]|\x80|\x81.|\x82..|\x83...|\x84....)"  # PFX, of definite or indefinite length
    rb"\x02\x01\x03"  # version 3
    rb"\x30(?:[\x00-\x7f]|\x80|\x81.|\x82..|\x83...|\x84....)"  # authSafe
    rb"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07[\x01\x02]",  # data, or signedData
    re.DOTALL,
)
_SIGNED = bytes.fromhex("2a864886f70d010702")


def content_of(der: bytes) -> Content:
    """Return what an element is, `OTHER` where it is nothing that is known here."""
    if _PKCS12.match(der) is not None:
        return Content.PKCS12
    try:
        whole = element(der)
        if whole.tag != SEQUENCE:
            return Content.OTHER
        parts = _first(whole)
        return _told_by(parts, tuple(one.tag for one in parts))
    except UsageError:
        return Content.OTHER


_BY_TAGS: Mapping[tuple[int, ...], Content] = MappingProxyType(
    {
        (SEQUENCE, BIT_STRING): Content.PUBLIC_KEY,
        (SEQUENCE, OCTET_STRING): Content.ENCRYPTED_KEY,
    }
)
_KEYS = (
    (INTEGER, SEQUENCE, OCTET_STRING),  # PKCS#8
    (INTEGER, OCTET_STRING),  # SEC1
    (INTEGER,) * 6,  # PKCS#1 has nine numbers, DSA six
)


def _told_by(parts: tuple[Element, ...], tags: tuple[int, ...]) -> Content:
    if tags == (SEQUENCE, SEQUENCE, BIT_STRING):
        return _signed_object(_first(parts[0]))
    if tags[:1] == (OID,) and parts[0].content == _SIGNED:
        return Content.PKCS7
    if any(tags[: len(known)] == known for known in _KEYS):
        return Content.KEY
    return _BY_TAGS.get(tags, Content.OTHER)


def _signed_object(parts: tuple[Element, ...]) -> Content:
    """Certificate, request and CRL are a sequence, an algorithm and a signature alike; what is signed differs."""
    tags = tuple(one.tag for one in parts)
    if tags[:1] == (FIRST,):
        return Content.CERTIFICATE
    unversioned = tags[1:] if tags[:1] == (INTEGER,) else tags
    if unversioned[2:3] and unversioned[2] in _TIMES:
        return Content.CRL
    if tags[:3] == (INTEGER, SEQUENCE, SEQUENCE) and len(tags) < 5 and _is_key(parts[2]):
        return Content.REQUEST
    return Content.CERTIFICATE if tags[:1] == (INTEGER,) else Content.OTHER


def _first(one: Element) -> tuple[Element, ...]:
    """The first elements in one: more than any kind is told by; hostile ones have millions."""
    return tuple(islice(elements(one.data, one.inner, one.outer), _ENOUGH))


def _is_key(one: Element) -> bool:
    return tuple(part.tag for part in _first(one)) == (SEQUENCE, BIT_STRING)
