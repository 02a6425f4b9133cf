"""PKCS#12 files open with the password that fits, and every bag in them is read or told."""

from __future__ import annotations

import contextlib

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from hypothesis import given
from hypothesis import strategies as st

from support import pkcs12_files as made
from support.asn1 import der, explicit, number, octets, oid, seq
from support.examples import examples
from support.pki import make_ca
from warifu.domain.x509.content import Content, content_of
from warifu.domain.x509.pkcs12 import Bag, read_pkcs12
from warifu.errors import UsageError

MID = make_ca("Root").intermediate("Mid")
LEAF = MID.leaf("web.example")
CRL = MID.crl().der
ABOVE = [entity.cert for entity in LEAF.above]
KEY = LEAF.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
ALL = [LEAF.value.der, *(entity.value.der for entity in LEAF.above)]
OLD = (
    PrivateFormat.PKCS12.encryption_builder()
    .kdf_rounds(10)
    .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
    .hmac_hash(hashes.SHA1())  # noqa: S303  # what old exports have
    .build(b"geheim")
)
NEW = BestAvailableEncryption(b"geheim")
FILES = {
    "new": pkcs12.serialize_key_and_certificates(b"me", LEAF.key, LEAF.cert, ABOVE, NEW),
    "old": pkcs12.serialize_key_and_certificates(b"me", LEAF.key, LEAF.cert, ABOVE, OLD),
    "open": pkcs12.serialize_key_and_certificates(b"me", LEAF.key, LEAF.cert, ABOVE, NoEncryption()),
}
TRUST = pkcs12.serialize_java_truststore(
    [
        pkcs12.PKCS12Certificate(one, name)
        for one, name in zip(ABOVE, (b"mid", "ルート".encode()), strict=True)
    ],
    NEW,
)


@pytest.mark.parametrize(("kind", "ciphers"), [("new", {"AES-256"}), ("old", {"3DES"}), ("open", set())])
def test_a_key_and_its_chain_are_read(kind: str, ciphers: set[str]) -> None:
    """In the file's order, with names, and proven by the MAC."""
    found = read_pkcs12(FILES[kind], [b"other", b"geheim"])
    certificates = [bag for bag in found.bags if bag.kind == "certificate"]
    (key,) = (bag for bag in found.bags if bag.kind == "key")
    assert ALL == [bag.der for bag in certificates]
    assert (["me", "", ""], "me") == ([bag.alias for bag in certificates], key.alias)
    assert KEY == key.der
    assert certificates[0].local_key_id == key.local_key_id != b""
    assert (frozenset(ciphers), True) == (found.ciphers, found.proven)


def test_a_trust_store_of_java_has_names_and_no_key() -> None:
    """Trusted certificates stand in it with the alias that keytool gave them, marked as trusted."""
    found = read_pkcs12(TRUST, [b"geheim"])
    assert [("mid", ALL[1], True), ("ルート", ALL[2], True)] == [
        (bag.alias, bag.der, bag.trusted) for bag in found.bags
    ]


@pytest.mark.parametrize("data", [FILES["new"], FILES["old"], TRUST])
def test_no_password_that_fits_is_told_without_it(data: bytes) -> None:
    """Damaged or of another password: nobody can tell which, and no password is repeated."""
    with pytest.raises(UsageError) as caught:
        read_pkcs12(data, [b"Geheim"])
    assert "trust.container-locked" == caught.value.code
    assert "eheim" not in str(caught.value.values)


def test_content_tells_what_it_is() -> None:
    """Not a certificate, not a key, not text."""
    assert {Content.PKCS12} == {content_of(data) for data in (*FILES.values(), TRUST)}
    assert Content.PKCS12 not in {content_of(data) for data in (LEAF.value.der, LEAF.pem, b"")}


def bags_of(data: bytes) -> list[tuple[str, bytes, str, str]]:
    return [(bag.kind, bag.der, bag.label, bag.reason) for bag in read_pkcs12(data, [b"geheim"]).bags]


def test_every_kind_of_bag_is_read_or_told() -> None:
    """Second keys, CRLs, bags in bags; a secret, a certificate of another kind and a bag of no kind are lost aloud."""
    nested = made.bag(made.NESTED_BAG, seq(made.certificate_bag(ALL[1])))
    info = made.contents(
        made.bag(made.KEY_BAG, KEY),
        made.bag(made.KEY_BAG, KEY, alias="second"),
        made.crl_bag(CRL),
        nested,
        made.bag(made.SECRET_BAG, seq()),
        made.bag("1.2.3", seq()),
        made.certificate_bag(ALL[0], kind=made.SDSI),
    )
    unread = "not a kind that is read here"
    assert [
        ("key", KEY, "", ""),
        ("key", KEY, "", ""),
        ("crl", CRL, "", ""),
        ("certificate", ALL[1], "", ""),
        ("lost", b"", "secretBag", unread),
        ("lost", b"", "SafeBag", unread),
        ("lost", b"", "certBag", "unsupported"),
    ] == bags_of(made.file(info))


def test_attributes_of_other_kinds_do_no_harm() -> None:
    """Windows names its key provider; a set may be empty."""
    provider = seq(oid("1.3.6.1.4.1.311.17.1"), der(0x31, der(0x1E, b"\x00x")))
    empty = seq(oid("1.2.840.113549.1.9.20"), der(0x31)) + seq(oid("1.2.840.113549.1.9.21"), der(0x31))
    bag = made.bag(made.KEY_BAG, KEY, more=provider + empty)
    strange = seq(oid(made.KEY_BAG), explicit(KEY), number(1))
    assert [Bag("key", KEY)] * 2 == list(read_pkcs12(made.file(made.contents(bag, strange))).bags)


@pytest.mark.parametrize("rounds", [None, 1, 3])
def test_a_file_without_a_password_is_proven_by_its_mac(rounds: int | None) -> None:
    """No password is not an empty one; rounds that are not written are one."""
    info = made.contents(made.bag(made.KEY_BAG, KEY))
    data = made.file(info, mac=made.open_mac(info, rounds=rounds))
    assert read_pkcs12(data).proven
    assert not read_pkcs12(made.file(info)).proven


def test_locked_parts_that_no_password_opens_are_told() -> None:
    """Without a MAC the parts themselves tell; a cipher nobody knows is no reason to lose the rest."""
    rc4 = seq(oid("1.2.840.113549.1.12.1.1"), seq(octets(b"salt"), number(1)))
    triple = seq(oid("1.2.840.113549.1.12.1.3"), seq(octets(b"salt"), number(1)))
    plain = made.contents(made.certificate_bag(ALL[0]))
    envelope = seq(oid("1.2.840.113549.1.7.3"), explicit(seq()))
    shrouded = made.contents(made.bag(made.LOCKED_BAG, seq(triple, octets(bytes(16))), alias="mine"))
    data = made.file(
        made.locked_contents(rc4, bytes(16)),
        made.locked_contents(triple, bytes(16)),
        plain,
        envelope,
        shrouded,
    )
    wrong = "the password does not open it"
    assert [
        ("lost", b"", "EncryptedData", "unsupported"),
        ("lost", b"", "EncryptedData", wrong),
        ("certificate", ALL[0], "", ""),
        ("lost", b"", "ContentInfo", "unsupported"),
        ("locked-key", b"", "pkcs8ShroudedKeyBag", wrong),
    ] == bags_of(data)


def test_a_password_that_gives_no_sequence_does_not_open() -> None:
    """Padding fits by chance once in 256 tries; a later password may be the right one."""
    wrong = made.locked_contents(*made.aes(octets(b"no sequence"), b"geheim"))
    right = made.locked_contents(*made.aes(seq(made.certificate_bag(ALL[0])), b"geheim"))
    assert [
        ("lost", b"", "EncryptedData", "the password does not open it"),
        ("certificate", ALL[0], "", ""),
    ] == bags_of(made.file(wrong, right))
    assert [Bag("certificate", ALL[0])] == list(read_pkcs12(made.file(right), [b"x", b"geheim"]).bags)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (seq(number(3)), "malformed"),
        (made.file(kind=made.SIGNED), "unsupported"),
        (made.file(seq(oid(made.ENCRYPTED), explicit(seq(number(0), seq(oid(made.DATA)))))), "malformed"),
        (made.file(made.contents()), ""),
    ],
)
def test_what_is_no_file_is_told(data: bytes, reason: str) -> None:
    """Too few parts, signed instead of locked, parts that are missing; an empty file is a file."""
    if not reason:
        assert () == read_pkcs12(data).bags
        return
    with pytest.raises(UsageError) as caught:
        read_pkcs12(data)
    assert ("trust.container-unreadable", reason) == (caught.value.code, caught.value.values["reason"])


def test_bags_in_bags_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Depth and number are bounded."""
    bag = made.bag(made.KEY_BAG, KEY)
    for _ in range(8):
        bag = made.bag(made.NESTED_BAG, seq(bag))
    with pytest.raises(UsageError, match="too many rounds"):
        read_pkcs12(made.file(made.contents(bag)))
    monkeypatch.setattr("warifu.domain.x509.pkcs12._MOST_BAGS", 2)
    with pytest.raises(UsageError, match="too many rounds"):
        read_pkcs12(made.file(made.contents(*[made.bag(made.KEY_BAG, KEY)] * 3)))


@examples(200)
@given(
    st.sampled_from(["open", "old", "new"]),
    st.integers(0, len(FILES["open"])),
    st.binary(min_size=1, max_size=6),
)
def test_any_damage_ends_in_our_own_error(kind: str, at: int, put: bytes) -> None:
    """Only our error comes out, or what the file holds."""
    data = FILES[kind]
    with contextlib.suppress(UsageError):
        read_pkcs12(data[:at] + put + data[at + len(put) :], [b"geheim"])
