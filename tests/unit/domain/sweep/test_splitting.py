"""Where piles may be cut."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.examples import examples
from support.pki import make_ca, make_key
from warifu.domain.sweep.splitting import (
    Form,
    certificates_of,
    cut,
    cut_idle,
    form_of,
    may_be_ca,
    may_hold,
    padding,
)
from warifu.domain.x509 import to_pem

KEY = make_key()
CA = make_ca("Root", key=KEY)
LEAVES = [CA.leaf(f"h{n}.example", key=KEY).value for n in range(3)]
DER = b"".join(one.der for one in LEAVES)
PEM = to_pem(LEAVES)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (DER[:64], Form.DER),
        (PEM[:64], Form.PEM),
        (b"text before\n" + PEM[:64], Form.PEM),
        (b"\xff\xfe-----BEGIN ", None),
        (b"\xfe\xff-----BEGIN ", None),
        (b"0 is text, and ASCII to the end of it", None),
        (b"0", None),
        (b"\x30\x80\x80\x80\x80", None),
        (b"", None),
    ],
    ids=count(),
)
def test_the_beginning_tells_how_a_pile_is_written(head: bytes, expected: Form | None) -> None:
    """DER by its first element, PEM by a BEGIN line; UTF-16 is no pile."""
    assert expected == form_of(head)


def test_der_is_cut_between_certificates() -> None:
    """Wherever the stream stands, what is cut off is whole certificates and the rest begins with one."""
    edges = [0, len(LEAVES[0].der), len(LEAVES[0].der + LEAVES[1].der), len(DER)]
    for held in range(len(DER) + 1):
        assert max(edge for edge in edges if edge <= held) == cut(Form.DER, DER[:held])


def test_text_is_cut_behind_an_end_line() -> None:
    """A BEGIN that was not ended yet waits for its rest, as does an END line that is not whole."""
    first = PEM.index(b"-----END CERTIFICATE-----") + len(b"-----END CERTIFICATE-----")
    for held in (first, first + 1, first + 30, PEM.index(b"-----END", first) + 10):
        assert first == cut(Form.PEM, PEM[:held])
    assert 0 == cut(Form.PEM, PEM[: first - 1])


def test_short_elements_are_elements() -> None:
    """A length of one octet counts too."""
    assert 7 == cut(Form.DER, b"\x30\x05abcde\x30")


def test_what_is_let_go_of_where_nothing_ends() -> None:
    """All of it, but for a block of text that begins late and may end yet."""
    begin = b"-----BEGIN CERTIFICATE-----\nAAAA"
    assert [9, 5, 0 + len(begin)] == [
        cut_idle(form, held)
        for form, held in ((Form.DER, b"x" * 9), (Form.PEM, b"# no\n" + begin), (Form.PEM, begin))
    ]


def test_padding_between_elements_is_passed_over() -> None:
    """Zeros and ends of lines in front of DER; in text nothing is."""
    assert [4, 0, 3, 0] == [
        padding(form, held)
        for form, held in (
            (Form.DER, b"\0\0\r\n\x30"),
            (Form.DER, b"\x30\0"),
            (Form.DER, b"\0\0\0"),
            (Form.PEM, b"\n\n"),
        )
    ]


@pytest.mark.parametrize("form", list(Form))
def test_the_certificates_of_a_piece(form: Form) -> None:
    """Each with its place."""
    piece = DER if form is Form.DER else PEM
    listed = certificates_of(form, piece)
    assert listed is not None
    assert [one.der for one in LEAVES] == [der for _, der in listed]
    for place, der in listed:
        assert piece[place:].startswith(der if form is Form.DER else b"-----BEGIN CERTIFICATE-----")


@pytest.mark.parametrize(
    ("form", "piece"),
    [
        (Form.DER, DER + b"x"),
        (Form.PEM, PEM + b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"),
        (Form.PEM, PEM + b"-----BEGIN CERTIFICATE-----\nAA*A\n-----END CERTIFICATE-----\n"),
        (Form.PEM, PEM + b"-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----\n"),
        (Form.PEM, PEM + b"-----END CERTIFICATE-----\n"),
    ],
)
def test_what_holds_anything_else_is_for_the_lenient_reader(form: Form, piece: bytes) -> None:
    """Nothing is passed over: one odd thing in a piece, and the whole piece is read the slow way."""
    assert certificates_of(form, piece) is None


def test_cas_are_known_by_their_bytes() -> None:
    """A leaf is sure to be none; old versions are never sure."""
    assert [True, False] == [may_be_ca(CA.value.der), may_be_ca(LEAVES[0].der)]
    assert may_be_ca(LEAVES[0].der.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x01", 1))


@given(st.binary(max_size=80), st.sampled_from(list(Form)), st.sampled_from([b"", DER[:600], PEM[:900]]))
@examples(200)
def test_any_bytes_can_be_cut(noise: bytes, form: Form, before: bytes) -> None:
    """No bytes make it stumble, and what is cut off is never more than is there."""
    data = before + noise
    form_of(data)
    certificates_of(form, data)
    assert 0 <= cut(form, data) <= len(data)


@pytest.mark.parametrize(
    ("data", "may"),
    [
        (b"-----BEGIN CERTIFICATE-----", True),
        (b"-----END CERTIFICATE-----", True),
        (b"- begin certificate", True),
        ("—BEGIN CERTIFICATE—".encode(), True),
        ("—BEGIN CERTIFICATE—".encode("cp1252"), True),
        ("-----BEGIN ".encode("utf-16-le"), True),
        ("x-----BEGIN CERTIFICATE".encode("utf-16-be"), True),
        (b"to begin with; a BEGIN of lines - 'begin'", False),
        (b"", False),
    ],
)
def test_what_may_hold_text_of_pem_is_told_by_a_sign_of_it(data: bytes, may: bool) -> None:
    """Every BEGIN line that the reader mends has a dash of some kind before its word."""
    assert may == may_hold(b"text\n" + data + b"\0\xff")
