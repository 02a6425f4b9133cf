"""Nodes follow what is published: over the wire, with real agents' folders and a real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from support.pki import make_ca
from support.running import wait_until
from support.trust_server import EVERYBODY, Node, TrustServer, now, run_server
from warifu.apps.server.agent_routes import topic_of, waking
from warifu.apps.server.metrics import STREAMS
from warifu.domain.directory.removal import decide_unpublication
from warifu.domain.directory.roles import Role
from warifu.domain.findings import Code
from warifu.errors import CouldNotLookError, RefusedError
from warifu.wire.agent import EntryTold, Report, Wake, digest_of_entries
from warifu.wire.signed import sign
from warifu.workflows.acting import Actor
from warifu.workflows.join_desk import JoinRules
from warifu.workflows.mass_removal import confirm_mass_removal
from warifu.workflows.published import keep_version

SOON = 20  # seconds


@pytest.mark.req("S0-09")
def test_published_in_the_directory_it_appears_on_every_node(tmp_path: Path) -> None:
    """Three nodes, one publication."""
    with run_server(tmp_path) as server:
        nodes = [server.node(name) for name in ("psc-1", "psc-2", "psc-3")]
        root = make_ca("Root", now=now()).value
        server.publish("shop", root)
        assert not any(node.trusts(root) for node in nodes)
        for node in nodes:
            node.look()
        assert all(node.trusts(root) for node in nodes)
        versions = {name: said.seen.versions["shop"] for name, said in server.desks.reports.now().items()}
        assert {"psc-1": 2, "psc-2": 2, "psc-3": 2} == versions


def test_a_node_is_woken_when_something_is_published(tmp_path: Path) -> None:
    """It hears of the version at once and asks for the rest by itself; who is shut out hears why nothing comes."""
    with run_server(tmp_path) as server:
        node = server.node("web-1")
        with listening(node) as heard:
            assert (Wake("hello"),) == heard()
        with listening(node) as heard:
            wait_until(lambda: server.metric(STREAMS) == 1, "the stream to be open", seconds=SOON)
            server.publish("shop", make_ca("Root", now=now()).value)
            assert (Wake("bundle", "shop", 2),) == heard()
        with listening(node) as heard:
            wait_until(lambda: server.metric(STREAMS) == 1, "the stream to be open", seconds=SOON)
            server.desks.join.fence(EVERYBODY, "web-1", "test", now=now())
            server.program.look()
            with pytest.raises(CouldNotLookError) as raised:
                heard()
        assert server.url == raised.value.values["server"]
        assert raised.value.values["reason"] in {"closed", "transport-error"}


def test_what_was_pushed_while_nobody_listened_is_heard(tmp_path: Path) -> None:
    """In its order and once; of a server that began anew a node hears `hello`, and looks."""
    with run_server(tmp_path) as server:
        node = server.node("web-1")
        assert (Wake("hello"),) == node.listen()
        for number in (2, 3):
            server.publish("shop", make_ca(f"Root {number}", now=now()).value)
            server.program.server.push(waking(Wake("refresh", f"r{number}")), topic_of("web-1"))
            server.program.server.push(waking(Wake("refresh", "not for us")), topic_of("web-2"))
        missed = {Wake("bundle", "shop", 3), Wake("refresh", "r2"), Wake("refresh", "r3")}
        found: list[Wake] = []
        while not missed <= set(found):
            found += node.listen()
        assert len(found) == len(set(found))
        assert Wake("refresh", "not for us") not in found
        assert () == node.listen(1)


def test_a_node_that_holds_nothing_is_not_asked_what_it_holds(tmp_path: Path) -> None:
    """Told once is told; of what the server does not know, it asks until it is told."""
    with run_server(tmp_path) as server:
        node = server.node("web-1")
        member = node.room.state.membership()
        assert member is not None
        assert member.current is not None

        def wants(number: int, *entries: EntryTold, whole: bool) -> bool:
            assert member is not None
            assert member.current is not None
            report = Report(
                "web-1",
                number,
                now(),
                "boot",
                1.0,
                inventory=digest_of_entries(entries),
                entries=entries * whole,
            )
            signed = sign(report, member.current.certificate, member.current.key)
            return node.line().report(signed).wants_entries

        entry = EntryTold("trusted-roots", "root", "trusted-certificate")
        assert [True, False, False] == [
            wants(1, entry, whole=False),
            wants(2, entry, whole=True),
            wants(3, entry, whole=False),
        ]
        assert [False, False] == [wants(4, whole=True), wants(5, whole=False)]
        assert wants(6, entry, whole=False)


@contextmanager
def listening(node: Node) -> Iterator[Callable[[], tuple[Wake, ...]]]:
    """A node that listens in a thread; what it heard, or what cut it off."""
    with ThreadPoolExecutor(1) as threads:
        hearing = threads.submit(node.listen)
        yield lambda: hearing.result(SOON)


@pytest.mark.req("S0-06", "S0-10", "S0-11")
def test_what_was_deleted_on_a_node_comes_back_and_is_told(tmp_path: Path) -> None:
    """Whoever deletes by other means than the directory: on each of three nodes it is back after a sync, and told."""
    with run_server(tmp_path) as server:
        nodes = [server.node(name) for name in ("psc-1", "psc-2", "psc-3")]
        root = make_ca("Needed Root", now=now()).value
        server.publish("shop", root)
        for node in nodes:
            node.look()
            with node.room.stores.changing(by="somebody", now=now()) as book:
                (alias,) = (
                    one.alias
                    for one in book.entries("trusted-roots").entries
                    if one.fingerprint == root.fingerprint
                )
                book.drop("trusted-roots", alias)
            assert not node.trusts(root)
            taken = node.look()
            assert node.trusts(root)
            assert [Code.RESURRECTED] == [
                one.code for one in taken.findings if one.code is not Code.BUNDLE_ROOT_TRIAL
            ]
            remarks = server.desks.reports.now()[node.name].remarks
            assert Code.RESURRECTED.value in {remark.code for remark in remarks}


def test_one_bad_object_keeps_nobody_from_converging(tmp_path: Path) -> None:
    """The rest of its own domain comes, and the other domain, and the bad one is told."""
    with run_server(tmp_path) as server:
        node = server.node("web-1")
        good, other = make_ca("Good", now=now()).value, make_ca("Other", now=now()).value
        server.domain("second")
        server.publish("shop", good)
        server.publish("second", other)
        _spoil_an_anchor(server, "shop")
        taken = node.look()
        assert node.trusts(good)
        assert node.trusts(other)
        assert Code.BUNDLE_ENTRY_DIFFERS in {one.code for one in taken.findings}


def _spoil_an_anchor(server: TrustServer, domain: str) -> None:
    """Sign a bundle in which one anchor is no certificate, as a server with a fault might."""
    import json  # noqa: PLC0415

    with server.room.registry.change() as books:
        kept = books.bundles.files()
        published = books.directory.find(domain)
        assert published is not None
        from warifu.wire.bundle import to_documents  # noqa: PLC0415

        documents = to_documents(published)
        bundle = json.loads(documents[f"{domain}/bundle.json"])
        bundle["anchors"].append({**bundle["anchors"][0], "sha256": "ab" * 32, "der": "bm8gY2VydGlmaWNhdGU="})
        documents[f"{domain}/bundle.json"] = json.dumps(bundle).encode()
        signer = server.room.makers.signer
        books.bundles.add(signer.publish(kept, documents, now=now()), now=now())


def test_a_bundle_that_drops_too_much_is_held(tmp_path: Path) -> None:
    """Until somebody approved it: the node keeps what it had, and says so."""
    with run_server(tmp_path) as server:
        node = server.node("web-1")
        roots = [make_ca(f"Root {number}", now=now()).value for number in range(6)]
        server.publish("shop", *roots)
        node.look()
        with server.room.registry.change() as books:
            present = books.directory.find("shop")
            assert present is not None
            gone = decide_unpublication(present, [one.fingerprint for one in roots[:4]], now=now())
            assert gone.after is not None
            keep_version(books, server.room.makers.signer, gone.after, now=now())
        taken = node.look()
        assert all(node.trusts(root) for root in roots)
        assert Code.MASS_REMOVAL_HELD in {one.code for one in taken.findings}
        assert 2 == taken.versions["shop"]

        registry, signer = server.room.registry, server.room.makers.signer
        viewer = Actor("viewer", frozenset({Role.VIEWER}))
        with pytest.raises(RefusedError, match=r"directory\.not-allowed"):
            confirm_mass_removal(registry, signer, viewer, "shop", 3, now=now())
        with pytest.raises(RefusedError, match=r"registry\.basis-moved"):
            confirm_mass_removal(registry, signer, EVERYBODY, "shop", 2, now=now())
        confirm_mass_removal(registry, signer, EVERYBODY, "shop", 3, now=now())
        assert 4 == node.look().versions["shop"]
        assert [False] * 4 + [True] * 2 == [node.trusts(root) for root in roots]


def test_a_node_that_slept_through_a_planned_removal_follows_the_versions_after_it(tmp_path: Path) -> None:
    """What left by an approved plan is told with each later version: it is not held as a mistake."""
    with run_server(tmp_path) as server:
        node = server.node("web-1")
        old, new = (make_ca(name, now=now()).value for name in ("Old", "New"))
        server.publish("shop", old, new)
        node.look()
        registry, signer = server.room.registry, server.room.makers.signer
        with registry.change() as books:
            present = books.directory.find("shop")
            assert present is not None
            gone = decide_unpublication(present, [old.fingerprint], now=now(), plan="ab" * 32)
            assert gone.after is not None
            keep_version(books, signer, gone.after, now=now())
        server.publish("shop", make_ca("Newer", now=now()).value)
        taken = node.look()
        assert 4 == taken.versions["shop"]
        assert (False, True) == (node.trusts(old), node.trusts(new))


def test_an_identity_renews_itself_before_it_ends(tmp_path: Path) -> None:
    """Current and next: the new one is used before the old one is given up."""
    with run_server(tmp_path, rules=JoinRules(identity=timedelta(seconds=8))) as server:
        node = server.node("web-1")
        member = node.room.state.membership()
        assert member is not None
        assert member.current is not None
        first = member.current.certificate

        def is_renewed() -> bool:
            node.look()
            found = node.room.state.membership()
            return found is not None and found.current is not None and found.current.certificate != first

        wait_until(is_renewed, "the identity to be renewed", seconds=SOON)
        assert now() <= first.not_after + timedelta(seconds=1)
        kinds = [one.kind for one in node.room.state.notes(100)]
        assert kinds.index("identity-next") < kinds.index("identity")


def test_a_fenced_node_is_told_nothing_more(tmp_path: Path) -> None:
    """Neither its connections nor its reports are taken, until it joins anew by a new token."""
    with run_server(tmp_path) as server:
        node = server.node("web-1")
        node.look()
        server.desks.join.fence(EVERYBODY, "web-1", "lost", now=now())
        server.program.look()

        def is_shut_out() -> bool:
            try:
                node.look()
            except (CouldNotLookError, RefusedError):
                return True
            return False

        wait_until(is_shut_out, "the node to be shut out", seconds=SOON)
        root = make_ca("Root", now=now()).value
        server.publish("shop", root)
        with pytest.raises((CouldNotLookError, RefusedError)):
            node.look()
        assert node.trusts(root), "what is published is for everybody who has the root: signed, not secret"


def test_two_machines_with_one_identity_are_noticed(tmp_path: Path) -> None:
    """A copy of a node's folder: boots interleave, and the node is fenced."""
    import shutil  # noqa: PLC0415

    from warifu.wiring.agent import AgentRoom  # noqa: PLC0415

    with run_server(tmp_path) as server:
        node = server.node("web-1")
        node.look()
        node.room.state.close()
        shutil.copytree(tmp_path / "web-1", tmp_path / "copy")
        copy = AgentRoom(str(tmp_path / "copy"))
        own, other = copy.syncing, node.room.syncing
        own.boot = lambda: ("boot-of-the-copy", 5.0)
        own.sync()
        with pytest.raises((RefusedError, CouldNotLookError)) as told:
            other.sync()
        assert told.value.code in {
            "agent.fenced",
            "orders.refused",
            "orders.unreachable",
            "orders.identity-refused",
        }
        states = {one.name: one.state.value for one in server.desks.join.nodes()}
        assert {"web-1": "fenced"} == states

        seeded = AgentRoom(str(tmp_path / "seeded-anew"))
        seeded.door.join(seeded.invitation(server.token("web-1")))
        seeded.syncing.sync()
        states = {one.name: one.state.value for one in server.desks.join.nodes()}
        assert {"web-1": "joined"} == states
        assert 2 >= server.desks.reports.now()["web-1"].seen.counter


def test_a_clock_that_is_off_is_measured_and_told(tmp_path: Path) -> None:
    """A node whose clock is ten minutes ahead: by how much, and that it is an error."""
    with run_server(tmp_path) as server:
        node = server.node("web-1")
        syncing = node.room.syncing

        class Ahead:
            def now(self) -> datetime:
                return now() + timedelta(minutes=10)

        syncing.clock = Ahead()  # type: ignore[assignment]  # it only tells the time here
        node.look()
        node.look()
        said = server.desks.reports.now()["web-1"]
        assert 590 < said.skew < 610
        assert [("clock-skewed", "error")] == [
            (one.code, one.severity) for one in said.remarks if one.code == "clock-skewed"
        ]
        assert timedelta(seconds=590) < -syncing.offset < timedelta(seconds=610)
