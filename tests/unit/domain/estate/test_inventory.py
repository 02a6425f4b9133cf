"""Desired against observed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from support.estate_texts import SMALL, estate_of
from support.pki import NOW, Entity, make_ca, make_key
from support.small_estate import SmallWorld
from warifu.domain.estate import IdentityValue, Observed, SlotState
from warifu.domain.estate.inventory import find_drift, find_expiring, find_splits, find_units
from warifu.domain.findings import Code, Finding, Lang, Severity, title

DATABASE = """
[services.db]
node = "n"
target = "postgresql"
[services.db.identities.tls]
identity = "{identity}"
certificate = "/db.crt"
key = "/db.key"
"""


def shared(identity: str = "web") -> SmallWorld:
    """The manager's listener and its database present one certificate from two files."""
    world = SmallWorld()
    world.estate = estate_of(SMALL + 'server-identities = ["web/tls"]\n' + DATABASE.format(identity=identity))
    services = {name: replace(one, target="files") for name, one in world.estate.services.items()}
    world.estate = replace(world.estate, services=services)
    world.put("/db", world.web)
    return world


@pytest.mark.req("S1-08")
def test_one_certificate_in_two_places_is_one_unit_and_half_of_it_is_a_split() -> None:
    """Equal fingerprints on listener and database are grouped; renewing one only warns of the split."""
    world = shared()
    seen = world.look()
    (unit,) = [one for one in find_units(world.estate, seen) if len(one.slots) > 1]
    assert (world.web.value.fingerprint.hex, ("db/tls", "web/tls"), ("web",)) == (
        unit.leaf,
        unit.slots,
        unit.identities,
    )
    (warning,) = find_splits(world.estate, seen, {"web/tls"})
    assert (Code.SPLIT_IDENTITY, Severity.WARNING, unit.leaf) == (
        warning.code,
        warning.severity,
        warning.subject,
    )
    assert "split" in title(warning, Lang.EN)
    assert "db/tls" in title(warning, Lang.EN)
    assert () == find_splits(world.estate, seen, {"web/tls", "db/tls"})
    assert () == find_splits(world.estate, seen, set())


def test_one_identity_with_different_leaves_has_drifted() -> None:
    """Declared as one, renewed in one place only."""
    world = shared()
    world.put("/db", world.root.leaf("web.example"))
    drift = find_drift(world.estate, world.look())
    assert [(Code.LEAVES_DIFFER, "web")] == [(one.code, one.subject) for one in drift]


def test_one_leaf_under_two_names_is_noted() -> None:
    """The same bytes declared as two identities: a note, since renewing one splits them."""
    world = shared("app")
    drift = find_drift(world.estate, world.look())
    assert Code.SHARED_LEAF in [one.code for one in drift]


def test_one_trust_store_with_different_anchors_has_drifted() -> None:
    """Order counts: some libraries take the first anchor that fits."""
    world = SmallWorld()
    world.estate = estate_of(SMALL.replace('store = "clients"', 'store = "up"'))
    drift = find_drift(world.estate, world.look())
    assert [(Code.STORES_DIFFER, "up")] == [(one.code, one.subject) for one in drift]


def test_what_moved_since_it_was_proven_is_told() -> None:
    """A slot that no longer holds what a rollout proved last."""
    world = SmallWorld()
    proven = {"web/tls": world.look().slots["web/tls"].values[0]}
    assert () == find_drift(world.estate, world.look(), proven=proven)
    world.put("/web", world.root.leaf("web.example"))
    world.service.load()
    drift = find_drift(world.estate, world.look(), proven=proven)
    assert [(Code.NOT_AS_PROVEN, "web/tls")] == [(one.code, one.subject) for one in drift]


def test_dates_are_judged_to_the_second() -> None:
    """Good at notAfter, expired a second later; expiring once notAfter is nearer than asked."""
    leaf = make_ca("Root").leaf("a", end=NOW).value
    second = timedelta(seconds=1)

    def codes(now: object, within: timedelta = timedelta(0)) -> list[Code]:
        return [one.code for one in find_expiring([leaf], now=now, within=within)]  # type: ignore[arg-type]

    assert [[], [], [Code.EXPIRED]] == [codes(NOW - second), codes(NOW), codes(NOW + second)]
    month = timedelta(days=30)
    assert [[], [], [Code.EXPIRING]] == [
        codes(NOW - month - second, month),
        codes(NOW - month, month),
        codes(NOW - month + second, month),
    ]


def test_a_file_that_nobody_loaded_is_deployed_and_not_live() -> None:
    """The service goes on with the old certificate: both are named; once it loaded the new one nothing is."""
    world = SmallWorld()
    world.put("/web", world.root.leaf("web.example"))
    (found,) = find_drift(world.estate, world.look())
    assert (Code.DEPLOYED_NOT_LIVE, "web/tls") == (found.code, found.subject)
    assert world.web.value.fingerprint.short in str(found.evidence["seen"])
    world.service.load()
    assert () == find_drift(world.estate, world.look())


def test_what_could_not_be_looked_at_has_not_drifted() -> None:
    """A slot that was not seen, and one whose file is not there, are no difference; they have findings of their own."""
    estate = estate_of(SMALL)
    seen = Observed(NOW, {"web/tls": SlotState("web/tls", None, (IdentityValue("aa"),))})
    assert () == find_drift(estate, seen)


def test_one_leaf_with_two_chains_in_a_slot_is_one_unit() -> None:
    """A slot that may hold the same certificate with an old and a new chain is listed once."""
    states = SlotState("web/tls", IdentityValue("aa", ("bb",)), (IdentityValue("aa", ("cc",)),))
    (unit,) = find_units(estate_of(SMALL), Observed(NOW, {"web/tls": states}))
    assert ("aa", ("web/tls",)) == (unit.leaf, unit.slots)


@pytest.mark.req("S3-45")
def test_a_key_on_two_nodes_is_told_unless_it_is_declared_as_one() -> None:
    """Two certificates of one key on two nodes, under two identities: one compromise. One identity: meant so."""
    key = make_key()
    ca = make_ca("Issuing")
    world = two_nodes(ca.leaf("web.example", key=key), ca.leaf("db.example", key=key), identity="app")
    (found,) = shared_keys(world)
    assert (["m", "n"], ["app", "web"]) == (found.evidence["nodes"], found.evidence["identities"])
    assert "漏れる" in title(found, Lang.JA)
    declared = two_nodes(ca.leaf("web.example", key=key), ca.leaf("db.example", key=key), identity="web")
    other = two_nodes(ca.leaf("web.example", key=key), ca.leaf("db.example"), identity="app")
    assert [] == [*shared_keys(declared), *shared_keys(other)]


def two_nodes(web: Entity, db: Entity, *, identity: str) -> SmallWorld:
    """The database stands on a machine of its own."""
    world = shared(identity)
    services = {**world.estate.services, "db": replace(world.estate.services["db"], node="m")}
    nodes = {**world.estate.nodes, "m": replace(world.estate.nodes["n"], name="m")}
    world.estate = replace(world.estate, services=services, nodes=nodes)
    world.put("/web", web)
    world.put("/db", db)
    return world


def shared_keys(world: SmallWorld) -> list[Finding]:
    seen = world.look(hosts={"n": world.host, "m": world.host})
    return [one for one in find_drift(world.estate, seen) if one.code is Code.SHARED_KEY]


def test_what_is_not_at_hand_is_no_shared_key() -> None:
    """A leaf that was only named, not read."""
    world = two_nodes(make_ca("x").leaf("web.example"), make_ca("x").leaf("db.example"), identity="app")
    seen = replace(world.look(hosts={"n": world.host, "m": world.host}), certificates={})
    assert Code.SHARED_KEY not in [one.code for one in find_drift(world.estate, seen)]


def test_a_key_twice_on_one_node_is_one_place() -> None:
    """Whoever takes it takes it there."""
    key = make_key()
    world = shared("app")
    world.put("/web", make_ca("x").leaf("web.example", key=key))
    world.put("/db", make_ca("x").leaf("db.example", key=key))
    assert Code.SHARED_KEY not in [one.code for one in find_drift(world.estate, world.look())]
