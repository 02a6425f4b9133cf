"""Where a stream of certificates may be cut, so that each piece can be read by itself; and the pieces of one.

A pile is many certificates one behind the other: DER, or text of PEM. It is never held whole.
"""

from __future__ import annotations

import binascii
import re
from enum import StrEnum

_SEQUENCE = 0x30
_BEGIN = b"-----BEGIN "
_END = b"-----END "
_LINE = re.compile(rb"-----END [A-Z0-9 ]{1,64}-----")
_BLOCK = re.compile(rb"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----")
FILLING = b"\x00\x1a \t\r\n"
_ONE_LEAST = 4  # bytes: the head of a certificate, whose length takes two octets
_CA = re.compile(rb"\x06\x03\x55\x1d\x13(?:\x01\x01.)?\x04.\x30.\x01\x01[^\x00]", re.DOTALL)
_WIDE = _BEGIN.decode().encode("utf-16-le")  # one byte further, UTF-16 of the other order holds it too
_DASHED = (
    tuple(  # a dash of any kind before it, and a blank at most between: every BEGIN line that anybody mends
        re.compile(rb"begin(?<=[-\x80-\xff]" + gap + rb"begin)") for gap in (b"", rb"[ \t]")
    )
)
_VERSION_3 = b"\xa0\x03\x02\x01\x02"


class Form(StrEnum):
    """How a pile is written."""

    DER = "der"
    PEM = "pem"


def form_of(head: bytes) -> Form | None:
    """Return how a pile is written that begins like this; None where only a look at the whole can tell."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None
    if head[:1] == b"\x30" and _length(head, 0) is not None and not head[:64].isascii():
        return Form.DER
    return Form.PEM if _BEGIN in head else None


def cut(form: Form, held: bytes) -> int:
    """Return how many bytes of what is held can be read by themselves; 0 when more is needed."""
    if form is Form.PEM:
        return _cut_text(held)
    at = 0
    while (whole := _length(held, at)) is not None and at + whole <= len(held):
        at += whole
    return at


def cut_idle(form: Form, held: bytes) -> int:
    """Return how much to let go of where `cut` finds nothing in as much as is ever held; what begins late stays."""
    last = held.rfind(_BEGIN) if form is Form.PEM else -1
    return last if last > 0 else len(held)


def padding(form: Form, held: bytes) -> int:
    """Return how many bytes in front of the next element only fill room: tapes and devices end so."""
    return len(held) - len(held.lstrip(FILLING)) if form is Form.DER else 0


def _cut_text(held: bytes) -> int:
    place = held.rfind(_END)
    while place >= 0:
        found = _LINE.match(held, place)
        if found is not None:
            return found.end()
        place = held.rfind(_END, 0, place)
    return 0


def _length(data: bytes, at: int) -> int | None:
    """Return how long the element is that begins there, its head included; None where none does or its head is cut."""
    if len(data) < at + _ONE_LEAST or data[at] != _SEQUENCE:
        return None
    first = data[at + 1]
    if first < 0x80:
        return first + 2
    width = first & 0x7F
    if not 0 < width <= 4 or len(data) < at + 2 + width:
        return None
    return int.from_bytes(data[at + 2 : at + 2 + width], "big") + 2 + width


def certificates_of(form: Form, piece: bytes) -> list[tuple[int, bytes]] | None:
    """Return place and DER of each certificate of a piece; None where anything else may stand in it."""
    return _of_text(piece) if form is Form.PEM else _of_der(piece)


def _of_der(piece: bytes) -> list[tuple[int, bytes]] | None:
    found: list[tuple[int, bytes]] = []
    at = 0
    while (whole := _length(piece, at)) is not None:
        found.append((at, piece[at : at + whole]))
        at += whole
    return found if at == len(piece) else None


def _of_text(piece: bytes) -> list[tuple[int, bytes]] | None:
    found: list[tuple[int, bytes]] = []
    for block in _BLOCK.finditer(piece):
        try:
            found.append((block.start(), binascii.a2b_base64(block[1], strict_mode=False)))
        except binascii.Error:
            return None
    return found if len(found) == piece.count(_BEGIN) == piece.count(_END) else None


def may_hold(data: bytes) -> bool:
    """Tell whether bytes that begin like nothing of ours may hold text of PEM further on, however it is spelt.

    It costs a hundredth of a look at all of it, and says no only where that look would find nothing.
    """
    if _END in data or _WIDE in data:
        return True
    lowered = data.lower()
    return any(sign.search(lowered) for sign in _DASHED)


def may_be_ca(der: bytes) -> bool:
    """Tell by its bytes whether a certificate may be a CA: True wherever it is not sure."""
    return _CA.search(der) is not None or _VERSION_3 not in der[:16]
