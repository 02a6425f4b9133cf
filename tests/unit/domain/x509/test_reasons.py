"""What a library says of bytes becomes a word of ours."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from support.asn1 import der, oid, seq
from support.malformed import with_exponent, with_key_of_no_kind
from support.pki import make_ca, make_key
from warifu.domain.findings.causes import CAUSES
from warifu.domain.x509 import Certificate
from warifu.domain.x509.reasons import reason_of
from warifu.errors import UsageError

OID = x509.SubjectKeyIdentifier.oid


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (UnsupportedAlgorithm("no such curve"), "unsupported"),
        (x509.DuplicateExtension("twice", OID), "duplicate-extension"),
        (x509.UnsupportedGeneralNameType("x400Address", 3), "unsupported-name"),
        (OverflowError("year 10000"), "out-of-range"),
        (ValueError("error parsing asn1 value"), "malformed"),
        (x509.InvalidVersion("1 is not a valid X509 version", 1), "no-such-version"),
    ],
)
def test_an_error_has_a_word_that_is_said_in_both_languages(error: Exception, word: str) -> None:
    """What the library said is in none of them."""
    assert word == reason_of(error)
    assert word in CAUSES


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        (b"\x02\x01\x05\x30", b"\x02\x02\x00\x05\x30", "serial-not-der"),
        (b"\x17\x0d260605000000Z", b"\x17\x0b2606050000Z", "time-not-der"),
        (b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x05", "no-such-version"),
    ],
)
def test_what_breaks_der_is_told_by_its_part(old: bytes, new: bytes, word: str) -> None:
    """A number with an octet too many, a date without seconds, version 6."""
    tbs = make_ca("Root", serial=5, start=datetime(2026, 6, 5, tzinfo=UTC)).cert.tbs_certificate_bytes
    body = bytes(tbs[4:] if tbs[1] == 0x82 else tbs[3:])
    assert 1 == body.count(old) or word == "no-such-version"
    changed = seq(seq(body.replace(old, new, 1)), seq(oid("1.2.840.10045.4.3.2")), der(0x03, b"\0\x30\x00"))
    with pytest.raises(UsageError) as caught:
        Certificate(changed)
    assert word == caught.value.values["reason"]


@pytest.mark.parametrize(
    ("address", "word"),
    [(bytes.fromhex("0a000000ff00ff00"), "no-netmask"), (bytes(5), "no-address")],
)
def test_addresses_that_are_none_are_told_as_such(address: bytes, word: str) -> None:
    """RFC 5280 §4.2.1.10: the ASN.1 of such constraints is right."""
    value = seq(der(0xA0, seq(der(0x87, address))))
    extension = x509.UnrecognizedExtension(x509.NameConstraints.oid, value)
    made = make_ca("Root").intermediate("Mid", extra=[(extension, True)]).value
    assert [word] == [reason for _, reason in made.unreadable]


def test_constraints_that_constrain_nothing_are_told_as_such() -> None:
    """RFC 5280 §4.2.1.10: permitted or excluded subtrees must be there."""
    extension = x509.UnrecognizedExtension(x509.NameConstraints.oid, seq())
    made = make_ca("Root").intermediate("Mid", extra=[(extension, True)]).value
    assert (("nameConstraints", "constraints-empty"),) == made.unreadable


@pytest.mark.parametrize("exponent", [1, 65536])
def test_an_exponent_that_protects_nothing_is_told_as_such(exponent: int) -> None:
    """RSA with 1 encrypts nothing; an even one has no inverse (RFC 8017 §3.1)."""
    rsa = make_ca("RSA", key=make_key("rsa"))
    leaf = with_exponent(rsa.leaf("a.example", key=make_key("rsa"), ski=False), exponent).value
    assert (("subjectPublicKeyInfo", "exponent-unfit"),) == leaf.unreadable


def test_a_key_of_an_unknown_algorithm_is_unsupported() -> None:
    """The certificate is read; its key is told as a part that is not."""
    strange = with_key_of_no_kind(make_ca("RSA", key=make_key("rsa")).leaf("a.example", ski=False)).value
    assert (("subjectPublicKeyInfo", "unsupported"),) == strange.unreadable
