"""Reading is lossless: what could not be read is told with its place."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from support.pki import make_ca
from support.requests import request_for, template_for
from warifu.domain.findings import Code
from warifu.domain.x509 import Certificate, Reading, read, to_pem
from warifu.domain.x509.pkcs7 import certificates_in_pkcs7
from warifu.domain.x509.writer import crls_to_pem
from warifu.errors import UsageError

ROOT = make_ca("Root")
MID = ROOT.intermediate("Mid")
WEB = MID.leaf("web.example")
CHAIN = (WEB.value, MID.value, ROOT.value)
PEM = to_pem(CHAIN)
# SignedData (RFC 2315 §9.1) of no signers, once without the set of certificates, once with an empty one.
WITHOUT_SET = bytes.fromhex("302306092a864886f70d010702a01630140201013100300b06092a864886f70d0107013100")
EMPTY_SET = bytes.fromhex("302506092a864886f70d010702a01830160201013100300b06092a864886f70d010701a0003100")


def lost(reading: Reading) -> list[Code]:
    return [finding.code for finding in reading.findings]


@pytest.mark.parametrize(
    "data",
    [
        PEM,
        PEM.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + PEM,
        b"subject=web\n" + PEM.replace(b"-----END CERTIFICATE-----\n", b"-----END CERTIFICATE-----\nnote\n"),
        PEM.replace(b"-----END CERTIFICATE-----\n", b"-----END CERTIFICATE-----"),
        PEM.replace(b"\n", b"\n   "),
        PEM.replace(b"BEGIN CERT", b"BEGIN X509 CERT").replace(b"END CERT", b"END X509 CERT"),
        PEM.replace(b"BEGIN CERT", b"BEGIN TRUSTED CERT").replace(b"END CERT", b"END TRUSTED CERT"),
        b"".join(one.der for one in CHAIN),
    ],
    ids=["plain", "crlf", "bom", "text around", "glued", "indented", "x509 label", "trusted label", "der"],
)
def test_every_common_form_holds_its_three_certificates(data: bytes) -> None:
    """Order and number are kept in each form in which files come."""
    reading = read(data)
    assert CHAIN == reading.certificates
    assert 3 == reading.begun
    assert () == reading.findings


@pytest.mark.req("S4-08")
def test_order_and_duplicates_are_kept() -> None:
    """A file is told as it stands."""
    shuffled = (ROOT.value, WEB.value, ROOT.value)
    assert shuffled == read(to_pem(shuffled)).certificates


def test_a_certificate_cut_off_is_told_and_the_others_are_kept() -> None:
    """A block without an end is a finding with its place; nothing is dropped in silence."""
    reading = read(PEM[:-40], "cut.pem")
    assert CHAIN[:2] == reading.certificates
    assert 3 == reading.begun
    (found,) = reading.findings
    assert (Code.TRUNCATED, "cut.pem") == (found.code, found.subject)
    assert PEM.rindex(b"-----BEGIN") == found.evidence["offset"]


def test_a_block_that_runs_into_the_next_is_told() -> None:
    """A missing END line does not swallow the certificate behind it."""
    blocks = [to_pem([one]) for one in CHAIN]
    torn = blocks[0] + blocks[1].replace(b"-----END CERTIFICATE-----\n", b"") + blocks[2]
    reading = read(torn)
    assert (WEB.value, ROOT.value) == reading.certificates
    assert [Code.TRUNCATED] == lost(reading)


def test_rubbish_between_good_certificates_is_told() -> None:
    """Not Base64, not a certificate, and a kind not read here: one finding each, the rest stays."""
    wrong = b"-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
    other = b"-----BEGIN DH PARAMETERS-----\nMAo=\n-----END DH PARAMETERS-----\n"
    data = to_pem(CHAIN[:1]) + wrong % b"!!!" + wrong % b"MAo=" + other + to_pem(CHAIN[1:])
    reading = read(data)
    assert CHAIN == reading.certificates
    assert 6 == reading.begun
    assert [Code.UNREADABLE] * 3 == lost(reading)


@pytest.mark.parametrize("cut", [1, 3, 40, 100])
def test_der_that_ends_early_is_told(cut: int) -> None:
    """DER shorter than its own length says is truncated, whatever is left of it."""
    assert [Code.TRUNCATED] == lost(read(WEB.value.der[:-cut]))


@pytest.mark.parametrize(
    "data", [b"\x30", b"\x30\x80", b"\x30\x85\x00\x00\x00\x00\x01", b"hello", b"\x30\x02\x05\x00"]
)
def test_what_is_no_der_is_told(data: bytes) -> None:
    """Bytes of no kind we know are one finding."""
    assert [Code.UNREADABLE] == lost(read(data))


@pytest.mark.parametrize("data", [b"", b" \n"])
def test_nothing_is_nothing(data: bytes) -> None:
    """An empty file holds nothing, and nothing was lost."""
    reading = read(data)
    assert (0, ()) == (reading.begun, reading.findings)
    assert not reading.holds_anything


def test_keys_requests_and_crls_are_read_beside_certificates() -> None:
    """A file may hold everything; an encrypted key is counted, and not opened."""
    sealed = WEB.private_key.to_encrypted_pkcs8(b"secret")
    reading = read(WEB.pem + WEB.key_pem + sealed + crls_to_pem([MID.crl()]))
    assert (1, 1, 1, 1) == (
        len(reading.certificates),
        len(reading.keys),
        reading.encrypted_keys,
        len(reading.crls),
    )
    assert () == reading.findings
    assert (MID.crl().issuer_der) == reading.crls[0].issuer_der


def test_a_crl_in_der_is_read() -> None:
    """DER of a CRL is known by its content."""
    crl = MID.crl()
    assert (crl,) == read(crl.der).crls


def in_pkcs7(*certificates: Certificate, encoding: Encoding = Encoding.DER) -> bytes:
    return pkcs7.serialize_certificates([one.parsed for one in certificates], encoding)


@pytest.mark.parametrize("label", [b"PKCS7", b"CMS", b""], ids=["pkcs7", "cms", "der"])
def test_certificates_in_pkcs7_are_read(label: bytes) -> None:
    """What a CA returns as one message (`.p7b`) is read in PEM under both labels, and in DER."""
    data = in_pkcs7(*CHAIN, encoding=Encoding.PEM if label else Encoding.DER)
    reading = read(data.replace(b"PKCS7", label))
    assert set(CHAIN) == set(reading.certificates)
    assert 3 == len(reading.certificates)
    assert () == reading.findings


@pytest.mark.parametrize("message", [WITHOUT_SET, EMPTY_SET], ids=["no set", "empty set"])
def test_a_pkcs7_message_without_certificates_is_told(message: bytes) -> None:
    """An empty bag is lost, with the reason, and what is beside it stays."""
    with pytest.raises(UsageError, match=r"trust\.certificate-unreadable"):
        certificates_in_pkcs7(message)
    body = base64.b64encode(message)
    reading = read(WEB.pem + b"-----BEGIN PKCS7-----\n" + body + b"\n-----END PKCS7-----\n")
    assert (WEB.value,) == reading.certificates
    assert [Code.UNREADABLE] == lost(reading)


@pytest.mark.parametrize("label", [b"CERTIFICATE REQUEST", b"NEW CERTIFICATE REQUEST"])
def test_a_request_is_read_under_both_its_labels(label: bytes) -> None:
    """RFC 7468 §7 has one label, older tools write another."""
    request = request_for(template_for(MID)).request
    assert (request,) == read(request.to_pem().replace(b"CERTIFICATE REQUEST", label)).requests
    assert (request,) == read(request.der).requests


def test_a_broken_key_is_told_without_its_text() -> None:
    """What is said of a key that cannot be read holds no part of it."""
    secret = base64.b64encode(b"do not show this secret anywhere")
    data = b"-----BEGIN PRIVATE KEY-----\n" + secret + b"\n-----END PRIVATE KEY-----\n"
    reading = read(data, "key.pem")
    assert [Code.UNREADABLE] == lost(reading)
    assert secret.decode() not in repr(reading)
    assert "secret" not in repr(reading)
