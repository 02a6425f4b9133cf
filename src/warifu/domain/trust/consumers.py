"""How verifying libraries differ, as far as a model can say it; the engines themselves decide.

Measured with openssl 3.0.19 and cryptography 50.0.2; openssl's rules as read in
`crypto/x509/x509_vfy.c` of its 3.0 branch.
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
        revokes_anchors: where every certificate must be covered by a CRL, the anchor must be too.
        reads_common_name: it falls back to the commonName where no DNS name is present.
    """

    name: str
    last_second: bool = True
    takes_first_issuer: bool = False
    any_anchor: bool = True
    revokes_anchors: bool = False
    reads_common_name: bool = False


CONSUMERS: Mapping[str, Consumer] = MappingProxyType(
    {
        "openssl": Consumer(
            "openssl",
            last_second=False,
            takes_first_issuer=True,
            any_anchor=False,
            revokes_anchors=True,
            reads_common_name=True,
        ),
        "cryptography": Consumer("cryptography"),
        "unknown": Consumer("unknown"),
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
    try:
        return not_after + SECOND
    except OverflowError:  # 9999-12-31T23:59:59Z, "no well-defined expiration": no second comes after it
        return not_after


def is_current(certificate: Certificate, at: datetime, consumer: Consumer) -> bool:
    """Tell whether this library finds the certificate within its dates."""
    return certificate.not_before <= at < end_of(certificate.not_after, consumer)
