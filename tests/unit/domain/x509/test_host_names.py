"""A-labels."""

from __future__ import annotations

import pytest

from warifu.domain.x509.host_names import to_a_labels


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Web.Example", "web.example"),
        ("Bücher.example", "xn--bcher-kva.example"),
        ("faß.example", "xn--fa-hia.example"),
        ("日本語。jp", "xn--wgv71a119e.jp"),
        ("ＷＥＢ.example", "web.example"),
        ("*.日本語.jp", "*.xn--wgv71a119e.jp"),
        ("a_b.bücher.example", "a_b.xn--bcher-kva.example"),
    ],
)
def test_a_name_is_written_as_certificates_hold_it(name: str, expected: str) -> None:
    """IDNA 2008 by UTS #46; asterisks and underscores in labels of ASCII stay."""
    assert expected == to_a_labels(name)


@pytest.mark.parametrize(
    "name", ["\ud800.example", "é" * 70 + ".example", "xn--é.example", "\u0300a.example", "é..example"]
)
def test_what_no_certificate_can_hold_is_refused(name: str) -> None:
    """Halves of surrogates, labels that are too long or empty, and combining marks in front."""
    with pytest.raises(ValueError, match=r"."):
        to_a_labels(name)
