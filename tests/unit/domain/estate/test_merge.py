"""A new scan beside a file edited by hand."""

from __future__ import annotations

from dataclasses import replace

from support.estate_texts import SMALL, estate_of
from warifu.domain.estate import Connection, Estate, Identity, IdentitySlot, Local, Node, Provenance, Service
from warifu.domain.estate.align import align
from warifu.domain.estate.merge import Difference, merge
from warifu.domain.estate.parse import parse_estate
from warifu.domain.estate.table_reader import Source
from warifu.domain.trust.address import Address


def merged(text: str, scanned: Estate) -> tuple[str, Difference]:
    texts, difference = merge([Source("e.toml", text, "/estate")], scanned, into="e.toml")
    return texts.get("e.toml", text), difference


def test_what_a_person_changed_is_told_and_left_alone() -> None:
    """Another address in the file than in the world is a difference with its line; the text stays."""
    scanned = estate_of(SMALL)
    text = SMALL.replace('addresses = ["127.0.0.1:8443"]', 'addresses = ["127.0.0.1:9000"]  # mine')
    new, difference = merged(text, scanned)
    assert text == new
    (change,) = difference.changed
    assert ("services.web.addresses", "e.toml", 4) == (change.key, change.place.file, change.place.line)
    assert (["127.0.0.1:9000"], ["127.0.0.1:8443"]) == (change.in_file, change.seen)
    assert {"added", "changed", "vanished", "held_back"} == set(difference.to_json())


def test_a_renamed_service_is_recognised() -> None:
    """A person's own names for service, slot, identity and connection are kept, and nothing is added twice."""
    scanned = estate_of(SMALL)
    text = (
        SMALL.replace("services.web]", "services.shop]")
        .replace("services.web.identities.tls", "services.shop.identities.front")
        .replace("services.web.trusts", "services.shop.trusts")
        .replace('identity = "web"', 'identity = "shop-cert"')
        .replace("[identities.web]", "[identities.shop-cert]")
        .replace('servers = ["web"]', 'servers = ["shop"]')
        .replace("connections.app-to-web", "connections.mine")
        .replace('target = "files"', 'target = "nginx"')
    )
    as_nginx = replace(
        scanned,
        services={
            name: replace(one, target="nginx", consumer="openssl") for name, one in scanned.services.items()
        },
    )
    new, difference = merged(text, as_nginx)
    assert text == new
    assert difference.is_empty


def test_renamed_services_of_one_configuration_are_told_apart_by_address() -> None:
    """Two services of one nginx keep the names a person gave them; a third of it is new, not one of them."""

    def service(name: str, *ports: int) -> Service:
        addresses = tuple(Address("127.0.0.1", port) for port in ports)
        return Service(name, "n", "nginx", addresses=addresses, options={"configuration": "/n.conf"})

    def listing(*services: Service) -> Estate:
        return Estate(
            nodes={"n": Node("n", Local())}, services={service.name: service for service in services}
        )

    ours = listing(service("nginx-7443", 7443), service("nginx", 8443), service("nginx-9443", 9443))
    theirs = listing(service("shop", 8443), service("pay", 9443, 9444))
    assert ["nginx-7443", "shop", "pay"] == list(align(ours, theirs).services)
    alone = listing(service("nginx", 1443))
    assert ["shop"] == list(align(alone, listing(service("shop", 8443))).services)


def test_what_is_gone_is_told_and_stays_in_the_file() -> None:
    """A discovered service, a slot and a configured connection that were not seen again are vanished."""
    text = SMALL.replace('target = "files"', 'target = "nginx"') + 'provenance = "configured"\n'
    seen = Estate(nodes={"n": Node("n", estate_of(SMALL).nodes["n"].reach)})
    new, difference = merged(text, seen)
    assert text == new
    assert ["services.web", "services.app", "connections.app-to-web"] == [
        one.key for one in difference.vanished
    ]
    elsewhere = Estate(nodes={"other": Node("other", seen.nodes["n"].reach)})
    assert () == merged(text, elsewhere)[1].vanished


def test_a_new_slot_goes_to_the_file_of_its_service() -> None:
    """TOML wants a service and its slots in one file."""
    scanned = estate_of(SMALL)
    extra = IdentitySlot("web/second", "web", "web", "/2.crt", sni=("two.example",))
    scanned = replace(scanned, slots={**scanned.slots, extra.name: extra})
    sources = [Source("a.toml", "[owners.x]\n", "/estate"), Source("b.toml", SMALL, "/estate")]
    texts, difference = merge(sources, scanned, into="a.toml")
    assert {"b.toml"} == set(texts)
    assert ("services.web.identities.second",) == difference.added
    parse_estate([sources[0], Source("b.toml", texts["b.toml"], "/estate")])


def test_a_slot_that_its_service_no_longer_has_is_told() -> None:
    """The service is still there, one of its certificates is not: vanished, and left in the file."""
    scanned = estate_of(SMALL)
    text = (
        SMALL
        + '[services.web.identities.old]\nidentity = "web"\ncertificate = "/old.crt"\nsni = ["old.example"]\n'
    )
    new, difference = merged(text, scanned)
    assert text == new
    assert ["services.web.identities.old"] == [one.key for one in difference.vanished]


def test_what_comes_with_something_held_back_is_added_all_the_same() -> None:
    """A new identity and its owner's name stand though one service that uses it would contradict the file."""
    scanned = estate_of(SMALL)
    extra = IdentitySlot("web/second", "web", "fresh", "/2.crt")
    fresh = Identity("fresh", ("fresh.example",))
    scanned = replace(
        scanned,
        identities={**scanned.identities, "fresh": fresh},
        slots={**scanned.slots, extra.name: extra},
    )
    new, difference = merged(SMALL, scanned)
    assert ("identities.fresh",) == difference.added
    assert ["services.web.identities.second"] == [one.key for one in difference.held_back]
    assert fresh == parse_estate([Source("e.toml", new, "/estate")]).identities["fresh"]


def test_what_would_contradict_the_file_is_held_back() -> None:
    """A new slot that makes a left-out default ambiguous is shown, not written; the rest is added."""
    scanned = estate_of(SMALL)
    extra = IdentitySlot("web/second", "web", "web", "/2.crt")
    db = Service("db", "n", "postgresql", "openssl", (Address("127.0.0.1", 5432),), "postgresql")
    slot = IdentitySlot("db/tls", "db", "web", "/db.crt")
    link = Connection(
        "app-to-db", ("app",), ("db",), ("db/tls",), ("app/up",), provenance=Provenance.CONFIGURED
    )
    scanned = replace(
        scanned,
        services={**scanned.services, "db": db},
        slots={**scanned.slots, extra.name: extra, slot.name: slot},
        connections={**scanned.connections, link.name: link},
    )
    new, difference = merged(SMALL, scanned)
    assert new.startswith(SMALL)
    assert ("services.db", "services.db.identities.tls", "connections.app-to-db") == difference.added
    (held,) = difference.held_back
    assert ("services.web.identities.second", "estate.ambiguous-default") == (held.key, held.faults[0].code)
    assert link == parse_estate([Source("e.toml", new, "/estate")]).connections["app-to-db"]


def test_what_is_added_ends_its_lines_as_the_file_does() -> None:
    """A file of Windows stays one: no byte of it changes, and no second kind of line end comes in."""
    text = "\ufeff# mine\r\n[nodes.n]\r\n"
    new, difference = merged(text, estate_of(SMALL))
    assert difference.added
    assert new.startswith(text)
    assert "\n" not in new.replace("\r\n", "")


def test_comments_and_order_survive() -> None:
    """Every byte of the old text is the beginning of the new one."""
    text = "# top\n" + SMALL.replace("[services.app]", "  [services.app] # ours\n")
    scanned = estate_of(SMALL)
    more = Service("db", "n", "files")
    new, difference = merged(text.rstrip("\n"), replace(scanned, services={**scanned.services, "db": more}))
    assert new.startswith(text.rstrip("\n") + "\n")
    assert ("services.db",) == difference.added
