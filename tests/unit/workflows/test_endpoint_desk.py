"""Questions at an endpoint store's door, as far as who asks may know or do."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from support.pki import DAY, NOW, make_ca
from warifu.adapters.endpoint.sqlite import SqliteEndpoint
from warifu.domain.endpoint import Entry, EntryKind, Peer, Provenance
from warifu.errors import CouldNotLookError, RefusedError, UsageError, WarifuError
from warifu.ports.endpoint import EndpointStores
from warifu.wire import endpoint as wire
from warifu.workflows.endpoint_desk import answer
from warifu.workflows.endpoint_sync import Batch, apply_batch

ROOT = Peer(0, "root")
ALICE = Peer(1000, "alice", frozenset({"staff"}))
BOB = Peer(1001, "bob", frozenset({"staff"}))
CA = make_ca("Root")
WEB = CA.leaf("web.example")


@pytest.fixture
def stores(tmp_path: Path) -> EndpointStores:
    return SqliteEndpoint(str(tmp_path / "e"), owner="root")


@pytest.fixture
def app(stores: EndpointStores) -> EndpointStores:
    """Alice owns a store with a key in it."""
    ask(stores, ALICE, wire.MakeStore(name="app"))
    key = wire.AddEntry(store="app", alias="web", certificates=[WEB.value.der], key=WEB.key_pem)
    ask(stores, ALICE, key)
    return stores


def ask(stores: EndpointStores, peer: Peer, question: wire.Question) -> wire.Message:
    return answer(stores, peer, question, now=NOW)


def grant(stores: EndpointStores, who: str, *rights: str, act: str = "grant") -> None:
    ask(stores, ALICE, wire.ChangeAccess(store="app", principal=who, rights=list(rights), act=act))


QUESTIONS: dict[str, wire.Question] = {
    "read": wire.ListEntries(store="app"),
    "find": wire.FindEntries(store="app", name="web"),
    "key-read": wire.ReadSecret(store="app", name="web"),
    "write": wire.AddEntry(store="app", alias="new", secret=b"x"),
    "replace": wire.AddEntry(store="app", replaces="web", secret=b"x"),
    "rename": wire.RenameEntry(store="app", name="web", alias="other"),
    "delete": wire.DropEntry(store="app", name="web"),
    "grant": wire.ChangeAccess(store="app", principal="bob", rights=["read"], act="grant"),
    "drop": wire.DropStore(name="app"),
    "except": wire.SetException(store="app", name="web", reason="r", until=NOW + DAY),
    "end": wire.EndException(store="app", name="web"),
    "rotate": wire.RotateKeys(),
    "journal": wire.ReadJournal(),
}
NEEDED = {
    "read": {"read", "find"},
    "key-read": {"key-read"},
    "write": {"write", "replace", "rename", "delete"},
}


@pytest.mark.parametrize("granted", [(), ("read",), ("write",), ("key-read",), ("read", "write", "key-read")])
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_right_opens_its_own_questions_alone(
    app: EndpointStores, granted: tuple[str, ...], question: str
) -> None:
    """Reading, writing and taking keys out are granted apart; permissions, exceptions and data keys never."""
    if granted:
        grant(app, "group:staff", *granted)
    allowed = any(question in NEEDED[right] for right in granted)
    if allowed:
        assert not isinstance(ask(app, BOB, QUESTIONS[question]), wire.Failed)
    else:
        with pytest.raises(RefusedError) as refused:
            ask(app, BOB, QUESTIONS[question])
        assert refused.value.code in {"endpoint.not-permitted", "endpoint.not-owner", "endpoint.not-root"}


def test_stores_are_seen_by_who_has_a_right_in_them(app: EndpointStores) -> None:
    """By everyone's too; entries are counted for who may read, and permissions shown to the owner."""

    def seen(peer: Peer) -> dict[str, int | None]:
        found = ask(app, peer, wire.ListStores())
        assert isinstance(found, wire.Stores)
        return {one.name: one.count for one in found.stores}

    assert {"trusted-roots": 0, "crls": 0} == seen(BOB)
    grant(app, "bob", "write")
    assert {"trusted-roots": 0, "crls": 0, "app": None} == seen(BOB)
    assert {"machine-identity": 0, "trusted-roots": 0, "crls": 0, "app": 1} == seen(ROOT)
    mine = ask(app, ALICE, wire.ListStores())
    assert isinstance(mine, wire.Stores)
    assert [("bob" in str(one.aces)) for one in mine.stores] == [False, False, True]


def test_replacing_has_no_gap_and_takes_the_old_key_along(app: EndpointStores) -> None:
    """What takes a key's place without one has none."""
    trusted = wire.AddEntry(store="app", replaces="WEB", certificates=[CA.value.der])
    done = ask(app, ALICE, trusted)
    assert isinstance(done, wire.Done)
    assert ("replaced", "web") == (done.outcome, done.alias)
    with pytest.raises(RefusedError, match=r"endpoint\.no-secret"):
        ask(app, ALICE, wire.ReadSecret(store="app", name="web"))


def test_a_key_moves_with_its_alias(app: EndpointStores) -> None:
    """Its ciphertext is bound to the place, so it is written again."""
    ask(app, ALICE, wire.RenameEntry(store="app", name="web", alias="shop"))
    read = ask(app, ALICE, wire.ReadSecret(store="app", name="SHOP"))
    assert isinstance(read, wire.SecretRead)
    assert (WEB.key_pem, "shop") == (read.data, read.entry.alias)


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (wire.AddEntry(store="app", alias="a", certificates=[WEB.value.der], key=b"x" * 9_000), "too-large"),
        (wire.AddEntry(store="app", alias="a", secret=b"x" * (2 << 20)), "too-large"),
        (wire.AddEntry(store="app", alias="a", secret=b"x", password=b""), "bad-password"),
        (wire.ChangeAccess(store="app", principal="bob", rights=["read"], act="give"), "no-such-act"),
        (
            wire.SetException(store="app", name="web", reason="r", until=NOW.replace(tzinfo=None)),
            "message-malformed",
        ),
        (wire.SetException(store="app", name="web", reason="r", until=NOW + DAY), "exception-local"),
        (wire.FindEntries(store="other", name="web"), "no-such-store"),
        (wire.DropEntry(store="app", name="A" * 10_000), "no-such-entry"),
    ],
)
def test_what_makes_no_sense_is_refused(app: EndpointStores, question: wire.Question, code: str) -> None:
    """Before anything is changed, whoever asks."""
    with pytest.raises((UsageError, RefusedError), match=rf"endpoint\.{code}"):
        ask(app, ROOT, question)


def test_an_owner_has_so_many_stores(stores: EndpointStores, monkeypatch: pytest.MonkeyPatch) -> None:
    """No user fills the list of all the others."""
    monkeypatch.setattr("warifu.workflows.endpoint_changes.MOST_STORES", 2)
    for name in ("a", "b"):
        ask(stores, ALICE, wire.MakeStore(name=name))
    with pytest.raises(RefusedError, match=r"endpoint\.too-many-stores"):
        ask(stores, ALICE, wire.MakeStore(name="c"))
    ask(stores, BOB, wire.MakeStore(name="c"))


def test_a_store_that_follows_the_directory_is_not_deleted(app: EndpointStores) -> None:
    """Nor with it what is published."""
    entry = Entry(
        "app", "p", EntryKind.TRUSTED, (CA.value,), provenance=Provenance.DIRECTORY, domain="shop", added=NOW
    )
    apply_batch(app, Batch((entry,)), now=NOW)
    with pytest.raises(RefusedError, match=r"endpoint\.managed\b"):
        ask(app, ALICE, wire.DropStore(name="app"))


def test_a_crl_is_found_by_fingerprint_and_issuer(stores: EndpointStores) -> None:
    """As certificates are; what fits nothing is found nowhere."""
    crl = CA.crl()
    ask(stores, ROOT, wire.AddEntry(store="crls", crl=crl.der, alias="list"))
    for name, count in ((crl.fingerprint.hex, 1), ("CN=Root", 1), ("00ff", 0)):
        found = ask(stores, BOB, wire.FindEntries(name=name))
        assert isinstance(found, wire.Entries)
        assert count == len(found.entries), name


def test_a_damaged_alias_hides_none_in_other_stores(app: EndpointStores, tmp_path: Path) -> None:
    """It is told where its own store is asked."""
    ask(app, ROOT, wire.AddEntry(store="trusted-roots", alias="web", certificates=[CA.value.der]))
    db = sqlite3.connect(tmp_path / "e" / "endpoint.sqlite")
    db.execute("UPDATE entry SET digest = x'' WHERE kind = 'trusted'")
    db.commit()
    db.close()
    found = ask(app, ALICE, wire.FindEntries(name="web"))
    assert isinstance(found, wire.Entries)
    assert ["app"] == [one.store for one in found.entries]
    with pytest.raises(CouldNotLookError, match=r"endpoint\.entry-damaged"):
        ask(app, ALICE, wire.FindEntries(store="trusted-roots", name="web"))
    with pytest.raises(CouldNotLookError):
        ask(app, ROOT, wire.DropEntry(store="trusted-roots", name="web", expected=["aa"]))
    ask(app, ROOT, wire.DropEntry(store="trusted-roots", name="web"))


def test_every_question_has_its_answer(stores: EndpointStores) -> None:
    """None that can be decoded is without one: whatever is refused is refused by name."""
    for kind in wire.Question.__args__:
        fields = {"store": "crls", "name": "n", "alias": "a", "principal": "p", "rights": [], "act": "grant"}
        more = {"reason": "r", "until": NOW}
        wanted = {name: value for name, value in (fields | more).items() if name in kind.__struct_fields__}
        with contextlib.suppress(WarifuError):
            assert isinstance(ask(stores, ROOT, kind(**wanted)), wire.Message)
