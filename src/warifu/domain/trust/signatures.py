"""Signature checks, counted and never done twice."""

from __future__ import annotations

from typing import cast

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from warifu.domain.x509 import Certificate, OcspResponse, Quietly, RevocationList
from warifu.domain.x509.public_key import algorithm_of

Signed = Certificate | RevocationList | OcspResponse


class Signatures:
    """Remembers which certificate was signed by which key.

    Args:
        at_most: how many checks it will do; beyond that it answers no and says `exhausted`.
    """

    def __init__(self, at_most: int | None = None) -> None:
        self._known: dict[tuple[str, bytes], bool] = {}
        self._keys: dict[bytes, CertificatePublicKeyTypes] = {}
        self._at_most = at_most
        self.done = 0
        self.exhausted = False

    def holds(self, child: Signed, issuer: Certificate) -> bool:
        """Tell whether the issuer's key made the child's signature; names and constraints do not matter here."""
        public = issuer.public_key
        if public is None:
            return False
        key = (child.fingerprint.hex, public.spki)
        known = self._known.get(key)
        if known is not None:
            return known
        if self._at_most is not None and self.done >= self._at_most:
            self.exhausted = True
            return False
        self.done += 1
        if public.spki not in self._keys:
            with Quietly():
                self._keys[public.spki] = issuer.parsed.public_key()  # it was read: it can be
        answer = _verifies(child, self._keys[public.spki])
        self._known[key] = answer
        return answer

    def knows(self, child: Certificate, issuer: Certificate) -> bool:
        """Tell whether this check was done, or can never be."""
        public = issuer.public_key
        return public is None or (child.fingerprint.hex, public.spki) in self._known

    def learn(self, child: Certificate, issuer: Certificate, *, answer: bool) -> None:
        """Take over an answer of `read_each`."""
        if issuer.public_key is not None:
            self.done += 1
            self._known[child.fingerprint.hex, issuer.public_key.spki] = answer


def _signed_by(child: Signed) -> tuple[bytes, object, hashes.HashAlgorithm | None]:
    """Return what was signed, and how."""
    if isinstance(child, Certificate):
        found = child.parsed
        return (
            child.signed_bytes,
            found.signature_algorithm_parameters,
            found.signature_hash_algorithm,
        )
    if isinstance(child, OcspResponse):
        return child.signed, *child.scheme
    crl = child.parsed
    return crl.tbs_certlist_bytes, crl.signature_algorithm_parameters, crl.signature_hash_algorithm


def _verifies(child: Signed, key: CertificatePublicKeyTypes) -> bool:
    try:
        with Quietly():
            signature = child.signature if isinstance(child, OcspResponse) else child.parsed.signature
            signed, scheme, digest = _signed_by(child)
    except (ValueError, UnsupportedAlgorithm):
        return False
    try:
        match algorithm_of(type(key)):
            case "RSA":
                if digest is None or not isinstance(scheme, (padding.PSS, padding.PKCS1v15)):
                    return False
                cast("rsa.RSAPublicKey", key).verify(signature, signed, scheme, digest)
            case "EC":
                if not isinstance(scheme, ec.ECDSA):
                    return False
                cast("ec.EllipticCurvePublicKey", key).verify(signature, signed, scheme)
            case "Ed25519" | "Ed448":
                cast("ed25519.Ed25519PublicKey", key).verify(signature, signed)
            case _:
                return False
    except (InvalidSignature, ValueError, UnsupportedAlgorithm):
        return False
    return True
