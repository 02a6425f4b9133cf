"""Roots made off the server: whom they name, who may sign them, what is said of them."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from support.bundles import Server
from support.pki import NOW
from support.roots import Holders
from warifu.adapters.bundles.key_folder import new_key, open_key, public_of
from warifu.adapters.bundles.root_ceremony import (
    Given,
    Wish,
    check_follows,
    combine,
    key_document,
    key_id_of,
    look_at,
    make_root,
    threshold_of,
)
from warifu.domain.x509 import PrivateKey
from warifu.errors import RefusedError, UsageError, WarifuError


@pytest.fixture
def first(tmp_path: Path) -> bytes:
    """A root on trial."""
    return Server.begun(tmp_path).kept["1.root.json"]


@pytest.fixture
def holders() -> Holders:
    """Three people with a root key each."""
    return Holders.made("Ito", "Sato", "Abe")


def given(data: bytes, path: str = "x.json") -> Given:
    return Given(path, data)


def code(refused: pytest.ExceptionInfo[WarifuError]) -> str:
    return refused.value.code


def test_who_has_signed_is_said_by_name(first: bytes, holders: Holders) -> None:
    """Of the root's own keys and of those before, and how many are missing of each."""
    root = holders.sign(holders.root(first), "Ito")
    seen = look_at(given(root), given(first))
    assert {"Ito": True, "Sato": False, "Abe": False} == {one.name: one.is_signed for one in seen.own.keys}
    assert (2, 2, 1) == (seen.version, seen.own.threshold, seen.own.lacking)
    assert seen.before is not None
    assert (1, 1) == (seen.before.threshold, seen.before.lacking)
    assert (False, False) == (seen.is_whole, seen.is_trial)
    assert NOW + timedelta(days=730) == seen.expires


def test_a_forged_signature_does_not_count(first: bytes, holders: Holders) -> None:
    """Neither where it is looked at, nor does it push a good one out where copies are combined."""
    root = holders.root(first)
    good = holders.sign(root, "Ito")
    forged = json.loads(good)
    forged["signatures"][0]["sig"] = "00" * 64
    bad = json.dumps(forged).encode()
    assert 2 == look_at(given(bad), None).own.lacking
    for both in ([given(bad), given(good)], [given(good), given(bad)]):
        assert 1 == look_at(given(combine(both)), None).own.lacking


def test_copies_are_combined_whatever_their_order(first: bytes, holders: Holders) -> None:
    """Each signed on a machine of its own."""
    root = holders.root(first)
    copies = [given(holders.sign(root, name)) for name in ("Ito", "Abe")]
    for order in (copies, copies[::-1]):
        assert 0 == look_at(given(combine(order)), None).own.lacking


def test_other_roots_are_not_combined(first: bytes, holders: Holders) -> None:
    """Two that differ in nothing but their expiry are two."""
    later = holders.root(first, now=NOW + timedelta(days=1))
    with pytest.raises(RefusedError) as refused:
        combine([given(holders.root(first)), given(later, "later.json")])
    assert ("bundle.documents-differ", "later.json") == (code(refused), refused.value.values["path"])


def test_only_keys_that_are_asked_sign(first: bytes, holders: Holders) -> None:
    """One of the root before is, once that root is named."""
    root = holders.root(first)
    stranger = Holders({**holders.keys, **Holders.made("Eve").keys})
    with pytest.raises(RefusedError) as refused:
        stranger.sign(root, "Eve")
    assert "bundle.key-not-asked" == code(refused)
    second = holders.sign(root, "Ito")
    third = stranger.root(second, "Sato", "Abe", "Eve")
    with pytest.raises(RefusedError):
        stranger.sign(third, "Ito")
    assert 1 == look_at(given(stranger.sign(third, "Ito", before=second)), given(second)).before.lacking  # type: ignore[union-attr]


def test_what_is_not_given_stays(first: bytes, holders: Holders) -> None:
    """Root keys with their names, and the online key."""
    second = holders.root(first)
    third = make_root(given(second), Wish([], threshold_of(given(second))), now=NOW)
    before, after = look_at(given(second), None), look_at(given(third), None)
    assert (before.own, before.online, before.version + 1) == (after.own, after.online, after.version)


@pytest.mark.parametrize("threshold", [0, 4])
def test_a_threshold_that_cannot_be_met_is_refused(first: bytes, holders: Holders, threshold: int) -> None:
    """Before anything is written."""
    with pytest.raises(UsageError) as refused:
        holders.root(first, threshold=threshold)
    assert "bundle.threshold" == code(refused)


def test_one_key_of_one_stays_a_trial(first: bytes, holders: Holders) -> None:
    """Whoever holds it."""
    assert look_at(given(holders.root(first, "Ito", threshold=1)), None).is_trial


def test_a_key_counts_once(first: bytes, holders: Holders) -> None:
    """Given twice, or written into a root under two ids."""
    with pytest.raises(RefusedError) as refused:
        holders.root(first, "Ito", "Ito")
    assert "root-key-twice" == refused.value.values["reason"]
    document = json.loads(holders.root(first))
    keys, own = document["signed"]["keys"], document["signed"]["roles"]["root"]["keyids"]
    keys["ab" * 32] = keys[own[0]]
    own[1] = "ab" * 32
    with pytest.raises(RefusedError) as refused:
        check_follows(json.dumps(document).encode(), first, now=NOW)
    assert "root-key-twice" == refused.value.values["reason"]


def test_a_root_holds_all_keys_that_it_names(first: bytes, holders: Holders) -> None:
    """A role whose key is missing could never be signed for."""
    root = holders.sign(holders.root(first), "Ito", "Sato")
    document = json.loads(root)
    del document["signed"]["keys"][document["signed"]["roles"]["snapshot"]["keyids"][0]]
    with pytest.raises(RefusedError) as refused:
        check_follows(json.dumps(document).encode(), first, now=NOW)
    assert "root-key-absent" == refused.value.values["reason"]


def test_a_root_key_is_no_online_key(tmp_path: Path, first: bytes, holders: Holders) -> None:
    """Else whoever takes the server has it."""
    document = json.loads(key_document(holders.keys["Ito"], "Ito"))
    online = json.dumps({**document, "kind": "online-key"}).encode()
    with pytest.raises(RefusedError) as refused:
        holders.root(first, online=online)
    assert "root-keys-shared" == refused.value.values["reason"]


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff", b'{"signed": 1, "signatures": []}'])
def test_what_is_no_root_is_named(first: bytes, holders: Holders, data: bytes) -> None:
    """Wherever a root is wanted."""
    for call in (
        lambda: look_at(given(data, "odd.json"), None),
        lambda: combine([given(first), given(data, "odd.json")]),
        lambda: make_root(given(data, "odd.json"), Wish(holders.public(), 2), now=NOW),
    ):
        with pytest.raises(UsageError) as refused:
            call()
        assert ("bundle.not-a-root", "odd.json") == (code(refused), refused.value.values["path"])


def _document(**changes: object) -> bytes:
    return json.dumps({**json.loads(key_document(new_key(), "Ito")), **changes}).encode()


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", _document(kind="online-key"), _document(key={}), _document(format="x"), _document(key=1)],
)  # fmt: skip
def test_what_is_no_public_key_is_named(first: bytes, data: bytes) -> None:
    """Also the server's key in place of a person's."""
    with pytest.raises(UsageError) as refused:
        make_root(given(first), Wish([given(data, "odd.pub")], 1), now=NOW)
    assert ("bundle.not-a-key-document", "odd.pub") == (code(refused), refused.value.values["path"])


def test_a_later_public_key_is_named(first: bytes) -> None:
    """This release says what it reads."""
    with pytest.raises(UsageError) as refused:
        make_root(given(first), Wish([given(_document(format=2))], 1), now=NOW)
    assert "bundle.format-unknown" == code(refused)


def test_ids_are_computed_and_never_believed() -> None:
    """The id of a request is that of its key, whatever is written beside it."""
    key = new_key()
    request = json.dumps({"format": 1, "kind": "online-key", "key": public_of(key).to_dict(), "keyid": "00"})
    assert public_of(key).keyid == key_id_of(request.encode())


def test_another_kind_of_key_does_not_sign() -> None:
    """Ed25519 alone is made and taken for roots."""
    pem = PrivateKey(ec.generate_private_key(ec.SECP256K1())).to_pkcs8()
    with pytest.raises(UsageError) as refused:
        open_key(pem, "k1.pem", None)
    assert "bundle.not-a-key" == code(refused)


def test_a_locked_key_wants_its_passphrase() -> None:
    """A wrong one and none are the same."""
    pem = new_key().to_encrypted_pkcs8(b"right")
    for passphrase in (b"wrong", None):
        with pytest.raises(RefusedError) as refused:
            open_key(pem, "ito.key", passphrase)
        assert "bundle.key-locked" == code(refused)
    assert "PrivateKey(***)" == repr(open_key(pem, "ito.key", b"right"))
