"""Whatever people bring is read; what other programs refuse is told; what is lost is told with its place."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs7,
    pkcs12,
)
from hypothesis import given
from hypothesis import strategies as st

from support import java_stores
from support.examples import examples
from support.pki import make_ca, make_key
from support.requests import request_for, template_for
from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.x509 import Reading, load, to_pem
from warifu.domain.x509.forms import Form
from warifu.domain.x509.loader import MOST
from warifu.domain.x509.public_key import facts_of
from warifu.domain.x509.writer import crls_to_pem

ROOT = make_ca("Root")
MID = ROOT.intermediate("Mid")
WEB = MID.leaf("web.example")
CHAIN = (WEB.value, MID.value, ROOT.value)
PEM = to_pem(CHAIN)
DER = b"".join(one.der for one in CHAIN)
MESSAGE = pkcs7.serialize_certificates([one.parsed for one in CHAIN], Encoding.DER)
RSA = make_key("rsa")
CRL = MID.crl()
REQUEST = request_for(template_for(MID)).request
PASSWORD = b"geheim"
SEALED = WEB.private_key.to_encrypted_pkcs8(PASSWORD)
LEGACY = WEB.key.private_bytes(
    Encoding.PEM, PrivateFormat.TraditionalOpenSSL, BestAvailableEncryption(PASSWORD)
)


def block(label: str, der: bytes) -> bytes:
    text = base64.encodebytes(der)
    return f"-----BEGIN {label}-----\n".encode() + text + f"-----END {label}-----\n".encode()


def codes(reading: Reading) -> list[Code]:
    return [finding.code for finding in reading.findings]


def forms(reading: Reading) -> set[object]:
    return {finding.evidence["form"] for finding in reading.findings if finding.code is Code.ODD_FORM}


def whole(reading: Reading) -> Reading:
    """Nothing that was begun disappeared."""
    assert reading.begun == reading.loaded + reading.lost
    return reading


Change = Callable[[bytes], bytes]
PLAIN: dict[str, tuple[bytes, str]] = {
    "pem": (PEM, "pem"),
    "crlf": (PEM.replace(b"\n", b"\r\n"), "pem"),
    "text around": (b"0: subject=web\nkey: value\n\n" + PEM + b"-- \nbye\n", "pem"),
    "x509 label": (PEM.replace(b" CERT", b" X509 CERT"), "pem"),
    "pkcs7": (block("PKCS7", MESSAGE), "pem"),
    "pkcs7 of old": (block("PKCS #7 SIGNED DATA", MESSAGE), "pem"),
    "headings": (b"--- begin certificate ---\n\nthe leaf:\n" + PEM + b"--- End certificate ---\n", "pem"),
    "padded file": (PEM + b"\x00\x1a\n", "pem"),
    "cms": (block("CMS", MESSAGE), "pem"),
    "pkcs7 in der": (MESSAGE, "der"),
}
ODD: dict[str, tuple[bytes, str, set[Form]]] = {
    "utf-16": (PEM.decode().encode("utf-16"), "pem", {Form.UTF_16}),
    "utf-16 without a mark": (PEM.decode().encode("utf-16-be"), "pem", {Form.UTF_16_BE}),
    "mark": (b"\xef\xbb\xbf" + PEM, "pem", {Form.MARK}),
    "escaped": (json.dumps(PEM.decode()).encode(), "pem", {Form.ESCAPED}),
    "indented": (PEM.replace(b"\n", b"\n   "), "pem", {Form.INDENTED}),
    "glued": (PEM.replace(b"-----\n-----", b"----------"), "pem", {Form.GLUED}),
    "bare": (base64.encodebytes(DER), "base64", {Form.BARE, Form.CONCATENATED}),
    "bare, one behind the other": (
        b"\n\n".join(base64.encodebytes(one.der) for one in CHAIN),
        "base64",
        {Form.BARE, Form.CONCATENATED},
    ),
    "bare pkcs7": (base64.b64encode(MESSAGE), "base64", {Form.BARE}),
    "pem in base64, as secrets of Kubernetes are": (base64.b64encode(PEM), "base64", {Form.BARE}),
    "no end line": (PEM.removesuffix(b"-----END CERTIFICATE-----\n"), "pem", {Form.NO_END}),
    "no end line, text": (PEM[: PEM.rindex(b"-----END")] + b"that is all\n", "pem", {Form.NO_END}),
    "no end lines": (PEM.replace(b"-----END CERTIFICATE-----\n", b""), "pem", {Form.NO_END}),
    "four dashes": (PEM.replace(b"-----", b"----"), "pem", {Form.DAMAGED_LINES}),
    "six dashes": (PEM.replace(b"-----", b"------"), "pem", {Form.DAMAGED_LINES}),
    "em dashes": (PEM.decode().replace("-----", "\N{EM DASH}").encode(), "pem", {Form.DAMAGED_LINES}),
    "em dashes of Windows": (PEM.replace(b"-----", b"\x97"), "pem", {Form.DAMAGED_LINES}),
    "a space that is none": (PEM.replace(b"BEGIN ", b"BEGIN\xc2\xa0"), "pem", {Form.DAMAGED_LINES}),
    "no space": (PEM.replace(b"END ", b"END"), "pem", {Form.DAMAGED_LINES}),
    "small letters": (PEM.replace(b"CERTIFICATE", b"certificate"), "pem", {Form.DAMAGED_LINES}),
    "end line damaged": (PEM.replace(b"-----END", b"----END"), "pem", {Form.DAMAGED_LINES}),
    "end line damaged beyond reading": (PEM.replace(b"-----END", b"====END"), "pem", {Form.NO_END}),
    "zero bytes": (b"\0\0" + PEM.replace(b"-----\n-----", b"-----\n\0-----"), "pem", {Form.ZEROS}),
    "zero byte in a block": (PEM.replace(b"\nM", b"\n\0M"), "pem", {Form.ZEROS}),
    "carriage returns": (PEM.replace(b"\n", b"\r"), "pem", {Form.BARE_CR}),
    "one line with blanks": (PEM.replace(b"\n", b" "), "pem", {Form.SHARED_LINES}),
    "shell": (b"CERTS='" + PEM.rstrip() + b"'\n", "pem", {Form.SHARED_LINES}),
    "headers": (
        PEM.replace(b"CATE-----\nM", b"CATE-----\nComment: a\n b\n\nM"),
        "pem",
        {Form.HEADERS},
    ),
    "end line differs": (PEM.replace(b"END CERT", b"END X509 CERT"), "pem", {Form.END_DIFFERS}),
    "der": (DER, "der", {Form.CONCATENATED}),
    "der and a newline": (DER + b"\r\n", "der", {Form.CONCATENATED, Form.TRAILING}),
    "der in one block": (block("CERTIFICATE", DER), "pem", {Form.SEVERAL_IN_BLOCK}),
    "der and blanks in one block": (
        block("CERTIFICATE", DER + b"\n"),
        "pem",
        {Form.SEVERAL_IN_BLOCK},
    ),
    "der behind pem": (to_pem(CHAIN[:1]) + DER[len(CHAIN[0].der) :], "pem", {Form.MIXED, Form.CONCATENATED}),
    "pem behind der": (CHAIN[0].der + to_pem(CHAIN[1:]), "der", {Form.MIXED}),
    "der, pem, der": (
        CHAIN[0].der + b"\n" + to_pem(CHAIN[1:2]) + CHAIN[2].der,
        "der",
        {Form.MIXED},
    ),
}


@pytest.mark.req("S3-21")
@pytest.mark.parametrize("name", PLAIN)
def test_what_programs_agree_on_is_read_without_remark(name: str) -> None:
    """Three certificates; nothing to be said of them."""
    data, encoding = PLAIN[name]
    reading = whole(load(data))
    assert set(CHAIN) == set(reading.certificates)
    assert (3, 3, (), encoding) == (
        len(reading.certificates),
        reading.begun,
        reading.findings,
        reading.encoding,
    )


@pytest.mark.req("S3-21")
@pytest.mark.parametrize("name", ODD)
def test_odd_forms_are_read_and_named(name: str) -> None:
    """The same certificates in the same order, with one remark for each form and what mends it."""
    data, encoding, odd = ODD[name]
    reading = whole(load(data, "odd.pem"))
    assert CHAIN == reading.certificates or (set(CHAIN) == set(reading.certificates) and "pkcs7" in name)
    assert encoding == reading.encoding
    assert odd == forms(reading)
    assert {Code.ODD_FORM} >= set(codes(reading))
    assert all("odd.pem" in str(one.evidence["command"]) for one in reading.findings)


@pytest.mark.req("S3-19")
@pytest.mark.parametrize("name", ["a.pem", "a.cer", "a.crt", "a.der", "a.p12", "a.txt"])
def test_content_decides_whatever_the_name_says(name: str) -> None:
    """The same bytes under every name, DER that is called PEM and PEM that is called DER too."""
    assert ((WEB.value,), "pem") == (load(WEB.pem, name).certificates, load(WEB.pem, name).encoding)
    assert ((WEB.value,), "der") == (
        load(WEB.value.der, name).certificates,
        load(WEB.value.der, name).encoding,
    )


@pytest.mark.req("S3-21")
@pytest.mark.parametrize("name", ["utf-16", "mark", "indented", "glued", "escaped", "text around"])
def test_a_cut_is_told_at_its_place_in_the_file_itself(name: str) -> None:
    """Not at its place in what was made plain of it."""
    data = PLAIN[name][0] if name in PLAIN else ODD[name][0]
    encoding = "utf-16-le" if name == "utf-16" else "ascii"
    place = data.rindex("-----BEGIN".encode(encoding))
    reading = whole(load(data[: place + 200], "cut.pem"))
    assert CHAIN[:2] == reading.certificates
    (found,) = (one for one in reading.findings if one.code is Code.TRUNCATED)
    assert (place, "cut.pem") == (found.evidence["offset"], found.subject)


def test_a_block_that_runs_into_the_next_is_told() -> None:
    """A certificate cut off in the middle does not swallow the one behind it."""
    blocks = [to_pem([one]) for one in CHAIN]
    reading = whole(load(blocks[0] + blocks[1][:200] + b"\n" + blocks[2]))
    assert (WEB.value, ROOT.value) == reading.certificates
    assert [Code.TRUNCATED] == codes(reading)


@pytest.mark.parametrize("label", ["CERTIFICATE", "PKCS7", "PRIVATE KEY", "X509 CRL", "ANYTHING"])
def test_content_decides_whatever_the_label_says(label: str) -> None:
    """A certificate, a PKCS#7 message, a request, a CRL and a key under each label; a wrong one is told."""
    key = WEB.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    right = {"CERTIFICATE": 0, "PKCS7": 1, "X509 CRL": 3, "PRIVATE KEY": 4}.get(label, 5)
    for number, der in enumerate((WEB.value.der, MESSAGE, REQUEST.der, CRL.der, key)):
        reading = whole(load(block(label, der)))
        assert (3 if number == 1 else 1) == reading.loaded
        assert ([] if number == right else [Code.LABEL_MISFIT]) == codes(reading)


@pytest.mark.parametrize(
    ("data", "code", "reason"),
    [
        (block("CERTIFICATE", b"\x30\x03\x02\x01\x0a"), Code.UNREADABLE, "malformed"),
        (block("CERTIFICATE REQUEST", b"\x30\x03\x02\x01\x0a"), Code.UNREADABLE, "malformed"),
        (block("X509 CRL", b"\x30\x03\x02\x01\x0a"), Code.UNREADABLE, "malformed"),
        (block("RSA PRIVATE KEY", b"\x30\x03\x02\x01\x0a"), Code.UNREADABLE, "malformed"),
        (block("PKCS7", b"\x30\x03\x02\x01\x0a"), Code.UNREADABLE, "malformed"),
        (block("PKCS12", b"\x30\x03\x02\x01\x0a"), Code.UNREADABLE, "malformed"),
        (block("CERTIFICATE", b"hello"), Code.UNREADABLE, "not a DER sequence"),
        (block("CERTIFICATE", b""), Code.UNREADABLE, "not Base64"),
        (WEB.pem.replace(b"MII", b"M!I"), Code.UNREADABLE, "not Base64"),
        (WEB.pem.replace(b"MII", b"M=I"), Code.UNREADABLE, "not Base64"),
        (b"-----BEGIN CERTIFICATE-----\nMAoA1\n-----END CERTIFICATE-----", Code.UNREADABLE, "not Base64"),
        (block("CERTIFICATE", WEB.value.der[:-5]), Code.UNREADABLE, "shorter than its own length says"),
        (WEB.pem[200:], Code.UNREADABLE, "no BEGIN line"),
        (WEB.pem + b"-----END CERTIFICATE-----\n", Code.UNREADABLE, "no BEGIN line"),
        (WEB.pem + b"-----END PGP MESSAGE-----\n", Code.PASSED_OVER, "not a kind that is read here"),
        (WEB.pem + WEB.value.der[:-5], Code.TRUNCATED, "shorter than its own length says"),
        (WEB.pem + WEB.value.der[:4] + b"\x30", Code.TRUNCATED, "shorter than its own length says"),
        (block("CERTIFICATE", WEB.value.der + b"\1\2"), Code.UNREADABLE, "more bytes behind it"),
        (WEB.value.der[:-5], Code.TRUNCATED, "shorter than its own length says"),
        (
            b"\x30\x03\x02\x01\x0a",
            Code.UNREADABLE,
            "neither a certificate nor a request nor a CRL nor PKCS#7",
        ),
        (b"hello", Code.UNREADABLE, "not a DER sequence"),
        (b"\x30", Code.UNREADABLE, "malformed"),
        (WEB.value.der + b"hello", Code.UNREADABLE, "not a DER sequence"),
        (b"\xfe\xed\xfe\xed", Code.UNREADABLE, "no key store of Java's"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_reason(data: bytes, code: Code, reason: str) -> None:
    """Rubbish under each label, cut DER, bytes of nothing."""
    reading = whole(load(data))
    (found,) = reading.findings
    weight = Severity.NOTE if code is Code.PASSED_OVER else Severity.ERROR
    assert (code, reason, weight) == (found.code, found.evidence["reason"], found.severity)


def test_what_is_not_judged_is_passed_over_aloud() -> None:
    """Parameters, public keys and keys of other programs stand beside certificates in many files."""
    public = WEB.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    parameters = block("EC PARAMETERS", bytes.fromhex("06082a8648ce3d030107"))
    other = b"-----BEGIN PGP SIGNATURE-----\n\nabc=\n=abcd\n-----END PGP SIGNATURE-----\n"
    numbers = block("DH PARAMETERS", b"\x30\x06\x02\x01\x0b\x02\x01\x02")
    reading = whole(load(public + parameters + other + numbers + PEM))
    assert CHAIN == reading.certificates
    assert [(Code.PASSED_OVER, Severity.NOTE)] * 4 == [(one.code, one.severity) for one in reading.findings]
    assert 4 == reading.lost


def test_keys_in_every_plain_form_are_read() -> None:
    """PKCS#8, SEC1 and PKCS#1, in PEM and in DER; nothing of them shows."""
    for form in (PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL):
        for key in (WEB.key, RSA):
            for encoding in (Encoding.PEM, Encoding.DER):
                data = key.private_bytes(encoding, form, NoEncryption())
                reading = whole(load(data))
                expected = facts_of(key.public_key())
                assert [expected] == [one.public_key for one in reading.keys]
                assert (1, ()) == (reading.begun, reading.findings)
                assert base64.b64encode(data)[100:120].decode() not in repr(reading)


@pytest.mark.parametrize(
    "sealed",
    [
        SEALED,
        LEGACY,
        WEB.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, BestAvailableEncryption(PASSWORD)),
    ],
    ids=["pkcs8", "legacy", "der"],
)
def test_encrypted_keys_open_with_a_password_of_several(sealed: bytes) -> None:
    """Without one they are counted; with others only, it is told how many were tried."""
    (key,) = whole(load(sealed, passwords=[b"other", PASSWORD])).keys
    assert WEB.private_key.public_key == key.public_key
    reading = whole(load(sealed))
    assert (1, (), ()) == (reading.encrypted_keys, reading.keys, reading.findings)
    reading = whole(load(sealed, "k.pem", passwords=[b"Geheim"]))
    (found,) = reading.findings
    assert (1, Code.CONTAINER_LOCKED, 1) == (reading.encrypted_keys, found.code, found.evidence["tried"])
    assert "eheim" not in repr(reading)


def test_a_certificate_with_trust_settings_is_read_without_them() -> None:
    """What OpenSSL writes behind it is told."""
    settings = bytes.fromhex("300c300a06082b06010505070301")
    reading = whole(load(block("TRUSTED CERTIFICATE", WEB.value.der + settings)))
    assert (WEB.value,) == reading.certificates
    assert {Form.SETTINGS} == forms(reading)
    assert {Form.SETTINGS} == forms(load(block("TRUSTED CERTIFICATE", WEB.value.der)))


def test_everything_may_stand_in_one_file() -> None:
    """Each under its own kind, in order."""
    reading = whole(load(WEB.key_pem + REQUEST.to_pem() + PEM + crls_to_pem([CRL]) + SEALED))
    assert ((REQUEST,), (CRL,), CHAIN, 1, 1) == (
        reading.requests,
        reading.crls,
        reading.certificates,
        len(reading.keys),
        reading.encrypted_keys,
    )


def test_containers_are_known_by_content() -> None:
    """PKCS#12 and key stores, in DER, under a label, and in Base64."""
    p12 = pkcs12.serialize_key_and_certificates(b"me", WEB.key, WEB.cert, [MID.cert], NoEncryption())
    jks = java_stores.write("JKS", [java_stores.Made("root", (ROOT.value.der,))], "pw")
    for data, kind, count in ((p12, "pkcs12", 3), (jks, "jks", 1)):
        for wrapped in (data, base64.encodebytes(data)):
            reading = whole(load(wrapped, passwords=[b"pw"]))
            assert ((kind,), count) == (reading.containers, reading.loaded)
    assert ("pkcs12",) == load(block("PKCS12", p12)).containers
    assert ("java", "der") == (load(jks).encoding, load(p12).encoding)


@pytest.mark.parametrize("data", [b"", b" \r\n\x00"])
def test_nothing_is_nothing(data: bytes) -> None:
    """An empty file holds nothing, and nothing was lost."""
    assert Reading() == load(data)


def test_a_file_without_end_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sizes are bounded."""
    assert 64 << 20 == MOST
    monkeypatch.setattr("warifu.domain.x509.loader.MOST", 10)
    reading = whole(load(b"-" * 11, "big"))
    assert (Finding(Code.TOO_LARGE, "big", {"size": 11, "limit": 10}),) == reading.findings


@examples(300)
@given(
    st.lists(
        st.sampled_from([PEM, WEB.key_pem, SEALED, LEGACY, DER, MESSAGE, CRL.der, b"text\n"]),
        min_size=1,
        max_size=3,
    ),
    st.lists(st.tuples(st.integers(0, 3000), st.binary(max_size=6)), max_size=4),
)
def test_nothing_that_was_begun_disappears(parts: list[bytes], damages: list[tuple[int, bytes]]) -> None:
    """Begun is loaded and lost, and each loss is a finding with its place, whatever was changed."""
    data = bytearray(b"".join(parts))
    for at, put in damages:
        data[at : at + len(put)] = put
    reading = whole(load(bytes(data), passwords=[PASSWORD]))
    told = [one for one in reading.findings if "offset" in one.evidence and one.code is not Code.LABEL_MISFIT]
    assert reading.lost <= len(told)
    assert bytes(data).count(b"-----BEGIN CERTIFICATE-----") <= reading.begun or reading.encoding != "pem"


def test_missing_padding_is_told() -> None:
    """The library behind `cryptography` refuses it, OpenSSL stops there."""
    padded = next(one for one in (MID.leaf("a" * size).value for size in range(1, 64)) if len(one.der) % 3)
    reading = whole(load(to_pem([padded]).replace(b"=", b"")))
    assert ((padded,), {Form.UNPADDED}) == (reading.certificates, forms(reading))


def test_a_cut_der_hides_nothing_behind_it() -> None:
    """What follows it is read."""
    cut = b"\x30\x82\xff\xff\x30\0\0" + WEB.value.der[4:100]
    reading = whole(load(MID.pem + cut + b"\n" + ROOT.pem))
    assert (MID.value, ROOT.value) == reading.certificates
    assert [Code.TRUNCATED, Code.ODD_FORM] == codes(reading)
    reading = whole(load(MID.value.der + cut + b"\n" + ROOT.pem))
    assert (MID.value, ROOT.value) == reading.certificates
    assert [Code.TRUNCATED, Code.ODD_FORM] == codes(reading)


def test_a_cut_der_that_swallows_lines_is_told_with_them() -> None:
    """Its length reaches into the block behind it, of which an END line is left."""
    reading = whole(load(MID.pem + WEB.value.der[:100] + ROOT.pem))
    assert [Code.UNREADABLE, Code.UNREADABLE, Code.ODD_FORM] == codes(reading)


def test_places_in_a_block_are_those_of_the_block() -> None:
    """What Base64 says has no place of its own in the file."""
    reading = load(b"text\n" + block("CERTIFICATE", WEB.value.der + b"\1\2"))
    assert [5] == [one.evidence["offset"] for one in reading.findings]
    inner = MESSAGE.index(WEB.value.der)
    broken = MESSAGE[: inner + 4] + bytes(26) + MESSAGE[inner + 30 :]
    for data, place in ((b"text\n" + block("PKCS7", broken), 5), (broken, inner)):
        assert [place] == [one.evidence["offset"] for one in load(data).findings]


def test_what_is_lost_whole_is_not_said_to_be_read_all_the_same() -> None:
    """No remark on a form of which nothing could be read."""
    assert [Code.UNREADABLE] == codes(
        load(b'"-----BEGIN CERTIFICATE-----\\n"\n"MII!!!"\n-----END CERTIFICATE-----')
    )


def test_der_and_pem_by_turns_end() -> None:
    """Only so many turns are read; that there are more is told."""
    reading = whole(load((WEB.value.der + WEB.pem) * 40))
    assert [Code.UNREADABLE, Code.ODD_FORM] == codes(reading)
    assert ("too many of them", 32) == (reading.findings[0].evidence["reason"], len(reading.certificates))
