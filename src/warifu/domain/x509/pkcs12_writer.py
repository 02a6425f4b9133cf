"""Writes PKCS#12 files: identities, and trust stores that Java recognises as such.

Two sets of ciphers: what today's programs write (AES-256, PBKDF2, MAC by SHA-256), and what Windows before 2019 and
Java before 8u301 read (triple DES, MAC by SHA-1).

Spec: RFC 7292, RFC 8018.
"""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import (
    KeySerializationEncryption,
    PrivateFormat,
    pkcs12,
)

from warifu.domain.x509.certificate import Certificate
from warifu.domain.x509.private_key import PrivateKey

CIPHERS = ("modern", "legacy")
_ROUNDS = 10_000  # as keytool of OpenJDK 17; more would not help, because the MAC beside it has 2,048


def write_identity(
    name: str,
    key: PrivateKey,
    leaf: Certificate,
    above: Sequence[Certificate],
    password: bytes,
    *,
    cipher: str = "modern",
) -> bytes:
    """Return a file with a key, its certificate under a friendly name, and the certificates above it.

    Args:
        cipher: `modern` or `legacy`.
    """
    return pkcs12.serialize_key_and_certificates(
        name.encode(),
        key.raw,  # type: ignore[arg-type]  # a key that signs
        leaf.parsed,
        [one.parsed for one in above],
        _lock(password, cipher),
    )


def write_trust_store(
    named: Sequence[tuple[str, Certificate]], password: bytes, *, cipher: str = "modern"
) -> bytes:
    """Return a file of certificates that Java takes for trusted ones, each under its alias."""
    listed = [pkcs12.PKCS12Certificate(one.parsed, name.encode()) for name, one in named]
    return pkcs12.serialize_java_truststore(listed, _lock(password, cipher))


def _lock(password: bytes, cipher: str) -> KeySerializationEncryption:
    builder = PrivateFormat.PKCS12.encryption_builder().kdf_rounds(_ROUNDS)
    if cipher == "legacy":
        builder = builder.key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
        return builder.hmac_hash(hashes.SHA1()).build(password)  # noqa: S303  # what old programs read
    builder = builder.key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
    return builder.hmac_hash(hashes.SHA256()).build(password)
