"""What a node signs to show that it holds its key."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa

from support.pki import Key
from warifu.domain.x509 import PrivateKey, PublicKey, Sha256
from warifu.errors import UsageError
from warifu.wire.proofs import is_signed_by, renewal_text, sign_text

KEYS: dict[str, Key] = {
    "ec": ec.generate_private_key(ec.SECP256R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate(),
    "rsa": rsa.generate_private_key(65537, 3072),
}
TEXT = renewal_text(Sha256.of(b"old"), b"request")


def test_the_text_names_both_ends() -> None:
    """What it is for, the old certificate and the new request; an agent of another release must say the same."""
    lines = TEXT.decode().split("\n")
    assert [
        "warifu: renew an expired identity",
        Sha256.of(b"old").hex,
        Sha256.of(b"request").hex,
        "",
    ] == lines


@pytest.mark.parametrize("kind", sorted(KEYS))
def test_only_the_key_s_own_signature_holds(kind: str) -> None:
    """Over these very bytes; any other signature, text or key is a plain no."""
    key = PrivateKey(KEYS[kind])
    signature = sign_text(key, TEXT)
    assert is_signed_by(key.public_key, signature, TEXT)
    bent = bytes([signature[0] ^ 1, *signature[1:]])
    for wrong in (bent, b"", signature[:-1]):
        assert not is_signed_by(key.public_key, wrong, TEXT)
    assert not is_signed_by(key.public_key, signature, TEXT + b"x")
    other = PrivateKey(ec.generate_private_key(ec.SECP256R1()))
    assert not is_signed_by(other.public_key, signature, TEXT)


def test_other_kinds_of_keys_sign_and_prove_nothing() -> None:
    """A kind that no identity has, and bytes that are no key."""
    key = PrivateKey(ed448.Ed448PrivateKey.generate())
    with pytest.raises(UsageError, match=r"registry\.ca-key-unfit"):
        sign_text(key, TEXT)
    assert not is_signed_by(key.public_key, b"x", TEXT)
    assert not is_signed_by(PublicKey("unknown", 0, "", b"no key"), b"x", TEXT)
