"""Netscape's certificate type."""

from __future__ import annotations

import pytest
from cryptography import x509

from support.pki import make_ca
from support.usages import netscape_type
from warifu.domain.x509 import Certificate
from warifu.domain.x509.netscape import CERT_TYPE

ROOT = make_ca("Root")


def of(*extensions: tuple[x509.ExtensionType, bool]) -> tuple[str, ...] | None:
    leaf = ROOT.leaf("a.example", extra=extensions)
    return Certificate(leaf.value.der).parts.netscape_types


@pytest.mark.parametrize(
    ("bits", "types"),
    [
        (0x80, ("client",)),
        (0x40, ("server",)),
        (0xC0, ("client", "server")),
        (0x07, ("sslCA", "emailCA", "objCA")),
        (0x00, ()),
    ],
)
def test_types_have_the_names_that_openssl_gives_them(bits: int, types: tuple[str, ...]) -> None:
    """In the order of their bits."""
    assert types == of(netscape_type(bits))


@pytest.mark.parametrize("der", ["", "0302", "04020780", "03020780ff", "03030780"])
def test_what_is_no_type_tells_none(der: str) -> None:
    """Nothing is limited by what nobody can read."""
    assert of((x509.UnrecognizedExtension(CERT_TYPE, bytes.fromhex(der)), False)) is None


def test_other_extensions_tell_none() -> None:
    """Known ones, and one that nobody knows."""
    assert of() is None
    assert (
        of(
            (
                x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.55555.9"), b"\x03\x02\x07\x80"),
                False,
            )
        )
        is None
    )
