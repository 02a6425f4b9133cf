"""What passwords lock is opened by every way in use, and by no other password; work is bounded."""

from __future__ import annotations

import contextlib
import hashlib

import pytest
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from hypothesis import given
from hypothesis import strategies as st

from support.asn1 import der, number, octets, oid, seq
from support.examples import examples
from warifu.domain.x509.ber import element
from warifu.domain.x509.unlocking import Effort, decrypt, kind_of, mac_of, pkcs12_key, text_of
from warifu.errors import UsageError

PLAIN, SALT, START = b"what was locked", b"saltsalt", bytes(range(16))
PBES2, PBKDF2, SCRYPT = "1.2.840.113549.1.5.13", "1.2.840.113549.1.5.12", "1.3.6.1.4.1.11591.4.11"
AES_128, AES_192, AES_256, DES3 = (
    *(f"2.16.840.1.101.3.4.1.{last}" for last in (2, 22, 42)),
    "1.2.840.113549.3.7",
)


def padded(data: bytes, block: int) -> bytes:
    count = block - len(data) % block
    return data + bytes([count]) * count


def pbkdf2(*more: bytes, rounds: int = 3) -> bytes:
    return seq(oid(PBKDF2), seq(octets(SALT), number(rounds), *more))


def prf(last: int) -> bytes:
    return seq(oid(f"1.2.840.113549.2.{last}"), der(0x05))


def pbes2(derivation: bytes, cipher: str, start: bytes = START) -> bytes:
    return seq(oid(PBES2), seq(derivation, seq(oid(cipher), octets(start))))


def aes_locked(key: bytes) -> bytes:
    writer = Cipher(AES(key), modes.CBC(START)).encryptor()
    return writer.update(padded(PLAIN, 16)) + writer.finalize()


def opened(algorithm: bytes, locked: bytes, password: bytes | None = b"pw") -> bytes:
    return decrypt(element(algorithm), locked, password, Effort())


def refused(algorithm: bytes, locked: bytes = bytes(16), password: bytes | None = b"pw") -> object:
    with pytest.raises(UsageError) as caught:
        opened(algorithm, locked, password)
    assert "trust.container-unreadable" == caught.value.code
    return caught.value.values["reason"]


@pytest.mark.parametrize(
    ("cipher", "size", "more", "digest"),
    [
        (AES_128, 16, (), "sha1"),
        (AES_192, 24, (number(24),), "sha1"),
        (AES_256, 32, (prf(9),), "sha256"),
        (AES_256, 32, (number(32), prf(10)), "sha384"),
        (AES_128, 16, (prf(8),), "sha224"),
        (AES_256, 32, (prf(11), der(0x05)), "sha512"),
    ],
)
def test_what_pbkdf2_and_aes_locked_is_opened(
    cipher: str, size: int, more: tuple[bytes, ...], digest: str
) -> None:
    """Every length of key and every digest."""
    locked = aes_locked(hashlib.pbkdf2_hmac(digest, b"pw", SALT, 3, size))
    algorithm = pbes2(pbkdf2(*more), cipher)
    assert PLAIN == opened(algorithm, locked)
    assert "the password does not open it" == refused(algorithm, locked, b"other")
    assert "the password does not open it" == refused(algorithm, locked, None)


def test_what_pbkdf2_and_triple_des_locked_is_opened() -> None:
    """As OpenSSL wrote keys until version 1.0."""
    key = hashlib.pbkdf2_hmac("sha1", b"pw", SALT, 3, 24)
    writer = Cipher(TripleDES(key), modes.CBC(START[:8])).encryptor()
    locked = writer.update(padded(PLAIN, 8)) + writer.finalize()
    assert PLAIN == opened(pbes2(pbkdf2(), DES3, START[:8]), locked)


def test_what_scrypt_locked_is_opened_within_bounds() -> None:
    """RFC 7914; memory that no honest file asks for is refused."""
    key = hashlib.scrypt(b"pw", salt=SALT, n=16, r=8, p=1, dklen=32)

    def by(cost: int, block: int, lanes: int) -> bytes:
        numbers = (number(cost), number(block), number(lanes))
        return pbes2(seq(oid(SCRYPT), seq(octets(SALT), *numbers)), AES_256)

    assert PLAIN == opened(by(16, 8, 1), aes_locked(key))
    for numbers in ((1, 8, 1), (15, 8, 1), (16, 0, 1), (16, 8, 0), (1 << 20, 8, 1), (16, 8, 1 << 30)):
        assert "too many rounds" == refused(by(*numbers))
    assert "malformed" == refused(pbes2(seq(oid(SCRYPT), seq(octets(SALT), number(16))), AES_256))


def old(last: int, rounds: int = 2) -> bytes:
    return seq(oid(f"1.2.840.113549.1.12.1.{last}"), seq(octets(SALT), number(rounds)))


@pytest.mark.parametrize(("last", "name", "size"), [(3, "3DES", 24), (4, "3DES", 16)])
def test_what_pkcs12_locked_with_triple_des_is_opened(last: int, name: str, size: int) -> None:
    """With keys of three parts and of two."""
    key = pkcs12_key("sha1", b"pw", SALT, 2, 1, size, Effort())
    start = pkcs12_key("sha1", b"pw", SALT, 2, 2, 8, Effort())
    writer = Cipher(TripleDES((key + key[:8])[:24]), modes.CBC(start)).encryptor()
    locked = writer.update(padded(PLAIN, 8)) + writer.finalize()
    kind = kind_of(element(old(last)))
    assert kind is not None
    assert name == kind.name
    assert PLAIN == opened(old(last), locked)


def test_keys_are_those_of_the_standard() -> None:
    """The vectors that implementers of RFC 7292 Appendix B share."""
    salt = bytes.fromhex("0a58cf64530d823f")
    made = pkcs12_key("sha1", b"smeg", salt, 1, 1, 24, Effort())
    assert "8aaae6297b6cb04642ab5b077851284eb7128f1a2a7fbca3" == made.hex()
    start = pkcs12_key("sha1", b"smeg", salt, 1, 2, 8, Effort())
    assert "79993dfe048d3b76" == start.hex()
    mac = pkcs12_key("sha1", b"smeg", bytes.fromhex("3d83c0e4546ac140"), 1, 3, 20, Effort())
    assert "8d967d88f6caa9d714800ab3d48051d63f73a312" == mac.hex()
    longer = pkcs12_key("sha1", b"queeg", bytes.fromhex("1682c0fc5b3f7ec5"), 1000, 1, 24, Effort())
    assert "483dd6e919d7de2e8e648ba8f862f3fbfbdc2bcb2c02957f" == longer.hex()


def test_no_password_is_not_an_empty_one() -> None:
    """RFC 7292 B.1 ends a password with two zero octets; where there is none, not even they stand there."""
    assert pkcs12_key("sha1", b"", SALT, 1, 1, 8, Effort()) != pkcs12_key(
        "sha1", None, SALT, 1, 1, 8, Effort()
    )
    assert b"" != pkcs12_key("sha512", None, b"", 1, 1, 8, Effort())


@pytest.mark.parametrize(
    ("algorithm", "reason"),
    [
        (old(1), "unsupported"),
        (pbes2(pbkdf2(), "1.2.3"), "unsupported"),
        (pbes2(seq(oid("1.2.3"), seq(octets(SALT), number(1))), AES_128), "unsupported"),
        (pbes2(seq(oid(PBKDF2), seq(octets(SALT))), AES_128), "unsupported"),
        (pbes2(pbkdf2(seq(oid("1.2.3"))), AES_128), "unsupported"),
        (pbes2(pbkdf2(), AES_128, b"short"), "malformed"),
        (pbes2(pbkdf2(rounds=2_000_001), AES_128), "too many rounds"),
        (pbes2(pbkdf2(rounds=0), AES_128), "too many rounds"),
        (old(3, rounds=1 << 31), "too many rounds"),
        (seq(oid(PBES2)), "malformed"),
    ],
)
def test_what_is_no_way_is_told(algorithm: bytes, reason: str) -> None:
    """Ciphers and digests that are not known, parameters that are none, work without end."""
    assert reason == refused(algorithm)


@pytest.mark.parametrize("locked", [b"", bytes(15)])
def test_half_a_block_is_none(locked: bytes) -> None:
    """What is locked comes in whole blocks."""
    assert "malformed" == refused(pbes2(pbkdf2(), AES_128), locked)


def test_one_file_may_not_ask_for_work_without_end() -> None:
    """What several parts ask for is added up."""
    effort = Effort(rounds=10)
    effort.spend(6)
    with pytest.raises(UsageError, match="too many rounds"):
        effort.spend(6)
    effort.spend(4)


def test_macs_of_both_kinds_are_made() -> None:
    """RFC 7292 B.4 with any digest, and PBMAC1 of RFC 9579; others are not known."""
    key = pkcs12_key("sha256", b"pw", SALT, 2, 3, 32, Effort())
    sha256 = seq(oid("2.16.840.1.101.3.4.2.1"))
    made = mac_of(element(sha256), SALT, 2, b"data", b"pw", Effort())
    assert hashlib.new("sha256").digest_size == len(made) == len(key)
    pbmac1 = seq(oid("1.2.840.113549.1.5.14"), seq(pbkdf2(number(32), prf(9)), prf(9)))
    assert 32 == len(mac_of(element(pbmac1), b"", 1, b"data", b"pw", Effort()))
    for unknown in (
        seq(oid("1.2.3")),
        seq(oid("1.2.840.113549.1.5.14"), seq(pbkdf2(number(32)), seq(oid("1.2.3")))),
        seq(oid("1.2.840.113549.1.5.14"), seq(pbkdf2(prf(9)), prf(9))),
    ):
        with pytest.raises(UsageError, match="unsupported"):
            mac_of(element(unknown), SALT, 1, b"", b"", Effort())


def test_a_password_is_text_somehow() -> None:
    """UTF-8, or else the octets of an old system."""
    assert ("ä", "ä") == (text_of("ä".encode()), text_of(b"\xe4"))


BASE = pbes2(pbkdf2(number(16), prf(9)), AES_128)


@examples(300)
@given(st.integers(0, len(BASE)), st.binary(min_size=1, max_size=5), st.binary(max_size=32))
def test_any_damage_ends_in_our_own_error(at: int, put: bytes, locked: bytes) -> None:
    """Parameters that somebody changed."""
    with contextlib.suppress(UsageError):
        decrypt(element(BASE[:at] + put + BASE[at + len(put) :]), locked, b"pw", Effort(1000))
