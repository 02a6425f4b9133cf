"""The audit trail on a real database: whole, or the place where it is not."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from support.pki import NOW
from support.registries import Desks
from warifu.domain.directory.audit import Broken, Fault
from warifu.errors import UsageError
from warifu.workflows import audit_desk
from warifu.workflows.audit_desk import audit_page, record, verify_audit


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    found = Desks(tmp_path / "data")
    with found.registry.change() as books:
        for number in range(1, 8):
            record(books, "ada", "publish", f"shop {number}", {"n": number, "at": NOW}, now=NOW)
    yield found
    found.registry.close()


def by_hand(desks: Desks, statement: str) -> None:
    with closing(sqlite3.connect(desks.folder / "warifu.sqlite")) as db, db:
        db.execute(statement)


def test_a_whole_trail_is_told_whole(desks: Desks) -> None:
    """With the number and digest at which it ends, also when it is read in many pages."""
    verified = verify_audit(desks.registry)
    assert (7, None) == (verified.head.number, verified.broken)
    assert [7, 6, 5] == [entry.number for entry in audit_page(desks.registry, most=3)]
    assert [2, 1] == [entry.number for entry in audit_page(desks.registry, below=3)]


def test_pages_hide_nothing(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    """A trail of several pages is checked to its end."""
    monkeypatch.setattr(audit_desk, "PAGE", 2)
    assert (7, None) == (verify_audit(desks.registry).head.number, verify_audit(desks.registry).broken)
    by_hand(desks, "UPDATE audit SET actor = 'eve' WHERE number = 6")
    assert Broken(6, Fault.CHANGED) == verify_audit(desks.registry).broken


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit SET actor = 'eve' WHERE number = 3", Broken(3, Fault.CHANGED)),
        ("UPDATE audit SET evidence = '{}' WHERE number = 1", Broken(1, Fault.CHANGED)),
        ("UPDATE audit SET at = at + 1 WHERE number = 2", Broken(2, Fault.CHANGED)),
        ("DELETE FROM audit WHERE number = 4", Broken(4, Fault.MISSING)),
        ("UPDATE audit SET actor = 'eve' WHERE number = 7", Broken(7, Fault.CHANGED)),
    ],
)
def test_a_trail_changed_by_hand_is_told_at_its_place(desks: Desks, statement: str, broken: Broken) -> None:
    """The first entry that is not as it was, the last one too."""
    by_hand(desks, statement)
    assert broken == verify_audit(desks.registry).broken


def test_a_trail_that_was_cut_is_told_by_what_was_known(desks: Desks) -> None:
    """Whoever noted its end earlier sees that entries are gone."""
    known = verify_audit(desks.registry).head
    by_hand(desks, "DELETE FROM audit WHERE number > 5")
    assert None is verify_audit(desks.registry).broken
    assert Broken(6, Fault.CUT) == verify_audit(desks.registry, known).broken


def test_an_entry_goes_with_its_act(desks: Desks) -> None:
    """What was undone was never told."""

    def fail() -> None:
        with desks.registry.change() as books:
            record(books, "ada", "publish", "shop", {}, now=NOW)
            raise UsageError("registry.no-names")

    with pytest.raises(UsageError):
        fail()
    assert 7 == verify_audit(desks.registry).head.number


def test_no_secret_goes_into_the_trail(desks: Desks) -> None:
    """Evidence that is named like one is refused, and with it the act."""
    with pytest.raises(UsageError, match=r"directory\.audit-value"), desks.registry.change() as books:
        record(books, "ada", "publish", "shop", {"password": "x"}, now=NOW)
    assert 7 == verify_audit(desks.registry).head.number
