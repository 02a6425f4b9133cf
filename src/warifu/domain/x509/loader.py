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
from collections.abc import Iterator, Sequence
from itertools import islice

from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.x509.ber import SEQUENCE, Element, element
from warifu.domain.x509.content import JAVA_MAGICS, Content
from warifu.domain.x509.forms import Form, make_plain
from warifu.domain.x509.oddities import finding_of
from warifu.domain.x509.reading import Pile, Reading
from warifu.domain.x509.unpacking import Unpacker
from warifu.errors import UsageError

MOST = 64 << 20  # bytes; the trust stores of this world hold less than one
_BEGIN = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,64})-----")
_END = re.compile(rb"-----END ([A-Z0-9 ]{1,64})-----")
_HEADERS = re.compile(rb"\s*(?:[A-Za-z0-9-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)+\r?\n")
_BASE64 = re.compile(rb"[A-Za-z0-9+/\s]*[=\s]*")
_HEADERS_END = 4096  # bytes within which headers end; nothing that is read here has longer ones
_MOST_PLACES = 100_000
_BLANK = b"\x00\x1a \t\r\n"  # what editors and transfers leave behind a file's end
_LABELS: dict[bytes, Content] = {
    b"CERTIFICATE": Content.CERTIFICATE,
    b"X509 CERTIFICATE": Content.CERTIFICATE,
    b"TRUSTED CERTIFICATE": Content.CERTIFICATE,
    b"CERTIFICATE REQUEST": Content.REQUEST,
    b"NEW CERTIFICATE REQUEST": Content.REQUEST,
    b"X509 CRL": Content.CRL,
    b"PKCS7": Content.PKCS7,
    b"CMS": Content.PKCS7,
    b"PKCS12": Content.PKCS12,
    b"PRIVATE KEY": Content.KEY,
    b"RSA PRIVATE KEY": Content.KEY,
    b"EC PRIVATE KEY": Content.KEY,
    b"DSA PRIVATE KEY": Content.KEY,
    b"ENCRYPTED PRIVATE KEY": Content.ENCRYPTED_KEY,
}


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
    if _is_binary(data):
        _load_binary(data, unpacker)
    else:
        plain = make_plain(data)
        unpacker.forms.update(dict.fromkeys(plain.forms))
        if _BEGIN.search(plain.data):
            pile.encoding = "pem"
            _load_text(plain.data, _places(data, plain.data) if plain.forms else (), unpacker)
        elif plain.data.strip(_BLANK):
            _load_binary(plain.data, unpacker)
        if Form.BARE in plain.forms:
            pile.encoding = "base64"
    pile.findings += [finding_of(form, source) for form in unpacker.forms]
    return pile.close()


def _is_binary(data: bytes) -> bool:
    """Tell whether a whole element or a key store begins here: no text does so."""
    if data[:4] in JAVA_MAGICS:
        return True
    try:
        return element(data).tag == SEQUENCE and not data[:64].isascii()
    except UsageError:
        return False


def _load_binary(data: bytes, unpacker: Unpacker) -> None:
    """Add the elements that stand one behind the other; what is left at the end is told."""
    pile = unpacker.pile
    if data[:4] in JAVA_MAGICS:
        pile.encoding = "java"
        unpacker.keep_java_store(data)
        return
    count = 0
    for place, one in _elements(data, 0, "DER", unpacker):
        unpacker.keep(one, place)
        count += 1
    if count:
        pile.encoding = "der"
    if count > 1:
        unpacker.forms[Form.CONCATENATED] = None


def _elements(data: bytes, base: int, label: str, unpacker: Unpacker) -> Iterator[tuple[int, bytes]]:
    """Yield place and bytes of each sequence; tell what is none."""
    at, pile = 0, unpacker.pile
    while at < len(data):
        if at and data[at] in _BLANK and not data[at:].strip(_BLANK):
            unpacker.forms[Form.TRAILING] = None
            return
        if unpacker.stops(base + at):
            return
        one, reason = _sequence(data, at)
        if one is None:
            pile.begun += 1
            cut = reason == "shorter than its own length says"
            pile.lose(base + at, label, reason, Code.TRUNCATED if cut else Code.UNREADABLE)
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


def _load_text(data: bytes, places: Sequence[int], unpacker: Unpacker) -> None:
    for number, (label, begin, body, end) in enumerate(_blocks(data)):
        offset = places[number] if number < len(places) else begin
        if unpacker.stops(offset):
            return
        if end not in (None, label):
            unpacker.forms[Form.END_DIFFERS] = None
        if label.endswith(b"PRIVATE KEY") and b"Proc-Type: 4,ENCRYPTED" in body:
            block = b"-----BEGIN %s-----%s-----END %s-----\n" % (label, body, label)
            unpacker.keep_legacy_key(block, offset)
        else:
            _load_block(label, body, offset, unpacker, ends=end is not None)


def _blocks(data: bytes) -> Iterator[tuple[bytes, int, bytes, bytes | None]]:
    """Yield label, place and body of each block, and the label of its END line, where it has one."""
    following = _BEGIN.search(data)
    while (begin := following) is not None:
        following = _BEGIN.search(data, begin.end())
        last = following.start() if following else len(data)
        end = _END.search(data, begin.end(), last)
        body = data[begin.end() : end.start() if end else last]
        yield begin.group(1), begin.start(), body, end.group(1) if end else None


def _load_block(label: bytes, body: bytes, offset: int, unpacker: Unpacker, *, ends: bool) -> None:
    pile, name, expected = unpacker.pile, label.decode(), _LABELS.get(label, Content.OTHER)
    der = _decoded(body) if ends else _first_of(_decoded(body, up_to_text=True))
    if expected is Content.OTHER and (der is None or der[0] != SEQUENCE):
        unpacker.pass_over(offset, name)  # parameters, and what other programs keep in PEM
        return
    if der is None:
        pile.begun += 1
        reason, code = ("not Base64", Code.UNREADABLE) if ends else ("no END line", Code.TRUNCATED)
        pile.lose(offset, name, reason, code)
        return
    if not ends:
        unpacker.forms[Form.NO_END] = None
    if label == b"TRUSTED CERTIFICATE" and (first := _first_of(der)) not in (None, der):
        unpacker.forms[Form.SETTINGS] = None
        der = first or der
    for _, one in _elements(der, offset, name, unpacker):
        kind = unpacker.keep(one, offset, name, expected)
        if kind is not expected and Content.OTHER not in (kind, expected):
            evidence = {"label": name, "kind": kind.value, "offset": offset}
            pile.findings.append(Finding(Code.LABEL_MISFIT, pile.source, evidence, Severity.WARNING))


def _decoded(body: bytes, *, up_to_text: bool = False) -> bytes | None:
    """Return what Base64 says, headers and missing padding forgiven; None where it is not Base64, or says nothing."""
    headers = _HEADERS.match(body, 0, _HEADERS_END)
    begin = headers.end() if headers else 0
    last = next(_BASE64.finditer(body, begin)).end()
    if last < len(body) and not up_to_text:
        return None
    text = b"".join(body[begin:last].split())
    bare = text.rstrip(b"=")
    if up_to_text and bare == text:
        bare = bare[: len(bare) // 4 * 4]  # cut anywhere
    try:
        return base64.b64decode(bare + b"=" * (-len(bare) % 4), validate=True) or None
    except binascii.Error:
        return None


def _first_of(data: bytes | None) -> bytes | None:
    """Return the element that begins in the data; None where none begins, or it is not whole."""
    try:
        return element(data or b"").whole
    except UsageError:
        return None


def _places(data: bytes, plain: bytes) -> tuple[int, ...]:
    """Return where each block begins in the file itself, as far as its text can be found there again."""
    begins = tuple(found.start() for found in islice(_BEGIN.finditer(plain), _MOST_PLACES))
    for encoding in ("ascii", "utf-16-le", "utf-16-be"):
        width = 1 if encoding == "ascii" else 2
        sought = "-----BEGIN ".encode(encoding)
        every = (one.start() for one in re.finditer(re.escape(sought), data))
        found = tuple(islice((at for at in every if at % width == 0), _MOST_PLACES))
        if len(found) == len(begins):
            return found
    return begins
