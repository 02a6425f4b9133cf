"""PKCS#12 files that are written are read again, by both sets of ciphers."""

from __future__ import annotations

import pytest

from support.pki import make_ca
from warifu.domain.x509.pkcs12 import read_pkcs12
from warifu.domain.x509.pkcs12_writer import CIPHERS, write_identity, write_trust_store

ROOT = make_ca("Root")
MID = ROOT.intermediate("Mid")
WEB = MID.leaf("web.example")
NAMES = {"modern": "AES-256", "legacy": "3DES"}


@pytest.mark.parametrize("cipher", CIPHERS)
def test_an_identity_is_read_again(cipher: str) -> None:
    """Key, leaf under its friendly name, and what stands above it."""
    data = write_identity("ウェブ", WEB.private_key, WEB.value, [MID.value], b"geheim", cipher=cipher)
    found = read_pkcs12(data, [b"geheim"])
    assert [
        ("certificate", "ウェブ", WEB.value.der),
        ("certificate", "", MID.value.der),
        ("key", "ウェブ", WEB.private_key.to_pkcs8_der()),
    ] == [(bag.kind, bag.alias, bag.der) for bag in found.bags]
    assert ({NAMES[cipher]}, True) == (set(found.ciphers), found.proven)


@pytest.mark.parametrize("cipher", CIPHERS)
def test_a_trust_store_is_marked_for_java(cipher: str) -> None:
    """Without the mark, Java sees no entry."""
    data = write_trust_store([("root", ROOT.value), ("mid", MID.value)], b"geheim", cipher=cipher)
    found = read_pkcs12(data, [b"geheim"])
    assert [("root", True, ROOT.value.der), ("mid", True, MID.value.der)] == [
        (bag.alias, bag.trusted, bag.der) for bag in found.bags
    ]
    assert {NAMES[cipher]} == set(found.ciphers)
