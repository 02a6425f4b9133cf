"""What engines are asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from support.pki import NOW, make_ca
from warifu.domain.trust import PathQuestion

ROOT = make_ca("Root")
ASKED = PathQuestion("openssl", ROOT.leaf("web.example").value, (), (ROOT.value,), "serverAuth", NOW)


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("Web.example", "Web.example"),
        ("", ""),
        ("::1", "::1"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("é..example", "é..example"),
    ],
)
def test_engines_are_asked_for_names_as_certificates_hold_them(name: str, asked: str) -> None:
    """A-labels; what no certificate can hold stays as it is."""
    assert asked == replace(ASKED, name=name).asked_name


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({}, ""),
        ({"purpose": ""}, ""),
        ({"purpose": "clientAuth", "name": "*.web-1.example"}, ""),
        ({"name": "bücher.example"}, ""),
        ({"purpose": "2.23.133.8.1"}, "no-such-purpose"),
        ({"name": "web\n#part"}, "name-unfit"),
        ({"name": "web example"}, "name-unfit"),
        ({"name": "é..example"}, "name-unfit"),
        ({"name": "\udcff"}, "name-unfit"),
    ],
)
def test_what_no_engine_can_be_asked_is_known_before(changes: dict[str, str], word: str) -> None:
    """Purposes that engines have no word for, and names of characters that end lines or arguments."""
    assert word == replace(ASKED, **changes).lack  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("web.example.", "web.example"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("[odd", "[odd"),
        ("192.0.2.1", "192.0.2.1"),
    ],
)
def test_a_name_is_asked_without_what_is_spelling(name: str, asked: str) -> None:
    """The root's dot, and the brackets that a URL puts around an address."""
    assert asked == replace(ASKED, name=name).asked_name
