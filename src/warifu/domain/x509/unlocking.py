"""What is locked with a password: the ways of PKCS#12 and of PKCS#5, old and new.

A password is bytes as people typed them, UTF-8; `None` says that there is none at all, which PKCS#12 tells from
an empty one. Work is bounded: a hostile file names as many rounds as it likes.

Spec: RFC 7292 Appendix B and C, RFC 8018 §5.2, §6.2, RFC 7914 §7, RFC 9579 §3.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES

from warifu.domain.x509.ber import INTEGER, OCTET_STRING, OID, SEQUENCE, Element
from warifu.domain.x509.rc2 import decrypt_rc2
from warifu.errors import UsageError

Password = bytes | None
PBMAC1 = bytes.fromhex("2a864886f70d01050e")
_PBES2 = bytes.fromhex("2a864886f70d01050d")
_PBKDF2 = bytes.fromhex("2a864886f70d01050c")
_SCRYPT = bytes.fromhex("2b06010401da47040b")
_HMACS: Mapping[bytes, str] = MappingProxyType(
    {
        bytes.fromhex("2a864886f70d0207"): "sha1",
        bytes.fromhex("2a864886f70d0208"): "sha224",
        bytes.fromhex("2a864886f70d0209"): "sha256",
        bytes.fromhex("2a864886f70d020a"): "sha384",
        bytes.fromhex("2a864886f70d020b"): "sha512",
    }
)
_DIGESTS: Mapping[bytes, str] = MappingProxyType(
    {
        bytes.fromhex("2b0e03021a"): "sha1",
        bytes.fromhex("608648016503040201"): "sha256",
        bytes.fromhex("608648016503040202"): "sha384",
        bytes.fromhex("608648016503040203"): "sha512",
        bytes.fromhex("608648016503040204"): "sha224",
    }
)
_MOST_ROUNDS = 2_000_000  # today's programs write up to 600,000
_FASTER = 4  # times that the library's PBKDF2 is as fast as a loop of Python
_MOST_MEMORY = 64 << 20  # bytes, for scrypt
_KEY, _START, _MAC = 1, 2, 3  # RFC 7292 B.3


@dataclass(frozen=True, slots=True)
class Kind:
    """A cipher: its name for people, octets of key and block, effective bits for RC2."""

    name: str
    key: int
    block: int
    bits: int = 0


_OLD: Mapping[bytes, Kind] = MappingProxyType(
    {
        bytes.fromhex("2a864886f70d010c0103"): Kind("3DES", 24, 8),
        bytes.fromhex("2a864886f70d010c0104"): Kind("3DES", 16, 8),
        bytes.fromhex("2a864886f70d010c0105"): Kind("RC2-128", 16, 8, 128),
        bytes.fromhex("2a864886f70d010c0106"): Kind("RC2-40", 5, 8, 40),
    }
)
_NEW: Mapping[bytes, Kind] = MappingProxyType(
    {
        bytes.fromhex("608648016503040102"): Kind("AES-128", 16, 16),
        bytes.fromhex("608648016503040116"): Kind("AES-192", 24, 16),
        bytes.fromhex("60864801650304012a"): Kind("AES-256", 32, 16),
        bytes.fromhex("2a864886f70d0307"): Kind("3DES", 24, 8),
    }
)


class Effort:
    """How much work one file may still ask for, in rounds of a digest."""

    def __init__(self, rounds: int = 3 * _MOST_ROUNDS) -> None:
        self._left = rounds

    def spend(self, rounds: int, *, each: int = 1) -> None:
        """Take rounds off what is left.

        Args:
            each: how many of them take as long as one that is counted here in Python.

        Raises:
            UsageError: `trust.container-unreadable`: too many, too few, or none left.
        """
        cost = -(-rounds // each)
        if not 0 < rounds <= _MOST_ROUNDS or cost > self._left:
            raise _fault("too many rounds")
        self._left -= cost


def kind_of(algorithm: Element) -> Kind | None:
    """Return the cipher that an AlgorithmIdentifier names; None where it is not known here.

    Raises:
        UsageError: `trust.container-unreadable`.
    """
    name = algorithm.child(0, OID).content
    if name != _PBES2:
        return _OLD.get(name)
    return _NEW.get(algorithm.child(1, SEQUENCE).child(1, SEQUENCE).child(0, OID).content)


def decrypt(algorithm: Element, data: bytes, password: Password, effort: Effort) -> bytes:
    """Return what was locked.

    Args:
        algorithm: the AlgorithmIdentifier beside it.

    Raises:
        UsageError: `trust.container-unreadable` with a `reason`: the password does not open it, the way is not
            known here, or its parameters are none. No part of a password or a key is in it.
    """
    kind = kind_of(algorithm)
    if kind is None:
        raise _fault("unsupported")
    name, parameters = algorithm.child(0, OID).content, algorithm.child(1, SEQUENCE)
    if not data or len(data) % kind.block:
        raise _fault("malformed")
    if name == _PBES2:
        key = _pbes2_key(parameters.child(0, SEQUENCE), password or b"", kind.key, effort)
        start = parameters.child(1, SEQUENCE).child(1, OCTET_STRING).content
        if len(start) != kind.block:
            raise _fault("malformed")
    else:
        salt, rounds = parameters.child(0, OCTET_STRING).content, parameters.child(1, INTEGER).number
        key = pkcs12_key("sha1", password, salt, rounds, _KEY, kind.key, effort)
        start = pkcs12_key("sha1", password, salt, rounds, _START, kind.block, effort)
    return _without_padding(_decrypt(kind, key, start, data), kind.block)


def mac_of(
    digest_info: Element, salt: bytes, rounds: int, data: bytes, password: Password, effort: Effort
) -> bytes:
    """Return the code that a password gives over the contents of a PKCS#12 file.

    Args:
        digest_info: the AlgorithmIdentifier in its DigestInfo.

    Raises:
        UsageError: `trust.container-unreadable`.
    """
    name = digest_info.child(0, OID).content
    if name == PBMAC1:
        parameters = digest_info.child(1, SEQUENCE)
        digest = _HMACS.get(parameters.child(1, SEQUENCE).child(0, OID).content, "")
        key = _pbes2_key(parameters.child(0, SEQUENCE), password or b"", 0, effort)
    else:
        digest = _DIGESTS.get(name, "")
        size = hashlib.new(digest).digest_size if digest else 0
        key = pkcs12_key(digest, password, salt, rounds, _MAC, size, effort) if digest else b""
    if not digest:
        raise _fault("unsupported")
    return hmac.new(key, data, digest).digest()


def pkcs12_key(
    digest: str, password: Password, salt: bytes, rounds: int, use: int, size: int, effort: Effort
) -> bytes:
    """Return key, initial vector or MAC key as PKCS#12 derives them. Spec: RFC 7292 B.2.

    Raises:
        UsageError: `trust.container-unreadable`: too many rounds, or the password is not UTF-8.
    """
    make = getattr(hashlib, digest)  # by name, `hashlib.new` would take three times as long
    block = make().block_size
    secret = b"" if password is None else (text_of(password) + "\0").encode("utf-16-be")
    salted = bytearray(_filled(salt, block) + _filled(secret, block))
    derived = b""
    while len(derived) < size:
        effort.spend(rounds)
        part = bytes([use]) * block + bytes(salted)
        for _ in range(rounds):
            part = make(part).digest()
        derived += part
        added = int.from_bytes(_filled(part, block)[:block], "big") + 1
        for at in range(0, len(salted), block):
            value = int.from_bytes(salted[at : at + block], "big") + added
            salted[at : at + block] = value.to_bytes(block + 1, "big")[-block:]
    return derived[:size]


def _filled(data: bytes, block: int) -> bytes:
    """Repeated to whole blocks."""
    size = -(-len(data) // block) * block
    return (data * (size // len(data) + 1))[:size] if data else b""


def _pbes2_key(derivation: Element, password: bytes, size: int, effort: Effort) -> bytes:
    """Return a key by PBKDF2 or scrypt; of size 0, the one its parameters say."""
    name, parameters = derivation.child(0, OID).content, derivation.child(1, SEQUENCE)
    salt = parameters.child(0, OCTET_STRING).content
    rest = parameters.children[1:]
    if name == _SCRYPT:
        return _scrypt_key(salt, rest, password, size, effort)
    if name != _PBKDF2 or not rest:
        raise _fault("unsupported")
    rounds = rest[0].number
    effort.spend(rounds, each=_FASTER)
    digest: str | None = "sha1"
    for one in rest[1:]:
        if one.tag == INTEGER:
            size = size or min(max(one.number, 0), 64)
        elif one.tag == SEQUENCE:
            digest = _HMACS.get(one.child(0, OID).content)
    if digest is None or not size:
        raise _fault("unsupported")
    return hashlib.pbkdf2_hmac(digest, password, salt, rounds, size)


def _scrypt_key(salt: bytes, rest: tuple[Element, ...], password: bytes, size: int, effort: Effort) -> bytes:
    numbers = [one.number for one in rest if one.tag == INTEGER]
    if len(numbers) < 3:
        raise _fault("malformed")
    cost, block, lanes = numbers[:3]
    memory = 128 * cost * block
    if cost < 2 or cost & (cost - 1) or block < 1 or lanes < 1 or not 0 < memory * lanes <= _MOST_MEMORY:
        raise _fault("too many rounds")
    effort.spend(cost * block * lanes)
    return hashlib.scrypt(
        password, salt=salt, n=cost, r=block, p=lanes, maxmem=2 * _MOST_MEMORY, dklen=size or 32
    )


def _decrypt(kind: Kind, key: bytes, start: bytes, data: bytes) -> bytes:
    if kind.bits:
        return decrypt_rc2(data, key, start, bits=kind.bits)
    if kind.block == AES.block_size // 8:
        opened = Cipher(AES(key), modes.CBC(start)).decryptor()
    else:
        opened = Cipher(TripleDES((key + key[:8])[:24]), modes.CBC(start)).decryptor()
    return opened.update(data) + opened.finalize()


def _without_padding(data: bytes, block: int) -> bytes:
    count = data[-1]
    if not 0 < count <= block or data[-count:] != bytes([count]) * count:
        raise _fault("the password does not open it")
    return data[:-count]


def text_of(password: bytes) -> str:
    """Return a password as text: UTF-8, or else octet by octet."""
    try:
        return password.decode()
    except UnicodeDecodeError:
        return password.decode("latin-1")  # a file of an old system: its octets are its characters


def _fault(reason: str) -> UsageError:
    return UsageError("trust.container-unreadable", offset=0, reason=reason)
