"""What planning does where files are shared, slots were never seen, and one planning follows another."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, time, timedelta, timezone

import pytest

from support.agreeing import agreed
from support.built_estates import EstateBuilder, shown, trusted, value_of
from support.pki import DAY, NOW, Entity, make_ca
from support.told_boards import Told
from warifu.domain.estate import (
    ByHand,
    Group,
    IdentitySlot,
    Loading,
    Node,
    Window,
)
from warifu.domain.rotation.certificates import Memory
from warifu.domain.rotation.change import AddAnchor, Change, ReplaceIdentity, RetireAnchor
from warifu.domain.rotation.outcome import Needs, Planned, Undecided
from warifu.domain.rotation.plan import Plan, Waiver
from warifu.domain.rotation.planning import Request, make_plan
from warifu.domain.rotation.steps import Adopt
from warifu.domain.rotation.trusting import digest_of

OLD, NEW, OTHER = make_ca("Old Root"), make_ca("New Root"), make_ca("Other Root")
WEB, NEXT = OLD.leaf("web.example"), OLD.leaf("web.example")


def name_of(entity: Entity) -> str:
    return value_of(entity).fingerprint.hex


def request(place: EstateBuilder, *changes: Change, **more: object) -> Request:
    place.know(OLD, NEW, OTHER, NEXT)
    asked = Request(
        estate=place.estate,
        observed=place.observed,
        changes=changes,
        now=NOW,
        engines=frozenset({"openssl"}),
        issuer_chains={"new": (value_of(NEW),)},
    )
    return replace(asked, **more)  # type: ignore[arg-type]  # tests name fields of Request


def planned(asked: Request) -> Plan:
    answer = agreed(asked)
    assert isinstance(answer, Planned), answer
    return answer.plan


def one_server(**options: object) -> EstateBuilder:
    place = EstateBuilder()
    place.presents("web", WEB, **options)  # type: ignore[arg-type]  # as the builder has them
    place.trusts("app", OLD)
    place.connect("app", "web")
    return place


SUCCESSOR = ReplaceIdentity("web", leaf=name_of(NEXT))


def test_a_memory_changes_no_answer() -> None:
    """The same request with more answers, at another time, with other changes: what it would be without a memory."""
    memory, place = Memory(), one_server()
    usual = request(place, SUCCESSOR)
    waiver = Waiver("app-to-web", "Ito", "is tested by hand", NOW + DAY)
    for asked in (
        usual,
        replace(usual, now=NOW + 100 * DAY),  # the successor has expired by then
        usual,
        replace(usual, waivers=(waiver,)),
        replace(usual, changes=(AddAnchor(name_of(NEW)),)),
        usual,
    ):
        assert agreed(asked) == agreed(replace(asked, memory=memory))
    needs = make_plan(replace(usual, memory=memory))
    assert isinstance(needs, Needs)
    refused = {digest_of(question): False for question in needs.questions}
    answer = make_plan(replace(usual, memory=memory, answers=refused))
    assert not isinstance(answer, (Planned, Needs))


def test_a_server_whose_clients_trust_nobody_knows_what_is_left_undecided() -> None:
    """Nobody can tell whether they accept the successor; a waiver or another change leaves them out."""
    place = one_server()
    place.service("stranger")
    place.connect("stranger", "web", unknown_trust=True)
    undecided = Undecided("rotation.unknown-trust", ("stranger-to-web",))
    assert undecided == agreed(request(place, SUCCESSOR))
    assert isinstance(agreed(request(place, AddAnchor(name_of(NEW)))), Planned)


def test_a_pair_of_files_is_adopted_once_and_never_by_hand() -> None:
    """Two files change in one instant only behind a link; what is adopted already, unread or reached by people is not."""
    place = one_server()
    place.slots["web/tls"] = IdentitySlot("web/tls", "web", "web", "/web/tls.pem", chain="/web/chain.pem")
    (first, *_) = planned(request(place, SUCCESSOR)).waves
    assert ("prepare", [Adopt]) == (first.purpose, [type(step) for step in first.steps])
    adopted = [(step.slot, step.value) for step in first.steps if isinstance(step, Adopt)]
    assert [("web/tls", shown(WEB))] == adopted
    again = planned(request(place, SUCCESSOR, adopted=frozenset({"web/tls"})))
    assert ["switch"] == [wave.purpose for wave in again.waves]
    place.nodes["here"] = Node("here", ByHand())
    assert ["switch"] == [wave.purpose for wave in planned(request(place, SUCCESSOR)).waves]


@pytest.mark.parametrize(
    ("zone", "opens"), [("Etc/UTC", "22:00:00+00:00"), ("Asia/Tokyo", "22:00:00+09:00"), ("Mars/Olympus", "")]
)
def test_a_window_is_named_with_its_opening_where_its_zone_is_known(zone: str, opens: str) -> None:
    """Its own clock tells when; without the zone the wave still waits for the window by name."""
    place = EstateBuilder()
    for name in ("web-0", "web-1"):
        place.presents(name, WEB, identity="web", loading=Loading.RESTART)
    place.trusts("app", OLD)
    place.connect("app", "web-0")
    place.groups["front"] = Group("front", ("web-0", "web-1"), 1, ("night",))
    window = Window("night", zone, tuple(range(7)), time(22), timedelta(hours=4))
    estate = replace(place.estate, windows={"night": window})
    zones = {"Etc/UTC": UTC, "Asia/Tokyo": timezone(timedelta(hours=9))}
    plan = planned(request(place, SUCCESSOR, estate=estate, zones=zones))
    (wait,) = plan.waves[0].waits
    assert "rotation.wait-window night" == wait.partition(" (")[0]
    assert opens in wait
    assert (" (" in wait) == bool(opens)


def test_every_store_that_loses_an_anchor_is_told() -> None:
    """Stores that change alike are worked out once, and each is told under its own name."""
    place = EstateBuilder()
    for name in ("app", "batch", "mail"):
        place.trusts(name, OLD, OTHER)
    plan = planned(request(place, RetireAnchor(name_of(OTHER))))
    assert [(f"{name}/trust", f"{name}-trust", name_of(OTHER)) for name in ("app", "batch", "mail")] == [
        (removal.slot, removal.alias, removal.fingerprint) for removal in plan.removals
    ]


def test_what_was_never_seen_is_no_part_of_the_basis() -> None:
    """A slot without a look has no set to start from; the others of its connection do."""
    place = one_server()
    place.trusts("batch", OLD)
    place.connect("batch", "web")
    del place.states["batch/trust"]
    plan = planned(request(place, SUCCESSOR))
    assert {"web/tls": (shown(WEB),), "app/trust": (trusted(OLD),)} == dict(plan.basis)


def mark(consumer: str, leaf: Entity, *anchors: Entity) -> str:
    return f"{consumer}:{name_of(leaf)}/{''.join(name_of(one) for one in anchors)}"


def sharing() -> EstateBuilder:
    """Two services read one file of anchors, and were seen with different anchors of it."""
    place = one_server()
    place.trusts("app", OLD, OTHER, file="/shared.pem")
    place.trusts("batch", OLD, file="/shared.pem")
    place.services["batch"] = replace(place.services["batch"], consumer="gnutls")
    place.connect("batch", "web")
    return place


def test_where_a_shared_write_breaks_what_the_search_found_safe_it_is_undecided() -> None:
    """What is written for the one slot reaches the other, whose consumer refuses it: that connection is named."""
    place = sharing()
    change = AddAnchor(name_of(NEW))
    told = Told(frozenset({mark("gnutls", WEB, OLD, OTHER, NEW)}))
    answer = make_plan(request(place, change, oracle=told))
    assert Undecided("rotation.proof-disagrees", ("batch-to-web",)) == answer
    assert isinstance(make_plan(request(place, change, oracle=Told())), Planned)


def test_a_mixture_that_only_a_shared_write_makes_is_asked_about() -> None:
    """The proof wants an engine's word on a store that no slot's own way has."""
    place = sharing()
    asked = request(place, AddAnchor(name_of(NEW)), engines=frozenset({"openssl", "gnutls"}))
    rounds = []
    while isinstance(answer := make_plan(asked), Needs):
        rounds.append(answer.questions)
        said = {digest_of(question): True for question in answer.questions}
        asked = replace(asked, answers={**asked.answers, **said})
    assert isinstance(answer, Planned)
    assert [("gnutls", (OLD, OTHER, NEW))] == [
        (question.consumer, tuple(one for one in (OLD, OTHER, NEW) if value_of(one) in question.anchors))
        for question in rounds[-1]
    ]
    refused = {digest_of(question): False for question in rounds[-1]}
    worse = make_plan(replace(asked, answers={**asked.answers, **refused}))
    assert Undecided("rotation.proof-disagrees", ("batch-to-web",)) == worse
