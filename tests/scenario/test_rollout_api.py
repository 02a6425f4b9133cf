"""Estates and rollouts over HTTP: who may do what, what is told, and that no route writes a journal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.agent_shop import Agent, now, run_server
from support.pki import make_ca
from support.running import wait_until
from warifu.adapters.orders.person import HttpPersonLine
from warifu.apps.server.program import Program
from warifu.apps.server.rollout_routes import rollout_routes
from warifu.domain.directory.roles import Role
from warifu.domain.findings import Lang
from warifu.domain.x509 import to_pem
from warifu.errors import RefusedError, UsageError
from warifu.ports.person_line import PersonLine, SavedServer
from warifu.wire import api
from warifu.wire import api_rollouts as wire
from warifu.workflows.acting import Actor

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(120)]
EVERYBODY = Actor("everybody", frozenset(Role))
ROLES = {
    "olga": Role.OPERATOR,
    "ben": Role.APPROVER,
    "hugo": Role.HOST_ADMINISTRATOR,
    "vera": Role.VIEWER,
}
ESTATE = """
[nodes.n]
reach = "agent"

[services.app]
node = "n"
target = "files"
loading = "each-use"

[services.app.trusts.up]
store = "up"
anchors = "{folder}/up.pem"

[trust-stores.up]
"""


@dataclass
class Place:
    """A server with one node, and a line for each person."""

    program: Program
    agent: Agent
    folder: Path
    lines: dict[str, PersonLine]

    def put(self, who: str = "hugo", text: str = "") -> wire.EstateTold:
        wish = wire.EstateWish({"e.toml": text or ESTATE.format(folder=self.folder)})
        told: wire.EstateTold = self.lines[who].ask(wire.EstateTold, "PUT", "/v1/estates", wish)
        return told

    def plan(self, change: str, *names: str, **files: str) -> wire.RolloutPlanTold:
        wish = wire.RolloutPlanWish("estate", change, names, files=files)
        told: wire.RolloutPlanTold = self.lines["olga"].ask(
            wire.RolloutPlanTold, "POST", "/v1/estate-plans", wish
        )
        return told

    def approve(self, digest: str, who: str = "ben") -> None:
        self.lines[who].ask(
            api.PlanTold, "POST", f"/v1/plans/{digest}/approvals", api.ApprovalWish("looks right")
        )

    def start(self, digest: str, typed: str = "", who: str = "olga") -> wire.StandingTold:
        told: wire.StandingTold = self.lines[who].ask(
            wire.StandingTold, "POST", "/v1/rollouts", wire.StartWish(digest, typed)
        )
        return told

    def show(self, rollout: str) -> wire.StandingTold:
        told: wire.StandingTold = self.lines["vera"].ask(wire.StandingTold, "GET", f"/v1/rollouts/{rollout}")
        return told

    def wait(self, rollout: str, holds: Callable[[wire.StandingTold], bool]) -> wire.StandingTold:
        wait_until(lambda: holds(self.show(rollout)), "the rollout to stand so", seconds=40)
        return self.show(rollout)


def line_of(program: Program, url: str, name: str) -> PersonLine:
    """Sign a person in."""
    desk = program.desks.people
    desk.add(EVERYBODY, name, [ROLES[name]], now=now())
    signed = desk.open_link(desk.invite(EVERYBODY, name, now=now()), "correct horse battery", now=now())
    anchors = [one.certificate for one in program.desks.trust.version("warifu").trusted]
    server = SavedServer(url, to_pem(anchors).decode(), name, signed.token)
    numbers = iter(range(10_000))
    return HttpPersonLine(server, lambda: f"{name}{next(numbers):08d}", Lang.EN)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("api")
    with run_server(folder / "server") as (_, program, url):
        lines = {name: line_of(program, url, name) for name in ROLES}
        node = folder / "n"
        node.mkdir()
        (node / "token").write_text(program.desks.join.invite(EVERYBODY, "n", [url], now=now()).token)
        agent = Agent("n", node)
        agent.start()
        try:
            wait_until(lambda: "n" in program.desks.reports.now(), "the agent", seconds=60)
            yield Place(program, agent, folder, lines)
        finally:
            agent.kill()


def test_a_change_goes_through_people_and_agent(place: Place) -> None:
    """Put, plan, approve by another person, type what goes, start; the evidence is signed by the node."""
    old, new = make_ca("Old Root", now=now()), make_ca("New Root", now=now())
    (place.folder / "up.pem").write_bytes(old.pem)
    assert (
        place.put().version == place.lines["vera"].ask(wire.EstateTold, "GET", "/v1/estates/estate").version
    )
    added = place.plan("add-anchor", "new.pem", **{"new.pem": new.pem.decode()})
    assert ("plan", "") == (added.answer, added.confirmation)
    with pytest.raises(RefusedError, match=r"registry\.plan-not-approved"):
        place.start(added.digest)
    with pytest.raises(RefusedError, match=r"directory\.not-allowed"):
        place.approve(added.digest, "olga")
    place.approve(added.digest)
    first = place.start(added.digest).rollout.id
    done = place.wait(first, lambda one: one.rollout.state == "done")
    assert [("app/up#1", "done", "n")] == [(one.id, one.state, one.node) for one in done.steps]
    assert {("n", True)} == {(one.node, bool(one.signed_by)) for one in done.seen}
    assert {"proven"} <= {one.stage for one in done.seen}

    gone = place.plan("retire-anchor", "old.pem", **{"old.pem": old.pem.decode()})
    assert "Old Root" in gone.confirmation
    place.approve(gone.digest)
    with pytest.raises(RefusedError, match=r"directory\.confirmation-differs"):
        place.start(gone.digest, "yes")
    second = place.start(gone.digest, gone.confirmation).rollout.id
    place.wait(second, lambda one: one.rollout.state == "done")
    assert new.pem.split() == (place.folder / "up.pem").read_bytes().split()

    back = place.lines["olga"].ask(
        wire.RolloutPlanTold, "POST", f"/v1/rollouts/{second}/way-back", wire.WayBackWish(past_return=True)
    )
    assert "plan" == back.answer
    place.approve(back.digest)
    third = place.start(back.digest, back.confirmation).rollout.id
    place.wait(third, lambda one: one.rollout.state == "done")
    assert set((old.pem + new.pem).split()) == set((place.folder / "up.pem").read_bytes().split())
    listed = place.lines["vera"].ask(tuple[wire.RolloutTold, ...], "GET", "/v1/rollouts")
    assert [third, second, first] == [one.id for one in listed][:3]
    acts = place.lines["vera"].ask(api.AuditProofTold, "GET", "/v1/audit/proof")
    assert "" == acts.broken


def test_who_may_not_is_refused(place: Place) -> None:
    """By role, each with the roles that may."""
    for who in ("olga", "ben", "vera"):
        with pytest.raises(RefusedError, match=r"directory\.not-allowed"):
            place.put(who)
    for path, wish, who in (
        ("/v1/estate-plans", wire.RolloutPlanWish("estate", "add-anchor", ("x",)), "ben"),
        ("/v1/rollouts", wire.StartWish("0" * 64), "ben"),
        ("/v1/rollouts/x/waivers", wire.WaiverWish("n", "x", now()), "olga"),
        ("/v1/rollouts/x/statements", wire.ConfirmWish("s", "o", "x"), "ben"),
        ("/v1/rollouts/x/resumptions", None, "hugo"),
        ("/v1/rollouts/x/abandonment", None, "vera"),
    ):
        with pytest.raises(RefusedError, match=r"directory\.not-allowed"):
            place.lines[who].ask(wire.StandingTold, "POST", path, wish)


def test_what_is_wrong_is_told(place: Place) -> None:
    """An estate's faults one by one, an unknown rollout, a change that cannot be planned."""
    with pytest.raises(RefusedError, match=r"estate\.invalid") as told:
        place.put(text='[nodes.n]\nreach = "x"\n[services.a]\nnode = "b"\n')
    assert len(told.value.parts) > 1
    with pytest.raises(RefusedError, match=r"rollout\.unknown"):
        place.show("nothing")
    place.put()
    with pytest.raises(UsageError, match=r"rollouts\.change-unknown"):
        place.plan("improve", "x")
    assert (
        "nothing-to-do" == place.plan("retire-anchor", "x.pem", **{"x.pem": make_ca("X").pem.decode()}).answer
    )


def test_a_node_that_is_off_is_named(place: Place) -> None:
    """`show` says who and why in a sentence, until it is back."""
    (place.folder / "up.pem").write_bytes(make_ca("Old Root", now=now()).pem)
    place.put()
    made = place.plan("add-anchor", "new", new=make_ca("Newer Root", now=now()).pem.decode())
    place.approve(made.digest)
    place.agent.kill()
    rollout = place.start(made.digest).rollout.id
    stands = place.wait(rollout, lambda one: bool(one.blockers))
    assert {"n"} == {one.who for one in stands.blockers}
    assert all(one.sentence and one.why for one in stands.blockers)
    place.agent.start()
    place.wait(rollout, lambda one: one.rollout.state == "done")


def test_no_route_writes_a_journal(place: Place) -> None:
    """These are all that there are; none takes evidence, opens a gate or makes a step done."""
    routes = rollout_routes(place.program.desks, lambda: None)
    named = sorted(
        (next(iter(one.http_methods)), path)  # type: ignore[union-attr]
        for one in routes
        for path in one.paths  # type: ignore[union-attr]
    )
    assert [
        ("GET", "/v1/estates"),
        ("GET", "/v1/estates/{name:str}"),
        ("GET", "/v1/rollouts"),
        ("GET", "/v1/rollouts/{rollout:str}"),
        ("POST", "/v1/estate-plans"),
        ("POST", "/v1/rollouts"),
        ("POST", "/v1/rollouts/{rollout:str}/abandonment"),
        ("POST", "/v1/rollouts/{rollout:str}/resumptions"),
        ("POST", "/v1/rollouts/{rollout:str}/statements"),
        ("POST", "/v1/rollouts/{rollout:str}/waivers"),
        ("POST", "/v1/rollouts/{rollout:str}/way-back"),
        ("PUT", "/v1/estates"),
    ] == named
