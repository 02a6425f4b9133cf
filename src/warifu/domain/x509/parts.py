"""What a certificate says, read out of it.

Spec: RFC 5280 §4.1, §4.2. Where one part cannot be read, the others are, and it is told with the reason.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar, cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import load_der_public_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from warifu.domain.x509.alike import (
    Places,
    Plain,
    places_in,
    plain_key,
    plain_name,
    take_alike,
    take_apart,
)
from warifu.domain.x509.damaged import UNREADABLE, read_each, value_at
from warifu.domain.x509.identifiers import KeyId
from warifu.domain.x509.ms_template import MsTemplate, ms_template
from warifu.domain.x509.names import AuthorityForm, DistinguishedName, GeneralNames, NameConstraints
from warifu.domain.x509.netscape import netscape_types
from warifu.domain.x509.odd_extensions import NO_ISSUER, NO_SERIAL
from warifu.domain.x509.odd_names import misfits_of, name_in
from warifu.domain.x509.public_key import PublicKey, facts_of
from warifu.domain.x509.reasons import reason_of
from warifu.domain.x509.schemes import scheme_named

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
_Extension = TypeVar("_Extension", bound=x509.ExtensionType)


class Usage(StrEnum):
    """A keyUsage bit. Spec: RFC 5280 §4.2.1.3."""

    DIGITAL_SIGNATURE = "digitalSignature"
    CONTENT_COMMITMENT = "contentCommitment"
    KEY_ENCIPHERMENT = "keyEncipherment"
    DATA_ENCIPHERMENT = "dataEncipherment"
    KEY_AGREEMENT = "keyAgreement"
    KEY_CERT_SIGN = "keyCertSign"
    CRL_SIGN = "cRLSign"


class Purpose(StrEnum):
    """An extended key usage that we judge. Spec: RFC 5280 §4.2.1.12."""

    SERVER_AUTH = "serverAuth"
    CLIENT_AUTH = "clientAuth"
    ANY = "anyExtendedKeyUsage"


# Extensions whose meaning is applied here; any other critical one makes a chain unusable (RFC 5280 §4.2).
_APPLIED = frozenset(
    (
        "2.5.29.14",  # subjectKeyIdentifier
        "2.5.29.15",  # keyUsage
        "2.5.29.17",  # subjectAltName
        "2.5.29.19",  # basicConstraints
        "2.5.29.30",  # nameConstraints
        "2.5.29.32",  # certificatePolicies: every policy is acceptable, as openssl does without -policy_check
        "2.5.29.35",  # authorityKeyIdentifier
        "2.5.29.37",  # extKeyUsage
    )
)
# Extensions that have no say unless they are critical: RFC 5280 §4.2.1.11, §4.2.1.14.
_POLICIES: Mapping[type[x509.ExtensionType], tuple[str, str]] = {
    x509.PolicyConstraints: ("2.5.29.36", "policyConstraints"),
    x509.InhibitAnyPolicy: ("2.5.29.54", "inhibitAnyPolicy"),
}
_OF_MICROSOFT = frozenset((x509.MSCertificateTemplate, x509.UnrecognizedExtension))
_PURPOSES = {
    ExtendedKeyUsageOID.SERVER_AUTH: Purpose.SERVER_AUTH.value,
    ExtendedKeyUsageOID.CLIENT_AUTH: Purpose.CLIENT_AUTH.value,
    ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE: Purpose.ANY.value,
}


@dataclass(slots=True)
class Parts:
    """Everything a certificate says beyond its serial number and dates, read at once."""

    subject: DistinguishedName
    issuer: DistinguishedName
    public_key: PublicKey | None
    signature_hash: str
    signature_scheme: str
    basic_constraints: tuple[bool, int | None] | None
    key_usage: frozenset[Usage] | None
    extended_key_usage: tuple[str, ...] | None
    names: GeneralNames | None
    subject_key_id: KeyId | None
    authority_key_id: KeyId | None
    name_constraints: NameConstraints | None
    authority_form: AuthorityForm | None
    distribution_points: tuple[str, ...]
    soft: tuple[str, ...]
    critical: frozenset[str]
    unknown_critical: tuple[str, ...]
    problems: tuple[tuple[str, str], ...]
    oddities: tuple[str, ...]
    signed: tuple[int, int]
    template: MsTemplate | None = None
    netscape_types: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for beside its key; None where it leaves the choice to the CA.

    Args:
        problem: why its extensions could not be read, as a word of ours; they count as absent then.
    """

    subject: DistinguishedName
    names: GeneralNames | None = None
    purposes: tuple[str, ...] | None = None
    key_usage: frozenset[Usage] | None = None
    problem: str = ""


def read_parts(parsed: x509.Certificate, der: bytes, *, is_copy: bool = False) -> Parts:
    """Return everything a certificate says.

    Args:
        is_copy: the library could not read `der`, and `parsed` is of its `odd_names.stand_in`.
        parsed: what the library made of `der`; what it would keep of each part it read is kept by another one.
    """
    raw = places_in(der)
    if is_copy:
        return _read_one_by_one(parsed, der, raw)
    likely = _LIKELY.get(raw.issuer)
    plain = (likely and take_alike(der, raw, likely)) or take_apart(der, raw)
    shape = None if plain is None else _SHAPES.get(plain.shape)
    try:
        subject = plain_name(raw.subject) or name_of(x509.load_der_x509_certificate(der).subject)
        issuer = _shared_name(_Encoded(parsed, raw.issuer))
        key = _key_of(raw.key)
        digest = _signed_how(parsed)
        if plain is not None and shape is not None:
            _remember(_LIKELY, raw.issuer, plain.shape)
            return _filled(shape, subject, issuer, key, digest, plain, raw)
        listed = tuple(x509.load_der_x509_certificate(der).extensions)
        read = _put_together(subject, issuer, key, digest, listed, raw=raw)
    except UNREADABLE:
        return _read_one_by_one(parsed, der, raw)
    if plain is not None:
        _remember(_SHAPES, plain.shape, read)
    return read


_SHAPES: dict[tuple[bytes, ...], Parts] = {}
_LIKELY: dict[bytes, tuple[bytes, ...]] = {}  # by issuer: the shape of its last certificate
_MOST_SHAPES = 512


def _remember(known: dict[_Key, _Value], key: _Key, value: _Value) -> None:
    if len(known) >= _MOST_SHAPES and key not in known:
        known.clear()
    known[key] = value


def _filled(  # what differs from certificate to certificate
    shape: Parts,
    subject: DistinguishedName,
    issuer: DistinguishedName,
    key: PublicKey | None,
    digest: tuple[str, str],
    plain: Plain,
    raw: Places,
) -> Parts:
    """Return the parts of a certificate whose extensions, but for names and key id, were read before."""
    return Parts(
        subject,
        issuer,
        key,
        digest[0],
        digest[1],
        shape.basic_constraints,
        shape.key_usage,
        shape.extended_key_usage,
        plain.names,
        plain.key_id,
        shape.authority_key_id,
        shape.name_constraints,
        shape.authority_form,
        shape.distribution_points,
        shape.soft,
        shape.critical,
        shape.unknown_critical,
        (),
        raw.oddities,
        raw.signed,
        shape.template,
        shape.netscape_types,
    )


_SEQUENCE = 0x30
_PSS = bytes.fromhex("06092a864886f70d01010a")  # id-RSASSA-PSS, RFC 4055 §1.2
_HEAD_OF_KEY = 20  # bytes, in which the algorithm of a key is named


def _key_of(raw: bytes) -> PublicKey:
    """Return the facts of a key, asked of its bytes: a certificate keeps the key that it was asked for."""
    key = cast("CertificatePublicKeyTypes", load_der_public_key(raw))
    plain = plain_key(raw, getattr(key, "key_size", 0))
    if plain is not None:
        return plain
    facts = facts_of(key)
    if facts.algorithm == "RSA":
        return replace(facts, only_pss=True) if _PSS in raw[:_HEAD_OF_KEY] else facts
    if facts.algorithm == "EC" and _spells_out_its_curve(raw):
        return replace(facts, curve=f"{facts.curve} (explicit parameters)")
    return facts


def _spells_out_its_curve(raw: bytes) -> bool:
    """Tell whether an EC key's parameters are given where RFC 5480 §2.1.1 wants the curve's name."""
    algorithm = value_at(raw, value_at(raw, 0)[0])[0]
    return raw[value_at(raw, algorithm)[1]] == _SEQUENCE


def _read_one_by_one(parsed: x509.Certificate, der: bytes, raw: Places) -> Parts:
    """Read what can be read of a certificate with an unreadable part."""
    problems: list[tuple[str, str]] = []

    def attempt(part: str, read: Callable[[x509.Certificate], _Value]) -> _Value | None:
        try:
            return read(parsed)
        except UNREADABLE as error:
            problems.append((part, reason_of(error)))
        return None

    nobody = DistinguishedName(b"", "")
    subject = attempt("subject", lambda _: odd_name(raw.subject)) or nobody
    issuer = attempt("issuer", lambda _: odd_name(raw.issuer)) or nobody
    key = attempt("subjectPublicKeyInfo", lambda _: _key_of(raw.key))
    digest = attempt("signatureAlgorithm", _signed_how) or ("", scheme_named(parsed.signature_algorithm_oid))
    listed, broken, odd = read_each(der)
    oddities = (
        *raw.oddities,
        *(misfits_of(raw.subject, "subject") if subject.der else ()),
        *(misfits_of(raw.issuer, "issuer") if issuer.der and raw.issuer != raw.subject else ()),
        *odd,
    )
    read = _put_together(
        subject,
        issuer,
        key,
        digest,
        listed,
        (*problems, *broken),
        raw=raw._replace(oddities=oddities),
    )
    if read.authority_form is not None and (NO_SERIAL in odd or NO_ISSUER in odd):
        read.authority_form = read.authority_form.half(is_serial=NO_ISSUER in odd)
    return read


def odd_name(raw: bytes) -> DistinguishedName:
    """Return a name that the library may not read as it stands."""
    return plain_name(raw) or replace(name_of(name_in(raw)), der=raw)


def _put_together(  # the parts that are not extensions, each by itself
    subject: DistinguishedName,
    issuer: DistinguishedName,
    key: PublicKey | None,
    digest: tuple[str, str],
    listed: Iterable[x509.Extension[x509.ExtensionType]],
    problems: tuple[tuple[str, str], ...] = (),
    *,
    raw: Places,
) -> Parts:
    found: dict[type[x509.ExtensionType], x509.ExtensionType] = {}
    critical: tuple[str, ...] = ()
    kept = tuple(listed)
    for one in kept:
        value = one.value
        found[type(value)] = value
        if one.critical:
            critical = (*critical, one.oid.dotted_string)
    return Parts(
        subject,
        issuer,
        key,
        digest[0],
        digest[1],
        *_extension_parts(found),
        () if found.keys().isdisjoint(_POLICIES) else _soft(found, critical),
        _shared_marks(frozenset(critical)),
        tuple([oid for oid in critical if oid not in _APPLIED]),
        problems,
        raw.oddities,
        raw.signed,
        None if found.keys().isdisjoint(_OF_MICROSOFT) else ms_template(kept),
        netscape_types(kept) if x509.UnrecognizedExtension in found else None,
    )


def _soft(found: Iterable[type[x509.ExtensionType]], critical: tuple[str, ...]) -> tuple[str, ...]:
    told = [_POLICIES[kind] for kind in found if kind in _POLICIES]
    return tuple([name for oid, name in told if oid not in critical])


@lru_cache(maxsize=256)
def _shared_marks(marks: frozenset[str]) -> frozenset[str]:
    """Return one object for the many certificates that mark the same extensions."""
    return marks


def _signed_how(parsed: x509.Certificate) -> tuple[str, str]:
    """Return the hash, empty where the algorithm names none, and the scheme of a signature."""
    algorithm = parsed.signature_hash_algorithm
    scheme = scheme_named(parsed.signature_algorithm_oid)
    return (algorithm.name if isinstance(algorithm, hashes.HashAlgorithm) else ""), scheme


def _extension_parts(
    found: Mapping[type[x509.ExtensionType], x509.ExtensionType],
) -> tuple[
    tuple[bool, int | None] | None,
    frozenset[Usage] | None,
    tuple[str, ...] | None,
    GeneralNames | None,
    KeyId | None,
    KeyId | None,
    NameConstraints | None,
    AuthorityForm | None,
    tuple[str, ...],
]:
    def one(kind: type[_Extension]) -> _Extension | None:
        return found.get(kind)  # type: ignore[return-value]  # kept under its own type

    basic, usage, purposes = one(x509.BasicConstraints), one(x509.KeyUsage), one(x509.ExtendedKeyUsage)
    names, limits = one(x509.SubjectAlternativeName), one(x509.NameConstraints)
    own, above = one(x509.SubjectKeyIdentifier), one(x509.AuthorityKeyIdentifier)
    points = one(x509.CRLDistributionPoints)
    return (
        None if basic is None else (basic.ca, basic.path_length),
        None if usage is None else _usages(usage),
        None if purposes is None else tuple([_PURPOSES.get(oid) or oid.dotted_string for oid in purposes]),
        None if names is None else _general_names(names),
        None if own is None else KeyId.of(own.digest),
        None if above is None or above.key_identifier is None else KeyId.of(above.key_identifier),
        None
        if limits is None
        else NameConstraints(
            _general_names(limits.permitted_subtrees), _general_names(limits.excluded_subtrees)
        ),
        None if above is None else _authority_form(above),
        () if points is None else points_of(points),
    )


def asked_of(request: x509.CertificateSigningRequest) -> Asked:
    """Return what a request asks for. Spec: RFC 2986 §4.1, RFC 2985 §5.4.2 (extensionRequest)."""
    subject = name_of(request.subject)
    try:
        found = {type(one.value): one.value for one in request.extensions}
        _, key_usage, purposes, names, *_ = _extension_parts(found)
    except UNREADABLE as error:
        return Asked(subject, problem=reason_of(error))
    return Asked(subject, names, purposes, key_usage)


def _authority_form(found: x509.AuthorityKeyIdentifier) -> AuthorityForm | None:
    """Return what an authorityKeyIdentifier says beyond a key id; None for one that is a key id alone."""
    issuers, serial = found.authority_cert_issuer, found.authority_cert_serial_number
    if found.key_identifier is not None and issuers is None and serial is None:
        return None
    named = [name_of(one.value) for one in issuers or () if isinstance(one, x509.DirectoryName)]
    return AuthorityForm(found.key_identifier is not None, tuple(named), serial)


def points_of(found: x509.CRLDistributionPoints) -> tuple[str, ...]:
    """Return every name under which the issuer itself publishes CRLs, as `point_name` writes it."""
    return tuple(
        [point_name(one) for point in found if not point.crl_issuer for one in point.full_name or ()]
    )


def point_name(name: x509.GeneralName) -> str:
    """Return the name of a distribution point, to be compared as it stands: RFC 5280 §6.3.3 (b)(2)(i)."""
    return f"{type(name).__name__}:{name.value}"


def _usages(found: x509.KeyUsage) -> frozenset[Usage]:
    bits = {
        Usage.DIGITAL_SIGNATURE: found.digital_signature,
        Usage.CONTENT_COMMITMENT: found.content_commitment,
        Usage.KEY_ENCIPHERMENT: found.key_encipherment,
        Usage.DATA_ENCIPHERMENT: found.data_encipherment,
        Usage.KEY_AGREEMENT: found.key_agreement,
        Usage.KEY_CERT_SIGN: found.key_cert_sign,
        Usage.CRL_SIGN: found.crl_sign,
    }
    return frozenset(usage for usage, on in bits.items() if on)


def name_of(name: x509.Name) -> DistinguishedName:
    """Return a name that the library read, with what chains are built and names are constrained by."""
    commons: list[str] = []
    parts: list[str] = []
    emails: list[str] = []
    for part in name.rdns:
        shown = []
        for attribute in part:
            oid, value = attribute.oid, attribute.value
            shown.append(f"{oid.dotted_string}={_fold(value)}")
            if oid == NameOID.COMMON_NAME:
                commons.append(str(value))
            elif oid == NameOID.EMAIL_ADDRESS:
                emails.append(str(value))
        parts.append(shown[0] if len(shown) == 1 else "\x1f".join(sorted(shown)))
    return DistinguishedName(
        name.public_bytes(), name.rfc4514_string(), tuple(commons), "\x1e".join(parts), tuple(emails)
    )


class _Encoded:
    """A certificate that equals every other one of the same encoded issuer."""

    __slots__ = ("parsed", "raw")

    def __init__(self, parsed: x509.Certificate, raw: bytes) -> None:
        self.parsed = parsed
        self.raw = raw

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Encoded) and self.raw == other.raw

    def __hash__(self) -> int:
        return hash(self.raw)


@lru_cache(maxsize=256)
def _shared_name(encoded: _Encoded) -> DistinguishedName:
    """Return the issuer's name: one object for the many leaves of one CA."""
    return name_of(encoded.parsed.issuer)


def issuer_of(parsed: x509.Certificate, der: bytes) -> DistinguishedName:
    """Return the issuer's name alone.

    Raises:
        ValueError: and whatever else `UNREADABLE` lists, where the name cannot be read.
    """
    return _shared_name(_Encoded(parsed, places_in(der).issuer))


def _fold(value: str | bytes) -> str:
    """Return an attribute's value as names are compared: RFC 5280 §7.1, RFC 4518 §2."""
    if not isinstance(value, str):
        return value.hex()
    prepared = value if value.isascii() else unicodedata.normalize("NFKC", value)
    return " ".join(prepared.casefold().split())


_JUDGED = (x509.DNSName, x509.IPAddress, x509.RFC822Name, x509.UniformResourceIdentifier, x509.DirectoryName)


def _general_names(names: Iterable[x509.GeneralName] | None) -> GeneralNames:
    listed = tuple(names or ())
    if all(type(name) is x509.DNSName for name in listed):
        return GeneralNames(tuple(name.value for name in listed))
    return GeneralNames(
        dns=tuple(name.value for name in listed if isinstance(name, x509.DNSName)),
        ip=tuple(name.value for name in listed if isinstance(name, x509.IPAddress)),
        email=tuple(name.value for name in listed if isinstance(name, x509.RFC822Name)),
        uri=tuple(name.value for name in listed if isinstance(name, x509.UniformResourceIdentifier)),
        directory=tuple(name_of(name.value) for name in listed if isinstance(name, x509.DirectoryName)),
        other=sum(not isinstance(name, _JUDGED) for name in listed),
    )
