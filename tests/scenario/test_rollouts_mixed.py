"""One plan over nodes with agents, a node behind ssh and a node that people serve."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from support.agent_shop import HOSTS, OPERATOR, AgentShop, agent_node, estate_of, now, run_agent_shop
from support.far_shop import logins, ssh_node
from support.running import wait_until
from support.sshd import run_sshd
from warifu.domain.directory.roles import Role
from warifu.errors import RefusedError
from warifu.workflows.acting import Actor
from warifu.workflows.rollout_show import Standing

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(300)]
FRONT = Actor("fumi", frozenset({Role.HOST_ADMINISTRATOR}))
BY_HAND = (
    '[owners.front]\ncontact = "front@example.org"\n[nodes.browser]\nreach = "by-hand"\nowner = "front"\n'
)
AGENTS = ("web", "edge", "app")


def text_of(town: AgentShop, ssh: str) -> str:
    """The shop's estate: three nodes with agents, the database behind ssh, the browser served by people."""
    tables = {name: agent_node(name) for name in AGENTS}
    text = estate_of(town.shop, {**tables, "db": ssh, "browser": BY_HAND})
    head, _, rest = text.partition("[services.browser]")
    service, _, after = rest.partition("[services.browser.trusts.upstream]")
    service = re.sub(r"options = .*\n", "", service.replace('"demo"', '"by-hand"'))
    after = after.replace(f'"{town.shop.folder}/browser/upstream.pem"', '"browser.pem"', 1)
    return f"{head}[services.browser]{service}[services.browser.trusts.upstream]{after}"


def install_by_hand(town: AgentShop, rollout: str, step: str) -> None:
    """Do what the hand-over folder of a step says, and say so as somebody of the owner's team."""
    (folder,) = (town.shop.folder / "server/estates").rglob(
        f"handover/{rollout}/{step.replace('/', '.').replace('#', '-')}"
    )
    listed = b"".join(path.read_bytes() for path in sorted(folder.glob("*.pem")))
    (town.shop.folder / "browser/upstream.pem").write_bytes(listed)
    town.shop.load("browser")
    wait_until(
        lambda: len(town.shop.loaded_by_clients()["browser"]) == listed.count(b"BEGIN"), "the client to load"
    )
    town.desk.confirm(FRONT, rollout, step, owner="front", statement="loaded")
    town.program.look()


def blocks(step: str) -> Callable[[Standing], bool]:
    return lambda stands: any(one.step == step for one in stands.blockers)


@pytest.mark.req("S3-47")
def test_agents_ssh_and_people_in_one_plan(tmp_path: Path) -> None:
    """No handshake fails; each node is changed the way it is reached, and people's steps wait for their word."""
    with (
        run_sshd(tmp_path / "sshd") as sshd,
        run_agent_shop(tmp_path / "shop", agents=AGENTS, put=False) as town,
    ):
        ssh = ssh_node("db", sshd, state=town.shop.folder / "nodes/db")
        listings = {"browser.pem": town.root.decode()}
        files = {"estate.toml": text_of(town, ssh)}
        town.program.desks.estates.put(HOSTS, files, listings=listings, now=now())
        rollout = town.begin(town.rotation())
        for step in ("browser/upstream#1", "browser/upstream#2"):
            stands = town.wait_until(blocks(step), step, rollout)
            assert ["front"] == [one.who for one in stands.blockers]
            assert "waiting" == stands.progress.state(step)
            with pytest.raises(RefusedError, match=r"rollouts\.not-your-word"):
                town.desk.confirm(OPERATOR, rollout, step, owner="front", statement="x")
            install_by_hand(town, rollout, step)
        stands = town.wait_until_done(rollout)
        town.shop.wait_until_busy()
        assert [] == town.shop.failures()
        assert set(town.shop.anchors) == set(town.shop.trusting(town.root))
        assert {f"{name}.example" for name in AGENTS} == {one.node for one in stands.seen if one.node}
        assert {True} == {bool(one.signed_by) for one in stands.seen if one.node}
        assert {"db/tls", "db/clients"} == {one.evidence.slot for one in stands.seen if not one.node}
        assert logins(sshd) > 0
