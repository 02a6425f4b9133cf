"""Cuts what is to be checked into units of work, always the same ones in the same order.

A unit is a few small files, a part of a pile, or one address. Small files travel whole, large ones in parts;
a pile is gone through twice: once for its CAs, which may stand anywhere in it, and once for its leaves. What is
large and no pile travels whole where anything may be in it, up to the size that one look takes.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

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
    may_hold,
    padding,
)
from warifu.domain.x509 import Certificate, Quietly, load
from warifu.domain.x509.loader import MOST
from warifu.errors import UsageError, WarifuError
from warifu.ports.archives import Archives, Content, Stream
from warifu.ports.hosts import FileSeen
from warifu.workflows.sweep_rows import Files, Part, row_of_problem

SMALL = 256 << 10  # bytes: a file that travels whole, with others of its kind
_FEW = 2  # leaves that may be a chain's own and a stranger's; `Desk` draws the line there too
_TOGETHER = 64  # small files in a unit
PART = 512 << 10  # bytes of a pile in a unit: some 400 certificates


_BEGINNINGS = (b"\x30", b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce", b"\xff\xfe", b"\xfe\xff")
_BARE = re.compile(rb"(?:\xef\xbb\xbf)?[A-Za-z0-9+/=\s]+")


@dataclass(frozen=True, slots=True)
class Unit:
    """One piece of work.

    Args:
        key: what it is: names and content; the same walk gives the same keys, and what was only touched the same.
        place: as people are shown it.
        work: to be judged: files, part of a pile, or an address to ask; None where the rows stand already.
        rows: what needs no judging.
        subject: which of the subjects it belongs to, counted from 0.
        share: how much of that subject lies behind once it is done, as far as that is known.
    """

    key: str
    place: str
    subject: int
    work: Files | Part | Spot | None = None
    rows: tuple[Row, ...] = ()
    share: float = 0.0

    @property
    def weight(self) -> int:
        """Bytes that it holds."""
        match self.work:
            case Files(files):
                return sum(len(seen.data) for seen, _ in files)
            case Part() as part:
                return len(part.data) + sum(map(len, part.authorities))
            case _:
                return 0


@dataclass(slots=True)
class _Batch:
    """Small files that wait for others."""

    files: list[tuple[FileSeen, bool]] = field(default_factory=list)
    stamps: list[str] = field(default_factory=list)
    size: int = 0

    @property
    def is_full(self) -> bool:
        return len(self.files) >= _TOGETHER or self.size >= PART

    def add(self, seen: FileSeen, *, explicit: bool) -> None:
        self.files.append((seen, explicit))
        self.stamps.append(_key(seen, seen.data))
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
                yield Unit(str(subject), str(subject), number, subject, share=1.0)
                continue
            for position, content in enumerate(self.archives.below(subject)):
                spot = _Spot(subject, position, number)
                if content.kind == "other" and content.explicit:
                    yield from self._sent(content, spot, batch)
                elif content.explicit or not self.is_own(content.path):
                    yield from self._content(content, spot, batch)
        yield from self._flushed(batch, number)

    def _flushed(self, batch: _Batch, number: int) -> Iterator[Unit]:
        """Yield what waits as one unit."""
        if batch.files:
            first, last = batch.files[0][0].path, batch.files[-1][0].path
            place = first if first == last else f"{first} … {last}"
            yield Unit("\n".join(batch.stamps), place, number, Files(tuple(batch.files)))
            batch.files, batch.stamps, batch.size = [], [], 0

    def _sent(self, content: Content, spot: _Spot, batch: _Batch) -> Iterator[Unit]:
        """Yield what a pipe sends that somebody named: it is held whole, and may be an archive as a file may."""
        try:
            seen = self.read_pipe(content.path)
        except WarifuError as problem:
            yield from self._content(replace(content, problem=problem), spot, batch)
            return
        for one in self.archives.within(seen.path, seen.data):
            if one.member or one.problem is not None:
                yield from self._content(one, replace(spot, position=-1), batch)
            else:
                batch.add(seen, explicit=True)

    def _content(self, content: Content, spot: _Spot, batch: _Batch) -> Iterator[Unit]:
        try:
            if content.problem is not None:
                raise content.problem
            if content.stream is None:
                batch.add(FileSeen(content.path, "other"), explicit=content.explicit)
            else:
                head = content.stream.read(SMALL + 1)
                if len(head) > SMALL:
                    yield from self._flushed(batch, spot.number)
                    yield from self._large(content, head, spot)
                    return
                batch.add(_seen(content, head), explicit=content.explicit)
        except WarifuError as problem:
            yield from self._flushed(batch, spot.number)
            row = row_of_problem(content.path, "file", problem)
            yield Unit(f"{content.path} {problem}", content.path, spot.number, rows=(row,))
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
            yield _whole(content, held, rest, spot.number)
            return
        known = hashlib.sha256(b"".join(authorities)).hexdigest()
        for base, data in _parts(form, held, rest):
            done = (base + len(data)) / content.size if content.size else 0.0
            part = Part(content.path, base, form, data, authorities)
            key = f"{_key(_seen(content, b''), data)} {base} {known}"
            yield Unit(key, content.path, spot.number, part, share=min(done, 1.0))

    def _authorities_of(self, content: Content, spot: _Spot, form: Form) -> tuple[bytes, ...] | None:
        """Return the CAs of a pile: of a file, by its own path; of a large member, by the walk that led to it."""
        if spot.position < 0:  # what a pipe sent is gone
            return None
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
    """Return the CAs of a pile; None where it is none, so that it is for those to read who look at the whole."""
    found: dict[bytes, None] = {}
    leaves: set[bytes] = set()
    with Quietly():
        for _, data in _parts(form, b"", stream):
            for der in _ders(form, data):
                if may_be_ca(der) and _is_ca(der):
                    found[der] = None
                elif len(leaves) <= _FEW:
                    leaves.add(der)
    is_pile = len(leaves) > _FEW or (len(leaves) == _FEW and not found)
    return tuple(found) if is_pile else None


def _ders(form: Form, data: bytes) -> Iterable[bytes]:
    """Return the certificates of a part; where other things stand in it too, as the lenient reader reads them."""
    listed = certificates_of(form, data)
    if listed is None:
        return [one.der for one in load(data).certificates]
    return [der for _, der in listed]


def _whole(content: Content, held: bytes, rest: Stream, number: int) -> Unit:
    """Return what one look takes: all of a file, unless it is too large or nothing in it can be ours."""
    size = content.size
    if size <= MOST:
        held += rest.read(MOST + 1 - len(held))
        size = len(held)
    seen = _seen(content, held)
    key = _key(seen, held) if size <= MOST else f"{_key(seen, b'')} {size}"
    if size > MOST:
        seen = replace(seen, data=b"", size=size)
    elif not (_may_be_ours(held[:SMALL]) or may_hold(held)):
        seen = replace(seen, data=held[:SMALL])
    return Unit(key, content.path, number, Files(((seen, content.explicit),)))


def _key(seen: FileSeen, data: bytes) -> str:
    """Return what a file is known by when it is met again: not by its dates, which a copy changes."""
    return f"{seen.path} {seen.mode:o} {seen.user} {hashlib.sha256(data).hexdigest()}"


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
