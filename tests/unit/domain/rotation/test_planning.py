"""What planning answers for small estates with real certificates."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from support.agreeing import agreed
from support.built_estates import EstateBuilder, shown, trusted, value_of
from support.pki import BOTH, DAY, NOW, Entity, make_ca
from warifu.domain.estate import Estate, Group, Loading, Window
from warifu.domain.findings import Code, Lang
from warifu.domain.rotation.change import AddAnchor, Change, ReplaceCa, ReplaceIdentity, RetireAnchor
from warifu.domain.rotation.explain import Mixture, explain
from warifu.domain.rotation.outcome import Answer, NoneExists, Planned, Refused, Undecided
from warifu.domain.rotation.plan import Plan, Waiver
from warifu.domain.rotation.planning import Request, lay_out
from warifu.domain.rotation.proof import Breaking
from warifu.domain.rotation.remaining import prove_remaining, with_bytes
from warifu.domain.rotation.steps import Load, Switch
from warifu.domain.rotation.waits import say_wait
from warifu.errors import UsageError

OLD, NEW, OTHER = make_ca("Old Root"), make_ca("New Root"), make_ca("Other Root")
SIGNING = NEW.intermediate("New Signing")
OLD_SIGNING = OLD.intermediate("Old Signing")
WEB = OLD_SIGNING.leaf("web.example", purposes=BOTH)
SECOND = timedelta(seconds=1)


def name_of(entity: Entity) -> str:
    return value_of(entity).fingerprint.hex


CHANGE = ReplaceCa(name_of(OLD), name_of(NEW), "new")


def solve(place: EstateBuilder, *changes: Change, now: datetime = NOW, **more: object) -> Answer:
    """Plan, with every engine agreeing with our rules."""
    place.know(OLD, NEW, OTHER, SIGNING)
    request = Request(
        estate=place.estate,
        observed=place.observed,
        changes=changes or (CHANGE,),
        now=now,
        issuer_chains={"new": (value_of(SIGNING), value_of(NEW))},
        engines=frozenset({"openssl", "cryptography"}),
    )
    request = replace(request, **more)  # type: ignore[arg-type]  # tests name fields of Request
    return agreed(request)


def planned(answer: Answer) -> Plan:
    assert isinstance(answer, Planned), answer
    return answer.plan


def refusals(answer: Answer) -> list[tuple[Code, str]]:
    assert isinstance(answer, Refused), answer
    return [(finding.code, finding.subject) for finding in answer.findings]


def one_server(leaf: Entity = WEB, consumer: str = "openssl", **options: object) -> EstateBuilder:
    place = EstateBuilder(consumer)
    place.presents("web", leaf, **options)  # type: ignore[arg-type]  # as the builder has them
    place.trusts("app", OLD)
    place.connect("app", "web", server_name="web.example")
    return place


@pytest.mark.req("S3-24")
def test_trust_comes_first_and_goes_last() -> None:
    """Replacing a CA adds the new anchor, migrates the leaf, removes the old one: without any wave it breaks."""
    place = one_server()
    plan = planned(solve(place))
    assert ["prepare", "trust", "switch", "retire"] == [wave.purpose for wave in plan.waves]
    kinds = [step.kind for wave in plan.waves[1:] for step in wave.steps]  # type: ignore[union-attr]  # switches
    assert ["add-anchor", "switch-identity", "remove-anchor"] == kinds
    for left_out in (1, 2):
        cut = replace(plan, waves=tuple(w for n, w in enumerate(plan.waves) if n != left_out))
        verdict = prove_remaining(cut, place.estate, place.observed, frozenset(), NOW)
        assert isinstance(verdict, Breaking), left_out
        assert "app-to-web" == verdict.connection


@pytest.mark.req("S0-16")
def test_a_removal_is_kept_by_alias_key_id_and_fingerprint() -> None:
    """The plan names the anchor that goes by its store's alias, key id and SHA-256."""
    plan = planned(solve(one_server()))
    key_id = value_of(OLD).subject_key_id
    assert key_id is not None
    assert [("app/trust", "app-trust", key_id.hex, name_of(OLD))] == [
        (r.slot, r.alias, r.key_id, r.fingerprint) for r in plan.removals
    ]


@pytest.mark.req("S0-17")
def test_each_item_is_checked_on_its_own() -> None:
    """Two roots to retire are two items: one that is needed hides neither the other's fault nor its own."""
    place = one_server()
    place.presents("db", OTHER.leaf("db.example"))
    place.trusts("app", OLD, OTHER, label="more")
    answer = solve(place, RetireAnchor(name_of(OLD)), RetireAnchor(name_of(OTHER)))
    needed = [item for item in refusals(answer) if item[0] is Code.STILL_NEEDED]
    assert [(Code.STILL_NEEDED, "web/tls"), (Code.STILL_NEEDED, "db/tls")] == needed


@pytest.mark.req("S0-17")
def test_two_unneeded_roots_go_in_one_plan() -> None:
    """Two roots that nobody needs any more leave the store together, each as an item of its own."""
    expired = [make_ca(f"Expired {n}", end=NOW - DAY) for n in range(2)]
    place = EstateBuilder()
    place.presents("web", WEB)
    place.trusts("app", *expired, OLD)
    place.connect("app", "web")
    plan = planned(solve(place, *(RetireAnchor(name_of(root)) for root in expired)))
    assert [name_of(root) for root in expired] == [removal.fingerprint for removal in plan.removals]


@pytest.mark.req("S0-46")
def test_an_anchor_that_is_needed_stays() -> None:
    """Retiring a root above a live service, through an intermediate, is refused by name; replaced, it is allowed."""
    retire = RetireAnchor(name_of(OLD))
    place = one_server()
    answer = solve(place, retire)
    assert (Code.STILL_NEEDED, "web/tls") in refusals(answer)
    assert isinstance(answer, Refused)
    assert "web" == answer.findings[0].evidence["service"]
    replaced = one_server(SIGNING.leaf("web.example"))
    replaced.trusts("app", OLD, NEW)
    assert ["retire"] == [wave.purpose for wave in planned(solve(replaced, retire)).waves]


def test_an_anchor_goes_after_the_file_without_need_of_it_was_loaded() -> None:
    """A process may hold the old anchor alone, the file both: the file is loaded first, then the old one goes."""
    place = EstateBuilder()
    place.presents("web", SIGNING.leaf("web.example"))
    slot = place.trusts("app", OLD, NEW, values=(trusted(OLD),))
    place.connect("app", "web")
    plan = planned(solve(place, RetireAnchor(name_of(OLD))))
    load, retire = [step for wave in plan.waves for step in wave.steps]
    assert isinstance(load, Load)
    assert isinstance(retire, Switch)
    assert (slot, slot, trusted(NEW)) == (load.slot, retire.slot, retire.after)


def test_no_file_without_anchors_is_planned() -> None:
    """Where the file itself holds nothing else, or nobody can tell what it holds, the anchor stays."""
    place = EstateBuilder()
    slot = place.trusts("app", OLD, values=(trusted(OLD, NEW),))
    assert [(Code.NO_SUCCESSOR, slot)] == refusals(solve(place, RetireAnchor(name_of(OLD))))
    place.states[slot] = replace(place.states[slot], on_disk=None, loaded=(trusted(OLD, NEW), trusted(OLD)))
    assert [(Code.NO_SUCCESSOR, slot)] == refusals(solve(place, RetireAnchor(name_of(OLD))))


@pytest.mark.req("S1-08")
def test_renewing_some_slots_of_a_certificate_warns_of_a_split() -> None:
    """One certificate at a listener and a database: renewing one of them warns, renewing both does not."""
    place = EstateBuilder()
    place.presents("web", WEB, identity="web", issuer="new")
    place.presents("db", WEB, identity="web", issuer="new")
    place.trusts("app", OLD, NEW)
    place.connect("app", "web")
    split = planned(solve(place, ReplaceIdentity("web", slots=("web/tls",))))
    assert [(Code.SPLIT_IDENTITY, ["db/tls"])] == [(f.code, f.evidence["stays"]) for f in split.findings]
    assert () == planned(solve(place, ReplaceIdentity("web"))).findings


@pytest.mark.req("S1-45")
def test_an_expired_certificate_takes_the_long_way() -> None:
    """Before expiry the plan is short; after it the broken connection comes first, in a wave of its own."""
    end = NOW + DAY

    def place() -> EstateBuilder:
        built = EstateBuilder("cryptography")
        built.presents("db", OLD_SIGNING.leaf("db.example", end=end), issuer="new")
        built.presents("web", WEB, issuer="new")
        built.trusts("manager", OLD, NEW)
        built.connect("manager", "db")
        built.connect("manager", "web")
        return built

    changes = (ReplaceIdentity("db"), ReplaceIdentity("web"))
    before = planned(solve(place(), *changes, now=end))
    assert ["prepare", "switch"] == [wave.purpose for wave in before.waves]
    after = planned(solve(place(), *changes, now=end + SECOND))
    assert ("manager-to-db",) == after.proof.broken
    switched = [[step.id for step in wave.steps] for wave in after.waves if wave.purpose == "switch"]
    assert [["db/tls#1"], ["web/tls#1"]] == switched


@pytest.mark.req("S3-05")
def test_a_peer_without_the_new_root_blocks() -> None:
    """A certificate of another CA is not installed while one peer lacks its root; that peer is named."""
    place = one_server(issuer="new")
    place.trusts("peer", OLD, NEW)
    place.connect("peer", "web", server_name="web.example")
    answer = solve(place, ReplaceIdentity("web"))
    assert isinstance(answer, NoneExists)
    assert {("app-to-web", "app/trust")} == {(c.connection, c.acceptor) for c in answer.clashes}


@pytest.mark.req("X-13")
@pytest.mark.parametrize(("consumer", "good"), [("openssl", -1), ("cryptography", 0)])
def test_the_last_second_is_the_consumers(consumer: str, good: int) -> None:
    """At -1, 0 and +1 s of notAfter a connection holds as its consumer counts, and the plan is good until then."""
    end = NOW + DAY
    leaf = OLD_SIGNING.leaf("web.example", end=end)
    for offset in (-1, 0, 1):
        now = end + offset * SECOND
        place = one_server(leaf, consumer)
        place.trusts("elsewhere", OTHER)
        plan = planned(solve(place, AddAnchor(name_of(NEW), ("elsewhere-trust",)), now=now))
        assert (() if offset <= good else ("app-to-web",)) == plan.proof.broken, offset
        expected = end + (good + 1) * SECOND
        assert (expected if offset <= good else None) == plan.good_until, offset


def test_single_anchor_store_has_no_safe_order() -> None:
    """A store for one anchor and a leaf that moves wait for each other: none exists, and offers say what helps."""
    place = EstateBuilder()
    place.presents("web", WEB)
    place.trusts("app", OLD, single=True)
    place.connect("app", "web")
    answer = solve(place)
    assert isinstance(answer, NoneExists)
    assert "app-to-web" == answer.broken
    assert 1 == len(answer.schedule)
    assert {"second-anchor", "cross-sign", "window", "weaken", "waive"} == {o.kind for o in answer.offers}


def test_a_waived_connection_is_left_out_until_it_expires() -> None:
    """A waiver lets the plan pass and shows in it; one that ran out does not count."""
    place = EstateBuilder()
    place.presents("web", WEB)
    place.trusts("app", OLD, single=True)
    place.connect("app", "web")
    waiver = Waiver("app-to-web", "Ito", "no test instance", NOW + DAY)
    plan = planned(solve(place, waivers=(waiver,)))
    assert ("app-to-web",) == plan.proof.waived
    assert (waiver,) == plan.waivers
    assert isinstance(solve(place, waivers=(replace(waiver, expires=NOW),)), NoneExists)


def test_a_mixture_that_breaks_already_is_one_event() -> None:
    """What lies unloaded on disk and would break at the next restart is named, with an offer to settle it."""
    place = EstateBuilder()
    place.presents("web", WEB)
    place.trusts("app", OTHER, values=(trusted(OLD),))
    place.connect("app", "web")
    place.held["app-to-web"] = True
    answer = solve(place, AddAnchor(name_of(NEW)))
    assert isinstance(answer, NoneExists)
    assert [("app/trust", name_of(OTHER)[:16])] == [(e.slot, e.value) for e in answer.schedule]
    assert "settle" in {offer.kind for offer in answer.offers}


def test_identities_without_issuer_are_named() -> None:
    """A CA is not replaced while somebody beneath it has nobody to sign the next certificate."""
    answer = solve(one_server(), ReplaceCa(name_of(OLD), name_of(NEW)))
    assert (Code.NO_ISSUER, "web") in refusals(answer)


def test_a_successor_must_be_valid_now() -> None:
    """An anchor that is not valid yet is refused as a successor."""
    future = make_ca("Future", start=NOW + DAY)
    place = one_server()
    place.know(future)
    answer = solve(place, ReplaceCa(name_of(OLD), name_of(future), "new"))
    assert [(Code.SUCCESSOR_NOT_VALID, name_of(future))] == [
        item for item in refusals(answer) if item[0] is Code.SUCCESSOR_NOT_VALID
    ]


def test_a_lone_restart_is_an_outage_to_be_allowed() -> None:
    """A service that loads at restart only and stands alone is interrupted only when its owner allowed it."""
    place = one_server(loading=Loading.RESTART)
    assert [(Code.OUTAGE_NOT_ALLOWED, "web")] == refusals(solve(place))
    plan = planned(solve(place, outages=frozenset({"web"})))
    assert ["web"] == [outage.service for outage in plan.outages]


def test_a_group_restarts_behind_its_canary() -> None:
    """Of four services that restart, one goes first; the others follow in as many lanes as may be unavailable."""
    place = EstateBuilder()
    names = [f"web-{n}" for n in range(4)]
    for name in names:
        place.presents(name, WEB, identity="web", issuer="new", loading=Loading.RESTART)
    place.trusts("app", OLD, NEW)
    for name in names:
        place.connect("app", name)
    place.groups["front"] = Group("front", tuple(names), 2)
    plan = planned(solve(place, ReplaceIdentity("web")))
    switches = [wave for wave in plan.waves if wave.purpose == "switch"]
    assert {"rotation.why-replace-identity"} == {step.why for wave in switches for step in wave.steps}
    assert [1, 3] == [len(wave.steps) for wave in switches]
    assert [2, 1] == [len(chain) for chain in switches[1].chains]
    assert () == plan.outages


def test_groups_that_share_a_service_share_their_canary() -> None:
    """Two groups with a member in common are interrupted one service at a time, behind one canary."""
    place = EstateBuilder()
    names = [f"web-{n}" for n in range(3)]
    for name in names:
        place.presents(name, WEB, identity="web", issuer="new", loading=Loading.RESTART)
    place.trusts("app", OLD, NEW)
    for name in names:
        place.connect("app", name)
    place.groups["left"] = Group("left", ("web-0", "web-1"), 1)
    place.groups["right"] = Group("right", ("web-1", "web-2"), 1)
    place.groups["both"] = Group("both", ("web-1", "web-2"), 1)
    plan = planned(solve(place, ReplaceIdentity("web")))
    switches = [wave for wave in plan.waves if wave.purpose == "switch"]
    assert [[1], [2]] == [[len(chain) for chain in wave.chains] for wave in switches]


def test_of_services_that_share_a_file_only_the_one_that_restarts_is_interrupted() -> None:
    """One file, two services, one chain: the reload of the one goes along with the restart of the other."""
    place = EstateBuilder()
    place.presents("web", WEB, identity="web", issuer="new", file="/shared.pem")
    place.presents("db", WEB, identity="web", issuer="new", file="/shared.pem", loading=Loading.RESTART)
    place.trusts("app", OLD, NEW)
    place.connect("app", "web")
    place.connect("app", "db")
    plan = planned(solve(place, ReplaceIdentity("web"), outages=frozenset({"db"})))
    (chain,) = plan.waves[-1].chains
    assert [("web/tls", False), ("db/tls", True)] == [
        (step.slot, step.interrupts) for step in chain if isinstance(step, Switch)
    ]
    assert ["db"] == [outage.service for outage in plan.outages]


def test_a_slot_that_is_there_already_has_no_step_beside_one_that_shares_its_file() -> None:
    """The file is written for both; only the slot that changes is told."""
    place = EstateBuilder()
    place.presents("web", WEB)
    place.trusts("app", OLD, file="/shared.pem")
    place.trusts("batch", OLD, NEW, file="/shared.pem")
    place.connect("app", "web")
    plan = planned(solve(place, AddAnchor(name_of(NEW))))
    assert ["app/trust"] == [step.slot for step in plan.steps if isinstance(step, Switch)]


def test_what_lies_on_disk_already_is_loaded_and_not_written() -> None:
    """An earlier rollout wrote both anchors and stopped: they are loaded first, then the old one goes."""
    place = EstateBuilder()
    place.presents("web", SIGNING.leaf("web.example"))
    place.trusts("app", OLD, NEW, values=(trusted(OLD), trusted(OLD, NEW)))
    place.connect("app", "web", server_name="web.example")
    place.held["app-to-web"] = False
    plan = planned(solve(place))
    steps = [step for wave in plan.waves for step in wave.steps]
    assert [Load, Switch] == [type(step) for step in steps]
    assert trusted(OLD, NEW) == steps[0].after  # type: ignore[union-attr]  # loads a value
    assert ["retire"] == [wave.purpose for wave in plan.waves]


def test_an_interruption_waits_for_its_window() -> None:
    """A wave that interrupts a group with a window waits for the window's next opening."""
    place = EstateBuilder()
    for name in ("web-0", "web-1"):
        place.presents(name, WEB, identity="web", issuer="new", loading=Loading.RESTART)
        place.trusts("app", OLD, NEW)
        place.connect("app", name)
    place.groups["front"] = Group("front", ("web-0", "web-1"), 1, ("night",))
    window = Window("night", "Etc/UTC", (0, 1, 2, 3, 4, 5, 6), time(22), timedelta(hours=4))
    estate: Estate = replace(place.estate, windows={"night": window})
    plan = planned(solve(place, ReplaceIdentity("web"), estate=estate, zones={"Etc/UTC": UTC}))
    waits = [wave.waits for wave in plan.waves if wave.purpose == "switch"]
    assert 2 == len(waits)
    assert all("(night)" in say_wait(wait, Lang.EN) for (wait,) in waits)
    assert all("open from 2026-06-01 22:00:00+00:00" in say_wait(wait, Lang.EN) for (wait,) in waits)


def test_an_engine_that_is_missing_leaves_it_undecided() -> None:
    """What only a model vouches for is unknown: the connection is named, until it is waived."""
    place = one_server(SIGNING.leaf("web.example"), consumer="java")
    place.trusts("app", NEW)
    answer = solve(place, AddAnchor(name_of(OTHER)))
    assert Undecided("rotation.modelled", ("app-to-web",)) == answer


def test_a_broken_connection_that_is_touched_must_hold_in_the_end() -> None:
    """A plan that touches a broken connection without mending it does not exist; a waiver leaves it out."""
    place = one_server(OLD_SIGNING.leaf("web.example", expired=True))
    answer = solve(place, AddAnchor(name_of(NEW)))
    assert isinstance(answer, NoneExists)
    assert {"waive"} == {offer.kind for offer in answer.offers}
    waiver = Waiver("app-to-web", "Ito", "gone next week", NOW + DAY)
    assert ["trust"] == [
        wave.purpose for wave in planned(solve(place, AddAnchor(name_of(NEW)), waivers=(waiver,))).waves
    ]


def test_a_spent_budget_is_undecided() -> None:
    """A search that may try nothing says so instead of guessing."""
    answer = solve(one_server(), attempts=0)
    assert isinstance(answer, Undecided)
    assert "rotation.budget-spent" == answer.why


def test_explanation_shows_every_mixture() -> None:
    """The connection's mixtures are shown wave by wave, the good and what they are good until."""
    place = one_server()
    plan = planned(solve(place))
    place.know(SIGNING)
    request = Request(
        estate=place.estate,
        observed=place.observed,
        changes=(CHANGE,),
        now=NOW,
        issuer_chains={"new": (value_of(SIGNING), value_of(NEW))},
    )
    found = explain(lay_out(request), plan.waves, "app-to-web")
    assert [1, 1, 2, 2, 2, 1] == [sum(m.wave == wave for m in found) for wave in range(6)]
    assert all(mixture.accepted for mixture in found)


def explained(place: EstateBuilder, connection: str, *changes: Change) -> list[Mixture]:
    """Every mixture of a connection in the plan that exists for the changes, told with reasons."""
    plan = planned(solve(place, *changes))
    request = Request(
        estate=place.estate,
        observed=place.observed,
        changes=changes or (CHANGE,),
        now=NOW,
        issuer_chains={"new": (value_of(SIGNING), value_of(NEW))},
    )
    return list(explain(lay_out(request), plan.waves, connection))


def test_explanation_says_why_a_mixture_is_refused() -> None:
    """A connection that is broken and stays so is shown with the findings; the others are not shown with it."""
    place = one_server()
    place.presents("db", OTHER.leaf("db.example"))
    place.connect("app", "db", server_name="db.example")
    found = explained(place, "app-to-db", AddAnchor(name_of(NEW), ("nobody",)))
    assert [False] * len(found) == [mixture.accepted for mixture in found]
    assert {("db/tls", "app/trust")} == {(mixture.presenter, mixture.acceptor) for mixture in found}
    assert all(Code.ISSUER_MISSING in {f.code for f in mixture.findings} for mixture in found)


def test_only_a_connection_of_the_estate_is_explained() -> None:
    """Another name is a usage error."""
    with pytest.raises(UsageError, match="no-such-connection"):
        explained(one_server(), "nobody-to-web")


def test_issuers_of_one_name_that_openssl_cannot_tell_apart_have_no_safe_order() -> None:
    """Where the new root has the old one's name and neither has a key id, openssl takes the first of both in the file."""
    old, new = (make_ca("Twin Root", ski=False) for _ in range(2))
    place = EstateBuilder()
    place.presents("web", old.leaf("web.example", aki=False))
    place.trusts("app", old)
    place.connect("app", "web")
    place.know(new)
    change = ReplaceCa(name_of(old), name_of(new), "new")
    answer = solve(place, change, issuer_chains={"new": (value_of(new),)})
    assert isinstance(answer, NoneExists)
    assert {"cross-sign", "window", "weaken", "waive"} == {offer.kind for offer in answer.offers}
    assert {"rotation.clash-order", "rotation.clash-end"} >= {clash.why for clash in answer.clashes}


def test_a_mixture_on_the_way_that_no_order_avoids_is_told() -> None:
    """Old and new anchors are each good for a certificate that stays, and not together: that mixture is named."""
    old, new = (make_ca("Twin Root", ski=False) for _ in range(2))
    mid = old.intermediate("Mid", ski=False, aki=False)
    twin = new.intermediate("Mid", key=mid.key, ski=False, aki=False)
    place = EstateBuilder()
    place.presents("db", mid.leaf("db.example", aki=False))
    place.presents("web", old.leaf("web.example", aki=False))
    place.trusts("app", old)
    place.connect("app", "db")
    place.connect("app", "web")
    place.know(twin)
    changes = (ReplaceCa(name_of(old), name_of(new), "new"), AddAnchor(name_of(twin)))
    answer = solve(place, *changes, issuer_chains={"new": (value_of(new),)})
    assert isinstance(answer, NoneExists)
    (clash,) = answer.clashes
    assert ("app-to-db", "rotation.clash-always", "db/tls") == (clash.connection, clash.why, clash.presenter)
    assert clash.trusted == "+".join(name_of(one)[:16] for one in (old, new, twin))


def test_a_name_that_a_successor_does_not_carry_is_a_clash_in_the_end() -> None:
    """The path holds, the name does not: the leaf that lacks it is named."""
    other = SIGNING.leaf("shop.example")
    place = one_server()
    place.trusts("app", OLD, NEW)
    place.know(other)
    answer = solve(place, ReplaceIdentity("web", leaf=name_of(other)))
    assert isinstance(answer, NoneExists)
    assert [("rotation.clash-end", name_of(other))] == [(c.why, c.shown) for c in answer.clashes]
    assert Code.NAME_MISMATCH in {finding.code for finding in answer.clashes[0].findings}


def test_what_was_owed_stays_owed_and_what_was_broken_need_only_hold_where_it_is_touched() -> None:
    """Proven again after the start: a connection that fails now breaks the proof, one that was broken then does not."""
    place = one_server()
    place.presents("db", OTHER.leaf("db.example"))
    place.connect("app", "db", server_name="db.example")
    plan = planned(solve(place, waivers=(Waiver("app-to-db", "Ito", "is replaced", NOW + DAY),)))
    broken = replace(plan, waivers=(), proof=replace(plan.proof, broken=("app-to-db",)))

    def proven(plan: Plan, estate: Estate = place.estate) -> str:
        verdict = prove_remaining(plan, estate, place.observed, frozenset(), NOW, engines=frozenset())
        return verdict.connection if isinstance(verdict, Breaking) else ""

    owed = replace(plan, waivers=(), proof=replace(plan.proof, owed=("app-to-web", "app-to-db")))
    assert "app-to-db" == proven(owed)
    assert "app-to-db" == proven(broken)
    place.trusts("aside", OLD)
    place.connect("aside", "db", server_name="db.example")
    untouched = replace(place.estate, connections={"aside-to-db": place.connections["aside-to-db"]})
    nothing = replace(plan, waivers=(), proof=replace(plan.proof, owed=(), broken=("aside-to-db",)), waves=())
    assert "" == proven(nothing, untouched)
    new = replace(nothing, proof=replace(nothing.proof, broken=()))
    assert "" == proven(new, untouched)
    assert "aside-to-db" == proven(replace(new, proof=replace(new.proof, owed=("aside-to-db",))), untouched)


def test_issued_bytes_take_the_templates_place() -> None:
    """The remaining waves are proven again with what came; a leaf beneath another root breaks them."""
    place = one_server()
    plan = planned(solve(place))
    good, bad = SIGNING.leaf("web.example"), OTHER.leaf("web.example")
    place.know(good, bad)
    arrived = with_bytes(plan, {"template:web": shown(good)})
    assert shown(good) == arrived.waves[2].steps[0].after  # type: ignore[union-attr]  # a switch
    verdict = prove_remaining(
        plan, place.estate, place.observed, frozenset(), NOW, issued={"template:web": shown(bad)}
    )
    assert isinstance(verdict, Breaking)
    assert 3 == verdict.wave
