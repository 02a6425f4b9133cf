"""A rollout on nginx, HAProxy and PostgreSQL that is killed again and again under traffic, and always arrives.

In CI a seeded sample; all of it, an hour or two, by command:

    WARIFU_CRASH=all pytest tests/scenario/test_crash.py      (WARIFU_CRASH_SEED=... for other instants)
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.crashing import Crashes
from support.shopfront import Shopfront, copy_paper, run_shopfront
from warifu.adapters.journals.sqlite import SqliteJournal

ALL = os.environ.get("WARIFU_CRASH") == "all"
SEED = os.environ.get("WARIFU_CRASH_SEED", "2026")
INSTANTS = 200 if ALL else 12
KILLS_IN_ONE = 4  # so that a sample is spread over some rotations
CHANCE = 1 if ALL else 80  # one boundary in so many
LONGEST = 6.0  # seconds until a random kill
LIMIT = 8 * 3600 if ALL else 1800  # far beyond what it takes: a busy machine is no fault

LISTENING = """
import signal, sys
from warifu.apps.cli.main import run
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(run(sys.argv[1:]))
"""
"""The command line as a terminal starts it: shells start what is in the background deaf to Ctrl-C."""

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(LIMIT)]


@pytest.fixture(scope="module")
def crashes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crashes]:
    folder = tmp_path_factory.mktemp("crash")
    with run_shopfront(folder / "shop", rate=8) as shop:
        yield Crashes(shop, folder / "account")


@pytest.mark.req("X-07")
def test_killed_at_boundaries_it_arrives(crashes: Crashes) -> None:
    """Killed at journal rows, file operations and reloads, each resume goes on: goal state, no failed handshake."""
    before = len(crashes.points)
    crashes.rotate_with_points(chance=CHANCE, seed=SEED)
    died = crashes.points[before:]
    assert len(died) == len(set(died))
    assert len(died) >= 3, died
    assert {"journal", "host"} <= {name.split()[0] for name in died}


def test_killed_at_random_instants_it_arrives(crashes: Crashes) -> None:
    """Killed after random times, services restarted before some resumes: goal state, no failed handshake."""
    chance = random.Random(SEED)
    died = 0
    while died < INSTANTS:
        died += crashes.rotate_at_random(chance, kills=min(KILLS_IN_ONE, INSTANTS - died), longest=LONGEST)
    assert INSTANTS == died
    assert crashes.restarts


def test_ctrl_c_leaves_a_rollout_that_can_be_resumed(crashes: Crashes) -> None:
    """Ctrl-C ends with 130 and the command that resumes; that command brings it to its end."""
    shop = crashes.shop
    with crashes.rotation() as digest:
        stopped = interrupt(shop, shop.folder, digest, done=4)
        assert 130 == stopped.returncode
        (open_,) = [head for head in journal(shop.folder).rollouts() if head.state == "open"]
        assert f"warifu rollout resume {open_.id}" in stopped.stdout
        shown = shop.warifu("rollout", "show", open_.id)
        assert 0 == shown.code
        resumed = shop.warifu("rollout", "resume", open_.id, "--follow")
        assert 0 == resumed.code, resumed.out + resumed.err


def test_two_journals_cannot_cross(crashes: Crashes, tmp_path: Path) -> None:
    """While one person's rollout is open another's step on the same node is refused by name; afterwards it works."""
    shop = crashes.shop
    crashes.leave_old_root()
    other = copy_paper(shop, tmp_path / "other")
    with crashes.rotation() as digest:
        theirs = shop.plan("replace-identity", "web", "--issuer", crashes.at, folder=other)
        interrupt(shop, shop.folder, digest, done=1)
        leaves = shop.leaves()
        refused = shop.warifu("apply", "plan.json", "--approve", theirs[:8], folder=other)
        assert 3 == refused.code, refused.out + refused.err
        assert journal(shop.folder).id in refused.err
        assert leaves == shop.leaves()
        resumed = shop.warifu("rollout", "resume", "--follow")
        assert 0 == resumed.code, resumed.out + resumed.err
    assert 0 == shop.warifu("rollout", "abandon", folder=other).code
    before = shop.leaves()["web/tls"]
    again = shop.plan("replace-identity", "web", "--issuer", crashes.at, folder=other)
    done = shop.warifu("apply", "plan.json", "--approve", again[:8], "--follow", folder=other)
    assert 0 == done.code, done.out + done.err
    assert before != shop.leaves()["web/tls"]
    assert [] == shop.failures()
    assert [] == shop.leftovers()


def test_disjoint_rollouts_run_beside_each_other(crashes: Crashes) -> None:
    """A rollout on the web server and one on the database go on at the same time; a crossing one is refused."""
    shop = crashes.shop
    crashes.leave_old_root()
    before = shop.leaves()
    plans = {
        name: shop.plan("replace-identity", name, "--issuer", crashes.at, out=f"{name}.json")
        for name in ("edge", "db")
    }
    crossing = shop.plan("replace-identity", "edge-me", "--issuer", crashes.at, out="crossing.json")
    interrupt(shop, shop.folder, plans["edge"], done=1, plan="edge.json")
    refused = shop.warifu("apply", "crossing.json", "--approve", crossing[:8])
    beside = apply(shop, shop.folder, "db.json", plans["db"])
    (first,) = [h.id for h in journal(shop.folder).rollouts() if h.plan_digest == plans["edge"]]
    resumed = shop.warifu("rollout", "resume", first, "--follow")
    said = beside.communicate(timeout=900)
    assert 3 == refused.code, refused.out
    assert first in refused.err
    assert (0, 0) == (resumed.code, beside.returncode), (resumed, said)
    after = shop.leaves()
    assert {"edge/tls", "db/tls"} == {slot for slot in before if before[slot] != after[slot]}
    assert [] == shop.failures()
    assert [] == shop.leftovers()


def journal(folder: Path) -> SqliteJournal:
    return SqliteJournal(str(folder / ".warifu/journal.sqlite"))


def apply(shop: Shopfront, folder: Path, plan: str, digest: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", LISTENING, "apply", plan, "--approve", digest[:8], "--follow"],
        cwd=folder,
        env=shop.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def interrupt(
    shop: Shopfront, folder: Path, digest: str, *, done: int, plan: str = "plan.json"
) -> subprocess.CompletedProcess[str]:
    """Apply a plan and press Ctrl-C once some steps are done."""
    process = apply(shop, folder, plan, digest)
    wait_for(folder, rollouts=1, done=done, digest=digest)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=600)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def wait_for(folder: Path, *, rollouts: int, done: int, digest: str = "") -> None:
    """Wait until so many rollouts are open and so many steps of them are done."""
    until = time.monotonic() + 600
    while True:
        heads = [head for head in journal(folder).rollouts() if head.state == "open"]
        heads = [head for head in heads if not digest or head.plan_digest == digest]
        rows = [row for head in heads for row in journal(folder).rows(head.id) if row.kind == "done"]
        if len(heads) >= rollouts and len(rows) >= done:
            return
        assert time.monotonic() < until, json.dumps([head.id for head in heads])
        time.sleep(0.05)
