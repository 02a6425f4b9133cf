"""What a certificate was for before there were extended key usages: Netscape's certificate type.

Nobody has to write it, some templates and old scripts still do, and OpenSSL, NSS and Java still heed it. Spec:
openssl x509v3_config(5), "Netscape Certificate Type"; `netscape-cert-type` { 2 16 840 1 113730 1 1 }.
"""

from __future__ import annotations

from collections.abc import Iterable

from cryptography import x509

CERT_TYPE = x509.ObjectIdentifier("2.16.840.1.113730.1.1")
_BIT_STRING = 0x03
_BITS = ("client", "server", "email", "objsign", "reserved", "sslCA", "emailCA", "objCA")
_WHOLE = 4  # octets of a BIT STRING of one octet: tag, length, unused bits, the bits


def netscape_types(listed: Iterable[x509.Extension[x509.ExtensionType]]) -> tuple[str, ...] | None:
    """Return the types by openssl's names, in the order of their bits; None where none are told, or not readably."""
    for one in listed:
        value = one.value
        if isinstance(value, x509.UnrecognizedExtension) and value.oid == CERT_TYPE:
            return _types(value.value)
    return None


def _types(der: bytes) -> tuple[str, ...] | None:
    if len(der) != _WHOLE or der[0] != _BIT_STRING or der[1] != len(der) - 2:
        return None
    return tuple(name for bit, name in enumerate(_BITS) if der[3] & (0x80 >> bit))
