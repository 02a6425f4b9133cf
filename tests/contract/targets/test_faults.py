"""What every target does when something is wrong: the old pair stays live, the report names the cause."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from support.rigs import Rig, content_of, rig, served_by, trust_of
from support.small_disk import small_disk
from support.sshd import run_sshd
from warifu.adapters.hosts.local import LocalHost
from warifu.adapters.hosts.ssh import SshHost
from warifu.domain.estate import IdentitySlot, Ssh
from warifu.domain.findings import Code, Finding, Lang, title
from warifu.errors import CouldNotLookError
from warifu.ports.changes import Host
from warifu.ports.targets import IdentityContent
from warifu.workflows.backups import find_differences
from warifu.workflows.install import Ending, Installed, Installer
from warifu.workflows.proving import Site


def codes(findings: Sequence[Finding]) -> set[Code]:
    return {finding.code for finding in findings}


@contextmanager
def unchanged(here: Rig, host: Host) -> Iterator[None]:
    """Afterwards the files are as before, and the running service presents the old leaf."""
    before = {path: host.read(path) for path in here.identity.files}
    yield
    assert before == {path: host.read(path) for path in here.identity.files}
    assert here.pki.old.value.fingerprint.hex == served_by(here)


def switched(installer: Installer, site: Site, content: IdentityContent) -> Installed:
    installer.adopt(site)
    return installer.switch(site, content, installer.back_up(site, "rollout/step"))


@pytest.mark.req("S4-13")
def test_a_certificate_of_another_key_is_refused(here: Rig, host: Host, installer: Installer) -> None:
    """A pair that does not match is refused by name before anything is touched."""
    site = here.site(here.identity, host)
    installer.adopt(site)
    with unchanged(here, host):
        result = switched(installer, site, content_of(here.pki.new, key=here.pki.old))
    assert Ending.REFUSED == result.ending
    assert {Code.KEY_MISMATCH} == codes(result.findings)


@pytest.mark.req("S4-13")
def test_a_certificate_for_a_key_that_is_not_here_is_refused(
    here: Rig, host: Host, installer: Installer
) -> None:
    """A certificate without a key must fit the key that lies on the node."""
    site = here.site(here.identity, host)
    installer.adopt(site)
    with unchanged(here, host):
        result = switched(installer, site, replace(content_of(here.pki.new), key=None))
    assert Ending.REFUSED == result.ending
    assert {Code.KEY_MISMATCH} == codes(result.findings)


def test_a_chain_in_wrong_order_is_refused(here: Rig, host: Host, installer: Installer) -> None:
    """A chain whose root stands before the intermediate is refused before anything is touched."""
    site = here.site(here.identity, host)
    middle, root = here.pki.new.above
    content = IdentityContent(here.pki.new.value, (root.value, middle.value), here.pki.new.private_key)
    installer.adopt(site)
    with unchanged(here, host):
        result = switched(installer, site, content)
    assert Ending.REFUSED == result.ending
    assert {Code.CHAIN_UNORDERED} == codes(result.findings)


def test_an_expired_leaf_is_refused(here: Rig, host: Host, installer: Installer) -> None:
    """A leaf past its date is refused before anything is touched."""
    site = here.site(here.identity, host)
    installer.adopt(site)
    with unchanged(here, host):
        result = switched(installer, site, content_of(here.pki.leaf(expired=True)))
    assert Ending.REFUSED == result.ending
    assert {Code.EXPIRED} == codes(result.findings)


@pytest.mark.req("S1-25")
def test_a_key_that_everyone_can_read_is_a_finding(here: Rig, host: Host, installer: Installer) -> None:
    """A world-readable key is told with path and mode, and nothing is put beside it until that is mended."""
    site = here.site(here.identity, host)
    installer.adopt(site)
    Path(here.identity.key).chmod(0o644)
    with unchanged(here, host):
        result = switched(installer, site, content_of(here.pki.new))
    assert Ending.REFUSED == result.ending
    assert {Code.PRIVATE_KEY_READABLE} == codes(result.findings)
    assert here.identity.key in title(result.findings[0], Lang.EN)
    assert "0644" in title(result.findings[0], Lang.EN)


@pytest.mark.root
def test_a_key_the_service_cannot_read_is_put_back(here: Rig, host: Host, impatient: Installer) -> None:
    """A key of the wrong owner passes our look, not the service's: the old pair is live again, the cause told."""
    need_root()
    slot: IdentitySlot = replace(here.identity, user=here.stranger)
    site = here.site(slot, host)
    result = switched(impatient, site, content_of(here.pki.new))
    assert Ending.PUT_BACK == result.ending, result
    assert here.pki.old.value.fingerprint.hex == served_by(here)
    told = " ".join(title(finding, Lang.EN) for finding in result.findings).lower()
    assert Code.DEPLOYED_NOT_LIVE in codes(result.findings)
    assert CAUSE[here.product] in told


CAUSE = {
    "nginx": "permission denied",
    "files": "permission denied",
    "haproxy": "still presented",  # a daemon without a log
    "postgresql": "private key file",
    "demo": "permission denied",
}


def test_what_the_service_itself_refuses_is_never_loaded(here: Rig, host: Host, installer: Installer) -> None:
    """When its check says no, the files are back before any load command ran, and its words are told."""
    loaded = here.state / "loaded"
    check = ("/bin/sh", "-c", "echo this pair does not please me >&2; exit 1")
    site = here.site(here.identity, host, check=check, reload=("/usr/bin/touch", str(loaded)))
    installer.adopt(site)
    with unchanged(here, host):
        result = switched(installer, site, content_of(here.pki.new))
    assert Ending.REFUSED == result.ending
    assert {Code.CHECK_FAILED} == codes(result.findings)
    assert "this pair does not please me" in title(result.findings[0], Lang.EN)
    assert not loaded.exists()


def test_a_reload_that_lies_is_found_out(here: Rig, host: Host, impatient: Installer) -> None:
    """A reload command that says yes and does nothing ends with the old pair in place and live."""
    site = here.site(here.identity, host, reload=("/bin/true",))
    backup = impatient.back_up(site, "rollout/step-0")
    impatient.adopt(site)
    step = impatient.back_up(site, "rollout/step")
    result = impatient.switch(site, content_of(here.pki.new), step)
    assert Ending.PUT_BACK == result.ending
    assert Code.DEPLOYED_NOT_LIVE in codes(result.findings)
    assert () == find_differences(host, step)
    assert () != find_differences(host, backup)
    assert here.pki.old.value.fingerprint.hex == served_by(here)


def test_a_service_that_dies_is_started_again(here: Rig, host: Host, installer: Installer) -> None:
    """A service that ends on reload is started with its old pair, and the report says what happened."""
    site = here.site(here.identity, host, reload=here.deadly)
    result = switched(installer, site, content_of(here.pki.new))
    assert Ending.PUT_BACK == result.ending, result
    assert Code.NOT_ANSWERING in codes(result.findings)
    assert here.pki.old.value.fingerprint.hex == served_by(here)


def test_a_dead_service_nobody_can_start_is_told(here: Rig, host: Host, installer: Installer) -> None:
    """Without a command that starts it, the files are put back and the report says that it is down."""
    site = here.site(here.identity, host, reload=here.deadly, restart=())
    installer.adopt(site)
    step = installer.back_up(site, "rollout/step")
    result = installer.switch(site, content_of(here.pki.new), step)
    assert Ending.DOWN == result.ending
    assert {Code.SERVICE_DOWN, Code.OLD_NOT_LIVE} <= codes(result.findings)
    assert () == find_differences(host, step)


def test_a_full_disk_leaves_the_old_pair(way: tuple[str, str], tmp_path: Path, installer: Installer) -> None:
    """Where the new generation does not fit, the old one stays live and the report says that the disk is full."""
    product, reach = way
    with (
        small_disk(tmp_path / "disk", 65536) as disk,
        reached(reach, tmp_path / "sshd") as host,
        rig(product, tmp_path / "disk") as running,
    ):
        if disk.limited and reach == "ssh":
            pytest.skip("needs root: a limit on files of this process does not hold on the other side")
        here = replace(running, state=tmp_path / "state")  # backups lie where there is room
        site = here.site(here.identity, host)
        installer.adopt(site)
        step = installer.back_up(site, "rollout/step")
        with disk.full(), unchanged(here, host):
            result = installer.switch(site, content_of(here.pki.new), step)
        assert Ending.REFUSED == result.ending
        assert {Code.WRITE_FAILED} == codes(result.findings)
        told = "would be larger than is allowed" if disk.limited else "the disk is full"
        assert told in title(result.findings[0], Lang.EN)
        assert Ending.LIVE == installer.switch(site, content_of(here.pki.new), step).ending


@contextmanager
def reached(reach: str, folder: Path) -> Iterator[Host]:
    """This machine; an sshd that is started here sees what is mounted here."""
    if reach == "local":
        yield LocalHost()
        return
    with run_sshd(folder) as server:
        host = SshHost("node", Ssh("node", options=server.options))
        yield host
        host.close()


def test_no_room_for_the_backup_stops_before_the_first_write(tmp_path: Path, installer: Installer) -> None:
    """A backup that cannot be written ends the step; the service's files were not touched."""
    host = LocalHost()
    with rig("nginx", tmp_path) as here, small_disk(tmp_path / "small") as disk:
        site = replace(here.site(here.identity, host), state=str(disk.folder / "state"))
        with disk.full(), unchanged(here, host), pytest.raises(CouldNotLookError):
            installer.back_up(site, "rollout/step")


def test_a_leaf_is_no_anchor(here: Rig, host: Host, installer: Installer) -> None:
    """A leaf for a trust store is refused, and so is an empty trust store."""
    site = here.site(here.trust, host)
    backup = installer.back_up(site, "rollout/step")
    leaf = installer.switch(site, trust_of(here.pki.old_ca, here.pki.new), backup)
    none = installer.switch(site, trust_of(), backup)
    assert [Ending.REFUSED, Ending.REFUSED] == [leaf.ending, none.ending]
    assert {Code.LEAF_AS_ANCHOR} == codes(leaf.findings)
    assert {Code.NO_ANCHORS} == codes(none.findings)
    assert () == find_differences(host, backup)


def test_a_private_key_in_a_trust_file_is_a_finding(here: Rig, host: Host) -> None:
    """A key that lies where only certificates belong is told when the slot is read."""
    path = Path(here.trust.anchors)
    path.write_bytes(path.read_bytes() + here.pki.old.key_pem)
    seen = here.target.read(host, here.service, here.trust)
    assert {Code.PRIVATE_KEY_EXPOSED} == codes(seen.findings)


def need_root() -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root: it gives a key to another user")
