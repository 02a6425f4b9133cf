"""PKCS#12 files open with the password that fits, old ciphers and none included."""

from __future__ import annotations

import contextlib

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from hypothesis import given
from hypothesis import strategies as st

from support.examples import examples
from support.pki import make_ca
from warifu.domain.x509.pkcs12 import looks_like_pkcs12, read_pkcs12
from warifu.errors import UsageError

LEAF = make_ca("Root").intermediate("Mid").leaf("web.example")
ABOVE = [entity.cert for entity in LEAF.above]
OLD = (
    PrivateFormat.PKCS12.encryption_builder()
    .kdf_rounds(10)
    .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
    .hmac_hash(hashes.SHA1())  # noqa: S303  # what old exports have
    .build(b"geheim")
)
NEW = BestAvailableEncryption(b"geheim")
FILES = {
    "new": pkcs12.serialize_key_and_certificates(b"me", LEAF.key, LEAF.cert, ABOVE, NEW),
    "old": pkcs12.serialize_key_and_certificates(b"me", LEAF.key, LEAF.cert, ABOVE, OLD),
    "open": pkcs12.serialize_key_and_certificates(b"me", LEAF.key, LEAF.cert, ABOVE, NoEncryption()),
}
TRUST = pkcs12.serialize_java_truststore(
    [
        pkcs12.PKCS12Certificate(one, name)
        for one, name in zip(ABOVE, (b"mid", "ルート".encode()), strict=True)
    ],
    NEW,
)


@pytest.mark.parametrize("kind", FILES)
def test_a_key_and_its_chain_are_read(kind: str) -> None:
    """The certificate of the key first, the others in the file's order, the first with its name."""
    found = read_pkcs12(FILES[kind], ("other", "geheim"))
    assert [LEAF.value, *(entity.value for entity in LEAF.above)] == [
        one.certificate for one in found.certificates
    ]
    assert ["me", "", ""] == [one.alias for one in found.certificates]
    assert found.key is not None
    assert LEAF.value.public_key == found.key.public_key


def test_a_trust_store_of_java_has_names_and_no_key() -> None:
    """Trusted certificates stand in it with the alias that keytool gave them."""
    found = read_pkcs12(TRUST, ["geheim"])
    assert [("mid", LEAF.above[0].value), ("ルート", LEAF.above[1].value)] == [
        (one.alias, one.certificate) for one in found.certificates
    ]
    assert None is found.key


@pytest.mark.parametrize("data", [FILES["new"], FILES["old"], TRUST, FILES["new"][:-40]])
def test_no_password_that_fits_is_told_without_it(data: bytes) -> None:
    """Damaged or of another password: nobody can tell which, and no password is repeated."""
    with pytest.raises(UsageError) as caught:
        read_pkcs12(data, ["Geheim"])
    assert "trust.container-locked" == caught.value.code
    assert "eheim" not in str(caught.value.values)


def test_content_tells_what_it_is() -> None:
    """Not a certificate, not a key, not text."""
    assert [True] * 4 == [looks_like_pkcs12(data) for data in (*FILES.values(), TRUST)]
    assert [False] * 3 == [looks_like_pkcs12(data) for data in (LEAF.value.der, LEAF.pem, b"")]


@examples(150)
@given(st.integers(0, len(FILES["open"])), st.binary(min_size=1, max_size=6))
def test_any_damage_ends_in_our_own_error(at: int, put: bytes) -> None:
    """Only our error comes out, or what the file holds."""
    data = FILES["open"]
    with contextlib.suppress(UsageError):
        read_pkcs12(data[:at] + put + data[at + len(put) :])
