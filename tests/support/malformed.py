"""Certificates that the library refuses to make: patched DER, signed again by the issuer's own RSA key."""

from __future__ import annotations

import warnings
from dataclasses import replace

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from support.pki import Entity

_SHA256_WITH_RSA = bytes.fromhex("2a864886f70d01010b")
_SHA1_WITH_RSA = bytes.fromhex("2a864886f70d010105")


def signed_with_sha1(entity: Entity) -> Entity:
    """The same certificate, signed with SHA-1 by its (RSA) issuer."""
    return _patched(entity, _SHA256_WITH_RSA, _SHA1_WITH_RSA, hashes.SHA1())  # noqa: S303


def with_serial_octet(entity: Entity, octet: int) -> Entity:
    """The same certificate (made with serial 1) with another octet as its serial number."""
    return _patched(entity, b"\x02\x01\x01\x30", bytes([2, 1, octet, 0x30]), hashes.SHA256())


def of_version_1(entity: Entity) -> Entity:
    """The same certificate (made without extensions) of version 1."""
    return _patched(entity, b"\xa0\x03\x02\x01\x02", b"", hashes.SHA256())


def _patched(entity: Entity, old: bytes, new: bytes, digest: hashes.HashAlgorithm) -> Entity:
    issuer = entity.above[0] if entity.above else entity
    assert isinstance(issuer.key, rsa.RSAPrivateKey)
    before = entity.cert.tbs_certificate_bytes
    assert old in before
    content = before[_header_size(before) :].replace(old, new)
    signed = _sequence(content)
    signature = issuer.key.sign(signed, padding.PKCS1v15(), digest)
    algorithm = _sequence(
        b"\x06\x09" + (_SHA1_WITH_RSA if digest.name == "sha1" else _SHA256_WITH_RSA) + b"\x05\x00"
    )
    bits = b"\x03" + _length(len(signature) + 1) + b"\x00" + signature
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = x509.load_der_x509_certificate(_sequence(signed + algorithm + bits))
    return replace(entity, cert=made)


def _sequence(content: bytes) -> bytes:
    return b"\x30" + _length(len(content)) + content


def _length(size: int) -> bytes:
    if size < 0x80:
        return bytes([size])
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(octets)]) + octets


def _header_size(der: bytes) -> int:
    return 2 if der[1] < 0x80 else 2 + (der[1] & 0x7F)
