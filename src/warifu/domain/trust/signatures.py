"""Signature checks, counted and never done twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import SignatureAlgorithmOID

from warifu.domain.x509 import Certificate, OcspResponse, Quietly, RevocationList
from warifu.domain.x509.alike import ALGORITHM
from warifu.domain.x509.damaged import UNREADABLE, algorithm_in, scheme_of
from warifu.domain.x509.public_key import algorithm_of

_EDWARDS = {"Ed25519": SignatureAlgorithmOID.ED25519, "Ed448": SignatureAlgorithmOID.ED448}
_MADE_WITH_OLD_HASHES = frozenset({SignatureAlgorithmOID.RSA_WITH_MD5, SignatureAlgorithmOID.ECDSA_WITH_SHA1})
"""The library names no scheme for these. Right but weak is another finding than wrong."""

Signed = Certificate | RevocationList | OcspResponse
_How = tuple[bytes, object, hashes.HashAlgorithm | None]
"""What was signed, how it was padded, with which hash."""


class Signatures:
    """Remembers which certificate was signed by which key.

    Args:
        at_most: how many checks it will do; beyond that it answers no and says `exhausted`.
    """

    def __init__(self, at_most: int | None = None) -> None:
        self._known: dict[tuple[str, bytes, bool], bool] = {}
        self._keys: dict[bytes, CertificatePublicKeyTypes] = {}
        self._at_most = at_most
        self.done = 0
        self.exhausted = False

    def holds(self, child: Signed, issuer: Certificate) -> bool:
        """Tell whether the issuer's key made the child's signature; names and constraints do not matter here."""
        public = issuer.public_key
        if public is None:
            return False
        key = (child.fingerprint.hex, public.spki, public.only_pss)
        known = self._known.get(key)
        if known is not None:
            return known
        if self._at_most is not None and self.done >= self._at_most:
            self.exhausted = True
            return False
        self.done += 1
        if public.spki not in self._keys:
            with Quietly():
                self._keys[public.spki] = issuer.legible.public_key()  # it was read: it can be
        answer = _verifies(child, self._keys[public.spki], only_pss=public.only_pss)
        self._known[key] = answer
        return answer

    def knows(self, child: Certificate, issuer: Certificate) -> bool:
        """Tell whether this check was done, or can never be."""
        public = issuer.public_key
        return public is None or (child.fingerprint.hex, public.spki, public.only_pss) in self._known

    def learn(self, child: Certificate, issuer: Certificate, *, answer: bool) -> None:
        """Take over an answer of `read_each`."""
        public = issuer.public_key
        if public is not None:
            self.done += 1
            self._known[child.fingerprint.hex, public.spki, public.only_pss] = answer


def can_be_checked(child: Signed) -> bool:
    """Tell whether the algorithm that it says it was signed with is one that is known here."""
    try:
        with Quietly():
            _signed_by(child)
    except UNREADABLE:
        return False
    return True


def _signed_by(child: Signed) -> _How:
    """Return what was signed, and how."""
    if isinstance(child, OcspResponse):
        return child.signed, *child.scheme
    found = child.legible if isinstance(child, Certificate) else child.parsed
    scheme: object = found.signature_algorithm_parameters
    digest = found.signature_hash_algorithm
    if scheme is None and digest is not None and found.signature_algorithm_oid in _MADE_WITH_OLD_HASHES:
        scheme = padding.PKCS1v15() if digest.name == "md5" else ec.ECDSA(digest)
    return child.signed_bytes, scheme, digest


def _verifies(child: Signed, key: CertificatePublicKeyTypes, *, only_pss: bool) -> bool:
    if _verifies_as(child, key, _signed_by, only_pss=only_pss):
        return True
    if not isinstance(child, Certificate) or ALGORITHM not in child.oddities:
        return False
    return _verifies_as(child, key, _signed_as_it_says, only_pss=only_pss)


def _signed_as_it_says(child: Signed) -> _How:
    """Take the algorithm that was signed: the other, beside the signature, is a fault of its own."""
    signed = cast("Certificate", child).signed_bytes
    return signed, *scheme_of(algorithm_in(signed))


def _verifies_as(
    child: Signed, key: CertificatePublicKeyTypes, how: Callable[[Signed], _How], *, only_pss: bool
) -> bool:
    try:
        with Quietly():
            signature = _signature_of(child)
            signed, scheme, digest = how(child)
    except UNREADABLE:
        return False
    kind = algorithm_of(type(key))
    if not _fits(kind, child, scheme, digest) or (only_pss and not isinstance(scheme, padding.PSS)):
        return False  # RFC 4055 §1.2
    try:
        match kind:
            case "RSA":
                cast("rsa.RSAPublicKey", key).verify(
                    signature, signed, cast("padding.PSS", scheme), cast("hashes.HashAlgorithm", digest)
                )
            case "EC":
                cast("ec.EllipticCurvePublicKey", key).verify(signature, signed, cast("ec.ECDSA", scheme))
            case _:
                cast("ed25519.Ed25519PublicKey", key).verify(signature, signed)
    except (InvalidSignature, ValueError, UnsupportedAlgorithm):
        return False
    return True


def _signature_of(child: Signed) -> bytes:
    match child:
        case OcspResponse():
            return child.signature
        case Certificate():
            return child.legible.signature
        case _:
            return child.parsed.signature


def _fits(kind: str, child: Signed, scheme: object, digest: hashes.HashAlgorithm | None) -> bool:
    """Tell whether the named algorithm is one of the key's own kind, so that nothing else is taken for it."""
    match kind:
        case "RSA":
            return digest is not None and isinstance(scheme, (padding.PSS, padding.PKCS1v15))
        case "EC":
            return isinstance(scheme, ec.ECDSA)
        case _:  # RFC 8410 §3
            return kind in _EDWARDS and _algorithm_of(child) == _EDWARDS[kind]


def _algorithm_of(child: Signed) -> x509.ObjectIdentifier:
    found = child.legible if isinstance(child, Certificate) else child.parsed
    return found.signature_algorithm_oid
