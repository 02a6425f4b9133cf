"""Cuts what is to be checked into units of work, always the same ones in the same order.

A unit is a few small files, a part of a pile, or one address. Small files travel whole, large ones in parts;
a pile is gone through twice: once for its CAs, which may stand anywhere in it, and once for its leaves.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from warifu.domain.sweep.listing import Spot, Subject
from warifu.domain.sweep.row import Row
from warifu.domain.sweep.splitting import (
    FILLING,
    Form,
    certificates_of,
    cut,
    cut_idle,
    form_of,
    may_be_ca,
    padding,
)
from warifu.domain.x509 import Certificate, Quietly
from warifu.domain.x509.loader import MOST
from warifu.errors import UsageError, WarifuError
from warifu.ports.archives import Archives, Content, Stream
from warifu.ports.hosts import FileSeen
from warifu.workflows.sweep_rows import Files, Part, row_of_problem

SMALL = 256 << 10  # bytes: a file that travels whole, with others of its kind
_TOGETHER = 64  # small files in a unit
PART = 512 << 10  # bytes of a pile in a unit: some 400 certificates


_BEGINNINGS = (b"\x30", b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce", b"\xff\xfe", b"\xfe\xff")
_BARE = re.compile(rb"[A-Za-z0-9+/=\s]+")


@dataclass(frozen=True, slots=True)
class Unit:
    """One piece of work.

    Args:
        key: what it is; the same walk gives the same keys.
        work: to be judged: files, part of a pile, or an address to ask; None where the rows stand already.
        rows: what needs no judging.
        subject: which of the subjects it belongs to, counted from 0.
        share: how much of that subject lies behind once it is done, as far as that is known.
    """

    key: str
    subject: int
    work: Files | Part | Spot | None = None
    rows: tuple[Row, ...] = ()
    share: float = 0.0


@dataclass(slots=True)
class _Batch:
    """Small files that wait for others."""

    files: list[tuple[FileSeen, bool]] = field(default_factory=list)
    stamps: list[str] = field(default_factory=list)
    size: int = 0

    @property
    def is_full(self) -> bool:
        return len(self.files) >= _TOGETHER or self.size >= PART

    def add(self, seen: FileSeen, stamp: str, *, explicit: bool) -> None:
        self.files.append((seen, explicit))
        self.stamps.append(f"{seen.path} {stamp}")
        self.size += len(seen.data)


@dataclass(frozen=True, slots=True)
class Cutter:
    """Cuts subjects into units.

    Args:
        read_pipe: what a path gives that leads to a pipe, which somebody named.
        is_own: the path is one of those that rows are kept in, which are no subjects.
    """

    archives: Archives
    read_pipe: Callable[[str], FileSeen]
    is_own: Callable[[str], bool]

    def units(self, subjects: Iterable[Subject]) -> Iterator[Unit]:
        """Yield the units of all subjects, in their order."""
        batch = _Batch()
        number = 0
        for number, subject in enumerate(subjects):
            if isinstance(subject, Spot):
                yield from self._flushed(batch, number)
                yield Unit(str(subject), number, subject, share=1.0)
                continue
            for position, content in enumerate(self.archives.below(subject)):
                if content.explicit or not self.is_own(content.path):
                    yield from self._content(content, _Spot(subject, position, number), batch)
        yield from self._flushed(batch, number)

    def _flushed(self, batch: _Batch, number: int) -> Iterator[Unit]:
        """Yield what waits as one unit."""
        if batch.files:
            yield Unit("\n".join(batch.stamps), number, Files(tuple(batch.files)))
            batch.files, batch.stamps, batch.size = [], [], 0

    def _content(self, content: Content, spot: _Spot, batch: _Batch) -> Iterator[Unit]:
        try:
            if content.problem is not None:
                raise content.problem
            if content.kind == "other" or content.stream is None:
                seen = self.read_pipe(content.path) if content.explicit else FileSeen(content.path, "other")
                batch.add(seen, "", explicit=content.explicit)
            else:
                head = content.stream.read(SMALL + 1)
                if len(head) > SMALL:
                    yield from self._flushed(batch, spot.number)
                    yield from self._large(content, head, spot)
                    return
                batch.add(_seen(content, head), content.stamp, explicit=content.explicit)
        except WarifuError as problem:
            yield from self._flushed(batch, spot.number)
            row = row_of_problem(content.path, "file", problem)
            yield Unit(f"{content.path} {content.stamp}", spot.number, rows=(row,))
            return
        if batch.is_full:
            yield from self._flushed(batch, spot.number)

    def _large(self, content: Content, head: bytes, spot: _Spot) -> Iterator[Unit]:
        assert content.stream is not None  # noqa: S101 - its head was just read from it
        form = form_of(head)
        held, rest = head, content.stream
        if form and content.member:  # to go back in an archive is to unpack it again from its beginning
            held += rest.read(MOST + 1 - len(head))
        if form is None:
            authorities = None
        elif content.member and len(held) <= MOST:
            authorities = _authorities(form, io.BytesIO(held))
            rest, held = io.BytesIO(held), b""
        else:
            authorities = self._authorities_of(content, spot, form)
        if form is None or authorities is None:
            data = held + rest.read(MOST + 1 - len(held)) if _may_be_ours(head) else head
            work = Files(((_seen(content, data), content.explicit),))
            yield Unit(f"{content.path} {content.stamp}", spot.number, work)
            return
        for base, data in _parts(form, held, rest):
            done = (base + len(data)) / content.size if content.size else 0.0
            key = f"{content.path} {content.stamp} {base}"
            yield Unit(
                key, spot.number, Part(content.path, base, form, data, authorities), share=min(done, 1.0)
            )

    def _authorities_of(self, content: Content, spot: _Spot, form: Form) -> tuple[bytes, ...] | None:
        """Return the CAs of a pile: of a file, by its own path; of a large member, by the walk that led to it."""
        walk = enumerate(self.archives.below(spot.path if content.member else content.path))
        position = spot.position if content.member else 0
        again = next((one for number, one in walk if number == position), None)
        return None if again is None or again.stream is None else _authorities(form, again.stream)


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where content is met again: at which position below a subject."""

    path: str
    position: int
    number: int


def _authorities(form: Form, stream: Stream) -> tuple[bytes, ...] | None:
    """Return the CAs of a pile; None where it holds no leaf, or little enough to be read whole by who can."""
    found: dict[bytes, None] = {}
    others = 0
    with Quietly():
        for _, data in _parts(form, b"", stream):
            for _, der in certificates_of(form, data) or ():
                if may_be_ca(der) and _is_ca(der):
                    found[der] = None
                else:
                    others += 1
    return tuple(found) if others > 1 else None


def _may_be_ours(head: bytes) -> bool:
    """Tell whether a look at the whole may find something: DER, a key store of Java's, UTF-16, text in Base64."""
    return head.startswith(_BEGINNINGS) or b"-----BEGIN " in head or _BARE.fullmatch(head) is not None


def _is_ca(der: bytes) -> bool:
    try:
        return Certificate(der).is_ca
    except UsageError:
        return False


def _seen(content: Content, data: bytes) -> FileSeen:
    return FileSeen(content.path, "file", data, content.mode, content.user)


def _parts(form: Form, held: bytes, stream: Stream) -> Iterator[tuple[int, bytes]]:
    """Yield parts that can be read by themselves, each with its place; what fits nowhere comes last, whole."""
    base = 0
    wanted = PART
    while True:
        more = stream.read(max(wanted - len(held), 1)) if len(held) < wanted else b""
        held += more
        if not more and len(held) < wanted:
            break
        filled = padding(form, held)
        base, held = base + filled, held[filled:]
        end = cut(form, held)
        if not end and len(held) < MOST:
            wanted = len(held) + PART  # one object that is larger
            continue
        end = end or cut_idle(form, held)  # more than any object takes
        yield base, held[:end]
        base, held, wanted = base + end, held[end:], PART
    filled = padding(form, held)
    base, held = base + filled, held[filled:]
    if held.strip(FILLING):
        yield base, held
