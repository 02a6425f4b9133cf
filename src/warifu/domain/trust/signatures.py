"""Signature checks, counted and never done twice."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from warifu.domain.x509 import Certificate, RevocationList

_Key = CertificatePublicKeyTypes | None


class Signatures:
    """Remembers which certificate was signed by which key.

    Args:
        at_most: how many checks it will do; beyond that it answers no and says `exhausted`.
    """

    def __init__(self, at_most: int | None = None) -> None:
        self._known: dict[tuple[str, bytes], bool] = {}
        self._keys: dict[bytes, _Key] = {}
        self._at_most = at_most
        self.done = 0
        self.exhausted = False

    def holds(self, child: Certificate | RevocationList, issuer: Certificate) -> bool:
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
            self._keys[public.spki] = _key_of(issuer.parsed)
        answer = _verifies(child.parsed, self._keys[public.spki])
        self._known[key] = answer
        return answer

    def knows(self, child: Certificate, issuer: Certificate) -> bool:
        """Tell whether this check was done, or can never be."""
        public = issuer.public_key
        return public is None or (child.fingerprint.hex, public.spki) in self._known

    def learn(self, child: Certificate, issuer: Certificate, *, answer: bool) -> None:
        """Take over the answer of `verify_each`."""
        if issuer.public_key is not None:
            self.done += 1
            self._known[child.fingerprint.hex, issuer.public_key.spki] = answer


def verify_each(issuers: Sequence[bytes], children: Iterable[tuple[bytes, int]]) -> bytes:
    """Verify the signatures of many certificates; what another process is asked to do.

    Args:
        issuers: in DER.
        children: each in DER, with the place of its issuer.

    Returns:
        One byte each: 1 where the issuer's key made the signature, else 0.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        keys = [_key_of(x509.load_der_x509_certificate(der)) for der in issuers]
        return bytes(_verifies(x509.load_der_x509_certificate(der), keys[place]) for der, place in children)


def _key_of(issuer: x509.Certificate) -> _Key:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return issuer.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return None


def _verifies(child: x509.Certificate | x509.CertificateRevocationList, key: _Key) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            signed = (
                child.tbs_certificate_bytes
                if isinstance(child, x509.Certificate)
                else child.tbs_certlist_bytes
            )
            parameters = child.signature_algorithm_parameters
            digest = child.signature_hash_algorithm
    except (ValueError, UnsupportedAlgorithm):
        return False
    try:
        if isinstance(key, rsa.RSAPublicKey):
            if digest is None or not isinstance(parameters, (padding.PSS, padding.PKCS1v15)):
                return False
            key.verify(child.signature, signed, parameters, digest)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            if not isinstance(parameters, ec.ECDSA):
                return False
            key.verify(child.signature, signed, parameters)
        elif isinstance(key, (ed25519.Ed25519PublicKey, ed448.Ed448PublicKey)):
            key.verify(child.signature, signed)
        else:
            return False
    except (InvalidSignature, ValueError, UnsupportedAlgorithm):
        return False
    return True
