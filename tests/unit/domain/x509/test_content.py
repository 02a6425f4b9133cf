"""What an object is, is told by its structure."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs7,
    pkcs12,
)
from hypothesis import given
from hypothesis import strategies as st

from support.asn1 import der, explicit, number, octets, oid, seq
from support.examples import examples
from support.pki import make_ca, make_key
from support.requests import request_for, template_for
from warifu.domain.x509.content import Content, content_of

ROOT = make_ca("Root")
LEAF = ROOT.leaf("web.example")
RSA = make_key("rsa")
NO = NoEncryption()
BITS = der(0x03, b"\x00")
NAME = seq()
TIME = der(0x17, b"260101000000Z")
OLD_ROOT = seq(number(7), seq(), NAME, seq(TIME, TIME), NAME, seq(seq(), BITS))  # version 1 says no version
OLD_CRL = seq(seq(), NAME, TIME)
CASES = {
    "certificate": (LEAF.value.der, Content.CERTIFICATE),
    "certificate of version 1": (seq(OLD_ROOT, seq(), BITS), Content.CERTIFICATE),
    "request": (request_for(template_for(ROOT)).request.der, Content.REQUEST),
    "crl": (ROOT.crl().der, Content.CRL),
    "crl of version 1": (seq(OLD_CRL, seq(), BITS), Content.CRL),
    "pkcs8": (LEAF.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NO), Content.KEY),
    "sec1": (LEAF.key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NO), Content.KEY),
    "pkcs1": (RSA.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NO), Content.KEY),
    "encrypted": (
        LEAF.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")),
        Content.ENCRYPTED_KEY,
    ),
    "public": (
        LEAF.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        Content.PUBLIC_KEY,
    ),
    "pkcs7": (pkcs7.serialize_certificates([LEAF.cert], Encoding.DER), Content.PKCS7),
    "pkcs12": (pkcs12.serialize_key_and_certificates(b"", LEAF.key, LEAF.cert, [], NO), Content.PKCS12),
    "other message": (seq(oid("1.2.840.113549.1.7.3"), explicit(seq())), Content.OTHER),
    "rsa public key": (seq(number(15), number(3)), Content.OTHER),
    "signed, but nothing known": (seq(seq(octets(b"x")), seq(), BITS), Content.OTHER),
    "not a sequence": (number(1), Content.OTHER),
    "no element": (b"hello", Content.OTHER),
    "broken inside": (seq(b"\x30\x05"), Content.OTHER),
}


@pytest.mark.parametrize("name", CASES)
def test_structure_tells_the_kind(name: str) -> None:
    """Certificates, requests, CRLs, keys, containers, and what is none of them."""
    data, kind = CASES[name]
    assert kind is content_of(data)


@examples(200)
@given(st.sampled_from(list(CASES)), st.integers(0, 200), st.binary(max_size=4))
def test_any_damage_has_a_kind(name: str, at: int, put: bytes) -> None:
    """Nothing foreign comes out."""
    data = CASES[name][0]
    assert content_of(data[:at] + put + data[at + len(put) :]) in Content
