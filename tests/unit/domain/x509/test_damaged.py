"""One broken extension does not hide the others."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import serialize_certificates

from support.malformed import (
    of_version_1,
    with_early_generalized_time,
    with_other_algorithm,
    with_twin_extension,
)
from support.pki import SERVER, make_ca, make_key
from support.revoking import point
from warifu.domain.x509 import AuthorityForm, Certificate, RevocationList
from warifu.domain.x509.alike import ALGORITHM, DATES
from warifu.domain.x509.damaged import MOST, algorithm_in, read_each
from warifu.domain.x509.pkcs7 import certificates_in_pkcs7
from warifu.domain.x509.reasons import PATH_LENGTH
from warifu.errors import UsageError

RSA_ROOT = make_ca("Root", key=make_key("rsa"))
ROOT = make_ca("Root")
BROKEN = b"\x30\x05\x01"


def broken(oid: str) -> tuple[x509.ExtensionType, bool]:
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), BROKEN), False


@pytest.mark.parametrize(
    ("oid", "name"),
    [
        ("2.5.29.31", "cRLDistributionPoints"),
        ("1.3.6.1.5.5.7.1.1", "authorityInfoAccess"),
        ("2.5.29.54", "inhibitAnyPolicy"),
    ],
)
def test_a_broken_extension_is_named_and_the_others_are_read(oid: str, name: str) -> None:
    """Names, key usage, purposes and key ids beside it say what they say."""
    leaf = ROOT.leaf("a.example", extra=[broken(oid)]).value
    whole = ROOT.leaf("a.example").value
    assert ((name, "malformed"),) == leaf.unreadable
    assert (whole.names, whole.key_usage, whole.extended_key_usage, whole.authority_key_id) == (
        leaf.names,
        leaf.key_usage,
        leaf.extended_key_usage,
        leaf.authority_key_id,
    )


def test_an_extension_that_no_standard_names_is_told_by_its_number() -> None:
    """An arc above 127, a first arc above 2: as dotted numbers."""
    for oid in ("1.3.6.1.4.1.55555.1", "2.999.5"):
        twin = x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), b"\x05\x00")
        made = with_twin_extension(RSA_ROOT.leaf("a.example", extra=[(twin, False)]), twin)
        assert ((oid, "duplicate-extension"),) == made.value.unreadable


def test_of_twins_the_first_counts_and_the_second_is_told() -> None:
    """RFC 5280 §4.2: no extension stands in a certificate twice."""
    usage = x509.ExtendedKeyUsage(SERVER)
    leaf = with_twin_extension(RSA_ROOT.leaf("a.example"), usage).value
    assert (("extKeyUsage", "duplicate-extension"),) == leaf.unreadable
    assert ("serverAuth",) == leaf.extended_key_usage


def test_no_more_extensions_are_read_than_any_certificate_needs() -> None:
    """Hundreds of them, one broken: the rest is left unread, and said to be."""
    many = [
        (x509.UnrecognizedExtension(x509.ObjectIdentifier(f"1.3.6.1.4.1.55555.2.{n}"), b"\x05\x00"), False)
        for n in range(MOST + 10)
    ]
    leaf = ROOT.leaf("a.example", extra=[broken("2.5.29.31"), *many]).value
    assert (("cRLDistributionPoints", "malformed"), ("extensions", "too-many")) == leaf.unreadable
    assert (False, False) == (leaf.lacks("issuerAltName"), leaf.lacks("cRLDistributionPoints"))


def test_a_certificate_without_extensions_has_none_to_read() -> None:
    """Neither one by one."""
    plain = ROOT.leaf("a", san=False, purposes=None, basic=False, no_usage=True, ski=False, aki=False)
    assert ((), (), ()) == read_each(plain.value.der)


def test_large_extensions_are_read_too() -> None:
    """Lengths of one, two and three octets."""
    names = [f"host-{n}.example" for n in range(4000)]
    leaf = ROOT.leaf(*names, extra=[broken("2.5.29.31")]).value
    assert leaf.names is not None
    assert 4000 == len(leaf.names.dns)


def test_two_signature_algorithms_are_seen() -> None:
    """What was signed names another one than what stands beside the signature."""
    leaf = RSA_ROOT.leaf("a.example")
    assert ((), (ALGORITHM,)) == (leaf.value.oddities, with_other_algorithm(leaf).value.oddities)


def test_the_algorithm_that_was_signed_is_found_in_both_versions() -> None:
    """Behind the version or without one, and not the one beside the signature."""
    v3 = RSA_ROOT.leaf("a.example")
    v1 = of_version_1(
        RSA_ROOT.leaf("a", san=False, purposes=None, basic=False, no_usage=True, ski=False, aki=False)
    )
    sha256 = bytes.fromhex("300d06092a864886f70d01010b0500")
    assert [sha256, sha256] == [algorithm_in(one.value.signed_bytes) for one in (v3, v1)]
    assert algorithm_in(with_other_algorithm(v3).value.signed_bytes) != sha256


@pytest.mark.parametrize("is_critical", [True, False])
def test_a_path_length_without_a_ca_hides_nothing(*, is_critical: bool) -> None:
    """The library reads no such extension; what is left of it says that this is no CA."""
    value = x509.UnrecognizedExtension(x509.BasicConstraints.oid, bytes.fromhex("3003020100"))
    leaf = ROOT.leaf("a.example", basic=False, extra=[(value, is_critical)]).value
    assert ((False, None), (), (PATH_LENGTH,)) == (leaf.basic_constraints, leaf.unreadable, leaf.oddities)
    assert is_critical is ("2.5.29.19" in leaf.critical)
    assert leaf.names is not None


@pytest.mark.parametrize("is_critical", [True, False])
def test_a_tls_feature_without_a_name_hides_nothing(*, is_critical: bool) -> None:
    """RFC 7633 lists TLS extensions by number; one that nobody here knows counts only where it is critical."""
    feature = x509.UnrecognizedExtension(x509.TLSFeature.oid, bytes.fromhex("3003020143"))
    leaf = ROOT.leaf("a.example", extra=[(feature, is_critical)]).value
    assert ((), ("serverAuth",)) == (leaf.unreadable, leaf.extended_key_usage)
    assert (("1.3.6.1.5.5.7.1.24",) if is_critical else ()) == leaf.unknown_critical
    assert is_critical is (x509.TLSFeature.oid.dotted_string in leaf.critical)


@pytest.mark.parametrize(("year", "odd"), [("2049", (DATES,)), ("2050", ())])
def test_a_date_before_2050_in_the_long_form_is_seen(year: str, odd: tuple[str, ...]) -> None:
    """From 2050 on there is no other form."""
    leaf = with_early_generalized_time(RSA_ROOT.leaf("a.example", end=datetime(2049, 5, 1, tzinfo=UTC)))
    der = leaf.value.der.replace(b"\x18\x0f2049", b"\x18\x0f" + year.encode())
    assert odd == Certificate(der).oddities


def test_what_an_authority_key_id_says_beyond_a_key_id() -> None:
    """Nothing, an issuer's name and serial number, or neither key id nor name."""
    directory = x509.DirectoryName(ROOT.cert.subject)
    assert None is ROOT.leaf("a.example").value.authority_form
    for given, expected in (
        (x509.AuthorityKeyIdentifier(b"\x01", [directory], 5), AuthorityForm(True, (ROOT.value.subject,), 5)),
        (x509.AuthorityKeyIdentifier(None, [x509.DNSName("a")], 5), AuthorityForm(False, (), 5)),
        (x509.AuthorityKeyIdentifier(None, None, None), AuthorityForm(False, (), None)),
    ):
        assert expected == ROOT.leaf("a", aki=False, extra=[(given, False)]).value.authority_form


def test_points_and_policies_are_told() -> None:
    """Where CRLs are; policy extensions that had to be critical."""
    limits = x509.PolicyConstraints(require_explicit_policy=1, inhibit_policy_mapping=None)
    leaf = ROOT.leaf("a.example", extra=[(point("http://a/1.crl"), False), (limits, False)]).value
    assert (("UniformResourceIdentifier:http://a/1.crl",), ("policyConstraints",)) == (
        leaf.distribution_points,
        leaf.soft,
    )
    assert () == ROOT.leaf("a.example", extra=[(x509.InhibitAnyPolicy(1), True)]).value.soft
    elsewhere = x509.DistributionPoint(
        [x509.UniformResourceIdentifier("http://b")], None, None, [x509.DirectoryName(ROOT.cert.subject)]
    )
    other = ROOT.leaf("a.example", extra=[(x509.CRLDistributionPoints([elsewhere]), False)]).value
    assert () == other.distribution_points


@pytest.mark.parametrize("digest", ["sha1", "sha256"])
def test_the_hash_of_a_key_is_that_of_its_bits(digest: str) -> None:
    """For SHA-1 it is what key ids are made of: RFC 5280 §4.2.1.2 (1)."""
    key = ROOT.value.public_key
    assert key is not None
    whole = hashes.Hash(hashes.SHA1() if digest == "sha1" else hashes.SHA256())  # noqa: S303
    whole.update(key.spki[-65:])
    assert whole.finalize() == key.key_hash(digest)


def test_names_in_other_scripts_are_compared_as_prepared_text() -> None:
    """RFC 4518 §2: compatibility forms are one; RFC 5280 §7.1: the kind of string does not count."""
    wide = make_ca("ＲＯＯＴ  ルート").value.subject
    assert "2.5.4.3=root ルート" == wide.folded


def test_a_name_keeps_its_email_addresses_and_parts_that_are_no_text() -> None:
    """Addresses as they are written; bits as their octets."""
    bits = x509.NameAttribute(
        x509.NameOID.X500_UNIQUE_IDENTIFIER,
        b"\x00\xab",
        x509.name._ASN1Type.BitString,
    )
    name = x509.Name([x509.NameAttribute(x509.NameOID.EMAIL_ADDRESS, "Me@A.example"), bits])
    subject = ROOT.leaf("a.example", subject=name).value.subject
    assert ("Me@A.example",) == subject.emails
    assert "1.2.840.113549.1.9.1=me@a.example\x1e2.5.4.45=00ab" == subject.folded


@pytest.mark.parametrize(
    ("kind", "der", "old", "new"),
    [
        (Certificate, ROOT.value.der, b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x07"),
        (RevocationList, ROOT.crl().der, b"\x02\x01\x01\x30", b"\x02\x01\x07\x30"),
    ],
)
def test_a_version_that_does_not_exist_is_refused_as_ours(
    kind: type[Certificate | RevocationList], der: bytes, old: bytes, new: bytes
) -> None:
    """The library has an error of its own for it, which nobody else sees."""
    assert kind(der).der == der
    with pytest.raises(UsageError) as raised:
        kind(der.replace(old, new, 1))
    assert "no-such-version" == raised.value.values["reason"]


def test_a_message_with_a_certificate_of_no_version_is_refused_as_ours() -> None:
    """So is one inside PKCS#7."""
    message = serialize_certificates([ROOT.cert], Encoding.DER)
    assert (ROOT.value,) == certificates_in_pkcs7(message)
    with pytest.raises(UsageError) as raised:
        certificates_in_pkcs7(message.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x07"))
    assert "no-such-version" == raised.value.values["reason"]
