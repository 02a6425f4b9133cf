"""A CA of the right name and another key: what is to be done about it depends on where it stands."""

from __future__ import annotations

import pytest

from support.pki import NOW, make_ca
from support.rule_cases import Case
from warifu.domain.findings import Code, Finding, Lang, remedy, title
from warifu.domain.trust import Context, leaf_facts, profile_named
from warifu.domain.trust.context import Chain
from warifu.domain.trust.rules.anchoring import namesakes

NEW, OLD = make_ca("Root"), make_ca("Root")
LEAF = NEW.intermediate("Mid").leaf("a.example")
REPLACING = {Lang.EN: "in the place of this one", Lang.JA: "入れ替えて"}
ADDING = {Lang.EN: "beside this anchor", Lang.JA: "加えて追加して"}


def told(case: Case) -> list[Finding]:
    return [one for one in case.judged().findings if one.code is Code.ISSUER_NAMESAKE]


@pytest.mark.parametrize("lang", Lang)
def test_an_anchor_stays_and_gets_the_right_one_beside_it(lang: Lang) -> None:
    """Who replaces an anchor breaks everything beneath it; its fingerprint tells the two apart."""
    anchors = (OLD.value,)
    origin = leaf_facts(LEAF.value).origin
    chain = Chain(origin, LEAF.chain, anchored=False, anchors=anchors, namesakes=anchors)
    (one,) = namesakes.find(chain, Context(profile_named("tls-server"), NOW))
    assert ADDING[lang] in remedy(one, lang)
    assert REPLACING[lang] not in remedy(one, lang)
    assert OLD.value.fingerprint.hex in title(one, lang)
    assert "root" not in one.evidence
    assert NEW.value.subject_key_id == one.evidence["wanted"]


@pytest.mark.parametrize("ski", [True, False])
@pytest.mark.parametrize("lang", Lang)
def test_a_root_that_is_sent_is_told_apart_from_the_anchor_of_its_name(lang: Lang, ski: bool) -> None:
    """Both are named by their fingerprints, whether or not they have key ids; neither takes the other's place."""
    new, old = (make_ca("Twin", ski=ski) for _ in range(2))
    leaf = new.intermediate("Mid", aki=ski).leaf("a.example")
    (one,) = told(Case(leaf, sent=(*leaf.chain, new.value), anchors=(old.value,)))
    assert all(root.value.fingerprint.hex in title(one, lang) for root in (new, old))
    assert ADDING[lang] in remedy(one, lang)
    assert REPLACING[lang] not in remedy(one, lang)
    assert (new.value.subject_key_id or "-") == one.evidence["wanted"]


def test_beside_a_root_that_nobody_trusts_another_that_is_sent_has_no_part() -> None:
    """Only itself could have signed it: of one that is no anchor there is nothing to do."""
    sent = (*LEAF.chain, NEW.value, OLD.value)
    assert [] == told(Case(LEAF, sent=sent, anchors=(make_ca("Other").value,)))


@pytest.mark.parametrize("lang", Lang)
def test_one_that_was_sent_wrongly_is_replaced(lang: Lang) -> None:
    """In a chain file the wrong intermediate serves nobody."""
    wrong = NEW.intermediate("Mid")
    (one,) = told(Case(LEAF, sent=(wrong.value,), anchors=(NEW.value,)))
    assert REPLACING[lang] in remedy(one, lang)
    assert ADDING[lang] not in remedy(one, lang)
