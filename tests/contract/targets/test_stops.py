"""A step that stops anywhere: what was before is in use, or the step goes on from where it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.rigs import Rig, content_of, rig, served_by
from support.stopping import Killed, StoppingHost
from warifu.adapters.hosts.local import LocalHost
from warifu.errors import CouldNotLookError
from warifu.ports.changes import Host
from warifu.ports.targets import IdentityContent, digest_of
from warifu.workflows.install import Ending, Files, Installed, Installer

MOST = 40  # operations: no install has as many


@pytest.fixture(params=["nginx", "haproxy"])
def stopped(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    """A slot of two files, and one of a single file."""
    with rig(request.param, tmp_path) as running:
        yield running


def whole_step(
    here: Rig, host: Host, installer: Installer, content: IdentityContent, label: str
) -> Installed:
    """What a rollout does for one slot, started or started again."""
    site = here.site(here.identity, host)
    before = [digest_of(content_of(here.pki.old))]
    found = installer.look(site, before, digest_of(content))
    assert Files.NEITHER is not found
    backup = installer.back_up(site, f"{label}/switch" if found is Files.AFTER else f"{label}/adopt")
    if found is Files.AFTER:
        return installer.load(site, content, backup)
    installer.adopt(site)
    return installer.switch(site, content, installer.back_up(site, f"{label}/switch"))


@pytest.mark.req("X-07")
def test_killed_at_each_operation_it_goes_on(stopped: Rig, installer: Installer) -> None:
    """Stopped before operation 1, 2, 3, ...: one whole pair is served, and starting again ends live."""
    here, local = stopped, LocalHost()
    first = installer.back_up(here.site(here.identity, local), "first")
    for number in range(MOST):
        host = StoppingHost(local, after=number, kill=True)
        try:
            result = whole_step(here, host, installer, content_of(here.pki.new), f"kill-{number}")
        except Killed:
            served = served_by(here)
            assert served == here.pki.old.value.fingerprint.hex
            result = whole_step(here, local, installer, content_of(here.pki.new), f"kill-{number}")
        assert Ending.LIVE == result.ending, (number, result)
        assert here.pki.new.value.fingerprint.hex == served_by(here)
        assert Ending.PUT_BACK == installer.put_back(here.site(here.identity, local), first).ending
        if not host.stopped:
            break
    assert 5 < number < MOST - 1


@pytest.mark.req("X-07")
def test_refused_at_each_operation_the_start_is_kept(stopped: Rig, installer: Installer) -> None:
    """When operation 1, 2, 3, ... fails, the old pair lies on disk and is live, or the new one is."""
    here, local = stopped, LocalHost()
    site = here.site(here.identity, local)
    first = installer.back_up(site, "first")
    old, new = content_of(here.pki.old), content_of(here.pki.new)
    for number in range(MOST):
        host = StoppingHost(local, after=number, kill=False)
        try:
            ending = whole_step(here, host, installer, new, f"refuse-{number}").ending
        except CouldNotLookError:
            ending = Ending.REFUSED
        live = ending is Ending.LIVE
        expected = Files.AFTER if live else Files.BEFORE
        assert expected == installer.look(site, [digest_of(old)], digest_of(new)), (number, ending)
        leaf = (here.pki.new if live else here.pki.old).value.fingerprint.hex
        assert leaf == served_by(here), (number, ending)
        assert Ending.PUT_BACK == installer.put_back(site, first).ending
        if not host.stopped:
            break
    assert 5 < number < MOST - 1
