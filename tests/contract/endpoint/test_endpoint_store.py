"""The endpoint store in its file: what is written is read, nothing else opens it, and damage stays where it is."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from support.command import environment
from support.pki import DAY, NOW, Entity, make_ca, make_key
from support.running import wait_until
from warifu.adapters.endpoint.data_keys import credential_in
from warifu.adapters.endpoint.sqlite import SqliteEndpoint
from warifu.domain.endpoint import (
    Access,
    Entry,
    EntryKind,
    LocalException,
    Principal,
    Provenance,
    Right,
    Secret,
    Store,
)
from warifu.domain.endpoint.permissions import Act, change_access
from warifu.domain.findings import Code
from warifu.domain.x509 import Sha256
from warifu.errors import CouldNotLookError, RefusedError
from warifu.ports.endpoint import Asked

ROOT = make_ca("Root")
WEB = ROOT.leaf("web.example")
SECRET = Secret(b"correct horse battery staple")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the store lies; it is made by the first look."""
    return tmp_path / "endpoint"


def opened(folder: Path, credential: Secret | None = None) -> SqliteEndpoint:
    return SqliteEndpoint(str(folder), owner="root", credential=credential)


def put(stores: SqliteEndpoint, entry: Entry, secret: Secret | None = None) -> None:
    with stores.changing(by="alice", now=NOW) as book:
        book.put(entry, secret)


def identity(alias: str = "web", leaf: Entity = WEB) -> Entry:
    chain = (leaf.value, ROOT.value)
    return Entry("machine-identity", alias, EntryKind.PRIVATE_KEY, chain, added=NOW)


def anchor(number: int) -> Entry:
    return Entry("trusted-roots", f"root-{number}", EntryKind.TRUSTED, (ROOT.value,))


def change_file(folder: Path, statement: str) -> None:
    with closing(sqlite3.connect(folder / "endpoint.sqlite")) as db, db:
        db.execute(statement)


def secret_of(stores: SqliteEndpoint, alias: str, store: str = "machine-identity") -> Secret:
    with stores.reading() as view:
        return view.secret(store, alias)


def test_every_kind_is_read_as_it_was_written(folder: Path) -> None:
    """With all that is known of it; the order is that in which they came."""
    stores = opened(folder)
    exception = LocalException("root", "until May", NOW + DAY, distrusts=True)
    entries = (
        Entry("crls", "list", EntryKind.CRL, crl=ROOT.crl(), provenance=Provenance.DIRECTORY, domain="shop"),
        Entry("crls", "password", EntryKind.SECRET, added=NOW),
        replace(identity(), store="crls", distrusted=True, exception=exception, provenance=Provenance.BOTH),
    )
    for entry in entries:
        put(stores, entry, SECRET if entry.kind is EntryKind.SECRET else None)
    with opened(folder).reading() as view:
        assert (entries, (), None, 3) == (
            view.entries("crls").entries,
            view.entries("crls").findings,
            view.entries("crls").following,
            view.entries("crls").total,
        )
        assert SECRET == view.secret("CRLS", "PASSWORD")
        assert entries[2] == view.entry("crls", "WEB")
        assert view.entry("crls", "other") is None


@pytest.mark.parametrize("kind", ["ec", "rsa", "ed25519"])
def test_keys_lie_encrypted(folder: Path, kind: str) -> None:
    """No byte of a key or secret is in any file of the folder, and each file is its owner's alone."""
    key = ed25519.Ed25519PrivateKey.generate() if kind == "ed25519" else make_key(kind)
    leaf = ROOT.leaf("web.example", key=key)
    stores = opened(folder)
    with stores.changing(by="root", now=NOW) as book:
        book.put(identity(leaf=leaf), Secret(leaf.key_pem))
        book.put(Entry("machine-identity", "password", EntryKind.SECRET), SECRET)
        names = sorted(folder.iterdir())
    assert Secret(leaf.key_pem) == secret_of(stores, "web")
    pem = leaf.key_pem.splitlines()[1]
    for place in (*names, *folder.iterdir()):
        if place.exists():
            assert 0o600 == place.stat().st_mode & 0o777, place
            data = place.read_bytes()
            assert (-1, -1) == (data.find(pem), data.find(SECRET.reveal())), place
    assert 0o700 == folder.stat().st_mode & 0o777


def test_a_ciphertext_opens_in_its_place_alone(folder: Path) -> None:
    """Swapped between two entries, neither opens; others do, and both are listed."""
    stores = opened(folder)
    for alias in ("a", "b", "c"):
        put(stores, identity(alias), Secret(alias.encode()))
    for first, second in (("a", "x"), ("b", "a"), ("x", "b")):  # by way of a third alias: what was a's is b's
        names = f"alias = '{second}', folded = '{second}'"
        change_file(folder, f"UPDATE entry SET {names} WHERE alias = '{first}'")  # noqa: S608 - our own words
    for alias in ("a", "b"):
        with pytest.raises(CouldNotLookError) as fault:
            secret_of(stores, alias)
        assert ("endpoint.entry-damaged", "secret-damaged") == (
            fault.value.code,
            fault.value.values["reason"],
        )
    assert Secret(b"c") == secret_of(stores, "c")
    change_file(folder, "UPDATE entry SET folded = 'd' WHERE alias = 'c'")
    with pytest.raises(CouldNotLookError, match=r"endpoint\.entry-damaged"):
        secret_of(stores, "d")


@pytest.mark.parametrize(
    "damage",
    [
        "certificates = x'3000'",
        "certificates = substr(certificates, 1, 40)",
        "certificates = certificates || certificates",
        "kind = 'other'",
        "exception = x'7b'",
        "digest = x''",
    ],
)
def test_a_damaged_row_hides_no_other(folder: Path, damage: str) -> None:
    """It is a finding in the list and an error by name; it can be deleted."""
    stores = opened(folder)
    for number in range(3):
        put(stores, anchor(number))
    change_file(folder, f"UPDATE entry SET {damage} WHERE alias = 'root-1'")  # noqa: S608 - our own words
    with stores.reading() as view:
        page = view.entries("trusted-roots")
        with pytest.raises(CouldNotLookError, match=r"endpoint\.entry-damaged"):
            view.entry("trusted-roots", "root-1")
    assert (["root-0", "root-2"], [Code.ENDPOINT_ENTRY_DAMAGED], 3) == (
        [entry.alias for entry in page.entries],
        [one.code for one in page.findings],
        page.total,
    )
    with stores.changing(by="root", now=NOW) as book:
        book.drop("trusted-roots", "root-1")
    with stores.reading() as view:
        assert () == view.entries("trusted-roots").findings


def test_a_damaged_access_list_lets_nobody_in(folder: Path) -> None:
    """Its owner may mend it; the other stores are as they were."""
    stores = opened(folder)
    assert () == stores.journal()
    change_file(folder, "UPDATE store SET aces = x'ff' WHERE name = 'crls'")
    with stores.reading() as view:
        assert [1, 0] == [len(store.access.aces) for store in view.stores()[1:]]


@pytest.mark.req("S0-15")
def test_a_large_store_is_read_by_pages(folder: Path) -> None:
    """Two thousand entries: none is lost or shown twice between pages, and a filter by expiry finds its own."""
    stores = opened(folder)
    soon = make_ca("Soon", end=NOW + DAY).value
    with stores.changing(by="root", now=NOW) as book:
        for number in range(2_000):
            value = soon if number % 100 == 0 else ROOT.value
            book.put(Entry("trusted-roots", f"r{number}", EntryKind.TRUSTED, (value,)))
    aliases: list[str] = []
    following: int | None = 0
    pages = 0
    with stores.reading() as view:
        while following is not None:
            page = view.entries("trusted-roots", Asked(following, most=300))
            aliases += [entry.alias for entry in page.entries]
            following, pages = page.following, pages + 1
            assert (2_000, True) == (page.total, len(page.entries) <= 300)
        assert ([f"r{number}" for number in range(2_000)], 7) == (aliases, pages)
        ending = view.entries("trusted-roots", Asked(ends_before=NOW + 2 * DAY))
        assert (20, {soon}) == (ending.total, {entry.certificates[0] for entry in ending.entries})
        lasting = view.entries("trusted-roots", Asked(most=1, ends_after=NOW + 2 * DAY))
        assert (1_980, 1) == (lasting.total, len(lasting.entries))


def test_a_page_ends_before_it_is_too_large(folder: Path) -> None:
    """However few entries are in it; one that is larger than a page by itself is still shown."""
    stores = opened(folder)
    chain = (ROOT.value,) * (5_000_000 // len(ROOT.value.der))
    with stores.changing(by="root", now=NOW) as book:
        for alias in ("a", "b"):
            book.put(Entry("crls", alias, EntryKind.PRIVATE_KEY, chain))
    with stores.reading() as view:
        first = view.entries("crls")
        assert (["a"], 2) == ([entry.alias for entry in first.entries], first.total)
        rest = view.entries("crls", Asked(first.following or 0))
        assert (["b"], None) == ([entry.alias for entry in rest.entries], rest.following)


def test_what_fails_half_way_changes_nothing(folder: Path) -> None:
    """Neither an entry nor a row of the journal."""
    stores = opened(folder)

    def fail() -> None:
        with stores.changing(by="root", now=NOW) as book:
            book.put(anchor(1))
            book.put_store(Store("app", Access("alice")))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with stores.reading() as view:
        assert (0, 3) == (view.entries("trusted-roots").total, len(view.stores()))
    assert () == stores.journal()


def test_who_looks_sees_one_instant(folder: Path) -> None:
    """What is changed meanwhile is seen by the next look, and nobody waits for anybody who looks."""
    stores = opened(folder)
    with stores.reading() as view:
        assert 0 == view.entries("trusted-roots").total
        put(stores, anchor(1))
        assert 0 == view.entries("trusted-roots").total
    with stores.reading() as view:
        assert 1 == view.entries("trusted-roots").total


def test_what_left_is_remembered_where_it_was_published(folder: Path) -> None:
    """So that what brings it back is told; a local entry is forgotten."""
    stores = opened(folder)
    published = replace(anchor(1), provenance=Provenance.DIRECTORY, domain="shop")
    put(stores, published)
    put(stores, anchor(2))
    with stores.changing(by="sync", now=NOW + DAY) as book:
        book.drop("trusted-roots", "ROOT-1")
        book.drop("trusted-roots", "root-2")
    with stores.reading() as view:
        (left,) = view.deleted()
    assert ("root-1", ROOT.value.fingerprint, "shop", NOW + DAY, "sync") == (
        left.alias,
        left.fingerprint,
        left.domain,
        left.at,
        left.by,
    )


def test_what_is_not_there_is_told(folder: Path) -> None:
    """Stores, entries and secrets, by code."""
    stores = opened(folder)
    put(stores, anchor(1))
    with stores.changing(by="root", now=NOW) as book:
        with pytest.raises(RefusedError, match=r"endpoint\.no-such-store"):
            book.entries("other")
        with pytest.raises(RefusedError, match=r"endpoint\.no-such-entry"):
            book.drop("crls", "other")
        with pytest.raises(RefusedError, match=r"endpoint\.no-secret"):
            book.secret("trusted-roots", "root-1")
        with pytest.raises(RefusedError, match=r"endpoint\.no-such-store"):
            book.drop_store("other")
        with pytest.raises(RefusedError, match=r"endpoint\.no-such-entry"):
            book.secret("crls", "other")


def test_stores_and_permissions_are_kept(folder: Path) -> None:
    """A store goes with everything in it."""
    stores = opened(folder)
    access = change_access(Access("alice"), Principal.parse("group:wheel"), Right.READ, Act.DENY)
    with stores.changing(by="alice", now=NOW) as book:
        book.put_store(Store("App", Access("alice")))
        book.put_store(Store("App", access))
        book.put(Entry("app", "s", EntryKind.SECRET), SECRET)
    with stores.reading() as view:
        assert Store("App", access) == view.stores()[3]
    with stores.changing(by="alice", now=NOW) as book:
        book.drop_store("APP")
    with stores.reading() as view:
        assert 3 == len(view.stores())
    acts = ["set-store", "set-store", "add", "delete-store"]
    assert acts == [row.act for row in stores.journal()]
    assert [4] == [row.number for row in stores.journal(after=3)]
    assert {"alice"} == {row.who for row in stores.journal()}


def test_changing_an_entry_keeps_its_secret(folder: Path) -> None:
    """Unless another is given; the place in the list stays."""
    stores = opened(folder)
    put(stores, identity("a"), SECRET)
    put(stores, identity("b"), SECRET)
    put(stores, replace(identity("A"), distrusted=True))
    assert SECRET == secret_of(stores, "a")
    put(stores, identity("a"), Secret(b"new"))
    assert Secret(b"new") == secret_of(stores, "a")
    with stores.reading() as view:
        assert ["a", "b"] == [entry.alias for entry in view.entries("machine-identity").entries]


def keys_in(folder: Path) -> dict[str, str]:
    found = json.loads((folder / "endpoint-keys.json").read_text())["keys"]
    assert isinstance(found, dict)
    return found


def test_data_keys_are_turned(folder: Path) -> None:
    """Every secret opens under the new key, the old one is gone, and copies of the file are of no use with it."""
    stores = opened(folder)
    put(stores, identity("a"), SECRET)
    put(stores, Entry("crls", "none", EntryKind.CRL, crl=ROOT.crl()))
    before = keys_in(folder)
    assert 2 == stores.rotate(by="root", now=NOW)
    assert ({"1"}, {"2"}) == (set(before), set(keys_in(folder)))
    assert SECRET == secret_of(stores, "a")
    (folder / "endpoint-keys.json").write_text(json.dumps({"format": 1, "sealed": False, "keys": before}))
    with pytest.raises(CouldNotLookError) as fault:
        secret_of(stores, "a")
    assert "key-missing" == fault.value.values["reason"]


def test_turning_keys_leaves_what_does_not_open(folder: Path) -> None:
    """It is told when it is read; all the others are turned."""
    stores = opened(folder)
    put(stores, identity("a"), SECRET)
    put(stores, identity("b"), SECRET)
    change_file(folder, "UPDATE entry SET secret = x'00' WHERE alias = 'a'")
    stores.rotate(by="root", now=NOW)
    assert SECRET == secret_of(stores, "b")


def test_a_look_that_began_before_the_keys_were_turned_goes_on(folder: Path) -> None:
    """It has the key that its instant was written under."""
    stores = opened(folder)
    put(stores, identity("a"), SECRET)
    with stores.reading() as view:
        assert 1 == view.entries("machine-identity").total
        stores.rotate(by="root", now=NOW)
        assert SECRET == view.secret("machine-identity", "a")


def test_data_keys_lie_under_a_credential(folder: Path, tmp_path: Path) -> None:
    """The files alone open nothing, nor do they with another credential; without one the keys lie in the file."""
    (tmp_path / "warifu-endpoint").write_bytes(b"0123456789abcdef")
    credential = credential_in(str(tmp_path))
    assert credential is not None
    stores = opened(folder, credential)
    put(stores, identity("a"), SECRET)
    stores.rotate(by="root", now=NOW)
    assert SECRET == secret_of(opened(folder, credential), "a")
    for other, reason in ((None, "credential-missing"), (Secret(b"x" * 16), "credential-wrong")):
        with pytest.raises(CouldNotLookError) as fault:
            secret_of(opened(folder, other), "a")
        assert reason == fault.value.values["reason"]
    (tmp_path / "warifu-endpoint").write_bytes(b"short")
    with pytest.raises(CouldNotLookError, match=r"endpoint\.key-file"):
        credential_in(str(tmp_path))
    assert (None, None) == (credential_in(""), credential_in(str(folder)))


def test_a_store_gains_a_credential_when_its_keys_are_turned(folder: Path) -> None:
    """From then on it is needed."""
    put(opened(folder), identity("a"), SECRET)
    later = opened(folder, Secret(b"0123456789abcdef"))
    assert SECRET == secret_of(later, "a")
    later.rotate(by="root", now=NOW)
    assert SECRET == secret_of(later, "a")
    with pytest.raises(CouldNotLookError, match=r"endpoint\.key-file"):
        secret_of(opened(folder), "a")


@pytest.mark.parametrize("text", ["", "{}", '{"format":1,"sealed":false,"keys":{}}', "[" * 3_000])
def test_a_damaged_key_file_is_told(folder: Path, text: str) -> None:
    """It is never made anew over secrets that need it."""
    stores = opened(folder)
    put(stores, identity("a"), SECRET)
    (folder / "endpoint-keys.json").write_text(text)
    with pytest.raises(CouldNotLookError, match=r"endpoint\.key-file"):
        secret_of(stores, "a")
    (folder / "endpoint-keys.json").unlink()
    with pytest.raises(CouldNotLookError) as fault:
        put(stores, identity("b"), SECRET)
    assert "file-missing" == fault.value.values["reason"]
    assert not (folder / "endpoint-keys.json").exists()


def test_a_key_file_that_others_may_read_is_refused(folder: Path) -> None:
    """It says how to close it."""
    stores = opened(folder)
    put(stores, identity("a"), SECRET)
    (folder / "endpoint-keys.json").chmod(0o640)
    with pytest.raises(RefusedError, match=r"endpoint\.key-file-open"):
        secret_of(stores, "a")


def test_another_programs_file_is_left_alone(folder: Path) -> None:
    """So is one of a later release, and one that is no database."""
    folder.mkdir()
    change_file(folder, "CREATE TABLE other (x)")
    with pytest.raises(CouldNotLookError, match=r"endpoint\.state"), opened(folder).reading():
        pass
    change_file(folder, "DROP TABLE other")
    with opened(folder).reading() as view:
        assert 3 == len(view.stores())
    change_file(folder, "PRAGMA user_version = 99")
    with pytest.raises(RefusedError, match=r"endpoint\.state-newer"), opened(folder).reading():
        pass
    for name in ("endpoint.sqlite-wal", "endpoint.sqlite-shm"):
        (folder / name).unlink(missing_ok=True)
    (folder / "endpoint.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(CouldNotLookError, match=r"endpoint\.state"), opened(folder).reading():
        pass


DRIVER = """
import sys
from support.pki import NOW, make_ca
from warifu.adapters.endpoint.sqlite import SqliteEndpoint
from warifu.domain.endpoint import Entry, EntryKind, Secret
stores = SqliteEndpoint(sys.argv[1], owner="root")
root = make_ca("Root").value
number = 0
while True:
    with stores.changing(by="driver", now=NOW) as book:
        for half in "ab":
            book.put(Entry("trusted-roots", f"{number}{half}", EntryKind.TRUSTED, (root,)), Secret(b"%d" % number))
    if number % 5 == 0:
        stores.rotate(by="driver", now=NOW)
    number += 1
    print(number, flush=True)
"""


def test_what_was_written_survives_kill_9(folder: Path, tmp_path: Path) -> None:
    """Killed at any moment, while keys are turned too: pairs are whole, and every secret that was told of opens."""
    script = tmp_path / "driver.py"
    script.write_text(DRIVER)
    for round_ in range(6):
        log = tmp_path / f"log-{round_}"
        with log.open("wb") as out:
            running = subprocess.Popen([sys.executable, script, folder], stdout=out, env=environment())
            wait_until(lambda log=log: log.read_bytes().count(b"\n") > 2, "some changes")  # type: ignore[misc]  # bound here
            os.kill(running.pid, signal.SIGKILL)
            running.wait()
        told = int(log.read_bytes().rpartition(b"\n")[0].rpartition(b"\n")[2])
        stores = opened(folder)
        with stores.reading() as view:
            aliases = [entry.alias for entry in view.entries("trusted-roots", Asked(most=1_000)).entries]
            assert 0 == len(aliases) % 2
            for number in range(told):
                assert Secret(b"%d" % number) == view.secret("trusted-roots", f"{number}b")


KILLED = """
import os, signal, sys
from support.pki import NOW
from warifu.adapters.endpoint import sqlite
from warifu.adapters.endpoint.data_keys import DataKeys
folder, wanted = sys.argv[1], int(sys.argv[2])
steps = 0
def step():
    global steps
    steps += 1
    if steps == wanted:
        os.kill(os.getpid(), signal.SIGKILL)
save, reseal = DataKeys.save, sqlite.reseal
def slow_save(self, keys):
    step(); save(self, keys); step()
def slow_reseal(*given):
    reseal(*given); step()
DataKeys.save, sqlite.reseal = slow_save, slow_reseal
sqlite.SqliteEndpoint(folder, owner="root").rotate(by="root", now=NOW)
"""


@pytest.mark.parametrize("step", range(1, 7))
def test_turning_keys_may_be_killed_between_any_two_steps(folder: Path, tmp_path: Path, step: int) -> None:
    """Before and after each write: what was kept still opens, and turning them again finishes it."""
    put(opened(folder), identity("a"), SECRET)
    (tmp_path / "driver.py").write_text(KILLED)
    command = [sys.executable, tmp_path / "driver.py", folder, str(step)]
    ended = subprocess.run(command, env=environment(), check=False).returncode
    assert (0 if step == 6 else -signal.SIGKILL) == ended
    stores = opened(folder)
    assert SECRET == secret_of(stores, "a")
    stores.rotate(by="root", now=NOW)
    assert (SECRET, 1) == (secret_of(stores, "a"), len(keys_in(folder)))


def test_the_journal_keeps_the_latest(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not grow for ever, and nobody pushes out what somebody else did."""
    monkeypatch.setattr("warifu.adapters.endpoint.book._KEPT", 3)
    monkeypatch.setattr("warifu.adapters.endpoint.book._EVERY", 1)
    stores = opened(folder)
    put(stores, identity("a"), SECRET)
    with stores.changing(by="root", now=NOW + timedelta(hours=1)) as book:
        for number in range(5):
            book.note("read-key", "app", str(number), str(Sha256("0" * 64)))
    assert ["a", "2", "3", "4"] == [row.alias for row in stores.journal()]
    assert NOW + timedelta(hours=1) == stores.journal()[1].at
