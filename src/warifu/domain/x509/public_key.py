"""The public key of a certificate or request, as facts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from warifu.domain.x509.damaged import value_at
from warifu.domain.x509.identifiers import Sha256
from warifu.domain.x509.sending import lightly_sent

_ALGORITHMS: Mapping[str, type] = MappingProxyType(
    {
        "RSA": rsa.RSAPublicKey,
        "EC": ec.EllipticCurvePublicKey,
        "Ed25519": ed25519.Ed25519PublicKey,
        "Ed448": ed448.Ed448PublicKey,
        "DSA": dsa.DSAPublicKey,
    }
)
_BITS: Mapping[str, int] = MappingProxyType({"Ed25519": 256, "Ed448": 456})


@lightly_sent
@dataclass(frozen=True, slots=True)
class PublicKey:
    """What is judged of a public key.

    Args:
        algorithm: `RSA`, `EC`, `Ed25519`, `Ed448`, `DSA` or `unknown`.
        bits: modulus or field size in bits.
        curve: the curve's name for EC, else empty.
        spki: SubjectPublicKeyInfo in DER; that of an RSA key says rsaEncryption whatever its own says, so that keys
            compare.
        only_pss: the certificate allows an RSA key RSASSA-PSS alone. RFC 4055 §1.2.
    """

    algorithm: str
    bits: int
    curve: str
    spki: bytes
    only_pss: bool = field(default=False, compare=False)

    @property
    def sha256(self) -> Sha256:
        """SHA-256 of SubjectPublicKeyInfo: two certificates with equal values share their key."""
        return Sha256.of(self.spki)

    def key_hash(self, digest: str) -> bytes:
        """Return the hash of the key without its algorithm: what OCSP and key ids are made of. RFC 6960 §4.1.1."""
        begin = value_at(self.spki, 0)[0]
        content, end = value_at(self.spki, value_at(self.spki, begin)[1])
        return hashlib.new(digest, self.spki[content + 1 : end], usedforsecurity=False).digest()

    def __str__(self) -> str:
        return f"{self.algorithm} {self.curve or self.bits}"


def facts_of(key: CertificatePublicKeyTypes) -> PublicKey:
    """Return the facts of a parsed key."""
    spki = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    algorithm = algorithm_of(type(key))
    bits: int = _BITS[algorithm] if algorithm in _BITS else getattr(key, "key_size", 0)
    curve: str = key.curve.name if algorithm == "EC" else ""  # type: ignore[union-attr]  # it is one of EC
    return PublicKey(algorithm, bits, curve, spki)


@lru_cache(maxsize=32)
def algorithm_of(kind: type[CertificatePublicKeyTypes]) -> str:
    """Return the algorithm of a class of public keys, as `PublicKey` names it.

    The library's classes are abstract ones: to ask five of them for each key would take as long as a hash.
    """
    return next((name for name, known in _ALGORITHMS.items() if issubclass(kind, known)), "unknown")
