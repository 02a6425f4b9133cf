"""What is taken out of certificates whose extensions were met before equals what the library reads."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from support.examples import examples
from support.malformed import of_version_1
from support.pki import BOTH, CLIENT, Entity, make_ca, make_key
from support.usages import key_usage, names_critical
from warifu.domain.x509 import Certificate, Quietly, parts
from warifu.domain.x509.alike import places_in, plain_key, plain_name, take_alike, take_apart
from warifu.domain.x509.parts import Parts, read_parts
from warifu.domain.x509.public_key import facts_of
from warifu.errors import UsageError

ROOT = make_ca("Root")
MID = ROOT.intermediate("Mid")
RSA_CA = make_ca("RSA", key=make_key("rsa"))


def name(**attributes: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(getattr(NameOID, key), value) for key, value in attributes.items()])


def names(*listed: x509.GeneralName) -> dict[str, object]:
    return {"san": False, "extra": [(x509.SubjectAlternativeName(listed), False)]}


CASES: dict[str, Entity] = {
    "one name": MID.leaf("a.example"),
    "another of the same shape": MID.leaf("b.example", "c.example"),
    "names marked critical": MID.leaf("", **names_critical("a.example")),
    "address": MID.leaf("192.0.2.1"),
    "both kinds": MID.leaf("a.example", "192.0.2.1"),
    "e-mail": MID.leaf("x", **names(x509.RFC822Name("a@example.com"))),
    "uri": MID.leaf("x", **names(x509.UniformResourceIdentifier("spiffe://a/b"), x509.DNSName("a.example"))),
    "directory name": MID.leaf("x", **names(x509.DirectoryName(name(COMMON_NAME="x")))),
    "long name": MID.leaf("x", **names(x509.DNSName("a" * 200 + ".example"))),
    "many names": MID.leaf(*(f"host-{number}.example" for number in range(40))),
    "no names": MID.leaf("x", san=False),
    "no key id": MID.leaf("a.example", ski=False),
    "long key id": MID.leaf(
        "a.example", ski=False, extra=[(x509.SubjectKeyIdentifier(bytes(range(130))), False)]
    ),
    "clients": MID.leaf("a.example", purposes=CLIENT),
    "both purposes": MID.leaf("a.example", purposes=BOTH, usage=key_usage("key_agreement")),
    "a CA": ROOT.intermediate("Below", path_length=0),
    "a root": ROOT,
    "P-384": MID.leaf("a.example", key=ec.generate_private_key(ec.SECP384R1())),
    "P-521": MID.leaf("a.example", key=ec.generate_private_key(ec.SECP521R1())),
    "RSA": RSA_CA.leaf("a.example", key=make_key("rsa")),
    "a full subject": MID.leaf(
        "a.example",
        subject=name(
            COUNTRY_NAME="JP",
            STATE_OR_PROVINCE_NAME="Tokyo",
            LOCALITY_NAME="Chiyoda ku",
            STREET_ADDRESS="1",
            ORGANIZATION_NAME="Example Inc",
            ORGANIZATIONAL_UNIT_NAME="IT",
            COMMON_NAME="a.example",
        ),
    ),
    "two common names": MID.leaf(
        "a.example",
        subject=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text) for text in ("B", "a")]),
    ),
    "a subject with signs": MID.leaf(
        "a.example", subject=name(ORGANIZATION_NAME='A, "B" + C', COMMON_NAME="x")
    ),
    "a subject with Japanese": MID.leaf(
        "a.example", subject=name(ORGANIZATION_NAME="株式会社例", COMMON_NAME="x")
    ),
    "an uncommon attribute": MID.leaf("a.example", subject=name(SERIAL_NUMBER="1", COMMON_NAME="x")),
    "several values in one": MID.leaf(
        "a.example",
        subject=x509.Name(
            [
                x509.RelativeDistinguishedName(
                    [
                        x509.NameAttribute(NameOID.COMMON_NAME, "x"),
                        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "y"),
                    ]
                )
            ]
        ),
    ),
    "a long subject": MID.leaf("a.example", subject=name(ORGANIZATION_NAME="x" * 60, COMMON_NAME="y" * 64)),
    "doubled spaces": MID.leaf("a.example", subject=name(ORGANIZATION_NAME="A  B", COMMON_NAME="x")),
    "upper case": MID.leaf("a.example", subject=name(ORGANIZATION_NAME="EXAMPLE", COMMON_NAME="X")),
    "no extensions": MID.leaf(
        "x", san=False, ski=False, aki=False, basic=False, no_usage=True, purposes=None
    ),
}


@pytest.fixture(autouse=True)
def _no_shape_is_known() -> Iterator[None]:
    parts._SHAPES.clear()
    parts._LIKELY.clear()
    yield
    parts._SHAPES.clear()
    parts._LIKELY.clear()


def library(certificate: Certificate) -> Parts:
    """What is read where no shape is known."""
    parts._SHAPES.clear()
    with Quietly():
        return read_parts(x509.load_der_x509_certificate(certificate.der), certificate.der)


def fields(read: Parts) -> list[object]:
    return [getattr(read, one.name) for one in dataclasses.fields(read)]


def same(one: Parts, other: Parts) -> bool:
    texts = [(str(read.subject), read.subject.common_names, read.subject.folded) for read in (one, other)]
    return fields(one) == fields(other) and texts[0] == texts[1]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_second_look_gives_what_the_first_gave(case: str) -> None:
    """The second is taken from the shape, where there is one."""
    certificate = CASES[case].value
    first = library(certificate)
    again = read_parts(x509.load_der_x509_certificate(certificate.der), certificate.der)
    assert same(first, again)
    shown = x509.load_der_x509_certificate(certificate.der)
    assert shown.subject.rfc4514_string() == first.subject.text
    assert shown.tbs_certificate_bytes == certificate.signed_bytes


def test_certificates_after_others_of_their_shape_read_as_alone() -> None:
    """Whatever was met before, and in whatever order."""
    alone = {case: library(entity.value) for case, entity in CASES.items()}
    parts._SHAPES.clear()
    order = [*CASES, *CASES]
    random.Random(7).shuffle(order)
    for case in order:
        value = CASES[case].value
        read = read_parts(x509.load_der_x509_certificate(value.der), value.der)
        assert same(alone[case], read), case


def test_a_shape_is_met_again() -> None:
    """Two leaves of one CA share everything but names, key id and key: one reading of the library serves both."""
    one, other = CASES["one name"].value, CASES["another of the same shape"].value
    shapes = [take_apart(each.der, places_in(each.der)) for each in (one, other)]
    assert shapes[0] is not None
    assert shapes[1] is not None
    assert shapes[0].shape == shapes[1].shape
    assert ("b.example", "c.example") == (shapes[1].names.dns if shapes[1].names else None)
    marked = CASES["names marked critical"].value
    critical = take_apart(marked.der, places_in(marked.der))
    assert critical is not None
    assert critical.shape != shapes[0].shape


def test_a_shape_fits_what_has_it_and_nothing_else() -> None:
    """Compared piece by piece with the shape of every other certificate, or taken apart: the same comes out."""
    ders = {case: entity.value.der for case, entity in CASES.items()}
    apart = {case: take_apart(der, places_in(der)) for case, der in ders.items()}
    fitting = 0
    for other in filter(None, apart.values()):
        for case, der in ders.items():
            mine = apart[case]
            expected = mine if mine is not None and mine.shape == other.shape else None
            fitting += expected is not None
            assert expected == take_alike(der, places_in(der), other.shape), case
    assert fitting > len(CASES)


def test_a_shape_that_goes_on_does_not_fit() -> None:
    """Nor one of which a part is cut off; a certificate without the extension that a piece stands for has another."""
    der = CASES["one name"].value.der
    places = places_in(der)
    whole = take_apart(der, places)
    assert whole is not None
    for mark in (b"\x00N", b"\x00C", b"\x00K"):
        assert take_alike(der, places, (*whole.shape, mark, b"")) is None
        assert take_alike(der, places, (b"", mark, *whole.shape)) is None
    assert take_alike(der, places, whole.shape[:-2]) is None


def test_what_could_not_be_read_makes_no_shape() -> None:
    """A fault of one certificate is never handed to the next."""
    broken = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.15"), b"\x03\x02")
    leaf = MID.leaf("a.example", no_usage=True, extra=[(broken, True)]).value
    assert library(leaf).problems
    assert {} == parts._SHAPES


def test_shapes_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pile of certificates that have nothing in common costs no more memory than a few."""
    monkeypatch.setattr(parts, "_MOST_SHAPES", 2)
    for number in range(5):
        library_of = MID.leaf(f"{number}.example", extra=[(x509.InhibitAnyPolicy(number), True)]).value
        read_parts(x509.load_der_x509_certificate(library_of.der), library_of.der)
    assert len(parts._SHAPES) <= 2


def test_names_and_keys_of_other_kinds_are_left_to_the_library() -> None:
    """Nothing is guessed."""
    for case in (
        "a subject with signs",
        "a subject with Japanese",
        "an uncommon attribute",
        "several values in one",
    ):
        assert plain_name(places_in(CASES[case].value.der).subject) is None
    assert plain_name(b"\x30\x00") is None
    key = ec.generate_private_key(ec.SECP521R1()).public_key()
    facts = facts_of(key)
    assert plain_key(facts.spki, 521) is None


def test_unique_ids_before_the_extensions_are_stepped_over() -> None:
    """IssuerUniqueID stands between the key and the extensions; nobody makes them any more."""
    der = CASES["one name"].value.der
    places = places_in(der)
    start = places.extensions[0]
    before = der.rindex(b"\xa3", 0, start)
    unique = b"\x81\x02\x00\x01"
    tbs_start, tbs_end = places.signed
    inner = der[tbs_start + 4 : before] + unique + der[before:tbs_end]
    tbs = b"\x30\x82" + len(inner).to_bytes(2, "big") + inner
    whole = tbs + der[tbs_end:]
    made = b"\x30\x82" + len(whole).to_bytes(2, "big") + whole
    moved = places_in(made)
    assert der[slice(*places.extensions)] == made[slice(*moved.extensions)]


@given(
    place=st.integers(0, 2000),
    octet=st.integers(0, 255),
    which=st.sampled_from(["one name", "RSA", "no key id"]),
)
@examples(400)
def test_a_changed_octet_is_read_as_the_library_reads_it(place: int, octet: int, which: str) -> None:
    """With the shape of the sound certificate known, a damaged one is read as if none were."""
    sound = CASES[which].value.der
    at = place % len(sound)
    der = sound[:at] + bytes([octet]) + sound[at + 1 :]
    try:
        damaged = Certificate(der)
        alone = library(damaged)
    except UsageError:
        return
    read_parts(x509.load_der_x509_certificate(sound), sound)
    with Quietly():
        again = read_parts(x509.load_der_x509_certificate(der), der)
    assert same(alone, again)


def test_a_certificate_of_version_1_has_no_version_to_step_over() -> None:
    """Its serial number stands first."""
    bare = {"basic": False, "no_usage": True, "ski": False, "aki": False}
    old = of_version_1(RSA_CA.leaf("a.example", san=False, purposes=None, **bare))
    places = places_in(old.value.der)
    assert (old.value.issuer.der, old.value.subject.der) == (places.issuer, places.subject)


@pytest.mark.parametrize(
    ("place", "change"),
    [(0, 1), (1, 1), (2, 1), (3, -1), (4, 1), (5, 0x7F)],
    ids=["no octet string", "too long", "no sequence", "too short", "no DNS name", "a length of two octets"],
)
def test_names_that_stand_otherwise_are_left_to_the_library(place: int, change: int) -> None:
    """An OCTET STRING with a SEQUENCE of names in it, each as long as it says, or nothing is taken."""
    der = CASES["one name"].value.der
    names_ = b"\x06\x03\x55\x1d\x11"
    at = der.index(names_) + len(names_) + place
    odd = der[:at] + bytes([der[at] + change]) + der[at + 1 :]
    assert take_apart(odd, places_in(odd)) is None


def test_a_key_id_that_stands_otherwise_is_left_to_the_library() -> None:
    """One OCTET STRING inside another, as long as it says."""
    der = CASES["one name"].value.der
    key_id = b"\x06\x03\x55\x1d\x0e"
    at = der.index(key_id) + len(key_id) + 2
    odd = der[:at] + b"\x05" + der[at + 1 :]
    assert take_apart(odd, places_in(odd)) is None
