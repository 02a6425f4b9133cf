"""Requests that others made: what they ask for is judged by the rules for leaves, and their own signature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from support.malformed import request_signed_with
from support.pki import BOTH, SERVER, Key, make_key
from support.shipped import chosen
from support.usages import key_usage
from warifu.domain.findings import Code, Severity
from warifu.domain.trust.request_judge import judge_request
from warifu.domain.x509 import Request

RSA = make_key("rsa")
Extras = Sequence[x509.ExtensionType]


def asked(common: str = "", key: Key = RSA, extras: Extras = ()) -> Request:
    named = [x509.NameAttribute(NameOID.COMMON_NAME, common)] if common else []
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(named))
    for one in extras:
        builder = builder.add_extension(one, critical=False)
    return Request(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER))


def found(request: Request, profile: str = "dell-ome-migration") -> dict[Code, Severity]:
    return {one.code: one.severity for one in judge_request(request, chosen(profile))}


def dns(*names: str) -> x509.SubjectAlternativeName:
    return x509.SubjectAlternativeName([x509.DNSName(one) for one in names])


def test_a_small_key_and_a_wildcard_are_told() -> None:
    """Before a CA has signed them, and by the same findings."""
    bad = found(asked("*.x.example", make_key("rsa1024")))
    assert {Code.WEAK_KEY: Severity.ERROR, Code.WILDCARD_REFUSED: Severity.ERROR} == bad
    assert {} == found(asked("a.x.example"))


def test_what_a_request_leaves_open_is_the_cas_to_fill_in() -> None:
    """Purposes and key usage are judged where the request names them."""
    assert {} == found(asked("a.example", extras=(x509.ExtendedKeyUsage(list(BOTH)),)))
    assert {Code.PURPOSE_MISSING} == set(
        found(asked("a.example", extras=(x509.ExtendedKeyUsage(list(SERVER)),)))
    )
    signs = key_usage("digital_signature")
    assert {Code.KEY_USAGE_INCOMPLETE} == set(found(asked("a.example", extras=(signs,))))
    assert {Code.COMMON_NAME_MISSING} == set(found(asked(extras=(dns("a.example"),))))


def test_names_are_judged_as_those_of_a_leaf() -> None:
    """Names that no public CA may certify, and a target's own wishes."""
    local = asked(extras=(dns("web.local"),))
    assert {Code.NAME_NOT_PUBLIC} == set(found(local, "webpki-public"))
    assert {} == found(asked(extras=(dns("web.example"),)), "webpki-public")
    assert {Code.KEY_KIND_UNFIT} == set(found(asked("a.example", make_key()), "vcenter-machine"))


def test_extensions_that_cannot_be_read_are_told() -> None:
    """They count as absent, and are not passed over in silence."""
    broken = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.17"), b"rubbish")
    assert {Code.EXTENSION_UNREADABLE: Severity.ERROR} == found(asked("a.example", extras=(broken,)))


def test_nothing_is_asked_for_a_trust_store() -> None:
    """A request is no anchor."""
    assert {} == found(asked("*.x.example", make_key("rsa1024")), "vcenter-trusted-root")


@pytest.mark.parametrize("digest", [hashes.SHA1(), hashes.MD5()], ids=lambda one: one.name)  # noqa: S303
def test_a_weak_signature_is_weak_and_not_wrong(digest: hashes.HashAlgorithm) -> None:
    """A warning: the key is shown to be there; `openssl req -verify` says so too."""
    old = Request(request_signed_with(asked("a.example"), RSA, digest))
    assert {Code.REQUEST_SIGNATURE_WEAK: Severity.WARNING} == found(old)
    (told,) = judge_request(old, chosen("tls-server"))
    assert (old.fingerprint.hex, digest.name) == (told.subject, told.evidence["hash"])
    assert {} == found(old, "rfc5280")
    quiet = replace(chosen("tls-server"), weights={Code.REQUEST_SIGNATURE_WEAK: None})
    assert () == judge_request(old, quiet)


def test_a_request_without_a_subject_is_called_by_its_first_name_or_its_fingerprint() -> None:
    """Something stands in every sentence."""
    nameless = asked(key=make_key("rsa1024"))
    (told,) = judge_request(nameless, chosen("tls-server"))
    assert nameless.fingerprint.short == told.evidence["who"]
    (told,) = judge_request(asked(key=make_key("rsa1024"), extras=(dns("a.example"),)), chosen("tls-server"))
    assert "a.example" == told.evidence["who"]
