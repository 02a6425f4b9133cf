"""Writes Java's own key store (JKS), for programs that read nothing newer.

Its lock is weak (a stream of SHA-1, one round): what it holds is as safe as the file's mode. PKCS#12 is better
wherever the program takes it.

Spec: there is none; the layout is what sun.security.provider.JavaKeyStore and KeyProtector of OpenJDK 17 read.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from warifu.domain.x509.certificate import Certificate
from warifu.domain.x509.private_key import PrivateKey

_HEAD = struct.Struct(">4sII")
_WHITENER = b"Mighty Aphrodite"
_LOCK = bytes.fromhex("300e060a2b060104012a021101010500")  # AlgorithmIdentifier of KeyProtector
_LONGEST_ALIAS = 0xFFFF
SALT = 20  # octets


@dataclass(frozen=True, slots=True)
class JavaItem:
    """An entry to be written.

    Args:
        alias: in lower case, as keytool looks it up.
        certificates: its own first; of a trusted one, it alone.
        key: of an identity.
    """

    alias: str
    certificates: tuple[Certificate, ...]
    key: PrivateKey | None = None


def write_java_store(items: Sequence[JavaItem], password: str, *, at: int, salt: bytes) -> bytes:
    """Return a key store.

    Args:
        at: when its entries were made, in milliseconds since 1970.
        salt: twenty random octets, used for one key.
    """
    body = _HEAD.pack(b"\xfe\xed\xfe\xed", 2, len(items))
    for item in items:
        alias = _modified_utf8(item.alias)
        body += struct.pack(">I", 2 if item.key is None else 1)
        body += struct.pack(">H", len(alias)) + alias + struct.pack(">Q", at)
        if item.key is not None:
            body += _sized(_locked(item.key.to_pkcs8_der(), password, salt))
            body += struct.pack(">I", len(item.certificates))
        for certificate in item.certificates:
            body += struct.pack(">H", 5) + b"X.509" + _sized(certificate.der)
    seal = hashlib.sha1(password.encode("utf-16-be") + _WHITENER + body, usedforsecurity=False)
    return body + seal.digest()


def _sized(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def _locked(key: bytes, password: str, salt: bytes) -> bytes:
    """Return EncryptedPrivateKeyInfo: salt, key under the stream, and a digest of the key."""
    secret = password.encode("utf-16-be")
    block, stream = salt, b""
    while len(stream) < len(key):
        block = hashlib.sha1(secret + block, usedforsecurity=False).digest()
        stream += block
    hidden = bytes(one ^ two for one, two in zip(key, stream, strict=False))
    check = hashlib.sha1(secret + key, usedforsecurity=False).digest()
    return _der(0x30, _LOCK + _der(0x04, salt + hidden + check))


def _der(tag: int, content: bytes) -> bytes:
    """Spec: X.690 §10.1, the shortest length there is."""
    length = struct.pack(">I", len(content)).lstrip(b"\x00")
    head = bytes([tag, len(content)]) if len(content) < 0x80 else bytes([tag, 0x80 | len(length)]) + length
    return head + content


def _modified_utf8(text: str) -> bytes:
    """Return a text as `DataOutput.writeUTF` writes it: each half of a surrogate pair by itself, no zero byte.

    What is longer than its length can say is cut between two of Java's characters.
    """
    units = text.encode("utf-16-be", "surrogatepass")
    made = b""
    for at in range(0, len(units), 2):
        one = units[at : at + 2].decode("utf-16-be", "surrogatepass").encode("utf-8", "surrogatepass")
        one = b"\xc0\x80" if one == b"\x00" else one
        if len(made) + len(one) > _LONGEST_ALIAS:
            break
        made += one
    return made
