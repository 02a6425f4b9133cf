"""Names and versions that the library does not read, though others do: read here, octet by octet.

A PrintableString with a character that its type does not have (X.680 §41.4) keeps the library from reading a
certificate at all, as does version 2 (RFC 5280 §4.1.2.1, issued before 1996); a TeletexString beyond ASCII keeps it
from reading the name. openssl, GnuTLS and Java take each octet of such strings for a character of Latin-1, as is
done here. A copy of the certificate, in which these octets are changed and nothing is moved, is what the library
reads in its stead.

Spec: RFC 5280 §4.1.2.1, §4.1.2.4; X.680 §41.4; X.690 §8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple, Self

from cryptography import x509

from warifu.domain.x509.ber import FIRST, OID, SEQUENCE, SET, Element, element, elements
from warifu.errors import UsageError

T61 = 0x14
_PRINTABLE, _IA5 = 0x13, 0x16
_OUTSIDE: Mapping[int, tuple[str, re.Pattern[str]]] = MappingProxyType(
    {
        _PRINTABLE: ("PrintableString", re.compile(r"[^A-Za-z0-9 '()+,./:=?-]")),
        _IA5: ("IA5String", re.compile(r"[^\x00-\x7f]")),
    }
)
_ENCODINGS: Mapping[int, str] = MappingProxyType(
    {
        0x0C: "utf-8",
        0x12: "latin-1",  # NumericString
        _PRINTABLE: "latin-1",
        T61: "latin-1",
        _IA5: "latin-1",
        0x1A: "latin-1",  # VisibleString
        0x1C: "utf-32-be",
        0x1E: "utf-16-be",
    }
)
_VERSION_2 = b"\x02\x01\x01"
_FIELDS = 6  # of a TBSCertificate, up to its subject
_MARK = "unfit-character"


class Misfit(NamedTuple):
    """Characters in a string of a type that does not have them.

    Args:
        part: of the certificate: `subject`, `issuer`, or the name of an extension.
        kind: `PrintableString` or `IA5String`.
        characters: each once, in order.
    """

    part: str
    kind: str
    characters: str

    def __str__(self) -> str:
        return ":".join((_MARK, *self))

    @classmethod
    def parse(cls, oddity: str) -> Self | None:
        """Return what an oddity tells; None for another kind of oddity."""
        mark, *told = oddity.split(":", 3)
        return cls(*told) if mark == _MARK else None


def stand_in(der: bytes) -> bytes | None:
    """Return a copy of a certificate for the library to read, each part at its place; None where nothing is to change."""
    copy = bytearray(der)
    try:
        for field in _first_fields(der):
            if field.tag == FIRST and field.content == _VERSION_2:
                copy[field.outer - 1] = 2  # version 3
            for text in _strings(field) if field.tag == SEQUENCE else ():
                if text.tag == _PRINTABLE and misfit_in(text):
                    copy[text.begin] = T61
    except UsageError:
        return None
    return None if copy == der else bytes(copy)


def is_of_version_2(der: bytes) -> bool:
    """Tell whether a certificate that was read says that it is of version 2."""
    field = next(_first_fields(der))
    return field.tag == FIRST and field.content == _VERSION_2


def issuer_of_crl(der: bytes) -> bytes:
    """Return the encoded name of a CRL's issuer: what stands behind its version, if any, and its algorithm.

    Args:
        der: a CRL that the library has read, or a copy of it. Spec: RFC 5280 §5.1.2.
    """
    fields = (one for one in _first_fields(der) if one.tag == SEQUENCE)
    next(fields)
    return next(fields).whole


def _first_fields(der: bytes) -> Iterator[Element]:
    signed = element(der).child(0, SEQUENCE)
    return islice(elements(signed.data, signed.inner, signed.outer), _FIELDS)


def _strings(name: Element) -> Iterator[Element]:
    """Yield what follows an object identifier three levels below: the values of a Name."""
    for part in name.children if name.outer > name.inner else ():
        if part.tag == SET:
            for attribute in part.children:
                yield from attribute.children[1:2]


def misfit_in(text: Element) -> str:
    """Return the characters of a string that its type does not have, each once."""
    known = _OUTSIDE.get(text.tag)
    if known is None:
        return ""
    return "".join(dict.fromkeys(known[1].findall(text.content.decode("latin-1"))))


def kind_of(text: Element) -> str:
    """Return what the type of a string is called that has a `misfit_in` it."""
    return _OUTSIDE[text.tag][0]


def misfits_of(name: bytes, part: str) -> tuple[str, ...]:
    """Return, as oddities, what is in the strings of an encoded name and not in their types."""
    found: dict[str, str] = {}
    for text in _strings(element(name)):
        if misfit_in(text):
            found[kind_of(text)] = found.get(kind_of(text), "") + misfit_in(text)
    return tuple(
        str(Misfit(part, kind, "".join(dict.fromkeys(characters)))) for kind, characters in found.items()
    )


def name_in(raw: bytes) -> x509.Name:
    """Return an encoded name whose strings need not keep to their types; it is to be written in `raw` again.

    Raises:
        ValueError: it is no name.
    """
    try:
        return x509.Name([x509.RelativeDistinguishedName(_attributes(one)) for one in element(raw).children])
    except UsageError as error:
        raise ValueError(str(error.values["reason"])) from None


def _attributes(part: Element) -> list[x509.NameAttribute[str]]:
    found = []
    for attribute in part.children:
        kind, *values = attribute.children
        if kind.tag != OID or len(values) != 1 or values[0].tag not in _ENCODINGS:
            raise ValueError(part.tag)
        value = values[0].content.decode(_ENCODINGS[values[0].tag])
        found.append(x509.NameAttribute(x509.ObjectIdentifier(dotted(kind.content)), value, _validate=False))
    return found


def dotted(oid: bytes) -> str:
    """Return the content of an object identifier as people write it.

    Raises:
        ValueError: it ends within a number.
    """
    if not oid or oid[-1] & 0x80:
        raise ValueError(oid)
    arcs: list[int] = []
    arc = 0
    for octet in oid:
        arc = arc << 7 | octet & 0x7F
        if octet < 0x80:
            arcs.append(arc)
            arc = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))


def wrapped(tag: int, content: bytes) -> bytes:
    """Return an element with these contents."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + content
