"""Certificates that the library does not read and others do: for a character in a name, for version 2."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from support.asn1 import der, number, octets, oid, seq
from support.malformed import Unloaded, as_printable, with_octets
from support.pki import Entity, make_ca, make_key
from warifu.domain.trust.signatures import Signatures
from warifu.domain.x509 import Certificate
from warifu.domain.x509.odd_names import Misfit, dotted, name_in, stand_in
from warifu.errors import UsageError

ROOT = make_ca("Root", key=make_key("rsa"))
OTHER = make_ca("Other", key=make_key("rsa"))
VERSION_3, VERSION_2 = bytes.fromhex("a003020102"), bytes.fromhex("a003020101")


def named(text: str, kind: x509.ObjectIdentifier = NameOID.ORGANIZATION_NAME, **options: object) -> Entity:
    subject = x509.Name(
        [x509.NameAttribute(kind, text), x509.NameAttribute(NameOID.COMMON_NAME, "a.example")]
    )
    return ROOT.leaf("a.example", subject=subject, **options)


def printable(text: str) -> Unloaded:
    return with_octets(named(text), as_printable(text))


@pytest.mark.parametrize("text", ["AT&T", "a@b", "*.a.example", "web_1", "No#1", "a;b", "Oops!", 'a"b'])
def test_a_printable_string_with_another_character_is_read(text: str) -> None:
    """X.680 §41.4: the library reads nothing of it; what it says is what UTF8String would say, and its octets stay."""
    odd, plain = printable(text), named(text).value
    found = odd.value
    assert "PrintableString" in found.library_fault
    assert (plain.subject.text, plain.subject.folded, ("a.example",)) == (
        found.subject.text,
        found.subject.folded,
        found.subject.common_names,
    )
    assert as_printable(text)[1] in found.subject.der
    assert () == found.unreadable
    (oddity,) = found.oddities
    (character,) = set(text) & set('&@*_#;!"')
    assert Misfit("subject", "PrintableString", character) == Misfit.parse(oddity)
    assert (plain.names, plain.key_usage, plain.extended_key_usage) == (
        found.names,
        found.key_usage,
        found.extended_key_usage,
    )
    assert (3, found.der) == (found.version, odd.der)


def test_its_signature_is_checked_over_its_own_octets() -> None:
    """By its issuer's key it holds; with the copy that the library reads it would not."""
    found = printable("AT&T").value
    checks = Signatures()
    assert checks.holds(found, ROOT.value)
    assert not checks.holds(found, OTHER.value)
    tampered = Certificate(found.der.replace(b"AT&T", b"AT&A"))
    assert not checks.holds(tampered, ROOT.value)


def test_what_it_signed_holds_too() -> None:
    """The key of a CA whose name the library does not read."""
    mid = ROOT.intermediate("R&D", key=make_key("rsa"))
    leaf = with_octets(mid.leaf("a.example"), as_printable("R&D")).value
    above = with_octets(mid, as_printable("R&D")).value
    assert leaf.issuer == above.subject
    assert above.is_ca
    assert above.may_be_ca
    assert Signatures().holds(leaf, above)
    assert [Misfit("issuer", "PrintableString", "&")] == [Misfit.parse(one) for one in leaf.oddities]


def test_of_a_root_the_character_is_told_once() -> None:
    """Its issuer is its subject."""
    root = make_ca("A&B", key=make_key("rsa"))
    found = with_octets(root, as_printable("A&B")).value
    assert found.is_self_issued
    assert 1 == len(found.oddities)


def test_the_library_is_never_handed_the_copy() -> None:
    """Its octets are not those that were signed."""
    found = printable("AT&T").value
    with pytest.raises(UsageError) as caught:
        _ = found.parsed
    assert "library-refuses" == caught.value.values["reason"]
    plain = ROOT.value
    assert (plain.legible, "") == (plain.parsed, plain.library_fault)


@pytest.mark.parametrize("text", ["Soci\xe9t\xe9", "Z\xfcrich"])
def test_a_teletex_string_is_read_as_latin_1(text: str) -> None:
    """As openssl and GnuTLS read it: the name, the certificate around it, and nothing to be told of it."""
    spelt = text.translate({0xE9: "e", 0xFC: "u"})
    change = (bytes((0x0C, len(spelt))) + spelt.encode(), bytes((0x14, len(text))) + text.encode("latin-1"))
    found = with_octets(named(spelt), change).value
    assert (f"CN=a.example,O={text}", (), (), "") == (
        found.subject.text,
        found.unreadable,
        found.oddities,
        found.library_fault,
    )
    assert named(text).value.subject.folded == found.subject.folded
    assert found.label == found.subject.text


def test_an_ia5_string_beyond_ascii_is_read_and_told() -> None:
    """The library loads the certificate and cannot tell its name."""
    spelt = b"jurgen@a.example"
    change = (bytes((0x16, 16)) + spelt, bytes((0x16, 16)) + spelt.replace(b"u", b"\xfc"))
    found = with_octets(named(spelt.decode(), NameOID.EMAIL_ADDRESS), change).value
    assert ("j\xfcrgen@a.example",) == found.subject.emails
    assert [Misfit("subject", "IA5String", "\xfc")] == [Misfit.parse(one) for one in found.oddities]


def test_a_name_that_is_none_stays_unread() -> None:
    """UTF8String that is not UTF-8: no library takes it for a name."""
    change = (b"\x0c\x04abcd", b"\x0c\x04ab\xff\xff")
    found = with_octets(named("abcd"), change).value
    assert (("subject", "malformed"),) == found.unreadable
    assert () == found.oddities
    below = with_octets(ROOT.intermediate("abcd", key=make_key("rsa")).leaf("a.example"), change).value
    assert (("issuer", "malformed"),) == below.unreadable


def test_version_2_is_a_version() -> None:
    """RFC 5280 §4.1.2.1; the library knows the first and the third alone."""
    found = with_octets(ROOT.intermediate("Mid"), (VERSION_3, VERSION_2)).value
    assert (2, "CN=Mid", True) == (found.version, found.subject.text, found.is_ca)
    assert Signatures().holds(found, ROOT.value)
    root = make_ca("Old", key=make_key("rsa"), basic=False, no_usage=True, ski=False, aki=False)
    old = with_octets(root, (VERSION_3, VERSION_2)).value
    assert (2, True, True) == (old.version, old.may_be_ca, old.is_ca)
    assert old.issuer == old.subject


def test_a_certificate_that_is_broken_besides_is_unread() -> None:
    """What is left when the name is changed decides."""
    broken = with_octets(named("AT&T"), as_printable("AT&T"), (VERSION_3, bytes.fromhex("a003020105")))
    with pytest.raises(UsageError) as caught:
        _ = broken.value
    assert "no-such-version" == caught.value.values["reason"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x30",
        seq(),
        seq(number(1)),
        seq(seq(number(1), octets(b"x"))),
        seq(seq(seq(der(0x31, b"\x30")))),
    ],
)
def test_what_is_no_certificate_has_no_copy(data: bytes) -> None:
    """Nor one that the library reads as it stands."""
    assert (None, None) == (stand_in(data), stand_in(ROOT.value.der))


@pytest.mark.parametrize(
    "attribute",
    [
        seq(number(1), der(0x13, b"a")),
        seq(oid("2.5.4.3")),
        seq(oid("2.5.4.3"), number(1)),
        seq(oid("2.5.4.3"), der(0x13, b"a"), der(0x13, b"b")),
        seq(der(0x06, b"\x55\x84"), der(0x13, b"a")),
        seq(der(0x06), der(0x13, b"a")),
        seq(),
        b"\x30\x05",
    ],
)
def test_an_attribute_that_is_none_makes_no_name(attribute: bytes) -> None:
    """A type and one string: X.501 §8.2."""
    with pytest.raises(ValueError, match=r".*"):
        name_in(seq(der(0x31, attribute)))


def test_every_type_of_string_is_read() -> None:
    """X.520 §6.1 and what else stands in names."""
    kinds = {
        0x0C: b"a",
        0x12: b"1",
        0x13: b"a&",
        0x14: b"\xe9",
        0x16: b"a",
        0x1A: b"a",
        0x1C: b"\0\0\0a",
        0x1E: b"\0a",
    }
    parts = [der(0x31, seq(oid("2.5.4.10"), der(kind, value))) for kind, value in kinds.items()]
    assert "O=a,O=a,O=a,O=a,O=\xe9,O=a&,O=1,O=a" == name_in(seq(*parts)).rfc4514_string()


def test_other_oddities_tell_no_character() -> None:
    """They are words alone; a colon may be the character."""
    assert Misfit.parse("early-generalized-time") is None
    odd = Misfit("subject", "PrintableString", "&:")
    assert odd == Misfit.parse(str(odd))


def test_numbers_of_objects_are_written_with_dots() -> None:
    """A first arc of two holds more than forty."""
    assert ["2.5.4.3", "2.999", "0.9"] == [dotted(bytes.fromhex(one)) for one in ("550403", "8837", "09")]
