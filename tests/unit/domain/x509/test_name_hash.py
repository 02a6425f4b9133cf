"""Names become the numbers under which OpenSSL looks for them."""

from __future__ import annotations

import pytest

from support.asn1 import der, oid, seq
from support.pki import make_ca
from warifu.domain.x509.name_hash import issuer_hash, name_hash, subject_hash

_CN = "2.5.4.3"


def _name(*values: bytes) -> bytes:
    return seq(*(der(0x31, seq(oid(_CN), value)) for value in values))


@pytest.mark.parametrize(
    "other",
    [
        der(0x13, b"Root  CA"),
        der(0x0C, b" \t root ca\n"),
        der(0x16, b"ROOT\x0bCA"),
        der(0x1A, b"root ca"),
        der(0x14, b"root ca"),
        der(0x1E, "Root Ca".encode("utf-16-be")),
        der(0x1C, "root\r\n CA ".encode("utf-32-be")),
    ],
)
def test_names_that_openssl_takes_for_equal_have_one_hash(other: bytes) -> None:
    """Type of string, case of ASCII and runs of white space do not count; for the old hash they do."""
    plain = _name(der(0x0C, b"root ca"))
    assert name_hash(plain) == name_hash(_name(other))
    assert name_hash(plain, old=True) != name_hash(_name(other), old=True)


def test_hashes_are_those_that_openssl_prints() -> None:
    """Of `/CN=Root CA` as UTF8String, and of the empty name."""
    root = _name(der(0x0C, b"Root CA"))
    assert ("8489a545", "bec651d6") == (name_hash(root), name_hash(root, old=True))
    assert "eea339da" == name_hash(seq())


def test_what_is_no_text_is_compared_as_it_stands() -> None:
    """A numeric string keeps its spaces; letters beyond ASCII keep their case; broken text stays as it is."""
    assert name_hash(_name(der(0x12, b"1 2"))) != name_hash(_name(der(0x12, b"1  2")))
    assert name_hash(_name(der(0x0C, "Ä".encode()))) != name_hash(_name(der(0x0C, "ä".encode())))
    assert name_hash(_name(der(0x0C, b"\xff"))) != name_hash(_name(der(0x0C, b"\xfe")))


def test_the_parts_of_one_relative_name_have_no_order() -> None:
    """A set is a set, in whatever order it was sent; the old hash is of what was sent."""
    one, two = (seq(oid(kind), der(0x0C, b"x")) for kind in (_CN, "2.5.4.10"))
    there, back = seq(der(0x31, one, two)), seq(der(0x31, two, one))
    assert name_hash(there) == name_hash(back)
    assert name_hash(there, old=True) != name_hash(back, old=True)


def test_a_crl_is_found_by_its_issuer() -> None:
    """It has the hash that the certificate of its issuer has, present and old."""
    root = make_ca("Root CA")
    for old in (False, True):
        assert subject_hash(root.value, old=old) == issuer_hash(root.crl(), old=old)
    assert subject_hash(root.value) == name_hash(root.value.subject.der)
