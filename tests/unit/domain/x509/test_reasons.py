"""What a library says of bytes becomes a word of ours."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from support.malformed import with_key_of_no_kind
from support.pki import make_ca, make_key
from warifu.domain.findings.causes import CAUSES
from warifu.domain.x509.reasons import reason_of

OID = x509.SubjectKeyIdentifier.oid


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (UnsupportedAlgorithm("no such curve"), "unsupported"),
        (x509.DuplicateExtension("twice", OID), "duplicate-extension"),
        (x509.UnsupportedGeneralNameType("x400Address", 3), "unsupported-name"),
        (OverflowError("year 10000"), "out-of-range"),
        (ValueError("error parsing asn1 value"), "malformed"),
    ],
)
def test_an_error_has_a_word_that_is_said_in_both_languages(error: Exception, word: str) -> None:
    """What the library said is in none of them."""
    assert word == reason_of(error)
    assert word in CAUSES


def test_a_key_of_an_unknown_algorithm_is_unsupported() -> None:
    """The certificate is read; its key is told as a part that is not."""
    strange = with_key_of_no_kind(make_ca("RSA", key=make_key("rsa")).leaf("a.example", ski=False)).value
    assert (("subjectPublicKeyInfo", "unsupported"),) == strange.unreadable
