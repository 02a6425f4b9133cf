"""The shop of `support.shopfront`, each node of which is looked after by a real agent, and a server that drives.

    with run_agent_shop(folder) as town:
        rollout = town.begin(town.plan("ca-1"))
        town.wait_until_done(rollout)

The server runs in a thread of this process, every agent in a process of its own; between them is mutual TLS.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from support.pki import make_ca
from support.running import wait_until
from support.shopfront import ISSUERS, NODES, Shopfront, run_shopfront
from warifu.apps.server.listening import Listen
from warifu.apps.server.program import Program
from warifu.apps.server.start import make_program
from warifu.domain.directory.roles import Role, confirmation_of
from warifu.domain.rotation.outcome import Planned
from warifu.ports.work_books import KeptPlan
from warifu.wire.agent import Order, OrderKind
from warifu.wire.signed import parse
from warifu.wiring.rollouts import Timing
from warifu.wiring.server import ServerRoom, open_room
from warifu.workflows.acting import Actor
from warifu.workflows.rollout_desk import RolloutDesk, read_plan, removed_names
from warifu.workflows.rollout_show import Standing
from warifu.workflows.rollout_wishes import Wanted

ROOT = Path(__file__).resolve().parents[2]
OPERATOR = Actor("olga", frozenset({Role.OPERATOR}))
APPROVER = Actor("ben", frozenset({Role.APPROVER}))
HOSTS = Actor("hugo", frozenset({Role.HOST_ADMINISTRATOR}))
QUICK = Timing(timedelta(seconds=6), timedelta(seconds=5), timedelta(seconds=30), timedelta(milliseconds=300))
EVERY = 1.0  # seconds between two looks of an agent that nothing woke


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Agent:
    """One agent's process, which can be ended and started again."""

    name: str
    folder: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; it goes on from its own memory."""
        environment = {**os.environ, "PYTHONPATH": "src:tests:.", "PYTHONWARNINGS": "ignore"}
        argv = [sys.executable, "-m", "support.agent_driver", str(self.folder), str(EVERY)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(argv, stderr=log, stdout=log, cwd=ROOT, env=environment)

    def kill(self) -> None:
        """End it at once, whatever it is doing."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8")


@dataclass
class AgentShop:
    """The shop, its agents and the server."""

    shop: Shopfront
    room: ServerRoom
    program: Program
    agents: Mapping[str, Agent] = field(default_factory=dict)
    issuer: str = ISSUERS[-1]
    root: bytes = b""

    def __post_init__(self) -> None:
        self.root = self.shop.old_root.read_bytes()

    @property
    def desk(self) -> RolloutDesk:
        return self.program.desks.rollouts

    def put(self, text: str) -> None:
        """Put the estate."""
        self.program.desks.estates.put(HOSTS, {"estate.toml": text}, now=now())

    def join(self, name: str, url: str) -> Agent:
        """Invite a node and start its agent."""
        folder = self.shop.folder / "agents" / name
        folder.mkdir(parents=True)
        made = self.program.desks.join.invite(HOSTS, name, [url], now=now())
        (folder / "token").write_text(made.token)
        agent = Agent(name, folder)
        agent.start()
        return agent

    def rotation(self) -> KeptPlan:
        """Plan the replacement of the present root by the other issuer's, and have somebody else approve it."""
        self.issuer = next(one for one in ISSUERS if one != self.issuer)
        files = {"old": self.root, "new": self.shop.root(self.issuer).read_bytes()}
        kept = self.plan(Wanted("shopfront", "replace-ca", ("old", "new"), self.issuer, files=files))
        self.root = files["new"]
        return kept

    def addition(self) -> KeptPlan:
        """Plan that every trust store takes a root more, and have somebody else approve it."""
        made = make_ca(f"More {len(self.desk.rollouts.journal.rollouts())}", now=now())
        return self.plan(Wanted("shopfront", "add-anchor", ("more",), files={"more": made.pem}))

    def plan(self, wanted: Wanted) -> KeptPlan:
        """Plan a change, and have somebody else approve it."""
        asked = self.desk.plan(OPERATOR, wanted, now=now())
        assert isinstance(asked.answer, Planned), asked.answer
        assert asked.kept is not None
        return self.program.desks.plans.approve(APPROVER, asked.kept.digest, now=now())

    def begin(self, kept: KeptPlan) -> str:
        """Begin the rollout of an approved plan."""
        typed = confirmation_of(kept.digest, removed_names(read_plan(kept)))
        rollout = self.desk.start(OPERATOR, kept.digest, typed=typed, now=now())
        self.program.look()
        return rollout

    def orders(self, rollout: str) -> list[Order]:
        """Return the orders of a rollout, oldest first."""
        with self.room.registry.look() as books:
            return [parse(Order, one.document) for one in books.orders.of_rollout(rollout)]

    def is_carrying(self, rollout: str, node: str) -> bool:
        """Tell whether a node was told to carry a step out and has not answered yet."""
        with self.room.registry.look() as books:
            waiting = [parse(Order, one.document) for one in books.orders.open_for(f"{node}.example")]
            return any(one.kind is OrderKind.CARRY for one in waiting) and bool(rollout)

    def show(self, rollout: str) -> Standing:
        return self.desk.show(rollout, now=now())

    def wait_until(
        self, holds: Callable[[Standing], bool], what: str, rollout: str, seconds: float = 120
    ) -> Standing:
        """Wait until a rollout stands so; say where it stands if it does not."""
        try:
            wait_until(lambda: holds(self.show(rollout)), what, seconds=seconds)
        except pytest.fail.Exception as error:
            stands = self.show(rollout)
            pytest.fail(f"{error}: {stands.blockers} {stands.progress.states}")
        return self.show(rollout)

    def wait_until_done(self, rollout: str, seconds: float = 120) -> Standing:
        return self.wait_until(lambda one: one.head.state == "done", "the rollout to end", rollout, seconds)


def agent_node(name: str) -> str:
    """Return the table of a node that an agent looks after."""
    return f'[nodes.{name}]\nreach = "agent"\nagent = "{name}.example"\n'


def estate_of(shop: Shopfront, nodes: Mapping[str, str]) -> str:
    """Return the shop's estate with other tables for its nodes, and issuers where they lie on the server.

    Args:
        nodes: each node's table.
    """
    text = (shop.folder / "estate.toml").read_text(encoding="utf-8")
    for node, table in nodes.items():
        local = f'[nodes.{node}]\nreach = "local"\nstate = "nodes/{node}"\n'
        assert local in text
        text = text.replace(local, table)
    for issuer in ISSUERS:
        text = text.replace(f'folder = "{issuer}"', f'folder = "{shop.folder}/{issuer}"')
        text = text.replace(f'chain = "{issuer}/', f'chain = "{shop.folder}/{issuer}/')
    return text.replace('passphrase-file = "', f'passphrase-file = "{shop.folder}/')


@contextlib.contextmanager
def run_server(folder: Path, timing: Timing = QUICK) -> Iterator[tuple[ServerRoom, Program, str]]:
    """Run a server in a thread; it is set up where it is new."""
    room = open_room(str(folder), timing=timing)
    if not room.is_set_up():
        room.set_up(["127.0.0.1", "localhost"], "admin")
    with (folder / "log").open("a", encoding="utf-8") as log:
        listen = Listen(("127.0.0.1",), 0)
        program = make_program(room, listen, ["https://127.0.0.1:0"], out=log, environment={})
        program.server.bind()
        follower = program.follow()
        try:
            with program.server.running():
                yield room, program, f"https://127.0.0.1:{program.server.port}"
        finally:
            program.end_following(follower)
            room.close()


@contextlib.contextmanager
def run_agent_shop(
    folder: Path, *, agents: tuple[str, ...] = NODES, put: bool = True, rate: float = 7.0
) -> Iterator[AgentShop]:
    """Start shop, server and agents; everything ends again.

    Args:
        agents: nodes that have one.
        put: whether the estate is put, all of whose nodes have agents.
    """
    with run_shopfront(folder, rate=rate) as shop, run_server(folder / "server") as (room, program, url):
        town = AgentShop(shop, room, program)
        try:
            town.agents = {name: town.join(f"{name}.example", url) for name in agents}
            names = {agent.name for agent in town.agents.values()}
            wait_until(lambda: names <= set(program.desks.reports.now()), "every agent to report", seconds=60)
            if put:
                town.put(estate_of(shop, {name: agent_node(name) for name in agents}))
            yield town
        finally:
            for agent in town.agents.values():
                agent.kill()
