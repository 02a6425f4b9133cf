"""The dump of a certificate is the one that OpenSSL prints."""

from __future__ import annotations

import contextlib
import ipaddress
import subprocess
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID, ObjectIdentifier
from hypothesis import given
from hypothesis import strategies as st

from support.malformed import of_version_1
from support.pki import Entity, make_ca, make_key
from support.running import need_program
from warifu.domain.endpoint.dump import subject_of, text_of
from warifu.domain.x509 import Certificate
from warifu.errors import UsageError

PLAIN = {"basic": False, "no_usage": True, "ski": False, "aki": False}
NAME = x509.Name(
    [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "割符, a/b+c"),
        x509.NameAttribute(NameOID.EMAIL_ADDRESS, "a@example"),
        x509.NameAttribute(ObjectIdentifier("1.2.3.4.5"), "odd"),
    ]
)
DIRECTORY = x509.DirectoryName(
    x509.Name(
        [x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"), x509.NameAttribute(NameOID.COMMON_NAME, "a, é")]
    )
)
TWO = x509.Name(
    [
        x509.RelativeDistinguishedName(
            [x509.NameAttribute(NameOID.COMMON_NAME, "x"), x509.NameAttribute(NameOID.SERIAL_NUMBER, "1")]
        )
    ]
)
Extension = tuple[x509.ExtensionType, bool]


def other(oid: str, value: bytes) -> x509.OtherName:
    return x509.OtherName(ObjectIdentifier(oid), value)


def raw(oid: str, value: bytes) -> x509.UnrecognizedExtension:
    return x509.UnrecognizedExtension(ObjectIdentifier(oid), value)


EVERYTHING: Sequence[Extension] = (
    (
        x509.SubjectAlternativeName(
            [
                x509.DNSName("a.example"),
                x509.IPAddress(ipaddress.ip_address("192.0.2.1")),
                x509.IPAddress(ipaddress.ip_address("2001:db8::1")),
                x509.RFC822Name("a@example"),
                x509.UniformResourceIdentifier("spiffe://a"),
                x509.RegisteredID(ObjectIdentifier("1.2.3")),
                DIRECTORY,
                other("1.3.6.1.4.1.311.20.2.3", b"\x0c\x03a@b"),
                other("1.2.3.4", b"\x16\x01x"),
            ]
        ),
        False,
    ),
    (x509.IssuerAlternativeName([x509.DNSName("i.example")]), False),
    (
        x509.CRLDistributionPoints(
            [
                x509.DistributionPoint([x509.UniformResourceIdentifier("http://c/")], None, None, None),
                x509.DistributionPoint([DIRECTORY], None, None, None),
            ]
        ),
        False,
    ),
    (
        x509.FreshestCRL(
            [x509.DistributionPoint([x509.UniformResourceIdentifier("http://f/")], None, None, None)]
        ),
        False,
    ),
    (
        x509.AuthorityInformationAccess(
            [
                x509.AccessDescription(
                    AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier("http://o/")
                ),
                x509.AccessDescription(
                    AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier("http://i/")
                ),
            ]
        ),
        False,
    ),
    (
        x509.CertificatePolicies(
            [
                x509.PolicyInformation(ObjectIdentifier("2.5.29.32.0"), None),
                x509.PolicyInformation(
                    ObjectIdentifier("1.2.3"),
                    [
                        "http://cps/",
                        x509.UserNotice(x509.NoticeReference("Org", [1, 2]), "hello"),
                        x509.UserNotice(x509.NoticeReference("Org", [1]), None),
                        x509.UserNotice(None, "bye"),
                    ],
                ),
            ]
        ),
        False,
    ),
    (
        x509.NameConstraints(
            [x509.DNSName(".example"), DIRECTORY],
            [
                x509.IPAddress(ipaddress.ip_network("10.0.0.0/8")),
                x509.IPAddress(ipaddress.ip_network("2001:db8::/32")),
            ],
        ),
        True,
    ),
    (x509.PolicyConstraints(0, 2), True),
    (x509.InhibitAnyPolicy(3), True),
    (x509.TLSFeature([x509.TLSFeatureType.status_request]), False),
    (x509.OCSPNoCheck(), False),
    (x509.PrivateKeyUsagePeriod(datetime(2026, 1, 2), datetime(2027, 1, 2)), False),  # noqa: DTZ001 - as it is written
    (raw("2.16.840.1.113730.1.13", b"\x16\x02hi"), False),
    (raw("2.16.840.1.113730.1.1", b"\x03\x02\x00\xa7"), False),
    (raw("1.2.3.4.5", b"\x0c\x05hello\xff"), True),
)
USAGE = x509.KeyUsage(
    digital_signature=True,
    content_commitment=True,
    key_encipherment=True,
    data_encipherment=True,
    key_agreement=True,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=True,
    decipher_only=True,
)
PURPOSES = [ObjectIdentifier(one) for one in ("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.9", "1.2.3.4")]
RSA = make_ca("RSA", key=make_key("rsa"))
CASES: dict[str, Callable[[], Entity]] = {
    "ca": lambda: make_ca("Root"),
    "path length": lambda: make_ca("Root").intermediate("Mid", path_length=0),
    "rsa": lambda: RSA.leaf("web.example", key=make_key("rsa")),
    "pss": lambda: make_ca("PSS", key=make_key("rsa"), pss=True),
    "p-384": lambda: make_ca("P-384", key=ec.generate_private_key(ec.SECP384R1()), digest=hashes.SHA384()),
    "koblitz": lambda: make_ca("K", key=ec.generate_private_key(ec.SECP256K1())),
    "ed25519": lambda: make_ca("Ed", key=ed25519.Ed25519PrivateKey.generate()),
    "ed448": lambda: make_ca("Ed", key=ed448.Ed448PrivateKey.generate()),
    "small serial": lambda: make_ca("Five", serial=5),
    "long serial": lambda: make_ca("Long", serial=(1 << 63)),
    "names": lambda: make_ca("x", subject=NAME),
    "two in one": lambda: make_ca("x", subject=TWO),
    "no extensions": lambda: make_ca("x", **PLAIN),
    "no name": lambda: RSA.leaf(san=False),
    "usages": lambda: make_ca("x", usage=USAGE, extra=[(x509.ExtendedKeyUsage(PURPOSES), False)]),
    "everything": lambda: make_ca("x", **PLAIN, extra=EVERYTHING),
    "authority": lambda: make_ca(
        "x",
        ski=False,
        extra=[(x509.AuthorityKeyIdentifier(b"\1\2", [DIRECTORY], 0x1234), False)],
    ),
    "authority by serial": lambda: make_ca(
        "x", ski=False, extra=[(x509.AuthorityKeyIdentifier(None, [DIRECTORY], 5), False)]
    ),
    "period": lambda: make_ca("x", extra=[(x509.PrivateKeyUsagePeriod(datetime(2026, 1, 2), None), False)]),  # noqa: DTZ001
    "constraints": lambda: make_ca(
        "x",
        extra=[
            (x509.NameConstraints(None, [x509.DNSName(".x")]), True),
            (x509.PolicyConstraints(None, 1), True),
        ],
    ),
    "odd type": lambda: make_ca("x", extra=[(raw("2.16.840.1.113730.1.1", b"\x04\x01\x00"), False)]),
    "no comment": lambda: make_ca("x", extra=[(raw("2.16.840.1.113730.1.13", b"\x16\x00"), False)]),
}


def openssl(certificate: Certificate) -> str:
    program = need_program("openssl", "openssl")
    done = subprocess.run(
        [program, "x509", "-inform", "DER", "-noout", "-text", "-nameopt", "compat"],
        input=certificate.der,
        capture_output=True,
        check=True,
    )
    return done.stdout.decode("latin-1")


@pytest.mark.req("S0-13")
@pytest.mark.parametrize("case", CASES)
def test_the_dump_is_what_openssl_prints(case: str) -> None:
    """Byte for byte, in the form that scripts parse since the first of these tools."""
    value = CASES[case]().value
    assert openssl(value).splitlines() == text_of(value).splitlines()
    assert text_of(value).endswith("\n")


def test_a_certificate_of_version_1_is_dumped() -> None:
    """It has no extensions and no version to read."""
    value = of_version_1(RSA.leaf("a.example", san=False, purposes=None, **PLAIN)).value
    assert openssl(value) == text_of(value)


def test_a_key_for_pss_alone_is_told_as_one(tmp_path: Path) -> None:
    """Without restrictions of its own."""
    out = ["-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "cert"), "-outform", "DER"]
    kind = ["-newkey", "rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048"]
    made = [need_program("openssl", "openssl"), "req", "-x509", *kind, "-nodes", "-subj", "/CN=x", *out]
    subprocess.run(made, check=True, capture_output=True)
    value = Certificate((tmp_path / "cert").read_bytes())
    assert openssl(value) == text_of(value)


def test_pss_with_what_is_default_is_marked(tmp_path: Path) -> None:
    """SHA-1 and twenty octets of salt are not written into the certificate, and shown all the same."""
    pss = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:20", "-sha1"]
    out = ["-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "cert"), "-outform", "DER"]
    made = [
        need_program("openssl", "openssl"),
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=x",
    ]
    subprocess.run([*made, *pss, *out], check=True, capture_output=True)
    value = Certificate((tmp_path / "cert").read_bytes())
    assert openssl(value) == text_of(value)
    assert 4 == text_of(value).count("sha1 (default)")


@given(st.data())
def test_a_certificate_with_a_wrong_byte_is_dumped_or_refused(data: st.DataObject) -> None:
    """Whatever was read at all: no fault of a library comes out."""
    der = bytearray(RSA.value.der)
    der[data.draw(st.integers(0, len(der) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(UsageError):
        text_of(Certificate(bytes(der)))


def test_a_key_that_is_not_known_is_named_by_its_algorithm() -> None:
    """DSA and what comes after us: the rest of the certificate is dumped all the same."""
    key = dsa.generate_private_key(2048)
    shown = text_of(make_ca("DSA", public=key.public_key()).value)
    assert "            Public Key Algorithm: 1.2.840.10040.4.1\n" in shown
    assert "Subject Key Identifier" in shown


def test_an_unknown_name_is_told_as_one() -> None:
    """One of another kind of value than text; a usage without key agreement says nothing of enciphering only."""
    names = x509.SubjectAlternativeName([other("1.2.3.4", b"\x30\x00")])
    assert "othername:<unsupported>" in text_of(make_ca("x", extra=[(names, False)]).value)


def test_crl_issuers_are_shown() -> None:
    """Where a distribution point names no place."""
    point = x509.DistributionPoint(None, None, None, [DIRECTORY])
    assert "CRL Issuer:" in text_of(make_ca("x", extra=[(x509.CRLDistributionPoints([point]), False)]).value)


def test_a_subject_is_printed_as_dir_cli_does() -> None:
    """Commas only before keys of one or two capitals; octets beyond ASCII as numbers."""
    shown = subject_of(make_ca("x", subject=NAME).value)
    assert r"C=JP, O=\xE5\x89\xB2\xE7\xAC\xA6, a\/b\+c/emailAddress=a@example/1.2.3.4.5=odd" == shown


def test_keys_with_few_bits_have_whole_octets() -> None:
    """A modulus whose highest bit is clear has no octet of zero before it."""
    key = rsa.generate_private_key(65537, 1031)  # noqa: S505 - its size is the point
    value = make_ca("x", key=key).value
    assert openssl(value) == text_of(value)
