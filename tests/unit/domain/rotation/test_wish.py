"""What changes come to, slot by slot, and what speaks against them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from support.built_estates import EstateBuilder, shown, trusted, value_of
from support.pki import DAY, NOW, Entity, make_ca
from warifu.domain.estate import IdentityValue, IssuerSpec, Value
from warifu.domain.findings import Code
from warifu.domain.rotation.certificates import Certificates
from warifu.domain.rotation.change import AddAnchor, Change, PutBack, ReplaceCa, ReplaceIdentity, RetireAnchor
from warifu.domain.rotation.units import Goal
from warifu.domain.rotation.wish import Sources, Wish, read_wish
from warifu.domain.x509 import Certificate

OLD, NEW, OTHER = make_ca("Old Root"), make_ca("New Root"), make_ca("Other Root")
SIGNING = NEW.intermediate("New Signing")
OTHER_SIGNING = OTHER.intermediate("Other Signing")
WEB = OLD.leaf("web.example")


def name_of(entity: Entity) -> str:
    return value_of(entity).fingerprint.hex


def chain(*entities: Entity) -> tuple[Certificate, ...]:
    return tuple(value_of(one) for one in entities)


CHAINS = {"new": chain(SIGNING, NEW), "other": chain(OTHER_SIGNING, OTHER)}
CHANGE = ReplaceCa(name_of(OLD), name_of(NEW), "new")


def read(
    place: EstateBuilder,
    *changes: Change,
    chains: Mapping[str, tuple[Certificate, ...]] | None = None,
    kept: Mapping[str, Value] | None = None,
) -> Wish:
    place.know(OLD, NEW, OTHER, SIGNING, OTHER_SIGNING)
    certificates = Certificates(place.certificates)
    return read_wish(
        changes or (CHANGE,),
        Sources(place.estate, place.observed, certificates, NOW, chains or CHAINS, kept or {}),
    )


def refused(wish: Wish) -> list[tuple[Code, str]]:
    return [(finding.code, finding.subject) for finding in wish.refusals]


def shop() -> EstateBuilder:
    """A client that trusts the old root, and a server beneath it."""
    place = EstateBuilder()
    place.presents("web", WEB)
    place.trusts("app", OLD)
    place.connect("app", "web")
    return place


def test_only_what_stands_beneath_the_old_root_is_renewed() -> None:
    """A certificate of another root and a store without the old one stay as they are."""
    place = shop()
    place.presents("db", OTHER.leaf("db.example"))
    place.trusts("batch", OTHER)
    wish = read(place)
    assert {"web/tls", "app/trust"} == set(wish.goals)
    assert Goal(adds=(name_of(NEW),), removes=(name_of(OLD),)) == wish.goals["app/trust"]
    assert ("new", ("web/tls",)) == wish.issues["web"]


def test_an_identity_that_gets_its_own_certificate_is_not_issued_a_second() -> None:
    """Asked for by name and by its root, it moves once, as the name says."""
    own = SIGNING.leaf("web.example")
    place = shop()
    place.know(own)
    wish = read(place, CHANGE, ReplaceIdentity("web", leaf=name_of(own)))
    assert shown(own) == wish.goals["web/tls"].identity
    assert {} == wish.issues
    assert [] == wish.refusals


def test_a_certificate_at_hand_takes_the_place_with_its_chain() -> None:
    """Given by fingerprint, a leaf is sent with the intermediates that lead to its root; only the slots asked for move."""
    own = SIGNING.leaf("web.example")
    place = shop()
    place.presents("web", WEB, label="second", identity="web")
    place.know(own)
    wish = read(place, ReplaceIdentity("web", leaf=name_of(own), slots=("web/second",)))
    assert {"web/second": Goal(identity=IdentityValue(name_of(own), (name_of(SIGNING),)))} == wish.goals
    assert {"web/second": "rotation.why-replace-identity"} == wish.why


@pytest.mark.parametrize("why", ["unknown", "expired", "not yet valid"])
def test_a_certificate_that_is_not_good_now_takes_no_place(why: str) -> None:
    """One that is not at hand, one that is over and one of tomorrow are refused by name."""
    dates = {"expired": {"end": NOW - DAY}, "not yet valid": {"start": NOW + DAY}}.get(why, {})
    own = SIGNING.leaf("web.example", **dates)
    place = shop()
    if why != "unknown":
        place.know(own)
    wish = read(place, ReplaceIdentity("web", leaf=name_of(own)))
    assert [(Code.SUCCESSOR_NOT_VALID, name_of(own))] == refused(wish)
    assert ("not_after" in wish.refusals[0].evidence) is (why != "unknown")
    assert {} == wish.goals


def test_an_issuer_of_another_root_cannot_sign_beneath_the_new_one() -> None:
    """The issuer's chain must lead to the root that comes."""
    wish = read(shop(), replace(CHANGE, issuer="other"))
    assert (Code.ISSUER_NOT_BENEATH, "web") in refused(wish)
    assert {} == wish.issues


def test_an_issuer_whose_certificate_is_over_signs_nothing() -> None:
    """The certificate of the issuer that is out of date is named."""
    late = NEW.intermediate("Late", end=NOW - DAY)
    wish = read(shop(), chains={"new": chain(late, NEW)})
    assert (Code.SUCCESSOR_NOT_VALID, name_of(late)) in refused(wish)


def test_every_acceptor_of_what_moves_learns_the_new_root() -> None:
    """A client that trusts the leaf itself, not its root, is told too; one that knows a way to the new root is not."""
    place = shop()
    place.trusts("pinned", WEB)
    place.trusts("ready", NEW)
    place.connect("pinned", "web")
    place.connect("ready", "web")
    place.connections["again"] = replace(place.connections["pinned-to-web"], name="again")
    place.trusts("aside", OTHER)
    place.presents("db", OTHER.leaf("db.example"))
    place.connect("aside", "db")
    wish = read(place)
    assert Goal(adds=(name_of(NEW),)) == wish.goals["pinned/trust"]
    assert "rotation.why-spread" == wish.why["pinned/trust"]
    assert {"web/tls", "app/trust", "pinned/trust"} == set(wish.goals)


def test_acceptors_with_equal_stores_are_told_apart_by_what_they_get_already() -> None:
    """Of two clients that trust the same, one is given the new root by hand: the other one learns it."""
    place = shop()
    for name in ("told", "untold"):
        place.trusts(name, OTHER)
        place.connect(name, "web")
    wish = read(place, CHANGE, AddAnchor(name_of(NEW), stores=("told/trust",)))
    assert Goal(adds=(name_of(NEW),)) == wish.goals["told/trust"] == wish.goals["untold/trust"]
    assert ["rotation.why-add-anchor", "rotation.why-spread"] == [
        wish.why[f"{name}/trust"] for name in ("told", "untold")
    ]


def test_of_acceptors_that_get_nothing_those_that_know_the_new_root_learn_nothing() -> None:
    """The first one trusts the new root already, the next one does not: it learns it."""
    place = shop()
    place.trusts("ready", NEW)
    place.trusts("pinned", WEB)
    place.connect("ready", "web")
    place.connect("pinned", "web")
    assert {"web/tls", "app/trust", "pinned/trust"} == set(read(place).goals)


def test_replaced_roots_and_added_anchors_come_in_the_order_they_were_wished() -> None:
    """An anchor that is added between two replaced CAs stands between theirs."""
    place = shop()
    place.trusts("both", OLD, OTHER)
    further, last = make_ca("Further"), make_ca("Last")
    place.know(further, last)
    changes = (
        ReplaceCa(name_of(OLD), name_of(NEW), "new"),
        AddAnchor(name_of(further), stores=("both/trust",)),
        ReplaceCa(name_of(OTHER), name_of(last)),
    )
    goal = read(place, *changes).goals["both/trust"]
    assert tuple(name_of(one) for one in (NEW, further, last)) == goal.adds
    assert (name_of(OLD), name_of(OTHER)) == goal.removes


def test_what_moves_beneath_another_root_spreads_nothing() -> None:
    """An identity that gets a certificate of a third root in the same plan is no reason to trust the new one."""
    own = OTHER_SIGNING.leaf("db.example")
    place = shop()
    place.presents("db", OTHER.leaf("db.example"))
    place.trusts("batch", OTHER)
    place.connect("batch", "db")
    place.know(own)
    wish = read(place, CHANGE, ReplaceIdentity("db", leaf=name_of(own)))
    assert "batch/trust" not in wish.goals
    assert shown(own) == wish.goals["db/tls"].identity


def test_only_a_ca_that_is_at_hand_and_valid_becomes_an_anchor() -> None:
    """A leaf is no anchor, and neither is what nobody has seen; both are told, for both changes."""
    for change in (AddAnchor, lambda anchor: ReplaceCa(name_of(OLD), anchor, "new")):
        place = shop()
        assert (Code.NOT_AN_ANCHOR, name_of(WEB)) in refused(read(place, change(name_of(WEB))))
        wish = read(place, change("ab" * 32))
        assert (Code.SUCCESSOR_NOT_VALID, "ab" * 32) in refused(wish)
        assert {"now": NOW} == wish.refusals[0].evidence
        assert {} == wish.goals


def test_an_anchor_is_added_to_the_stores_that_are_named() -> None:
    """By the store's name or the slot's; no name means all."""
    for stores, slots in ((("app-trust",), {"app/trust"}), (("db/trust",), {"db/trust"}), ((), None)):
        place = shop()
        place.trusts("db", OLD)
        wish = read(place, AddAnchor(name_of(NEW), stores))
        assert (slots or {"app/trust", "db/trust"}) == set(wish.goals)


def test_a_root_may_go_from_a_store_that_faces_nobody_beneath_it() -> None:
    """Retired from one store, only what connects there counts, on either side of the handshake."""
    retire = RetireAnchor(name_of(OLD), ("db-trust",))
    place = shop()
    place.trusts("db", OLD, OTHER)
    assert [] == read(place, retire).refusals
    place.presents("app", OLD.leaf("app.example"), label="me", identity="app")
    place.presents("db", OTHER.leaf("db.example"))
    place.connect("app", "db", mutual=True)
    assert [(Code.STILL_NEEDED, "app/me")] == refused(read(place, retire))
    place.trusts("db", OLD, OTHER, label="up", store="db-trust")
    place.connect("db", "web")
    assert [(Code.STILL_NEEDED, "web/tls"), (Code.STILL_NEEDED, "app/me")] == refused(read(place, retire))


def test_a_slot_gets_back_what_it_had() -> None:
    """An identity and a trust store each get their kept value whole."""
    kept: dict[str, Value] = {"one": shown(WEB), "two": trusted(OTHER)}
    wish = read(shop(), PutBack("web/tls", "one"), PutBack("app/trust", "two"), kept=kept)
    assert Goal(identity=shown(WEB)) == wish.goals["web/tls"]
    assert Goal(value=trusted(OTHER)) == wish.goals["app/trust"]
    assert {"rotation.why-put-back"} == set(wish.why.values())


@pytest.mark.parametrize(("slot", "digest"), [("web/tls", "nothing"), ("nobody/tls", "one")])
def test_what_was_not_kept_cannot_be_put_back(slot: str, digest: str) -> None:
    """A value that no backup holds, and a slot that is not in the estate, are refused."""
    wish = read(shop(), PutBack(slot, digest), kept={"one": shown(WEB)})
    assert [(Code.NO_BACKUP, slot)] == refused(wish)


def test_only_slots_of_the_certificate_that_moves_are_a_split() -> None:
    """Another identity that stays is no part of it."""
    place = shop()
    place.presents("db", WEB, identity="web")
    place.presents("aside", OTHER.leaf("aside.example"))
    wish = read(place, ReplaceIdentity("web", issuer="new", slots=("web/tls",)))
    (found,) = wish.remarks
    assert (Code.SPLIT_IDENTITY, ["db/tls"]) == (found.code, found.evidence["stays"])


@pytest.mark.parametrize(
    ("named", "code"),
    [
        ("", Code.NO_ISSUER),
        ("stranger", Code.ISSUER_UNKNOWN),
        ("corp", Code.ISSUER_CHAIN_MISSING),
    ],
)
def test_what_is_missing_of_an_issuer_is_named(named: str, code: Code) -> None:
    """Nobody is named, nobody has that name, or the one who has it does not say what it signs with."""
    place = shop()
    place.issuers["corp"] = IssuerSpec("corp", "by-hand", "corp")
    change = ReplaceIdentity("web", issuer=named)
    assert [(code, "web")] == refused(read(place, change))
    assert [] == refused(read(place, change, chains={named: CHAINS["new"]}))


def test_every_client_of_what_moves_comes_to_trust_the_new_root_whatever_it_trusts_now() -> None:
    """Two servers beneath the old root, their clients' stores one and the same, without it: both get the new one."""
    place = EstateBuilder()
    for server, client in (("web", "app"), ("db", "batch")):
        place.presents(server, OLD.leaf(f"{server}.example"))
        place.trusts(client, OTHER)
        place.connect(client, server)
    place.states["batch/trust"] = replace(place.states["app/trust"], slot="batch/trust")
    place.trusts("mail", OTHER, SIGNING)
    place.connect("mail", "db")
    place.trusts("calm", OTHER)
    wish = read(place)
    spread = {name for name, why in wish.why.items() if why == "rotation.why-spread"}
    assert {"app/trust", "batch/trust", "mail/trust"} == spread
    assert {Goal(adds=(name_of(NEW),))} == {wish.goals[name] for name in spread}
    assert "calm/trust" not in wish.goals


def test_a_leaf_seen_in_a_trust_slot_is_no_store() -> None:
    """Whatever else was read there, the anchors that it may hold decide."""
    place = shop()
    plain = read(place).goals["app/trust"]
    state = place.states["app/trust"]
    place.states["app/trust"] = replace(state, loaded=(shown(WEB), *state.loaded), proven=False)
    assert plain == read(place).goals["app/trust"]
    assert Goal(adds=(name_of(NEW),), removes=(name_of(OLD),)) == plain
