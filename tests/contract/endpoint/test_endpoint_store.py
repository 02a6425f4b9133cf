"""The endpoint store in its file: what is written is read, nothing else opens it, and damage stays where it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from support.endpoint_files import ROOT, SECRET, anchor, change_file, identity, opened, put, secret_of
from support.pki import DAY, NOW, make_ca, make_key
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


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the store lies; it is made by the first look."""
    return tmp_path / "endpoint"


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
