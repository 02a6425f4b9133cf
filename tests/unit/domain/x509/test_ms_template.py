"""Which template of a Microsoft CA a certificate was issued from."""

from __future__ import annotations

import pytest
from cryptography import x509

from support.pki import make_ca
from support.target_cases import template_extensions
from warifu.domain.x509 import Certificate, MsTemplate
from warifu.domain.x509.ms_template import NAMED

ROOT = make_ca("Root")
OID = "1.3.6.1.4.1.311.21.8.7.2.1"


def of(extensions: list[tuple[x509.ExtensionType, bool]]) -> MsTemplate | None:
    return ROOT.leaf("a.example", extra=extensions).value.template


@pytest.mark.req("S4-43")
@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        (MsTemplate("AcmeWebServer"), "AcmeWebServer"),
        (MsTemplate("サーバー"), "サーバー"),
        (MsTemplate("", OID, (100, 3)), f"{OID} 100.3"),
        (MsTemplate("", OID, (100,)), f"{OID} 100"),
        (MsTemplate("", OID), OID),
        (MsTemplate("WebServer", OID, (4, 1)), f"WebServer ({OID} 4.1)"),
        (MsTemplate("WebServer", OID), f"WebServer ({OID})"),
    ],
    ids=str,
)
def test_name_and_identifier_are_read_and_shown(wanted: MsTemplate, shown: str) -> None:
    """Either, or both; a version as far as it is told."""
    major, minor, *_ = (*wanted.version, None, None)
    found = of(template_extensions(wanted.name, wanted.oid, (major, minor)))
    assert (wanted, shown) == (found, str(found))


def test_one_without_either_has_none() -> None:
    """Nor does one with an extension of another kind that nobody knows."""
    assert None is of([])
    assert None is of([(x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x0c\x01a"), False)])


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (b"\x0c\x03abc", "abc"),
        (b"\x13\x81\x80" + b"a" * 128, "a" * 128),
        (b"\x0c\x03ab", ""),
        (b"\x0c\x02abc", ""),
        (b"\x0c\x82\x01\x00", ""),
        (b"\x0c\x02\xff\xfe", ""),
        (b"\x1e\x03abc", ""),
        (b"\x02\x01\x05", ""),
        (b"\x0c\x81", ""),
        (b"\x0c\x81\x80" + b"a" * 127, ""),
        (b"\x0c", ""),
        (b"", ""),
    ],
)
def test_what_is_no_string_names_nothing(value: bytes, name: str) -> None:
    """A value that is cut, too long, of another type or not in its alphabet; nothing breaks."""
    found = of([(x509.UnrecognizedExtension(NAMED, value), False)])
    assert name == (found.name if found else "")


def test_certificates_of_one_shape_keep_their_own_template() -> None:
    """What is remembered of certificates like each other is not taken over from one of another template."""
    made = [
        ROOT.leaf(f"{n}.example", extra=template_extensions(name=name)).value
        for n in range(3)
        for name in ("A", "B")
    ]
    again = [Certificate(one.der) for one in (*made, ROOT.leaf("c.example").value)]
    assert ["A", "B"] * 3 == [one.template.name for one in again[:-1] if one.template]
    assert None is again[-1].template
