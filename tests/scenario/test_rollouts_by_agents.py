"""A root is replaced on real services by real agents, while clients make handshakes and things go wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from support.agent_shop import ROOT, AgentShop, run_agent_shop
from support.running import stored, wait_until
from support.shopfront import NODES
from warifu.apps.server.rollout_drivers import RolloutDrivers
from warifu.domain.x509 import read
from warifu.wire.agent import Order, OrderKind

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgentShop]:
    """A running shop with its agents, which each test takes through a rollout."""
    with run_agent_shop(tmp_path_factory.mktemp("town")) as town:
        yield town


def secrets_of(town: AgentShop) -> list[bytes]:
    """Return the private numbers of every key in use, raw."""
    paths = {*town.shop.keys.values(), *town.shop.certificates.values(), town.shop.folder / "app/me.key"}
    keys = [key.raw for path in paths for key in read(path.read_bytes()).keys]
    return [
        key.private_numbers().private_value.to_bytes(32, "big")
        for key in keys
        if isinstance(key, ec.EllipticCurvePrivateKey) and key.key_size == 256
    ]


def test_a_root_is_replaced_by_agents(town: AgentShop) -> None:
    """No handshake fails; each step is carried by evidence that its own node signed; no key leaves a node."""
    before, root = town.shop.leaves(), town.root
    stands = town.wait_until_done(town.begin(town.rotation()))
    town.shop.wait_until_busy()
    assert [] == town.shop.failures()
    assert [] == town.shop.trusting(root)
    assert set(town.shop.anchors) == set(town.shop.trusting(town.root))
    assert all(old != town.shop.leaves()[slot] for slot, old in before.items())
    assert {f"{node}.example" for node in NODES} == {one.node for one in stands.seen}
    assert all(one.signed_by for one in stands.seen)
    kept = stored(town.shop.folder / "server")
    assert b"PRIVATE KEY" not in kept
    secrets = secrets_of(town)
    assert len(secrets) >= len(before)
    assert [] == [one for one in secrets if one in kept or one.hex().encode() in kept]


def test_an_agent_killed_in_the_midst_of_a_step_goes_on(town: AgentShop) -> None:
    """SIGKILL while it carries a step out: started again it finishes it, and no handshake fails."""
    agent = town.agents["web"]
    rollout = town.begin(town.rotation())
    wait_until(lambda: town.is_carrying(rollout, "web"), "a step on web", seconds=60)
    agent.kill()
    agent.start()
    town.wait_until_done(rollout)
    town.shop.wait_until_busy()
    assert [] == town.shop.failures()
    assert set(town.shop.anchors) == set(town.shop.trusting(town.root))


def test_an_agent_that_is_off_blocks_its_wave_by_name(town: AgentShop) -> None:
    """No step is begun meanwhile; the rollout goes on by itself when the agent is back."""
    kept = town.addition()
    town.agents["db"].kill()
    rollout = town.begin(kept)
    stands = town.wait_until(lambda one: bool(one.blockers), "somebody to block", rollout)
    assert {"db"} == {one.who for one in stands.blockers}
    assert {} == dict(stands.progress.states)
    town.agents["db"].start()
    town.wait_until_done(rollout)
    assert [] == town.shop.failures()


@contextmanager
def server_process(town: AgentShop, name: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run another server on the same data, with nobody connected to it."""
    told = town.shop.folder / f"{name}.port"
    argv = [sys.executable, "-m", "support.rollout_server", str(town.shop.folder / "server"), str(told)]
    environment = {**os.environ, "PYTHONPATH": "src:tests:.", "PYTHONWARNINGS": "ignore"}
    with (town.shop.folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(argv, stdout=log, stderr=log, cwd=ROOT, env=environment)
    try:
        wait_until(told.exists, f"server {name} to serve")
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def epoch_of(town: AgentShop, rollout: str) -> int:
    return max((one.epoch for one in town.orders(rollout)), default=0)


def carried(town: AgentShop, rollout: str) -> list[Order]:
    return [one for one in town.orders(rollout) if one.kind is OrderKind.CARRY]


def test_a_driver_frozen_past_its_lease_and_thawed_is_not_obeyed(town: AgentShop) -> None:
    """SIGSTOP in the midst of a step, another server takes over, SIGCONT: nothing of the first is written or obeyed."""
    kept = town.addition()
    town.program.drivers.stop()
    try:
        with server_process(town, "one") as one:
            rollout = town.begin(kept)
            wait_until(lambda: bool(carried(town, rollout)), "a step by the first server", seconds=60)
            one.send_signal(signal.SIGSTOP)
            frozen, given = epoch_of(town, rollout), len(town.orders(rollout))
            with server_process(town, "two"):
                wait_until(lambda: epoch_of(town, rollout) > frozen, "the second server to drive", seconds=60)
                one.send_signal(signal.SIGCONT)
                town.wait_until_done(rollout)
                wait_until(
                    lambda: '"turn": "elsewhere"' in (town.shop.folder / "one.log").read_text(),
                    "the thawed server to see that it was overtaken",
                )
    finally:
        desk, base = town.desk, town.program.base
        town.program.drivers = RolloutDrivers(desk.rollouts, base, timedelta(milliseconds=300))
        town.program.drivers.start()
    orders = town.orders(rollout)
    assert [frozen] * given == [one.epoch for one in orders[:given]]
    assert all(one.epoch > frozen for one in orders[given:])
    assert [] == town.shop.failures()
