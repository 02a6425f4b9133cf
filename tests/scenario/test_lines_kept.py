"""What a look costs the server: a node keeps its line, and tells what changed at once."""

from __future__ import annotations

from pathlib import Path

from support.pki import make_ca
from support.trust_server import TrustServer, now, run_server
from warifu.apps.server.metrics import HANDSHAKES, REQUESTS


def test_looks_share_one_handshake(tmp_path: Path) -> None:
    """However often a node looks: signed files and reports come and go over the line that is there."""
    with run_server(tmp_path) as server:
        node = server.node("web-1")
        node.look()
        before = _handshakes(server)
        for number in range(3):
            server.publish("shop", make_ca(f"Root {number}", now=now()).value)
            assert node.look().changed
        assert before == _handshakes(server)


def test_what_changed_is_told_in_one_report(tmp_path: Path) -> None:
    """The first report asks whether the server knows the inventory; later ones bring what is new along."""
    with run_server(tmp_path) as server:
        node = server.node("web-1")
        node.look()
        root = make_ca("Root", now=now()).value
        server.publish("shop", root)
        before = _reports(server)
        node.look()
        assert before + 1 == _reports(server)
        told = {entry.fingerprint for entry in server.desks.reports.inventories()["web-1"].entries}
        assert root.fingerprint.hex in told
        node.look()
        assert before + 2 == _reports(server)


def test_a_line_that_was_lost_is_made_anew(tmp_path: Path) -> None:
    """The server ended and came back: the next look is as any other."""
    with run_server(tmp_path) as server:
        node = server.node("web-1")
        node.look()
        port = server.program.server.port
    with run_server(tmp_path, port=port) as server:
        root = make_ca("Root", now=now()).value
        server.publish("shop", root)
        node.look()
        assert node.trusts(root)
        assert "web-1" in server.program.server.nodes


def _handshakes(server: TrustServer) -> float:
    metrics = server.program.base.metrics
    return sum(metrics.of(HANDSHAKES, who) for who in ("node", "nobody"))


def _reports(server: TrustServer) -> float:
    return server.program.base.metrics.of(REQUESTS, "/agent/v1/report", "POST", "200")
