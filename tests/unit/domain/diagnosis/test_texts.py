"""Bytes of logs as text."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.examples import examples
from warifu.domain.diagnosis import decode, find_messages, is_binary
from warifu.domain.diagnosis.envelopes import Lines

LINE = "2026-06-01 エラー: 予想外のサーバーエラー。 CGEN1008\r\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (LINE.encode(), "utf-8"),
        (b"\xef\xbb\xbf" + LINE.encode(), "utf-8"),
        (LINE.encode("cp932"), "cp932"),
        (b"\xff\xfe" + LINE.encode("utf-16-le"), "utf-16-le"),
        (b"\xfe\xff" + LINE.encode("utf-16-be"), "utf-16-be"),
        (LINE.encode("utf-16-le"), "utf-16-le"),
        (LINE.encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_every_form_gives_the_same_text(data: bytes, encoding: str) -> None:
    """With and without a mark, as Japanese Windows and everybody else write."""
    found = decode(data)
    assert (LINE, encoding, 0) == (found.text, found.encoding, found.lost)


def test_a_log_that_is_cut_within_a_character_loses_only_that() -> None:
    """A log being written ends anywhere."""
    assert LINE.rstrip()[:-1] in decode((LINE * 2).encode()[:-12]).text
    assert "utf-8" == decode("予".encode()[:2]).encoding


def test_lines_of_several_writers_are_read_each_in_their_own() -> None:
    """One log, two programs; what neither wrote is counted."""
    found = decode("予想外\n".encode("cp932") + "予想外\n".encode() + b"\x81\n")
    assert ("予想外\n予想外\n\N{REPLACEMENT CHARACTER}\n", 1) == (found.text, found.lost)


@examples(300)
@given(st.binary(max_size=200))
def test_any_bytes_are_some_text(data: bytes) -> None:
    """Never an error."""
    assert decode(data).lost >= 0


PLAIN = "予想外の\u3000サーバーエラーです。\r\n2026 CGEN1008\r\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"ab\0c start\n" + LINE.encode(), "utf-8"),
        (b"abc\0 start\n" + LINE.encode(), "utf-8"),
        (LINE.encode() + b"\0" * 4, "utf-8"),
        (LINE.encode() + b"\0" * 4000, "utf-8"),
        (b"ab\0c start\n" + LINE.encode("cp932"), "cp932"),
        (LINE.encode("cp932") + b"\n" + LINE.encode() + b"\0\n", "cp932"),
        (PLAIN.encode("utf-16-le"), "utf-16-le"),
        (PLAIN.encode("utf-16-be"), "utf-16-be"),
        (("CGEN1008\u3000" * 9).encode("utf-16-le"), "utf-16-le"),
        (("CGEN1008\u3000" * 9).encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_a_few_zeros_make_no_utf_16_and_one_wide_space_unmakes_none(data: bytes, encoding: str) -> None:
    """A crash leaves NULs in a log; the ideographic space has its zero on the other side."""
    found = decode(data)
    assert (encoding, True) == (found.encoding, "CGEN1008" in found.text)
    assert not is_binary(data)


@pytest.mark.parametrize("data", [b"\0\1", b"\0" * 9, b"\x7fELF\2\1\1\0\0\0"])
def test_what_holds_controls_is_no_text(data: bytes) -> None:
    """A program, a picture, nothing but NULs."""
    assert is_binary(data)
    assert not is_binary(data.replace(b"\0", b""))


def test_what_stands_before_a_message_is_read_at_the_begin_of_its_line_alone() -> None:
    """A line as long as its file is not copied for each message in it."""
    lines = Lines.of("  2026-01-01 " + "x" * 4_000_000)
    tracemalloc.start()
    try:
        head = lines.head(3_000_000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (True, 1000) == (head.startswith("2026-01-01 x"), len(head))
    assert peak < 100_000


def test_one_code_said_often_in_a_line_is_one_message_of_it() -> None:
    """The first place counts; another code beside it is another message."""
    found = find_messages("CGEN1008 CGEN6002 " + "CGEN1008 " * 100)
    assert ["CGEN1008", "CGEN6002"] == [one.code for one in found]
