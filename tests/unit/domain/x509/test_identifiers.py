"""Key ids and fingerprints are two notions, never mixed."""

from __future__ import annotations

import hashlib

import pytest
from cryptography import x509

from support.pki import make_ca, make_key
from warifu.domain.x509 import KeyId, Sha256
from warifu.errors import UsageError

ROOT = make_ca("Root")


def with_colons(text: str) -> str:
    return ":".join(text[at : at + 2] for at in range(0, len(text), 2))


@pytest.mark.parametrize("lower", [False, True])
@pytest.mark.parametrize("colons", [False, True])
def test_a_key_id_is_one_in_every_spelling(lower: bool, colons: bool) -> None:
    """`ED:CF:46:...`, `EDCF46...` and lower case name the same key, as its directory entry does."""
    assert ROOT.value.subject_key_id is not None
    text = ROOT.value.subject_key_id.hex
    text = with_colons(text) if colons else text
    text = text.lower() if lower else text
    entry = ROOT.cert.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest.hex().upper()
    assert entry == KeyId.parse(text).hex == ROOT.value.subject_key_id.hex  # as a directory writes it


@pytest.mark.parametrize("position", [0, 7, 39])
def test_one_nibble_changed_is_another_key_id(position: int) -> None:
    """A key id that differs in one nibble is not equal."""
    assert ROOT.value.subject_key_id is not None
    text = ROOT.value.subject_key_id.hex
    changed = text[:position] + ("0" if text[position] != "0" else "1") + text[position + 1 :]
    assert KeyId.parse(changed) != ROOT.value.subject_key_id


def test_certificates_of_one_key_share_its_id() -> None:
    """A renewed certificate with the same key has the same key id and another fingerprint."""
    key = make_key()
    old, new = make_ca("Root", key=key), make_ca("Root", key=key)
    assert old.value.fingerprint != new.value.fingerprint
    assert old.value.subject_key_id is not None
    assert old.value.subject_key_id == new.value.subject_key_id


def test_without_a_key_id_the_legacy_one_hashes_the_whole_key_information() -> None:
    """A directory lists a certificate without SKI under SHA-1 of SubjectPublicKeyInfo, not of the key bits alone."""
    bare = make_ca("Bare", ski=False)
    assert bare.value.public_key is not None
    expected = hashlib.sha1(bare.value.public_key.spki).hexdigest().upper()  # noqa: S324
    assert expected == str(bare.value.legacy_key_id)
    named = make_ca("Named", key=bare.key)
    assert named.value.legacy_key_id == named.value.subject_key_id
    assert bare.value.legacy_key_id != named.value.legacy_key_id


@pytest.mark.parametrize("text", ["", "ABC", "XY", "AB CD E", "ab-cd"])
def test_what_is_no_key_id_is_refused(text: str) -> None:
    """Odd or foreign digits are a usage error."""
    with pytest.raises(UsageError, match=r"trust\.not-a-key-id"):
        KeyId.parse(text)


def test_a_fingerprint_is_one_in_every_spelling() -> None:
    """Colons, case and a `sha256:` in front do not matter; anything else does."""
    whole = ROOT.value.fingerprint
    for text in (whole.hex, whole.hex.upper(), with_colons(whole.hex), f"sha256:{whole.hex}"):
        assert whole == Sha256.parse(text)
    assert whole.hex[:16] == whole.short
    for text in (whole.hex[:-1], whole.hex[:-2] + "xy", whole.hex[:40]):
        with pytest.raises(UsageError, match=r"trust\.not-a-fingerprint"):
            Sha256.parse(text)
