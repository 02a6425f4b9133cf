"""What signature algorithms are made of: how they sign, whatever the hash.

Spec: RFC 4055 §3, §5 (RSA), RFC 5758 §3 (DSA, ECDSA), RFC 8410 §3 (Ed25519, Ed448).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cryptography import x509

_NAMED: Mapping[str, str] = MappingProxyType(
    {
        "1.2.840.113549.1.1.10": "RSA-PSS",
        **dict.fromkeys(
            (f"1.2.840.113549.1.1.{arc}" for arc in (2, 4, 5, 11, 12, 13, 14, 15, 16)), "RSA-PKCS1"
        ),
        **dict.fromkeys((f"2.16.840.1.101.3.4.3.{arc}" for arc in (13, 14, 15, 16)), "RSA-PKCS1"),
        "1.2.840.10045.4.1": "ECDSA",
        **dict.fromkeys((f"1.2.840.10045.4.3.{arc}" for arc in (1, 2, 3, 4)), "ECDSA"),
        **dict.fromkeys((f"2.16.840.1.101.3.4.3.{arc}" for arc in (9, 10, 11, 12)), "ECDSA"),
        "1.2.840.10040.4.3": "DSA",
        **dict.fromkeys((f"2.16.840.1.101.3.4.3.{arc}" for arc in range(1, 9)), "DSA"),
        "1.3.101.112": "Ed25519",
        "1.3.101.113": "Ed448",
    }
)
SCHEMES = ("RSA-PKCS1", "RSA-PSS", "ECDSA", "Ed25519", "Ed448", "DSA")
"""Every scheme that has a name here."""


def scheme_named(algorithm: x509.ObjectIdentifier) -> str:
    """Return the scheme of a signature algorithm; of one that is not known here its dotted OID."""
    return _NAMED.get(algorithm.dotted_string, algorithm.dotted_string)
