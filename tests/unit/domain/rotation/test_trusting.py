"""What our rules and the engines' answers say of leaves, stores and names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from support.agreeing import agreed
from support.built_estates import EstateBuilder, shown, trusted, value_of
from support.pki import BOTH, DAY, NOW, Entity, make_ca
from warifu.domain.estate import CrlMode, IdentityValue, Observed, SlotState, TrustValue, Value
from warifu.domain.findings import Code
from warifu.domain.rotation.certificates import Certificates
from warifu.domain.rotation.change import Change, PutBack, ReplaceIdentity
from warifu.domain.rotation.oracle import Side
from warifu.domain.rotation.outcome import Answer, NoneExists, Planned
from warifu.domain.rotation.plan import Waiver
from warifu.domain.rotation.planning import Request
from warifu.domain.rotation.proof import Breaking
from warifu.domain.rotation.remaining import prove_remaining
from warifu.domain.rotation.trusting import TrustOracle, anchors_among, digest_of, looks_at_serials

SECOND = timedelta(seconds=1)
ROOT, OTHER = make_ca("Root"), make_ca("Other Root")
WEB = ROOT.leaf("web.example", purposes=BOTH)
DB = ROOT.leaf("db.example", purposes=BOTH)
SERVER = Side("openssl", "serverAuth")
MISSING = IdentityValue("ab" * 32)


def oracle(*known: Entity, now: datetime = NOW, **more: object) -> TrustOracle:
    """An oracle that knows some certificates and all above them; no engine is at hand unless told."""
    certificates = {
        value_of(one).fingerprint.hex: value_of(one) for entity in known for one in (entity, *entity.above)
    }
    options: dict[str, object] = {"now": now, "answers": {}, "engines": frozenset(), **more}
    return TrustOracle(Certificates(certificates), {}, **options)  # type: ignore[arg-type]  # tests name arguments


def test_what_is_not_at_hand_is_refused_and_carries_nothing() -> None:
    """A leaf of which only the fingerprint is known: no verdict, no name, no end, and a kind of its own."""
    trust = oracle(WEB)
    assert not trust.judge(MISSING, trusted(ROOT), SERVER).accepted
    assert () == trust.findings(MISSING, trusted(ROOT), SERVER, "web.example")
    assert not trust.named(MISSING, "", replace(SERVER, subjects=("web.example",)))
    assert not trust.named(MISSING, "web.example", SERVER)
    assert trust.ends(MISSING, SERVER) is None
    assert trust.kind_of(MISSING) not in {trust.kind_of(shown(WEB)), trust.kind_of(IdentityValue("cd" * 32))}


def test_a_leaf_beneath_an_anchor_is_accepted_until_the_anchor_ends() -> None:
    """And refused, with the reason, beneath another one."""
    trust = oracle(WEB, OTHER)
    accepted = trust.judge(shown(WEB), trusted(ROOT), SERVER)
    assert (True, value_of(ROOT).not_after) == (accepted.accepted, accepted.until)
    assert not trust.judge(shown(WEB), trusted(OTHER), SERVER).accepted
    assert Code.ISSUER_MISSING in {
        f.code for f in trust.findings(shown(WEB), trusted(OTHER), SERVER, "web.example")
    }
    wrong = trust.findings(shown(WEB), trusted(ROOT), SERVER, "shop.example")
    assert [Code.NAME_MISMATCH] == [finding.code for finding in wrong]


def test_a_self_signed_leaf_that_is_an_anchor_needs_no_path() -> None:
    """It is trusted as it is, for as long as it lasts itself; another one of its form is not."""
    alone, twin = (make_ca("box.example", ca=False, names=["box.example"]) for _ in range(2))
    trust = oracle(alone, twin)
    accepted = trust.judge(shown(alone), trusted(alone), SERVER)
    assert (True, None) == (accepted.accepted, accepted.until)
    assert not trust.judge(shown(twin), trusted(alone), SERVER).accepted


def test_a_leaf_that_is_an_anchor_where_chains_may_end_anywhere_speaks_for_itself_alone() -> None:
    """Whichever of two leaves of one form is looked at first, only the one in the store is accepted."""
    partial = replace(SERVER, partial_chain=True)
    store = trusted(WEB)
    for first, second in ((WEB, DB), (DB, WEB)):
        trust = oracle(WEB, DB, pinned=frozenset(store.anchors))
        verdicts = {one: trust.judge(shown(one), store, partial).accepted for one in (first, second)}
        assert {WEB: True, DB: False} == verdicts
    assert not oracle(WEB, pinned=frozenset(store.anchors)).judge(shown(WEB), store, SERVER).accepted


def pinning(*leaves: Entity) -> EstateBuilder:
    """Services web-0, web-1, ... whose leaves a client's store holds as anchors, any of them ending a path."""
    place = EstateBuilder()
    for number, one in enumerate(leaves):
        place.presents(f"web-{number}", one)
    place.trusts("app", *leaves)
    place.stores["app-trust"] = replace(place.stores["app-trust"], partial_chain=True)
    for number in range(len(leaves)):
        place.connect("app", f"web-{number}")
    return place


def solve(
    place: EstateBuilder,
    *changes: Change,
    waivers: tuple[Waiver, ...] = (),
    kept: Mapping[str, Value] | None = None,
) -> Answer:
    """Plan, with openssl agreeing with our rules."""
    request = Request(
        estate=place.estate,
        observed=place.observed,
        changes=changes,
        now=NOW,
        engines=frozenset({"openssl"}),
        waivers=waivers,
        kept=kept or {},
    )
    return agreed(request)


def test_a_pinned_leaf_has_no_successor_of_the_same_ca() -> None:
    """A store that holds the very leaf trusts nothing else that its CA signed."""
    place = pinning(WEB)
    place.know(DB)
    answer = solve(place, ReplaceIdentity("web-0", leaf=value_of(DB).fingerprint.hex))
    assert isinstance(answer, NoneExists), answer
    assert ["app-to-web-0"] == [clash.connection for clash in answer.clashes]


def test_a_store_that_gets_its_pins_back_trusts_what_it_pins_and_nothing_else() -> None:
    """Rolled back from a root to one leaf's pin: the connection to the service with the other leaf would break."""
    place = pinning(WEB, DB)
    place.trusts("app", ROOT)
    place.stores["app-trust"] = replace(place.stores["app-trust"], partial_chain=True)
    both = solve(place, PutBack("app/trust", "both"), kept={"both": trusted(WEB, DB)})
    assert isinstance(both, Planned), both
    answer = solve(place, PutBack("app/trust", "one"), kept={"one": trusted(WEB)})
    assert isinstance(answer, NoneExists), answer
    assert ["app-to-web-1"] == [clash.connection for clash in answer.clashes]


def test_what_remains_is_proven_with_pins_too() -> None:
    """A plan that passed by a waiver breaks the pinned connection once the waiver is gone."""
    place = pinning(WEB)
    place.know(DB)
    change = ReplaceIdentity("web-0", leaf=value_of(DB).fingerprint.hex)
    answer = solve(
        place, change, waivers=(Waiver("app-to-web-0", "Ito", "is pinned anew by hand", NOW + DAY),)
    )
    assert isinstance(answer, Planned)
    plan = replace(answer.plan, waivers=())
    verdict = prove_remaining(plan, place.estate, place.observed, frozenset(), NOW)
    assert isinstance(verdict, Breaking)
    assert ("app-to-web-0", shown(DB)) == (verdict.connection, verdict.shown)


def test_anchors_are_those_that_slots_may_hold_and_those_that_come() -> None:
    """On disk, loaded, or brought by a change; leaves are none."""
    a, b, c = (TrustValue((letter,)) for letter in "abc")
    slots = {
        "app/trust": SlotState("app/trust", a, (b,)),
        "batch/trust": SlotState("batch/trust", None, (c, b)),
        "web/tls": SlotState("web/tls", shown(WEB), (shown(DB),)),
    }
    coming = (TrustValue(("d", "a")), None, shown(WEB))
    assert frozenset("abcd") == anchors_among(Observed(NOW, slots), coming)


@pytest.mark.parametrize(
    ("consumer", "kinds"), [("openssl", [False, True, False]), ("cryptography", [True, True, False])]
)
def test_the_last_second_is_a_kind_and_the_consumers(consumer: str, kinds: list[bool]) -> None:
    """At the last second of a leaf, before it and after it: accepted as the consumer counts."""
    end = NOW + DAY
    leaf = ROOT.leaf("web.example", end=end)
    side = replace(SERVER, consumer=consumer)
    accepted = [
        oracle(leaf, now=when).judge(shown(leaf), trusted(ROOT), side).accepted
        for when in (end, end - SECOND, end + SECOND)
    ]
    assert kinds == accepted
    trust, last = oracle(leaf), end + (0 if consumer == "openssl" else 1) * SECOND
    assert [last, last] == [trust.ends(shown(leaf), side) for _ in range(2)]


def test_leaves_of_different_age_are_of_different_kinds() -> None:
    """Not valid yet, valid, in the last second and expired: four kinds of one form; the youngest is refused."""
    spans = ((1, 9), (-1, 9), (-9, 0), (-9, -1))
    leaves = [ROOT.leaf("web.example", start=NOW + one * DAY, end=NOW + two * DAY) for one, two in spans]
    trust = oracle(*leaves)
    assert 4 == len({trust.kind_of(shown(leaf)) for leaf in leaves})
    verdicts = [trust.judge(shown(leaf), trusted(ROOT), SERVER) for leaf in leaves]
    assert [False, True, False, False] == [verdict.accepted for verdict in verdicts]
    assert Code.NOT_YET_VALID in {finding.code for finding in verdicts[0].findings}


def test_only_clients_of_the_named_subjects_are_let_in() -> None:
    """By common name or by DNS name; without subjects everybody is, and a name is asked for besides."""
    client = ROOT.leaf("app.example", purposes=BOTH, san=False)
    trust = oracle(WEB, client)
    by_name = replace(SERVER, purpose="clientAuth", subjects=("app.example", "other"))
    assert trust.named(shown(client), "", by_name)
    assert trust.named(shown(WEB), "", replace(by_name, subjects=("web.example",)))
    assert not trust.named(shown(WEB), "", by_name)
    assert trust.named(shown(WEB), "", SERVER)
    assert [True, False] == [
        trust.named(shown(WEB), "web.example", replace(by_name, subjects=(one,)))
        for one in ("web.example", "app.example")
    ]
    assert not trust.named(shown(WEB), "shop.example", replace(by_name, subjects=("web.example",)))


def test_an_engine_is_asked_once_for_a_kind_and_its_word_counts() -> None:
    """Our rules' word stands until it answers; then a no is a no; two leaves of one kind are one question."""
    engines = frozenset({"openssl", "cryptography"})
    trust = oracle(WEB, DB, engines=engines)
    open_verdict = trust.judge(shown(WEB), trusted(ROOT), SERVER)
    (question,) = open_verdict.questions
    assert ("openssl", value_of(WEB), True) == (question.consumer, question.leaf, open_verdict.accepted)
    assert open_verdict.questions == trust.judge(shown(DB), trusted(ROOT), SERVER).questions
    for said in (True, False):
        told = oracle(WEB, DB, engines=engines, answers={digest_of(question): said})
        verdict = told.judge(shown(WEB), trusted(ROOT), SERVER)
        assert (said, (), False, ("openssl",)) == (
            verdict.accepted,
            verdict.questions,
            verdict.modelled,
            verdict.engines,
        )


def test_a_consumer_that_nobody_knows_wants_every_engine() -> None:
    """Each engine at hand is asked, and one no is enough; none at hand means a model."""
    side = replace(SERVER, consumer="unknown")
    engines = frozenset({"openssl", "cryptography"})
    questions = oracle(WEB, engines=engines).judge(shown(WEB), trusted(ROOT), side).questions
    assert ["cryptography", "openssl"] == [question.consumer for question in questions]
    answers: Mapping[str, bool] = {digest_of(one): one.consumer == "openssl" for one in questions}
    assert not oracle(WEB, engines=engines, answers=answers).judge(shown(WEB), trusted(ROOT), side).accepted
    assert oracle(WEB).judge(shown(WEB), trusted(ROOT), side).modelled


@pytest.mark.parametrize(("consumer", "all_of_them"), [("openssl", False), ("gnutls", True)])
def test_engines_that_look_by_name_are_asked_without_unrelated_anchors(
    consumer: str, *, all_of_them: bool
) -> None:
    """Of others it is not known that an anchor of another name cannot matter: they are asked with the whole store."""
    trust = oracle(WEB, OTHER, engines=frozenset({consumer}))
    (question,) = trust.judge(shown(WEB), trusted(OTHER, ROOT), replace(SERVER, consumer=consumer)).questions
    whole = (value_of(OTHER), value_of(ROOT))
    assert (whole if all_of_them else whole[1:]) == question.anchors


def test_what_our_rules_refuse_is_asked_of_nobody() -> None:
    """No engine makes good what a rule forbids."""
    trust = oracle(WEB, OTHER, engines=frozenset({"openssl"}))
    assert () == trust.judge(shown(WEB), trusted(OTHER), SERVER).questions


def test_revocation_is_looked_at_where_a_store_does() -> None:
    """Serial numbers tell kinds apart only in an estate that looks for revoked certificates; a revoked leaf is refused."""
    place = EstateBuilder()
    place.trusts("app", ROOT)
    assert not looks_at_serials(place.estate, place.observed)
    crl = ROOT.crl([WEB])
    assert looks_at_serials(place.estate, replace(place.observed, crls={crl.fingerprint.hex: crl}))
    place.stores["app-trust"] = replace(place.stores["app-trust"], crl_mode=CrlMode.LEAF)
    assert looks_at_serials(place.estate, place.observed)
    side = replace(SERVER, crl_mode="leaf")
    certificates = Certificates({value_of(one).fingerprint.hex: value_of(one) for one in (ROOT, WEB, DB)})
    trust = TrustOracle(
        certificates,
        {crl.fingerprint.hex: crl},
        now=NOW,
        answers={},
        engines=frozenset(),
        looks_at_serials=True,
    )
    store = trusted(ROOT)._replace(crls=(crl.fingerprint.hex, "not at hand"))
    assert [False, True] == [trust.judge(shown(one), store, side).accepted for one in (WEB, DB)]
    plain = oracle(WEB, DB)
    assert plain.kind_of(shown(WEB)) == plain.kind_of(shown(DB))
