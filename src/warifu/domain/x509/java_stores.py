"""Java's own key stores, JKS and JCEKS, as keytool writes them: certificates, and keys locked with a password.

All numbers are big-endian. After a head (magic, version, count) come entries, each a tag, an alias and a time in
milliseconds; a digest over the password and everything before it ends the file.

Spec: there is none; the layout is what sun.security.provider.JavaKeyStore and com.sun.crypto.provider.JceKeyStore of
OpenJDK 17 read and write (their source says how).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.padding import PKCS7

from warifu.domain.x509.content import JAVA_MAGICS
from warifu.domain.x509.unlocking import Effort
from warifu.errors import UsageError

_DIGEST = 20
_WHITENER = b"Mighty Aphrodite"
_KEY, _TRUSTED, _SECRET = 1, 2, 3
_JKS_LOCK = bytes.fromhex("060a2b060104012a02110101")
_JCEKS_LOCK = bytes.fromhex("06092b060104012a021301")
_MOST_ENTRIES = 100_000


@dataclass(frozen=True, slots=True)
class JavaEntry:
    """One entry.

    Args:
        offset: where it begins, in bytes.
        certificates: DER, the entry's own first; of a trusted certificate, it alone.
        locked: the private key as EncryptedPrivateKeyInfo; empty for a trusted certificate.
    """

    offset: int
    alias: str
    certificates: tuple[bytes, ...]
    locked: bytes = b""


@dataclass(frozen=True, slots=True)
class JavaStore:
    """A key store as read, its digest not looked at.

    Args:
        kind: `JKS` or `JCEKS`.
        count: how many entries it says that it has.
        fault: where and why reading ended before the last of them: damage, or a secret key, whose length nothing tells.
    """

    kind: str
    count: int
    entries: tuple[JavaEntry, ...]
    body: bytes
    digest: bytes
    fault: tuple[int, str] | None = None

    def is_whole(self, password: str) -> bool:
        """Tell whether the digest is that of this password: nothing was changed by somebody without it."""
        made = hashlib.sha1(password.encode("utf-16-be") + _WHITENER + self.body, usedforsecurity=False)
        return hmac.compare_digest(made.digest(), self.digest)


class _Reader:
    def __init__(self, data: bytes, at: int) -> None:
        self.data = data
        self.at = at

    def take(self, count: int) -> bytes:
        part = self.data[self.at : self.at + count]
        if len(part) < count:
            raise UsageError("trust.container-unreadable", offset=self.at, reason="ends within an entry")
        self.at += count
        return part

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def text(self) -> str:
        units = self.take(self.number(2)).replace(b"\xc0\x80", b"\x00").decode("utf-8", "surrogatepass")
        return units.encode("utf-16-be", "surrogatepass").decode(
            "utf-16-be", "replace"
        )  # halves of pairs joined

    def block(self) -> bytes:
        return self.take(self.number(4))


def read_java_store(data: bytes) -> JavaStore:
    """Return what a key store holds, without any password; of a damaged one, what stands before the damage.

    Raises:
        UsageError: `trust.container-unreadable` with `offset` and `reason`: it is none.
    """
    kind = JAVA_MAGICS.get(data[:4], "")
    if not kind or len(data) < 12 + _DIGEST:
        raise UsageError("trust.container-unreadable", offset=0, reason="no key store of Java's")
    body, digest = data[:-_DIGEST], data[-_DIGEST:]
    reader = _Reader(body, 4)
    version, count = reader.number(4), reader.number(4)
    if version not in (1, 2):
        raise UsageError("trust.container-unreadable", offset=4, reason="unsupported")
    entries: list[JavaEntry] = []
    fault = None
    try:
        while len(entries) < min(count, _MOST_ENTRIES):
            entries.append(_entry(reader, version))
        if len(entries) < count:
            fault = reader.at, "too many of them"
        elif reader.at != len(body):
            fault = reader.at, "more than its entries"
    except UsageError as error:
        fault = int(str(error.values["offset"])), str(error.values["reason"])
    return JavaStore(kind, count, tuple(entries), body, digest, fault)


def _entry(reader: _Reader, version: int) -> JavaEntry:
    offset, tag = reader.at, reader.number(4)
    try:
        alias = reader.text()
    except UnicodeDecodeError as error:
        raise UsageError("trust.container-unreadable", offset=offset, reason="an alias is no text") from error
    reader.take(8)
    if tag == _TRUSTED:
        return JavaEntry(offset, alias, tuple(_certificates(reader, version, 1)))
    if tag == _KEY:
        locked = reader.block()
        return JavaEntry(offset, alias, tuple(_certificates(reader, version, reader.number(4))), locked)
    if tag == _SECRET:
        raise UsageError("trust.container-unreadable", offset=offset, reason="a secret key")
    raise UsageError("trust.container-unreadable", offset=offset, reason="an entry of an unknown kind")


def _certificates(reader: _Reader, version: int, count: int) -> Iterator[bytes]:
    for _ in range(count):
        if version > 1:
            reader.take(reader.number(2))  # "X.509"
        yield reader.block()


def unlock(locked: bytes, password: str, effort: Effort | None = None) -> bytes:
    """Return the PKCS#8 DER of a private key.

    Args:
        locked: EncryptedPrivateKeyInfo, by one of the two ways that JKS and JCEKS have.

    Raises:
        UsageError: `trust.key-unreadable`: another way, or another password; no part of the key is in it.
            `trust.container-unreadable`: more rounds than `effort` has left.
    """
    way, data = _parts(locked)
    found = None
    if _JKS_LOCK in way:
        found = _unlock_jks(data, password.encode("utf-16-be"))
    elif _JCEKS_LOCK in way:
        found = _unlock_jceks(way.partition(_JCEKS_LOCK)[2], data, password, effort or Effort())
    else:
        raise UsageError("trust.key-unreadable", reason="unsupported")
    if found is None:
        raise UsageError("trust.key-unreadable", reason="the password does not open it")
    return found


def _parts(locked: bytes) -> tuple[bytes, bytes]:
    """Return the algorithm's and the data's content of an EncryptedPrivateKeyInfo."""
    outer = _element(locked, 0x30)
    way = _element(outer[0], 0x30)
    return way[0], _element(way[1], 0x04)[0]


def _element(data: bytes, tag: int) -> tuple[bytes, bytes]:
    """Return the content of a DER element, and what follows it."""
    if len(data) < 2 or data[0] != tag:
        raise UsageError("trust.key-unreadable", reason="no EncryptedPrivateKeyInfo")
    count = data[1] & 0x7F if data[1] & 0x80 else 0
    length = int.from_bytes(data[2 : 2 + count], "big") if count else data[1]
    content = data[2 + count : 2 + count + length]
    if count > 4 or len(content) < length:
        raise UsageError("trust.key-unreadable", reason="no EncryptedPrivateKeyInfo")
    return content, data[2 + count + length :]


def _unlock_jks(data: bytes, password: bytes) -> bytes | None:
    """Salt, key under a stream of SHA-1 of the password and what came before, and a digest of the key."""
    if len(data) < 2 * _DIGEST:
        return None
    block, hidden, check = data[:_DIGEST], data[_DIGEST:-_DIGEST], data[-_DIGEST:]
    stream = bytearray()
    while len(stream) < len(hidden):
        block = hashlib.sha1(password + block, usedforsecurity=False).digest()
        stream += block
    key = bytes(one ^ two for one, two in zip(hidden, stream, strict=False))
    made = hashlib.sha1(password + key, usedforsecurity=False).digest()
    return key if hmac.compare_digest(made, check) else None


def _unlock_jceks(parameters: bytes, data: bytes, password: str, effort: Effort) -> bytes | None:
    """Triple DES whose key and start are two chains of MD5, one for each half of the salt."""
    inner = _element(parameters, 0x30)[0]
    salt, rest = _element(inner, 0x04)
    rounds = int.from_bytes(_element(rest, 0x02)[0], "big")
    if len(salt) != 8 or len(data) % 8 or not data:
        raise UsageError("trust.key-unreadable", reason="no salt, rounds and blocks as JCEKS has them")
    effort.spend(2 * rounds)
    halves = [bytearray(salt[:4]), bytearray(salt[4:])]
    if halves[0] == halves[1]:
        halves[0][:] = halves[0][3:] + halves[0][:2] + halves[0][3:]  # meant to be reversed; Java does this
    made = bytearray()
    for half in halves:
        block = bytes(half)
        for _ in range(rounds):
            block = hashlib.md5(block + password.encode("ascii", "replace"), usedforsecurity=False).digest()
        made += block
    plain = Cipher(TripleDES(bytes(made[:24])), modes.CBC(bytes(made[24:]))).decryptor()
    padded = plain.update(data) + plain.finalize()
    unpadder = PKCS7(64).unpadder()
    try:
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError:
        return None
