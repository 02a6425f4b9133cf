"""A key store that is written is read again, entry for entry."""

from __future__ import annotations

from support.pki import make_ca, make_key
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


def test_the_same_is_written_again() -> None:
    """Time and salt are given: nothing else changes between two runs."""
    items = [JavaItem("root", (ROOT.value,))]
    assert write_java_store(items, "x", at=1, salt=bytes(SALT)) == write_java_store(
        items, "x", at=1, salt=bytes(SALT)
    )
