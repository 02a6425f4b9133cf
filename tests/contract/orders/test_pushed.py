"""What a server pushes, as a node reads it."""

from __future__ import annotations

import base64
import gzip
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.pki import NOW
from warifu.adapters.orders.pushed import Pushed
from warifu.apps.server.streams import event
from warifu.errors import UsageError
from warifu.wire.agent import ReportAnswer, Wake
from warifu.wire.parcel import pack
from warifu.wire.signed import canonical

ANSWER = ReportAnswer(NOW, ("shop",))
FILES: dict[str, bytes | None] = {"timestamp.json": b"{}", "2.root.json": None}


def along(files: dict[str, bytes | None]) -> bytes:
    return event("trust", base64.b64encode(gzip.compress(pack(files))).decode())


WHOLE = (
    event("answer", canonical(ANSWER))
    + b"retry: 1500\n\n:\n\n"
    + b"id: 0a-7\n"
    + event("bundle", canonical(Wake("bundle", "shop", 3)))
    + b"id: 0a-8\n"
    + event("refresh", canonical(Wake("refresh", "r1")))
    + along(FILES)
)


@given(st.lists(st.integers(0, len(WHOLE)), max_size=8))
def test_a_stream_is_read_wherever_it_was_cut_into_pieces(cuts: list[int]) -> None:
    """The answer first, then what is new, in its order."""
    pushed = Pushed("before")
    bounds = [0, *sorted(cuts), len(WHOLE)]
    for start, end in pairwise(bounds):
        assert pushed.take(WHOLE[start:end])
    assert ANSWER == pushed.answer
    assert [Wake("bundle", "shop", 3), Wake("refresh", "r1")] == pushed.wakes
    assert FILES == pushed.files
    assert ("0a-8", 1.5) == (pushed.last, pushed.again)


@given(st.data())
def test_a_damaged_stream_brings_only_our_error(data: st.DataObject) -> None:
    """Whatever bytes are other ones."""
    damaged = bytearray(WHOLE)
    for place in data.draw(st.lists(st.integers(0, len(WHOLE) - 1), min_size=1, max_size=5)):
        damaged[place] = data.draw(st.integers(0, 255))
    with suppress(UsageError):
        Pushed("").take(bytes(damaged))


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "eA==",
        base64.b64encode(gzip.compress(b"x")).decode(),
        base64.b64encode(gzip.compress(pack(FILES))[:-9]).decode(),
        base64.b64encode(gzip.compress(pack({"a": b"0" * (64 << 20)}))).decode(),
    ],
    ids=["no base64", "no gzip", "no files", "cut", "a bomb"],
)
def test_files_that_cannot_be_read_are_asked_for(text: str) -> None:
    """What tells of them counts all the same."""
    pushed = Pushed("")
    pushed.take(event("bundle", canonical(Wake("bundle", "shop", 3))) + event("trust", text))
    assert pushed.files is None
    assert [Wake("bundle", "shop", 3)] == pushed.wakes


def test_a_server_that_does_not_end_is_left() -> None:
    """A line without an end, events without number: neither fills a node's memory."""
    endless = Pushed("")
    assert endless.take(b"data: " + b"x" * 60_000)
    assert not endless.take(b"x" * 60_000)
    many = Pushed("")
    one = event("order", canonical(Wake("order")))
    assert many.take(one * 10_000)
    assert not many.take(one)
