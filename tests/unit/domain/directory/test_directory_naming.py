"""Which published anchor a person means."""

from __future__ import annotations

import contextlib
import hashlib
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.directory_cases import NEW, OLD, published
from support.malformed import with_key_of_no_kind
from support.pki import make_ca, make_key
from warifu.domain.directory import Anchor, find_anchor, find_by_key_id, shown_key_ids
from warifu.errors import RefusedError, UsageError, WarifuError

NO_SKI = make_ca("Older Still", ski=False)
SHOP = published(Anchor(OLD.value, "shop-old"), NEW, NO_SKI)
_RSA = make_ca("RSA", key=make_key("rsa"))
SKI = str(OLD.value.subject_key_id)


def colons(digits: str) -> str:
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))


def sha1(der: bytes) -> str:
    return hashlib.sha1(der, usedforsecurity=False).hexdigest()


@pytest.mark.parametrize(
    "text",
    [
        "Shop-Old",
        " shop-old ",
        sha1(OLD.value.der),
        colons(sha1(OLD.value.der).upper()),
        OLD.value.fingerprint.hex,
        colons(OLD.value.fingerprint.hex),
        OLD.value.fingerprint.hex[:12],
        SKI,
        colons(SKI),
        f"{OLD.value.serial:x}",
        "CN=Old Root",
        "Old Root",
    ],
    ids=count(),
)
def test_every_notion_finds_it(text: str) -> None:
    """Alias, either thumbprint, key id with or without colons, serial, subject."""
    assert OLD.value == find_anchor(text, SHOP).certificate


def test_an_anchor_without_a_key_id_has_both_that_tools_make_up() -> None:
    """A VMDIR hashes the whole SubjectPublicKeyInfo, RFC 5280 the bits of the key alone."""
    legacy, standard = shown_key_ids(Anchor(NO_SKI.value))
    key = NO_SKI.value.public_key
    assert key is not None
    assert (sha1(key.spki).upper(), make_ca("x", key=NO_SKI.key).value.subject_key_id) == (
        legacy.hex,
        standard,
    )
    assert [NO_SKI.value] * 4 == [
        find(text.hex, SHOP).certificate
        for find in (find_anchor, find_by_key_id)
        for text in (legacy, standard)
    ]
    assert (OLD.value.subject_key_id,) == shown_key_ids(Anchor(OLD.value))
    assert () == shown_key_ids(Anchor(with_key_of_no_kind(_RSA.intermediate("Odd", ski=False)).value))


@pytest.mark.req("S0-23")
def test_a_subject_of_two_lists_both() -> None:
    """It names neither; their key ids do."""
    twins = (make_ca("psc1"), make_ca("psc1"))
    with pytest.raises(RefusedError) as met:
        find_anchor("CN=psc1", published(*twins, OLD))
    assert ("estate.ambiguous-name", 2) == (met.value.code, met.value.values["count"])
    assert all(str(one.value.subject_key_id) in str(met.value.values["matches"]) for one in twins)


def test_a_key_id_of_two_lists_both() -> None:
    """A renewal has the key id of what it renews."""
    present = published(OLD, make_ca("Old Root", key=OLD.key))
    for find in (find_anchor, find_by_key_id):
        with pytest.raises(RefusedError, match=r"estate\.ambiguous-name"):
            find(SKI, present)


@pytest.mark.req("S0-24")
@pytest.mark.parametrize("text", [SKI, colons(SKI), SKI.lower()], ids=count())
def test_a_key_id_is_compared_without_colons_and_case(text: str) -> None:
    """As a store prints it, and as a directory does; one digit changed names nobody."""
    assert OLD.value == find_by_key_id(text, SHOP).certificate
    changed = ("0" if text[0] != "0" else "1") + text[1:]
    with pytest.raises(UsageError, match=r"directory\.no-such-key-id"):
        find_by_key_id(changed, SHOP)


@pytest.mark.req("S0-25")
@pytest.mark.parametrize("text", [sha1(OLD.value.der), OLD.value.fingerprint.hex], ids=count())
def test_a_fingerprint_is_named_as_one(text: str) -> None:
    """Where a key id is meant, with the id that was meant."""
    with pytest.raises(UsageError, match=r"directory\.fingerprint-not-key-id") as met:
        find_by_key_id(text, SHOP)
    assert (SKI,) == met.value.values["id"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nobody", "directory.no-such-anchor"),
        ("", "directory.no-such-anchor"),
        ("ab" * 20, "estate.key-id-of-nobody"),
        ("ab" * 32, "estate.fingerprint-of-nobody"),
    ],
)
def test_what_names_nobody_is_said(text: str, code: str) -> None:
    """By its form, where that tells what was meant."""
    with pytest.raises(UsageError, match=code):
        find_anchor(text, SHOP)


@given(st.text(max_size=80))
def test_whatever_is_typed_only_our_errors_come_out(text: str) -> None:
    """No text ends in anything else."""
    for find in (find_anchor, find_by_key_id):
        with contextlib.suppress(WarifuError):
            assert find(text, SHOP) in SHOP.anchors
