"""What a target wants is put together by signatures; what is missing is named."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest

from support.pki import DAY, NOW, make_ca, make_key
from support.usages import key_usage
from warifu.domain.findings import Lang, say_error
from warifu.domain.trust.packing import (
    CHAIN,
    CHAIN_WITH_ROOT,
    LEAF,
    assemble,
    choose_leaf,
    differences,
    key_for,
    trust_of,
)
from warifu.domain.x509 import Certificate
from warifu.errors import RefusedError, UsageError, WarifuError

ROOT = make_ca("Root")
MID = ROOT.intermediate("Mid")
LOW = MID.intermediate("Low")
WEB = LOW.leaf("web.example", "www.example")
SHOP = LOW.leaf("shop.example")
WHOLE = (WEB.value, LOW.value, MID.value, ROOT.value)
BAG = (ROOT.value, SHOP.value, MID.value, WEB.value, LOW.value, MID.value)


def code(error: pytest.ExceptionInfo[WarifuError]) -> str:
    return error.value.code


@pytest.mark.req("S4-09", "S4-11")
def test_each_form_is_made_of_the_same_heap() -> None:
    """The leaf alone; leaf and intermediates; up to the self-issued root: in order, each once."""
    made = {form: assemble(WEB.value, BAG, form, NOW) for form in (LEAF, CHAIN, CHAIN_WITH_ROOT)}
    assert ((WEB.value,), WHOLE[:-1], WHOLE) == tuple(one.certificates for one in made.values())
    assert {None} == {one.missing for one in made.values()}
    assert made[CHAIN_WITH_ROOT].certificates[-1].is_self_issued


def test_a_self_signed_leaf_is_its_own_chain() -> None:
    """Nothing stands above it, and it stays in every form."""
    alone = make_ca("alone.example").value
    for form in (LEAF, CHAIN, CHAIN_WITH_ROOT):
        assert (alone,) == assemble(alone, (alone, *BAG), form, NOW).certificates


@pytest.mark.req("S3-26")
def test_a_missing_issuer_is_named() -> None:
    """The longest way is kept, and whose issuer is not there is said."""
    made = assemble(WEB.value, (LOW.value, ROOT.value), CHAIN, NOW)
    assert WHOLE[:2] == made.certificates
    assert made.missing is not None
    assert (LOW.value, ()) == (made.missing.child, made.missing.namesakes)
    other = make_ca("Root").intermediate("Mid").value
    named = assemble(WEB.value, (LOW.value, other, ROOT.value), CHAIN, NOW).missing
    assert named is not None
    assert (other,) == named.namesakes


def test_of_several_issuers_of_one_name_the_one_that_signed_is_taken() -> None:
    """A namesake with another key stands first in the heap and is passed by."""
    false = make_ca("Root").intermediate("Mid")
    assert WHOLE == assemble(WEB.value, (false.value, *BAG), CHAIN_WITH_ROOT, NOW).certificates


def test_a_valid_issuer_is_preferred_to_an_expired_one_of_the_same_key() -> None:
    """A renewed intermediate of the same key stands beside the old one."""
    old = ROOT.intermediate("Low", key=LOW.key, expired=True).value
    straight = ROOT.intermediate("Low", key=LOW.key, end=NOW + 5 * DAY).value
    assert straight in assemble(WEB.value, (old, straight, ROOT.value), CHAIN, NOW).certificates
    later = NOW + timedelta(days=6)
    both = assemble(WEB.value, (old, straight, *BAG), CHAIN_WITH_ROOT, later).certificates
    assert WHOLE == both


def test_an_issuer_that_is_not_valid_yet_waits() -> None:
    """Though it lasts longest: people prepare renewals."""
    coming = ROOT.intermediate("Low", key=LOW.key, start=NOW + DAY, end=NOW + 9000 * DAY).value
    present = ROOT.intermediate("Low", key=LOW.key, end=NOW + 5 * DAY).value
    assert (WEB.value, present) == assemble(WEB.value, (coming, present, ROOT.value), CHAIN, NOW).certificates


def test_a_way_that_ends_nowhere_is_left_for_one_that_holds() -> None:
    """A cross-signed issuer whose own issuer is absent does not spoil the chain, whatever comes first."""
    elsewhere = make_ca("Elsewhere").intermediate("Low", key=LOW.key, end=NOW + 9000 * DAY).value
    assert WHOLE == assemble(WEB.value, (elsewhere, *BAG), CHAIN_WITH_ROOT, NOW).certificates


def test_a_root_that_did_not_sign_itself_is_no_end() -> None:
    """A forged self-issued certificate is not taken for a root."""
    root = make_ca("Root", aki=False, ski=False)
    forger = make_ca("Root", aki=False, ski=False)
    forged = forger.intermediate("Root", key=root.key, aki=False, ski=False).value
    leaf = root.leaf("web.example", aki=False)
    made = assemble(leaf.value, (forged,), CHAIN_WITH_ROOT, NOW)
    assert ((leaf.value, forged), False) == (made.certificates, made.missing is None)


def test_depth_is_bounded() -> None:
    """A ladder without end ends."""
    top, rungs = ROOT, []
    for number in range(40):
        top = top.intermediate(f"Rung {number}")
        rungs.append(top.value)
    made = assemble(top.leaf("deep.example").value, (*rungs, ROOT.value), CHAIN, NOW)
    assert made.missing is not None
    assert 33 == len(made.certificates)


def test_a_heap_of_look_alikes_ends() -> None:
    """Eight generations of eight certificates of one key and name are more ways than anybody can go."""
    keys = [make_key() for _ in range(9)]
    heap, above = [], make_ca("Nowhere")
    for key in keys:
        rung = [above.intermediate(f"Rung {keys.index(key)}", key=key) for _ in range(8)]
        heap += [one.value for one in rung]
        above = rung[0]
    made = assemble(above.leaf("deep.example").value, heap, CHAIN, NOW)
    assert made.missing is not None
    assert 10 == len(made.certificates)


def test_more_namesakes_than_are_tried_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the child names by key id is tried first; where nothing tells them apart, it is said that not all were."""
    monkeypatch.setattr("warifu.domain.trust.packing._MOST_CHECKS", 4)
    false = [make_ca("Root").intermediate("Low").value for _ in range(5)]
    assert WHOLE == assemble(WEB.value, (*false, *BAG), CHAIN_WITH_ROOT, NOW).certificates
    bare = LOW.leaf("bare.example", aki=False).value
    with pytest.raises(UsageError) as caught:
        assemble(bare, (*false, *BAG), CHAIN, NOW)
    assert ("pack.too-many-issuers", 4) == (code(caught), caught.value.values["limit"])
    assert "CN=Low" in say_error(caught.value, Lang.EN)


def test_the_leaf_is_found() -> None:
    """The only one; the one whose key is there; the one that is called so, by name or fingerprint."""
    assert WEB.value == choose_leaf((ROOT.value, MID.value, WEB.value, WEB.value))
    assert SHOP.value == choose_leaf(BAG, [SHOP.private_key])
    assert WEB.value == choose_leaf(BAG, [SHOP.private_key], "WWW.example")
    hexed = WEB.value.fingerprint.hex
    assert WEB.value == choose_leaf(BAG, pick=hexed[:8].upper())
    assert WEB.value == choose_leaf(BAG, pick=":".join(hexed[at : at + 2] for at in range(0, 64, 2)))


def test_a_lone_ca_is_meant_where_it_serves_or_is_picked() -> None:
    """Made for a server by its names, with its key there, or picked; else it is refused, not written."""
    served = make_ca("Own", names=("own.example",)).value
    assert served == choose_leaf((served,))
    marked = make_ca("Marked", usage=key_usage("digital_signature")).value  # it may sign no certificate
    assert marked == choose_leaf((marked,))
    assert ROOT.value == choose_leaf((ROOT.value,), [ROOT.private_key])
    assert MID.value == choose_leaf((MID.value,), pick="Mid")
    for alone in (ROOT, MID):
        with pytest.raises(RefusedError) as caught:
            choose_leaf((alone.value,), [WEB.private_key])
        assert "pack.no-leaf" == code(caught)
        assert "--pick" in say_error(caught.value, Lang.EN)


@pytest.mark.parametrize(
    ("certificates", "pick", "expected"),
    [
        ((ROOT.value, MID.value), "", "pack.no-leaf"),
        (BAG, "", "pack.several-leaves"),
        (BAG, "other.example", "pack.no-such-leaf"),
        (BAG, WEB.value.fingerprint.hex[:7], "pack.no-such-leaf"),
        ((WEB.value, LOW.leaf("web.example").value), "web.example", "pack.several-leaves"),
    ],
    ids=count(),
)
def test_a_leaf_that_is_not_clear_is_asked_for(
    certificates: tuple[Certificate, ...], pick: str, expected: str
) -> None:
    """None, several, none of that name, several of that name."""
    with pytest.raises((UsageError, RefusedError)) as caught:
        choose_leaf(certificates, (), pick)
    assert expected == code(caught)


def test_both_keys_there_leave_it_open() -> None:
    """Two leaves with their keys: nothing tells which is meant."""
    with pytest.raises(UsageError) as caught:
        choose_leaf(BAG, [SHOP.private_key, WEB.private_key])
    assert "pack.several-leaves" == code(caught)


def test_trust_is_the_cas_alone() -> None:
    """Each once; a heap without any is refused."""
    assert (ROOT.value, MID.value, LOW.value) == trust_of(BAG)
    with pytest.raises(UsageError) as caught:
        trust_of([WEB.value])
    assert "pack.no-authority" == code(caught)


def test_the_key_of_the_leaf_is_found_among_others() -> None:
    """Another key is refused by name, none and a locked one are asked for."""
    keys = [SHOP.private_key, WEB.private_key]
    assert WEB.private_key.public_key == key_for(WEB.value, keys).public_key
    with pytest.raises(RefusedError) as caught:
        key_for(WEB.value, [SHOP.private_key])
    assert "pack.key-differs" == code(caught)
    for locked, expected in ((0, "pack.no-key"), (1, "pack.key-locked")):
        with pytest.raises(UsageError) as asked:
            key_for(WEB.value, [], locked=locked)
        assert expected == code(asked)


def test_differences_are_counted() -> None:
    """More (duplicates are more), fewer, another order, none."""
    assert {} == differences(WHOLE, WHOLE)
    assert {"more": 1} == differences((*WHOLE, SHOP.value), WHOLE)
    assert {"more": 1} == differences((*WHOLE, ROOT.value), WHOLE)
    assert {"fewer": 1} == differences(WHOLE[:-1], WHOLE)
    assert {"more": 1, "fewer": 1} == differences((SHOP.value, *WHOLE[1:]), WHOLE)
    assert {"order": 4} == differences(WHOLE[::-1], WHOLE)


def test_differences_are_counted_without_comparing_each_with_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two bundles of many CAs."""
    many = [MID.intermediate(f"CA {number}", key=MID.key).value for number in range(100)]
    compared = []

    def equal(self: Certificate, other: object) -> bool:
        compared.append(other)
        return isinstance(other, Certificate) and self.fingerprint == other.fingerprint

    monkeypatch.setattr(Certificate, "__eq__", equal)
    assert {"more": 1} == differences((*reversed(many), WEB.value), many)
    assert len(compared) < 5 * len(many)


def test_keys_of_every_kind_are_compared() -> None:
    """RSA as well as EC."""
    own = LOW.leaf("rsa.example", key=make_key("rsa"))
    assert own.private_key.public_key == key_for(own.value, [WEB.private_key, own.private_key]).public_key


def test_an_issuer_in_its_last_second_is_still_one() -> None:
    """Half a second into it, it comes before one that names the key otherwise."""
    key = make_key()
    ending, named_apart = (
        make_ca("Twin", key=key, end=NOW),
        make_ca("Twin", key=key, ski=False, end=NOW + DAY),
    )
    leaf = ending.leaf("a.example").value
    made = assemble(leaf, (named_apart.value, ending.value), CHAIN_WITH_ROOT, NOW + timedelta(seconds=0.5))
    assert (leaf, ending.value) == made.certificates
