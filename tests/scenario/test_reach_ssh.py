"""Every node behind ssh: real nginx, HAProxy and PostgreSQL under traffic, reached through a real sshd alone."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.far_shop import logins, move_behind_ssh, wait_until_left
from support.running import wait_until
from support.shopfront import NODES, Shopfront, copy_paper, run_shopfront
from support.sshd import Sshd, run_sshd

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(600)]
FINE, REFUSED = 0, 3
PATIENCE = 300.0  # seconds for one command, on a machine that has much else to do


@pytest.fixture
def sockets(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where shared connections keep their sockets; short, because a socket's path must be."""
    folder = Path(tempfile.mkdtemp(prefix="w-", dir="/tmp"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def far(sockets: Path) -> Iterator[tuple[Shopfront, Sshd]]:
    del sockets  # it must be set before anything runs
    with tempfile.TemporaryDirectory(prefix="far-shop-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with run_shopfront(folder, rate=4.0) as shop, run_sshd(folder / "sshd") as sshd:
            move_behind_ssh(shop, sshd)
            yield shop, sshd


def kill_when(shop: Shopfront, said: str, *arguments: str) -> None:
    """Start a command and kill it, with SIGKILL, as soon as it says something."""
    log = shop.folder / "killed.log"
    with log.open("w", encoding="utf-8") as out:
        program = subprocess.Popen(
            shop.argv(*arguments), cwd=shop.folder, env=shop.environment, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        what = f"{said!r} among {log}"
        wait_until(lambda: said in log.read_text() or program.poll() is not None, what, seconds=PATIENCE)
        assert program.poll() is None, log.read_text()
    finally:
        program.kill()
        program.wait()


def test_a_root_is_replaced_over_ssh_through_a_kill(far: tuple[Shopfront, Sshd], sockets: Path) -> None:
    """No handshake fails, a second journal is refused by name, nothing is left, every connection ends."""
    shop, sshd = far
    checked = shop.warifu("estate", "check", seconds=PATIENCE)
    assert FINE == checked.code, checked.out + checked.err
    assert ([], len(NODES)) == (list(sockets.iterdir()), logins(sshd))
    wait_until_left(sshd)

    digest = shop.rotate_plan(shop.old_root, "ca-1")
    before = shop.leaves()
    kill_when(shop, "done     web/clients#1", "apply", "plan.json", "--approve", digest)

    other = copy_paper(shop, shop.folder / "other")
    shutil.copy(shop.folder / "plan.json", other)
    ran = shop.warifu("apply", "plan.json", "--approve", digest, folder=other, seconds=PATIENCE)
    assert (REFUSED, True) == (ran.code, "journal" in ran.err), ran.out + ran.err

    resumed = shop.warifu("rollout", "resume", seconds=PATIENCE)
    assert FINE == resumed.code, resumed.out + resumed.err
    assert "is done" in resumed.out
    after = shop.leaves()
    assert [] == [slot for slot in before if before[slot] == after[slot]]
    assert [] == shop.trusting(shop.old_root.read_bytes())
    assert set(shop.anchors) == set(shop.trusting(shop.root("ca-1").read_bytes()))
    shop.wait_until_busy()
    assert [] == shop.failures()
    assert [] == shop.leftovers()
