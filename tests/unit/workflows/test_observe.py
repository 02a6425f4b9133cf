"""One look at an estate, on fakes of the ports."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import ClassVar

import pytest

from support.estate_texts import SMALL, estate_of
from support.fakes import FakeHost, FakeService, FakeTarget
from support.pki import CLIENT, NOW, make_ca
from support.small_estate import HERE, SmallWorld
from warifu.domain.estate import (
    Estate,
    IdentityValue,
    Loading,
    Local,
    Node,
    Service,
    Slot,
    Ssh,
    TrustSlot,
    TrustValue,
)
from warifu.domain.estate.inventory import find_drift
from warifu.domain.findings import Code, Lang, remedy, title
from warifu.domain.trust.address import Address
from warifu.errors import CouldNotLookError
from warifu.ports.hosts import (
    HostClock,
    HostReader,
    ProcessSeen,
)
from warifu.ports.targets import value_of
from warifu.wire.evidence import Evidence
from warifu.wire.values import value_digest
from warifu.workflows.observe import ReadOnce


def codes(findings: object) -> list[str]:
    return [finding.code.value for finding in findings]  # type: ignore[attr-defined]


def test_a_quiet_estate_is_seen_whole() -> None:
    """Disk, live leaf and chain, CA names, certificates met, and the connection that holds."""
    world = SmallWorld()
    seen = world.look()
    web = seen.slots["web/tls"]
    value = IdentityValue(world.web.value.fingerprint.hex, (world.web.chain[0].fingerprint.hex,))
    assert (value, (value,), True) == (web.on_disk, web.loaded, web.proven)
    clients = seen.slots["web/clients"]
    anchor = TrustValue((world.client_root.value.fingerprint.hex,))
    assert (anchor, (anchor,), False) == (clients.on_disk, clients.loaded, clients.proven)
    assert {"app-to-web": True} == dict(seen.held)
    assert (NOW, ()) == (seen.at, seen.findings)
    everyone = {world.web, world.app, world.root, world.client_root}
    assert {one.value.fingerprint.hex for one in everyone} <= set(seen.certificates)


@pytest.mark.req("X-06")
def test_a_replaced_file_that_was_not_reloaded_is_deployed_and_not_live() -> None:
    """The slot may hold both values, and the drift says "deployed, not live" until the service loads it."""
    world = SmallWorld()
    new = world.root.leaf("web.example")
    world.put("/web", new)
    seen = world.look()
    state = seen.slots["web/tls"]
    assert new.value.fingerprint.hex == state.values[0].leaf  # type: ignore[union-attr]
    assert world.web.value.fingerprint.hex == state.values[1].leaf  # type: ignore[union-attr]
    (drift,) = find_drift(world.estate, seen)
    assert (Code.DEPLOYED_NOT_LIVE, "web/tls") == (drift.code, drift.subject)
    assert "deployed, not live" in title(drift, Lang.EN)
    world.service.load()
    assert () == find_drift(world.estate, world.look())


def test_a_client_that_the_server_refuses_does_not_hold() -> None:
    """The client's identity is shown in a full handshake and read after it."""
    world = SmallWorld()
    world.put("/app", make_ca("Stranger").leaf("app.example", purposes=CLIENT))
    seen = world.look()
    assert {"app-to-web": False} == dict(seen.held)
    (finding,) = seen.findings
    assert (Code.LIVE_REFUSED, "app-to-web", "unknown ca") == (
        finding.code,
        finding.subject,
        finding.evidence["reason"],
    )


def test_a_server_that_the_client_does_not_trust_does_not_hold() -> None:
    """The client's own trust store judges what is served."""
    world = SmallWorld()
    world.host.put("/up.pem", make_ca("Other").pem)
    seen = world.look()
    assert {"app-to-web": False} == dict(seen.held)
    assert "app/up: not trusted" == seen.findings[0].evidence["reason"]


def test_a_wrong_name_does_not_hold() -> None:
    """The client expects the connection's server name."""
    world = SmallWorld()
    world.estate = estate_of(SMALL.replace('server-name = "web.example"', 'server-name = "other.example"'))
    assert {"app-to-web": False} == dict(world.look().held)


def test_what_cannot_be_looked_at_is_a_finding_and_not_a_no() -> None:
    """An unreadable key leaves the connection unseen; an unreachable node leaves its slots unseen."""
    world = SmallWorld()
    world.host.unreadable.add("/app.key")
    seen = world.look()
    assert {} == dict(seen.held)
    assert None is seen.slots["app/me"].on_disk
    assert [Code.NOT_SEEN] == [one.code for one in seen.slots["app/me"].findings]
    by_hand = world.look(hosts={})
    assert {} == dict(by_hand.held)
    assert all(state.on_disk is None and state.findings for state in by_hand.slots.values())
    assert "not-seen" in codes(by_hand.findings)


def test_a_service_that_is_down_is_told() -> None:
    """No handshake: the slot's live value is unknown, the connection does not hold."""
    world = SmallWorld()
    world.service.down = True
    seen = world.look()
    assert ((), False) == (seen.slots["web/tls"].loaded, seen.slots["web/tls"].proven)
    assert {"app-to-web": False} == dict(seen.held)
    assert {"not-answering", "live-refused"} == set(codes(seen.findings))


def test_an_address_whose_name_nobody_knows_is_told_as_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its remedy is not that of a file."""

    def nobody(*_: object) -> tuple[()]:
        raise CouldNotLookError("probe.no-address", reason="nobody knows the name")

    monkeypatch.setattr("warifu.workflows.live.resolve", nobody)
    (found,) = [one for one in SmallWorld().look().findings if one.code is Code.NOT_SEEN]
    assert "listens there" in remedy(found, Lang.EN)


def test_two_workers_with_different_leaves_are_two_values() -> None:
    """What handshakes see at different addresses is a set, and then nothing is proven."""
    world = SmallWorld()
    old = FakeService(world.host, Address("::1", 8443), "/web.crt", "/web.key", "/clients.pem")
    world.prober.services[old.address] = old
    world.prober.known["web.example"] = (HERE, old.address)
    world.estate = estate_of(SMALL.replace("127.0.0.1:8443", "web.example:8443"))
    new = world.root.leaf("web.example")
    world.put("/web", new)
    world.service.load()
    state = world.look().slots["web/tls"]
    leaves = {value.leaf for value in state.loaded if isinstance(value, IdentityValue)}
    assert ({new.value.fingerprint.hex, world.web.value.fingerprint.hex}, False) == (leaves, state.proven)


def test_names_lead_to_their_slots() -> None:
    """Each server name is asked for, and what it answers belongs to the slot that declares it."""
    world = SmallWorld()
    second = world.root.leaf("two.example")
    world.host.put("/two.crt", second.fullchain_pem)
    text = SMALL + (
        'server-identities = ["web/tls"]\n[services.web.identities.two]\nidentity = "web"\n'
        'certificate = "/two.crt"\nsni = ["two.example"]\n'
    )
    world.estate = estate_of(text)
    world.service.others = {"two.example": "/two.crt"}
    world.service.load()
    seen = world.look()
    assert (second.value.fingerprint.hex,) == tuple(
        value.leaf for value in seen.slots["web/two"].loaded if isinstance(value, IdentityValue)
    )
    assert 1 == len(seen.slots["web/tls"].loaded)
    assert {"", "two.example", "web.example"} == {ask.sni for ask in world.prober.asked}


def test_what_a_service_still_serves_is_not_taken_for_its_client_identity() -> None:
    """Between a swap and its reload the old leaf is served: it is the server slot's, not that of the slot beside it."""
    world = SmallWorld()
    world.host.put("/back.crt", world.app.fullchain_pem)
    world.estate = estate_of(
        SMALL
        + 'server-identities = ["web/tls"]\n'
        + '[services.web.identities.back]\nidentity = "app"\ncertificate = "/back.crt"\n'
        + '[connections.web-to-web]\nclients = ["web"]\nservers = ["web"]\nserver-name = "web.example"\n'
        + 'server-identities = ["web/tls"]\nclient-certificate = "optional"\nclient-identities = ["web/back"]\n'
    )
    world.put("/web", world.root.leaf("web.example"))
    seen = world.look()
    assert {world.app.value.fingerprint.hex} == {
        value.leaf for value in seen.slots["web/back"].values if isinstance(value, IdentityValue)
    }
    assert 2 == len(seen.slots["web/tls"].values)


def test_ca_names_that_differ_tell_of_an_unloaded_trust_store() -> None:
    """The trust file was replaced: the service still offers the old name, which is one known certificate."""
    world = SmallWorld()
    new = make_ca("New Clients")
    world.host.put("/clients.pem", new.pem + world.client_root.pem)
    seen = world.look()
    state = seen.slots["web/clients"]
    assert (TrustValue((world.client_root.value.fingerprint.hex,)),) == state.loaded
    assert 2 == len(state.values)
    assert "ca-names-differ" in codes(seen.findings)


def test_a_client_only_slot_is_proven_by_its_own_witness() -> None:
    """A service without address is believed only by what its target can witness."""
    world = SmallWorld()
    assert ((), False) == (world.look().slots["app/up"].loaded, world.look().slots["app/up"].proven)
    value = TrustValue((world.root.value.fingerprint.hex,))
    world.target.loaded["app/up"] = value_digest(value)
    state = world.look().slots["app/up"]
    assert ((value,), True) == (state.loaded, state.proven)
    world.target.loaded.clear()
    services = {**world.estate.services}
    services["app"] = replace(services["app"], loading=Loading.EACH_USE)
    world.estate = replace(world.estate, services=services)
    assert world.look().slots["app/up"].proven


def test_a_look_at_some_slots_reads_only_those() -> None:
    """Connections are tried when all their slots are looked at."""
    world = SmallWorld()
    seen = world.look(slots=["app/up"])
    assert ({"app/up"}, {}) == (set(seen.slots), dict(seen.held))
    assert [] == world.prober.asked


def test_progress_is_told_to_the_end() -> None:
    """The last word says that everything planned is done."""
    told: list[tuple[int, int]] = []
    SmallWorld().look(told=lambda done, planned: told.append((done, planned)))
    assert told[-1][0] == told[-1][1] > 8


def test_the_value_of_a_content_is_what_observation_reports() -> None:
    """Observation and targets speak of the same values."""
    world = SmallWorld()
    slot, service = world.estate.slots["web/tls"], world.estate.services["web"]
    content = world.target.read(world.host, service, slot).content
    assert content is not None
    assert value_of(content) == world.look().slots["web/tls"].on_disk


class SlowHost(FakeHost):
    """Its look at processes goes on until the next one begins, or a moment has passed."""

    def __init__(self) -> None:
        super().__init__()
        self.looks = 0
        self.another = threading.Event()

    def look(self) -> tuple[HostClock, tuple[ProcessSeen, ...]]:
        self.looks += 1
        if self.looks > 1:
            self.another.set()
        self.another.wait(0.2)
        return super().look()


def test_processes_are_looked_at_once_for_all_threads() -> None:
    """Slots that are looked at beside each other share one look at their node's processes."""
    host = SlowHost()
    once = ReadOnce(host)
    start = threading.Barrier(4)

    def look(_number: int) -> object:
        start.wait()
        return once.look()

    with ThreadPoolExecutor(4) as threads:
        first, *others = threads.map(look, range(4))
    assert [first] * 3 == others
    assert 1 == host.looks


class Asking(FakeTarget):
    """A target whose witness wants to know what runs."""

    def witness(
        self, host: HostReader, service: Service, slot: Slot, *, value_digest: str, since: Mapping[str, str]
    ) -> tuple[Evidence, ...]:
        host.look()
        return super().witness(host, service, slot, value_digest=value_digest, since=since)


class CountedHost(FakeHost):
    """A host that counts the looks at its processes."""

    looks = 0

    def look(self) -> tuple[HostClock, tuple[ProcessSeen, ...]]:
        self.looks += 1
        return super().look()


def test_nodes_that_are_one_machine_share_a_look_at_its_processes() -> None:
    """Of three nodes that are this machine one is asked; a node over SSH is asked for itself."""
    estate = _wide(4)
    far = {"n3": Node("n3", Ssh("far"))}
    world = SmallWorld(estate=replace(estate, nodes={**estate.nodes, **far}))
    world.target = Asking()
    hosts = {name: CountedHost() for name in world.estate.nodes}
    for name, host in hosts.items():
        host.put(f"/{name}.pem", world.root.pem)
    world.look(hosts=hosts)
    assert 1 == sum(hosts[name].looks for name in ("n0", "n1", "n2"))
    assert 1 == hosts["n3"].looks


class CountedEstate(Estate):
    """An estate that counts how often somebody asks where a slot lives."""

    __slots__ = ()
    asked: ClassVar[list[str]] = []

    def node_of(self, slot: str) -> Node:
        self.asked.append(slot)
        return Estate.node_of(self, slot)


def _wide(nodes: int) -> Estate:
    names = [f"n{number}" for number in range(nodes)]
    return CountedEstate(
        nodes={name: Node(name, Local()) for name in names},
        services={name: Service(name, name, "files") for name in names},
        slots={f"{name}/t": TrustSlot(f"{name}/t", name, "s", f"/{name}.pem") for name in names},
    )


def test_a_look_at_many_nodes_costs_by_the_node_and_not_by_the_square() -> None:
    """Four times the nodes cost four times the questions; each node's own files are read in one trip."""
    asked = []
    for many in (10, 40):
        CountedEstate.asked.clear()
        world = SmallWorld(estate=_wide(many))
        hosts = {name: FakeHost() for name in world.estate.nodes}
        for name, host in hosts.items():
            host.put(f"/{name}.pem", world.root.pem)
        seen = world.look(hosts=hosts)
        assert many == len([state for state in seen.slots.values() if state.on_disk is not None])
        asked.append(len(CountedEstate.asked))
    assert 4 * asked[0] == asked[1]
