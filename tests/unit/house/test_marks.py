"""Requirement rows: what a test may claim, and how the page is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.requirements import find_claim_faults, read_rows, read_wanted

PAGE = Path(__file__).resolve().parents[3] / "docs" / "requirements.md"


def test_every_wanted_row_is_written_down() -> None:
    """An issue wants only rows whose sentence, expectation and source stand on the page."""
    known = {row.id for row in read_rows(PAGE)}
    wanted = read_wanted(PAGE)
    assert 27 <= len(wanted["2"])
    assert set() == {row for rows in wanted.values() for row in rows} - known


def test_every_row_is_whole() -> None:
    """No cell is empty, and an expectation is more than a word."""
    assert [] == [r.id for r in read_rows(PAGE) if not r.sentence or not r.source or len(r.expected) < 15]


def test_a_row_that_stands_twice_is_refused(tmp_path: Path) -> None:
    """An id is an address; two rows may not share it."""
    page = tmp_path / "page.md"
    page.write_text("| S0-01 | a | b | c |\n| S0-01 | a | b | c |\n", "utf-8")
    with pytest.raises(ValueError, match="twice"):
        read_rows(page)


def test_spans_are_unfolded(tmp_path: Path) -> None:
    """`S0-23 to S0-25` is three rows."""
    page = tmp_path / "page.md"
    page.write_text("- Issue 7: S0-01, S0-23 to S0-25, X-03\n", "utf-8")
    assert {"7": ("S0-01", "S0-23", "S0-24", "S0-25", "X-03")} == read_wanted(page)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (("S0-01", "S0-02", "S0-03"), ()),
        (("S0-01", "S0-02", "S0-03", "S0-04"), ("claims 4 rows; 3 at most",)),
        (("S9-99",), ("names rows that docs/requirements.md lacks: S9-99",)),
    ],
)
def test_a_claim_is_short_and_names_what_exists(rows: tuple[str, ...], told: tuple[str, ...]) -> None:
    """More than three rows, or a row nobody wrote down, is refused when tests are collected."""
    assert told == find_claim_faults(rows, ("S0-01", "S0-02", "S0-03", "S0-04"))
