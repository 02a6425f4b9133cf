"""What a row says of the places it stands for."""

from __future__ import annotations

from warifu.domain.sweep.row import Row, spot_text


def test_a_row_knows_the_further_places_that_were_kept() -> None:
    """Each with its offset; none is none."""
    row = Row("/a", 7, "leaf", "accepted")
    assert [] == list(row.places)
    assert [("/b", 9), ("/c", -1)] == list(row._replace(elsewhere='[["/b",9],["/c",-1]]').places)


def test_a_place_is_shown_with_its_offset() -> None:
    """But for what was judged as a whole."""
    assert ["/a@0", "/a"] == [spot_text("/a", 0), spot_text("/a", -1)]
