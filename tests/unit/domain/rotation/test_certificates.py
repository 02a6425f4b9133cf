"""What stands above what, by signatures that verified."""

from __future__ import annotations

from dataclasses import replace

from support.built_estates import shown, value_of
from support.pki import NOW, Entity, make_ca
from support.requests import template_for
from warifu.domain.estate import IdentityValue
from warifu.domain.rotation.certificates import Certificates, Memory

ROOT = make_ca("Root")
MID = ROOT.intermediate("Mid")
WEB = MID.leaf("web.example")


def name_of(entity: Entity) -> str:
    return value_of(entity).fingerprint.hex


def known(*entities: Entity, memory: Memory | None = None) -> Certificates:
    return Certificates({name_of(one): value_of(one) for one in entities}, memory=memory)


def test_everything_above_a_leaf_is_found_by_its_signature() -> None:
    """A CA of the issuer's name and another key is not above it; the one that signed is, up to the root."""
    impostor = make_ca("Root").intermediate("Mid")
    certificates = known(ROOT, MID, impostor, WEB)
    assert {name_of(MID), name_of(ROOT)} == certificates.roots_of(shown(WEB))
    assert (name_of(MID),) == certificates.chain_for(name_of(WEB))


def test_of_a_leaf_that_is_not_at_hand_nothing_is_known() -> None:
    """No facts, nothing above it, no chain; the same for a template whose issuer is not at hand."""
    certificates = known(ROOT)
    assert None is certificates.facts("ab" * 32)
    assert frozenset() == certificates.roots_of(IdentityValue("ab" * 32))
    assert () == certificates.chain_for("ab" * 32)
    template = template_for(MID, "web.example")
    assert None is Certificates({}, {template.id: template}).facts(template.id)


def test_a_template_stands_where_its_leaf_will() -> None:
    """Beneath its issuing certificate, or directly beneath its root where nothing stands between."""
    between, below = template_for(MID, "web.example"), template_for(ROOT, "web.example")
    everything = known(ROOT, MID).known
    for template, above in ((between, {name_of(MID), name_of(ROOT)}), (below, {name_of(ROOT)})):
        certificates = Certificates(everything, {template.id: template})
        assert above == certificates.roots_of(IdentityValue(template.id))


def test_an_issuer_that_turns_up_later_is_found_though_the_leaf_was_looked_at_before() -> None:
    """What was worked out without the issuer is not remembered; what was worked out with it is."""
    memory = Memory()
    assert frozenset() == known(WEB, memory=memory).roots_of(shown(WEB))
    assert {name_of(MID)} == known(WEB, MID, memory=memory).roots_of(shown(WEB))
    done = memory.signatures.done
    facts = known(WEB, MID, memory=memory).facts(name_of(WEB))
    assert memory.facts[name_of(WEB)] is facts
    assert done == memory.signatures.done


def test_the_shortest_way_up_is_sent() -> None:
    """Of a direct and a longer way to a root the shorter is the chain; the root is not in it."""
    old = make_ca("Old")
    bridge = replace(old.intermediate("Root", key=ROOT.key), above=(old,))
    assert (name_of(MID),) == known(ROOT, MID, WEB, old, bridge).chain_for(name_of(WEB))
    assert (name_of(MID), name_of(bridge)) == known(MID, WEB, old, bridge).chain_for(name_of(WEB))


def test_cas_that_signed_each_other_lead_nowhere_and_the_search_ends() -> None:
    """Without a root there is no chain, and each CA stands above the other once."""
    one, two = make_ca("One"), make_ca("Two")
    above = two.intermediate("One", key=one.key)
    below = one.intermediate("Two", key=two.key)
    leaf = one.leaf("web.example", start=NOW)
    certificates = known(above, below, leaf)
    assert () == certificates.chain_for(name_of(leaf))
    assert {name_of(above), name_of(below)} == certificates.roots_of(IdentityValue(name_of(leaf)))


def test_a_chain_is_looked_for_once_for_all_leaves_of_an_issuer() -> None:
    """A second leaf of the same issuer costs one signature check, its own."""
    other = MID.leaf("shop.example")
    certificates = known(ROOT, MID, WEB, other)
    certificates.chain_for(name_of(WEB))
    done = certificates.signatures.done
    assert (name_of(MID),) == certificates.chain_for(name_of(other))
    assert done + 1 == certificates.signatures.done


def test_a_ca_among_remembered_facts_is_an_authority_still() -> None:
    """Whether its facts were remembered, given or never read: CAs are told in the order of what is at hand."""
    first = known(WEB, MID, ROOT)
    for one in (MID, WEB):
        first.facts(name_of(one))
    given = Memory(facts=first.memory.facts)
    expected = [value_of(MID), value_of(ROOT)]
    assert {name_of(MID), name_of(WEB)} == set(given.facts)
    for memory in (first.memory, given, Memory()):
        assert expected == known(WEB, MID, ROOT, memory=memory).authorities()


def test_nothing_is_judged_of_a_template_that_any_issuer_may_fill() -> None:
    """No chain above it is known before it is signed."""
    template = template_for(MID, "a.example", issuer_chain=(), root=None)
    assert None is Certificates({}, {template.id: template}).facts(template.id)
