"""How nodes listen: one connection, one request a publication, and nothing that is missed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from support.pki import make_ca
from support.running import wait_until
from support.trust_server import EVERYBODY, now, run_server
from warifu.adapters.orders.agent import HttpAgentLine
from warifu.apps.server.metrics import STREAMS
from warifu.errors import CouldNotLookError, RefusedError
from warifu.ports.orders import Wait
from warifu.wire.agent import Wake
from warifu.wire.trust_files import TrustAsk
from warifu.workflows.report_desk import SEEN

SOON = 20  # seconds


def test_a_publication_is_one_request_a_node(tmp_path: Path) -> None:
    """What is newer comes with the event that tells of it; what the node says then goes on as its next stream."""
    with run_server(tmp_path) as server:
        node = server.node("web-1")
        node.look()
        node.listen()
        node.look(then=SOON)
        wait_until(lambda: "/agent/v1/events" in server.routes(), "the log", seconds=SOON)
        routes = len(server.routes())
        for number in range(3):
            root = make_ca(f"Root {number}", now=now()).value
            server.publish("shop", root)
            assert (Wake("bundle", "shop", number + 2),) == node.listen()
            node.look(then=SOON)
            assert node.trusts(root)
            said = server.desks.reports.now()["web-1"]
            assert number + 2 == said.seen.versions["shop"]
            open_now = server.program.server._floor.connections  # the gauge is a second old
            assert 1 == len(open_now)
        wait_until(lambda: len(server.routes()) >= routes + 3, "the log", seconds=SOON)
        assert ["/agent/v1/events"] * 3 == server.routes()[routes:]


def test_one_connection_is_enough_for_a_node(tmp_path: Path) -> None:
    """Also where its report does not go on as a stream, and where what is newer has to be asked for."""
    with run_server(tmp_path) as server:
        node = server.node("web-1")
        node.look()
        node.listen()
        routes = len(server.routes())
        for number in range(3):
            root = make_ca(f"Root {number}", now=now()).value
            server.publish("shop", root)
            held = node.room.syncing.ask()
            older = TrustAsk({**held.held, "snapshot": 0}, held.domains)
            woken = node.line().listen(Wait(SOON, older))
            assert (Wake("bundle", "shop", number + 2),) == woken.wakes
            node.look()
            assert node.trusts(root)
            open_now = server.program.server._floor.connections
            assert 1 == len(open_now)
        asked = ["/agent/v1/events", "/agent/v1/trust", "/agent/v1/report"]
        wait_until(lambda: len(server.routes()) >= routes + 9, "the log", seconds=SOON)
        assert asked * 3 == server.routes()[routes:]


def test_what_came_along_is_for_one_look(tmp_path: Path) -> None:
    """The next asks for what is newer by then."""
    with run_server(tmp_path) as server:
        node = server.node("web-1")
        node.look()
        node.listen()
        nothing, first, second = (make_ca(name, now=now()).value for name in ("Zero", "First", "Second"))
        node.look()
        server.publish("shop", nothing)
        node.look()
        assert node.trusts(nothing), "with the greeting came that there was nothing newer"
        node.listen()
        server.publish("shop", first)
        node.listen()
        server.publish("shop", second)
        node.look()
        assert (True, False) == (node.trusts(first), node.trusts(second))
        node.look()
        assert node.trusts(second)


def test_a_report_that_asks_for_more_is_no_stream(tmp_path: Path) -> None:
    """A server that lost what a node holds asks for it; the connection is used on, and the next report listens."""
    with run_server(tmp_path) as server:
        node = server.node("web-1")
        node.look()
        with server.desks.registry.change() as books:
            seen = books.reports.find("web-1", SEEN)
            assert seen is not None
            known = json.loads(seen.document)
            forgotten = json.dumps({**known, "inventory": ""}).encode()
            books.reports.put([replace(seen, document=forgotten)])
        node.look(then=SOON)
        wait_until(lambda: server.metric(STREAMS) == 0, "the greeting to be over", seconds=SOON)
        assert (Wake("hello"),) == node.listen(), "it heard nothing before"
        assert 1 == len(server.program.server._floor.connections)
        with server.desks.registry.look() as books:
            again = books.reports.find("web-1", SEEN)
        assert again is not None
        assert known["inventory"] == json.loads(again.document)["inventory"]


def test_while_a_stream_waits_for_its_listener_a_report_is_answered_alone(tmp_path: Path) -> None:
    """No second stream is opened; the one that waits is heard to its end."""
    with run_server(tmp_path) as server:
        node = server.node("web-1")
        node.look()
        node.listen()
        node.look(then=SOON)
        wait_until(lambda: server.metric(STREAMS) == 1, "the stream to be open", seconds=SOON)
        node.look(then=SOON)
        assert 1 == server.metric(STREAMS)
        server.publish("shop", make_ca("Root", now=now()).value)
        assert (Wake("bundle", "shop", 2),) == node.listen()


def test_who_is_shut_out_while_it_waits_for_its_answer_is_told(tmp_path: Path) -> None:
    """The word of the server, and no stream behind it."""
    with run_server(tmp_path) as server:
        node = server.node("web-1")
        node.look()
        line = node.line()
        server.desks.join.fence(EVERYBODY, "web-1", "test", now=now())
        with pytest.raises((RefusedError, CouldNotLookError)):
            node.look(then=SOON)
        assert isinstance(line, HttpAgentLine)
        assert line._opened is None
        assert 0 == server.metric(STREAMS)


def test_what_is_too_large_to_be_pushed_is_asked_for(tmp_path: Path) -> None:
    """What tells of it comes at once all the same."""
    with run_server(tmp_path) as server:
        node = server.node("web-1")
        node.look()
        node.listen()
        roots = [make_ca(f"Root {number}", now=now()).value for number in range(150)]
        server.publish("shop", *roots)
        assert Wake("bundle", "shop", 2) in node.listen()
        asked = server.routes().count("/agent/v1/trust")
        node.look()
        assert all(map(node.trusts, roots))
        wait_until(lambda: server.routes().count("/agent/v1/trust") == asked + 1, "the log", seconds=SOON)
