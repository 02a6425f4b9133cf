"""A certificate as a value."""

from __future__ import annotations

import pytest
from cryptography import x509

from support.pki import BOTH, make_ca, make_key
from warifu.domain.x509 import Certificate, Purpose, RevocationList, Usage
from warifu.errors import UsageError

ROOT = make_ca("Root")
WEB = ROOT.leaf("web.example", "192.0.2.1", purposes=BOTH)


def test_it_is_its_bytes() -> None:
    """Equal bytes are one certificate; a renewed one is another."""
    again = Certificate(WEB.value.der)
    assert WEB.value == again
    assert 1 == len({WEB.value, again})
    assert WEB.value != ROOT.leaf("web.example").value
    assert WEB.value.fingerprint.short in repr(again)


def test_its_facts_are_read() -> None:
    """Names, purposes, usages and key come out as the builder put them in."""
    cert = WEB.value
    assert ("web.example", "192.0.2.1") == (cert.names.texts if cert.names else ())
    assert (Purpose.SERVER_AUTH, Purpose.CLIENT_AUTH) == cert.extended_key_usage
    assert frozenset({Usage.DIGITAL_SIGNATURE}) == cert.key_usage
    assert (False, None) == cert.basic_constraints
    assert "sha256" == cert.signature_hash
    assert (3, False, False) == (cert.version, cert.is_ca, cert.is_self_issued)
    assert ROOT.value.subject_key_id == cert.authority_key_id
    assert ROOT.value.subject == cert.issuer
    assert () == cert.unreadable
    assert () == cert.unknown_critical


def test_absent_extensions_are_none() -> None:
    """Absence is told apart from emptiness."""
    bare = make_ca("bare", ca=False, basic=False, no_usage=True, ski=False, purposes=None).value
    assert (None,) * 6 == (
        bare.names,
        bare.key_usage,
        bare.extended_key_usage,
        bare.basic_constraints,
        bare.name_constraints,
        bare.subject_key_id,
    )
    assert not bare.is_ca


def test_a_broken_extension_is_told_and_no_crash() -> None:
    """Where one extension cannot be read, all count as absent, and the certificate says so."""
    oid = x509.SubjectKeyIdentifier.oid
    broken = ROOT.leaf(
        "a.example", ski=False, extra=[(x509.UnrecognizedExtension(oid, b"\x30\x05\x01"), False)]
    )
    assert ["extensions"] == [part for part, _ in broken.value.unreadable]
    assert None is broken.value.names


def test_names_fold_case_and_spaces() -> None:
    """Names that RFC 5280 §7.1 calls equal have one folded form, though their bytes differ."""
    one, other = make_ca("Corp  Root"), make_ca("corp root")
    assert one.value.subject != other.value.subject
    assert one.value.subject.folded == other.value.subject.folded
    assert one.value.subject.folded != make_ca("corp  roots").value.subject.folded
    assert "(empty name)" == str(make_ca("").value.subject)


@pytest.mark.parametrize("data", [b"", b"\x30\x00", b"rubbish", WEB.value.der[:-1], WEB.value.der + b"\x00"])
def test_what_is_no_certificate_is_refused(data: bytes) -> None:
    """Only our error comes out."""
    with pytest.raises(UsageError, match=r"trust\.certificate-unreadable"):
        Certificate(data)


def test_what_is_no_crl_is_refused() -> None:
    """Only our error comes out."""
    with pytest.raises(UsageError, match=r"trust\.crl-unreadable"):
        RevocationList(b"rubbish")


def test_a_crl_tells_whom_it_revokes() -> None:
    """By serial number, with the date."""
    crl = ROOT.crl([WEB])
    assert None is not crl.revokes(WEB.value.serial)
    assert None is crl.revokes(WEB.value.serial + 1)
    assert None is crl.authority_key_id
    assert ROOT.value.subject.der == crl.issuer_der
    assert 1 == len({crl, RevocationList(crl.der)})


def test_constraints_are_read() -> None:
    """What a CA may sign for comes out by kind."""
    limits = x509.NameConstraints([x509.DNSName("example")], [x509.RFC822Name("b.example")])
    found = ROOT.intermediate("Narrow", extra=[(limits, True)]).value.name_constraints
    assert found is not None
    assert ("example",) == found.permitted.dns
    assert ("b.example",) == found.excluded.email
    assert found.permitted.uri == ()


def test_an_rsa_key_is_told_by_its_size() -> None:
    """Two certificates with one key share its digest."""
    key = make_key("rsa")
    one, other = make_ca("One", key=key).value, make_ca("Other", key=key).value
    assert one.public_key is not None
    assert other.public_key is not None
    assert "RSA 2048" == str(one.public_key)
    assert one.public_key.sha256 == other.public_key.sha256
