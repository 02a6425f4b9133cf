"""PKCS#12 files written bag by bag: what libraries do not write, and old programs did."""

from __future__ import annotations

import hashlib
import hmac

from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES

from support.asn1 import der, explicit, number, octets, oid, seq

DATA, ENCRYPTED, SIGNED = (f"1.2.840.113549.1.7.{last}" for last in (1, 6, 2))
KEY_BAG, LOCKED_BAG, CERTIFICATE_BAG, CRL_BAG, SECRET_BAG, NESTED_BAG = (
    f"1.2.840.113549.1.12.10.1.{last}" for last in range(1, 7)
)
X509_CERTIFICATE, X509_CRL, SDSI = (f"1.2.840.113549.1.9.{end}" for end in ("22.1", "23.1", "22.2"))
SHA1 = seq(oid("1.3.14.3.2.26"), der(0x05))


def bag(kind: str, value: bytes, *, alias: str = "", local: bytes = b"", more: bytes = b"") -> bytes:
    attributes = more
    if alias:
        attributes += seq(oid("1.2.840.113549.1.9.20"), der(0x31, der(0x1E, alias.encode("utf-16-be"))))
    if local:
        attributes += seq(oid("1.2.840.113549.1.9.21"), der(0x31, octets(local)))
    return seq(oid(kind), explicit(value), *([der(0x31, attributes)] if attributes else []))


def certificate_bag(
    certificate: bytes, *, kind: str = X509_CERTIFICATE, alias: str = "", local: bytes = b""
) -> bytes:
    return bag(CERTIFICATE_BAG, seq(oid(kind), explicit(octets(certificate))), alias=alias, local=local)


def crl_bag(crl: bytes) -> bytes:
    return bag(CRL_BAG, seq(oid(X509_CRL), explicit(octets(crl))))


def contents(*bags: bytes) -> bytes:
    """ContentInfo of bags that are not locked."""
    return seq(oid(DATA), explicit(octets(seq(*bags))))


def locked_contents(algorithm: bytes, locked: bytes) -> bytes:
    info = seq(oid(DATA), algorithm, der(0x80, locked))
    return seq(oid(ENCRYPTED), explicit(seq(number(0), info)))


def file(*infos: bytes, mac: bytes = b"", kind: str = DATA) -> bytes:
    safe = octets(seq(*infos))
    return seq(number(3), seq(oid(kind), explicit(safe)), *([mac] if mac else []))


def open_mac(*infos: bytes, rounds: int | None = None) -> bytes:
    """MacData of no password at all, by SHA-1, with one round unless said otherwise. Spec: RFC 7292 B.2."""
    salt = b"8 octets"
    derived = hashlib.sha1(bytes([3]) * 64 + salt * 8).digest()  # noqa: S324
    for _ in range((rounds or 1) - 1):
        derived = hashlib.sha1(derived).digest()  # noqa: S324
    code = hmac.new(derived, seq(*infos), "sha1").digest()
    count = [number(rounds)] if rounds is not None else []
    return seq(seq(SHA1, octets(code)), octets(salt), *count)


def aes(plain: bytes, password: bytes) -> tuple[bytes, bytes]:
    """An AlgorithmIdentifier of PBES2, and what AES-256 locks by it."""
    start, salt = bytes(16), b"salt"
    key = hashlib.pbkdf2_hmac("sha1", password, salt, 1, 32)
    writer = Cipher(AES(key), modes.CBC(start)).encryptor()
    count = 16 - len(plain) % 16
    locked = writer.update(plain + bytes([count]) * count) + writer.finalize()
    derivation = seq(oid("1.2.840.113549.1.5.12"), seq(octets(salt), number(1)))
    cipher = seq(oid("2.16.840.1.101.3.4.1.42"), octets(start))
    return seq(oid("1.2.840.113549.1.5.13"), seq(derivation, cipher)), locked
