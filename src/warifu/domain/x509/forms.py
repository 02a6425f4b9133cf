"""Forms of text in which PEM comes to people and not to libraries: made plain, and named.

What is made plain is read as if it had been plain; what was odd is told, because other programs stop at it.
Content decides: nothing here looks at a file's name. Bytes that hold no text of PEM are left as they are.

Spec: RFC 7468 §2, §3 (what writers write and parsers may be lenient about).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from warifu.domain.x509.content import Content


class Form(StrEnum):
    """What was odd about a file, in the order in which it is undone."""

    UTF_16_LE = "utf-16-le"
    UTF_16_BE = "utf-16-be"
    UTF_16 = "utf-16"
    MARK = "byte-order-mark"
    ZEROS = "zero-bytes"
    BARE_CR = "bare-carriage-returns"
    ESCAPED = "escaped-line-ends"
    INDENTED = "indented"
    GLUED = "glued"
    DAMAGED_LINES = "damaged-lines"
    SHARED_LINES = "shared-lines"
    HEADERS = "headers"
    END_DIFFERS = "end-line-differs"
    NO_END = "no-end-line"
    UNPADDED = "unpadded"
    SEVERAL_IN_BLOCK = "several-in-block"
    SETTINGS = "trust-settings"
    BARE = "bare-base64"
    TRAILING = "trailing-bytes"
    CONCATENATED = "concatenated-der"
    MIXED = "mixed"
    RC2 = "rc2"


@dataclass(frozen=True, slots=True)
class Plain:
    """Bytes made plain.

    Args:
        data: PEM as ASCII, or DER, or a key store of Java's.
        forms: what was odd, in the order in which it was undone.
    """

    data: bytes
    forms: tuple[Form, ...] = ()


LABEL = rb"((?:[!-,.-~]|[ -](?=[!-,.-~])){1,64})"
"""A label as RFC 7468 §3 spells it, as a group of a regular expression."""

LABELS: Mapping[bytes, Content] = MappingProxyType(
    {
        b"CERTIFICATE": Content.CERTIFICATE,
        b"X509 CERTIFICATE": Content.CERTIFICATE,
        b"TRUSTED CERTIFICATE": Content.CERTIFICATE,
        b"CERTIFICATE REQUEST": Content.REQUEST,
        b"NEW CERTIFICATE REQUEST": Content.REQUEST,
        b"X509 CRL": Content.CRL,
        b"PKCS7": Content.PKCS7,
        b"PKCS #7 SIGNED DATA": Content.PKCS7,
        b"CMS": Content.PKCS7,
        b"PKCS12": Content.PKCS12,
        b"PRIVATE KEY": Content.KEY,
        b"RSA PRIVATE KEY": Content.KEY,
        b"EC PRIVATE KEY": Content.KEY,
        b"DSA PRIVATE KEY": Content.KEY,
        b"ENCRYPTED PRIVATE KEY": Content.ENCRYPTED_KEY,
    }
)
"""What stands in a block, by its label."""

_BEGIN = b"-----BEGIN "
_MARKS = (b"\xff\xfe", b"\xfe\xff")  # of UTF-16
_ESCAPED = re.compile(rb"-----BEGIN " + LABEL + rb"-----(?:\\r)?\\n")
_LINE_END = re.compile(rb"\\r\\n|\\n|\\r")
_INDENTED = re.compile(rb"^[ \t]+(?=-----(?:BEGIN|END) )", re.MULTILINE)
_GLUED = re.compile(rb"(-----END " + LABEL + rb"-----)(?=-----BEGIN )")
_BARE_CR = re.compile(rb"-----\r(?=[^\r\n])")
_CR = re.compile(rb"\r(?!\n)")
_LINE = rb"-----(?:BEGIN|END) " + LABEL + rb"-----"
_SHARED = re.compile(rb"\S[ \t]*" + _LINE + rb"|" + _LINE + rb"[ \t]*[^ \t\r\n\x00\x1a]")
_ANY_LINE = re.compile(rb"(" + _LINE + rb")")
_DASH = rb"(?:-|\xe2\x80[\x90-\x95]|\xe2\x88\x92|\xef\xbc\x8d|[\x96\x97])"  # in UTF-8, and in Windows-1252
_GAP = rb"(?:[ \t]|\xc2\xa0|\xa0|\xe3\x80\x80)"  # a no-break space and an ideographic one among them
DAMAGED = re.compile(
    rb"(?<!-)%b{1,16}[ \t]?(BEGIN|END)((?:%b|[A-Z0-9#]){1,64})%b{1,16}" % (_DASH, _GAP, _DASH), re.IGNORECASE
)
"""A BEGIN or END line, spelt right or not quite."""

_GAPS = re.compile(_GAP + rb"+")
_BODY = re.compile(rb"\s{0,8}(?:[A-Za-z0-9+/]{16}|Proc-Type:)")
_BARE = re.compile(rb"[A-Za-z0-9+/=\s]+")
_PADDED = re.compile(rb"[^=]+=*")
_KNOWN = (b"\x30", b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce", _BEGIN)
_MOST_PADDED = 100_000  # signs: two for each object
BLANK = b"\x00\x1a \t\r\n"  # what editors and transfers leave behind a file's end
_LEAST = 64  # characters: nothing that is read here is shorter


_REGULAR = re.compile(
    rb"(?>-----(?:BEGIN|END) [A-Z0-9]++(?: [A-Z0-9]++)*+-----\r?\n|[A-Za-z0-9+/=]*+\r?\n)*+"
    rb"(?:-----END [A-Z0-9]++(?: [A-Z0-9]++)*+-----)?"
)
"""Nothing but lines of PEM as it should be: most trust stores, in which looking for each oddity would take longest."""


def make_plain(data: bytes) -> Plain:
    """Return what a text of PEM, or of Base64 alone, says in plain ASCII; other bytes as they are."""
    if _BEGIN in data and _REGULAR.fullmatch(data):
        return Plain(data)
    forms: list[Form] = []
    for form, changed in _undo(data):
        forms.append(form)
        data = changed
    return Plain(data, tuple(forms))


def _undo(data: bytes) -> Iterator[tuple[Form, bytes]]:
    """Yield each form that is met with the data after it was undone; later ones see what earlier ones left."""
    for form, undo in _UNDONE:
        changed = undo(data)
        if changed is not None:
            data = changed
            yield form, data


def _narrow(data: bytes) -> bytes | None:
    """UTF-16 as Windows tools write it, with its mark, which goes with it."""
    return data.decode("utf-16", "replace").encode("utf-8", "replace") if data.startswith(_MARKS) else None


def _narrow_le(data: bytes) -> bytes | None:
    return _narrow_unmarked(data, "utf-16-le", 0)


def _narrow_be(data: bytes) -> bytes | None:
    return _narrow_unmarked(data, "utf-16-be", 1)


def _narrow_unmarked(data: bytes, encoding: str, odd: int) -> bytes | None:
    """UTF-16 without a mark: one byte further, the one looks like the other."""
    place = -1 if data.startswith(_MARKS) else data.find(_BEGIN.decode().encode("utf-16-le"))
    return (
        data.decode(encoding, "replace").encode("utf-8", "replace")
        if place >= 0 and place % 2 == odd
        else None
    )


def _unmark(data: bytes) -> bytes | None:
    return data[3:] if data.startswith(b"\xef\xbb\xbf") else None


def _without_zeros(data: bytes) -> bytes | None:
    """Zero bytes before and among text; behind its end nobody stops at them."""
    is_odd = _BEGIN in data and b"\0" in data.rstrip(BLANK)
    return data.replace(b"\0", b"") if is_odd else None


def _end_lines(data: bytes) -> bytes | None:
    """Line ends of old Macintoshes."""
    return _CR.sub(b"\n", data) if _BARE_CR.search(data) else None


def _unescape(data: bytes) -> bytes | None:
    """Line ends written as backslash and letter, as PEM stands in JSON and in environment files."""
    if not _ESCAPED.search(data):
        return None
    return _ANY_LINE.sub(rb"\n\1\n", _LINE_END.sub(b"\n", data).replace(b"\\/", b"/"))


def _unindent(data: bytes) -> bytes | None:
    """Without blanks around each line; line by line, for a pattern of blanks at an end is slow on many of them."""
    return b"\n".join(line.strip(b" \t") for line in data.split(b"\n")) if _INDENTED.search(data) else None


def _part(data: bytes) -> bytes | None:
    return _GLUED.sub(rb"\1\n", data) if _GLUED.search(data) else None


def _mend_lines(data: bytes) -> bytes | None:
    """Lines with dashes that are too few, too many or of another kind, letters in lower case, spaces that are none.

    Such a BEGIN line counts only where Base64 follows it, and such an END line only behind a BEGIN line: people
    write headings of this kind too.
    """
    pieces: list[bytes] = []
    at, is_open = 0, False
    for found in DAMAGED.finditer(data):
        word, label = found[1].upper(), _GAPS.sub(b" ", found[2]).strip().upper()
        line = b"-----%b %b-----" % (word, label)
        if found[0] != line:
            is_line = is_open if word == b"END" else _BODY.match(data, found.end()) is not None
            if label not in LABELS or not is_line:
                continue
            pieces += [data[at : found.start()], line]
            at = found.end()
        is_open = word == b"BEGIN"
    return b"".join([*pieces, data[at:]]) if pieces else None


def _part_lines(data: bytes) -> bytes | None:
    """A BEGIN or END line that shares its line with text: a whole block in one line, a quote before it."""
    return _ANY_LINE.sub(rb"\n\1\n", data) if _SHARED.search(data) else None


def _decode(data: bytes) -> bytes | None:
    """Base64 without the lines around it: of DER, several behind each other too, of a key store, or of PEM itself."""
    if _BEGIN in data or len(data) < _LEAST or data.count(b"=") > _MOST_PADDED:
        return None
    if not _BARE.fullmatch(data):
        return None
    try:
        parts = [base64.b64decode(part, validate=True) for part in _PADDED.findall(b"".join(data.split()))]
    except binascii.Error:
        return None
    decoded = b"".join(parts)
    return decoded if decoded.startswith(_KNOWN) else None


_UNDONE: tuple[tuple[Form, Callable[[bytes], bytes | None]], ...] = (
    (Form.UTF_16_LE, _narrow_le),
    (Form.UTF_16_BE, _narrow_be),
    (Form.UTF_16, _narrow),
    (Form.MARK, _unmark),
    (Form.ZEROS, _without_zeros),
    (Form.BARE_CR, _end_lines),
    (Form.ESCAPED, _unescape),
    (Form.INDENTED, _unindent),
    (Form.GLUED, _part),
    (Form.DAMAGED_LINES, _mend_lines),
    (Form.SHARED_LINES, _part_lines),
    (Form.BARE, _decode),
)
