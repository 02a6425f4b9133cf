"""A part of an estate that some of its nodes look at, and what the parts come to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from support.estate_texts import SMALL, estate_of
from support.pki import NOW, make_ca
from warifu.domain.estate import ByAgent, Local, Observed, SlotState, TrustValue
from warifu.domain.estate.excerpt import at_home, excerpt, join_looks
from warifu.domain.estate.model import say_reach
from warifu.domain.estate.write import write_estate
from warifu.domain.findings import Code, Finding

APART = (
    SMALL.replace(
        "[nodes.n]", '[nodes.n]\n[nodes.far]\nreach = "agent"\n[nodes.alone]\nreach = "agent"\nagent = "a-7"'
    )
    .replace('[services.app]\nnode = "n"', '[services.app]\nnode = "far"')
    .replace("[identities.web]", "[identities.unused]\n[trust-stores.unused]\n[identities.web]")
)
ESTATE = estate_of(APART)


def test_an_agent_is_named_as_its_node_or_by_a_name_of_its_own() -> None:
    """And is written as it was read."""
    assert (ByAgent(), ByAgent("a-7")) == (ESTATE.nodes["far"].reach, ESTATE.nodes["alone"].reach)
    assert ["agent", "agent a-7"] == [say_reach(ESTATE.nodes[name].reach) for name in ("far", "alone")]
    again = estate_of(write_estate(ESTATE))
    assert {name: one.reach for name, one in ESTATE.nodes.items()} == {
        name: one.reach for name, one in again.nodes.items()
    }


def test_the_client_s_part_knows_where_to_dial_and_nothing_else_of_the_server() -> None:
    """Its own slots, and the server's addresses."""
    part = excerpt(ESTATE, {"far"})
    assert {"far"} == set(part.nodes)
    assert {"app/me", "app/up"} == set(part.slots)
    assert {"app", "web"} == set(part.services)
    assert ({"app"}, {"up"}) == (set(part.identities), set(part.trust_stores))
    (link,) = part.connections.values()
    assert (("app",), ("web",), (), ("app/up",), ("app/me",), ()) == (
        link.clients,
        link.servers,
        link.server_identities,
        link.client_trusts,
        link.client_identities,
        link.server_trusts,
    )


def test_the_server_s_part_knows_by_which_name_it_is_asked() -> None:
    """Nobody there is a client."""
    (link,) = excerpt(ESTATE, {"n"}).connections.values()
    assert ((), ("web",), ("web/tls",), "web.example") == (
        link.clients,
        link.servers,
        link.server_identities,
        link.asked_name,
    )
    assert {} == excerpt(ESTATE, {"alone"}).connections


def test_a_part_is_at_home_on_its_own_machine() -> None:
    """The agent reads its own files."""
    assert Local() == at_home(excerpt(ESTATE, {"far"}), "far").nodes["far"].reach


def seen(slot: str, held: bool | None, *findings: Finding) -> Observed:
    value = TrustValue((slot,))
    certificate = make_ca(slot).value
    return Observed(
        NOW,
        {slot: SlotState(slot, value)},
        {certificate.fingerprint.hex: certificate},
        {},
        {} if held is None else {"app-to-web": held},
        findings,
    )


@pytest.mark.parametrize(
    ("expected", "held"), [({"app-to-web": True}, True), ({"app-to-web": False}, False), ({}, None)]
)
def test_a_connection_is_what_its_clients_saw(expected: dict[str, bool], held: bool | None) -> None:
    """The server's part says nothing of it."""
    finding = Finding(Code.NOT_SEEN, "x", {"reason": "y"})
    whole = join_looks(
        ESTATE, [({"n"}, seen("web/tls", None, finding)), ({"far"}, seen("app/up", held, finding))]
    )
    assert expected == whole.held
    assert {"web/tls", "app/up"} == set(whole.slots)
    assert 2 == len(whole.certificates)
    assert (finding,) == whole.findings


def test_a_client_that_could_not_look_leaves_it_open() -> None:
    """Unless another was refused."""
    services = {**ESTATE.services, "app2": replace(ESTATE.services["app"], name="app2", node="alone")}
    link = replace(ESTATE.connections["app-to-web"], clients=("app", "app2"))
    estate = replace(ESTATE, services=services, connections={"app-to-web": link})
    one, other = ({"far"}, seen("a", held=True)), ({"alone"}, seen("b", held=None))
    assert {} == join_looks(estate, [one, other]).held
    assert {"app-to-web": False} == join_looks(estate, [({"far"}, seen("a", held=False)), other]).held
