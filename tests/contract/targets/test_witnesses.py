"""What a product's processes prove, and what they do not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from support.rigs import Rig, rig, trust_of
from warifu.adapters.hosts.local import LocalHost
from warifu.wire.evidence import Outcome, Stage, Witness
from warifu.workflows.install import Ending, Installer


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Rig]:
    """An nginx whose trust slot nobody can probe: as if it verified its upstreams."""
    with rig("nginx", tmp_path) as running:
        yield running


def test_a_generation_of_workers_proves_a_load(web: Rig, installer: Installer) -> None:
    """After a real reload every worker is new and the old ones are gone: proven without any handshake."""
    site = replace(web.site(web.trust, LocalHost()), serves=False)
    content = trust_of(web.pki.old_ca, web.pki.new_ca)
    result = installer.switch(site, content, installer.back_up(site, "step"))
    assert Ending.LIVE == result.ending, result
    proven = [each for each in result.evidence if each.stage is Stage.PROVEN]
    assert [(Witness.GENERATION, Outcome.YES)] == [(each.witness, each.outcome) for each in proven]


def test_respawned_workers_prove_nothing(web: Rig, installer: Installer) -> None:
    """Workers that the master brings back after a crash hold what it loaded before: deployed, never live."""
    master = web.service.options["pid"]
    crash = ("/bin/sh", "-c", f"pkill -KILL -P $(cat {master})")
    site = replace(web.site(web.trust, LocalHost(), reload=crash), serves=False)
    content = trust_of(web.pki.old_ca, web.pki.new_ca)
    result = installer.switch(site, content, installer.back_up(site, "step"))
    assert Ending.LIVE != result.ending
    assert Ending.LOADED != result.ending
    told = [e.outcome for e in result.evidence if e.witness is Witness.GENERATION]
    assert Outcome.YES not in told


def test_without_a_reload_the_old_generation_is_told(web: Rig, impatient: Installer) -> None:
    """Workers that were there at the swap and still serve hold the old trust store: put back."""
    site = replace(web.site(web.trust, LocalHost(), reload=("/bin/true",)), serves=False)
    content = trust_of(web.pki.old_ca, web.pki.new_ca)
    result = impatient.switch(site, content, impatient.back_up(site, "step"))
    assert Ending.PUT_BACK == result.ending
    assert trust_of(web.pki.old_ca) == web.target.read(LocalHost(), web.service, web.trust).content
