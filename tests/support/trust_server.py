"""A Warifu server in this process, in a folder of its own, and nodes that join it.

with run_server(tmp_path) as server:
    node = server.node("web-1")
    server.publish("shop", make_ca("Root").value)
    node.look()
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

from warifu.adapters.orders.agent import HttpAgentLine
from warifu.apps.server.listening import Listen
from warifu.apps.server.metrics import Metric
from warifu.apps.server.program import Program
from warifu.apps.server.start import make_program
from warifu.domain.directory.decision import Decision
from warifu.domain.directory.publish import PublishWish
from warifu.domain.directory.roles import Role
from warifu.domain.x509 import Certificate, RevocationList
from warifu.ports.orders import AgentLine, Wait
from warifu.wire.agent import Wake
from warifu.wiring.agent import AgentRoom
from warifu.wiring.server import ServerRoom, open_room
from warifu.workflows.acting import Actor
from warifu.workflows.agent_sync import TakenUp
from warifu.workflows.join_desk import JoinRules
from warifu.workflows.server_desks import Desks
from warifu.workflows.server_setup import Fresh

EVERYBODY = Actor("everybody", frozenset(Role))
"""Somebody who may do everything that one person alone may do."""
OTHER = Actor("another", frozenset(Role))


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Node:
    """An agent's folder; it looks when it is told to."""

    name: str
    room: AgentRoom
    _left: AgentLine | None = None

    def look(self, *, then: float = 0.0) -> TakenUp:
        """Look once; its report goes on to listen for so many seconds."""
        taken = self.room.syncing.sync((), lambda: then)
        if then:
            self._left = self.line()
        return taken

    def leave(self) -> None:
        """End the stream that a look began and nobody listened to."""
        if isinstance(self._left, HttpAgentLine):
            self._left.close()

    def listen(self, seconds: float = 20) -> tuple[Wake, ...]:
        """What it is pushed; what is newer than it holds now comes along."""
        return self.line().listen(Wait(seconds, self.room.syncing.ask())).wakes

    def line(self) -> AgentLine:
        """Its line to the server, as the agent that looks here has it."""
        member = self.room.state.membership()
        assert member is not None
        return self.room.door.line(member)

    def aliases(self, store: str = "trusted-roots") -> set[str]:
        with self.room.stores.reading() as view:
            return {entry.alias for entry in view.entries(store).entries}

    def trusts(self, certificate: Certificate) -> bool:
        with self.room.stores.reading() as view:
            entries = view.entries("trusted-roots").entries
        return any(one.fingerprint == certificate.fingerprint and not one.distrusted for one in entries)


@dataclass
class TrustServer:
    """A server that runs, and its use cases."""

    folder: Path
    room: ServerRoom
    program: Program
    url: str
    log: StringIO
    fresh: Fresh | None = None
    nodes: dict[str, Node] = field(default_factory=dict)

    @property
    def desks(self) -> Desks:
        return self.program.desks

    def token(self, node: str) -> str:
        return self.desks.join.invite(EVERYBODY, node, [self.url], now=now()).token

    def node(self, name: str, settings: str = "") -> Node:
        """A node that joined."""
        room = AgentRoom(str(self.folder / name), settings)
        room.door.join(room.invitation(self.token(name)))
        self.nodes[name] = Node(name, room)
        return self.nodes[name]

    def metric(self, which: Metric) -> float:
        return self.program.base.metrics.of(which)

    def routes(self) -> list[str]:
        """The routes that were asked for, in order."""
        events = [json.loads(line) for line in self.log.getvalue().splitlines()]
        return [one["route"] for one in events if one["event"] == "request"]

    def domain(self, name: str = "shop") -> None:
        self.desks.trust.create(EVERYBODY, name, now=now())

    def publish(
        self,
        domain: str,
        *certificates: Certificate,
        crls: Sequence[RevocationList] = (),
        pinned: bool = False,
    ) -> Decision:
        wish = PublishWish(tuple(certificates), tuple(crls), pinned=pinned)
        decided = self.desks.trust.publish(EVERYBODY, domain, wish, now=now())
        assert not decided.is_refused, decided.all_findings
        self.program.look()
        return decided


@contextmanager
def run_server(
    folder: Path,
    *,
    rules: JoinRules | None = None,
    port: int = 0,
    host: str = "127.0.0.1",
    people_ca: str = "",
) -> Iterator[TrustServer]:
    """A server with the trust domain `shop`, made where the folder holds none, for as long as the block lasts."""
    room = open_room(str(folder / "server"), people_ca, rules=rules or JoinRules())
    fresh = None if room.is_set_up() else room.set_up([host, "localhost"], "admin")
    log = StringIO()
    program = make_program(room, Listen((host,), port), [f"https://{host}:{port}"], out=log, environment={})
    program.server.bind()
    follower = program.follow()
    server = TrustServer(folder, room, program, f"https://{host}:{program.server.port}", log, fresh)
    try:
        with program.server.running():
            if fresh is not None:
                server.domain()
            yield server
    finally:
        for node in server.nodes.values():
            node.leave()
        program.end_following(follower)
        room.close()
