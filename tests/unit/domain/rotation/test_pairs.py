"""Who faces whom, and how each side judges."""

from __future__ import annotations

from dataclasses import replace

import pytest

from support.built_estates import EstateBuilder
from support.pki import BOTH, make_ca
from warifu.domain.estate import ClientCertificate, CrlMode
from warifu.domain.rotation.ends import list_facing
from warifu.domain.rotation.oracle import Side
from warifu.domain.rotation.pairs import Pairs, list_pairs

ROOT = make_ca("Root")


def mutual(**options: object) -> EstateBuilder:
    """A client and a server that show each other certificates."""
    place = EstateBuilder()
    for service in ("app", "web"):
        place.presents(service, ROOT.leaf(f"{service}.example", purposes=BOTH))
        place.trusts(service, ROOT)
    place.connect("app", "web", mutual=True, server_name="web.example", **options)
    return place


def told(pairs: Pairs) -> list[tuple[str, str, str, Side]]:
    slots = list(pairs.slots)
    return [
        (slots[one], slots[two], pairs.names[name], pairs.sides[side])
        for one, two, name, side in zip(pairs.presenter, pairs.acceptor, pairs.name, pairs.side, strict=True)
    ]


def test_each_side_has_its_purpose_profile_and_names() -> None:
    """The server is judged as a server under its name; the client as a client, by the subjects let in."""
    place = mutual(profile="tls-server", accepted_subjects=("app.example",))
    place.stores["web-trust"] = replace(place.stores["web-trust"], crl_mode=CrlMode.CHAIN, partial_chain=True)
    server = Side("openssl", "serverAuth", "tls-server")
    client = Side(
        "openssl", "clientAuth", "tls-client", "chain", partial_chain=True, subjects=("app.example",)
    )
    assert [
        ("web/tls", "app/trust", "web.example", server),
        ("app/tls", "web/trust", "", client),
    ] == told(list_pairs(place.estate))


def test_another_profile_is_the_same_for_both_sides() -> None:
    """Only the server's own profile has a client's half."""
    assert {"rfc5280"} == {side.profile for *_, side in told(list_pairs(mutual(profile="rfc5280").estate))}


def test_a_client_that_is_not_asked_shows_nothing() -> None:
    """Its identity may be declared all the same."""
    pairs = list_pairs(mutual(client_certificate=ClientCertificate.NONE).estate)
    assert ["web/tls"] == [one for one, *_ in told(pairs)]


def test_a_connection_leaves_by_its_name_its_service_or_its_node() -> None:
    """Whichever of these is waived."""
    estate = mutual().estate
    for waived, left in (("app-to-web", 0), ("web", 0), ("here", 0), ("elsewhere", 2)):
        assert left == len(list_pairs(estate, leave_out={waived})), waived


@pytest.mark.parametrize("end", ["server_identities", "client_trusts", "client_identities", "server_trusts"])
def test_a_slot_that_the_estate_does_not_have_is_named(end: str) -> None:
    """It is never left out in silence."""
    place = mutual()
    place.connections["app-to-web"] = replace(
        place.connections["app-to-web"],
        **{end: ("nobody/tls",)},  # type: ignore[arg-type]  # all ends are names of slots
    )
    with pytest.raises(KeyError, match="nobody/tls"):
        list_facing(place.estate)


def test_every_presenter_faces_every_acceptor() -> None:
    """Connection after connection, the server's side of each first; whether the client is asked plays no part."""
    place = mutual()
    place.presents("web", ROOT.leaf("other.example"), label="second")
    place.trusts("app", ROOT, label="more")
    place.connect("app", "web", mutual=True)
    facing, slots = list_facing(place.estate), list(place.estate.slots)
    shown = [
        (slots[one], slots[two], bool(by))
        for one, two, by in zip(facing.presenter, facing.acceptor, facing.by_client, strict=True)
    ]
    servers = [(one, two, False) for two in ("app/trust", "app/more") for one in ("web/tls", "web/second")]
    assert [*servers, ("app/tls", "web/trust", True)] == shown
