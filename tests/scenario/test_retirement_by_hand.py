"""A root of a vendor's own directory: by hand, in the article's order, nothing counted without its evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from support.in_process import document
from support.pki import make_ca
from support.signed_in import ADMIN, Office, office, real_now
from support.vendor_listings import directory_id, store_listing
from warifu.domain.directory.roles import Role
from warifu.domain.directory.snapshots import Said
from warifu.domain.findings import Code
from warifu.errors import RefusedError, WarifuError
from warifu.workflows.acting import Actor
from warifu.workflows.vendor_desk import VendorDesk, VendorPlan, VendorRetirement

NODES = ("psc-1", "psc-2", "psc-3")
OLD, NEW = make_ca("Old VMCA"), make_ca("New VMCA")
OWNER = Actor("owner", frozenset({Role.HOST_ADMINISTRATOR}))
BEN = Actor("ben", frozenset({Role.APPROVER}))
WITH, WITHOUT = store_listing(OLD, NEW), store_listing(NEW)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(tmp_path_factory.mktemp("office")) as made:
        yield made


@dataclass
class Paper:
    desk: VendorDesk
    digest: str
    since: datetime

    def say(self, said: Said, *nodes: str, at: int, text: str = "seen") -> VendorRetirement:
        found = self.desk.show(self.digest)
        for node in nodes or NODES:
            when = self.since + timedelta(minutes=at)
            found = self.desk.confirm(OWNER, self.digest, said, node, at=when, text=text, now=real_now())
        return found

    def refused(self, code: str, said: Said, node: str, *, at: int, text: str = "seen") -> None:
        with pytest.raises(WarifuError) as told:
            self.say(said, node, at=at, text=text)
        assert code == told.value.code


def paper(place: Office, *dependents: str, approved: bool = True) -> Paper:
    desks = place.desks
    desk, now = VendorDesk(desks.registry, desks.plans), real_now()
    wish = VendorPlan(f"vCenter 8.0 {now.isoformat()}", directory_id(OLD), NODES, dependents)
    kept = desk.plan(ADMIN, wish, now=now)
    if approved:
        desks.plans.approve(BEN, kept.digest, now=now)
    return Paper(desk, kept.digest, now - timedelta(hours=2))


@pytest.mark.req("S0-47", "S0-49")
def test_the_plan_waits_for_power_off_and_the_whole_set(place: Office) -> None:
    """Owners confirm; a set that misses a node keeps it waiting, one that was taken while one ran is refused."""
    with_nobody = paper(place, approved=False)
    with_nobody.refused("registry.plan-not-approved", Said.POWERED_OFF, "psc-1", at=0)
    sheet = paper(place)
    sheet.refused("retire.precondition", Said.SNAPSHOT, "psc-1", at=1)
    sheet.say(Said.POWERED_OFF, "psc-1", "psc-2", at=0)
    found = sheet.desk.show(sheet.digest)
    assert (Said.POWERED_OFF, ("psc-3",)) == (found.waits_for, found.steps[0].waits_for)
    sheet.refused("retire.vendor-empty", Said.POWERED_OFF, "psc-3", at=10, text=" ")
    sheet.say(Said.POWERED_OFF, "psc-3", at=10)
    sheet.refused("retire.snapshots-unfit", Said.SNAPSHOT, "psc-1", at=5)
    sheet.say(Said.SNAPSHOT, "psc-1", "psc-2", at=11)
    sheet.refused("retire.precondition", Said.POWERED_ON, "psc-1", at=12)
    found = sheet.desk.show(sheet.digest)
    assert [Code.SNAPSHOTS_MISS_NODES] == [one.code for one in found.findings]
    sheet.say(Said.SNAPSHOT, "psc-3", at=11)
    assert Said.LISTED_BEFORE is sheet.say(Said.POWERED_ON, at=12).waits_for


@pytest.mark.req("S0-50")
def test_the_manager_belongs_into_the_set(place: Office) -> None:
    """Without vCenter itself the set is told as incomplete, and goes on."""
    sheet = paper(place, "vcenter")
    sheet.say(Said.POWERED_OFF, at=0)
    found = sheet.say(Said.SNAPSHOT, at=1)
    assert [Code.SNAPSHOTS_INCOMPLETE] == [one.code for one in found.findings]
    assert Said.POWERED_ON is found.waits_for
    assert () == sheet.say(Said.SNAPSHOT, "vcenter", at=1).findings


def test_listings_are_read(place: Office) -> None:
    """Each node's own listing has to show the root before, and not after; what was cut or is none is refused."""
    sheet = paper(place)
    sheet.say(Said.POWERED_OFF, at=0)
    sheet.say(Said.SNAPSHOT, at=1)
    sheet.say(Said.POWERED_ON, at=2)
    sheet.refused("retire.listing-differs", Said.LISTED_BEFORE, "psc-1", at=3, text=WITHOUT)
    sheet.refused("diagnosis.listing-unknown", Said.LISTED_BEFORE, "psc-1", at=3, text="all good")
    sheet.refused("retire.not-of-this", Said.LISTED_BEFORE, "psc-9", at=3, text=WITH)
    sheet.refused("retire.vendor-future", Said.LISTED_BEFORE, "psc-1", at=9999, text=WITH)
    sheet.say(Said.LISTED_BEFORE, at=3, text=WITH)
    sheet.say(Said.UNPUBLISHED, "psc-1", at=4, text="Certificate unpublished successfully")
    sheet.refused("retire.listing-differs", Said.LISTED_AFTER, "psc-2", at=5, text=WITH)
    sheet.say(Said.LISTED_AFTER, "psc-1", "psc-2", at=5, text=WITHOUT)
    assert ("psc-3",) == sheet.desk.show(sheet.digest).steps[5].waits_for
    sheet.say(Said.LISTED_AFTER, "psc-3", at=6, text=WITHOUT)
    sheet.say(Said.RESTARTED, at=7)
    found = sheet.say(Said.SIGNED_IN, "psc-1", at=8)
    assert found.waits_for is None
    assert "carried-out" == found.kept.state.value
    assert 3 * 6 + 2 == len(found.evidence)
    assert all(one.by == "owner" and one.sha256 for one in found.evidence)


def test_who_may_and_what_is_wanted(place: Office) -> None:
    """A trust administrator, a key id, and a plan of this kind."""
    desks = place.desks
    desk, now = VendorDesk(desks.registry, desks.plans), real_now()
    with pytest.raises(RefusedError):
        desk.plan(OWNER, VendorPlan("vCenter", directory_id(OLD), NODES), now=now)
    with pytest.raises(RefusedError):
        desk.plan(ADMIN, VendorPlan("vCenter", "no key id", NODES), now=now)
    with pytest.raises(RefusedError):
        desk.show(desks.plans.submit(ADMIN, "rollout", b"x", now=now).digest)


def test_by_commands(
    place: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planned, approved and confirmed by `warifu`; the next step waits with its nodes by name."""
    from warifu.apps.cli import main  # noqa: PLC0415

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("WARIFU_LANG", "en")
    (tmp_path / "password").touch(mode=0o600)
    (tmp_path / "password").write_text("correct horse battery staple\n")
    place.token("anna", Role.TRUST_ADMINISTRATOR, Role.HOST_ADMINISTRATOR)
    arguments = [
        "--person",
        "anna",
        "--password-file",
        str(tmp_path / "password"),
        "--root",
        place.fresh.root,
    ]
    assert 0 == main.run(["login", place.url, *arguments])
    nodes = ("--node", "psc-1", "--node", "psc-2")
    code, plan = document(
        capsys, "plan", "retire-vendor-root", directory_id(OLD), "--product", "vCenter 8.0", *nodes
    )
    assert (0, "open") == (code, plan["state"])
    place.desks.plans.approve(BEN, plan["digest"], now=real_now())
    (tmp_path / "evidence").write_text("ticket 4711: off")
    at = (real_now() - timedelta(hours=1)).isoformat()
    code, plan = document(
        capsys,
        "retire",
        "confirm",
        plan["digest"],
        "powered-off",
        "psc-1",
        "--at",
        at,
        "--attach",
        str(tmp_path / "evidence"),
    )
    assert (6, "waiting", ["psc-2"]) == (code, plan["steps"][0]["state"], plan["steps"][0]["waits_for"])
