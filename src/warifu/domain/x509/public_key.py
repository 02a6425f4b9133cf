"""The public key of a certificate or request, as facts."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from warifu.domain.x509.identifiers import Sha256
from warifu.domain.x509.sending import lightly_sent


@lightly_sent
@dataclass(frozen=True, slots=True)
class PublicKey:
    """What is judged of a public key.

    Args:
        algorithm: `RSA`, `EC`, `Ed25519`, `Ed448`, `DSA` or `unknown`.
        bits: modulus or field size in bits.
        curve: the curve's name for EC, else empty.
        spki: SubjectPublicKeyInfo in DER.
    """

    algorithm: str
    bits: int
    curve: str
    spki: bytes

    @property
    def sha256(self) -> Sha256:
        """SHA-256 of SubjectPublicKeyInfo: two certificates with equal values share their key."""
        return Sha256.of(self.spki)

    def __str__(self) -> str:
        return f"{self.algorithm} {self.curve or self.bits}"


def facts_of(key: CertificatePublicKeyTypes) -> PublicKey:
    """Return the facts of a parsed key."""
    spki = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    if isinstance(key, rsa.RSAPublicKey):
        return PublicKey("RSA", key.key_size, "", spki)
    if isinstance(key, ec.EllipticCurvePublicKey):
        return PublicKey("EC", key.key_size, key.curve.name, spki)
    if isinstance(key, ed25519.Ed25519PublicKey):
        return PublicKey("Ed25519", 256, "", spki)
    if isinstance(key, ed448.Ed448PublicKey):
        return PublicKey("Ed448", 456, "", spki)
    if isinstance(key, dsa.DSAPublicKey):
        return PublicKey("DSA", key.key_size, "", spki)
    return PublicKey("unknown", 0, "", spki)
