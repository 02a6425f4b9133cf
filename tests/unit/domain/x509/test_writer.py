"""PEM has 64 columns and one form; PKCS#7 holds every certificate."""

from __future__ import annotations

import pytest

from support.pki import make_ca
from warifu.domain.x509 import load, to_pem
from warifu.domain.x509.pkcs7 import to_pkcs7
from warifu.domain.x509.writer import crls_to_pem

ROOT = make_ca("Root")
WEB = ROOT.leaf("web.example")


@pytest.mark.req("S3-20")
def test_der_in_is_pem_out_with_the_same_fingerprint() -> None:
    """Lines of 64 characters between the two lines that everybody knows."""
    (read,) = load(WEB.value.der).certificates
    lines = to_pem([read]).decode().splitlines()
    assert ("-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----") == (lines[0], lines[-1])
    assert {64} == {len(line) for line in lines[1:-2]}
    assert 0 < len(lines[-2]) <= 64
    (again,) = load(to_pem([read])).certificates
    assert WEB.value.fingerprint == again.fingerprint


def test_a_message_holds_every_certificate() -> None:
    """PKCS#7 keeps them, if not their order."""
    reading = load(to_pkcs7([WEB.value, ROOT.value]))
    assert ({WEB.value, ROOT.value}, ("pkcs7",)) == (set(reading.certificates), reading.containers)


def test_crls_are_written_too() -> None:
    """Under their own label."""
    crl = ROOT.crl()
    assert (crl,) == load(crls_to_pem([crl])).crls
