"""Everything has expired at once, and `warifu server renew` on the server is enough.

Nothing is believed but what the signed bundle says: while the server's certificate is expired no node tells it anything.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from support.pki import make_ca
from support.running import wait_until
from support.trust_server import Node, TrustServer, now, run_server
from warifu.errors import CouldNotLookError
from warifu.workflows.control_ca import CaUse, ControlDesk, current_ca
from warifu.workflows.join_desk import JoinRules

SHORT = JoinRules(identity=timedelta(seconds=2))
SOON = 20  # seconds


def let_the_server_expire(server: TrustServer) -> None:
    """Have the server show a certificate that ended a minute ago."""
    keys = server.room.makers.keys
    with server.room.registry.look() as books:
        ca = current_ca(books, CaUse.SERVER)
    ended = now() - timedelta(minutes=1)
    keys.renew_server(ca, ["127.0.0.1"], begins=ended - timedelta(minutes=50), ends=ended)
    server.program.server.use(server.program.material())


def wait_until_over(node: Node) -> None:
    member = node.room.state.membership()
    assert member is not None
    assert member.current is not None
    ends = member.current.certificate.not_after
    wait_until(lambda: now() > ends, "the node's identity to end", seconds=SOON)


def test_a_node_comes_back_after_both_certificates_expired(tmp_path: Path) -> None:
    """Expired on both sides in one outage: one command on the server, and the node renews by its old key."""
    with run_server(tmp_path, rules=SHORT) as server:
        node = server.node("web-1")
        wait_until_over(node)
        let_the_server_expire(server)
        root = make_ca("Root", now=now()).value
        server.publish("shop", root)
        before = len(server.routes())
        with pytest.raises(CouldNotLookError, match=r"orders\.not-believed"):
            node.look()
        assert node.trusts(root), "signed bundles are believed over TLS that does not verify"
        assert {"/trust/{name}"} == set(server.routes()[before:]), "nothing else was told or asked"

        server.desks.control.renew_server(now=now())
        wait_until(lambda: _looks(node), "the node to be back", seconds=SOON)
        member = node.room.state.membership()
        assert member is not None
        assert member.current is not None
        assert member.current.certificate.not_after > now() - timedelta(seconds=2)
        assert server.desks.reports.now()["web-1"].seen.versions["shop"] == 2


def _looks(node: Node) -> bool:
    try:
        node.look()
    except CouldNotLookError:
        return False
    return True


def test_a_new_ca_of_the_server_is_learnt_from_the_bundle(tmp_path: Path) -> None:
    """The old one is gone, no node was reached in time: signed metadata names the new one."""
    with run_server(tmp_path) as server:
        node = server.node("web-1")
        control: ControlDesk = server.desks.control
        from support.trust_server import EVERYBODY  # noqa: PLC0415

        control.prepare(EVERYBODY, CaUse.SERVER, now=now())
        control.switch(EVERYBODY, CaUse.SERVER, waived=("web-1",), now=now())
        server.program.server.use(server.program.material())
        before = len(server.routes())
        node.look()
        asked = server.routes()[before:]
        assert "/agent/v1/report" in asked
        assert asked.index("/trust/{name}") < asked.index("/agent/v1/report")


def test_a_ca_of_the_server_that_has_ended_is_replaced_by_renewing(tmp_path: Path) -> None:
    """`renew` makes a new CA where the present one is over: the command is enough for any outage."""
    with run_server(tmp_path) as server:
        node = server.node("web-1")
        keys = server.room.makers.keys
        ended = now() - timedelta(minutes=1)
        old = keys.make_ca("Warifu server CA old", begins=ended - timedelta(days=10), ends=ended)
        with server.room.registry.change() as books:
            books.about.put("control.server-ca", old.fingerprint.hex)
            assert current_ca(books, CaUse.SERVER) == old.fingerprint
        made = server.desks.control.renew_server(now=now())
        assert made.not_after > now()
        server.program.server.use(server.program.material())
        node.look()


def test_an_identity_that_was_revoked_is_not_healed(tmp_path: Path) -> None:
    """Expired is one thing, revoked another: the key alone opens nothing."""
    with run_server(tmp_path, rules=SHORT) as server:
        node = server.node("web-1")
        wait_until_over(node)
        from support.trust_server import EVERYBODY  # noqa: PLC0415

        server.desks.join.fence(EVERYBODY, "web-1", "stolen", now=now())
        server.program.server.use(server.program.material())
        with pytest.raises(Exception, match=r"registry\.not-let-in|orders\."):
            node.look()
        assert "fenced" == server.desks.join.nodes()[0].state.value
