"""Extensions that are good DER and that the library does not read, for a value that it does not want.

Others take such values, or refuse them for a reason of their own; each is told as what it is, and what the rest
of the extension says counts.

Spec: RFC 5280 §4.1.2.4, §4.2.1.1, §4.2.1.3, §4.2.1.9; X.690 §11.2.2.
"""

from __future__ import annotations

from typing import NamedTuple

from cryptography import x509

from warifu.domain.x509.ber import BIT_STRING, INTEGER, OCTET_STRING, SEQUENCE, Element, element
from warifu.domain.x509.odd_names import Misfit, kind_of, misfit_in, wrapped
from warifu.errors import UsageError

NO_SERIAL, NO_ISSUER = "authority-without-serial", "authority-without-issuer"
"""Halves of an authorityKeyIdentifier: authorityCertIssuer and authorityCertSerialNumber belong together (§4.2.1.1)."""
NEGATIVE = "path-length-negative"
_ISSUER, _SERIAL = 0xA1, 0x82
_NOBODY, _NUMBER = bytes.fromhex("a104a4023000"), b"\x82\x01\x00"
_KEY_AGREEMENT, _ENCIPHER_ONLY = 0x08, 0x01
_BOOLEAN, _TRUE = 0x01, b"\xff"
_CONSTRUCTED = 0x20
_UTF8, _T61 = 0x0C, 0x14
_DEEPEST = 12


class Odd(NamedTuple):
    """An extension as it can be read.

    Args:
        encoded: the whole of it, for the library.
        value: what it says, where the library would not say it of `encoded` either.
        oddities: what was changed in it, as words.
        problem: why it is not right all the same; empty where others take it.
    """

    encoded: bytes
    oddities: tuple[str, ...] = ()
    value: x509.ExtensionType | None = None
    problem: str = ""


def made_legible(name: str, encoded: bytes) -> Odd | None:
    """Return what an extension says that the library did not read; None where nothing here helps.

    Args:
        name: as `damaged.NAMES` has it.
        encoded: Extension, whole.
    """
    try:
        *head, around = element(encoded).children
        if around.tag != OCTET_STRING:
            return None
        value = element(around.content)
        if value.end != len(around.content):
            return None
        return _of_kind(name, value, b"".join(one.whole for one in head))
    except UsageError:
        return None


def _of_kind(name: str, value: Element, head: bytes) -> Odd | None:
    match name:
        case "basicConstraints":
            return _length_of_path(value)
        case "keyUsage":
            return _without_undefined_bits(value, head)
        case "authorityKeyIdentifier":
            return _whole_authority(value, head)
        case _:
            return _with_fit_strings(name, value, head)


def _length_of_path(value: Element) -> Odd | None:
    """A path length of any size: RFC 5280 §4.2.1.9 wants it to be zero or more, and sets no limit."""
    tags = tuple(one.tag for one in value.children)
    if tags != (_BOOLEAN, INTEGER) or value.children[0].content != _TRUE:
        return None
    length = value.children[1]
    if not length.content:
        return None
    if length.number < 0:
        return Odd(b"", (), x509.BasicConstraints(ca=True, path_length=None), NEGATIVE)
    return Odd(b"", (), x509.BasicConstraints(ca=True, path_length=length.number))


def _without_undefined_bits(value: Element, head: bytes) -> Odd | None:
    """EncipherOnly and decipherOnly mean nothing where keyAgreement is not set: RFC 5280 §4.2.1.3."""
    if value.tag != BIT_STRING or not 2 <= len(value.content) <= 3 or value.content[1] & _KEY_AGREEMENT:
        return None
    bits = value.content[1] & ~_ENCIPHER_ONLY
    unused = (bits & -bits).bit_length() - 1 if bits else 0
    return Odd(_extension(head, wrapped(BIT_STRING, bytes((unused, bits)) if bits else b"\x00")))


def _whole_authority(value: Element, head: bytes) -> Odd | None:
    """An authorityKeyIdentifier with the half that lacks, which `oddities` tell and nobody looks at."""
    told: list[str] = []
    found = {one.tag: _fit(one, "authorityKeyIdentifier", told, 0) for one in value.children}
    if (_ISSUER in found) is (_SERIAL in found):
        return _with_fit_strings("authorityKeyIdentifier", value, head)
    lacks = NO_ISSUER if _SERIAL in found else NO_SERIAL
    found = {_ISSUER: _NOBODY, _SERIAL: _NUMBER, **found}
    content = b"".join(found[tag] for tag in sorted(found, key=lambda tag: tag & 0x1F))
    return Odd(_extension(head, wrapped(SEQUENCE, content)), (*dict.fromkeys(told), lacks))


def _with_fit_strings(part: str, value: Element, head: bytes) -> Odd | None:
    """Strings of names as UTF8String, where their own type does not have their characters."""
    told: list[str] = []
    content = _fit(value, part, told, 0)
    if content == value.whole:
        return None
    return Odd(_extension(head, content), tuple(dict.fromkeys(told)))


def _fit(one: Element, part: str, told: list[str], depth: int) -> bytes:
    if one.tag & _CONSTRUCTED:
        if depth > _DEEPEST:
            return one.whole
        return wrapped(one.tag, b"".join(_fit(inner, part, told, depth + 1) for inner in one.children))
    if misfit_in(one):
        told.append(str(Misfit(part, kind_of(one), misfit_in(one))))
    elif one.tag != _T61 or one.content.isascii():
        return one.whole
    return wrapped(_UTF8, one.content.decode("latin-1").encode())


def _extension(head: bytes, value: bytes) -> bytes:
    return wrapped(SEQUENCE, head + wrapped(OCTET_STRING, value))
