"""What cannot be read of a file is no proof that its fault is absent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from support.pki import NOW, make_ca
from support.vendor_faults import chain, town
from support.vendor_listings import store_listing
from warifu.domain.diagnosis import Concerned, InUse, Scene, form_of, make_board, read_listing
from warifu.domain.diagnosis.looks import Seen, broken_chain, not_base64, not_trusted
from warifu.domain.x509 import load, to_pem
from warifu.errors import UsageError


def damaged(pem: bytes) -> bytes:
    """The last block without its end."""
    return pem.rstrip()[:-60]


def escaped(pem: bytes) -> bytes:
    """As a program writes text into JSON, quotes taken off."""
    return pem.replace(b"\n", b"\\n")


def seen(look: object, data: bytes, **more: object) -> Seen:
    file = Concerned("chain.pem", form_of(data), load(data, "chain.pem"))
    return look(Scene(NOW, (file,), **more))  # type: ignore[operator, no-any-return, arg-type]


def test_a_block_that_cannot_be_read_is_a_chain_that_is_not_whole() -> None:
    """Whichever it is; one in a form that Java refuses is not whole for the appliance either."""
    whole = to_pem(chain(town().leaf()))
    assert ("ruled-out", "chain-whole") == (
        seen(broken_chain, whole).standing,
        seen(broken_chain, whole).word,
    )
    for look in (broken_chain, not_base64):
        assert ("holds", "not-whole") == (
            seen(look, damaged(whole)).standing,
            seen(look, damaged(whole)).word,
        )
        assert ("holds", "form-refused") == (
            seen(look, escaped(whole)).standing,
            seen(look, escaped(whole)).word,
        )


@pytest.mark.parametrize(("start", "end", "word"), [(-90, -1, "expired"), (1, 90, "not-yet-valid")])
def test_a_ca_out_of_date_makes_the_chain_invalid(start: int, end: int, word: str) -> None:
    """The message of the chain is no stale one then."""
    first, last = NOW + timedelta(days=start), NOW + timedelta(days=end)
    leaf = make_ca("Root").intermediate("Mid", start=first, end=last).leaf("ome.example")
    assert ("holds", word) == (
        seen(broken_chain, to_pem(chain(leaf))).standing,
        seen(broken_chain, to_pem(chain(leaf))).word,
    )


def test_an_anchor_that_was_lost_may_be_the_one() -> None:
    """With one lost, nobody says that none stands above the leaf; one that is found still does."""
    leaf = town().root.leaf("sql.example")
    other, right = make_ca("Other").value, town().root.value
    assert "untrusted" == seen(not_trusted, leaf.pem, anchors=(other,)).word
    unsure = seen(not_trusted, leaf.pem, anchors=(other,), lost_anchors=1)
    assert ("possible", "anchors-unread") == (unsure.standing, unsure.word)
    assert "trusted" == seen(not_trusted, leaf.pem, anchors=(right,), lost_anchors=1).word


def test_while_a_file_in_use_is_unread_nobody_is_said_to_be_unneeded() -> None:
    """What is needed stays so; what nobody seems to need is not judged."""
    old = make_ca("Old Root", end=NOW - timedelta(days=1))
    new = make_ca("New Root")
    listing = read_listing(store_listing(old, new), "psc1")
    used = [InUse("web.pem", new.leaf("web.example").value)]
    for unread, judged in (((), True), (("app.pem",), False)):
        board = make_board([listing], used, now=NOW, window=timedelta(days=30), unread=unread)
        assert [(judged, False), (judged, True)] == [(row.judged, bool(row.needed_by)) for row in board.rows]
        assert [judged, False] == [row.may_go for row in board.rows]


@pytest.mark.parametrize("name", ["first", "last"])
def test_a_certificate_that_was_printed_damaged_refuses_the_listing(name: str) -> None:
    """As a listing that was cut: its entry would drop out of every alarm."""
    text = store_listing(make_ca("A"), make_ca("B"), form="pem")
    at = text.index("-----END") if name == "first" else text.rindex("-----END")
    with pytest.raises(UsageError, match=r"diagnosis\.listing-record"):
        read_listing(text[: at - 30] + text[at:], "psc1")
