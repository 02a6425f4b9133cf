"""A new certificate beside the one it replaces: what is lost stops it, what is gained is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.x509.oid import NameOID

from support.pki import BOTH, CLIENT, DAY, NOW, SERVER, Entity, make_ca, make_key
from support.usages import key_usage
from warifu.domain.findings import Code, Lang, Severity, remedy, title
from warifu.domain.trust.renewal import (
    Discarded,
    Item,
    Renewal,
    RenewalDiff,
    RenewalPolicy,
    compare_renewal,
)
from warifu.domain.x509 import Request

MID = make_ca("Root").intermediate("Mid")
RSA = make_key("rsa")
NAMES = ("a.example", "b.example", "192.0.2.1")
OLD = MID.leaf(*NAMES, purposes=BOTH)
SECOND = timedelta(seconds=1)


def renewed(new: Entity, old: Entity = OLD, **more: object) -> RenewalDiff:
    above = {"pool": (MID.value, MID.root.value), **more}
    return compare_renewal(Renewal(old.value, new.value, **above), now=NOW)  # type: ignore[arg-type]


def good(*names: str, **changes: object) -> Entity:
    return MID.leaf(*(names or NAMES), **{"purposes": BOTH, **changes})


def told(diff: RenewalDiff) -> dict[Code, Severity]:
    return {finding.code: finding.severity for finding in diff.findings}


def item(diff: RenewalDiff, name: str) -> Item:
    return next(one for one in diff.items if one.name == name)


def test_a_renewal_in_kind_is_fit_and_says_only_that_the_issuer_is_the_same() -> None:
    """Nothing lost, nothing gained: one note, every row equal but the ones that always change."""
    diff = renewed(good(start=NOW, end=NOW + 90 * DAY))
    assert ({Code.ISSUER_UNCHANGED: Severity.NOTE}, True) == (told(diff), diff.is_fit)
    changed = {one.name for one in diff.items if one.standing != "equal"}
    assert {"key", "valid-from"} == changed


@pytest.mark.req("S3-04", "S3-17")
def test_a_missing_name_stops_it_and_is_shown_an_extra_one_is_a_note() -> None:
    """Reordered in other letters is equal; one missing is an error that names it; one more is a note."""
    assert renewed(good("192.0.2.1", "B.example", "A.EXAMPLE")).is_fit
    diff = renewed(good("a.example", "192.0.2.1"))
    assert (False, Severity.ERROR) == (diff.is_fit, told(diff)[Code.RENEWAL_NAMES_LOST])
    (lost,) = [one for one in diff.findings if one.code is Code.RENEWAL_NAMES_LOST]
    assert "b.example" in title(lost, Lang.EN)
    assert "b.example" in title(lost, Lang.JA)
    assert "lost" == item(diff, "dns-names").standing
    extra = renewed(good(*NAMES, "c.example"))
    assert (True, Severity.NOTE) == (extra.is_fit, told(extra)[Code.RENEWAL_NAMES_GAINED])
    assert "gained" == item(extra, "dns-names").standing
    (gained,) = [one for one in extra.findings if one.code is Code.RENEWAL_NAMES_GAINED]
    assert ("DNS:c.example",) == gained.evidence["extra"]
    assert all("c.example" in title(gained, lang) for lang in Lang)
    assert ("DNS:b.example",) == lost.evidence["missing"]


def test_an_address_as_a_dns_name_does_not_replace_an_address() -> None:
    """Kinds are compared apart."""
    as_text = x509.SubjectAlternativeName([x509.DNSName(name) for name in NAMES])
    diff = renewed(MID.leaf("a.example", san=False, purposes=BOTH, extra=[(as_text, False)]))
    (lost,) = [one for one in diff.findings if one.code is Code.RENEWAL_NAMES_LOST]
    assert ("IP:192.0.2.1",) == lost.evidence["missing"]


def test_the_common_name_counts_where_the_old_certificate_had_no_other() -> None:
    """Clients looked for it there."""
    old = MID.leaf("old.example", san=False, purposes=BOTH)
    assert Code.RENEWAL_NAMES_LOST in told(renewed(good("new.example"), old))
    assert Code.RENEWAL_NAMES_LOST not in told(renewed(good("old.example"), old))


@pytest.mark.req("S3-04", "S3-18")
def test_a_purpose_that_is_gone_stops_it() -> None:
    """With serverAuth only, client authentication is missing; one more purpose is a note."""
    diff = renewed(good(purposes=SERVER))
    assert (False, Severity.ERROR) == (diff.is_fit, told(diff)[Code.RENEWAL_PURPOSES_LOST])
    (lost,) = [one for one in diff.findings if one.code is Code.RENEWAL_PURPOSES_LOST]
    assert "clientAuth" in title(lost, Lang.EN)
    more = renewed(good(), MID.leaf(*NAMES, purposes=CLIENT))
    assert Severity.NOTE is told(more)[Code.RENEWAL_PURPOSES_GAINED]


def test_silence_about_purposes_stands_for_all_of_them() -> None:
    """Named now, unnamed before: narrowed; the other way round some targets refuse it. Unnamed twice is equal."""
    silent = MID.leaf(*NAMES, purposes=None)
    assert Severity.WARNING is told(renewed(good(), silent))[Code.RENEWAL_PURPOSES_NARROWED]
    assert Severity.WARNING is told(renewed(silent))[Code.RENEWAL_PURPOSES_UNSTATED]
    both = renewed(MID.leaf(*NAMES, purposes=None), silent)
    assert ({Code.ISSUER_UNCHANGED}, "equal") == (set(told(both)), item(both, "purposes").standing)
    assert "changed" == item(renewed(good(), silent), "purposes").standing


@pytest.mark.parametrize(
    ("before", "after", "key", "weight"),
    [
        (("digital_signature", "key_encipherment"), ("digital_signature",), RSA, Severity.ERROR),
        (("digital_signature", "key_encipherment"), ("digital_signature",), None, Severity.NOTE),
        (("digital_signature", "key_agreement"), ("key_agreement",), None, Severity.ERROR),
        (("digital_signature", "content_commitment"), ("digital_signature",), None, Severity.WARNING),
        (("digital_signature", "data_encipherment"), ("digital_signature",), RSA, Severity.WARNING),
        (("digital_signature",), ("digital_signature", "key_encipherment"), RSA, None),
    ],
)
def test_a_key_usage_that_handshakes_need_stops_it(
    before: tuple[str, ...], after: tuple[str, ...], key: object, weight: Severity | None
) -> None:
    """Of these bits keyEncipherment matters to RSA keys alone; what TLS does not use is a warning."""
    old = good(usage=key_usage(*before), key=RSA)
    diff = renewed(good(usage=key_usage(*after), key=key), old)
    assert weight == told(diff).get(Code.RENEWAL_USAGE_LOST)


def test_an_absent_key_usage_is_no_loss() -> None:
    """It allows everything."""
    assert Code.RENEWAL_USAGE_LOST not in told(renewed(good(no_usage=True)))
    assert Code.RENEWAL_USAGE_LOST not in told(renewed(good(), good(no_usage=True)))


def test_another_subject_is_told_another_encoding_is_not() -> None:
    """Case and spaces of a name do not count (RFC 5280 §7.1)."""
    organisation = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "New  Example")
    plain = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "new example")
    old, same = good(subject=x509.Name([organisation])), good(subject=x509.Name([plain]))
    assert Code.RENEWAL_SUBJECT_DIFFERS not in told(renewed(same, old))
    assert Severity.WARNING is told(renewed(good(), old))[Code.RENEWAL_SUBJECT_DIFFERS]


@pytest.mark.parametrize("weight", [Severity.WARNING, Severity.ERROR, None])
def test_a_key_used_again_weighs_what_the_policy_says(weight: Severity | None) -> None:
    """Allowed, warned of, refused."""
    policy = RenewalPolicy(weight)
    diff = renewed(good(key=RSA, serial=5), good(key=RSA), policy=policy)
    assert (weight, weight is not Severity.ERROR) == (told(diff).get(Code.RENEWAL_KEY_REUSED), diff.is_fit)


def test_a_smaller_key_and_a_shorter_hash_are_told() -> None:
    """Another kind of key is a note, a smaller one a warning; SHA-224 a warning, SHA-256 after SHA-384 a note."""
    large = rsa.generate_private_key(65537, 3072)
    assert Severity.WARNING is told(renewed(good(key=RSA), good(key=large)))[Code.RENEWAL_KEY_SMALLER]
    assert Code.RENEWAL_KEY_SMALLER not in told(renewed(good(key=large), good(key=RSA)))
    assert Severity.NOTE is told(renewed(good(key=RSA)))[Code.RENEWAL_KEY_KIND_CHANGED]
    long = good(digest=hashes.SHA384())
    assert Severity.NOTE is told(renewed(good(), long))[Code.RENEWAL_HASH_SHORTER]
    assert Severity.WARNING is told(renewed(good(digest=hashes.SHA224())))[Code.RENEWAL_HASH_SHORTER]
    edwards = make_ca("Ed", key=ed25519.Ed25519PrivateKey.generate())
    assert Code.RENEWAL_HASH_SHORTER not in told(renewed(edwards.leaf(*NAMES)))


def test_it_may_not_end_before_the_one_it_replaces() -> None:
    """To the second; ending together is no fault."""
    end = OLD.value.not_after
    assert Severity.ERROR is told(renewed(good(end=end - SECOND)))[Code.RENEWAL_ENDS_EARLIER]
    assert Code.RENEWAL_ENDS_EARLIER not in told(renewed(good(end=end)))


def test_it_must_be_valid_now() -> None:
    """Its first and last second are valid."""
    begins, ends = good(start=NOW + SECOND), good(end=NOW - SECOND)
    assert Severity.ERROR is told(renewed(begins))[Code.NOT_YET_VALID]
    assert Severity.ERROR is told(renewed(ends))[Code.EXPIRED]
    assert not {Code.NOT_YET_VALID, Code.EXPIRED} & set(told(renewed(good(start=NOW))))
    assert not {Code.NOT_YET_VALID, Code.EXPIRED} & set(told(renewed(good(end=NOW), good(end=NOW))))


def test_the_old_file_again_is_said_to_be_that() -> None:
    """Instead of a list of things that are equal."""
    assert {Code.RENEWAL_IS_THE_OLD: Severity.ERROR, Code.ISSUER_UNCHANGED: Severity.NOTE} == told(
        renewed(OLD)
    )


def request(key: object, *names: str) -> Request:
    san = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    signed = builder.add_extension(san, critical=False).sign(key, hashes.SHA256())  # type: ignore[arg-type]
    return Request(signed.public_bytes(serialization.Encoding.DER))


def test_a_request_is_answered_by_its_key_and_with_all_its_names() -> None:
    """Of several requests one is enough; names beyond the old certificate's must be there too."""
    key = make_key()
    new = good(key=key)
    fits, strange = request(key, "B.example"), request(make_key(), "a.example")
    assert renewed(new, requests=(strange, fits)).is_fit
    assert Severity.ERROR is told(renewed(new, requests=(strange,)))[Code.REQUEST_KEY_DIFFERS]
    diff = renewed(new, requests=(request(key, "a.example", "z.example"),))
    (lost,) = [one for one in diff.findings if one.code is Code.RENEWAL_REQUEST_NAMES_LOST]
    assert (("DNS:z.example",), False) == (lost.evidence["missing"], diff.is_fit)


@pytest.mark.req("S3-15")
def test_a_certificate_for_a_discarded_request_has_no_matching_key() -> None:
    """It says so with the day on which the request was discarded, and that nothing was uploaded."""
    key = make_key()
    new = good(key=key)
    given_up = Discarded("web-1", request(key).public_key.sha256, NOW - 3 * DAY)
    other = Discarded("web-2", request(make_key()).public_key.sha256, NOW)
    diff = renewed(new, discarded=(other, given_up), source="new.pem")
    (void,) = [one for one in diff.findings if one.code is Code.REQUEST_VOID]
    sentence = title(void, Lang.EN)
    assert "No matching key" in sentence
    assert "the request was discarded on 2026-05-29" in sentence
    assert "Nothing was uploaded" in sentence
    assert not diff.is_fit


def test_names_of_every_kind_have_their_row() -> None:
    """E-mail addresses and URIs only where there are some."""
    names = x509.SubjectAlternativeName(
        [x509.RFC822Name("a@b.example"), x509.UniformResourceIdentifier("urn:x")]
    )
    diff = renewed(MID.leaf(extra=[(names, False)]))
    assert {"email-names": "gained", "uri-names": "gained", "dns-names": "lost", "ip-names": "lost"} == {
        one.name: one.standing for one in diff.items if one.name.endswith("-names")
    }
    assert {"dns-names", "ip-names"} == {
        one.name for one in renewed(OLD).items if one.name.endswith("-names")
    }


@pytest.mark.req("S3-17")
def test_a_lost_name_of_a_rarer_kind_stops_it() -> None:
    """Whoever logs in by a user principal name relies on it."""
    upn = x509.OtherName(x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3"), b"\x0c\x03a@b")
    with_upn = [x509.SubjectAlternativeName([x509.DNSName("a.example"), upn])]
    old = MID.leaf("a", san=False, extra=[(with_upn[0], False)])
    diff = renewed(good("a.example"), old)
    (lost,) = [one for one in diff.findings if one.code is Code.RENEWAL_NAMES_LOST]
    assert ("otherName:1.3.6.1.4.1.311.20.2.3;a@b",) == lost.evidence["missing"]
    assert "lost" == item(diff, "other-names").standing
    assert Code.RENEWAL_NAMES_GAINED in told(renewed(old, good("a.example")))


def test_the_last_second_counts_whole() -> None:
    """Half a second into it, the new certificate is still valid."""
    new = good(end=NOW)
    asked = Renewal(OLD.value, new.value)
    later = [compare_renewal(asked, now=NOW + part * SECOND) for part in (0.5, 1)]
    assert [False, True] == [Code.EXPIRED in told(one) for one in later]


def test_a_certificate_whose_key_cannot_be_read_is_compared_in_all_else() -> None:
    """No fault is made of what is not known."""
    der = OLD.value.der.replace(bytes.fromhex("06072a8648ce3d0201"), bytes.fromhex("06072a8648ce3d027f"))
    strange = type(OLD.value)(der)
    asked = Renewal(OLD.value, strange, requests=(request(make_key()),))
    diff = compare_renewal(asked, now=NOW)
    assert {Code.RENEWAL_KEY_REUSED, Code.REQUEST_KEY_DIFFERS}.isdisjoint(told(diff))
    assert ("-",) == item(diff, "key").new


def test_every_finding_of_a_renewal_says_what_to_do() -> None:
    """In both languages."""
    diff = renewed(make_ca("X").leaf("z.example", purposes=SERVER, end=NOW - SECOND))
    for finding in diff.findings:
        assert all(remedy(finding, lang) and "?" not in title(finding, lang) for lang in Lang)
