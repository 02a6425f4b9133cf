"""Every form in which PEM comes is made plain, named, and read to the same certificates."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.examples import examples
from support.pki import make_ca
from warifu.domain.x509 import forms, read
from warifu.domain.x509.forms import Form, Plain, make_plain

LEAF = make_ca("Root").intermediate("Mid").leaf("web.example")
CHAIN = LEAF.fullchain_pem
VALUES = read(CHAIN).certificates

Change = Callable[[bytes], bytes]
FORMS: dict[tuple[Form, ...], Change] = {
    (): lambda pem: (
        b"subject=CN = web.example\r\n" + pem.replace(b"\n", b"\r\n") + b"\r\nand text after it\r\n"
    ),
    (Form.UTF_16,): lambda pem: pem.decode().encode("utf-16"),
    (Form.MARK,): lambda pem: b"\xef\xbb\xbf" + pem,
    (Form.ESCAPED,): lambda pem: pem.replace(b"\n", b"\\n"),
    (Form.INDENTED,): lambda pem: b"\n".join(b"    " + line for line in pem.splitlines()),
    (Form.GLUED,): lambda pem: pem.replace(b"-----\n-----BEGIN", b"----------BEGIN"),
    (Form.UTF_16, Form.ESCAPED): lambda pem: pem.decode().replace("\n", "\\r\\n").encode("utf-16"),
    (Form.MARK, Form.INDENTED, Form.GLUED): lambda pem: (
        b"\xef\xbb\xbf\t" + pem.replace(b"-----\n-----BEGIN", b"----------BEGIN")
    ),
}


def test_the_chain_has_several() -> None:
    """What follows would show little of one certificate."""
    assert 2 <= len(VALUES)


@pytest.mark.parametrize("forms", FORMS, ids=lambda forms: "+".join(forms) or "plain")
def test_a_form_is_named_and_made_plain(forms: tuple[Form, ...]) -> None:
    """No certificate is lost, and nothing else is said to be odd."""
    plain = make_plain(FORMS[forms](CHAIN))
    assert forms == plain.forms
    assert VALUES == read(plain.data).certificates


@pytest.mark.parametrize("encoding", [Form.UTF_16_LE, Form.UTF_16_BE])
def test_utf_16_needs_no_mark(encoding: Form) -> None:
    """Some tools leave it out."""
    plain = make_plain(CHAIN.decode().encode(encoding))
    assert (encoding,) == plain.forms
    assert VALUES == read(plain.data).certificates


@pytest.mark.parametrize("width", [64, 76, 0])
def test_base64_alone_is_der(width: int) -> None:
    """In lines or in one; a mark before it goes first."""
    text = base64.b64encode(LEAF.value.der)
    lines = [text[start : start + width] for start in range(0, len(text), width)] if width else [text]
    plain = make_plain(b"\xef\xbb\xbf" + b"\r\n".join(lines) + b"\r\n")
    assert Plain(LEAF.value.der, (Form.MARK, Form.BARE)) == plain


@pytest.mark.parametrize(
    "data",
    [
        b"",
        LEAF.value.der,
        base64.b64encode(b"no sequence" * 20),
        base64.b64encode(LEAF.value.der)[:-3],
        b"A" * 63,
        b"MII" * 40 + b"!",
        base64.b64encode(LEAF.value.der) + b"MIIA=" * 100_001,
        b"a path: C:\\new\\root\n" + CHAIN,
    ],
    ids=["nothing", "der", "no-sequence", "cut", "short", "strange", "endless", "backslashes"],
)
def test_what_is_no_odd_text_stays(data: bytes) -> None:
    """DER, Base64 of something else, and backslashes that end no line of PEM."""
    assert Plain(data) == make_plain(data)


@examples(300)
@given(st.one_of(st.binary(max_size=300), st.binary(max_size=40).map(lambda end: CHAIN[:200] + end)))
def test_any_bytes_end(data: bytes) -> None:
    """Nothing foreign comes out, and what is plain is not odd."""
    plain = make_plain(data)
    assert plain.forms or plain.data == data


@pytest.mark.parametrize(
    "hostile",
    [
        b"a" + b" " * 400_000 + b"b\n",
        b"-" * 400_000,
        b"-BEGIN " * 60_000,
        b"-----BEGIN A-----" * 30_000,
        b"-----END " + b"A " * 200_000,
        b"-----\r" * 60_000,
    ],
    ids=["blanks", "dashes", "begins", "lines", "label", "returns"],
)
def test_hostile_text_ends(hostile: bytes) -> None:
    """What takes a step for each pair of bytes would take hours."""
    assert make_plain(b"\t" + CHAIN + hostile).forms


LINES = st.sampled_from(
    [
        b"-----BEGIN CERTIFICATE-----", b"-----END CERTIFICATE-----", b"-----BEGIN FOO BAR-----", b"-----END X509 CRL-----",
        b"MIIB", b"AAAA" * 16, b"+/8=", b"=", b"", b"BEGIN", b"end", b"CERTIFICATE",
    ]
)  # fmt: skip


@given(st.lists(LINES, max_size=8), st.sampled_from([b"\n", b"\r\n"]), st.booleans())
@examples(300)
def test_what_is_regular_has_nothing_odd(lines: list[bytes], end: bytes, is_ended: bool) -> None:
    """What is passed by without a look at each oddity is what those looks leave alone."""
    data = end.join(lines) + (end if is_ended else b"")
    if b"-----BEGIN " in data and forms._REGULAR.fullmatch(data):
        assert [] == list(forms._undo(data))
