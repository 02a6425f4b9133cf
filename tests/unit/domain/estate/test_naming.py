"""Which certificate a person means."""

from __future__ import annotations

import hashlib

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from support.pki import make_ca, make_key
from support.small_estate import SmallWorld
from warifu.domain.estate import Estate
from warifu.domain.estate.naming import find_certificate, find_identity
from warifu.domain.findings import Lang, say_error
from warifu.domain.x509 import Certificate
from warifu.errors import RefusedError, UsageError

KEY = make_key()
PSC1 = make_ca("psc1")
TWIN = make_ca("psc1")
OTHER = make_ca("other", serial=0xABCDEF)
ALL = [entity.value for entity in (PSC1, TWIN, OTHER)]


def found(text: str) -> Certificate:
    return find_certificate(text, ALL, Estate(), None)


def spellings(certificate: Certificate) -> list[str]:
    sha256, sha1 = certificate.fingerprint.hex, hashlib.sha1(certificate.der).hexdigest()  # noqa: S324
    key_id = str(certificate.subject_key_id)
    colons = ":".join(key_id[at : at + 2] for at in range(0, 40, 2))
    sha1_colons = ":".join(sha1[at : at + 2] for at in range(0, 40, 2)).upper()
    return [
        sha256,
        sha256.upper(),
        f"sha256:{sha256}",
        sha256[:12],
        sha1,
        sha1_colons,
        key_id,
        key_id.lower(),
        colons,
    ]


@pytest.mark.req("S0-24")
@pytest.mark.parametrize("entity", [PSC1, TWIN, OTHER])
def test_fingerprints_and_key_ids_in_every_spelling(entity: object) -> None:
    """SHA-256, SHA-1 and key id, with or without colons, in either case, name one certificate."""
    certificate = entity.value  # type: ignore[attr-defined]
    assert [certificate] * 9 == [found(text) for text in spellings(certificate)]


@pytest.mark.req("S0-24")
@pytest.mark.parametrize("position", range(40))
def test_with_one_digit_changed_a_key_id_names_nobody(position: int) -> None:
    """Wherever it stands, in either spelling: nothing is planned for another root."""
    own = str(PSC1.value.subject_key_id)
    changed = own[:position] + ("0" if own[position] != "0" else "1") + own[position + 1 :]
    for text in (changed, ":".join(changed[at : at + 2] for at in range(0, 40, 2)).lower()):
        with pytest.raises(UsageError, match=r"estate\.key-id-of-nobody"):
            found(text)


@pytest.mark.req("S0-23")
def test_a_subject_that_two_anchors_share_is_refused_with_both_listed() -> None:
    """The subject is a hint only: "2 matches", and both key ids stand in the message."""
    with pytest.raises(RefusedError) as caught:
        found("CN=psc1")
    for lang in Lang:
        told = say_error(caught.value, lang)
        assert ("2 matches" if lang is Lang.EN else "2 件") in told
        for entity in (PSC1, TWIN):
            assert str(entity.value.subject_key_id) in told
            assert entity.value.fingerprint.hex in told
    assert 3 == caught.value.exit_code
    assert TWIN.value == found(str(TWIN.value.subject_key_id))


def test_a_subject_reads_in_either_order_and_a_serial_as_hexadecimal() -> None:
    """Tools print names forwards and backwards; serials as hexadecimal."""
    name = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Shop, Inc"),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, "one"),
        ]
    )
    signer = PSC1
    raw = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(signer.cert.subject)
        .public_key(KEY.public_key())
        .serial_number(0x1F2E)
        .not_valid_before(signer.cert.not_valid_before_utc)
        .not_valid_after(signer.cert.not_valid_after_utc)
        .sign(signer.key, signer.cert.signature_hash_algorithm)  # type: ignore[arg-type]
    )
    one = Certificate(raw.public_bytes(Encoding.DER))
    for text in (
        str(one.subject),
        "C=JP,O=Shop\\, Inc,CN=one",
        "c = JP, o = Shop\\, Inc, cn = one",
        "one",
        "1F:2E",
        "0x1f2e",
    ):
        assert one == find_certificate(text, [*ALL, one], Estate(), None)


def test_a_form_that_fits_nobody_is_named_for_what_it_is() -> None:
    """A fingerprint where a key id is meant is told apart from a name."""
    for text, code in (
        ("ab" * 32, "estate.fingerprint-of-nobody"),
        ("ab" * 20, "estate.key-id-of-nobody"),
        ("nobody", "estate.no-such-certificate"),
        ("", "estate.no-such-certificate"),
    ):
        with pytest.raises(UsageError, match=code):
            found(text)


def test_aliases_mean_what_was_seen() -> None:
    """A slot, an identity or a trust store names what it holds."""
    world = SmallWorld()
    seen = world.look()
    for text in ("web/tls", "web"):
        assert world.web.value == find_certificate(text, [], world.estate, seen)
    for text in ("app/up", "up"):
        assert world.root.value == find_certificate(text, [], world.estate, seen)
    assert "web" == find_identity("web/tls", [], world.estate, seen)
    assert "web" == find_identity(world.web.value.fingerprint.hex, [], world.estate, seen)
    assert "app" == find_identity("app", [], world.estate, seen)
    with pytest.raises(UsageError, match="no-such-identity"):
        find_identity(str(world.root.value.fingerprint), [], world.estate, seen)


def test_a_certificate_of_two_identities_is_refused_with_both() -> None:
    """One leaf declared as two identities does not tell which of them is meant."""
    world = SmallWorld()
    world.put("/app", world.web)
    with pytest.raises(RefusedError, match="ambiguous-identity") as caught:
        find_identity(world.web.value.fingerprint.hex, [], world.estate, world.look())
    assert ["app", "web"] == caught.value.values["found"]
