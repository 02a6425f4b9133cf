"""Java's key stores are read without a password, and their keys with theirs; what is odd is told with its place."""

from __future__ import annotations

import contextlib
import struct

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from support import java_stores as made
from support.examples import examples
from support.pki import make_ca
from warifu.domain.x509.java_stores import read_java_store, unlock
from warifu.domain.x509.unlocking import Effort
from warifu.errors import UsageError

ROOT = make_ca("Root")
LEAF = ROOT.leaf("web.example")
KEY = LEAF.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
CHAIN = (LEAF.value.der, ROOT.value.der)
JKS, JCEKS = made.locked_as_jks(KEY, "geheim"), made.locked_as_jceks(KEY, "geheim")
ENTRIES = (made.Made("me", CHAIN, JKS), made.Made("ルート\x00", (ROOT.value.der,)))


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("kind", ["JKS", "JCEKS"])
def test_entries_are_read_in_their_order(kind: str, version: int) -> None:
    """Alias, chain and locked key, each with its place; nobody asks for a password."""
    store = read_java_store(made.write(kind, ENTRIES, "pw", version=version))
    assert (kind, 2, None) == (store.kind, store.count, store.fault)
    assert [("me", CHAIN, JKS), ("ルート\x00", (ROOT.value.der,), b"")] == [
        (entry.alias, entry.certificates, entry.locked) for entry in store.entries
    ]
    assert 12 == store.entries[0].offset < store.entries[1].offset


def test_the_digest_tells_whether_somebody_without_the_password_changed_it() -> None:
    """One bit of a certificate, or another password."""
    data = made.write("JKS", ENTRIES, "pässword")
    assert read_java_store(data).is_whole("pässword")
    assert not read_java_store(data).is_whole("password")
    changed = bytearray(data)
    changed[-100] ^= 1
    assert not read_java_store(bytes(changed)).is_whole("pässword")


@pytest.mark.parametrize("locked", [JKS, JCEKS], ids=["jks", "jceks"])
def test_a_key_opens_with_its_password_alone(locked: bytes) -> None:
    """Both ways to lock; the fault says nothing of the key."""
    assert KEY == unlock(locked, "geheim")
    with pytest.raises(UsageError) as caught:
        unlock(locked, "Geheim")
    assert {"reason": "the password does not open it"} == caught.value.values


def test_a_secret_key_ends_what_can_be_read() -> None:
    """Nothing tells its length: the place is kept, and how many entries there should be."""
    secret = struct.pack(">I", 3) + made.sized(b"aes", ">H") + bytes(8) + b"\xac\xed\x00\x05"
    data = bytearray(made.write("JCEKS", ENTRIES, "pw", more=secret))
    data[8:12] = struct.pack(">I", 3)
    store = read_java_store(bytes(data))
    assert (3, 2) == (store.count, len(store.entries))
    assert (data.index(secret), "a secret key") == store.fault


def none(data: bytes) -> tuple[object, object]:
    with pytest.raises(UsageError) as caught:
        read_java_store(data)
    assert "trust.container-unreadable" == caught.value.code
    return caught.value.values["offset"], caught.value.values["reason"]


def test_what_is_no_store_is_told_with_its_place() -> None:
    """Another magic, nothing behind it, another version."""
    data = made.write("JKS", ENTRIES, "pw")
    assert (0, "no key store of Java's") == none(b"PK" + data)
    assert (0, "no key store of Java's") == none(data[:20])
    assert (4, "unsupported") == none(made.write("JKS", ENTRIES, "pw", version=3))


def test_what_stands_before_the_damage_is_kept() -> None:
    """A cut, something after the entries, an entry of no kind, an alias of no text: told with its place."""
    data = made.write("JKS", ENTRIES, "pw")

    def damaged(changed: bytes) -> tuple[int, tuple[int, str] | None]:
        store = read_java_store(changed)
        return len(store.entries), store.fault

    second = read_java_store(data).entries[1].offset
    kept, cut = damaged(data[:-60])
    assert (1, "ends within an entry") == (kept, cut and cut[1])
    assert (2, (len(data) - 20, "more than its entries")) == damaged(
        made.write("JKS", ENTRIES, "pw", more=b"x")
    )
    assert (0, (12, "an entry of an unknown kind")) == damaged(data[:15] + b"\x09" + data[16:])
    other = data[: second + 3] + b"\x09" + data[second + 4 :]
    assert (1, (second, "an entry of an unknown kind")) == damaged(other)
    assert (0, (12, "an alias is no text")) == damaged(data.replace(b"\x00\x02me", b"\x00\x02\xff\xff", 1))


@pytest.mark.parametrize(
    ("locked", "reason"),
    [
        (b"", "no EncryptedPrivateKeyInfo"),
        (b"\x30\x85", "no EncryptedPrivateKeyInfo"),
        (b"\x30\x20\x30", "no EncryptedPrivateKeyInfo"),
        (made.der(0x30, made.der(0x30, b"\x06\x01\x2a") + made.der(0x04, b"")), "unsupported"),
        (made.locked_as_jks(b"", "x")[:-41] + b"\x04\x00", "no EncryptedPrivateKeyInfo"),
        (made.locked_as_jceks(KEY, "x", salt=b"1234567"), "no salt, rounds and blocks"),
        (made.locked_as_jceks(KEY, "x", salt=b"12341234"), "the password does not open it"),
    ],
)
def test_what_is_no_locked_key_is_told(locked: bytes, reason: str) -> None:
    """Cut, of another way, or with parameters that Java would not write."""
    with pytest.raises(UsageError, match="key-unreadable") as caught:
        unlock(locked, "x")
    assert str(caught.value.values["reason"]).startswith(reason)


def test_rounds_have_a_bound() -> None:
    """A hostile file cannot keep anybody busy for long."""
    for rounds in (0, 1_000_001):
        locked = made.locked_as_jceks(KEY, "x", rounds=1).replace(
            struct.pack(">I", 1), struct.pack(">I", rounds)
        )
        with pytest.raises(UsageError) as caught:
            unlock(locked, "x")
        assert "too many rounds" == caught.value.values["reason"]
    with pytest.raises(UsageError, match="too many rounds"):
        unlock(made.locked_as_jceks(KEY, "x", rounds=5), "x", Effort(9))


def test_entries_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands before it is kept, and where reading stopped is told."""
    monkeypatch.setattr("warifu.domain.x509.java_stores._MOST_ENTRIES", 1)
    store = read_java_store(made.write("JKS", ENTRIES, "pw"))
    assert store.fault is not None
    assert (1, "too many of them") == (len(store.entries), store.fault[1])


def test_a_short_key_of_jks_is_no_key() -> None:
    """Salt and digest alone need forty bytes."""
    way = made.der(0x30, bytes.fromhex("060a2b060104012a02110101") + b"\x05\x00")
    with pytest.raises(UsageError, match="key-unreadable"):
        unlock(made.der(0x30, way + made.der(0x04, bytes(39))), "x")


WHOLE = made.write("JCEKS", ENTRIES, "pw")


@examples(300)
@given(st.integers(0, len(WHOLE)), st.binary(min_size=1, max_size=8))
def test_any_damage_ends_in_our_own_error(at: int, put: bytes) -> None:
    """Only our error comes out, or a store."""
    with contextlib.suppress(UsageError):
        store = read_java_store(WHOLE[:at] + put + WHOLE[at + len(put) :])
        for entry in store.entries:
            if entry.locked:
                unlock(entry.locked, "geheim")
