"""Certificates of one CA are alike: what the bytes of their common extensions say is read once.

All extensions but subjectAltName and subjectKeyIdentifier, byte for byte and in their order, make a *shape*.
Where a certificate of that shape was read whole by the library and without a fault, the next one needs only
those two, and they are taken here when they are plain: DNS names alone, and a key id. Anything else is read
by the library as ever.

Spec: RFC 5280 §4.1.2.9, §4.2.1.2, §4.2.1.6; X.690 §8 (lengths).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from warifu.domain.x509.damaged import value_at
from warifu.domain.x509.identifiers import KeyId
from warifu.domain.x509.names import DistinguishedName, GeneralNames
from warifu.domain.x509.public_key import PublicKey

_NAMES, _KEY_ID = b"\x06\x03\x55\x1d\x11", b"\x06\x03\x55\x1d\x0e"
_CRITICAL = b"\x01\x01\xff"
_CRITICAL_NAMES = _NAMES + _CRITICAL
_CUT_NAMES, _CUT_CRITICAL_NAMES, _CUT_KEY_ID = b"\x00N", b"\x00C", b"\x00K"  # begins no extension
_DNS = 0x82  # GeneralName, [2] IA5String
# One attribute with a plain value: SET, SEQUENCE, object identifier 2.5.4.x, PrintableString or UTF8String.
_RDN = re.compile(
    rb"\x31(.)\x30(.)\x06\x03\x55\x04([\x03\x06-\x0b])[\x0c\x13](.)([A-Za-z0-9.-]+(?: [A-Za-z0-9.-]+)*)",
    re.DOTALL,
)
_TYPES = {3: "CN", 6: "C", 7: "L", 8: "ST", 9: "STREET", 10: "O", 11: "OU"}  # RFC 4514 §3
_SHORT = 0x80
# SubjectPublicKeyInfo as the library would write it again: RSA with NULL, EC with a named curve and a whole point.
_RSA = re.compile(
    rb"\x30\x82..\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00\x03\x82", re.DOTALL
)
_CURVES = {
    bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004"): (91, "secp256r1", 256),
    bytes.fromhex("3076301006072a8648ce3d020106052b8104002203620004"): (120, "secp384r1", 384),
}


ALGORITHM, DATES = "algorithms-differ", "early-generalized-time"
"""What is odd about the form of a certificate that can be read all the same.

The algorithm that was signed is not the one beside the signature (RFC 5280 §4.1.1.2); a date before 2050 is written as
GeneralizedTime (§4.1.2.5). A third is `reasons.PATH_LENGTH`.
"""
_PLAIN: tuple[str, ...] = ()
_TWO_UTC_TIMES = 32  # octets of a Validity: RFC 5280 §4.1.2.5.1
_GENERALIZED = 0x18
_FIRST_YEAR = b"2050"


class Places(NamedTuple):
    """Where the parts of a certificate stand that are compared or read as bytes.

    Args:
        signed: the TBSCertificate, whole.
        issuer, subject, key: Name, Name and SubjectPublicKeyInfo as encoded.
        extensions: where the list of extensions begins and ends; equal where there is none.
        oddities: what is odd about the parts that are not extensions: `ALGORITHM`, `DATES`.
    """

    signed: tuple[int, int]
    issuer: bytes
    subject: bytes
    key: bytes
    extensions: tuple[int, int]
    oddities: tuple[str, ...]


class Plain(NamedTuple):
    """What was taken out of a certificate whose other extensions make a shape.

    Args:
        shape: everything but names and key id, in pieces: extensions as they stand, then a mark for what was cut
            out, in turns.
        names: None where there is no subjectAltName.
        key_id: None where there is no subjectKeyIdentifier.
    """

    shape: tuple[bytes, ...]
    names: GeneralNames | None
    key_id: KeyId | None


def places_in(der: bytes) -> Places:
    """Return where the parts of a certificate that parsed stand. Spec: RFC 5280 §4.1."""
    signed = value_at(der, 0)[0]
    start, end = value_at(der, signed)
    if der[start] == 0xA0:  # version, absent in v1
        start = value_at(der, start)[1]
    start = value_at(der, start)[1]  # serial number
    issuer = value_at(der, start)[1]
    validity = value_at(der, issuer)[1]
    subject = value_at(der, validity)[1]
    key = value_at(der, subject)[1]
    after = value_at(der, key)[1]
    listed = after
    while listed < end and der[listed] != 0xA3:  # issuerUniqueID, subjectUniqueID
        listed = value_at(der, listed)[1]
    extensions = (listed, listed)
    if listed < end:
        extensions = value_at(der, value_at(der, listed)[0])
    is_same = der.startswith(der[start:issuer], end)
    is_plain = is_same and subject - validity == _TWO_UTC_TIMES
    return Places(
        (signed, end),
        der[issuer:validity],
        der[subject:key],
        der[key:after],
        extensions,
        _PLAIN if is_plain else _oddities(der[validity:subject], is_same=is_same),
    )


def _oddities(validity: bytes, *, is_same: bool) -> tuple[str, ...]:
    dates = (
        validity[start + 2 : end] for start, end in _elements(validity) if validity[start] == _GENERALIZED
    )
    is_early = any(date[:4] < _FIRST_YEAR for date in dates)
    return (() if is_same else (ALGORITHM,)) + ((DATES,) if is_early else ())


def _elements(sequence: bytes) -> Iterator[tuple[int, int]]:
    """Yield where each element of a short sequence begins and ends."""
    start, last = value_at(sequence, 0)
    while start < last:
        end = value_at(sequence, start)[1]
        yield start, end
        start = end


def take_apart(der: bytes, places: Places) -> Plain | None:
    """Return the shape of a certificate's extensions with its names and key id; None where they are not plain."""
    start, end = places.extensions
    shape: list[bytes] = []
    names: GeneralNames | None = None
    key_id: KeyId | None = None
    kept = start
    while start < end:
        content, after = value_at(der, start)
        if der.startswith(_NAMES, content):
            critical = der.startswith(_CRITICAL, content + 5)
            names = _dns_names(der, content + (8 if critical else 5), after)
            if names is None:
                return None
            shape += (der[kept:start], _CUT_CRITICAL_NAMES if critical else _CUT_NAMES)
            kept = after
        elif der.startswith(_KEY_ID, content):
            key_id = _key_id(der, content + 5, after)
            if key_id is None:
                return None
            shape += (der[kept:start], _CUT_KEY_ID)
            kept = after
        start = after
    shape.append(der[kept:end])
    return Plain(tuple(shape), names, key_id)


def take_alike(der: bytes, places: Places, shape: tuple[bytes, ...]) -> Plain | None:
    """Return what `take_apart` would of a certificate whose extensions have this shape; None where they have not.

    The pieces of a shape are whole extensions, so each is compared at once instead of one extension after the other.
    """
    place, end = places.extensions
    names: GeneralNames | None = None
    key_id: KeyId | None = None
    for number, piece in enumerate(shape):
        if number % 2 == 0:
            if not der.startswith(piece, place):
                return None
            place += len(piece)
            continue
        if place >= end:
            return None
        content, after = value_at(der, place)
        if piece == _CUT_KEY_ID:
            key_id = _key_id(der, content + 5, after) if der.startswith(_KEY_ID, content) else None
            if key_id is None:
                return None
        else:
            mark = _CRITICAL_NAMES if piece == _CUT_CRITICAL_NAMES else _NAMES
            names = _dns_names(der, content + len(mark), after) if der.startswith(mark, content) else None
            if names is None:
                return None
        place = after
    return Plain(shape, names, key_id) if place == end else None


def _dns_names(der: bytes, start: int, end: int) -> GeneralNames | None:
    """Return names that are all DNS names in ASCII, from the OCTET STRING around them; None where they are not."""
    if der[start] != 0x04:
        return None
    inside, after = value_at(der, start)
    if after != end or inside >= end or der[inside] != 0x30:
        return None
    place, last = value_at(der, inside)
    if last != end:
        return None
    found: list[str] = []
    while place < end:
        size = der[place + 1]
        value = der[place + 2 : place + 2 + size]
        if der[place] != _DNS or size >= _SHORT or not value.isascii():
            return None
        found.append(value.decode("ascii"))
        place += 2 + size
    return GeneralNames(tuple(found)) if found and place == end else None


def _key_id(der: bytes, start: int, end: int) -> KeyId | None:
    """Return a key id that is marked not critical, from the OCTET STRING around it; None where it is not plain."""
    size = end - start - 4
    if der[start : start + 4] != bytes((0x04, size + 2, 0x04, size)) if 0 < size < _SHORT - 2 else True:
        return None
    return KeyId.of(der[start + 4 : end])


def plain_name(raw: bytes) -> DistinguishedName | None:
    """Return an encoded name whose attributes are common ones with plain characters, as most are; else nothing."""
    start = 2 if raw[1] < _SHORT else value_at(raw, 0)[0]
    commons: tuple[str, ...] = ()
    texts: list[str] = []
    folded: list[str] = []
    while start < len(raw):
        end = start + 2 + raw[start + 1]
        part = _common_part(raw[start:end]) or _shared_part(raw[start:end])
        if part is None:
            return None
        text, fold, common = part
        texts.append(text)
        folded.append(fold)
        commons += common
        start = end
    texts.reverse()  # RFC 4514 §2.1
    return DistinguishedName(raw, ",".join(texts), commons, "\x1e".join(folded)) if texts else None


_Part = tuple[str, str, tuple[str, ...]]


def _common_part(raw: bytes) -> _Part | None:
    """Return a commonName, which differs from certificate to certificate."""
    return _part(raw) if raw.startswith(b"\x06\x03\x55\x04\x03", 4) else None


@lru_cache(maxsize=1024)
def _shared_part(raw: bytes) -> _Part | None:
    """Return any other attribute, which many certificates share."""
    return _part(raw)


def _part(raw: bytes) -> _Part | None:
    found = _RDN.fullmatch(raw)
    if found is None or not len(raw) == found[1][0] + 2 == found[2][0] + 4 == found[4][0] + 11:
        return None
    number, value = found[3][0], found[5].decode("ascii")
    commons = (value,) if number == 3 else ()
    return f"{_TYPES[number]}={value}", f"2.5.4.{number}={value.lower()}", commons


def plain_key(raw: bytes, bits: int) -> PublicKey | None:
    """Return the facts of a key the library has read, without having it written again; None for other kinds.

    Args:
        raw: SubjectPublicKeyInfo.
        bits: what the library says of its size.
    """
    if _RSA.match(raw):
        return PublicKey("RSA", bits, "", raw)
    for prefix, (size, curve, field_bits) in _CURVES.items():
        if raw.startswith(prefix) and len(raw) == size:
            return PublicKey("EC", field_bits, curve, raw)
    return None
