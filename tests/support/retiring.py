"""A trust domain with an old root and its successor, nodes that follow it, and its retirement step by step."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from support.pki import DAY, Entity, make_ca
from support.trust_server import EVERYBODY, OTHER, Node, TrustServer, now, run_server
from warifu.apps.agent.loop import Loop
from warifu.apps.agent.program import AgentWork
from warifu.domain.directory import Reason
from warifu.domain.directory.retiring import RetireStep, StepState
from warifu.workflows.retire_desk import Retirement
from warifu.workflows.retire_planning import Planned, Wish

NODES = ("psc-1", "psc-2", "psc-3")


@dataclass
class Estate:
    """The old root is published beside its successor on every node."""

    server: TrustServer
    old: Entity
    new: Entity
    nodes: dict[str, Node]

    @property
    def alias(self) -> str:
        published = self.server.desks.trust.version("shop")
        return next(one.name for one in published.anchors if one.key == self.old.value.fingerprint)

    def look(self, *names: str) -> None:
        for name in names or self.nodes:
            self.nodes[name].look()

    def plan(self, *anchors: str, **wish: object) -> Planned:
        settings: dict[str, object] = {"reason": Reason.SUPERSEDED, **wish}
        wanted = Wish("shop", anchors or (self.old.value.fingerprint.hex,), **settings)  # type: ignore[arg-type]
        return self.server.desks.retire.plan(EVERYBODY, wanted, now=now())

    def codes(self, **wish: object) -> list[str]:
        """Why the old root may not go."""
        (radius,) = self.plan(**wish).radii
        return [one.code.value for one in radius.blockers]

    def approved(self, *anchors: str, **wish: object) -> str:
        planned = self.plan(*anchors, **wish)
        assert planned.is_allowed, [one.blockers for one in planned.radii]
        typed = self.server.desks.retire.show(planned.digest, now=now()).confirmation
        self.server.desks.retire.approve(OTHER, planned.digest, typed, now=now())
        return planned.digest

    def go_on(self, digest: str) -> Retirement:
        return self.server.desks.retire.go_on(EVERYBODY, digest, now=now())

    def sign_in(self, digest: str, *, good: bool = True) -> Retirement:
        return self.server.desks.retire.signed_in(
            EVERYBODY, digest, good=good, detail="GET /v1/self", now=now()
        )

    def obey(self, *names: str) -> None:
        """Have nodes carry out the orders that wait for them."""
        for name in names or self.nodes:
            room = self.nodes[name].room
            member = room.state.membership()
            assert member is not None
            line = room.door.line(member)
            for order in line.orders():
                line.answer(order.id, room.obedience.obey(order))

    def until(self, digest: str, step: RetireStep) -> Retirement:
        """Do one step after the other, nodes looking in between, until this one is next."""
        desk = self.server.desks.retire
        found = desk.show(digest, now=now())
        for _ in range(40):
            found = desk.show(digest, now=now())
            following = next((one for one in found.steps if one.state is not StepState.DONE), None)
            if following is None or following.step is step:
                return found
            if following.state in {StepState.READY, StepState.FAILED}:
                desk.do(EVERYBODY, digest, following.step, now=now())
            if following.state is StepState.WAITING or following.step in {
                RetireStep.DELETE,
                RetireStep.RESTART,
            }:
                self.look()
                self.obey()
                self.look()
        raise AssertionError(found.steps)

    def retire(self, digest: str) -> Retirement:
        """Do all of it."""
        self.until(digest, RetireStep.SIGN_IN)
        self.sign_in(digest)
        return self.go_on(digest)


def at(found: Retirement) -> RetireStep | None:
    """The step that is next."""
    return next((one.step for one in found.steps if one.state is not StepState.DONE), None)


def stand(found: Retirement, step: RetireStep) -> tuple[StepState, int, int, tuple[str, ...]]:
    one = next(one for one in found.steps if one.step is step)
    return one.state, one.done, one.of, one.waits_for


def acts(server: TrustServer) -> list[str]:
    """What the audit trail tells, oldest first."""
    with server.room.registry.look() as books:
        return [entry.act for entry in books.audit.entries()]


def write_settings(folder: Path, text: str) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "settings.toml"
    path.write_text(text)
    return str(path)


def quoted(*values: object) -> str:
    return json.dumps([str(one) for one in values])


@contextmanager
def run_estate(
    folder: Path,
    names: Sequence[str] = NODES,
    *,
    settings: dict[str, str] | None = None,
    old: Entity | None = None,
    with_new: bool = True,
    crls: bool = False,
) -> Iterator[Estate]:
    """Such an estate, for as long as the block lasts."""
    first = old or make_ca("Old Root", now=now())
    second = make_ca("New Root", now=now())
    with run_server(folder) as server:
        nodes = {name: server.node(name, (settings or {}).get(name, "")) for name in names}
        listed = [first.crl(start=now() - DAY, end=now() + DAY)] if crls else []
        server.publish("shop", first.value, *([second.value] if with_new else []), crls=listed)
        estate = Estate(server, first, second, nodes)
        estate.look()
        yield estate


@contextmanager
def following(estate: Estate) -> Iterator[None]:
    """Agents that run, for as long as the block lasts: woken by push, otherwise once a minute."""
    loops = [
        Loop(AgentWork(node.room, StringIO()), lambda: 0.5, time.monotonic) for node in estate.nodes.values()
    ]
    threads = [threading.Thread(target=loop.run, args=(lambda: None,)) for loop in loops]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for loop in loops:
            loop.stop()
        for thread in threads:
            thread.join()
