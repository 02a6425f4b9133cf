"""The extensions of a certificate one by one, where one of them keeps the library from reading any.

One broken extension must not hide what the others say: each is put alone into a certificate of nobody and
read there, and what cannot be read is told by its name.

Spec: RFC 5280 §4.1, §4.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes

from warifu.domain.x509.odd_extensions import made_legible
from warifu.domain.x509.odd_names import dotted, wrapped
from warifu.domain.x509.reasons import PATH_LENGTH, reason_of

MOST = 256
"""Extensions of one certificate that are read; a certificate needs about ten."""

NAMES: Mapping[str, str] = MappingProxyType(
    {
        "1.3.6.1.5.5.7.1.1": "authorityInfoAccess",
        "1.3.6.1.5.5.7.1.11": "subjectInfoAccess",
        "2.5.29.14": "subjectKeyIdentifier",
        "2.5.29.15": "keyUsage",
        "2.5.29.17": "subjectAltName",
        "2.5.29.18": "issuerAltName",
        "2.5.29.19": "basicConstraints",
        "2.5.29.30": "nameConstraints",
        "2.5.29.31": "cRLDistributionPoints",
        "2.5.29.32": "certificatePolicies",
        "2.5.29.33": "policyMappings",
        "2.5.29.35": "authorityKeyIdentifier",
        "2.5.29.36": "policyConstraints",
        "2.5.29.37": "extKeyUsage",
        "2.5.29.54": "inhibitAnyPolicy",
    }
)
"""What standards call an extension, by its object identifier."""

# A TBSCertificate of nobody up to its extensions: version 3, serial number 1, Ed25519, no names, a key of zeros.
_ED25519 = bytes.fromhex("300506032b6570")
_DATES = b"\x30\x1e" + b"\x17\x0d200101000000Z" * 2
_KEY = b"\x30\x2a" + _ED25519 + b"\x03\x21\x00" + bytes(32)
_FIRST = b"\xa0\x03\x02\x01\x02\x02\x01\x01"
_NAMED = b"\x30\x00" + _DATES + b"\x30\x00" + _KEY
_NOBODY = _FIRST + _ED25519 + _NAMED
_NO_SIGNATURE = b"\x03\x41\x00" + bytes(64)
_UNSIGNED = _ED25519 + _NO_SIGNATURE

_BASIC = x509.BasicConstraints(ca=False, path_length=None)
_CRITICAL = b"\x01\x01\xff"

Extension = x509.Extension[x509.ExtensionType]

# What the library raises for parts that it cannot read.
UNREADABLE = (
    ValueError,
    KeyError,  # a TLS feature (RFC 7633) that it has no name for
    TypeError,
    OverflowError,
    x509.InvalidVersion,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)


class Each(NamedTuple):
    """The extensions of a certificate, read one by one.

    Args:
        problems: (name, reason) for each that cannot be read.
        oddities: what was odd about those that can: `PATH_LENGTH`, words of `odd_names` and `odd_extensions`.
    """

    read: tuple[Extension, ...]
    problems: tuple[tuple[str, str], ...]
    oddities: tuple[str, ...]


def read_each(der: bytes) -> Each:
    """Return the extensions that can be read; of twins the first counts.

    Args:
        der: a certificate that parsed. Of basicConstraints with a path length and no cA, the extension without that
            length is returned, and an oddity. One with a value that nobody here has a name for is
            returned as an extension that is not known.
    """
    read: list[Extension] = []
    problems: list[tuple[str, str]] = []
    oddities: list[str] = []
    seen: set[bytes] = set()
    for number, (oid, encoded) in enumerate(_encoded(der)):
        if number == MOST:
            problems.append(("extensions", "too-many"))
            break
        if oid in seen:
            problems.append((_name(oid), "duplicate-extension"))
            continue
        seen.add(oid)
        try:
            read += _read_alone(encoded)
        except KeyError:
            kind = x509.ObjectIdentifier(dotted(oid[2:]))
            read.append(x509.Extension(kind, _is_critical(encoded), x509.UnrecognizedExtension(kind, b"")))
        except UNREADABLE as error:
            one = _read_odd(oid, encoded, reason_of(error))
            read += one.read
            problems += one.problems
            oddities += one.oddities
    return Each(tuple(read), tuple(problems), tuple(oddities))


def _read_odd(oid: bytes, encoded: bytes, reason: str) -> Each:
    """Return what can be told of an extension that the library did not read, for this reason."""
    if reason == PATH_LENGTH:
        return Each((x509.Extension(_BASIC.oid, _is_critical(encoded), _BASIC),), (), (PATH_LENGTH,))
    name = _name(oid)
    odd = made_legible(name, encoded)
    if odd is None:
        return Each((), ((name, reason),), ())
    problems = ((name, odd.problem),) if odd.problem else ()
    if odd.value is not None:
        return Each(
            (x509.Extension(odd.value.oid, _is_critical(encoded), odd.value),), problems, odd.oddities
        )
    try:
        return Each(_read_alone(odd.encoded), problems, odd.oddities)
    except UNREADABLE:
        return Each((), ((name, reason),), ())


def _read_alone(encoded: bytes) -> tuple[Extension, ...]:
    return tuple(x509.load_der_x509_certificate(_alone(encoded)).extensions)


def scheme_of(algorithm: bytes) -> tuple[object, hashes.HashAlgorithm | None]:
    """Return what a signature's AlgorithmIdentifier names: padding, ECDSA or nothing, and the hash.

    Raises:
        ValueError: and whatever else `UNREADABLE` lists.
    """
    of_nobody = _FIRST + algorithm + _NAMED
    read = x509.load_der_x509_certificate(wrapped(0x30, wrapped(0x30, of_nobody) + algorithm + _NO_SIGNATURE))
    return read.signature_algorithm_parameters, read.signature_hash_algorithm


def algorithm_in(signed: bytes) -> bytes:
    """Return the AlgorithmIdentifier of a TBSCertificate that parsed. Spec: RFC 5280 §4.1.2.3."""
    start, _end = value_at(signed, 0)
    if signed[start] == 0xA0:  # version, absent in v1
        start = value_at(signed, start)[1]
    start = value_at(signed, start)[1]  # serial number
    return signed[start : value_at(signed, start)[1]]


def value_at(der: bytes, start: int) -> tuple[int, int]:
    """Return where the value of the DER element at this place begins and ends."""
    length = der[start + 1]
    begin = start + 2
    if length & 0x80:
        begin += length & 0x7F
        length = int.from_bytes(der[start + 2 : begin], "big")
    return begin, begin + length


def _encoded(der: bytes) -> list[tuple[bytes, bytes]]:
    """The encoded object identifier of each extension, and the whole of it."""
    start, end = value_at(der, value_at(der, 0)[0])
    while start < end and der[start] != 0xA3:
        start = value_at(der, start)[1]
    if start >= end:
        return []
    start, end = value_at(der, value_at(der, start)[0])
    found: list[tuple[bytes, bytes]] = []
    while start < end:
        content, after = value_at(der, start)
        found.append((der[content : value_at(der, content)[1]], der[start:after]))
        start = after
    return found


def _is_critical(extension: bytes) -> bool:
    after = value_at(extension, value_at(extension, 0)[0])[1]
    return extension.startswith(_CRITICAL, after)


def _alone(extension: bytes) -> bytes:
    listed = wrapped(0xA3, wrapped(0x30, extension))
    return wrapped(0x30, wrapped(0x30, _NOBODY + listed) + _UNSIGNED)


def _name(oid: bytes) -> str:
    number = dotted(oid[2:])
    return NAMES.get(number, number)
