"""ASN.1 as containers encode it: DER, and the BER of tools that write before they know how long it will be.

Only what containers need: where an element begins and ends, and what stands in it. Depth is bounded, and every
element lies within the one around it.

Spec: X.690 §8.1 (identifier, length, end of contents), §8.7 (octet strings in parts), §10.1 (DER).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from warifu.errors import UsageError

INTEGER, BIT_STRING, OCTET_STRING, OID, BMP_STRING, SEQUENCE, SET = 0x02, 0x03, 0x04, 0x06, 0x1E, 0x30, 0x31
FIRST = 0xA0  # [0], constructed
_IN_PARTS = 0x24  # OCTET STRING, constructed
_DEEPEST = 24  # elements in elements; a PKCS#12 file has fourteen
_MOST = 200_000  # elements side by side; bags of the largest PKCS#12 file are fewer
_LONGEST = 1 << 20  # bytes of an element of indefinite length, which has to be walked through to find its end
_WIDEST = 4  # octets of a length: no file is longer


@dataclass(frozen=True, slots=True)
class Element:
    """One element.

    Args:
        data: the bytes in which it lies.
        tag: its identifier octet.
        begin: where its header begins.
        inner: where its contents begin.
        outer: where its contents end.
        end: where what follows begins.
    """

    data: bytes
    tag: int
    begin: int
    inner: int
    outer: int
    end: int

    @property
    def content(self) -> bytes:
        """Its contents."""
        return self.data[self.inner : self.outer]

    @property
    def whole(self) -> bytes:
        """Header and contents."""
        return self.data[self.begin : self.end]

    @property
    def children(self) -> tuple[Element, ...]:
        """The elements in it.

        Raises:
            UsageError: `trust.container-unreadable`.
        """
        found = tuple(islice(elements(self.data, self.inner, self.outer), _MOST + 1))
        if len(found) > _MOST:
            raise _fault(self.begin, "too many of them")
        return found

    @property
    def only(self) -> Element:
        """The first element in it, which is the only one where a tag is explicit.

        Raises:
            UsageError: `trust.container-unreadable`: there is none.
        """
        for one in elements(self.data, self.inner, self.outer):
            return one
        raise _fault(self.begin, "malformed")

    def child(self, position: int, tag: int) -> Element:
        """Return the element at a position in it.

        Raises:
            UsageError: `trust.container-unreadable`: there is none, or one of another tag.
        """
        for at, one in enumerate(elements(self.data, self.inner, self.outer)):
            if at == position and one.tag == tag:
                return one
        raise _fault(self.begin, "malformed")

    @property
    def octets(self) -> bytes:
        """What an octet string says, be it in one piece or in parts.

        Raises:
            UsageError: `trust.container-unreadable`.
        """
        return b"".join(_pieces(self, 0))

    @property
    def number(self) -> int:
        """What an integer says."""
        return int.from_bytes(self.content, "big", signed=True)


def element(data: bytes, at: int = 0, end: int | None = None) -> Element:
    """Return the element that begins at a place.

    Raises:
        UsageError: `trust.container-unreadable` with `offset` and `reason`: `malformed`, or
            `shorter than its own length says`.
    """
    return _element(data, at, len(data) if end is None else end, 0)


def elements(data: bytes, at: int = 0, end: int | None = None) -> Iterator[Element]:
    """Yield the elements that stand one behind the other up to `end`, or up to the end of contents.

    Raises:
        UsageError: `trust.container-unreadable`.
    """
    last = len(data) if end is None else end
    while at < last:
        one = _element(data, at, last, 0)
        yield one
        at = one.end


def _element(data: bytes, at: int, last: int, depth: int) -> Element:
    inner, outer, end = _bounds(data, at, last, depth)
    return Element(data, data[at], at, inner, outer, end)


def _bounds(data: bytes, at: int, last: int, depth: int) -> tuple[int, int, int]:
    """Return where contents begin and end, and where what follows begins; quick, because hostile files have millions."""
    if last - at < 2 or data[at] & 0x1F == 0x1F:  # tags of several octets stand in nothing that is read here
        raise _fault(at, "malformed")
    first = data[at + 1]
    inner = at + 2
    if first == 0x80:
        return _until_end_of_contents(data, at, last, depth)
    if first > 0x80:
        width = first & 0x7F
        inner += width
        if width > _WIDEST or inner > last:
            raise _fault(at, "malformed")
        outer = inner + int.from_bytes(data[inner - width : inner], "big")
    else:
        outer = inner + first
    if outer > last:
        raise _fault(at, "shorter than its own length says")
    return inner, outer, outer


def _until_end_of_contents(data: bytes, at: int, last: int, depth: int) -> tuple[int, int, int]:
    if depth > _DEEPEST or not data[at] & 0x20:
        raise _fault(at, "malformed")
    place = at + 2
    while data[place : place + 2] != b"\x00\x00":
        if place >= last:
            raise _fault(at, "shorter than its own length says")
        if place - at > _LONGEST:
            raise _fault(at, "too many of them")
        place = _bounds(data, place, last, depth + 1)[2]
    if place + 2 > last:
        raise _fault(at, "shorter than its own length says")
    return at + 2, place, place + 2


def _pieces(one: Element, depth: int) -> Iterator[bytes]:
    if not one.tag & 0x20:
        yield one.content
        return
    if depth > _DEEPEST:
        raise _fault(one.begin, "malformed")
    for part in one.children:
        if part.tag not in (OCTET_STRING, _IN_PARTS):
            raise _fault(part.begin, "malformed")
        yield from _pieces(part, depth + 1)


def _fault(offset: int, reason: str) -> UsageError:
    return UsageError("trust.container-unreadable", offset=offset, reason=reason)
