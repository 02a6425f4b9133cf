"""ASN.1 written element by element, sharing no code with what reads it."""

from __future__ import annotations

import struct


def der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = struct.pack(">I", size).lstrip(b"\x00")
    return bytes([tag, 0x80 | len(length)]) + length + content


def ber(tag: int, *parts: bytes) -> bytes:
    """An element of indefinite length."""
    return bytes([tag, 0x80]) + b"".join(parts) + b"\x00\x00"


def seq(*parts: bytes) -> bytes:
    return der(0x30, *parts)


def number(value: int) -> bytes:
    return der(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def octets(content: bytes) -> bytes:
    return der(0x04, content)


def explicit(*parts: bytes) -> bytes:
    """The tag [0] around it."""
    return der(0xA0, *parts)


def oid(dotted: str) -> bytes:
    first, second, *rest = (int(part) for part in dotted.split("."))
    made = bytes([first * 40 + second])
    for value in rest:
        piece = bytes([value & 0x7F])
        while value := value >> 7:
            piece = bytes([value & 0x7F | 0x80]) + piece
        made += piece
    return der(0x06, made)
