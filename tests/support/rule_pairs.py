"""A pair for every rule: a case that only this rule refuses, and its nearest neighbour that passes.

`rule_cases` has one for each code; here are those of the rules that share their codes with others, and of the
findings about CRLs, OCSP responses and the form of public certificates.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID

from support.asn1 import der, oid, seq
from support.malformed import (
    as_printable,
    of_version_1,
    signed_with_ecdsa_and_sha1,
    signed_with_md5,
    signed_with_sha1,
    with_early_generalized_time,
    with_explicit_curve,
    with_octets,
    with_other_algorithm,
    with_serial_octet,
)
from support.pki import CLIENT, DAY, NOW, SERVER, Entity, make_ca, make_key
from support.revoking import REVOKED, UNKNOWN, crl_of, ocsp_of, point, scope
from support.rule_cases import CASES, MID, ROOT, RSA_ROOT, UNKNOWN_OID, WEB, Case, Make
from support.shipped import PUBLIC
from support.usages import key_usage
from warifu.domain.findings import Code, Severity

PUBLIC_NAMES = replace(PUBLIC, weights={**PUBLIC.weights, Code.NAME_NOT_PUBLIC: Severity.ERROR})
OUTLIVES = frozenset({Code.OUTLIVES_ISSUER})
URI, OTHER_URI = "http://crl.example/1.crl", "http://crl.example/2.crl"
CODE_SIGNING = (ExtendedKeyUsageOID.CODE_SIGNING,)
PLAIN = {"basic": False, "no_usage": True, "ski": False, "aki": False}
CRL_SIGNER = key_usage("key_cert_sign", "crl_sign")
ENCIPHERER = key_usage("key_encipherment")
CERT_SIGNER = key_usage("key_cert_sign")


@dataclass(frozen=True)
class Pair:
    """A case with a fault, and one without it; `label` tells it from others of the same code."""

    code: Code
    bad: Make
    good: Make
    label: str = ""

    def __str__(self) -> str:
        return f"{self.code} {self.label}".strip()


def named_by(form: x509.AuthorityKeyIdentifier) -> Entity:
    return ROOT.leaf("a.example", aki=False, extra=[(form, False)])


def by_name_and_serial(serial: int) -> Entity:
    return named_by(form_with_serial(serial))


def form_with_serial(serial: int) -> x509.AuthorityKeyIdentifier:
    key_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(ROOT.cert.public_key()).key_identifier  # type: ignore[arg-type]
    return x509.AuthorityKeyIdentifier(key_id, [x509.DirectoryName(ROOT.cert.issuer)], serial)


def beneath_named_by_serial() -> Entity:
    form = (form_with_serial(ROOT.cert.serial_number), False)
    return ROOT.intermediate("Named", aki=False, extra=[form]).leaf("a.example")


def covered(*crls: object, leaf: Entity = WEB, mode: str = "leaf") -> Case:
    return Case(leaf, crls=crls, crl_mode=mode)  # type: ignore[arg-type]


def formless(leaf: Entity) -> Case:
    return Case(leaf, profile="rfc5280", also=frozenset({Code.NAMES_MISSING, Code.KEY_ID_MISSING}))


def answered(**options: object) -> Case:
    return Case(WEB, ocsp=(ocsp_of(WEB, **options),))  # type: ignore[arg-type]


def beneath_named(text: bytes) -> Entity:
    name = seq(der(0x31, seq(oid("2.5.4.10"), der(0x13, text))))
    names = x509.UnrecognizedExtension(x509.SubjectAlternativeName.oid, seq(der(0xA4, name)))
    return ROOT.intermediate("Mid", extra=[(names, False)]).leaf("a.example")


def beneath_version_2() -> Entity:
    mid = RSA_ROOT.intermediate("Mid", key=make_key("rsa"))
    return replace(mid.leaf("a.example"), above=(with_octets(mid, VERSION_2), *mid.above))


AT_AND_T = x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "AT&T")])
VERSION_2 = (bytes.fromhex("a003020102"), bytes.fromhex("a003020101"))
RSA_MID = RSA_ROOT.intermediate("RSA Mid", key=make_key("rsa"), serial=1)
RSA_LEAF = RSA_ROOT.leaf("a.example", serial=1)
AT_POINT = MID.leaf("a.example", extra=[(point(URI), False)])
DEEP = ROOT.intermediate("One").intermediate("Two").leaf("a.example")
CLIENT_ROOT = make_ca("Purposeful", extra=[(x509.ExtendedKeyUsage(SERVER), False)])
NO_CRLS = ROOT.intermediate("Signer", usage=CERT_SIGNER)
DELTA = (x509.DeltaCRLIndicator(1), True)
UNKNOWN_MARK = (x509.UnrecognizedExtension(UNKNOWN_OID, b"\x05\x00"), True)

MORE: tuple[Pair, ...] = (
    Pair(
        Code.EXPIRED,
        lambda: Case(ROOT.intermediate("Old", end=NOW - DAY).leaf("a.example"), also=OUTLIVES),
        lambda: Case(ROOT.intermediate("New", end=NOW + DAY).leaf("a.example"), also=OUTLIVES),
        "above",
    ),
    Pair(
        Code.WEAK_KEY,
        lambda: Case(ROOT.intermediate("Small", key=make_key("rsa1024")).leaf("a.example")),
        lambda: Case(ROOT.intermediate("Large", key=make_key("rsa")).leaf("a.example")),
        "above",
    ),
    Pair(
        Code.WEAK_SIGNATURE,
        lambda: Case(signed_with_sha1(RSA_MID).leaf("a.example")),
        lambda: Case(RSA_MID.leaf("a.example")),
        "above",
    ),
    Pair(
        Code.WEAK_SIGNATURE,
        lambda: Case(signed_with_ecdsa_and_sha1(MID.leaf("a.example"))),
        lambda: Case(MID.leaf("a.example")),
        "of ECDSA",
    ),
    Pair(
        Code.WEAK_SIGNATURE,
        lambda: Case(signed_with_md5(RSA_MID.leaf("a.example"))),
        lambda: Case(RSA_MID.leaf("a.example")),
        "of MD5",
    ),
    Pair(
        Code.SIGNATURE_UNCOMMON,
        lambda: Case(ROOT.intermediate("Odd", digest=hashes.SHA224()).leaf("a.example")),
        lambda: Case(ROOT.intermediate("Even", digest=hashes.SHA384()).leaf("a.example")),
        "above",
    ),
    Pair(
        Code.KEY_UNCOMMON,
        lambda: Case(with_explicit_curve(RSA_ROOT.leaf("a.example"))),
        lambda: Case(RSA_ROOT.leaf("a.example")),
        "of a curve spelt out",
    ),
    Pair(
        Code.CRITICAL_EXTENSION_UNKNOWN,
        lambda: Case(ROOT.intermediate("Odd", extra=[UNKNOWN_MARK]).leaf("a.example")),
        lambda: Case(ROOT.intermediate("Even", extra=[(UNKNOWN_MARK[0], False)]).leaf("a.example")),
        "above",
    ),
    Pair(
        Code.SERIAL_UNFIT,
        lambda: Case(with_serial_octet(RSA_LEAF, 0)),
        lambda: Case(with_serial_octet(RSA_LEAF, 1)),
    ),
    Pair(
        Code.DATE_FORM_UNFIT,
        lambda: Case(with_early_generalized_time(RSA_LEAF)),
        lambda: Case(RSA_LEAF),
    ),
    Pair(
        Code.NAME_CHARACTER_UNFIT,
        lambda: Case(with_octets(RSA_ROOT.leaf("a.example", subject=AT_AND_T), as_printable("AT&T"))),
        lambda: Case(RSA_ROOT.leaf("a.example", subject=AT_AND_T)),
    ),
    Pair(
        Code.NAME_CHARACTER_UNFIT,
        lambda: Case(beneath_named(b"AT&T")),
        lambda: Case(beneath_named(b"AT+T")),
        "above",
    ),
    Pair(
        Code.VERSION_UNFIT,
        lambda: Case(beneath_version_2()),
        lambda: Case(RSA_MID.leaf("a.example")),
        "of version 2",
    ),
    Pair(
        Code.VERSION_UNFIT,
        lambda: formless(of_version_1(RSA_ROOT.leaf("a", san=False, purposes=None, **PLAIN))),
        lambda: formless(RSA_ROOT.leaf("a", san=False, purposes=None, **PLAIN)),
    ),
    Pair(
        Code.SIGNATURE_ALGORITHM_DIFFERS,
        lambda: Case(with_other_algorithm(RSA_LEAF)),
        lambda: Case(RSA_LEAF),
    ),
    Pair(
        Code.NAME_EMPTY,
        lambda: Case(make_ca("").leaf("a.example")),
        lambda: Case(make_ca("A").leaf("a.example")),
    ),
    Pair(
        Code.KEY_ID_MISSING,
        lambda: Case(ROOT.intermediate("Odd", ski=False).leaf("a.example")),
        lambda: Case(ROOT.intermediate("Even").leaf("a.example")),
        "above",
    ),
    Pair(
        Code.KEY_ID_MISMATCH,
        lambda: Case(by_name_and_serial(12345)),
        lambda: Case(by_name_and_serial(ROOT.cert.serial_number)),
        "name and serial number",
    ),
    Pair(
        Code.KEY_ID_UNFIT,
        lambda: Case(by_name_and_serial(ROOT.cert.serial_number), profile=PUBLIC),
        lambda: Case(ROOT.leaf("a.example"), profile=PUBLIC),
    ),
    Pair(
        Code.KEY_ID_UNFIT,
        lambda: Case(beneath_named_by_serial(), profile=PUBLIC),
        lambda: Case(MID.leaf("a.example"), profile=PUBLIC),
        "of a CA",
    ),
    Pair(
        Code.ENCIPHERMENT_UNFIT,
        lambda: Case(MID.leaf("a.example", usage=key_usage("digital_signature", "data_encipherment"))),
        lambda: Case(MID.leaf("a.example", usage=key_usage("digital_signature", "key_agreement"))),
        "of data",
    ),
    Pair(
        Code.KEY_USAGE_UNFIT,
        lambda: Case(MID.leaf("a.example", usage=ENCIPHERER), also=frozenset({Code.ENCIPHERMENT_UNFIT})),
        lambda: Case(MID.leaf("a.example", key=make_key("rsa"), usage=ENCIPHERER)),
        "of an EC key",
    ),
    Pair(
        Code.PURPOSE_UNFIT,
        lambda: Case(MID.leaf("a.example", purposes=(*SERVER, *CODE_SIGNING)), profile=PUBLIC),
        lambda: Case(MID.leaf("a.example", purposes=(*SERVER, *CLIENT)), profile=PUBLIC),
    ),
    Pair(
        Code.PURPOSE_UNSTATED,
        lambda: Case(MID.leaf("a.example", purposes=None), profile=PUBLIC),
        lambda: Case(MID.leaf("a.example"), profile=PUBLIC),
    ),
    Pair(
        Code.PURPOSE_UNFIT,
        lambda: Case(CLIENT_ROOT.leaf("a.example"), profile=PUBLIC),
        lambda: Case(ROOT.leaf("a.example"), profile=PUBLIC),
        "of a root",
    ),
    Pair(
        Code.NAME_UNFIT,
        lambda: Case(MID.leaf("a_b.example")),
        lambda: Case(MID.leaf("a-b.example")),
    ),
    Pair(
        Code.NAME_NOT_PUBLIC,
        lambda: Case(MID.leaf("web.corp.internal"), profile=PUBLIC_NAMES),
        lambda: Case(MID.leaf("web.internal.example"), profile=PUBLIC_NAMES),
    ),
    Pair(
        Code.NAME_NOT_PUBLIC,
        lambda: Case(MID.leaf("10.0.0.1"), profile=PUBLIC_NAMES),
        lambda: Case(MID.leaf("8.8.8.8"), profile=PUBLIC_NAMES),
        "of an address",
    ),
    Pair(
        Code.COMMON_NAME_UNLISTED,
        lambda: Case(MID.leaf("A.example", san=False, extra=[(names("a.example"), False)]), profile=PUBLIC),
        lambda: Case(MID.leaf("a.example", san=False, extra=[(names("a.example"), False)]), profile=PUBLIC),
    ),
    Pair(
        Code.WILDCARD_TOO_WIDE,
        lambda: Case(MID.leaf("*.co.uk")),
        lambda: Case(MID.leaf("*.example.co.uk")),
    ),
    Pair(
        Code.DEPTH_EXCEEDED,
        lambda: Case(DEEP, intermediates=1),
        lambda: Case(DEEP, intermediates=2),
    ),
    Pair(
        Code.CRL_SIGN_MISSING,
        lambda: covered(NO_CRLS.crl(), leaf=NO_CRLS.leaf("a.example")),
        lambda: covered(MID.crl()),
    ),
    Pair(
        Code.CRL_OUT_OF_SCOPE,
        lambda: covered(crl_of(MID, extra=[(scope(OTHER_URI), True)]), leaf=AT_POINT),
        lambda: covered(crl_of(MID, extra=[(scope(URI, OTHER_URI), True)]), leaf=AT_POINT),
    ),
    Pair(
        Code.CRL_UNJUDGED,
        lambda: covered(crl_of(MID, extra=[DELTA])),
        lambda: covered(crl_of(MID, extra=[DELTA]), crl_of(MID)),
    ),
    Pair(Code.CRL_UNFIT, lambda: covered(crl_of(MID, number=None)), lambda: covered(crl_of(MID))),
    Pair(
        Code.CRL_UNFIT,
        lambda: covered(crl_of(MID, [WEB], reason=x509.ReasonFlags.remove_from_crl)),
        lambda: covered(crl_of(MID, [DEEP], reason=x509.ReasonFlags.remove_from_crl)),
        "lifting a revocation",
    ),
    Pair(
        Code.REVOKED,
        lambda: answered(status=REVOKED, reason=x509.ReasonFlags.key_compromise),
        answered,
        "by OCSP",
    ),
    Pair(Code.OCSP_UNKNOWN, lambda: answered(status=UNKNOWN), answered),
    Pair(Code.OCSP_EXPIRED, lambda: answered(end=NOW - DAY / 2), lambda: answered(end=None)),
    Pair(
        Code.OCSP_UNFIT,
        lambda: answered(signer=MID.leaf("responder", purposes=CLIENT)),
        lambda: answered(signer=MID.leaf("responder", purposes=(ExtendedKeyUsageOID.OCSP_SIGNING,))),
    ),
    Pair(
        Code.OCSP_UNRELATED,
        lambda: Case(WEB, ocsp=(ocsp_of(MID.leaf("b.example")),)),
        lambda: Case(WEB, ocsp=(ocsp_of(WEB, digest=hashes.SHA256()),)),
    ),
)
PAIRS: tuple[Pair, ...] = (*(Pair(code, *makes) for code, makes in CASES.items()), *MORE)


def names(*dns: str) -> x509.SubjectAlternativeName:
    return x509.SubjectAlternativeName([x509.DNSName(one) for one in dns])
