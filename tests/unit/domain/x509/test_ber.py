"""Elements end where they say, never outside what holds them, and never too deep."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.asn1 import ber, der, number, octets, seq
from support.examples import examples
from warifu.domain.x509.ber import OCTET_STRING, SEQUENCE, Element, element, elements
from warifu.errors import UsageError


def fault(data: bytes) -> tuple[object, object]:
    with pytest.raises(UsageError) as caught:
        element(data)
    assert "trust.container-unreadable" == caught.value.code
    return caught.value.values["offset"], caught.value.values["reason"]


@pytest.mark.parametrize("size", [0, 1, 127, 128, 255, 256, 70_000])
def test_every_width_of_length_is_read(size: int) -> None:
    """Short and long lengths; what follows begins where the element ends."""
    data = octets(bytes(size)) + b"more"
    one = element(data)
    assert (OCTET_STRING, bytes(size), b"more") == (one.tag, one.content, data[one.end :])
    assert octets(bytes(size)) == one.whole


def test_children_are_read_in_their_order() -> None:
    """Of definite and of indefinite length alike; a number may be negative."""
    parts = (number(3), number(-200), octets(b"x"))
    for whole in (seq(*parts), ber(0x30, *parts)):
        one = element(whole + b"after")
        assert [3, -200, int.from_bytes(b"x")] == [part.number for part in one.children]
        assert b"after" == (whole + b"after")[one.end :]
        assert 3 == one.only.number
        assert b"x" == one.child(2, OCTET_STRING).content


def test_a_child_that_is_absent_or_another_is_told() -> None:
    """Nothing is taken for what it is not."""
    one = element(seq(number(1)))
    for position, tag in ((0, OCTET_STRING), (1, 0x02)):
        with pytest.raises(UsageError, match="malformed"):
            one.child(position, tag)
    with pytest.raises(UsageError, match="malformed"):
        _ = element(seq()).only


def test_octets_in_parts_are_joined() -> None:
    """As streaming writers leave them, parts in parts too."""
    nested = ber(0x24, octets(b"ab"), der(0x24, octets(b"cd"), octets(b"")))
    assert b"abcd" == element(nested).octets
    assert b"ab" == element(octets(b"ab")).octets
    with pytest.raises(UsageError, match="malformed"):
        _ = element(ber(0x24, number(1))).octets


def test_what_is_no_element_is_told_with_its_place() -> None:
    """Cut, of a length that no file has, with a tag of many octets."""
    short = "shorter than its own length says"
    assert (0, "malformed") == fault(b"\x30")
    assert (0, "malformed") == fault(b"\x1f\x81\x00")
    assert (0, short) == fault(seq(octets(b"abc"))[:-1])
    assert (0, "malformed") == fault(b"\x30\x85\x00\x00\x00\x00\x01\x00")
    assert (0, "malformed") == fault(b"\x30\x82\x01")
    assert (0, "malformed") == fault(b"\x04\x80\x00\x00")  # only what is constructed may be indefinite
    assert (0, short) == fault(b"\x30\x80" + octets(b"abc"))
    assert (2, "malformed") == fault(b"\x30\x80\x00")
    assert [(2, "malformed")] == [fault_in(seq(b"\x02"))]


def fault_in(data: bytes) -> tuple[object, object]:
    with pytest.raises(UsageError) as caught:
        _ = element(data).children
    return caught.value.values["offset"], caught.value.values["reason"]


def test_an_element_ends_within_what_holds_it() -> None:
    """A length that reaches over the end of the parent is refused, though there are bytes."""
    inner = b"\x04\x05abc"
    assert (2, "shorter than its own length says") == fault_in(seq(inner) + b"defgh")
    closed = b"\x30\x80\x00"
    with pytest.raises(UsageError, match="shorter"):
        element(closed + b"\x00", 0, len(closed))


@pytest.mark.parametrize("deep", [30, 20_000])
def test_depth_is_bounded(deep: int) -> None:
    """Indefinite lengths in each other, and octet strings in each other, end in our error."""
    assert "malformed" == fault(b"\x30\x80" * deep + b"\x00\x00" * deep)[1]
    nested = octets(b"")
    for _ in range(min(deep, 100)):
        nested = der(0x24, nested)
    with pytest.raises(UsageError, match="malformed"):
        _ = element(nested).octets


def test_width_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elements side by side, and what has to be walked through to find an end."""
    monkeypatch.setattr("warifu.domain.x509.ber._MOST", 3)
    assert 3 == len(element(seq(*[number(1)] * 3)).children)
    assert (0, "too many of them") == fault_in(seq(*[number(1)] * 4))
    monkeypatch.setattr("warifu.domain.x509.ber._LONGEST", 8)
    assert 3 == len(element(ber(0x30, *[number(1)] * 3)).children)
    assert (0, "too many of them") == fault(ber(0x30, *[number(1)] * 4))


@examples(300)
@given(st.binary(max_size=80))
def test_any_bytes_end_in_our_own_error(data: bytes) -> None:
    """Elements cover the bytes without gap, or our error comes out."""
    with contextlib.suppress(UsageError):
        walked(list(elements(data)), 0, len(data))


def walked(parts: list[Element], begin: int, end: int) -> None:
    for one in parts:
        assert begin == one.begin <= one.inner <= one.outer <= one.end
        begin = one.end
        with contextlib.suppress(UsageError):
            _ = one.octets
            if one.tag == SEQUENCE:
                walked(list(one.children), one.inner, one.outer)
    assert begin == end
