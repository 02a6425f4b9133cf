"""Backups made while the server runs, and a server that comes back from one."""

from __future__ import annotations

import io
import json
import stat
import tarfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from support.pki import DAY, NOW, make_ca, make_key
from support.registries import ADA, HUGO, SERVERS, VERA, Desks, make_request
from warifu.adapters.bundles.tuf_reader import TufReader
from warifu.adapters.bundles.tuf_signer import TufSigner
from warifu.adapters.database.backup import DatabaseBackups
from warifu.adapters.database.registry import DatabaseRegistry
from warifu.domain.directory.publish import PublishWish
from warifu.errors import CouldNotLookError, RefusedError
from warifu.ports.bundles import Fetch
from warifu.wire.bundle import bundle_name, read_bundle
from warifu.workflows.audit_desk import audit_page, verify_audit
from warifu.workflows.backup_desk import back_up, restore_backup, resume_generation

ROOTS = [make_ca(f"Root {number}", start=NOW - DAY).value for number in range(6)]


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    found = Desks(tmp_path / "data")
    found.set_up()
    found.trust.create(ADA, "shop", now=NOW)
    yield found
    found.registry.close()


def publish(desks: Desks, *numbers: int) -> None:
    for number in numbers:
        decision = desks.trust.publish(ADA, "shop", PublishWish((ROOTS[number],)), now=NOW)
        assert decision.after is not None


def fetching(desks: Desks) -> Fetch:
    def fetch(name: str, most: int) -> bytes | None:
        found = desks.trust.file(name)
        return None if found is None else found.data[:most]

    return fetch


def restored(tmp_path: Path, archive: Path, name: str = "other") -> Desks:
    """Another machine on which the backup was restored."""
    folder = tmp_path / name
    backups = DatabaseBackups(str(folder))
    found: list[Desks] = []

    def open_registry() -> DatabaseRegistry:
        found.append(Desks(folder))
        return found[0].registry

    restore_backup(backups, open_registry, TufSigner(str(folder / "keys")), str(archive), now=NOW + DAY)
    return found[0]


def test_a_backup_is_private_and_whole(desks: Desks, tmp_path: Path) -> None:
    """One file of mode 0600 with database and keys, told in the trail; nothing else stays behind."""
    archive = tmp_path / "backup.tar"
    facts = back_up(desks.registry, DatabaseBackups(str(desks.folder)), HUGO, str(archive), now=NOW)
    assert 0o600 == stat.S_IMODE(archive.stat().st_mode)
    names = {path.name for path in (desks.folder / "keys").iterdir()}
    assert {"warifu.sqlite", *(f"keys/{name}" for name in names)} == set(facts.files)
    assert (NOW, 0) == (facts.made, facts.generation)
    assert facts == DatabaseBackups("/nowhere").read(str(archive))
    assert ("hugo", "back-up") == (audit_page(desks.registry)[0].actor, audit_page(desks.registry)[0].act)
    assert {"backup.tar", "data"} == {path.name for path in tmp_path.iterdir()}
    assert not list(desks.folder.glob("warifu-backup-*"))


def test_a_backup_of_a_busy_server_is_of_one_moment(desks: Desks, tmp_path: Path) -> None:
    """Whatever is published meanwhile: versions, signed files and trail in it fit each other."""
    ends = threading.Event()

    def busy() -> None:
        number = 0
        while not ends.is_set():
            with desks.registry.change() as books:
                books.about.put("busy", str(number))
            number += 1

    thread = threading.Thread(target=busy)
    thread.start()
    try:
        publish(desks, 0, 1)
        DatabaseBackups(str(desks.folder)).make(str(tmp_path / "backup.tar"), now=NOW)
    finally:
        ends.set()
        thread.join(60)
    other = restored(tmp_path, tmp_path / "backup.tar")
    assert None is verify_audit(other.registry).broken
    assert set(ROOTS[:2]) == {anchor.certificate for anchor in other.trust.version("shop").anchors}
    other.registry.close()


def test_who_followed_the_lost_server_follows_the_restored_one(desks: Desks, tmp_path: Path) -> None:
    """A reader that saw versions which the backup never had accepts the restored server, and nothing goes back."""
    publish(desks, 0)
    DatabaseBackups(str(desks.folder)).make(str(tmp_path / "backup.tar"), now=NOW)
    publish(desks, 1, 2, 3, 4)
    root = desks.trust.file("1.root.json")
    assert root is not None
    reader = TufReader()
    held = reader.read(reader.begin(root.data, root.sha256), fetching(desks), ["shop"], now=NOW)
    before = read_bundle(held.documents[bundle_name("shop")], "shop").published
    other = restored(tmp_path, tmp_path / "backup.tar")
    assert [ROOTS[0]] == [anchor.certificate for anchor in other.trust.version("shop").anchors]
    held = reader.read(held, fetching(other), ["shop"], now=NOW + DAY)
    after = read_bundle(held.documents[bundle_name("shop")], "shop").published
    assert before.version == 6
    assert after.version > before.version
    assert [ROOTS[0]] == [anchor.certificate for anchor in after.anchors]
    rolled_back = [finding for finding in held.findings if "rolled-back" in str(finding.code)]
    assert [] == rolled_back
    again = restored(tmp_path, tmp_path / "backup.tar", "third")
    assert again.trust.version("shop").version >= after.version
    for one in (other, again):
        one.registry.close()


def test_a_restored_server_is_another_one(desks: Desks, tmp_path: Path) -> None:
    """Its generation is new; sessions, links and open tokens of the backup are void; CRL numbers and epochs go on above."""
    link = desks.people.first_administrator(name="admin", now=NOW)
    token = desks.join.invite(HUGO, "web-1", SERVERS, now=NOW).token
    DatabaseBackups(str(desks.folder)).make(str(tmp_path / "backup.tar"), now=NOW)
    other = restored(tmp_path, tmp_path / "backup.tar")
    generation = int((NOW + DAY).timestamp())
    with other.registry.change() as books:
        assert generation == books.about.generation()
        assert generation < books.leases.take("signing", "one", now=NOW, length=DAY).epoch
    with pytest.raises(RefusedError, match=r"people\.link-void"):
        other.people.open_link(link, "a long password", now=NOW)
    with pytest.raises(RefusedError, match=r"directory\.token-unknown"):
        other.join.redeem(token, make_request(make_key()), now=NOW)
    fresh = other.join.invite(HUGO, "web-1", SERVERS, now=NOW + DAY).token
    other.join.redeem(fresh, make_request(make_key()), now=NOW + DAY)
    other.join.fence(HUGO, "web-1", "x", now=NOW + DAY)
    (crl,) = other.trust.version("warifu").crls
    assert generation + 1 == crl.number
    told = [entry.act for entry in audit_page(other.registry)]
    assert "restore-backup" in told
    assert not resume_generation(other.registry, other.signer, now=NOW + DAY)
    other.registry.close()


def test_a_restore_that_broke_off_is_gone_on_with(desks: Desks, tmp_path: Path) -> None:
    """Unpacked and not yet signed: the next start signs everything anew, once."""
    DatabaseBackups(str(desks.folder)).make(str(tmp_path / "backup.tar"), now=NOW)
    DatabaseBackups(str(tmp_path / "other")).unpack(str(tmp_path / "backup.tar"), now=NOW + DAY)
    other = Desks(tmp_path / "other")
    assert resume_generation(other.registry, other.signer, now=NOW + DAY)
    assert not resume_generation(other.registry, other.signer, now=NOW + DAY)
    assert other.trust.version("shop").version > int((NOW + DAY).timestamp())
    other.registry.close()


def test_a_restore_never_overwrites(desks: Desks, tmp_path: Path) -> None:
    """Where a server is, none is restored; where a file is, none is written."""
    backups = DatabaseBackups(str(desks.folder))
    backups.make(str(tmp_path / "backup.tar"), now=NOW)
    with pytest.raises(RefusedError, match=r"registry\.data-there"):
        backups.unpack(str(tmp_path / "backup.tar"), now=NOW)
    with pytest.raises(RefusedError, match=r"registry\.backup-there"):
        backups.make(str(tmp_path / "backup.tar"), now=NOW)


def test_only_whose_role_it_is_backs_up(desks: Desks, tmp_path: Path) -> None:
    """A backup holds every key of the server."""
    with pytest.raises(RefusedError, match=r"directory\.not-allowed"):
        back_up(desks.registry, DatabaseBackups(str(desks.folder)), VERA, str(tmp_path / "b.tar"), now=NOW)
    assert not (tmp_path / "b.tar").exists()


def test_a_place_that_cannot_be_written_is_told(desks: Desks, tmp_path: Path) -> None:
    """And nothing is left there."""
    with pytest.raises(CouldNotLookError, match=r"io\.cannot-write"):
        DatabaseBackups(str(desks.folder)).make(str(tmp_path / "none" / "b.tar"), now=NOW)


def members(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as tar:
        return {one.name: tar.extractfile(one).read() for one in tar}  # type: ignore[union-attr]  # files alone


def write_tar(path: Path, files: Mapping[str, bytes], kind: bytes = tarfile.REGTYPE) -> None:
    with tarfile.open(path, "w") as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.type, member.linkname = len(data), kind, "/etc/passwd"
            tar.addfile(member, io.BytesIO(data) if kind == tarfile.REGTYPE else None)


def test_a_damaged_backup_is_refused(desks: Desks, tmp_path: Path) -> None:
    """A changed byte, a missing file, one too many, a path that leads out, a link, a cut end: each is told, none unpacked."""
    good = tmp_path / "good.tar"
    DatabaseBackups(str(desks.folder)).make(str(good), now=NOW)
    inside = members(good)
    facts = json.loads(inside["facts.json"])
    database = bytearray(inside["warifu.sqlite"])
    database[5000] ^= 1
    bent = {**inside, "warifu.sqlite": bytes(database)}
    cases: dict[str, Mapping[str, bytes]] = {
        "changed": bent,
        "missing": {name: data for name, data in inside.items() if name != "warifu.sqlite"},
        "outside": {**inside, "../evil": b"x"},
        "absolute": {**inside, "/tmp/evil": b"x"},
        "unknown": {**inside, "keys/sub/evil": b"x"},
        "no-facts": {name: data for name, data in inside.items() if name != "facts.json"},
        "odd-facts": {**inside, "facts.json": b"[]"},
        "later": {**inside, "facts.json": json.dumps({**facts, "format": 2}).encode()},
    }
    for name, files in cases.items():
        write_tar(tmp_path / f"{name}.tar", files)
    write_tar(tmp_path / "link.tar", {"warifu.sqlite": b""}, tarfile.SYMTYPE)
    (tmp_path / "cut.tar").write_bytes(good.read_bytes()[:3000])
    (tmp_path / "text.tar").write_bytes(b"no tar at all")
    for name in (*cases, "link", "cut", "text"):
        folder = tmp_path / "fresh"
        with pytest.raises(CouldNotLookError, match=r"registry\.backup-damaged"):
            DatabaseBackups(str(folder)).unpack(str(tmp_path / f"{name}.tar"), now=NOW)
        assert not (folder / "warifu.sqlite").exists()
        assert [] == list(folder.rglob("*")) if folder.exists() else True
    with pytest.raises(CouldNotLookError, match=r"io\.cannot-read"):
        DatabaseBackups(str(tmp_path / "fresh")).read(str(tmp_path / "absent.tar"))
