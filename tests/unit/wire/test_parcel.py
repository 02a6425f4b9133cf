"""Several files in one answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warifu.errors import UsageError
from warifu.wire.parcel import pack, unpack

FILES = st.dictionaries(st.text(max_size=40), st.none() | st.binary(max_size=200), max_size=8)


@given(FILES)
def test_what_is_packed_is_unpacked(files: dict[str, bytes | None]) -> None:
    """Names, bytes, order, and which files do not exist."""
    assert list(files.items()) == list(unpack(pack(files)).items())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}\n",
        b"[[\n",
        b'[["a"]]\n',
        b'[["a",true]]\nx',
        b'[["a",1.0]]\nx',
        b'[["a",-2]]\n',
        b"[[1,1]]\nx",
        b'[["a",2]]\nx',
        b'[["a",1]]\nxy',
        b'[["a",1],["a",1]]\nxy',
        b'[["a",99999999999999999999]]\nx',
        b"[" * 100_000 + b"\n",
        b"[" + b" " * (1 << 20) + b"]\n",
    ],
)
def test_what_is_no_parcel_is_said_to_be_none(data: bytes) -> None:
    """Nothing is guessed, and nothing of it is taken."""
    with pytest.raises(UsageError, match=r"rotation\.document-malformed"):
        unpack(data)


@given(FILES, st.data())
def test_a_damaged_parcel_brings_only_our_error(files: dict[str, bytes | None], data: st.DataObject) -> None:
    """Whatever byte is another one: what is unpacked has names and bytes, or it is refused."""
    whole = bytearray(pack(files))
    whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = unpack(bytes(whole))
    except UsageError:
        return
    assert all(isinstance(name, str) for name in found)
