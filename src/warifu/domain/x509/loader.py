"""Reads whatever people have: text of PEM in every form in which it travels, DER, PKCS#7, PKCS#12, Java's key stores.

1. Content decides, never a file's name, and never the label around a block.
2. Nothing is dropped in silence: what is begun is loaded, or lost with its place and reason.
3. What other programs refuse is read all the same and told, with who refuses it and what mends it.
4. Passwords open what they open; what stays locked is told. Private keys show nowhere.
5. Sizes, depth and work are bounded.

Spec: RFC 7468, RFC 5652 §5.1, RFC 7292.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from warifu.domain.findings import Code, Finding
from warifu.domain.x509.ber import SEQUENCE, Element, element
from warifu.domain.x509.content import JAVA_MAGICS, Content
from warifu.domain.x509.forms import BLANK, DAMAGED, LABEL, LABELS, Form, make_plain
from warifu.domain.x509.oddities import findings_of, misfit_of
from warifu.domain.x509.reading import Pile, Reading
from warifu.domain.x509.unpacking import Unpacker
from warifu.errors import UsageError

MOST = 64 << 20  # bytes; the trust stores of this world hold less than one
_LINE = re.compile(rb"-----(BEGIN|END) " + LABEL + rb"-----")
_HEADERS = re.compile(rb"\s*(?:[A-Za-z0-9-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)+\r?\n")
_BASE64 = re.compile(rb"[A-Za-z0-9+/\s]*[=\s]*")
_DER_BEHIND = re.compile(  # a long sequence behind an END line, which begins with what ours begin with
    rb"-----[\r\n \t]{0,8}(?=\x30(?:\x81.|\x82..|\x83...|\x84....)[\x02\x06\x30])", re.DOTALL
)
_HEADERS_END = 4096  # bytes within which headers end; nothing that is read here has longer ones
_MOST_PLACES = 100_000
_MOST_PARTS = 32  # of DER and PEM by turns
_SPELT = (
    (_LINE, 1),
    (DAMAGED, 1),
    (re.compile(b"|".join(re.escape(f"-----{word} ".encode("utf-16-le")) for word in ("BEGIN", "END"))), 2),
    (re.compile(b"|".join(re.escape(f"-----{word} ".encode("utf-16-be")) for word in ("BEGIN", "END"))), 2),
)  # how lines stand in a file, and by how many bytes each of their letters
_CUT = "shorter than its own length says"


class _Block(NamedTuple):
    """What stands between a BEGIN and an END line, either of which may lack."""

    label: bytes
    begin: int  # of its first line
    body: bytes
    begins: bool
    end: bytes | None  # the label of its END line


def load(data: bytes, source: str = "input", passwords: Sequence[bytes] = ()) -> Reading:
    """Read everything `data` holds, in whatever form.

    Args:
        data: the bytes of a file, an answer or standard input.
        source: what findings name as their subject: a path, an address.
        passwords: as people typed them, in UTF-8; each is tried on everything that is locked.
    """
    pile = Pile(source)
    if len(data) > MOST:
        pile.begun = pile.lost = 1
        pile.findings.append(Finding(Code.TOO_LARGE, source, {"size": len(data), "limit": MOST}))
        return pile.close()
    unpacker = Unpacker(pile, passwords)
    at = 0
    for _ in range(_MOST_PARTS):
        part = data[at:] if at else data
        at += (_load_binary if _is_binary(part) else _load_text)(part, at, unpacker)
        if at >= len(data):
            break
        unpacker.tell_from(at, Form.MIXED)
    else:
        pile.begun += 1
        pile.lose(at, "…", "too many of them")
    if pile.begun > pile.lost:
        pile.findings += findings_of(unpacker.forms, source, unpacker.place, is_bare=unpacker.is_bare)
    return pile.close()


def _is_binary(data: bytes) -> bool:
    """Tell whether a whole element or a key store begins here: no text does so."""
    if data[:4] in JAVA_MAGICS:
        return True
    try:
        return element(data).tag == SEQUENCE and not data[:64].isascii()
    except UsageError:
        return False


def _load_binary(data: bytes, base: int, unpacker: Unpacker) -> int:
    """Add the elements that stand one behind the other; what is left at the end is told.

    Args:
        base: where the data begin in their file.

    Returns:
        How many bytes were read: fewer than there are where PEM follows.
    """
    pile = unpacker.pile
    unpacker.is_in_block = False
    if data[:4] in JAVA_MAGICS:
        pile.encoding = pile.encoding or "java"
        unpacker.keep_java_store(data, base)
        return len(data)
    count, end = 0, 0
    for place, one in _elements(data, base, "DER", unpacker):
        unpacker.keep(one, base + place)
        count, end = count + 1, place + len(one)
    if count:
        pile.encoding = pile.encoding or "der"
    if count > 1:
        unpacker.forms[Form.CONCATENATED] = None
    following = _LINE.search(data, end) if count else None
    if following is None:
        return len(data)
    return following.start() if data[end] == SEQUENCE else end  # past a sequence that is not whole


def _elements(
    data: bytes, base: int, label: str, unpacker: Unpacker, *, in_block: bool = False
) -> Iterator[tuple[int, bytes]]:
    """Yield place and bytes of each sequence; tell what is none.

    Args:
        in_block: the data stand in Base64, so that no place in them is one in the file.
    """
    at, pile = 0, unpacker.pile
    while at < len(data):
        place = base if in_block else base + at
        if at and data[at] in BLANK and not data[at:].strip(BLANK):
            if in_block:
                unpacker.forms[Form.SEVERAL_IN_BLOCK] = None
            else:
                unpacker.tell_from(base + at, Form.TRAILING)
            return
        if unpacker.stops(place):
            return
        one, reason = _sequence(data, at)
        if one is None:
            if at and not in_block and data[at] != SEQUENCE and _LINE.search(data, at):
                return  # PEM stands behind it
            pile.begun += 1
            code = Code.TRUNCATED if reason == _CUT and not in_block else Code.UNREADABLE
            pile.lose(place, label, "more bytes behind it" if in_block and at else reason, code)
            return
        yield at, one.whole
        at = one.end


def _sequence(data: bytes, at: int) -> tuple[Element | None, str]:
    """Return the sequence that begins at a place, or why none does."""
    if data[at] != SEQUENCE:
        return None, "not a DER sequence"
    try:
        return element(data, at), ""
    except UsageError as error:
        return None, str(error.values["reason"])


def _load_text(data: bytes, base: int, unpacker: Unpacker) -> int:
    """Add what a text says, up to DER that follows it; return how many bytes were read."""
    pile, (end, size) = unpacker.pile, _ends_of_text(data, base, unpacker)
    text = data[:end]
    plain = make_plain(text)
    unpacker.forms.update(dict.fromkeys(plain.forms))
    if _LINE.search(plain.data):
        pile.encoding = pile.encoding or ("base64" if Form.BARE in plain.forms else "pem")
        _load_blocks(plain.data, base, _places(text, plain.data) if plain.forms else {}, unpacker)
    elif plain.data.strip(BLANK):
        before = pile.encoding
        _load_binary(plain.data, base, unpacker)
        if Form.BARE in plain.forms:
            pile.encoding = before or "base64"
            unpacker.is_bare = True
    return size


def _ends_of_text(data: bytes, base: int, unpacker: Unpacker) -> tuple[int, int]:
    """Return where DER begins behind a block, and where what is to be read next; DER that is not whole is lost."""
    found = _DER_BEHIND.search(data)
    if found is None:
        return len(data), len(data)
    end = found.end()
    one, reason = _sequence(data, end)
    if one is not None:
        return end, end
    unpacker.pile.begun += 1
    unpacker.pile.lose(base + end, "DER", reason, Code.TRUNCATED)
    following = _LINE.search(data, end)
    return end, following.start() if following else len(data)


def _load_blocks(data: bytes, base: int, places: Mapping[int, int], unpacker: Unpacker) -> None:
    unpacker.is_in_block = True
    for block in _blocks(data):
        offset = base + places.get(block.begin, block.begin)
        unpacker.blocks += block.begins
        if unpacker.stops(offset):
            return
        if not block.begins:
            _lose_end(block, offset, unpacker)
            continue
        if block.end not in (None, block.label):
            unpacker.forms[Form.END_DIFFERS] = None
        if block.label.endswith(b"PRIVATE KEY") and b"Proc-Type: 4,ENCRYPTED" in block.body:
            whole = b"-----BEGIN %b-----%b-----END %b-----\n" % (block.label, block.body, block.label)
            unpacker.keep_legacy_key(whole, offset)
        else:
            _load_block(block, offset, unpacker)


def _lose_end(block: _Block, offset: int, unpacker: Unpacker) -> None:
    """An END line alone: something was begun whose beginning is gone."""
    if block.label in LABELS:
        unpacker.pile.begun += 1
        unpacker.pile.lose(offset, block.label.decode(), "no BEGIN line")
    else:
        unpacker.pass_over(offset, block.label.decode())


def _blocks(data: bytes) -> Iterator[_Block]:
    """Yield each block, also those whose END line lacks, and END lines whose BEGIN line lacks."""
    begun: re.Match[bytes] | None = None
    for line in _LINE.finditer(data):
        if begun is not None:
            end = line[2] if line[1] == b"END" else None
            yield _Block(begun[2], begun.start(), data[begun.end() : line.start()], begins=True, end=end)
        elif line[1] == b"END":
            yield _Block(line[2], line.start(), b"", begins=False, end=line[2])
        begun = line if line[1] == b"BEGIN" else None
    if begun is not None:
        yield _Block(begun[2], begun.start(), data[begun.end() :], begins=True, end=None)


def _load_block(block: _Block, offset: int, unpacker: Unpacker) -> None:
    pile, name, expected = unpacker.pile, block.label.decode(), LABELS.get(block.label, Content.OTHER)
    der, forms = _decoded(block.body, up_to_text=block.end is None)
    if block.end is None:
        der, forms = _first_of(der), [*forms, Form.NO_END]
    if expected is Content.OTHER and (der is None or der[0] != SEQUENCE):
        unpacker.pass_over(offset, name)  # parameters, and what other programs keep in PEM
        return
    if der is None:
        pile.begun += 1
        reason, code = (
            ("no END line", Code.TRUNCATED) if block.end is None else ("not Base64", Code.UNREADABLE)
        )
        pile.lose(offset, name, reason, code)
        return
    if block.label == b"TRUSTED CERTIFICATE":
        forms = [*forms, Form.SETTINGS]
        der = _first_of(der) or der
    unpacker.forms.update(dict.fromkeys(forms))
    for at, one in _elements(der, offset, name, unpacker, in_block=True):
        if at:
            unpacker.forms[Form.SEVERAL_IN_BLOCK] = None
        kind = unpacker.keep(one, offset, name, expected)
        fits = kind in (expected, Content.OTHER) or (expected, kind) == (Content.OTHER, Content.PUBLIC_KEY)
        if not fits:
            number, odd = unpacker.blocks, unpacker.forms
            pile.findings.append(misfit_of(kind, name, offset, pile.source, number=number, forms=odd))


def _decoded(body: bytes, *, up_to_text: bool = False) -> tuple[bytes | None, list[Form]]:
    """Return what Base64 says, headers and missing padding forgiven, and what was odd.

    None where it is not Base64, or says nothing.
    """
    headers = _HEADERS.match(body, 0, _HEADERS_END)
    forms = [Form.HEADERS] if headers else []
    begin = headers.end() if headers else 0
    last = next(_BASE64.finditer(body, begin)).end()
    if last < len(body) and not up_to_text:
        return None, forms
    text = b"".join(body[begin:last].split())
    bare = text.rstrip(b"=")
    if up_to_text and bare == text:
        bare = bare[: len(bare) // 4 * 4]  # cut anywhere
    elif len(text) % 4:
        forms.append(Form.UNPADDED)
    try:
        return base64.b64decode(bare + b"=" * (-len(bare) % 4), validate=True) or None, forms
    except binascii.Error:
        return None, forms


def _first_of(data: bytes | None) -> bytes | None:
    """Return the element that begins in the data; None where none begins, or it is not whole."""
    try:
        return element(data or b"").whole
    except UsageError:
        return None


def _places(data: bytes, plain: bytes) -> dict[int, int]:
    """Return where each line stands in the file itself, as far as its text can be found there again."""
    lines = tuple(found.start() for found in islice(_LINE.finditer(plain), _MOST_PLACES))
    for pattern, width in _SPELT:
        every = (one.start() for one in pattern.finditer(data))
        found = tuple(islice((at for at in every if at % width == 0), _MOST_PLACES))
        if len(found) == len(lines):
            return dict(zip(lines, found, strict=True))
    return {}
