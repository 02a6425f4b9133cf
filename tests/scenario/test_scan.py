"""`warifu estate scan` on real services: what their configuration says, who is connected, what stays unseen."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from support.own_machine import own_machine
from support.sshd import run_sshd
from support.town import Town, run_town, site

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(120)]
FINE, FINDINGS, COULD_NOT = 0, 1, 5
SOURCE = Path(__file__).parents[2] / "src"
SLOTS = {
    "town-nginx/clients",
    "town-nginx/me",
    "town-nginx/pay-example",
    "town-nginx/shop-example",
    "town-nginx/upstream",
    "town-haproxy/admin",
    "town-haproxy/api",
    "town-haproxy/clients",
    "town-haproxy/me",
    "town-haproxy/servers",
    "town-postgresql/clients",
    "town-postgresql/server",
    "town-postgresql-2/primary",
    "town-postgresql-2/standby",
}


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    """Everything runs once: scans change nothing."""
    folder = Path(tempfile.mkdtemp(prefix="town-", dir="/tmp"))  # a visitor's login must reach it
    folder.chmod(0o755)
    try:
        with own_machine(folder) as machine, run_town(machine, folder) as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class Desk:
    """A person's folder on that machine, with an estate file of one node `town`."""

    town: Town
    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / "estate.toml"

    @property
    def estate(self) -> dict[str, Any]:
        return tomllib.loads(self.file.read_text(encoding="utf-8"))

    def begin(self, *lines: str) -> None:
        self.file.write_text("\n".join(("[nodes.town]", *lines, "")), encoding="utf-8")

    def warifu(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": str(SOURCE), "LC_ALL": "C.UTF-8", "WARIFU_LANG": "en"}
        argv = [sys.executable, "-m", "warifu", *arguments]
        return self.town.machine.run(argv, cwd=self.folder, env=environment)

    def scan(self, code: int = FINE) -> dict[str, Any]:
        """Scan, and return what `--json` says."""
        ran = self.warifu("estate", "scan", "--json")
        assert code == ran.returncode, ran.stdout + ran.stderr
        found: dict[str, Any] = json.loads(ran.stdout)
        return found


@pytest.fixture
def desk(town: Town, tmp_path: Path) -> Desk:
    town.ask_through()
    made = Desk(town, tmp_path)
    made.begin('reach = "local"')
    return made


def slots_of(estate: dict[str, Any]) -> set[str]:
    """The slots of an estate file."""
    return {
        f"{service}/{slot}"
        for service, table in estate["services"].items()
        for kind in ("identities", "trusts")
        for slot in table.get(kind, {})
    }


def unseen_of(document: dict[str, Any]) -> dict[str, str]:
    """What could not be seen, with the reason."""
    return {one["subject"]: str(one["evidence"]["reason"]) for one in document["unseen"]}


def test_what_runs_becomes_an_estate_that_passes_unedited(desk: Desk) -> None:
    """Includes, SNI, crt-list, client CAs and every kind of upstream are read; `estate check` finds no fault."""
    before = datetime.now(UTC) - timedelta(seconds=1)
    document = desk.scan()
    estate = desk.estate
    assert SLOTS == slots_of(estate)
    nginx, haproxy = estate["services"]["town-nginx"], estate["services"]["town-haproxy"]
    assert ["shop.example", "www.shop.example"] == nginx["identities"]["shop-example"]["sni"]
    assert ["admin.example"] == haproxy["identities"]["admin"]["sni"]
    connections = estate["connections"]
    known = {name: (one["provenance"], "seen" in one) for name, one in connections.items()}
    assert {
        "town-nginx-to-town-haproxy-api-example": ("configured", True),
        "town-haproxy-to-town-nginx-shop-example": ("configured", False),
        "town-postgresql-2-to-town-postgresql": ("configured", True),
        "town-openssl-to-town-nginx": ("seen", True),
    } == known
    upstream = connections["town-nginx-to-town-haproxy-api-example"]
    assert (["town-haproxy/api"], ["town-nginx/upstream"], ["town-nginx/me"], "required") == (
        upstream["server-identities"],
        upstream["client-trusts"],
        upstream["client-identities"],
        upstream["client-certificate"],
    )
    assert ["town-postgresql-2/primary"] == connections["town-postgresql-2-to-town-postgresql"][
        "client-trusts"
    ]
    seen = connections["town-openssl-to-town-nginx"]
    assert (True, ["town-nginx/pay-example", "town-nginx/shop-example"]) == (
        seen["unknown-trust"],
        sorted(seen["server-identities"]),
    )
    assert before < seen["seen"] < datetime.now(UTC) + timedelta(seconds=1)
    shop = f"{desk.town.sites}/shop.conf"
    assert {f"{shop}:22", "town-nginx -> 192.0.2.7:8443"} == set(unseen_of(document))

    unedited = desk.file.read_bytes()
    checked = desk.warifu("estate", "check")
    assert FINE == checked.returncode, checked.stdout + checked.stderr
    assert "3 accepted, 0 refused, 1 unknown; 3 seen to hold now" in checked.stdout
    assert unedited == desk.file.read_bytes()


def test_a_second_scan_shows_what_changed_and_leaves_edits_alone(desk: Desk) -> None:
    """A new server is appended, a changed one is told with both values, and no byte by hand is touched."""
    town = desk.town
    desk.scan()
    text = desk.file.read_text(encoding="utf-8")
    edited = text.replace('sni = ["pay.example"]', 'sni = ["pay.example", "by.hand"]  # until June')
    edited = edited.replace(
        "[services.town-haproxy]\n", "# Ito looks after this one\n[services.front-door]\n"
    )
    for end in (".", "/", '"]'):
        edited = edited.replace(f"services.town-haproxy{end}", f"services.front-door{end}")
        edited = edited.replace(f'"town-haproxy{end}', f'"front-door{end}')
    assert edited.count("front-door") > 10
    desk.file.write_text(edited, encoding="utf-8")
    new = town.sites / "new.conf"
    shutil.copy(town.folder / "nginx/tls/pay.crt", town.folder / "nginx/tls/new.crt")
    shutil.copy(town.folder / "nginx/tls/pay.key", town.folder / "nginx/tls/new.key")
    new.write_text(site("new", town.folder / "nginx"), encoding="utf-8")
    try:
        town.reload_nginx()
        document = desk.scan(FINDINGS)
    finally:
        new.unlink()
        town.reload_nginx()
    after = desk.file.read_text(encoding="utf-8")
    assert after.startswith(edited)
    assert ["services.town-nginx.identities.new-example"] == document["added"]
    assert "services.town-nginx.identities.new-example" in after[len(edited) :]
    changed = {one["key"]: (one["in_file"], one["seen"]) for one in document["changed"]}
    key = "services.town-nginx.identities.pay-example.sni"
    assert (["pay.example", "by.hand"], ["pay.example"]) == changed[key]
    assert {key, "connections.town-openssl-to-town-nginx.server-identities"} >= set(changed)
    assert [] == document["held_back"]

    gone = desk.scan(FINDINGS)
    assert ["services.town-nginx.identities.new-example"] == [one["key"] for one in gone["vanished"]]
    assert after == desk.file.read_text(encoding="utf-8")


def test_a_scan_over_ssh_sees_what_one_on_the_spot_sees(desk: Desk, tmp_path: Path) -> None:
    """Behind a real sshd the same slots and connections come out, and the same is unseen."""
    here = desk.scan()
    own = desk.estate
    with run_sshd(desk.town.folder / "sshd-root", within=desk.town.machine.within) as sshd:
        options = json.dumps(list(sshd.options))
        desk.begin('reach = "ssh"', 'destination = "node"', f"options = {options}")
        there = desk.scan()
        far = desk.estate
        checked = desk.warifu("estate", "check")
    assert FINE == checked.returncode, checked.stdout + checked.stderr
    assert "3 accepted, 0 refused, 1 unknown; 3 seen to hold now" in checked.stdout
    assert own["services"] == far["services"]
    assert set(own["connections"]) <= set(far["connections"])
    assert unseen_of(here) == unseen_of(there)


def assert_told_as_unseen(desk: Desk, unseen: dict[str, str], estate: dict[str, Any]) -> None:
    """Each file out of a visitor's reach is listed with the reason; what could be seen is there."""
    files = desk.town.folder
    closed = [files / f"nginx/tls/{name}.key" for name in ("shop", "pay", "me")]
    closed += [files / f"haproxy/{name}.pem" for name in ("api", "admin", "me")]
    closed += [files / "db/data/postgresql.conf", files / "standby/data/postgresql.conf"]
    assert {str(path): "Permission denied" for path in closed} == {
        path: reason for path, reason in unseen.items() if path in {str(one) for one in closed}
    }
    assert any("programs of" in subject and "established connections" in subject for subject in unseen)
    assert {"town-nginx", "town-haproxy"} <= set(estate["services"])
    assert {
        "town-nginx-to-town-haproxy-api-example",
        "town-haproxy-to-town-nginx-shop-example",
    } == set(estate["connections"])


def test_a_user_without_rights_is_told_what_stays_unseen(desk: Desk) -> None:
    """Logged in as somebody else: no key is read, and each file out of reach is listed with the reason."""
    town = desk.town
    visitor = town.machine.admit_visitor()
    with run_sshd(town.folder / "sshd-visitor", within=town.machine.within) as sshd:
        options = sshd.write_config("as_visitor", User=visitor)
        desk.begin('reach = "ssh"', 'destination = "node"', f"options = {json.dumps(list(options))}")
        unseen = unseen_of(desk.scan())
        listed = desk.warifu("estate", "scan", "--dry-run")
    assert_told_as_unseen(desk, unseen, desk.estate)
    assert "run the scan with more rights" in listed.stdout
    assert "PRIVATE KEY" not in desk.file.read_text(encoding="utf-8") + listed.stdout


def test_a_scan_of_ones_own_machine_needs_no_rights(town: Town) -> None:
    """Somebody else than root on the machine itself: the scan ends well, and tells the same as unseen."""
    town.ask_through()
    visit = town.machine.visit(SOURCE)
    desk = Desk(town, visit.folder)
    desk.begin('reach = "local"')
    desk.file.chmod(0o666)
    ran = visit.run("-m", "warifu", "estate", "scan", "--json")
    assert FINE == ran.returncode, ran.stdout + ran.stderr
    assert visit.user == desk.file.stat().st_uid, "it was written by somebody else"
    assert_told_as_unseen(desk, unseen_of(json.loads(ran.stdout)), desk.estate)


def test_a_client_that_was_only_seen_leaves_a_plan_undecided(desk: Desk) -> None:
    """Nobody knows by what it verifies, so the plan names it and is undecided; waived by name, it is made."""
    desk.scan()
    (desk.folder / "old.pem").write_bytes(desk.town.root.pem)
    (desk.folder / "passphrase").write_bytes(b"correct horse battery staple")
    (desk.folder / "passphrase").chmod(0o600)
    words = (
        "--folder",
        "ca-1",
        "--intermediate",
        "--common-name",
        "Town CA 1",
        "--passphrase-file",
        "passphrase",
    )
    made = desk.warifu("issuer", "create", "ca-1", *words)
    assert FINE == made.returncode, made.stderr
    with desk.file.open("a", encoding="utf-8") as file:
        file.write('\n[issuers.ca-1]\nkind = "local"\nfolder = "ca-1"\npassphrase-file = "passphrase"\n')
        file.write('chain = "ca-1/issuing-chain.pem"\n')
    asked = ("plan", "replace-ca", "old.pem", "ca-1/root.crt", "--issuer", "ca-1")
    ran = desk.warifu(*asked)
    assert COULD_NOT == ran.returncode, ran.stdout + ran.stderr
    assert "town-openssl-to-town-nginx" in ran.stdout + ran.stderr
    assert not (desk.folder / "plan.json").exists()

    expires = (datetime.now(UTC) + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
    with desk.file.open("a", encoding="utf-8") as file:
        file.write('\n[[waivers]]\nsubject = "town-openssl-to-town-nginx"\nby = "Ito"\n')
        file.write(f'reason = "a test by hand"\nexpires = {expires}\n')
    ran = desk.warifu(*asked)
    assert FINE == ran.returncode, ran.stdout + ran.stderr
    assert "town-openssl-to-town-nginx" in ran.stdout
