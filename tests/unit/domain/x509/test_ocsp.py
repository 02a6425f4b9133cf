"""What an OCSP response says, and of whom."""

from __future__ import annotations

import base64
import pickle
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.x509 import ocsp

from support.malformed import with_key_of_no_kind
from support.pki import DAY, NOW, make_ca, make_key
from support.revoking import (
    GOOD,
    OCSP_SIGNER,
    REVOKED,
    UNKNOWN,
    ocsp_of,
    refused_by_responder,
    together,
    with_pss,
)
from warifu.domain.trust import Signatures
from warifu.domain.x509 import OcspResponse
from warifu.errors import UsageError

ROOT = make_ca("Root")
LEAF = ROOT.leaf("a.example")
SERIAL = LEAF.cert.serial_number


def test_it_says_good_revoked_or_unknown() -> None:
    """With dates; when and why for what was revoked."""
    good = ocsp_of(LEAF, GOOD)
    (answer,) = good.answers
    assert ("successful", "good", SERIAL, "sha1") == (
        good.status,
        answer.status,
        answer.serial,
        answer.digest,
    )
    assert (NOW - DAY, NOW + DAY, None, "") == (
        answer.this_update,
        answer.next_update,
        answer.revoked,
        answer.reason,
    )
    (gone,) = ocsp_of(LEAF, REVOKED, reason=x509.ReasonFlags.superseded, end=None).answers
    assert ("revoked", NOW - DAY, "superseded", None) == (
        gone.status,
        gone.revoked,
        gone.reason,
        gone.next_update,
    )
    (unknown,) = ocsp_of(LEAF, UNKNOWN).answers
    assert "unknown" == unknown.status


@pytest.mark.parametrize("digest", [hashes.SHA1(), hashes.SHA256(), hashes.SHA512()])  # noqa: S303
def test_it_is_about_one_certificate_of_one_issuer(digest: hashes.HashAlgorithm) -> None:
    """Serial number, issuer's name and issuer's key must all be the ones asked for, whichever hash names them."""
    (answer,) = ocsp_of(LEAF, digest=digest).answers
    twin = make_ca("Root")
    assert answer.is_about(SERIAL, ROOT.value)
    assert not answer.is_about(SERIAL + 1, ROOT.value)
    assert not answer.is_about(SERIAL, twin.value)
    assert not answer.is_about(SERIAL, make_ca("Else", key=ROOT.key).value)
    rsa = make_ca("Root", key=make_key("rsa"))
    assert not answer.is_about(SERIAL, with_key_of_no_kind(rsa.leaf("b.example", ski=False)).value)


def test_a_hash_that_is_not_known_names_nobody() -> None:
    """No guess is made."""
    sha1 = bytes.fromhex("06052b0e03021a")
    response = ocsp_of(LEAF)
    assert sha1 in response.der
    strange = OcspResponse(response.der.replace(sha1, sha1[:-1] + b"\x7f"))
    assert ("", False) == (strange.answers[0].digest, strange.answers[0].is_about(SERIAL, ROOT.value))


def test_a_responder_may_give_no_answer() -> None:
    """It is read, says why, and has neither answers nor a signature."""
    later = refused_by_responder(ocsp.OCSPResponseStatus.TRY_LATER)
    assert ("try-later", (), b"", ()) == (later.status, later.answers, later.signature, later.certificates)


def test_who_answers_is_named_by_name_or_by_key() -> None:
    """Either is kept as the issuer's is."""
    key = ROOT.value.public_key
    assert key is not None
    by_name, by_key = ocsp_of(LEAF), ocsp_of(LEAF, by_key=True)
    assert (ROOT.value.subject.folded, b"") == (by_name.responder_name, by_name.responder_key)
    assert ("", key.key_hash("sha1")) == (by_key.responder_name, by_key.responder_key)
    signer = ROOT.leaf("responder", purposes=OCSP_SIGNER)
    assert (signer.value,) == ocsp_of(LEAF, signer=signer).certificates


def test_a_certificate_in_it_that_cannot_be_read_is_nobodys() -> None:
    """The response is read without it: here one that ends in the year 0."""
    signer = ROOT.leaf("responder", purposes=OCSP_SIGNER, end=datetime(2060, 1, 1, tzinfo=UTC))
    response = ocsp_of(LEAF, signer=signer)
    assert b"20600101000000Z" in response.der
    assert () == OcspResponse(response.der.replace(b"20600101000000Z", b"00000101000000Z")).certificates


def test_it_may_answer_of_many() -> None:
    """Each answer is read, in their order; what was signed is all of them."""
    other = ROOT.leaf("b.example")
    both = together(ocsp_of(LEAF), ocsp_of(other, REVOKED), ROOT)
    assert [(SERIAL, "good"), (other.cert.serial_number, "revoked")] == [
        (one.serial, one.status) for one in both.answers
    ]
    assert both.signed in both.der
    assert Signatures().holds(both, ROOT.value)


def test_critical_extensions_are_told() -> None:
    """A nonce is none of them unless it is marked so."""
    nonce = x509.OCSPNonce(b"\x01" * 16)
    assert [("1.3.6.1.5.5.7.48.1.2",), ()] == [
        ocsp_of(LEAF, extra=[(nonce, critical)]).unknown_critical for critical in (True, False)
    ]


def test_how_it_is_signed_is_told() -> None:
    """With ECDSA, RSA or RSASSA-PSS and a hash, or with Ed25519, which names none; another algorithm is told as unknown."""
    rsa_root = make_ca("Root", key=make_key("rsa"))
    edwards = make_ca("Root", key=ed25519.Ed25519PrivateKey.generate())
    by_rsa = ocsp_of(rsa_root.leaf("a.example"))
    made = ((ocsp_of(LEAF), "ECDSA"), (by_rsa, "PKCS1v15"), (with_pss(by_rsa, rsa_root), "PSS"))
    for response, kind in made:
        scheme, digest = response.scheme
        assert (kind, True) == (type(scheme).__name__, response.knows_algorithm)
        assert digest is not None
        assert "sha256" == digest.name
    plain = ocsp_of(edwards.leaf("a.example"))
    assert ((None, None), True) == (plain.scheme, plain.knows_algorithm)
    ecdsa = bytes.fromhex("06082a8648ce3d040302")
    strange = OcspResponse(ocsp_of(LEAF).der.replace(ecdsa, ecdsa[:-1] + b"\x7f"))
    assert ((None, None), False) == (strange.scheme, strange.knows_algorithm)


def test_it_is_its_bytes() -> None:
    """Equal when they are, hashed by them."""
    response = ocsp_of(LEAF)
    assert response == OcspResponse(response.der)
    assert hash(response) == hash(OcspResponse(response.der))
    assert response != ocsp_of(LEAF, UNKNOWN)
    assert response != response.der


def test_another_process_gets_the_same_response() -> None:
    """Sent as its bytes."""
    response = ocsp_of(LEAF)
    assert response == pickle.loads(pickle.dumps(response))  # noqa: S301 - our own


@pytest.mark.parametrize("data", [b"", b"x", b"\x30\x00", LEAF.value.der, ocsp_of(LEAF).der[:-1]])
def test_what_is_no_response_is_refused(data: bytes) -> None:
    """As ours, with a word for the reason."""
    with pytest.raises(UsageError) as raised:
        OcspResponse(data)
    assert ("trust.ocsp-unreadable", "malformed") == (raised.value.code, raised.value.values["reason"])


def test_a_file_holds_der_or_pem() -> None:
    """Between its lines, whatever stands around them; what is no Base64 there is said."""
    der = ocsp_of(LEAF).der
    block = b"-----BEGIN OCSP RESPONSE-----\r\n%b-----END OCSP RESPONSE-----\n"
    assert OcspResponse(der) == OcspResponse.of_file(der)
    assert OcspResponse(der) == OcspResponse.of_file(b"Response:\n" + block % base64.encodebytes(der))
    with pytest.raises(UsageError) as caught:
        OcspResponse.of_file(block % b"?!\n")
    assert "not Base64" == caught.value.values["reason"]
