"""A key store that is written is read again, entry for entry."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from support.pki import make_ca, make_key
from warifu.domain.x509.ber import element
from warifu.domain.x509.java_stores import read_java_store, unlock
from warifu.domain.x509.java_writer import SALT, JavaItem, write_java_store

ROOT = make_ca("Root")
WEB = ROOT.leaf("web.example")
RSA = ROOT.leaf("rsa.example", key=make_key("rsa"))


def test_what_is_written_is_read_again() -> None:
    """Aliases of any script, chains, keys short and long, and a seal that fits its password alone."""
    items = [
        JavaItem("web", (WEB.value, ROOT.value), WEB.private_key),
        JavaItem("rsa", (RSA.value,), RSA.private_key),
        JavaItem("ルート\x00", (ROOT.value,)),
    ]
    data = write_java_store(items, "pässword", at=1_700_000_000_000, salt=bytes(range(SALT)))
    store = read_java_store(data)
    assert ("JKS", 3, None) == (store.kind, store.count, store.fault)
    assert [(item.alias, tuple(one.der for one in item.certificates)) for item in items] == [
        (entry.alias, entry.certificates) for entry in store.entries
    ]
    assert (True, False) == (store.is_whole("pässword"), store.is_whole("password"))
    assert [WEB.private_key.to_pkcs8_der(), RSA.private_key.to_pkcs8_der()] == [
        unlock(entry.locked, "pässword") for entry in store.entries[:2]
    ]
    assert (1_700_000_000_000).to_bytes(8, "big") in data
    assert WEB.private_key.to_pkcs8_der() not in data


def test_a_short_key_has_short_lengths() -> None:
    """X.690 §10.1: one octet where one does, which a key of Ed25519 is short enough for."""
    leaf = ROOT.leaf("ed.example", key=ed25519.Ed25519PrivateKey.generate())
    data = write_java_store([JavaItem("ed", (leaf.value,), leaf.private_key)], "x", at=1, salt=bytes(SALT))
    (entry,) = read_java_store(data).entries
    locked = element(entry.locked)
    assert [len(one.content) + 2 for one in locked.children] == [len(one.whole) for one in locked.children]
    assert leaf.private_key.to_pkcs8_der() == unlock(entry.locked, "x")


@pytest.mark.parametrize(
    ("alias", "written"),
    [
        ("a\x00", b"a\xc0\x80"),
        ("\N{CJK UNIFIED IDEOGRAPH-20BB7}野", b"\xed\xa1\x82\xed\xbe\xb7\xe9\x87\x8e"),
        ("あ" * 21_846, "あ".encode() * 21_845),
    ],
    ids=["zero", "pair", "long"],
)
def test_an_alias_is_written_as_java_reads_it(alias: str, written: bytes) -> None:
    """Half of a pair by half, no zero byte, and never cut within a character."""
    data = write_java_store([JavaItem(alias, (ROOT.value,))], "x", at=1, salt=bytes(SALT))
    assert len(written).to_bytes(2, "big") + written == data[16 : 18 + len(written)]
    (entry,) = read_java_store(data).entries
    assert alias[:21_845] == entry.alias


def test_the_same_is_written_again() -> None:
    """Time and salt are given: nothing else changes between two runs."""
    items = [JavaItem("root", (ROOT.value,))]
    assert write_java_store(items, "x", at=1, salt=bytes(SALT)) == write_java_store(
        items, "x", at=1, salt=bytes(SALT)
    )
