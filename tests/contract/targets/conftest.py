"""The product and the host that the suite runs against."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from support.rigs import RIGS, Rig, rig
from warifu.adapters.clock.system import SystemClock
from warifu.adapters.hosts.local import LocalHost
from warifu.adapters.probes.tls import TlsProber
from warifu.ports.hosts import Host
from warifu.workflows.install import Installer
from warifu.workflows.proving import Patience


@pytest.fixture(params=sorted(RIGS))
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    """Each target's real service, with the old pair in place."""
    with rig(request.param, tmp_path) as running:
        yield running


@pytest.fixture
def host() -> Host:
    """How the node is reached."""
    return LocalHost()


@pytest.fixture
def installer() -> Installer:
    """The engine with little patience, so that faults end soon."""
    return Installer(TlsProber(), SystemClock(), Patience(deadline=timedelta(seconds=4)))
