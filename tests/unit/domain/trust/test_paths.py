"""Paths are found where they exist, and hostile bags end."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise, permutations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed448, ed25519, padding, x25519
from cryptography.hazmat.primitives.serialization import Encoding

from support.malformed import signed_by_no_kind, with_key_of_no_kind, with_pss_key
from support.pki import DAY, NOW, Entity, make_ca, make_key
from warifu.domain.findings import Code
from warifu.domain.trust import (
    Context,
    LeafReader,
    Outcome,
    Signatures,
    accepts,
    judge,
    leaf_facts,
    profile_named,
)
from warifu.domain.trust.budget import Budget
from warifu.domain.trust.order import find_leaf, in_order, leaf_first, reachable, related
from warifu.domain.trust.paths import find_paths
from warifu.domain.x509 import Certificate

PROFILE = profile_named("tls-server")


def ask(consumer: str = "unknown") -> Context:
    return Context(PROFILE, NOW, consumer=consumer)


def crossed(subject: Entity, issuer: Entity) -> Certificate:
    """The subject's name and key, signed by another CA."""
    return issuer.intermediate(subject.value.subject.common_names[0], key=subject.key).value


def test_a_cross_signed_intermediate_is_found_whichever_twin_comes_first() -> None:
    """The wrong twin of a cross-signed issuer first: the search comes back to the right one."""
    old, new = make_ca("Old Root"), make_ca("New Root")
    mid = new.intermediate("Mid")
    twin = crossed(mid, old)
    leaf = mid.leaf("web.example")
    for sent in permutations((mid.value, twin)):
        for anchors in ((old.value,), (new.value,), (old.value, new.value)):
            assert Outcome.ACCEPTED == judge((leaf.value, *sent), anchors, ask()).outcome


def test_a_key_for_pss_alone_signs_with_nothing_else() -> None:
    """RFC 4055 §1.2: such a CA's PKCS #1 v1.5 signature is none; the same key in another certificate may make it."""
    mid = make_ca("Root", key=make_key("rsa")).intermediate("Mid", key=make_key("rsa"))
    bound = with_pss_key(mid).value
    leaf = mid.leaf("web.example")
    builder = x509.CertificateBuilder(
        leaf.cert.issuer,
        leaf.cert.subject,
        leaf.key.public_key(),
        1,
        leaf.value.not_before,
        leaf.value.not_after,
    )
    scheme = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    by_pss = Certificate(
        builder.sign(mid.key, hashes.SHA256(), rsa_padding=scheme).public_bytes(Encoding.DER)
    )
    checks = Signatures()
    assert (False, True) == (checks.holds(leaf.value, bound), checks.holds(leaf.value, mid.value))
    assert (True, True) == (checks.holds(by_pss, bound), checks.holds(by_pss, mid.value))
    assert bound.public_key == mid.value.public_key


def test_a_path_may_cross_over_to_another_root() -> None:
    """A new root signed by the old one lets clients that know the old one alone accept."""
    old, new = make_ca("Old Root"), make_ca("New Root")
    leaf = new.leaf("web.example")
    bridge = crossed(new, old)
    assert Outcome.ACCEPTED == judge((leaf.value, bridge), (old.value,), ask()).outcome
    assert Outcome.REFUSED == judge((leaf.value,), (old.value,), ask()).outcome


def test_same_key_twins_are_paths_of_their_own() -> None:
    """A renewed root of the same name and key stands in for its expired twin."""
    key = make_key()
    expired, renewed = make_ca("Root", key=key, end=NOW - DAY), make_ca("Root", key=key)
    leaf = expired.leaf("web.example")
    for anchors in permutations((expired.value, renewed.value)):
        verdict = judge((leaf.value,), anchors, ask())
        assert Outcome.ACCEPTED == verdict.outcome
        assert renewed.value == verdict.path[-1]
    assert Outcome.REFUSED == judge((leaf.value,), (expired.value,), ask()).outcome


def test_a_circle_of_issuers_ends() -> None:
    """Two CAs that signed each other are a dead end, not a loop."""
    one, two = make_ca("One"), make_ca("Two")
    leaf = one.leaf("web.example")
    sent = (crossed(one, two), crossed(two, one))
    verdict = judge((leaf.value, *sent), (make_ca("Else").value,), ask())
    assert Outcome.REFUSED == verdict.outcome


def test_a_bag_of_same_named_issuers_ends_undecided() -> None:
    """More impostors of one name than the budget has signature checks: undecided, and said so."""
    mid = make_ca("Root").intermediate("Mid", ski=False, aki=False)
    leaf = mid.leaf("web.example", aki=False)
    impostors = [make_ca("Root", ski=False) for _ in range(140)]
    verdict = judge((leaf.value, mid.value), tuple(one.value for one in impostors), ask())
    assert Outcome.UNKNOWN == verdict.outcome
    assert Code.SEARCH_EXHAUSTED in {one.code for one in verdict.findings}


def test_a_maze_of_cross_signed_twins_ends() -> None:
    """Every CA of a layer signed every one of the next: the paths are many, the steps are counted."""
    layers = [[make_ca(f"L{depth}") for _ in range(4)] for depth in range(7)]
    sent = [
        upper.intermediate(f"L{depth}", key=lower.key, ski=False, aki=False).value
        for depth, (layer, above) in enumerate(pairwise(layers))
        for lower in layer
        for upper in above
    ]
    leaf = layers[0][0].leaf("web.example", aki=False)
    facts = leaf_facts(leaf.value, sent)
    budget = Budget()
    assert 0 < sum(1 for _ in find_paths(facts.origin, sent, (make_ca("Else").value,), ask(), budget))
    assert budget.exhausted


def test_a_tower_beyond_the_depth_ends_undecided() -> None:
    """More certificates above the leaf than the budget allows are not followed."""
    top = make_ca("Root")
    for level in range(34):
        top = top.intermediate(f"Level {level}")
    leaf = top.leaf("web.example")
    verdict = judge((leaf.value, *leaf.chain), (leaf.root.value,), ask())
    assert Outcome.UNKNOWN == verdict.outcome


def test_no_signature_is_checked_twice() -> None:
    """Checks are remembered by certificate and key; a known one costs nothing."""
    root = make_ca("Root")
    checks = Signatures()
    leaf = root.leaf("web.example").value
    assert checks.holds(leaf, root.value)
    assert checks.holds(leaf, root.value)
    assert not checks.holds(leaf, make_ca("Root").value)
    assert 2 == checks.done


def test_another_process_reads_without_a_memory() -> None:
    """The facts of each leaf, and of each issuer that was tried whether its key made the signature."""
    root, other = make_ca("Root", key=make_key("rsa")), make_ca("Root")
    strange = with_key_of_no_kind(root.leaf("strange.example", ski=False))
    leaf = root.leaf("web.example", aki=False).value  # nothing tells which to try first
    issuers = [other.value.der, root.value.der, strange.value.der]
    reader = LeafReader(issuers)
    (facts, tried), (alone, nobody) = reader.read([leaf.der, make_ca("Lone").leaf("a.example").value.der])
    expected = leaf_facts(leaf, [root.value])
    assert expected == facts
    assert (((0, False), (1, True)), "", ()) == (tried, alone.origin.signer, nobody)
    assert [expected] == pickle.loads(pickle.dumps([expected]))  # noqa: S301  # our own, as a process sends it


def test_what_another_process_answered_is_known() -> None:
    """An answer that was learned is not checked again; of an issuer whose key cannot be read there is none to wait for."""
    root = make_ca("Root", key=make_key("rsa"))
    strange = with_key_of_no_kind(root.leaf("strange.example", ski=False)).value
    leaf, checks = root.leaf("web.example").value, Signatures()
    assert (False, True) == (checks.knows(leaf, root.value), checks.knows(leaf, strange))
    checks.learn(leaf, root.value, answer=False)
    checks.learn(leaf, strange, answer=True)
    assert checks.knows(leaf, root.value)
    assert (False, False, 1) == (checks.holds(leaf, root.value), checks.holds(leaf, strange), checks.done)


def test_an_exhausted_checker_answers_no_and_says_so() -> None:
    """Beyond its limit a checker does not verify; what it knows it still answers."""
    root = make_ca("Root")
    checks = Signatures(at_most=1)
    first, second = root.leaf("a.example").value, root.leaf("b.example").value
    assert checks.holds(first, root.value)
    assert not checks.holds(second, root.value)
    assert checks.exhausted
    assert checks.holds(first, root.value)


def test_edwards_keys_sign_too() -> None:
    """Ed25519 and Ed448 name no hash; their signatures hold, and those of another key do not."""
    for key in (ed25519.Ed25519PrivateKey.generate(), ed448.Ed448PrivateKey.generate()):
        root = make_ca("Root", key=key)
        leaf = root.leaf("web.example").value
        assert "" == leaf.signature_hash
        assert Outcome.ACCEPTED == judge((leaf,), (root.value,), ask()).outcome
        assert not Signatures().holds(make_ca("Root").leaf("web.example").value, root.value)


def test_a_key_that_cannot_sign_has_signed_nothing() -> None:
    """A certificate for key agreement alone (X25519), and a signature of an algorithm that nobody knows, hold nothing."""
    root = make_ca("Root", key=make_key("rsa"))
    agreement = root.intermediate("Mid", public=x25519.X25519PrivateKey.generate().public_key(), ski=False)
    leaf = root.leaf("web.example")
    assert not Signatures().holds(leaf.value, agreement.value)
    assert Signatures().holds(leaf.value, root.value)
    assert not Signatures().holds(signed_by_no_kind(leaf).value, root.value)


@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_signatures_are_checked_by_the_key_alone(kind: str) -> None:
    """A name in another case, which byte comparison would refuse, does not hide a good signature."""
    root = make_ca("Root", key=make_key(kind))
    twin = make_ca("ROOT  ", key=root.key)
    leaf = root.leaf("web.example").value
    assert Signatures().holds(leaf, twin.value)
    assert Outcome.ACCEPTED == judge((leaf,), (make_ca("rOOt", key=root.key).value,), ask()).outcome


def test_keys_that_cannot_have_signed_say_no() -> None:
    """An EC key did not make an RSA signature, nor the other way round."""
    rsa, ec = make_ca("Root", key=make_key("rsa")), make_ca("Root")
    assert not Signatures().holds(rsa.leaf("a.example").value, ec.value)
    assert not Signatures().holds(ec.leaf("a.example").value, rsa.value)


def test_an_order_is_found_from_any_shuffle() -> None:
    """Leaf, then each issuer of the one before, whatever order they came in; strangers come last."""
    leaf = make_ca("Root").intermediate("Mid").intermediate("Below").leaf("web.example")
    right = (leaf.value, *leaf.chain, leaf.root.value)
    for shuffled in permutations(right):
        assert right == in_order(shuffled)
    stranger = make_ca("Else").value
    assert (*right, stranger) == in_order((stranger, *reversed(right)))
    assert () == in_order(())


def test_a_heap_of_one_name_is_put_in_order_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each certificate is looked at a few times, and not once for each place of the chain."""
    above = make_ca("Root")
    many = [above.intermediate("Root", key=above.key).value for _ in range(100)]
    looked = []
    kept = vars(Certificate)["subject_key_id"].fget

    def subject_key_id(self: Certificate) -> object:
        looked.append(self)
        return kept(self)

    monkeypatch.setattr(Certificate, "subject_key_id", property(subject_key_id))
    assert set(many) == set(in_order(many))
    assert len(looked) < 8 * len(many)


def test_the_leaf_is_what_issued_nothing() -> None:
    """A CA is taken for the leaf only when all are CAs."""
    mid = make_ca("Root").intermediate("Mid")
    leaf = mid.leaf("web.example")
    assert leaf.value == find_leaf((mid.value, leaf.value, mid.root.value))
    assert mid.value == find_leaf((mid.root.value, mid.value))


def test_what_no_name_leads_to_is_left_out() -> None:
    """Only what can stand above a certificate counts as related to it."""
    leaf = make_ca("Root").intermediate("Mid").leaf("web.example")
    stranger = make_ca("Else").value
    everything = (stranger, *leaf.chain, leaf.root.value)
    assert frozenset({leaf.value, *leaf.chain, leaf.root.value}) == related(leaf.value, everything)
    assert (*leaf.chain, leaf.root.value) == reachable(leaf.value.issuer.folded, everything)


@pytest.mark.req("S4-08", "S4-09")
def test_a_chain_keeps_its_order_and_a_shuffled_one_is_explained() -> None:
    """Presented order is kept as sent; out of order it warns with the right order, and strictly it is refused."""
    leaf = make_ca("Root").intermediate("Mid").intermediate("Below").leaf("web.example")
    right = (leaf.value, *leaf.chain)
    assert right == judge(right, (leaf.root.value,), ask()).path[:3]
    shuffled = (right[0], right[2], right[1])
    verdict = judge(shuffled, (leaf.root.value,), ask())
    (found,) = verdict.findings
    assert (Outcome.ACCEPTED, Code.CHAIN_UNORDERED) == (verdict.outcome, found.code)
    assert ("CN=web.example", "CN=Below", "CN=Mid") == found.evidence["order"]
    assert (2, "CN=Mid") == (found.evidence["position"], str(shuffled[1].subject))
    strictly = replace(ask(), profile=PROFILE.strict())
    assert Outcome.REFUSED == judge(shuffled, (leaf.root.value,), strictly).outcome
    assert Outcome.ACCEPTED == judge(right, (leaf.root.value,), strictly).outcome
    assert Outcome.ACCEPTED == judge(in_order(shuffled), (leaf.root.value,), strictly).outcome


def test_a_file_is_put_in_order_with_its_copies() -> None:
    """Leaf first stays as it is; else it is put in order, and what is there twice comes twice."""
    leaf = make_ca("Root").intermediate("Mid").leaf("web.example")
    (mid,) = leaf.chain
    assert (leaf.value, mid, mid) == leaf_first((leaf.value, mid, mid))
    assert (leaf.value, mid, mid) == leaf_first([mid, leaf.value, mid])


def test_a_cross_signed_pair_is_in_order_either_way() -> None:
    """Two issuers of one certificate stand beside each other; neither order is a fault."""
    old, new = make_ca("Old Root"), make_ca("New Root")
    mid = new.intermediate("Mid")
    leaf = mid.leaf("web.example")
    for sent in permutations((mid.value, crossed(mid, old))):
        found = {one.code for one in judge((leaf.value, *sent), (new.value, old.value), ask()).findings}
        assert Code.CHAIN_UNORDERED not in found


def test_an_intermediate_out_of_date_is_taken_only_where_there_is_no_other() -> None:
    """Openssl prefers the issuer within its dates, and of those past them the one that ended last."""
    root = make_ca("Root")
    key = make_key()
    old = root.intermediate("Mid", key=key, end=NOW - 2 * DAY)
    later = root.intermediate("Mid", key=key, end=NOW - DAY)
    good = root.intermediate("Mid", key=key)
    leaf = good.leaf("web.example").value
    verdict = judge((leaf, old.value, good.value), (root.value,), ask("openssl"))
    assert Outcome.ACCEPTED == verdict.outcome
    for sent in permutations((old.value, later.value)):
        assert later.value == judge((leaf, *sent), (root.value,), ask("openssl")).path[1]


def test_openssl_passes_over_an_issuer_of_another_key_id() -> None:
    """Of two issuers of one name the leaf's key id tells which; where the name alone fits, the first one is taken."""
    twin, right = make_ca("Twin"), make_ca("Twin")
    leaf = right.leaf("web.example").value
    assert Outcome.ACCEPTED == judge((leaf,), (twin.value, right.value), ask("openssl")).outcome
    silent = right.leaf("web.example", aki=False).value
    assert Outcome.REFUSED == judge((silent,), (twin.value, right.value), ask("openssl")).outcome


@pytest.mark.parametrize(("intermediates", "outcome"), [(100, Outcome.ACCEPTED), (101, Outcome.REFUSED)])
def test_openssl_goes_up_a_hundred_intermediates(intermediates: int, outcome: Outcome) -> None:
    """Its default depth counts intermediates; with one more the chain is too long."""
    top = make_ca("Root", key=make_key())
    for level in range(intermediates):
        top = top.intermediate(f"Level {level}", key=top.key)
    leaf = top.leaf("web.example")
    assert outcome == judge((leaf.value, *leaf.chain), (leaf.root.value,), ask("openssl")).outcome


def test_a_leaf_in_the_trust_store_ends_no_chain_unless_partial_chains_do() -> None:
    """A leaf that a CA issued is no anchor for openssl, though its bytes lie in the trust store."""
    leaf = make_ca("Root").leaf("web.example").value
    assert Outcome.REFUSED == judge((leaf,), (leaf,), ask("openssl")).outcome
    assert Outcome.ACCEPTED == judge((leaf,), (leaf,), replace(ask("openssl"), partial_chain=True)).outcome
    assert accepts(
        leaf_facts(leaf), (), (leaf,), at=NOW, consumer="openssl", profile=PROFILE, partial_chain=True
    ).accepted


def test_openssl_does_not_go_back_to_what_was_sent() -> None:
    """Once a certificate came from the trust store, issuers that were only sent are not used."""
    root = make_ca("Root")
    upper = root.intermediate("Upper")
    lower = upper.intermediate("Lower")
    leaf = lower.leaf("web.example")
    anchors = (lower.value, root.value)
    assert Outcome.REFUSED == judge((leaf.value, *leaf.chain), anchors, ask("openssl")).outcome
    assert Outcome.ACCEPTED == judge((leaf.value, *leaf.chain), anchors, ask()).outcome


def test_issuers_that_may_not_sign_are_passed_over_by_openssl() -> None:
    """A same-named certificate whose key usage lacks keyCertSign is no issuer to openssl."""
    root = make_ca("Root")
    usage = x509.KeyUsage(*([True] + [False] * 8))
    decoy = make_ca("Root", key=root.key, usage=usage)
    leaf = root.leaf("web.example").value
    assert Outcome.ACCEPTED == judge((leaf,), (decoy.value, root.value), ask("openssl")).outcome


def test_self_issued_cas_are_not_counted_as_path_length() -> None:
    """A CA that renewed its own key beneath itself (RFC 5280 §4.2.1.9) uses up no path length."""
    top = make_ca("Root").intermediate("Mid", path_length=0)
    leaf = top.intermediate("Mid").leaf("web.example")
    assert Outcome.ACCEPTED == judge((leaf.value, *leaf.chain), (leaf.root.value,), ask()).outcome
    other = top.intermediate("Other").leaf("web.example")
    assert Outcome.REFUSED == judge((other.value, *other.chain), (other.root.value,), ask()).outcome


def test_a_crl_that_another_key_signed_covers_nothing() -> None:
    """A CRL with the issuer's name and an impostor's signature does not count."""
    root, impostor = make_ca("Root"), make_ca("Root")
    leaf = root.leaf("web.example")
    asked = replace(ask(), crl_mode="leaf")
    for crl, expected in ((root.crl(), Outcome.ACCEPTED), (impostor.crl(), Outcome.REFUSED)):
        assert expected == judge((leaf.value,), (root.value,), replace(asked, crls=(crl,))).outcome


@pytest.mark.parametrize("second", [-1, 0, 1])
def test_an_issuer_is_current_from_its_first_second(second: int) -> None:
    """Openssl turns to the newer of two issuers at the very second of its notBefore."""
    root = make_ca("Root", ski=False)
    key = make_key()
    right = root.intermediate("Mid", key=key, start=NOW)
    wrong = make_ca("Root", ski=False).intermediate("Mid", ski=False)
    leaf = right.leaf("web.example", aki=False, start=NOW - DAY)
    asked = replace(ask("openssl"), now=NOW + timedelta(seconds=second))
    verdict = judge((leaf.value, right.value, wrong.value), (root.value,), asked)
    assert (Outcome.ACCEPTED if second >= 0 else Outcome.REFUSED) == verdict.outcome
