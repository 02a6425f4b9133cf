"""What one tool prints of a certificate is told of it wherever another prints its fingerprint alone."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from support.pki import DAY, NOW, Entity, make_ca
from support.vendor_listings import alias_of, published, store_listing, windows_listing
from warifu.domain.diagnosis import Board, Entry, InUse, Listing, State, make_board, read_listing
from warifu.domain.diagnosis.fingerprints import completed

ROOT = make_ca("Root", end=NOW - 5 * DAY)
LEAF = ROOT.leaf("web.example")
WINDOW = timedelta(days=30)


def java(*entities: Entity, digest: str = "SHA-256") -> str:
    """A short list of keytool's: alias and fingerprint, nothing else."""
    text = f"Your keystore contains {len(entities)} entries\n\n"
    for number, one in enumerate(entities):
        name = "sha1" if digest == "SHA1" else "sha256"
        shown = hashlib.new(name, one.value.der, usedforsecurity=False).digest().hex(":").upper()
        text += (
            f"root{number}, Nov 23, 2026, trustedCertEntry, \nCertificate fingerprint ({digest}): {shown}\n"
        )
    return text


def board_of(*texts: str, used: tuple[Entity, ...] = ()) -> Board:
    listings = [read_listing(text, f"n{number}") for number, text in enumerate(texts)]
    in_use = [InUse(f"{one.value.subject}.pem", one.value) for one in used]
    return make_board(listings, in_use, now=NOW, window=WINDOW)


def test_a_fingerprint_alone_clears_nobody() -> None:
    """Who stands beneath an alias cannot be told; that nobody asked is another thing."""
    (row,) = board_of(java(ROOT), used=(LEAF,)).rows
    assert (False, False, (), State.UNKNOWN) == (row.judged, row.may_go, row.needed_by, row.state)
    assert (False, False, False) == (row.has_own_key_id, row.lacks_key_id, row.is_named)


@pytest.mark.parametrize("digest", ["SHA-256", "SHA1"])
def test_a_file_that_was_given_tells_what_the_list_does_not(digest: str) -> None:
    """Name, end, key id, and so who needs it."""
    (row,) = board_of(java(ROOT, digest=digest), used=(LEAF, ROOT)).rows
    assert (True, State.EXPIRED, ROOT.value.subject_key_id) == (row.judged, row.state, row.id)
    assert [LEAF.value] == [one.certificate for one in row.needed_by]
    (unused,) = board_of(java(ROOT, digest=digest), used=(ROOT,)).rows
    assert unused.may_go


@pytest.mark.parametrize("form", ["text", "pem", "aliases"])
def test_listings_of_one_certificate_are_one_row(form: str) -> None:
    """VMware's alias is a SHA-1 fingerprint, Windows prints one, Java of old another."""
    rows = board_of(store_listing(ROOT, form=form), windows_listing(ROOT), java(ROOT, digest="SHA1")).rows
    assert [["n0", "n1", "n2"]] == [[held.node for held in row.held] for row in rows]
    assert [folded for row in rows for folded in (row.is_named, row.state is State.EXPIRED)] == [True, True]


def test_halves_are_joined_by_whoever_has_both() -> None:
    """One list with SHA-1, one with SHA-256: two rows, until the certificate itself is there."""
    lists = (java(ROOT, digest="SHA1"), java(ROOT))
    assert [1, 1] == [len(row.held) for row in board_of(*lists).rows]
    assert [2] == [len(row.held) for row in board_of(*lists, used=(ROOT,)).rows]
    assert [3] == [len(row.held) for row in board_of(*lists, store_listing(ROOT, form="pem")).rows]


def test_what_a_listing_says_itself_is_never_replaced() -> None:
    """Nor does an entry without fingerprint get anything."""
    digest = alias_of(ROOT)
    said = Entry("a", "CN=Said", sha1=digest, is_ca=False, not_after=NOW, is_day=True)
    (listing,) = completed([Listing("certutil", (said, Entry("b")))], [ROOT.value])
    first, second = listing.entries
    assert ("CN=Said", False, NOW, True, None) == (
        first.subject,
        first.is_ca,
        first.not_after,
        first.is_day,
        first.not_before,
    )
    assert (ROOT.value.fingerprint.hex, ROOT.value) == (first.sha256, first.certificate)
    assert Entry("b") == second


def test_a_key_id_is_missing_only_where_extensions_were_printed() -> None:
    """A dump tells that there is none; Windows' list prints none of any."""
    bare = ROOT
    (row,) = board_of(windows_listing(bare)).rows
    assert (False, False) == (row.has_own_key_id, row.lacks_key_id)
    (both,) = board_of(windows_listing(bare), store_listing(bare)).rows
    assert (True, False) == (both.has_own_key_id, both.lacks_key_id)
    dumped = Listing("vecs-cli", (Entry("a", "CN=A", is_dumped=True),), "n")
    (lacking,) = make_board([dumped], [], now=NOW, window=WINDOW).rows
    assert (False, True) == (lacking.has_own_key_id, lacking.lacks_key_id)
    (only,) = board_of(published(ROOT)).rows
    assert (False, False, True) == (only.has_own_key_id, only.lacks_key_id, only.is_named)
