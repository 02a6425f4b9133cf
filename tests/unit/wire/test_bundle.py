"""A bundle's document: the same bytes for the same version, and one bad object holds up nobody."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta, timezone
from typing import Any

import pytest

from support.pki import NOW, make_ca, make_key
from warifu.domain.directory import Anchor, AnchorKind, Published, Standing
from warifu.domain.findings import Code
from warifu.domain.x509 import PrivateKey, Sha256
from warifu.errors import UsageError
from warifu.wire.bundle import bundle_name, crl_name, encode, read_bundle, read_documents, to_documents

ROOT, OTHER = make_ca("Root"), make_ca("Other")
LEAF = ROOT.leaf("web.example")
CRLS = tuple(sorted((one.crl() for one in (ROOT, OTHER)), key=lambda one: one.fingerprint.hex))
ANCHORS = tuple(
    sorted(
        (
            Anchor(ROOT.value, "root"),
            Anchor(OTHER.value, standing=Standing.QUARANTINED),
            Anchor(LEAF.value, "ピン", AnchorKind.LEAF),
        ),
        key=lambda one: one.key.hex,
    )
)
SHOP = Published("shop", 7, NOW, ANCHORS, CRLS, "ab" * 32)
PLACE = next(place for place, one in enumerate(ANCHORS) if one.key == ROOT.value.fingerprint)

Change = Callable[[dict[str, Any]], object]


def changed(change: Change) -> bytes:
    document = json.loads(encode(SHOP))
    change(document)
    return json.dumps(document).encode()


def test_what_is_written_is_read_again() -> None:
    """Everything, the quarantined anchor with its bytes and the pinned leaf included."""
    read = read_documents(to_documents(SHOP), "shop")
    assert (SHOP, ()) == (read.published, read.faults)
    assert [(one.fingerprint.hex, len(one.der)) for one in CRLS] == [
        (one.sha256, one.length) for one in read.crls
    ]


def test_nothing_published_yet_is_a_version_too() -> None:
    """Version 0 without an instant."""
    assert Published("shop") == read_bundle(encode(Published("shop")), "shop").published


def test_what_left_by_plan_is_told_with_later_versions() -> None:
    """Sorted, so that the same is the same."""
    keys = [Sha256.of(b"a"), Sha256.of(b"b")]
    assert frozenset(keys) == read_bundle(encode(SHOP, keys), "shop").planned
    assert encode(SHOP, keys) == encode(SHOP, keys[::-1])
    assert frozenset() == read_bundle(encode(SHOP), "shop").planned


def test_the_same_version_has_the_same_bytes() -> None:
    """Whatever order its objects were given in, and in whatever time zone."""
    tokyo = NOW.astimezone(timezone(timedelta(hours=9)))
    shuffled = replace(SHOP, anchors=ANCHORS[::-1], crls=CRLS[::-1], at=tokyo)
    assert encode(SHOP) == encode(shuffled)
    assert encode(SHOP) == encode(read_documents(to_documents(SHOP), "shop").published)
    assert encode(SHOP).isascii()


def test_names_of_documents() -> None:
    """Below the trust domain's own name."""
    assert ("shop/bundle.json", "shop/crls/00.crl") == (bundle_name("shop"), crl_name("shop", "00"))


def _drop(name: str) -> Change:
    return lambda document: document.pop(name)


def _put(name: str, value: object) -> Change:
    return lambda document: document.update({name: value})


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (_put("format", "1"), "/format"),
        (_put("format", True), "/format"),
        (_put("format", 0), "/format"),
        (_drop("format"), "/format"),
        (_drop("anchors"), "/anchors"),
        (_put("extra", 1), "/extra"),
        (_put("anchors", {}), "/anchors"),
        (_put("crls", None), "/crls"),
        (_put("version", -1), "/version"),
        (_put("version", True), "/version"),
        (_put("version", 1.0), "/version"),
        (_put("version", 2**53 + 1), "/version"),
        (_put("at", "2026-06-01T12:00:00"), "/at"),
        (_put("at", "yesterday"), "/at"),
        (_put("at", "0001-01-01T00:00:00+23:00"), "/at"),
        (_put("at", 1), "/at"),
        (_put("plan", "abc"), "/plan"),
        (_put("planned", "ab" * 32), "/planned"),
        (_put("planned", ["abc"]), "/planned"),
        (_put("planned", [1]), "/planned"),
        (_put("domain", "Shop"), "/domain"),
        (_put("domain", 1), "/domain"),
    ],
)
def test_a_wrong_frame_is_refused_whole(change: Change, path: str) -> None:
    """It names the place."""
    with pytest.raises(UsageError) as refused:
        read_bundle(changed(change), "shop")
    assert ("bundle.malformed", path) == (refused.value.code, refused.value.values["path"])


@pytest.mark.parametrize("data", [b"", b"\xff", b"[]", b"{", b"[" * 100_000, b"9" * 5_000])
def test_what_is_no_document_is_refused(data: bytes) -> None:
    """Whatever it is."""
    with pytest.raises(UsageError) as refused:
        read_bundle(data, "shop")
    assert "bundle.malformed" == refused.value.code


def test_a_later_format_is_named() -> None:
    """This release says up to which it reads, whatever else stands there."""
    with pytest.raises(UsageError) as refused:
        read_bundle(b'{"format": 2, "objects": []}', "shop")
    assert ("bundle.format-unknown", {"found": 2, "known": 1}) == (refused.value.code, refused.value.values)


def test_another_domains_bundle_is_refused() -> None:
    """However good it is in itself."""
    with pytest.raises(UsageError) as refused:
        read_bundle(encode(SHOP), "office")
    assert "bundle.other-domain" == refused.value.code


def test_no_bundle_is_refused() -> None:
    """CRLs alone are no trust domain."""
    with pytest.raises(UsageError) as refused:
        read_documents({}, "shop")
    assert "bundle.malformed" == refused.value.code


def _anchor(**changes: object) -> Change:
    return lambda document: document["anchors"][PLACE].update(changes)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


NO_CERTIFICATE = b"\x30\x03\x02\x01\x00"
KEYS = [PrivateKey(make_key("rsa")), ROOT.private_key]


@pytest.mark.parametrize(
    ("change", "code", "reason"),
    [
        (_anchor(der="?"), Code.BUNDLE_ENTRY_UNREADABLE, "entry-not-base64"),
        (_anchor(der="é"), Code.BUNDLE_ENTRY_UNREADABLE, "entry-not-base64"),
        (_anchor(der=1), Code.BUNDLE_ENTRY_UNREADABLE, "entry-form"),
        (_anchor(kind="root"), Code.BUNDLE_ENTRY_UNREADABLE, "entry-form"),
        (_anchor(standing="gone"), Code.BUNDLE_ENTRY_UNREADABLE, "entry-form"),
        (_anchor(sha256="00"), Code.BUNDLE_ENTRY_UNREADABLE, "entry-form"),
        (_anchor(extra="x"), Code.BUNDLE_ENTRY_UNREADABLE, "entry-form"),
        (_anchor(alias="a\x1b[2J"), Code.BUNDLE_ENTRY_UNREADABLE, "entry-alias"),
        (_anchor(alias="../x"), Code.BUNDLE_ENTRY_UNREADABLE, "entry-alias"),
        (_anchor(alias="x" * 256), Code.BUNDLE_ENTRY_UNREADABLE, "entry-alias"),
        (_anchor(alias="\ud800"), Code.BUNDLE_ENTRY_UNREADABLE, "entry-alias"),
        (_anchor(sha256="0" * 64), Code.BUNDLE_ENTRY_DIFFERS, None),
        (
            _anchor(der=_base64(NO_CERTIFICATE), sha256=Sha256.of(NO_CERTIFICATE).hex),
            Code.BUNDLE_ENTRY_UNREADABLE,
            "malformed",
        ),
        (
            lambda document: document["anchors"].__setitem__(PLACE, 1),
            Code.BUNDLE_ENTRY_UNREADABLE,
            "entry-form",
        ),
        (_anchor(der=_base64(KEYS[0].to_pkcs8_der())), Code.BUNDLE_HOLDS_KEY, None),
        (_anchor(der=_base64(KEYS[1].to_pkcs8_der())), Code.BUNDLE_HOLDS_KEY, None),
        (_anchor(der=_base64(ROOT.pem + KEYS[1].to_pkcs8())), Code.BUNDLE_HOLDS_KEY, None),
        (_anchor(alias=KEYS[1].to_encrypted_pkcs8(b"x").decode()), Code.BUNDLE_HOLDS_KEY, None),
    ],
)
def test_one_bad_anchor_is_set_aside(change: Change, code: Code, reason: str | None) -> None:
    """Its place is named, the others are read, and nothing of a key is repeated."""
    read = read_bundle(changed(change), "shop")
    (fault,) = read.faults
    assert (code, "shop", f"anchors[{PLACE}]") == (fault.code, fault.subject, fault.evidence["part"])
    assert reason == fault.evidence.get("reason")
    assert [one for one in ANCHORS if one.key != ROOT.value.fingerprint] == list(read.published.anchors)
    assert "PRIVATE" not in repr(fault)


def test_an_anchor_listed_twice_counts_once() -> None:
    """The second is set aside."""
    read = read_bundle(changed(lambda document: document["anchors"].append(document["anchors"][0])), "shop")
    assert ANCHORS == read.published.anchors
    assert ["entry-twice"] == [one.evidence["reason"] for one in read.faults]


@pytest.mark.parametrize(
    "entry",
    [1, {"sha256": "0" * 64}, {"sha256": "x", "length": 1}, {"sha256": "0" * 64, "length": 0},
     {"sha256": "0" * 64, "length": True}, {"sha256": 1, "length": 1}],
)  # fmt: skip
def test_one_bad_entry_of_a_crl_is_set_aside(entry: object) -> None:
    """The other CRLs are wanted still."""
    read = read_bundle(changed(lambda document: document["crls"].append(entry)), "shop")
    assert (2, ["entry-form"]) == (len(read.crls), [one.evidence["reason"] for one in read.faults])


def test_a_crl_listed_twice_counts_once() -> None:
    """The second is set aside."""
    read = read_bundle(changed(lambda document: document["crls"].append(document["crls"][0])), "shop")
    assert (2, ["entry-twice"]) == (len(read.crls), [one.evidence["reason"] for one in read.faults])


def test_one_bad_crl_is_set_aside() -> None:
    """Absent, another one, or none at all: anchors and the other CRL are read."""
    name = crl_name("shop", CRLS[0].fingerprint.hex)
    good = to_documents(SHOP)
    for documents, code, reason in (
        (
            {one: data for one, data in good.items() if one != name},
            Code.BUNDLE_ENTRY_UNREADABLE,
            "entry-absent",
        ),
        ({**good, name: CRLS[1].der}, Code.BUNDLE_ENTRY_DIFFERS, None),
        (_with_crl(good, NO_CERTIFICATE), Code.BUNDLE_ENTRY_UNREADABLE, "malformed"),
    ):
        read = read_documents(documents, "shop")
        (fault,) = read.faults
        assert (code, reason) == (fault.code, fault.evidence.get("reason"))
        assert (ANCHORS, CRLS[1:]) == (read.published.anchors, read.published.crls)


def _with_crl(good: dict[str, bytes], data: bytes) -> dict[str, bytes]:
    """The first CRL replaced by bytes that are listed as they are."""
    document = json.loads(good["shop/bundle.json"])
    sha256 = Sha256.of(data).hex
    document["crls"][0] = {"sha256": sha256, "length": len(data)}
    return {**good, "shop/bundle.json": json.dumps(document).encode(), crl_name("shop", sha256): data}
