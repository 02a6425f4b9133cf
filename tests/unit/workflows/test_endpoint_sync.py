"""What the agent itself does with the endpoint store."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from support.pki import DAY, NOW, make_ca
from warifu.adapters.endpoint.sqlite import SqliteEndpoint
from warifu.domain.endpoint import Entry, EntryKind, Offered, Provenance, Secret
from warifu.domain.endpoint.entries import make_entry
from warifu.domain.endpoint.names import MACHINE_ALIAS
from warifu.errors import RefusedError
from warifu.ports.endpoint import EndpointStores
from warifu.workflows.endpoint_sync import Applied, Batch, apply_batch, hold, put_identity, read_identity

ROOT, OTHER = make_ca("Root"), make_ca("Other")


def anchor(alias: str, value: object = ROOT) -> Entry:
    certificate = value.value  # type: ignore[attr-defined]  # an entity of the builders
    return Entry(
        "trusted-roots",
        alias,
        EntryKind.TRUSTED,
        (certificate,),
        provenance=Provenance.DIRECTORY,
        domain="shop",
        added=NOW,
    )


@pytest.fixture
def stores(tmp_path: Path) -> EndpointStores:
    return SqliteEndpoint(str(tmp_path / "e"), owner="root")


def test_a_batch_comes_as_a_whole(stores: EndpointStores) -> None:
    """Added, changed and removed are told apart, and what is as it should be is not written again."""
    a, b = anchor("a"), anchor("b", OTHER)
    assert Applied(added=(a, b)) == apply_batch(stores, Batch((a, b)), now=NOW)
    quarantined = replace(b, distrusted=True)
    batch = Batch((quarantined,), [("trusted-roots", "A"), ("trusted-roots", "gone")])
    assert Applied(changed=(quarantined,), removed=(a,)) == apply_batch(stores, batch, now=NOW)
    written = len(stores.journal())
    assert Applied() == apply_batch(stores, Batch((quarantined,)), now=NOW)
    assert (written, (quarantined,)) == (len(stores.journal()), hold(stores, "trusted-roots").entries)


def test_a_batch_that_fails_changes_nothing(stores: EndpointStores) -> None:
    """However far it came."""
    with pytest.raises(RefusedError, match=r"endpoint\.no-such-store"):
        apply_batch(stores, Batch((anchor("a"), replace(anchor("b"), store="other"))), now=NOW)
    assert () == hold(stores, "trusted-roots").entries


def test_what_comes_back_is_told_as_resurrected(stores: EndpointStores) -> None:
    """Under whatever alias: it is known by its bytes. Another anchor of the alias is not what left."""
    a = anchor("a")
    apply_batch(stores, Batch((a,)), now=NOW)
    apply_batch(stores, Batch((), [("trusted-roots", "a")]), now=NOW)
    assert () == apply_batch(stores, Batch((anchor("a", OTHER),)), now=NOW + DAY).resurrected
    back = anchor("b")
    assert (back,) == apply_batch(stores, Batch((back,)), now=NOW + DAY).resurrected


def test_everything_is_held_and_damage_told(stores: EndpointStores, tmp_path: Path) -> None:
    """More than a page of it."""
    entries = tuple(anchor(f"r{number}") for number in range(1_100))
    apply_batch(stores, Batch(entries), now=NOW)
    with closing(sqlite3.connect(tmp_path / "e" / "endpoint.sqlite")) as db, db:
        db.execute("UPDATE entry SET digest = x'' WHERE alias = 'r1050'")
    held = hold(stores, "trusted-roots")
    assert (1_099, ["r1050"]) == (len(held.entries), [one.subject for one in held.findings])


def test_the_nodes_identity_is_read_as_it_was_written(stores: EndpointStores) -> None:
    """Key and certificates of one moment; there is none at first, and a secret is none."""
    leaf = ROOT.leaf("node-1")
    assert read_identity(stores) is None
    offered = Offered((leaf.value, ROOT.value), key=leaf.private_key)
    put_identity(
        stores, make_entry("machine-identity", MACHINE_ALIAS, offered, now=NOW), leaf.private_key, now=NOW
    )
    found = read_identity(stores)
    assert found is not None
    assert ((leaf.value, ROOT.value), leaf.key_pem) == (found.certificates, found.key.to_pkcs8())
    with stores.changing(by="root", now=NOW) as book:
        book.put(Entry("machine-identity", "word", EntryKind.SECRET), Secret(b"x"))
    with pytest.raises(RefusedError, match=r"endpoint\.no-secret"):
        read_identity(stores, "word")
