"""Whether the issuer is the same: by key, never by name, and what peers must trust first where it is not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography import x509

from support.pki import DAY, NOW, Entity, make_ca, make_key
from warifu.domain.findings import Code, Lang, Severity, remedy, title
from warifu.domain.trust.issuer_change import (
    Basis,
    IssuerChange,
    Sent,
    Standing,
    compare_issuers,
    find_chain,
)
from warifu.domain.trust.signatures import Signatures
from warifu.domain.x509 import Certificate

ROOT = make_ca("Root")
MID = ROOT.intermediate("Mid")
OTHER_ROOT = make_ca("Other Root")
OTHER = OTHER_ROOT.intermediate("Other Mid")
OLD = MID.leaf("a.example")


def compared(old: Entity, new: Entity, *pool: Entity) -> IssuerChange:
    return compare_issuers(old.value, new.value, [one.value for one in pool], now=NOW)


def codes(change: IssuerChange) -> set[Code]:
    return {finding.code for finding in change.findings}


def own_key_id(key_id: bytes) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier(key_id, None, None)


@pytest.mark.req("S3-22", "S3-23")
def test_equal_key_ids_mean_the_same_issuer_and_trust_steps_are_skipped_for_that_reason() -> None:
    """Without any certificate of the CA at hand; the reason is a finding that is kept."""
    change = compared(OLD, MID.leaf("a.example"))
    assert (Standing.UNCHANGED, Basis.KEY_ID, True, ()) == (
        change.standing,
        change.basis,
        change.skips_trust,
        change.first,
    )
    (reason,) = [one for one in change.findings if one.code is Code.ISSUER_UNCHANGED]
    assert Severity.NOTE is reason.severity
    assert "same CA signed" in title(reason, Lang.EN)
    assert "told by the key id" in title(reason, Lang.EN)
    assert "skipped for this reason" in title(reason, Lang.EN)


@pytest.mark.req("S3-24")
def test_another_issuer_must_be_trusted_first_intermediate_and_root_by_name() -> None:
    """The certificates of the new chain that are not in the old one, the issuer first."""
    change = compared(OLD, OTHER.leaf("a.example"), MID, ROOT, OTHER_ROOT, OTHER)
    assert (Standing.CHANGED, (OTHER.value, OTHER_ROOT.value)) == (change.standing, change.first)
    (told,) = [one for one in change.findings if one.code is Code.ISSUER_CHANGED]
    for one in (OTHER, OTHER_ROOT):
        assert one.value.fingerprint.hex in title(told, Lang.JA)
    assert not change.skips_trust


def test_what_both_chains_share_needs_no_spreading() -> None:
    """A new intermediate beneath the old root: the intermediate alone."""
    other = ROOT.intermediate("Mid 2")
    assert (other.value,) == compared(OLD, other.leaf("a.example"), MID, ROOT, other).first


@pytest.mark.req("S3-25")
@pytest.mark.parametrize(
    "ids", [{"aki": False}, {"aki": False, "extra": [(own_key_id(b"made another way"), False)]}]
)
def test_a_missing_or_strange_key_id_is_settled_by_the_chain(ids: dict[str, object]) -> None:
    """The signature that verifies decides: the same key is the same issuer."""
    change = compared(OLD, MID.leaf("a.example", **ids), MID, ROOT)
    assert (Standing.UNCHANGED, Basis.SIGNATURE) == (change.standing, change.basis)


@pytest.mark.req("S3-25")
def test_a_ca_certificate_issued_again_for_its_key_is_the_same_issuer() -> None:
    """Renewed with its key: unchanged, and peers are told which certificate ends last. With a new key: changed."""
    again = ROOT.intermediate("Mid", key=MID.key, end=NOW + 5000 * DAY)
    change = compared(OLD, again.leaf("a.example", aki=False), MID, again, ROOT)
    assert (Standing.UNCHANGED, ()) == (change.standing, change.first)
    (told,) = [one for one in change.findings if one.code is Code.ISSUER_REISSUED]
    assert (2, again.value.fingerprint.hex) == (told.evidence["times"], told.evidence["good"])
    rekeyed = ROOT.intermediate("Mid")
    change = compared(OLD, rekeyed.leaf("a.example", aki=False), MID, rekeyed, ROOT)
    assert (Standing.CHANGED, Basis.SIGNATURE, (rekeyed.value,)) == (
        change.standing,
        change.basis,
        change.first,
    )


@pytest.mark.req("X-05")
def test_equal_names_with_different_keys_are_two_issuers_and_said_so() -> None:
    """Issued-to and issued-by read the same; the key differs: another CA, and a warning that names cannot tell."""
    twin_root = make_ca("Root")
    twin = twin_root.intermediate("Mid")
    new = twin.leaf("a.example")
    assert OLD.value.issuer == new.value.issuer
    change = compared(OLD, new, MID, ROOT, twin, twin_root)
    assert (Standing.CHANGED, (twin.value, twin_root.value)) == (change.standing, change.first)
    assert Code.ISSUER_NAME_REUSED in codes(change)
    by_ids = compared(OLD, new)
    assert (Standing.CHANGED, Basis.KEY_ID) == (by_ids.standing, by_ids.basis)
    assert Code.ISSUER_NAME_REUSED in codes(by_ids)


def test_a_key_id_that_was_copied_does_not_make_another_key_the_same_issuer() -> None:
    """The signature outweighs the key id."""
    twin = ROOT.intermediate("Mid")
    copied = x509.AuthorityKeyIdentifier.from_issuer_public_key(MID.key.public_key())
    change = compared(OLD, twin.leaf("a.example", aki=False, extra=[(copied, False)]), twin, ROOT)
    assert (Standing.CHANGED, Basis.SIGNATURE) == (change.standing, change.basis)


def test_a_renamed_ca_with_its_old_key_is_another_for_peers() -> None:
    """They look for issuers by name."""
    renamed = ROOT.intermediate("Mid Renamed", key=MID.key)
    change = compared(OLD, renamed.leaf("a.example"), MID, renamed, ROOT)
    assert (Standing.CHANGED, (renamed.value,)) == (change.standing, change.first)
    assert Code.ISSUER_NAME_REUSED not in codes(change)


def test_one_issuer_at_hand_is_enough_to_tell() -> None:
    """It did not sign the other certificate."""
    change = compared(OLD, make_ca("Root").intermediate("Mid").leaf("a.example", aki=False), MID, ROOT)
    assert (Standing.CHANGED, Basis.SIGNATURE) == (change.standing, change.basis)
    assert {Code.ISSUER_CHANGED, Code.ISSUER_NAME_REUSED, Code.ISSUER_NOT_AT_HAND} == codes(change)
    assert () == change.first


@pytest.mark.req("S3-23", "S3-25")
def test_without_key_ids_and_chains_it_cannot_be_told() -> None:
    """Equal names alone say nothing; other names say enough."""
    bare = MID.leaf("a.example", aki=False)
    change = compared(OLD, bare)
    assert (Standing.UNKNOWN, Basis.NOTHING, False) == (change.standing, change.basis, change.skips_trust)
    assert {Code.ISSUER_CHANGE_UNKNOWN, Code.ISSUER_NOT_AT_HAND} == codes(change)
    other = compared(OLD, OTHER.leaf("a.example"))
    assert (Standing.CHANGED, Basis.NAME) == (other.standing, other.basis)
    (changed,) = (one for one in other.findings if one.code is Code.ISSUER_CHANGED)
    assert "相手側で信頼する証明書: 不明 (--pool で CA の証明書を指定してください)。" in title(
        changed, Lang.JA
    )
    assert "これらの" not in remedy(changed, Lang.JA)  # nothing was named


def test_a_self_signed_certificate_is_what_peers_must_trust() -> None:
    """Also one of the same key: who trusts it, trusts its bytes."""
    key = make_key()
    old, new = make_ca("me.example", ca=False, key=key), make_ca("me.example", ca=False, key=key, serial=7)
    change = compared(old, new)
    assert (Standing.CHANGED, (new.value,), True) == (change.standing, change.first, change.new.complete)


CROSSED = OTHER_ROOT.intermediate("Mid", key=MID.key, end=NOW + 5000 * DAY)
AGAIN = CROSSED.leaf("a.example")


def sending(old: tuple[Entity, ...], new: tuple[Entity, ...], *library: Entity) -> IssuerChange:
    """What each sends with its leaf, and what lies in a library besides."""
    sent = Sent(tuple(one.value for one in old), tuple(one.value for one in new))
    pool = dict.fromkeys((*sent.new, *sent.old, *(one.value for one in library)))
    return compare_issuers(OLD.value, AGAIN.value, tuple(pool), now=NOW, sent=sent)


@pytest.mark.req("S3-24")
@pytest.mark.parametrize(
    ("old", "new", "library"),
    [
        ((MID, ROOT), (CROSSED, OTHER_ROOT), ()),
        ((MID,), (CROSSED, OTHER_ROOT), ()),  # the old root is not at hand: its name and key id are
        ((MID,), (CROSSED,), (ROOT, OTHER_ROOT)),
        ((MID, ROOT), (CROSSED,), (OTHER_ROOT, MID)),  # a library has what is not sent
    ],
)
def test_the_same_issuer_beneath_another_root_must_have_that_root_trusted_first(
    old: tuple[Entity, ...], new: tuple[Entity, ...], library: tuple[Entity, ...]
) -> None:
    """Its key and name are the same: a peer that holds the old root alone refuses what is sent (openssl: error 19 or 20)."""
    change = sending(old, new, *library)
    assert (Standing.ROOT_CHANGED, (OTHER_ROOT.value,), False) == (
        change.standing,
        change.first,
        change.skips_trust,
    )
    (told,) = [one for one in change.findings if one.code is Code.ISSUER_ROOT_CHANGED]
    assert (Severity.WARNING, "CN=Root") == (told.severity, told.evidence["before"])
    assert OTHER_ROOT.value.fingerprint.hex in title(told, Lang.EN)
    assert Code.ISSUER_UNCHANGED not in codes(change)


def test_a_new_root_that_is_not_at_hand_is_named_as_missing() -> None:
    """Nothing can be listed; that nothing need be spread is not said."""
    change = sending((MID, ROOT), (CROSSED,))
    assert (Standing.ROOT_CHANGED, ()) == (change.standing, change.first)
    assert {Code.ISSUER_ROOT_CHANGED, Code.ISSUER_NOT_AT_HAND} <= codes(change)


BRIDGE = ROOT.intermediate("Other Root", key=OTHER_ROOT.key)
ROOT_AGAIN = make_ca("Root", key=ROOT.key, end=NOW + 5000 * DAY)


@pytest.mark.req("S3-25")
@pytest.mark.parametrize(
    ("old", "new", "library"),
    [
        ((MID, ROOT), (CROSSED, BRIDGE), ()),  # the new root, signed by the old one
        ((MID, ROOT), (CROSSED, OTHER_ROOT, MID), ()),  # both ways are sent
        ((MID, ROOT), (MID, ROOT_AGAIN), ()),  # the root's own certificate was issued again
        ((MID,), (CROSSED, BRIDGE), ()),
        ((MID,), (MID,), ()),
        ((MID, ROOT), (), ()),  # a leaf alone: what is sent with it is what was
        ((MID, ROOT), (), (CROSSED, OTHER_ROOT)),
        ((), (CROSSED, OTHER_ROOT), ()),  # nothing is known of the old chain
    ],
)
def test_what_still_verifies_under_the_old_root_needs_nothing_first(
    old: tuple[Entity, ...], new: tuple[Entity, ...], library: tuple[Entity, ...]
) -> None:
    """Whoever signed which certificate: verification decides."""
    change = sending(old, new, *library)
    assert (Standing.UNCHANGED, ()) == (change.standing, change.first)


def test_a_way_that_has_ended_or_was_never_signed_leads_to_no_root() -> None:
    """An expired certificate from the old root is refused, as is one with a signature of somebody else."""
    ended = ROOT.intermediate("Mid", key=MID.key, expired=True)
    forged = make_ca("Root").intermediate("Mid", key=MID.key)
    for other in (ended, forged):
        assert Standing.ROOT_CHANGED is sending((MID, ROOT), (CROSSED, other, OTHER_ROOT)).standing


def test_without_a_root_and_a_key_id_it_cannot_be_told_whether_the_root_is_the_same() -> None:
    """The upper certificate was issued again, by a CA of the same name, without a key id."""
    bare = make_ca("Root").intermediate("Mid", key=MID.key, aki=False)
    assert Standing.UNKNOWN is sending((MID,), (bare,)).standing


def test_a_self_signed_certificate_that_signed_the_next_one_is_its_root() -> None:
    """Peers that trust the old one accept what it signed."""
    old = make_ca("Root", key=ROOT.key)
    new = ROOT.leaf("a.example")
    sent = Sent(new=(ROOT.value,))
    change = compare_issuers(old.value, new.value, (ROOT.value, old.value), now=NOW, sent=sent)
    assert Standing.UNCHANGED is change.standing


@pytest.mark.req("S3-26")
def test_the_chain_is_completed_from_a_library_and_what_is_missing_is_named() -> None:
    """Leaf and library give intermediate and root; without the intermediate its name and key id are told."""
    crowd = [make_ca(f"R{number}").value for number in range(5)]
    found = find_chain(OLD.value, [*crowd, ROOT.value, MID.value], now=NOW)
    assert ((MID.value, ROOT.value), True, None) == (found.above, found.complete, found.ends)
    change = compared(OLD, MID.leaf("a.example"), ROOT)
    (told,) = [one for one in change.findings if one.code is Code.ISSUER_NOT_AT_HAND]
    assert ("CN=Mid", str(MID.value.subject_key_id)) == (told.evidence["issuer"], told.evidence["key_id"])


def test_the_longest_way_is_kept_where_no_root_is_at_hand() -> None:
    """A second intermediate is missing: the first still counts, and the gap is above it."""
    deep = MID.intermediate("Deep")
    found = find_chain(deep.leaf("a.example").value, [deep.value, MID.value], now=NOW)
    assert ((deep.value, MID.value), False, MID.value) == (found.above, found.complete, found.ends)


def test_of_twins_the_one_that_is_valid_and_ends_last_is_taken() -> None:
    """An expired certificate of the CA in the library is not what peers are told to trust."""
    expired = ROOT.intermediate("Mid", key=MID.key, expired=True)
    for pool in ([expired.value, MID.value, ROOT.value], [MID.value, expired.value, ROOT.value]):
        assert MID.value == find_chain(OLD.value, pool, now=NOW).above[0]


def test_an_issuer_of_the_right_name_and_the_wrong_key_is_no_issuer() -> None:
    """Its signature does not verify; it neither completes the chain nor is it named as one."""
    wrong = ROOT.intermediate("Mid")
    found = find_chain(OLD.value, [wrong.value, ROOT.value], now=NOW)
    assert ((), False, OLD.value) == (found.above, found.complete, found.ends)


def test_a_hostile_pile_ends() -> None:
    """Signature checks are counted, whatever the pile holds."""
    pile = [
        make_ca("Mid", key=make_key(), start=NOW - timedelta(days=number + 1)).value for number in range(150)
    ]
    checks = Signatures()
    find_chain(OLD.value, pile, now=NOW, signatures=checks)
    change = compare_issuers(OLD.value, MID.leaf("b.example").value, pile, now=NOW)
    assert Standing.UNCHANGED is change.standing
    assert checks.done <= 150


def test_a_ca_whose_key_cannot_be_read_is_known_by_its_bytes() -> None:
    """It signs nothing, and nothing falls over it."""
    strange = _with_unknown_key(MID.value)
    pool = [strange, MID.value, ROOT.value]
    change = compare_issuers(OLD.value, MID.leaf("x.example").value, pool, now=NOW)
    assert (None, Standing.UNCHANGED, {Code.ISSUER_UNCHANGED}) == (
        strange.public_key,
        change.standing,
        codes(change),
    )


def _with_unknown_key(one: Certificate) -> Certificate:
    """The same certificate with a key of an algorithm that nobody knows."""
    return Certificate(
        one.der.replace(bytes.fromhex("06072a8648ce3d0201"), bytes.fromhex("06072a8648ce3d027f"))
    )
