"""Containers give up each object with its name; what stays locked or cannot be proven is told."""

from __future__ import annotations

import base64
import struct

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from support import java_stores
from support import pkcs12_files as made
from support.asn1 import der, explicit, number, octets, oid, seq
from support.java_stores import Made
from support.pki import Entity, make_ca
from warifu.domain.findings import Code, Severity
from warifu.domain.x509 import Reading, load
from warifu.domain.x509.forms import Form
from warifu.domain.x509.private_key import PrivateKey
from warifu.domain.x509.reading import Pile
from warifu.domain.x509.unpacking import Unpacker

ROOT = make_ca("Root")
MID = ROOT.intermediate("Mid")
WEB, SHOP = MID.leaf("web.example"), MID.leaf("shop.example")
CRL = MID.crl()


def pkcs8(leaf: Entity) -> bytes:
    return leaf.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def told(reading: Reading) -> list[tuple[Code, Severity]]:
    assert reading.begun == reading.loaded + reading.lost
    return [(one.code, one.severity) for one in reading.findings]


UNPROVEN_NOTE = (Code.CONTAINER_UNPROVEN, Severity.NOTE)


def test_several_keys_find_their_certificates() -> None:
    """By local key id where they are locked, by the key itself where they are open; order and names are kept."""
    rc4 = seq(oid("1.2.840.113549.1.12.1.1"), seq(octets(b"salt"), number(1)))
    info = made.contents(
        made.bag(made.KEY_BAG, pkcs8(WEB), alias="web"),
        made.bag(made.LOCKED_BAG, seq(rc4, octets(bytes(16))), alias="shop", local=b"2"),
        made.bag(made.KEY_BAG, pkcs8(ROOT), alias="alone"),
        made.certificate_bag(MID.value.der, alias="mid"),
        made.certificate_bag(SHOP.value.der, local=b"2"),
        made.certificate_bag(WEB.value.der),
    )
    reading = load(made.file(info))
    assert [
        ("mid", (MID.value,), False, False),
        ("shop", (SHOP.value,), False, True),
        ("web", (WEB.value,), True, False),
        ("alone", (), True, False),
    ] == [(one.alias, one.certificates, one.key is not None, one.locked) for one in reading.entries]
    assert (2, 1, [UNPROVEN_NOTE]) == (len(reading.keys), reading.encrypted_keys, told(reading))


def test_keys_and_certificates_are_joined_without_comparing_each_with_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The public half of a key is worked out once; the first key of several equal ones is taken first."""
    worked = []
    kept = vars(PrivateKey)["public_key"].fget

    def public_key(self: PrivateKey) -> object:
        worked.append(self)
        return kept(self)

    monkeypatch.setattr(PrivateKey, "public_key", property(public_key))
    keys = [made.bag(made.KEY_BAG, pkcs8(WEB), alias=f"key {number}") for number in range(20)]
    certificates = [made.certificate_bag(one.value.der) for one in (MID, WEB, ROOT, WEB)]
    reading = load(made.file(made.contents(*keys, *certificates)))
    assert [("", 1), ("key 0", 1), ("", 1), ("key 1", 1), ("key 2", 0)] == [
        (one.alias, len(one.certificates)) for one in reading.entries[:5]
    ]
    assert (22, 20) == (len(reading.entries), len(worked))


RC4 = seq(oid("1.2.840.113549.1.12.1.1"), seq(octets(b"salt"), number(1)))


def test_a_way_that_is_not_known_is_no_wrong_password() -> None:
    """In PKCS#8, PKCS#12 and key stores: with a password the algorithm is told; the key counts as one that is there."""
    locked = seq(RC4, octets(bytes(16)))
    p12 = made.file(made.contents(made.bag(made.LOCKED_BAG, locked)))
    jks = java_stores.write("JKS", [Made("web", (WEB.value.der,), locked)], "geheim")
    for data in (locked, p12, jks):
        reading = load(data, passwords=[b"geheim"])
        lost = [one for one in reading.findings if one.code is not Code.CONTAINER_UNPROVEN]
        assert [(Code.UNREADABLE, "unsupported")] == [(one.code, one.evidence["reason"]) for one in lost]
        assert (1, 1) == (reading.encrypted_keys, load(data).encrypted_keys)


def test_everything_else_in_a_pkcs12_file_is_read_or_told() -> None:
    """CRLs; rubbish in each kind of bag; a secret, which is nobody's fault."""
    info = made.contents(
        made.crl_bag(CRL.der),
        made.crl_bag(b"x"),
        made.certificate_bag(b"x"),
        made.bag(made.KEY_BAG, seq()),
        made.bag(made.SECRET_BAG, seq()),
        made.certificate_bag(b"", kind=made.SDSI),
    )
    reading = load(made.file(info))
    assert ((CRL,), 5) == (reading.crls, reading.lost)
    assert [
        UNPROVEN_NOTE,
        *[(Code.UNREADABLE, Severity.ERROR)] * 3,
        (Code.PASSED_OVER, Severity.NOTE),
        (Code.UNREADABLE, Severity.ERROR),
    ] == told(reading)


def test_a_locked_file_is_told_with_what_was_tried() -> None:
    """Begun and lost, without a word of any password."""
    data = pkcs12.serialize_key_and_certificates(
        b"", WEB.key, WEB.cert, [], BestAvailableEncryption(b"geheim")
    )
    for passwords in ([], [b"Geheim", b"xyz"]):
        reading = load(data, passwords=passwords)
        assert [(Code.CONTAINER_LOCKED, Severity.ERROR)] == told(reading)
        assert {"kind": "pkcs12", "offset": 0, "tried": len(passwords)} == reading.findings[0].evidence
    assert (2, []) == (load(data, passwords=[b"geheim"]).loaded, told(load(data, passwords=[b"geheim"])))


def test_rc2_is_told() -> None:
    """It was read, and OpenSSL 3 would not."""
    rc2 = seq(oid("1.2.840.113549.1.12.1.6"), seq(octets(b"salt"), number(1)))
    reading = load(
        made.file(made.locked_contents(rc2, bytes(8)), made.contents(made.certificate_bag(WEB.value.der)))
    )
    assert (WEB.value,) == reading.certificates
    assert Form.RC2 in [one.evidence.get("form") for one in reading.findings]


JKS = java_stores.locked_as_jks(pkcs8(WEB), "geheim")
ENTRIES = (Made("web", (WEB.value.der, MID.value.der), JKS), Made("root", (ROOT.value.der,)))


@pytest.mark.parametrize("kind", ["JKS", "JCEKS"])
def test_a_key_store_of_java_gives_up_its_entries(kind: str) -> None:
    """Certificates to everybody, the key to who has its password, and proof with it."""
    data = java_stores.write(kind, ENTRIES, "geheim")
    reading = load(data, passwords=[b"other", b"geheim"])
    assert (WEB.value, MID.value, ROOT.value) == reading.certificates
    assert ["web", "root"] == [one.alias for one in reading.entries]
    (key,) = reading.keys
    assert (WEB.private_key.public_key, key) == (key.public_key, reading.entries[0].key)
    assert ([], (kind.lower(),)) == (told(reading), reading.containers)
    closed = load(data)
    assert (3, 1, [UNPROVEN_NOTE]) == (len(closed.certificates), closed.encrypted_keys, told(closed))
    assert (True, False) == (closed.entries[0].locked, closed.entries[1].locked)
    wrong = load(data, passwords=[b"other"])
    assert [(Code.CONTAINER_UNPROVEN, Severity.WARNING)] == told(wrong)


def test_entries_behind_damage_are_counted_as_lost() -> None:
    """How many there should be stands at the beginning."""
    data = bytearray(java_stores.write("JKS", ENTRIES, "geheim"))
    data[8:12] = struct.pack(">I", 5)
    reading = load(bytes(data))
    assert (3, 3) == (len(reading.certificates), reading.lost)
    assert (Code.UNREADABLE, Severity.ERROR) in told(reading)
    broken = java_stores.write("JKS", [Made("x", (b"no certificate",))], "geheim")
    assert [(UNPROVEN_NOTE), (Code.UNREADABLE, Severity.ERROR)] == told(load(broken))
    assert () == load(broken).entries[0].certificates


def test_what_stands_in_pkcs7_beside_certificates_is_read_or_told() -> None:
    """CRLs are read; certificates of other forms are passed over; an empty message is a loss."""

    def message(*groups: bytes) -> bytes:
        signed = seq(number(1), der(0x31), seq(oid("1.2.840.113549.1.7.1")), *groups, der(0x31))
        return seq(oid("1.2.840.113549.1.7.2"), explicit(signed))

    other = der(0xA1, octets(b"x"))
    data = message(der(0xA0, WEB.value.der, other), der(0xA1, CRL.der, seq()))
    reading = load(data)
    assert ((WEB.value,), (CRL,), ("pkcs7",)) == (reading.certificates, reading.crls, reading.containers)
    assert [(Code.PASSED_OVER, Severity.NOTE), (Code.UNREADABLE, Severity.ERROR)] == told(reading)
    assert other == data[int(str(reading.findings[0].evidence["offset"])) :][: len(other)]
    assert [(Code.UNREADABLE, Severity.ERROR)] == told(load(message()))
    cut = message(der(0xA0, WEB.value.der))
    assert [(Code.UNREADABLE, Severity.ERROR)] == told(load(seq(oid("1.2.840.113549.1.7.2"), octets(cut))))


def test_a_loss_knows_where_its_container_begins() -> None:
    """Offsets count from the beginning of the file."""
    pile = Pile("x")
    Unpacker(pile, ()).keep_java_store(b"\xfe\xed\xfe\xed" + bytes(40), 7)
    assert 11 == pile.findings[0].evidence["offset"]


def test_what_nobody_would_read_to_the_end_is_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """In DER, PEM, PKCS#7, PKCS#12 and key stores alike: the last finding says that there are more."""
    monkeypatch.setattr("warifu.domain.x509.unpacking._MOST_FINDINGS", 3)
    signed = seq(number(1), der(0x31), seq(), der(0xA0, *[seq()] * 9), der(0x31))
    rubbish = {
        "der": seq() * 9,
        "pem": b"-----BEGIN CERTIFICATE-----\n" * 9,
        "pkcs7": seq(oid("1.2.840.113549.1.7.2"), explicit(signed)),
        "pkcs12": made.file(made.contents(*[made.certificate_bag(b"x")] * 9)),
        "jks": java_stores.write("JKS", [Made("x", (b"x",))] * 9, "x"),
        "base64": base64.b64encode(seq() * 60),
    }
    for kind, data in rubbish.items():
        reading = load(data)
        faults = [one for one in reading.findings if one.code is not Code.ODD_FORM]
        assert (kind, 4, "too many of them") == (kind, len(faults), faults[-1].evidence["reason"])
        assert reading.begun == reading.loaded + reading.lost
    assert 4 == len(load(rubbish["der"] + b"more").findings)


def test_a_bundle_of_bundles_is_cut_short_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands behind the place where reading stopped is not read either."""
    monkeypatch.setattr("warifu.domain.x509.unpacking._MOST_FINDINGS", 3)
    bundle = made.file(made.contents(*[made.certificate_bag(b"x")] * 9))
    faults = [one for one in load(bundle * 3).findings if one.code is not Code.ODD_FORM]
    assert 4 == len(faults)
