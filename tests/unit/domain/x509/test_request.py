"""A request as a value."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from support.malformed import request_signed_with, request_with_wrong_signature
from support.pki import Key, make_key
from support.requests import request_for, template_for
from warifu.domain.x509 import Request
from warifu.errors import UsageError

MADE = request_for(template_for(None)).request


def signed(
    builder: x509.CertificateSigningRequestBuilder, key: Key, digest: hashes.HashAlgorithm | None
) -> bytes:
    made = builder.subject_name(x509.Name([])).sign(key, digest)  # type: ignore[arg-type]
    return made.public_bytes(serialization.Encoding.DER)


def test_it_is_its_bytes() -> None:
    """Equal bytes are one request; another key's request for the same name is another."""
    assert 1 == len({MADE, Request(MADE.der)})
    assert MADE != request_for(template_for(None)).request
    assert MADE != MADE.der


def test_a_request_that_its_own_key_did_not_sign_is_refused() -> None:
    """Nobody shows possession of the key: RFC 2986 §4.2 wants the signature to verify."""
    with pytest.raises(UsageError, match=r"trust\.request-unreadable") as raised:
        Request(request_with_wrong_signature(MADE))
    assert "signature" in str(raised.value.values["reason"])


@pytest.mark.parametrize(
    ("kind", "digest"),
    [("rsa", hashes.SHA1()), ("rsa", hashes.MD5()), ("ec", hashes.SHA1())],  # noqa: S303
    ids=["rsa-sha1", "rsa-md5", "ecdsa-sha1"],
)
def test_a_weak_signature_of_its_own_key_is_a_right_one(kind: str, digest: hashes.HashAlgorithm) -> None:
    """The library checks none of these in requests; another key's is wrong all the same."""
    key = make_key(kind)
    own = request_for(template_for(None), key).request
    weak = request_signed_with(own, key, digest)
    assert (digest.name, own.public_key) == (Request(weak).signature_hash, Request(weak).public_key)
    for other in (make_key(kind), make_key("rsa" if kind == "ec" else "ec")):
        if isinstance(digest, hashes.MD5) and kind == "rsa" and not hasattr(other, "private_numbers"):
            continue
        with pytest.raises(UsageError, match=r"trust\.request-unreadable"):
            Request(request_signed_with(own, other, hashes.SHA1()))  # noqa: S303


def test_a_key_that_signs_without_a_hash_names_none() -> None:
    """Ed25519: nothing weak about it, and SHA-1 under its name is wrong."""
    own = Request(signed(x509.CertificateSigningRequestBuilder(), ed25519.Ed25519PrivateKey.generate(), None))
    assert "" == own.signature_hash
    with pytest.raises(UsageError, match=r"trust\.request-unreadable"):
        Request(request_signed_with(own, make_key(), hashes.SHA1()))  # noqa: S303


def test_what_a_request_asks_for_is_read() -> None:
    """Subject, names, purposes and key usage; what it does not name is None, and so is what cannot be read."""
    asked = MADE.asked
    assert (("web.example",), ("serverAuth",), "") == (
        asked.names and asked.names.dns,
        asked.purposes,
        asked.problem,
    )
    broken = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.17"), b"rubbish")
    builder = x509.CertificateSigningRequestBuilder().add_extension(broken, critical=False)
    odd = Request(signed(builder, make_key(), hashes.SHA256())).asked
    assert (None, None, None, "malformed") == (odd.names, odd.purposes, odd.key_usage, odd.problem)


@pytest.mark.parametrize("data", [b"", b"rubbish", MADE.der[:-1]])
def test_what_is_no_request_is_refused(data: bytes) -> None:
    """Only our error comes out."""
    with pytest.raises(UsageError, match=r"trust\.request-unreadable"):
        Request(data)
