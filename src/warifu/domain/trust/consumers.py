"""How verifying libraries differ, as far as a model can say it; the engines themselves decide.

Measured with openssl 3.0.19, cryptography 50.0.2, GnuTLS 3.7.9, NSS 3.87.1 and OpenJDK 17.0.15; openssl's
rules as read in `crypto/x509/x509_vfy.c` of its 3.0 branch. GnuTLS and NSS may stop at a wrong issuer of equal
name where another would do, by rules of their own that are not modelled: our yes is then their no, and never
the reverse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from types import MappingProxyType

from warifu.domain.x509 import Certificate

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Consumer:
    """The habits of one library.

    Args:
        last_second: a certificate is still good at the very second of notAfter (RFC 5280 says so).
        takes_first_issuer: it takes the first issuer that fits by name, key id and date, in file
            order and trust store first, and never comes back to another.
        any_anchor: a certificate of the trust store ends a chain even when it is not self-signed.
        climbs_first: it follows what was sent to its end before it looks into the trust store: an anchor
            in the middle of what was sent ends nothing.
        revokes_anchors: where every certificate must be covered by a CRL, the anchor must be too.
        reads_common_name: it falls back to the commonName where no DNS name is present.
        early: how long before notBefore it takes a certificate for begun.
        crl_skew: by how much a CRL or an OCSP answer may be out of date.
        judges_anchor: an anchor's own dates and constraints count.
        counts_self_issued: a path length counts self-issued CAs, too (RFC 5280 §6.1.4 (l) does not).
        wants_version_3: of anchors, too.
        heeds_netscape: Netscape's certificate type limits what a leaf is for.
        compares_octets: issuer and subject must be the same octets, not the same name (RFC 5280 §7.1).
    """

    name: str
    last_second: bool = True
    takes_first_issuer: bool = False
    any_anchor: bool = True
    climbs_first: bool = False
    revokes_anchors: bool = False
    reads_common_name: bool = False
    early: timedelta = timedelta(0)
    crl_skew: timedelta = timedelta(0)
    judges_anchor: bool = True
    counts_self_issued: bool = False
    wants_version_3: bool = False
    compares_octets: bool = False
    heeds_netscape: bool = False


CONSUMERS: Mapping[str, Consumer] = MappingProxyType(
    {
        "openssl": Consumer(
            "openssl",
            last_second=False,
            takes_first_issuer=True,
            any_anchor=False,
            revokes_anchors=True,
            reads_common_name=True,
            heeds_netscape=True,
        ),
        "cryptography": Consumer(
            "cryptography", counts_self_issued=True, wants_version_3=True, compares_octets=True
        ),
        "gnutls": Consumer("gnutls", climbs_first=True, reads_common_name=True, counts_self_issued=True),
        "nss": Consumer(
            "nss", reads_common_name=True, early=timedelta(days=1), compares_octets=True, heeds_netscape=True
        ),
        "java": Consumer(
            "java",
            reads_common_name=True,
            crl_skew=timedelta(minutes=15),
            judges_anchor=False,
            heeds_netscape=True,
        ),
        "unknown": Consumer("unknown", heeds_netscape=True),
    }
)


@cache
def habits(consumer: str) -> Consumer:
    """Return what is known of a library; of one not listed, what RFC 5280 says."""
    return CONSUMERS.get(consumer) or Consumer(consumer)


def end_of(not_after: datetime, consumer: Consumer) -> datetime:
    """Return the first instant at which this library refuses a certificate (or CRL) as out of date.

    Verifiers count whole seconds, so an instant within the last second counts as that second.
    """
    if not consumer.last_second:
        return not_after
    return _moved(not_after, SECOND)


def start_of(not_before: datetime, consumer: Consumer) -> datetime:
    """Return the first instant at which this library finds a certificate begun."""
    return _moved(not_before, -consumer.early)


def crl_period(this_update: datetime, next_update: datetime, consumer: Consumer) -> tuple[datetime, datetime]:
    """Return from when, and until before when, this library takes a CRL (or OCSP answer) for current."""
    return (
        _moved(this_update, -consumer.crl_skew),
        _moved(end_of(next_update, consumer), consumer.crl_skew),
    )


def _moved(instant: datetime, by: timedelta) -> datetime:
    if not by:
        return instant
    try:
        return instant + by
    except OverflowError:  # 9999-12-31T23:59:59Z, "no well-defined expiration": no second comes after it
        return instant


def is_current(certificate: Certificate, at: datetime, consumer: Consumer) -> bool:
    """Tell whether this library finds the certificate within its dates."""
    return start_of(certificate.not_before, consumer) <= at < end_of(certificate.not_after, consumer)
