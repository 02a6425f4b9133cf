"""Extensions as OpenSSL prints them. Spec: RFC 5280 §4.2. Source: the output of OpenSSL 3.0."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from cryptography import x509

from warifu.domain.endpoint.dump_names import shown_time, slashed, spaced
from warifu.domain.x509 import DistinguishedName
from warifu.domain.x509.parts import name_of

_TITLES: Mapping[str, str] = MappingProxyType(
    {
        "2.5.29.14": "X509v3 Subject Key Identifier",
        "2.5.29.15": "X509v3 Key Usage",
        "2.5.29.16": "X509v3 Private Key Usage Period",
        "2.5.29.17": "X509v3 Subject Alternative Name",
        "2.5.29.18": "X509v3 Issuer Alternative Name",
        "2.5.29.19": "X509v3 Basic Constraints",
        "2.5.29.30": "X509v3 Name Constraints",
        "2.5.29.31": "X509v3 CRL Distribution Points",
        "2.5.29.32": "X509v3 Certificate Policies",
        "2.5.29.33": "X509v3 Policy Mappings",
        "2.5.29.35": "X509v3 Authority Key Identifier",
        "2.5.29.36": "X509v3 Policy Constraints",
        "2.5.29.37": "X509v3 Extended Key Usage",
        "2.5.29.46": "X509v3 Freshest CRL",
        "2.5.29.54": "X509v3 Inhibit Any Policy",
        "1.3.6.1.5.5.7.1.1": "Authority Information Access",
        "1.3.6.1.5.5.7.1.11": "Subject Information Access",
        "1.3.6.1.5.5.7.1.24": "TLS Feature",
        "1.3.6.1.5.5.7.48.1.5": "OCSP No Check",
        "1.3.6.1.4.1.11129.2.4.2": "CT Precertificate SCTs",
        "2.23.42.7.0": "setCext-hashedRoot",
        "2.16.840.1.113730.1.1": "Netscape Cert Type",
        "2.16.840.1.113730.1.13": "Netscape Comment",
    }
)
_USAGES = (
    ("digital_signature", "Digital Signature"),
    ("content_commitment", "Non Repudiation"),
    ("key_encipherment", "Key Encipherment"),
    ("data_encipherment", "Data Encipherment"),
    ("key_agreement", "Key Agreement"),
    ("key_cert_sign", "Certificate Sign"),
    ("crl_sign", "CRL Sign"),
)
_PURPOSES: Mapping[str, str] = MappingProxyType(
    {
        "2.5.29.37.0": "Any Extended Key Usage",
        "1.3.6.1.5.5.7.3.1": "TLS Web Server Authentication",
        "1.3.6.1.5.5.7.3.2": "TLS Web Client Authentication",
        "1.3.6.1.5.5.7.3.3": "Code Signing",
        "1.3.6.1.5.5.7.3.4": "E-mail Protection",
        "1.3.6.1.5.5.7.3.5": "IPSec End System",
        "1.3.6.1.5.5.7.3.6": "IPSec Tunnel",
        "1.3.6.1.5.5.7.3.7": "IPSec User",
        "1.3.6.1.5.5.7.3.8": "Time Stamping",
        "1.3.6.1.5.5.7.3.9": "OCSP Signing",
        "1.3.6.1.5.5.7.3.17": "ipsec Internet Key Exchange",
        "1.3.6.1.4.1.311.10.3.4": "Microsoft Encrypted File System",
        "1.3.6.1.4.1.311.20.2.2": "Microsoft Smartcard Login",
        "1.3.6.1.5.2.3.5": "Signing KDC Response",
    }
)
_ACCESS: Mapping[str, str] = MappingProxyType(
    {
        "1.3.6.1.5.5.7.48.1": "OCSP",
        "1.3.6.1.5.5.7.48.2": "CA Issuers",
        "1.3.6.1.5.5.7.48.5": "CA Repository",
    }
)
_OTHER = {"1.3.6.1.4.1.311.20.2.3": "UPN"}
_WORDS: Mapping[type, str] = MappingProxyType(
    {x509.DNSName: "DNS", x509.RFC822Name: "email", x509.UniformResourceIdentifier: "URI"}
)
_TEXTS = (b"\x0c", b"\x16")  # UTF8String, IA5String
_PAD = " " * 16
_COMMENT = "2.16.840.1.113730.1.13"
_NETSCAPE = "2.16.840.1.113730.1.1"
_NETSCAPE_TYPES = (
    "SSL Client",
    "SSL Server",
    "S/MIME",
    "Object Signing",
    "Unused",
    "SSL CA",
    "S/MIME CA",
    "Object Signing CA",
)


def shown_extension(
    oid: str, value: x509.ExtensionType | None, octets: bytes, *, is_critical: bool
) -> Iterator[str]:
    """Yield the lines of an extension.

    Args:
        value: what the library made of it; None where it does not read it.
        octets: its value as it was sent.
    """
    yield f"            {_TITLES.get(oid, oid)}: {'critical' if is_critical else ''}"
    show = _SHOWN.get(type(value))
    if oid == _COMMENT and len(octets) > 2:
        yield _PAD + _plain(octets[2:])
    elif oid == _NETSCAPE and octets[:2] == b"\x03\x02" and len(octets) == 4:
        bits = octets[3]
        yield _PAD + ", ".join(word for at, word in enumerate(_NETSCAPE_TYPES) if bits & 0x80 >> at)
    elif show is None:
        yield _PAD + _plain(octets)
    else:
        for line in show(value):
            yield (_PAD if line else "") + line


def _plain(octets: bytes) -> str:
    return "".join(chr(one) if 32 <= one <= 126 or one in {10, 13} else "." for one in octets)


def _basic(value: x509.BasicConstraints) -> Iterator[str]:
    length = "" if value.path_length is None else f", pathlen:{value.path_length}"
    yield f"CA:{'TRUE' if value.ca else 'FALSE'}{length}"


def _usage(value: x509.KeyUsage) -> Iterator[str]:
    told = [title for name, title in _USAGES if getattr(value, name)]
    if value.key_agreement:
        told += ["Encipher Only"] * value.encipher_only + ["Decipher Only"] * value.decipher_only
    yield ", ".join(told)


def _purposes(value: x509.ExtendedKeyUsage) -> Iterator[str]:
    yield ", ".join(_PURPOSES.get(one.dotted_string, one.dotted_string) for one in value)


def _hex(data: bytes) -> str:
    return data.hex(":").upper()


def _key_id(value: x509.SubjectKeyIdentifier) -> Iterator[str]:
    yield _hex(value.digest)


def _authority(value: x509.AuthorityKeyIdentifier) -> Iterator[str]:
    issuer, serial = value.authority_cert_issuer, value.authority_cert_serial_number
    if value.key_identifier is not None:
        yield ("keyid:" if issuer or serial is not None else "") + _hex(value.key_identifier)
    for name in issuer or ():
        yield _name(name)
    if serial is not None:
        yield "serial:" + _hex(serial.to_bytes(max(1, (serial.bit_length() + 7) // 8), "big"))


def _names(value: Any) -> Iterator[str]:
    yield ", ".join(map(_name, value))


def _name(name: x509.GeneralName, directory: Callable[[DistinguishedName], str] = slashed) -> str:
    if isinstance(name, (x509.DNSName, x509.RFC822Name, x509.UniformResourceIdentifier)):
        return f"{_WORDS[type(name)]}:{name.value}"
    match name:
        case x509.IPAddress():
            return _address(name.value)
        case x509.RegisteredID():
            return f"Registered ID:{name.value.dotted_string}"
        case x509.DirectoryName():
            return f"DirName:{directory(name_of(name.value))}"
        case x509.OtherName() if name.value[:1] in _TEXTS:
            kind = name.type_id.dotted_string
            return f"othername: {_OTHER.get(kind, kind)}::{_plain(name.value[2:])}"
        case _:
            return "othername:<unsupported>"


def _address(value: Any) -> str:
    if isinstance(value, (ipaddress.IPv4Network, ipaddress.IPv6Network)):
        return f"IP:{_digits(value.network_address)}/{_digits(value.netmask)}"
    return f"IP Address:{_digits(value)}"


def _digits(one: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    if isinstance(one, ipaddress.IPv4Address):
        return str(one)
    return ":".join(f"{int(group, 16):X}" for group in one.exploded.split(":"))


def _points(value: Any) -> Iterator[str]:
    for point in value:
        if point.full_name:
            yield "Full Name:"
            for name in point.full_name:
                yield f"  {_name(name, spaced)}"
        if point.crl_issuer:
            yield "CRL Issuer:"
            for name in point.crl_issuer:
                yield f"  {_name(name, spaced)}"


def _access(value: Any) -> Iterator[str]:
    for one in value:
        method = one.access_method.dotted_string
        yield f"{_ACCESS.get(method, method)} - {_name(one.access_location)}"


def _policies(value: x509.CertificatePolicies) -> Iterator[str]:
    for policy in value:
        oid = policy.policy_identifier.dotted_string
        yield f"Policy: {'X509v3 Any Policy' if oid == '2.5.29.32.0' else oid}"
        for one in policy.policy_qualifiers or ():
            if isinstance(one, str):
                yield f"  CPS: {one}"
            else:
                yield "  User Notice:"
                reference = one.notice_reference
                if reference is not None:
                    numbers = reference.notice_numbers
                    yield f"    Organization: {reference.organization}"
                    yield f"    Number{'s' * (len(numbers) > 1)}: {', '.join(map(str, numbers))}"
                if one.explicit_text is not None:
                    yield f"    Explicit Text: {one.explicit_text}"


def _constraints(value: x509.NameConstraints) -> Iterator[str]:
    for title, names in (("Permitted:", value.permitted_subtrees), ("Excluded:", value.excluded_subtrees)):
        if names:
            yield title
            for name in names:
                yield f"  {_name(name, spaced)}"


def _policy_constraints(value: x509.PolicyConstraints) -> Iterator[str]:
    told = (
        ("Require Explicit Policy", value.require_explicit_policy),
        ("Inhibit Policy Mapping", value.inhibit_policy_mapping),
    )
    yield ", ".join(f"{title}:{number}" for title, number in told if number is not None)


def _inhibit(value: x509.InhibitAnyPolicy) -> Iterator[str]:
    yield str(value.skip_certs)


def _feature(value: x509.TLSFeature) -> Iterator[str]:
    yield ", ".join(one.name for one in value)


def _period(value: x509.PrivateKeyUsagePeriod) -> Iterator[str]:
    told = (("Not Before", value.not_before), ("Not After", value.not_after))
    yield ", ".join(f"{title}: {shown_time(moment)}" for title, moment in told if moment is not None)


def _nothing(_: x509.OCSPNoCheck) -> Iterator[str]:
    yield ""


_SHOWN: Mapping[type, Callable[[Any], Iterator[str]]] = MappingProxyType(
    {
        x509.BasicConstraints: _basic,
        x509.KeyUsage: _usage,
        x509.ExtendedKeyUsage: _purposes,
        x509.SubjectKeyIdentifier: _key_id,
        x509.AuthorityKeyIdentifier: _authority,
        x509.SubjectAlternativeName: _names,
        x509.IssuerAlternativeName: _names,
        x509.CRLDistributionPoints: _points,
        x509.FreshestCRL: _points,
        x509.AuthorityInformationAccess: _access,
        x509.SubjectInformationAccess: _access,
        x509.CertificatePolicies: _policies,
        x509.NameConstraints: _constraints,
        x509.PolicyConstraints: _policy_constraints,
        x509.InhibitAnyPolicy: _inhibit,
        x509.TLSFeature: _feature,
        x509.OCSPNoCheck: _nothing,
        x509.PrivateKeyUsagePeriod: _period,
    }
)
