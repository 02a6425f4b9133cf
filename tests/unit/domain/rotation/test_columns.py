"""Columns of numbers: keys near each other and far apart are numbered and joined alike."""

from __future__ import annotations

import numpy as np
import pytest

from warifu.domain.rotation.columns import Numbers, column, join, numbered, present

FAR = 1 << 50


@pytest.mark.parametrize("scale", [1, FAR // 8, 1 << 60], ids=["near", "far", "as far as numbers reach"])
def test_keys_are_numbered_by_first_appearance_and_told_once(scale: int) -> None:
    """By a table where all keys fit into one, by sorting where they do not, with their places where both fit."""
    keys = column([5, 3, 5, 7, 3, 0]) * scale
    numbers, first = numbered(keys, 8 * scale)
    assert ([0, 1, 0, 2, 1, 3], [0, 1, 3, 5]) == (numbers.tolist(), first.tolist())
    assert [one * scale for one in (0, 3, 5, 7)] == present(keys, 8 * scale).tolist()


@pytest.mark.parametrize("bound", [1, FAR])
def test_no_keys_have_no_numbers(bound: int) -> None:
    """Neither way trips over nothing."""
    numbers, first = numbered(column([]), bound)
    assert ([], [], []) == (numbers.tolist(), first.tolist(), present(column([]), bound).tolist())


@pytest.mark.parametrize("bound", [10, FAR], ids=["small", "too large for one number"])
def test_rows_have_equal_keys_where_all_their_parts_are_equal(bound: int) -> None:
    """Also where the product of the bounds does not fit into 64 bits; the keys stay below theirs."""
    rows = [(1, 2, 3), (1, 2, 4), (1, 2, 3), (2, 1, 3), (9, 9, 9), (2, 1, 3), (5, 2, 3)]
    keys, limit = join([(column([row[place] for row in rows]), bound) for place in range(3)])
    assert [0, 1, 0, 2, 3, 2, 4] == numbered(keys, limit)[0].tolist()
    assert 0 <= keys.min() <= keys.max() < limit
    assert np.int64 == keys.dtype


def test_equal_things_have_one_number() -> None:
    """Whether they are one object or two equal ones; the number of the first stands."""
    numbers = Numbers()
    one, same = ("a", "b"), tuple("ab")
    assert [0, 1, 0, 0] == numbers.column([one, "c", same, one]).tolist()
    assert [one, "c"] == list(numbers)
