"""Agents and their server as processes: killed, frozen, cut off, and back."""

from __future__ import annotations

import signal
import sqlite3
from pathlib import Path

import pytest

from support.agent_processes import SOON, run_estate
from support.namespaces import run_network
from support.pki import make_ca
from support.running import wait_until
from support.trust_server import now
from warifu.wiring.agent import AgentRoom

pytestmark = pytest.mark.timeout(300)


def test_an_agent_killed_while_it_takes_up_trust_goes_on_with_all_of_it(tmp_path: Path) -> None:
    """Its store holds all of a version or none of it, whenever it is looked at."""
    roots = [make_ca(f"Root {number}", now=now()).value for number in range(40)]
    with run_estate(tmp_path) as estate:
        estate.join("web-1")
        version = 0
        for round_ in range(4):
            estate.start_agent("web-1")
            part = roots[round_ * 10 : round_ * 10 + 10]
            before = estate.trusted_on("web-1")
            version = estate.publish(*part)
            wanted = {one.fingerprint.hex for one in part}

            def is_taken(wanted: set[str] = wanted, before: set[str] = before) -> bool:
                there = estate.trusted_on("web-1")
                assert not (there & wanted) or wanted <= there, "half of a version"
                return wanted <= there and before <= there

            wait_until(is_taken, "the version to be taken up", seconds=SOON)
            estate.kill("web-1")
        estate.start_agent("web-1")
        estate.wait_until_at(version, "web-1")
        assert {one.fingerprint.hex for one in roots} <= estate.trusted_on("web-1")
        with sqlite3.connect(tmp_path / "web-1" / "agent.sqlite") as db:
            assert [("ok",)] == db.execute("PRAGMA integrity_check").fetchall()
        db.close()


def test_a_frozen_agent_is_named_and_comes_back(tmp_path: Path) -> None:
    """Nobody else waits for it; thawed, it follows."""
    with run_estate(tmp_path) as estate:
        for name in ("web-1", "web-2"):
            estate.join(name)
            estate.start_agent(name)
        estate.wait_until_at(1, "web-1", "web-2")
        estate.signal("web-2", signal.SIGSTOP)
        version = estate.publish(make_ca("Root", now=now()).value)
        estate.wait_until_at(version, "web-1")
        assert estate.versions()["web-2"] < version
        estate.signal("web-2", signal.SIGCONT)
        estate.wait_until_at(version, "web-2")


def test_a_server_that_was_killed_finds_its_agents_again(tmp_path: Path) -> None:
    """SIGKILL and a new process on the same folder: agents come back by themselves."""
    with run_estate(tmp_path) as estate:
        estate.join("web-1")
        estate.start_agent("web-1")
        estate.wait_until_at(1, "web-1")
        estate.kill("server")
        version = estate.publish(make_ca("Root", now=now()).value)
        assert estate.versions()["web-1"] < version
        estate.start_server()
        estate.wait_until_at(version, "web-1")


@pytest.mark.root
def test_a_node_that_is_cut_off_keeps_what_it_had_and_follows_when_it_is_back(tmp_path: Path) -> None:
    """Three hosts and a server, each in a network namespace of its own; one of them is cut off."""
    with run_network("server", "web-1", "web-2", "web-3") as network:
        address = network.address("server")
        with run_estate(tmp_path, host=address, at=network.argv) as estate:
            names = ("web-1", "web-2", "web-3")
            first = make_ca("First", now=now()).value
            version = estate.publish(first)
            for name in names:
                estate.join(name)
                estate.start_agent(name)
            estate.wait_until_at(version, *names)

            network.cut("web-3")
            second = make_ca("Second", now=now()).value
            version = estate.publish(second)
            estate.wait_until_at(version, "web-1", "web-2")
            assert estate.versions()["web-3"] < version
            assert first.fingerprint.hex in estate.trusted_on("web-3")
            assert second.fingerprint.hex not in estate.trusted_on("web-3")
            kinds = [one.kind for one in AgentRoom(str(tmp_path / "web-3")).state.notes(100)]
            wait_until(
                lambda: (
                    "trouble" in [one.kind for one in AgentRoom(str(tmp_path / "web-3")).state.notes(100)]
                ),
                f"the node to notice that it is alone: {kinds}",
                seconds=SOON,
            )

            network.mend("web-3")
            estate.wait_until_at(version, "web-3")
            assert second.fingerprint.hex in estate.trusted_on("web-3")
