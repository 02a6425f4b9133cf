"""Every way of reaching a node, for one suite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.sight import Sight
from support.sshd import Sshd, run_sshd
from warifu.adapters.hosts.by_hand import ByHandHost
from warifu.adapters.hosts.local import LocalHost
from warifu.adapters.hosts.ssh import SshHost
from warifu.domain.estate import Ssh
from warifu.ports.changes import (
    Fence,
    Host,
)


@pytest.fixture(scope="session")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    """One real sshd for the session: each test keeps to its own folder."""
    with run_sshd(tmp_path_factory.mktemp("sshd")) as server:
        yield server


@pytest.fixture(scope="session")
def ssh_host(sshd: Sshd) -> Iterator[SshHost]:
    host = SshHost("node", Ssh("node", options=sshd.options))
    yield host
    host.close()


@pytest.fixture(params=["local", "ssh"])
def host(request: pytest.FixtureRequest) -> Host:
    """A way to this machine."""
    if request.param == "local":
        return LocalHost("node")
    ssh: SshHost = request.getfixturevalue("ssh_host")
    return ssh


@pytest.fixture(params=["local", "ssh", "by-hand"])
def sight(request: pytest.FixtureRequest, tmp_path: Path) -> Sight:
    """Every way of reaching a node; of one by hand, the listings that lie in the estate's folder."""
    if request.param == "by-hand":
        return Sight(ByHandHost("node", str(tmp_path)), lambda path: str(path.relative_to(tmp_path)))
    host = LocalHost("node") if request.param == "local" else request.getfixturevalue("ssh_host")
    return Sight(host, str)


@pytest.fixture
def fence(tmp_path: Path) -> Fence:
    """A fence of the journal `ours` at epoch 3."""
    return Fence(str(tmp_path / "state" / "fence.json"), "ours", 3, "plan 1234, wave 1, step a")
