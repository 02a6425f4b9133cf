"""What a CRL says of itself and of certificates."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from support.malformed import as_printable, crl_with_octets, with_octets
from support.pki import DAY, NOW, make_ca, make_key
from support.revoking import crl_of, point, scope
from warifu.domain.trust.signatures import Signatures
from warifu.domain.x509 import Revocation, RevocationList, Scope

ROOT = make_ca("Root")
LEAF = ROOT.leaf("a.example")
RELATIVE = x509.RelativeDistinguishedName([x509.NameAttribute(NameOID.COMMON_NAME, "part")])
LIFTED_AND_HELD = (x509.ReasonFlags.remove_from_crl, x509.ReasonFlags.certificate_hold)
REASONS = frozenset({x509.ReasonFlags.key_compromise})


def test_an_entry_says_when_and_why() -> None:
    """A reason as standards write it; none where the CRL gives none."""
    why = crl_of(ROOT, [LEAF], reason=x509.ReasonFlags.key_compromise)
    assert Revocation(NOW - DAY, "keyCompromise") == why.entry(LEAF.cert.serial_number)
    assert Revocation(NOW - DAY) == crl_of(ROOT, [LEAF]).entry(LEAF.cert.serial_number)
    assert None is crl_of(ROOT).entry(LEAF.cert.serial_number)


def test_an_entry_that_lifts_a_revocation_is_none() -> None:
    """RFC 5280 §5.3.1: removeFromCRL; an entry beside it that revokes the same certificate counts, in either order."""
    lifted = crl_of(ROOT, [LEAF], reason=x509.ReasonFlags.remove_from_crl).entry(LEAF.cert.serial_number)
    assert lifted == Revocation(NOW - DAY, "removeFromCRL")
    assert lifted.is_lifted
    assert not Revocation(NOW - DAY, "certificateHold").is_lifted
    for reasons in (LIFTED_AND_HELD, LIFTED_AND_HELD[::-1]):
        both = crl_of(ROOT, [LEAF], reasons=reasons)
        assert Revocation(NOW - DAY, "certificateHold") == both.entry(LEAF.cert.serial_number)


def test_an_entry_with_an_impossible_date_still_revokes() -> None:
    """As of the CRL's own date: what lists a certificate never makes it good."""
    crl = crl_of(ROOT, [LEAF], at=datetime(2060, 1, 1, tzinfo=UTC))
    assert 1 == crl.der.count(b"20600101000000Z")
    strange = RevocationList(crl.der.replace(b"20600101000000Z", b"00000101000000Z"))
    assert Revocation(strange.this_update) == strange.entry(LEAF.cert.serial_number)


@pytest.mark.parametrize(
    ("extension", "expected"),
    [
        (scope(user=True), Scope(kind="user")),
        (scope(ca=True), Scope(kind="ca")),
        (scope(attribute=True), Scope(kind="attribute")),
        (scope("http://a"), Scope(points=("UniformResourceIdentifier:http://a",))),
        (
            scope("http://a", reasons=REASONS),
            Scope(("UniformResourceIdentifier:http://a",), some_reasons=True),
        ),
        (scope(indirect=True), Scope(is_indirect=True)),
        (scope(relative=RELATIVE), Scope(is_relative=True)),
    ],
    ids=str,
)
def test_a_crl_says_whom_it_speaks_about(extension: x509.IssuingDistributionPoint, expected: Scope) -> None:
    """RFC 5280 §5.2.5, part by part."""
    crl = crl_of(ROOT, extra=[(extension, True)])
    assert (expected, ()) == (crl.scope, crl.unknown_critical)


def test_its_form_is_told() -> None:
    """Number, delta, unknown critical extensions, what is listed twice, and what cannot be read."""
    plain, bare, marked = crl_of(ROOT), crl_of(ROOT, number=None), crl_of(ROOT, number=True)
    assert [(1, False), (None, False), (1, True)] == [
        (one.number, one.number_is_critical) for one in (plain, bare, marked)
    ]
    assert (False, "", Scope(), ()) == (plain.is_delta, plain.unreadable, plain.scope, plain.unknown_critical)
    assert crl_of(ROOT, extra=[(x509.DeltaCRLIndicator(1), True)]).is_delta
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.55555.1"), b"\x05\x00")
    assert ("1.3.6.1.4.1.55555.1",) == crl_of(ROOT, extra=[(unknown, True)]).unknown_critical
    assert () == crl_of(ROOT, extra=[(unknown, False)]).unknown_critical
    assert [False, True] == [crl_of(ROOT, [LEAF], twice=twice).lists_twice for twice in (False, True)]
    broken = x509.UnrecognizedExtension(x509.IssuingDistributionPoint.oid, b"\x30\x05\x01")
    strange = crl_of(ROOT, extra=[(broken, True)])
    assert ("malformed", Scope(), None) == (strange.unreadable, strange.scope, strange.authority_key_id)


def test_a_crl_too_long_to_be_looked_through_is_not() -> None:
    """Whether it lists something twice is not asked of a CRL with more entries than that."""
    crl = crl_of(ROOT, [LEAF], twice=True)
    assert crl.lists_twice
    crl = RevocationList(crl.der)
    crl.most_entries = 1
    assert not crl.lists_twice


def test_what_an_entry_marks_counts_for_the_whole_crl() -> None:
    """RFC 5280 §5.3: a critical extension of any entry that is not applied keeps the CRL from being used."""
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    assert ("1.2.3.4",) == crl_of(ROOT, [LEAF], of_entry=(unknown, True)).unknown_critical
    assert () == crl_of(ROOT, [LEAF], of_entry=(unknown, False)).unknown_critical
    why = x509.CRLReason(x509.ReasonFlags.superseded)
    assert () == crl_of(ROOT, [LEAF], number=True, of_entry=(why, True)).unknown_critical
    strange = crl_of(ROOT, [LEAF], of_entry=(x509.UnrecognizedExtension(why.oid, b"\x0a\x01"), True))
    assert ("crlEntryExtensions",) == strange.unknown_critical


def test_an_entry_is_found_whether_or_not_the_crl_is_kept_by_serial() -> None:
    """The first of twins counts; the library looks through a CRL that is too long to be kept."""
    crl = crl_of(ROOT, [LEAF, ROOT], twice=True, reason=x509.ReasonFlags.superseded)
    long = RevocationList(crl.der)
    long.most_entries = 1
    assert "superseded" == (crl.entry(LEAF.cert.serial_number) or Revocation(NOW)).reason
    for serial in (LEAF.cert.serial_number, ROOT.cert.serial_number, 5):
        assert crl.entry(serial) == long.entry(serial)
    assert crl.entry(5) is None


def test_its_issuer_is_compared_as_names_are() -> None:
    """Case, spaces and the kind of string do not count."""
    spelt = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ROOT")])
    assert ROOT.value.subject.folded == crl_of(ROOT, name=spelt).issuer_folded


def test_another_process_gets_the_same_crl() -> None:
    """Sent as its bytes."""
    crl = crl_of(ROOT)
    assert crl == pickle.loads(pickle.dumps(crl))  # noqa: S301 - our own


def test_a_key_id_names_the_signer() -> None:
    """Where it stands."""
    named = x509.AuthorityKeyIdentifier.from_issuer_public_key(make_key().public_key())
    crl = crl_of(ROOT, extra=[(named, False)])
    assert crl.authority_key_id is not None
    assert named.key_identifier is not None
    assert named.key_identifier.hex().upper() == crl.authority_key_id.hex
    assert (
        None is crl_of(ROOT, extra=[(x509.AuthorityKeyIdentifier(None, None, None), False)]).authority_key_id
    )


def test_points_of_certificates_and_crls_are_written_alike() -> None:
    """What one names the other is found by."""
    leaf = ROOT.leaf("a.example", extra=[(point("http://a"), False)]).value
    assert leaf.distribution_points == crl_of(ROOT, extra=[(scope("http://a"), True)]).scope.points


@pytest.mark.parametrize(
    ("spelt", "change", "name"),
    [
        ("R&D", as_printable("R&D"), "CN=R&D"),
        ("Societe", (b"\x0c\x07Societe", b"\x14\x07Soci\xe9t\xe9"), "CN=Soci\xe9t\xe9"),
    ],
)
def test_a_crl_of_an_oddly_named_ca_is_read(spelt: str, change: tuple[bytes, bytes], name: str) -> None:
    """As its certificate is: the name is the same, and the signature is that over its own octets."""
    root = make_ca(spelt, key=make_key("rsa"))
    leaf = root.leaf("a.example")
    crl, issuer = crl_with_octets(root, *change, [leaf]), with_octets(root, change).value
    assert (name, issuer.subject.folded, issuer.subject.der) == (
        crl.issuer_text,
        crl.issuer_folded,
        crl.issuer_der,
    )
    assert crl.entry(leaf.cert.serial_number) is not None
    assert Signatures().holds(crl, issuer)
    assert Signatures().holds(root.crl(), root.value)
    assert not Signatures().holds(crl, make_ca(spelt, key=make_key("rsa")).value)
