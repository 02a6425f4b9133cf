"""The habits of libraries, each in the one question that it decides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from support.pki import BOTH, DAY, NOW, Entity, make_ca
from support.usages import netscape_type
from warifu.domain.findings import Code
from warifu.domain.trust import Context, accepts, judge, leaf_facts, profile_named
from warifu.domain.trust.consumers import CONSUMERS, crl_period, end_of, habits, is_current, start_of
from warifu.domain.x509 import Certificate, RevocationList

SECOND = timedelta(seconds=1)
ROOT = make_ca("Root")
HIGH = ROOT.intermediate("High")
LOW = HIGH.intermediate("Low")
WEB = LOW.leaf("web.example")
EVERYONE = set(CONSUMERS)


def accepting(
    leaf: Entity = WEB,
    anchors: tuple[Certificate, ...] = (ROOT.value,),
    *,
    sent: tuple[Certificate, ...] | None = None,
    at: datetime = NOW,
    crls: tuple[RevocationList, ...] = (),
) -> set[str]:
    """The consumers that accept, by our models."""
    chain = leaf.chain if sent is None else sent
    facts = leaf_facts(leaf.value, (*chain, *anchors))
    mode = "leaf" if crls else "off"
    return {
        name
        for name in CONSUMERS
        if accepts(
            facts, chain, anchors, at=at, consumer=name, crls=crls, crl_mode=mode, profile="openssl"
        ).accepted
    }


def test_the_last_second_counts_to_all_but_openssl() -> None:
    """RFC 5280 §4.1.2.5 includes it."""
    end = WEB.value.not_after
    assert EVERYONE - {"openssl"} == accepting(at=end)
    assert set() == accepting(at=end + SECOND)


def test_nss_takes_a_certificate_a_day_before_it_begins() -> None:
    """At the very second of a day before notBefore, of the leaf and of what is above it, and not one earlier."""
    begin = WEB.value.not_before
    assert EVERYONE == accepting(at=begin)
    assert {"nss"} == accepting(at=begin - SECOND) == accepting(at=begin - DAY)
    assert set() == accepting(at=begin - DAY - SECOND)


def test_java_does_not_ask_when_an_anchor_ended() -> None:
    """Its trust anchors are a name and a key."""
    old = make_ca("Old", end=NOW - DAY)
    assert {"java"} == accepting(old.leaf("web.example"), (old.value,))


def test_an_intermediate_alone_ends_a_chain_for_all_but_openssl() -> None:
    """Openssl wants a root unless it is told otherwise, whatever was sent."""
    assert EVERYONE - {"openssl"} == accepting(anchors=(LOW.value,), sent=())
    assert EVERYONE - {"openssl"} == accepting(anchors=(HIGH.value,))


def test_gnutls_follows_what_was_sent_past_an_anchor() -> None:
    """An anchor whose issuer was sent too ends nothing for it, unless the chain goes on to another anchor."""
    assert EVERYONE - {"openssl", "gnutls"} == accepting(anchors=(LOW.value,))
    assert "gnutls" in accepting(anchors=(LOW.value, HIGH.value))
    assert "gnutls" in accepting(anchors=(LOW.value, ROOT.value))


def test_gnutls_stops_where_the_issuer_is_not_clear() -> None:
    """With two certificates of the issuer's name, or another key id, nothing is said of which it follows."""
    other = ROOT.intermediate("High")
    assert "gnutls" in accepting(anchors=(LOW.value,), sent=(LOW.value, HIGH.value, other.value))
    assert "gnutls" in accepting(anchors=(LOW.value,), sent=(LOW.value, other.value))
    assert "gnutls" in accepting(anchors=(LOW.value,), sent=(HIGH.value,))


def test_java_allows_a_quarter_of_an_hour_to_a_crl() -> None:
    """Before it begins and after it ends."""
    crl = LOW.crl(start=NOW - DAY, end=NOW)
    quarter = timedelta(minutes=15)
    assert EVERYONE == accepting(at=NOW - SECOND, crls=(crl,))
    assert {"java"} == accepting(at=NOW + quarter, crls=(crl,))
    assert set() == accepting(at=NOW + quarter + SECOND, crls=(crl,))
    assert {"java"} == accepting(at=NOW - DAY - quarter, crls=(crl,))
    assert set() == accepting(at=NOW - DAY - quarter - SECOND, crls=(crl,))


def test_the_ends_of_time_are_kept() -> None:
    """Nothing comes before the year 1, and nothing after the last second of 9999."""
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC, microsecond=0)
    assert first == start_of(first, habits("nss"))
    assert last == end_of(last, habits("unknown"))
    assert (first, last) == crl_period(first, last, habits("java"))


def test_an_unlisted_library_has_the_habits_of_the_standard() -> None:
    """What RFC 5280 says is what is assumed of a library that was never measured."""
    assert is_current(WEB.value, WEB.value.not_after, habits("some other"))
    assert not is_current(WEB.value, WEB.value.not_before - SECOND, habits("some other"))


@pytest.mark.parametrize("name", sorted(CONSUMERS))
def test_a_consumer_is_listed_by_its_name(name: str) -> None:
    """Each habit is found under the name that people write."""
    assert name == habits(name).name


def test_nss_and_cryptography_compare_names_octet_by_octet() -> None:
    """A name in other letters is another issuer to them (RFC 5280 §7.1 folds case); the reason names the library."""
    shouted = ROOT.intermediate("HIGH", key=HIGH.key)
    presented = (shouted.leaf("a.example").value, HIGH.value)
    found = {
        name
        for name in CONSUMERS
        for one in judge(
            presented, (ROOT.value,), Context(profile_named("openssl"), NOW, consumer=name)
        ).findings
        if one.code is Code.NAME_ENCODED_OTHERWISE and name == one.evidence["consumer"]
    }
    assert {"nss", "cryptography"} == found


def test_gnutls_and_cryptography_count_self_issued_cas() -> None:
    """RFC 5280 §6.1.4 (l) does not."""
    narrow = ROOT.intermediate("Narrow", path_length=0)
    leaf = narrow.intermediate("Narrow", path_length=0).leaf("a.example")
    assert EVERYONE - {"gnutls", "cryptography"} == accepting(leaf)


@pytest.mark.parametrize("consumer", CONSUMERS)
@pytest.mark.parametrize(
    ("profile", "own", "other"), [("tls-server", 0x40, 0x80), ("tls-client", 0x80, 0x40)]
)
def test_an_old_type_limits_a_leaf_where_it_is_heeded(
    consumer: str, profile: str, own: int, other: int
) -> None:
    """OpenSSL, NSS and Java heed it, and whoever may be one of them."""
    root = make_ca("Root")
    context = Context(profile_named(profile), NOW, consumer=consumer)
    told = {
        bits: {
            one.code
            for one in judge(
                (root.leaf("a.example", purposes=BOTH, extra=[netscape_type(bits)]).value,),
                (root.value,),
                context,
            ).findings
        }
        for bits in (own, other, 0xC0)
    }
    heeds = consumer in {"openssl", "nss", "java", "unknown"}
    assert {own: False, other: heeds, 0xC0: False} == {
        bits: Code.NETSCAPE_TYPE_UNFIT in codes for bits, codes in told.items()
    }
