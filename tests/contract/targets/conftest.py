"""The product and the host that the suite runs against."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from support.rigs import RIGS, Rig, rig
from support.sshd import run_sshd
from warifu.adapters.clock.system import SystemClock
from warifu.adapters.hosts.local import LocalHost
from warifu.adapters.hosts.ssh import SshHost
from warifu.adapters.probes.tls import TlsProber
from warifu.domain.estate import Ssh
from warifu.ports.changes import Host
from warifu.workflows.install import Installer
from warifu.workflows.proving import Patience

# Plain files and the demo's service differ from these in nothing that a host sees.
WAYS = [(product, "local") for product in sorted(RIGS)] + [
    (product, "ssh") for product in ("haproxy", "nginx", "postgresql")
]


@pytest.fixture(params=WAYS, ids="-".join)
def way(request: pytest.FixtureRequest) -> tuple[str, str]:
    """A product, and how its node is reached."""
    chosen: tuple[str, str] = request.param
    return chosen


@pytest.fixture
def here(way: tuple[str, str], tmp_path: Path) -> Iterator[Rig]:
    """Each target's real service, with the old pair in place."""
    with rig(way[0], tmp_path) as running:
        yield running


@pytest.fixture(scope="session")
def ssh_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshHost]:
    """This machine, reached through a real sshd."""
    with run_sshd(tmp_path_factory.mktemp("sshd")) as server:
        reached = SshHost("node", Ssh("node", options=server.options))
        yield reached
        reached.close()


@pytest.fixture
def host(way: tuple[str, str], request: pytest.FixtureRequest) -> Host:
    """How the node is reached."""
    if way[1] == "local":
        return LocalHost()
    ssh: SshHost = request.getfixturevalue("ssh_host")
    return ssh


@pytest.fixture
def installer() -> Installer:
    """The engine as it is used, with a deadline that a busy machine keeps."""
    return Installer(TlsProber(), SystemClock(), Patience(deadline=timedelta(seconds=10)))


@pytest.fixture
def impatient() -> Installer:
    """The engine for faults that only a deadline ends."""
    return Installer(TlsProber(), SystemClock(), Patience(deadline=timedelta(seconds=1.5), handshakes=3))
