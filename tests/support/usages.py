"""Key usages by their names, and extensions as the builder does not make them of itself."""

from __future__ import annotations

from typing import Any

from cryptography import x509

from warifu.domain.x509.netscape import CERT_TYPE

BITS = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def key_usage(*on: str) -> x509.KeyUsage:
    """A keyUsage with these bits, named as `cryptography` names them."""
    unknown = set(on) - set(BITS)
    assert not unknown, unknown
    return x509.KeyUsage(**{bit: bit in on for bit in BITS})


def basic_constraints(*, ca: bool, critical: bool) -> dict[str, Any]:
    """Options that replace the builder's basicConstraints."""
    return {"basic": False, "extra": [(x509.BasicConstraints(ca, None), critical)]}


def names_critical(*names: str) -> dict[str, Any]:
    """Options that replace the builder's subjectAltName by a critical one."""
    listed = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
    return {"san": False, "extra": [(listed, True)]}


def netscape_type(bits: int) -> tuple[x509.ExtensionType, bool]:
    """Netscape's certificate type: one octet of bits, the first of them for clients, the second for servers."""
    unused = 7 if not bits else (bits & -bits).bit_length() - 1
    return x509.UnrecognizedExtension(CERT_TYPE, bytes((3, 2, unused, bits))), False
