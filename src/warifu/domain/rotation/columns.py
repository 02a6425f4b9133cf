"""Whole columns of numbers at once, for what is done once for each of millions of pairs.

Numbers are 64 bits wide. Columns that are kept are `array.array`, half the size; numpy reads them in place.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import count

import numpy as np
import numpy.typing as npt

Column = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
_ROOM = 1 << 62


def column(kept: array[int] | bytearray | Sequence[int]) -> Column:
    """Return kept numbers as a column."""
    return np.asarray(kept).astype(np.int64)


def mask(kept: bytearray) -> Mask:
    """Return kept flags as a mask."""
    return np.frombuffer(kept, dtype=np.uint8).astype(np.bool_) if kept else np.zeros(0, np.bool_)


def kept(numbers: Column, code: str = "I") -> array[int]:
    """Return a column as an array of the given type code."""
    packed = array(code)
    packed.frombytes(numbers.astype(np.dtype(code)).tobytes())
    return packed


def numbered(keys: Column, bound: int) -> tuple[Column, Column]:
    """Give each key the number of its first appearance.

    Args:
        bound: all keys are less, none is less than 0.

    Returns:
        By place, the number of its key; by number, the place where its key appears first.
    """
    size = len(keys)
    places = np.arange(size)
    if bound <= 8 * size + 4096:
        table = np.zeros(bound, np.int64)
        table[keys[::-1]] = places[::-1]  # of equal keys the last one assigned stays: the first
        first_of = table[keys]
        is_first = first_of == places
        numbers = np.cumsum(is_first) - 1
        return numbers[first_of], np.flatnonzero(is_first)
    return _sorted_apart(keys) if size else (keys, keys)


def _sorted_apart(keys: Column) -> tuple[Column, Column]:
    """Give each of many far-flung keys the number of its first appearance: what is equal stands together once sorted."""
    size = len(keys)
    order, ordered = _sorted_with_places(keys)
    heads = _heads(ordered)
    is_first = np.zeros(size, np.bool_)
    is_first[order[heads]] = True
    rank = (np.cumsum(is_first) - 1)[order[heads]]
    numbers = np.empty(size, np.int64)
    numbers[order] = np.repeat(rank, np.diff(heads, append=size))
    return numbers, np.flatnonzero(is_first)


def _sorted_with_places(keys: Column) -> tuple[Column, Column]:
    """Return the places of keys in the order of their size, the first of equals first, and the keys in that order.

    A key and its place in one number are sorted three times as fast as places are by their keys.
    """
    least, bits = keys.min(), (len(keys) - 1).bit_length()
    if int(keys.max() - least).bit_length() + bits > 64:  # as wide as a number is
        order = np.argsort(keys, kind="stable")
        return order, keys[order]
    width = np.uint64(bits)
    both = (keys - least).astype(np.uint64) << width | np.arange(len(keys), dtype=np.uint64)
    both.sort()
    order = (both & np.uint64((1 << bits) - 1)).astype(np.int64)
    return order, (both >> width).astype(np.int64)


def present(keys: Column, bound: int) -> Column:
    """Return each key once, the least first.

    Args:
        bound: all keys are less, none is less than 0.
    """
    if bound <= 8 * len(keys) + 4096:
        found = np.zeros(bound, np.bool_)
        found[keys] = True
        return np.flatnonzero(found)
    ordered = np.sort(keys)
    return ordered[_heads(ordered)]


def _heads(ordered: Column) -> Column:
    """Return where, in sorted numbers, each one comes first."""
    return np.flatnonzero(
        np.concatenate((np.ones(min(len(ordered), 1), np.bool_), ordered[1:] != ordered[:-1]))
    )


def join(parts: Iterable[tuple[Column, int]]) -> tuple[Column, int]:
    """Return one key for several columns, and its bound; rows with equal parts, and no others, have equal keys.

    Args:
        parts: columns, each with its bound.
    """
    remaining = iter(parts)
    keys, bound = next(remaining)
    for numbers, limit in remaining:
        if bound * limit >= _ROOM:
            keys, first = numbered(keys, bound)
            bound = len(first)
        keys, bound = keys * limit + numbers, bound * limit
    return keys, bound


def identities(things: Sequence[object]) -> Column:
    """Return for each thing a number that no other object has, as long as all of them live.

    What numpy keeps of an object is where it lies: that is read five times as fast as `id` is asked. No object
    takes less than the 16 bytes of its head.
    """
    return np.frombuffer(np.fromiter(things, np.object_, len(things)), np.intp).astype(np.int64) >> 4


class Numbers(dict[object, int]):
    """Gives each thing the number of its first appearance."""

    def __missing__(self, key: object) -> int:
        found = self[key] = len(self)
        return found

    def column(self, things: Sequence[object]) -> Column:
        """Return the numbers of some things; what is one and the same object is looked up once."""
        size = len(things)
        if size and things[0] == things[-1] and things.count(things[0]) == size:
            return np.full(size, self[things[0]])
        numbers, first = numbered(identities(things), _ROOM)
        different = [things[place] for place in first.tolist()]
        fresh = [thing for thing in dict.fromkeys(different) if thing not in self]
        self.update(zip(fresh, count(len(self))))
        return np.fromiter(map(self.__getitem__, different), np.int64, len(different))[numbers]


def starts(counts: Column) -> Column:
    """Return where each of these counts begins, when they follow each other."""
    return np.cumsum(counts) - counts


def spread(counts: Column) -> tuple[Column, Column]:
    """Return for each of so many things who owns it, and its place among the owner's."""
    owner = np.repeat(np.arange(len(counts)), counts)
    return owner, np.arange(len(owner)) - starts(counts)[owner]
