"""What every target does when all goes well, and what a change needs before it begins."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from support.rigs import Rig, content_of, served_by, trust_of
from warifu.domain.findings import Code
from warifu.errors import RefusedError
from warifu.ports.changes import Host
from warifu.ports.targets import digest_of
from warifu.wire.evidence import Outcome, Stage, Witness
from warifu.workflows.backups import find_differences
from warifu.workflows.install import Ending, Files, Installer
from warifu.workflows.proving import Standing


def test_a_new_pair_comes_live(here: Rig, host: Host, installer: Installer) -> None:
    """After a switch every handshake presents the new leaf, and the result says so with evidence."""
    site = here.site(here.identity, host)
    installer.adopt(site)
    backup = installer.back_up(site, "rollout/step")
    result = installer.switch(site, content_of(here.pki.new), backup)
    assert Ending.LIVE == result.ending, result
    assert here.pki.new.value.fingerprint.hex == served_by(here)
    seen = {(each.stage, each.witness) for each in result.evidence if each.outcome is Outcome.YES}
    assert {(Stage.ON_DISK, Witness.FILE), (Stage.PROVEN, Witness.HANDSHAKE)} <= seen


@pytest.mark.req("S1-25")
def test_the_new_key_is_as_closed_as_the_old(here: Rig, host: Host, installer: Installer) -> None:
    """The key keeps owner and mode 0600 on its way through a generation, and nobody else may read it."""
    key = Path(here.identity.key)
    owner = (key.stat().st_uid, key.stat().st_gid)
    site = here.site(here.identity, host)
    installer.adopt(site)
    installer.switch(site, content_of(here.pki.new), installer.back_up(site, "rollout/step"))
    assert 0o600 == key.stat().st_mode & 0o777
    assert owner == (key.stat().st_uid, key.stat().st_gid)
    copies = [path for path in here.state.rglob("*") if path.is_file() and path.name.isdigit()]
    assert copies
    assert {0o600} == {path.stat().st_mode & 0o777 for path in copies}
    assert {0o700} == {path.parent.stat().st_mode & 0o777 for path in copies}


def test_adopting_changes_no_content(here: Rig, host: Host, installer: Installer) -> None:
    """Plain paths become links, contents, modes and owners stay; doing it twice changes nothing."""
    site = here.site(here.identity, host)
    before = {path: host.read(path) for path in here.identity.files}
    assert (len(before) > 1) == installer.needs_adoption(site)
    first = installer.adopt(site)
    assert first == installer.adopt(site)
    assert not installer.needs_adoption(site)
    for path, look in before.items():
        assert Path(path).is_symlink()
        now = host.read(path)
        assert (look.data, look.mode, look.user, look.group) == (now.data, now.mode, now.user, now.group)
    assert here.pki.old.value.fingerprint.hex == served_by(here)


@pytest.mark.req("S3-34", "X-06")
def test_a_file_that_is_not_loaded_is_deployed_not_live(here: Rig, host: Host, installer: Installer) -> None:
    """Placed but not loaded, the probe still sees the old leaf; only after loading it is live."""
    site = here.site(here.identity, host)
    installer.adopt(site)
    backup = installer.back_up(site, "rollout/step")
    content = content_of(here.pki.new)
    placed = installer.place(site, content, backup)
    proof = installer.prove(site, content)
    assert Ending.DEPLOYED == placed.ending
    assert Standing.NOT_LIVE == proof.standing
    assert [Code.DEPLOYED_NOT_LIVE] == [finding.code for finding in proof.findings]
    assert here.pki.old.value.fingerprint.hex == served_by(here)
    assert Files.AFTER == installer.look(site, [], digest_of(content))
    assert Ending.LIVE == installer.load(site, content, backup).ending
    assert here.pki.new.value.fingerprint.hex == served_by(here)


@pytest.mark.req("S1-13")
def test_nothing_is_written_without_an_opened_backup(here: Rig, host: Host, installer: Installer) -> None:
    """Without a backup, or with one whose copy was spoilt, a switch is refused and touches no file."""
    site = here.site(here.identity, host)
    installer.adopt(site)
    backup = installer.back_up(site, "rollout/step")
    before = _tree(Path(here.identity.certificate).parent)
    copy = next(path for path in Path(backup.folder).iterdir() if path.name.isdigit() and path.stat().st_size)
    copy.write_bytes(copy.read_bytes()[:-1])
    with pytest.raises(RefusedError, match=r"install\.backup-differs"):
        installer.switch(site, content_of(here.pki.new), backup)
    Path(backup.folder, "manifest.json").unlink()
    with pytest.raises(RefusedError, match=r"install\.no-backup"):
        installer.switch(site, content_of(here.pki.new), backup)
    assert before == _tree(Path(here.identity.certificate).parent)
    assert here.pki.old.value.fingerprint.hex == served_by(here)


def test_putting_back_restores_every_file(here: Rig, host: Host, installer: Installer) -> None:
    """Bytes, modes, owners and links are as the backup has them, and the old pair is live again."""
    site = here.site(here.identity, host)
    backup = installer.back_up(site, "rollout/step")
    installer.adopt(site)
    step = installer.back_up(site, "rollout/step-2")
    assert Ending.LIVE == installer.switch(site, content_of(here.pki.new), step).ending
    assert [] != list(find_differences(host, step))
    assert Ending.PUT_BACK == installer.put_back(site, step).ending
    assert () == find_differences(host, step)
    assert here.pki.old.value.fingerprint.hex == served_by(here)
    assert Ending.PUT_BACK == installer.put_back(site, backup).ending
    assert () == find_differences(host, backup)
    assert not Path(here.identity.certificate).is_symlink()
    assert here.pki.old.value.fingerprint.hex == served_by(here)


def test_an_anchor_comes_and_goes_with_proof(here: Rig, host: Host, installer: Installer) -> None:
    """A trust slot takes a second anchor, then loses the first, each time loaded and with a witness."""
    site = here.site(here.trust, host)
    installer.adopt(site)
    both = trust_of(here.pki.old_ca, here.pki.new_ca)
    added = installer.switch(site, both, installer.back_up(site, "rollout/add"))
    removed = installer.switch(site, trust_of(here.pki.new_ca), installer.back_up(site, "rollout/remove"))
    assert [Ending.LIVE, Ending.LIVE] == [added.ending, removed.ending], removed
    witnesses = {e.witness for e in removed.evidence if e.stage is Stage.PROVEN and e.outcome is Outcome.YES}
    wanted = {
        "nginx": {Witness.CA_NAMES, Witness.GENERATION},
        "haproxy": {Witness.CA_NAMES, Witness.GENERATION},
        "demo": {Witness.SELF_REPORT},
    }
    assert wanted.get(here.product, {Witness.CA_NAMES}) == witnesses


def _tree(folder: Path) -> dict[str, tuple[int, bytes]]:
    found = {}
    for path in sorted(folder.rglob("*")):
        data = str(path.readlink()).encode() if path.is_symlink() else b""
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes()
        found[str(path)] = (os.lstat(path).st_mode, data)
    return found
