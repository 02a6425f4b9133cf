"""Key usages by their names."""

from __future__ import annotations

from cryptography import x509

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
