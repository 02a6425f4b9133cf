"""What a node signs with its key to show that it holds it, and how that is checked.

A text begins with what it is for, so that no signature can be taken for another one.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from warifu.domain.x509 import PrivateKey, PublicKey, Sha256
from warifu.errors import UsageError

_RENEWAL = b"warifu: renew an expired identity\n"
_PSS = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)


def renewal_text(old: Sha256, request: bytes) -> bytes:
    """Return what the old key signs when an expired identity is renewed.

    Args:
        old: the expired certificate.
        request: the new request, DER.
    """
    return _RENEWAL + f"{old.hex}\n{Sha256.of(request).hex}\n".encode("ascii")


def sign_text(key: PrivateKey, text: bytes) -> bytes:
    """Sign: ECDSA or RSASSA-PSS with SHA-256, or Ed25519.

    Raises:
        UsageError: `registry.ca-key-unfit`: another kind of key.
    """
    raw = key.raw
    match raw:
        case ec.EllipticCurvePrivateKey():
            return raw.sign(text, ec.ECDSA(hashes.SHA256()))
        case ed25519.Ed25519PrivateKey():
            return raw.sign(text)
        case rsa.RSAPrivateKey():
            return raw.sign(text, _PSS, hashes.SHA256())
        case _:
            raise UsageError("registry.ca-key-unfit", key=str(key.public_key))


def is_signed_by(key: PublicKey, signature: bytes, text: bytes) -> bool:
    """Tell whether a key signed these bytes."""
    try:
        raw = serialization.load_der_public_key(key.spki)
        match raw:
            case ec.EllipticCurvePublicKey():
                raw.verify(signature, text, ec.ECDSA(hashes.SHA256()))
            case ed25519.Ed25519PublicKey():
                raw.verify(signature, text)
            case rsa.RSAPublicKey():
                raw.verify(signature, text, _PSS, hashes.SHA256())
            case _:
                return False
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True
