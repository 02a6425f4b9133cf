"""Forms of text in which PEM comes to people and not to libraries: made plain, and named.

What is made plain is read as if it had been plain; what was odd is told, because other programs stop at it.
Content decides: nothing here looks at a file's name. Bytes that hold no text of PEM are left as they are.

Spec: RFC 7468 §2, §3 (what writers write and parsers may be lenient about).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """What was odd about a file."""

    UTF_16 = "utf-16"
    MARK = "byte-order-mark"
    ESCAPED = "escaped-line-ends"
    INDENTED = "indented"
    GLUED = "glued"
    BARE = "bare-base64"
    NO_END = "no-end-line"
    END_DIFFERS = "end-line-differs"
    SETTINGS = "trust-settings"
    CONCATENATED = "concatenated-der"
    TRAILING = "trailing-bytes"
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


_BEGIN = b"-----BEGIN "
_ESCAPED = re.compile(rb"-----BEGIN [A-Z0-9 ]{1,64}-----(?:\\r)?\\n")
_LINE_END = re.compile(rb"\\r\\n|\\n|\\r")
_INDENTED = re.compile(rb"^[ \t]+(?=-----(?:BEGIN|END) )", re.MULTILINE)
_EDGES = re.compile(rb"^[ \t]+|[ \t]+$", re.MULTILINE)
_GLUED = re.compile(rb"(-----END [A-Z0-9 ]{1,64}-----)(?=-----BEGIN )")
_BARE = re.compile(rb"[A-Za-z0-9+/=\s]+")
_PADDED = re.compile(rb"[^=]+=*")
_KNOWN = (b"\x30", b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce", _BEGIN)
_MOST_PADDED = 100_000  # signs: two for each object
_LEAST = 64  # characters: nothing that is read here is shorter


def make_plain(data: bytes) -> Plain:
    """Return what a text of PEM, or of Base64 alone, says in plain ASCII; other bytes as they are."""
    forms: list[Form] = []
    for form, changed in _undo(data):
        forms.append(form)
        data = changed
    return Plain(data, tuple(forms))


def _undo(data: bytes) -> Iterator[tuple[Form, bytes]]:
    """Yield each form that is met with the data after it was undone; later ones see what earlier ones left."""
    for form, undo in (
        (Form.UTF_16, _narrow),
        (Form.MARK, _unmark),
        (Form.ESCAPED, _unescape),
        (Form.INDENTED, _unindent),
        (Form.GLUED, _part),
        (Form.BARE, _decode),
    ):
        changed = undo(data)
        if changed is not None:
            data = changed
            yield form, data


def _narrow(data: bytes) -> bytes | None:
    """UTF-16 as Windows tools write it, with its mark or without; the mark goes with it."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        place = data.find(_BEGIN.decode().encode("utf-16-le"))
        if place < 0:
            return None
        encoding = "utf-16-be" if place % 2 else "utf-16-le"  # one byte further, it looks like the other
    return data.decode(encoding, "replace").encode("utf-8", "replace")


def _unmark(data: bytes) -> bytes | None:
    return data[3:] if data.startswith(b"\xef\xbb\xbf") else None


def _unescape(data: bytes) -> bytes | None:
    """Line ends written as backslash and letter, as PEM stands in JSON and in environment files."""
    return _LINE_END.sub(b"\n", data) if _ESCAPED.search(data) else None


def _unindent(data: bytes) -> bytes | None:
    return _EDGES.sub(b"", data) if _INDENTED.search(data) else None


def _part(data: bytes) -> bytes | None:
    return _GLUED.sub(rb"\1\n", data) if _GLUED.search(data) else None


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
