"""What signature algorithms are called by how they sign."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.x509.oid import SignatureAlgorithmOID

from support.pki import make_ca, make_key
from warifu.domain.x509.schemes import SCHEMES, scheme_named


@pytest.mark.parametrize(
    ("begins", "scheme"),
    [("RSA_WITH", "RSA-PKCS1"), ("RSASSA", "RSA-PSS"), ("ECDSA", "ECDSA"), ("DSA", "DSA"), ("ED25519", "Ed25519"),
     ("ED448", "Ed448")],
)  # fmt: skip
def test_every_algorithm_of_the_library_has_its_scheme(begins: str, scheme: str) -> None:
    """Whatever the hash."""
    listed = [
        getattr(SignatureAlgorithmOID, name) for name in dir(SignatureAlgorithmOID) if name.startswith(begins)
    ]
    assert listed
    assert {scheme} == {scheme_named(one) for one in listed}
    assert scheme in SCHEMES


def test_one_that_is_not_known_is_told_by_its_number() -> None:
    """ML-DSA-65, at the time of writing."""
    assert "2.16.840.1.101.3.4.3.18" == scheme_named(x509.ObjectIdentifier("2.16.840.1.101.3.4.3.18"))


def test_a_certificate_says_how_it_was_signed() -> None:
    """Also one of a shape that was met before."""
    root = make_ca("Root", key=make_key("rsa"))
    assert "RSA-PKCS1" == root.value.signature_scheme
    for _ in range(3):
        assert "RSA-PSS" == root.leaf("a.example", pss=True).value.signature_scheme
        assert "RSA-PKCS1" == root.leaf("a.example").value.signature_scheme
    assert "ECDSA" == make_ca("EC").value.signature_scheme
