"""nginx whose pid file nobody declared, and one whose declared pid file names no process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from support.rigs import Rig, content_of, rig, served_by
from warifu.adapters.hosts.local import LocalHost
from warifu.domain.findings import Code
from warifu.workflows.install import Ending, Installed, Installer


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Rig]:
    with rig("nginx", tmp_path) as running:
        yield running


def switched(web: Rig, installer: Installer, **options: str) -> Installed:
    """What comes of a switch of a service that is declared so, by a reload of its own."""
    site = web.site(web.identity, LocalHost())
    declared = {name: value for name, value in site.service.options.items() if name != "pid"} | options
    program, *arguments = site.service.restart
    reload = (program, *arguments, "-s", "reload")
    service = replace(site.service, options=declared, reload=reload)
    site = replace(site, service=service)
    installer.adopt(site)
    return installer.switch(site, content_of(web.pki.new), installer.back_up(site, "rollout/step"))


def test_the_pid_file_is_found_in_the_configuration(web: Rig, installer: Installer) -> None:
    """As the error log is: its workers are told apart, and the new pair counts as live."""
    result = switched(web, installer)
    assert Ending.LIVE == result.ending, result
    assert web.pki.new.value.fingerprint.hex == served_by(web)


def test_a_pid_file_of_nobody_is_told(web: Rig, installer: Installer, tmp_path: Path) -> None:
    """The new pair is served, and its processes cannot be told apart: it is put back, with the reason."""
    result = switched(web, installer, pid=str(tmp_path / "nobody.pid"))
    assert Ending.PUT_BACK == result.ending, result
    (told,) = [one for one in result.findings if one.code is Code.NOT_SEEN]
    assert ("web/tls", "no process") == (told.subject, told.evidence["reason"])
