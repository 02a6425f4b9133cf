"""Estates, plans and rollouts on a server, typed at a terminal by the people who may."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from support.agent_shop import Agent
from support.pki import make_ca
from support.running import wait_until
from support.signed_in import ADMIN, PASSWORD, Office, office, real_now
from warifu.apps.cli import main
from warifu.domain.directory.roles import Role
from warifu.workflows.acting import Actor
from warifu.workflows.rollout_show import Standing

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(400)]
OLGA = Actor("olga", frozenset({Role.OPERATOR}))
PEOPLE = {"olga": Role.OPERATOR, "ben": Role.APPROVER, "hugo": Role.HOST_ADMINISTRATOR}
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

[owners.voice]

[nodes.p]
reach = "by-hand"
owner = "voice"

[services.phone]
node = "p"
target = "by-hand"

[services.phone.trusts.up]
store = "phone"
anchors = "phone.pem"

[trust-stores.phone]
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("WARIFU_LANG", "en")
    monkeypatch.chdir(tmp_path)
    password = tmp_path / "password"
    password.touch(mode=0o600)
    password.write_text(PASSWORD)
    (tmp_path / "office").mkdir()
    with office(tmp_path / "office") as made:
        desk = made.desks.people
        for name, role in PEOPLE.items():
            desk.add(ADMIN, name, [role], now=real_now())
            desk.open_link(desk.invite(ADMIN, name, now=real_now()), PASSWORD, now=real_now())
        node = tmp_path / "n"
        node.mkdir()
        (node / "token").write_text(made.desks.join.invite(ADMIN, "n", [made.url], now=real_now()).token)
        agent = Agent("n", node)
        agent.start()
        try:
            wait_until(lambda: "n" in made.desks.reports.now(), "the agent", seconds=60)
            yield made
        finally:
            agent.kill()


def as_(place: Office, name: str) -> None:
    """Sign in as somebody."""
    given = ["--person", name, "--password-file", "password", "--root", place.fresh.root]
    assert 0 == main.run(["login", place.url, *given])


def wait_for(place: Office, rollout: str, holds: Callable[[Standing], bool]) -> None:
    """Wait until a rollout stands so; say where it stands if it does not."""

    def show() -> Standing:
        return place.desks.rollouts.show(rollout, now=real_now())

    try:
        wait_until(lambda: holds(show()), "the rollout to stand so", seconds=120)
    except pytest.fail.Exception as error:
        rows = [(row.at, row.kind, row.step) for row in place.desks.rollouts.rollouts.journal.rows(rollout)]
        pytest.fail(f"{error}: {show().blockers} {rows} {place.server.log.getvalue()[-3000:]}")


def test_people_carry_a_change_through_from_their_terminals(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    """One puts the estate, one plans and begins, one approves, an owner's team confirms; each sees who is waited for."""
    old, new = make_ca("Old", now=real_now()), make_ca("New", now=real_now())
    folder = Path.cwd()
    (folder / "up.pem").write_bytes(old.pem)
    (folder / "phone.pem").write_bytes(old.pem)
    (folder / "new.pem").write_bytes(new.pem)
    (folder / "e.toml").write_text(ESTATE.format(folder=folder))
    there = ["--server", place.url]
    as_(place, "hugo")
    assert 0 == main.run(["estate", "put", "e.toml", "--listing", "phone.pem", *there])
    assert "as version 1" in capsys.readouterr().out
    as_(place, "olga")
    assert 3 == main.run(["estate", "put", "e.toml", *there])
    assert "host-administrator" in capsys.readouterr().err
    assert 0 == main.run(["plan", "add-anchor", "new.pem", *there, "--out", "plan.json"])
    assert "app/up#1" in capsys.readouterr().out
    assert 0 == main.run(["plan", "add-anchor", "new.pem", *there, "--json"])
    digest = json.loads(capsys.readouterr().out)["digest"]
    assert digest in (folder / "plan.json").read_text()
    assert 3 == main.run(["apply", digest[:12], *there])
    assert "approve" in capsys.readouterr().err
    as_(place, "ben")
    assert 0 == main.run(["approve", digest])
    as_(place, "olga")
    assert 6 == main.run(["apply", digest[:12], *there])
    rollout = place.desks.rollouts.rollouts.open()[0]

    wait_for(place, rollout, lambda stands: {"voice"} == {one.who for one in stands.blockers})
    capsys.readouterr()
    assert 0 == main.run(["rollout", "show", rollout[:10], *there])
    shown = capsys.readouterr().out
    assert "blocked by voice (phone/up#1)" in shown
    assert "each-use" in shown or "each use" in shown
    said = ["rollout", "confirm", "phone/up#1", "--owner", "voice", "--statement", "loaded", *there]
    assert 3 == main.run(said)  # who carries it out cannot speak for the team
    as_(place, "hugo")
    assert 0 == main.run(said)
    as_(place, "olga")
    wait_until(lambda: not place.desks.rollouts.rollouts.open(), "the rollout to end", seconds=60)
    capsys.readouterr()
    assert 0 == main.run(["rollout", "show", *there, "--json"])
    assert ["done"] == [one["state"] for one in json.loads(capsys.readouterr().out)["rollouts"]]
    assert set((old.pem + new.pem).split()) == set((folder / "up.pem").read_bytes().split())


def test_who_removes_an_anchor_types_which_and_a_node_is_waived(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody at the terminal means no; an approver leaves a node out; what is over cannot be given up."""
    folder, there = Path.cwd(), ["--server", place.url]
    old, new = make_ca("Old", now=real_now()), make_ca("New", now=real_now())
    for name in ("up.pem", "phone.pem"):
        (folder / name).write_bytes(old.pem + new.pem)
    (folder / "old.pem").write_bytes(old.pem)
    (folder / "e.toml").write_text(ESTATE.format(folder=folder))
    as_(place, "hugo")
    assert 0 == main.run(["estate", "put", "e.toml", "--listing", "phone.pem", *there])
    as_(place, "olga")
    capsys.readouterr()
    assert 0 == main.run(["plan", "retire-anchor", "old.pem", *there, "--json"])
    gone = json.loads(capsys.readouterr().out)
    as_(place, "ben")
    assert 0 == main.run(["approve", gone["digest"]])
    as_(place, "olga")
    assert 3 == main.run(["apply", gone["digest"], *there, "--json"])
    desk = place.desks.rollouts
    begun = desk.start(OLGA, gone["digest"], typed=gone["confirmation"], now=real_now())
    as_(place, "ben")
    until = f"{real_now() + timedelta(hours=1):%Y-%m-%dT%H:%M}"
    waived = ["rollout", "waive", "p", "--reason", "phone is gone", "--until", until, "--rollout", begun]
    assert 0 == main.run([*waived, *there])
    assert "phone is gone" in {one.reason for one in desk.show(begun, now=real_now()).waivers}
    wait_until(lambda: not desk.rollouts.open(), "the rollout to end", seconds=60)
    stands = desk.show(begun, now=real_now())
    states = {step.id: stands.progress.state(step.id) for step in stands.plan.steps}
    assert {"app/up#1": "done", "phone/up#1": "open"} == {
        name: "done" if state == "done" else "open" for name, state in states.items()
    }
    as_(place, "olga")
    capsys.readouterr()
    assert 3 == main.run(["rollout", "abandon", begun, *there])
    assert "done" in capsys.readouterr().err
