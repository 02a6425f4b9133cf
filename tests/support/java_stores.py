"""Java's key stores written byte by byte, sharing no code with what reads them."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes

SALT = bytes(range(8))


@dataclass(frozen=True)
class Made:
    """An entry to be written: a key where `locked` is given, else a trusted certificate."""

    alias: str
    certificates: Sequence[bytes]
    locked: bytes = b""


def sized(data: bytes, width: str = ">I") -> bytes:
    return struct.pack(width, len(data)) + data


def write(kind: str, entries: Sequence[Made], password: str, *, version: int = 2, more: bytes = b"") -> bytes:
    """A store of these entries; `more` stands between the last one and the digest."""
    magic = {"JKS": 0xFEEDFEED, "JCEKS": 0xCECECECE}[kind]
    body = struct.pack(">III", magic, version, len(entries))
    named = sized(b"X.509", ">H") if version > 1 else b""
    for entry in entries:
        alias = entry.alias.encode().replace(b"\x00", b"\xc0\x80")
        body += (
            struct.pack(">I", 1 if entry.locked else 2)
            + sized(alias, ">H")
            + struct.pack(">Q", 1_700_000_000_000)
        )
        if entry.locked:
            body += sized(entry.locked) + struct.pack(">I", len(entry.certificates))
        body += b"".join(named + sized(der) for der in entry.certificates)
    body += more
    return body + hashlib.sha1(password.encode("utf-16-be") + b"Mighty Aphrodite" + body).digest()  # noqa: S324


def der(tag: int, content: bytes) -> bytes:
    size = len(content)
    length = bytes([size]) if size < 128 else b"\x82" + struct.pack(">H", size)
    return bytes([tag]) + length + content


def locked_as_jks(key: bytes, password: str) -> bytes:
    """EncryptedPrivateKeyInfo by the way of JKS."""
    secret = password.encode("utf-16-be")
    salt = bytes(20)
    chain, stream = salt, b""
    while len(stream) < len(key):
        chain = hashlib.sha1(secret + chain).digest()  # noqa: S324
        stream += chain
    hidden = bytes(a ^ b for a, b in zip(key, stream, strict=False))
    check = hashlib.sha1(secret + key).digest()  # noqa: S324
    way = der(0x30, bytes.fromhex("060a2b060104012a02110101") + b"\x05\x00")
    return der(0x30, way + der(0x04, salt + hidden + check))


def locked_as_jceks(key: bytes, password: str, *, rounds: int = 20, salt: bytes = SALT) -> bytes:
    """EncryptedPrivateKeyInfo by the way of JCEKS."""
    made = b""
    for half in (salt[:4], salt[4:]):
        for _ in range(rounds):
            half = hashlib.md5(half + password.encode()).digest()  # noqa: PLW2901, S324
        made += half
    filled = key + bytes([8 - len(key) % 8]) * (8 - len(key) % 8)
    cipher = Cipher(TripleDES(made[:24]), modes.CBC(made[24:])).encryptor()
    count = der(0x02, struct.pack(">I", rounds))
    way = der(0x30, bytes.fromhex("06092b060104012a021301") + der(0x30, der(0x04, salt) + count))
    return der(0x30, way + der(0x04, cipher.update(filled) + cipher.finalize()))
