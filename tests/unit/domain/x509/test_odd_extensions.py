"""Extensions whose DER is good and whose value the library does not take: read as others read them."""

from __future__ import annotations

import pytest
from cryptography import x509

from support.asn1 import der, explicit, number, octets, oid, seq
from support.pki import make_ca
from warifu.domain.x509 import Certificate, Usage
from warifu.domain.x509.odd_extensions import NEGATIVE, made_legible
from warifu.domain.x509.odd_names import Misfit

ROOT = make_ca("Root")
KEY_ID = der(0x80, b"\x01" * 20)
ODD = seq(der(0x31, seq(oid("2.5.4.10"), der(0x13, b"AT&T"))))
TELETEX = seq(der(0x31, seq(oid("2.5.4.10"), der(0x14, b"\xe9"))))
ROOT_NAME = seq(der(0x31, seq(oid("2.5.4.3"), der(0x0C, b"Root"))))
SERIAL = der(0x82, b"\x07")


def issuers(name: bytes) -> bytes:
    return der(0xA1, der(0xA4, name))


def with_extension(
    kind: type[x509.ExtensionType], value: bytes, *, critical: bool = False, **options: object
) -> Certificate:
    extension = x509.UnrecognizedExtension(kind.oid, value)
    return ROOT.leaf("a.example", extra=[(extension, critical)], **options).value


@pytest.mark.parametrize("has_key_id", [True, False])
def test_an_authority_without_its_serial_number_is_read(*, has_key_id: bool) -> None:
    """RFC 5280 §4.2.1.1: both or neither; what is there is told as what it is."""
    value = seq(KEY_ID if has_key_id else b"", issuers(ROOT_NAME))
    form = with_extension(x509.AuthorityKeyIdentifier, value, aki=False).authority_form
    assert form is not None
    assert (has_key_id, ["CN=Root"], None) == (
        form.has_key_id,
        [one.text for one in form.issuers],
        form.serial,
    )


def test_an_authority_without_its_issuer_is_read() -> None:
    """A serial number alone."""
    found = with_extension(x509.AuthorityKeyIdentifier, seq(KEY_ID, SERIAL), aki=False)
    form = found.authority_form
    assert form is not None
    assert ((), 7, ()) == (form.issuers, form.serial, found.unreadable)


@pytest.mark.parametrize("serial", [b"", SERIAL])
def test_an_authority_named_by_odd_strings_is_read(serial: bytes) -> None:
    """Whole or half."""
    found = with_extension(x509.AuthorityKeyIdentifier, seq(issuers(ODD), serial), aki=False)
    assert found.authority_form is not None
    assert ["O=AT&T"] == [one.text for one in found.authority_form.issuers]
    assert Misfit("authorityKeyIdentifier", "PrintableString", "&") in [
        Misfit.parse(one) for one in found.oddities
    ]


def test_odd_strings_in_names_of_the_subject_are_read_and_told() -> None:
    """A directory name beside a DNS name; Latin-1 is told of no one."""
    listed = (der(0x82, b"b.example"), der(0xA4, ODD), der(0xA4, TELETEX))
    found = with_extension(x509.SubjectAlternativeName, seq(*listed), san=False)
    assert found.names is not None
    assert (("b.example",), ["O=AT&T", "O=\xe9"]) == (
        found.names.dns,
        [one.text for one in found.names.directory],
    )
    assert (str(Misfit("subjectAltName", "PrintableString", "&")),) == found.oddities
    assert () == found.unreadable


@pytest.mark.parametrize(
    ("bits", "usages"),
    [
        ("0307800080", {Usage.DIGITAL_SIGNATURE}),
        ("03020081", {Usage.DIGITAL_SIGNATURE}),
        ("030700a180", {Usage.DIGITAL_SIGNATURE, Usage.KEY_ENCIPHERMENT}),
    ],
)
def test_bits_that_mean_nothing_are_passed_over(bits: str, usages: set[Usage]) -> None:
    """RFC 5280 §4.2.1.3: decipherOnly and encipherOnly without keyAgreement are undefined; the others count."""
    raw = bytes.fromhex(bits)
    value = (
        der(0x03, bytes((7, 0x80, 0x80)))
        if bits == "0307800080"
        else der(0x03, raw[2:] if len(raw) == 4 else b"\x07" + raw[3:])
    )
    found = with_extension(x509.KeyUsage, value, critical=True, no_usage=True)
    assert (frozenset(usages), ()) == (found.key_usage, found.unreadable)
    assert "2.5.29.15" in found.critical


def test_no_bit_that_means_anything_is_no_usage() -> None:
    """DecipherOnly alone."""
    found = with_extension(x509.KeyUsage, der(0x03, b"\x07\x00\x80"), no_usage=True)
    assert (frozenset(), ()) == (found.key_usage, found.unreadable)


def test_a_path_length_of_any_size_is_read() -> None:
    """RFC 5280 §4.2.1.9 sets no limit, and openssl takes this one for what it is."""
    value = seq(der(0x01, b"\xff"), number(2**70))
    found = with_extension(x509.BasicConstraints, value, critical=True, basic=False)
    assert ((True, 2**70), ()) == (found.basic_constraints, found.unreadable)
    assert "2.5.29.19" in found.critical


def test_a_negative_path_length_leaves_a_ca_a_ca() -> None:
    """It is told; whose certificate it is stays known."""
    value = seq(der(0x01, b"\xff"), number(-3))
    found = with_extension(x509.BasicConstraints, value, basic=False)
    assert ((True, None), (("basicConstraints", NEGATIVE),)) == (found.basic_constraints, found.unreadable)
    assert found.is_ca


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (seq(der(0x01, b"\x00")), "default-encoded"),
        (seq(der(0x01, b"\x00"), number(2**70)), "default-encoded"),
        (seq(der(0x01, b"\xff"), der(0x02)), "malformed"),
        (seq(number(1), number(1)), "malformed"),
        (b"\x02\x01", "malformed"),
        (seq() + b"\x05\x00", "malformed"),
    ],
)
def test_what_stays_unread_says_why(value: bytes, reason: str) -> None:
    """X.690 §11.5: a default is not written."""
    found = with_extension(x509.BasicConstraints, value, basic=False)
    assert (("basicConstraints", reason),) == found.unreadable


def test_a_range_without_a_mask_is_told_as_such() -> None:
    """RFC 5280 §4.2.1.10: eight octets or thirty-two."""
    value = seq(explicit(seq(der(0x87, b"\x0a\0\0\0"))))
    found = with_extension(x509.NameConstraints, value)
    assert (("nameConstraints", "netmask-missing"),) == found.unreadable


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (x509.KeyUsage, der(0x03, b"\x07")),
        (x509.KeyUsage, der(0x03, b"\x07\x08\x81")),
        (x509.KeyUsage, number(1)),
        (x509.SubjectAlternativeName, seq(der(0x82, b"\xff"), der(0xA4, ODD))),
    ],
)
def test_what_is_broken_besides_is_malformed(kind: type[x509.ExtensionType], value: bytes) -> None:
    """Nothing is guessed."""
    found = with_extension(kind, value, san=False, no_usage=True)
    assert ["malformed"] == [reason for _, reason in found.unreadable]


def test_what_is_no_extension_is_made_nothing_of() -> None:
    """Neither without a value, nor of a depth that no name has."""
    deep = der(0x14, b"\xe9")
    for _ in range(20):
        deep = seq(deep)
    for encoded in (seq(oid("2.5.29.17")), seq(oid("2.5.29.17"), octets(deep)), b"\x30"):
        assert made_legible("subjectAltName", encoded) is None
