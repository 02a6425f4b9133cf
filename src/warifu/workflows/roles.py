"""What certificates of a file are there for: to be presented by somebody, or to be trusted.

A CA mark alone does not tell: `openssl req -x509` sets it on what a server then presents.
"""

from __future__ import annotations

from collections.abc import Sequence

from warifu.domain.findings import Code, Finding
from warifu.domain.trust.order import find_leaf, serves
from warifu.domain.x509 import Certificate, Reading


def is_presented(certificates: Sequence[Certificate], reading: Reading, *, asked: bool) -> bool:
    """Tell whether a file holds an identity, to be judged as one; else it holds what others trust.

    Args:
        asked: somebody named this file and asked for what an identity alone can have: a name, an answer to a
            request, a form of the whole.
    """
    leaf = find_leaf(certificates)
    if reading.keys and (len(certificates) == 1 or not leaf.is_ca or _has_key(certificates[0], reading)):
        return True
    if sum(one.looks_self_signed for one in certificates) > 1:
        leads = leaf == certificates[0] and not leaf.is_self_issued
        return not leaf.is_ca and (
            asked or leads
        )  # no chain holds two roots; a trust store may hold leaves too
    if not leaf.is_ca or serves(leaf):
        return True
    return asked and not lost_a_certificate(reading)  # what could not be read may have been the leaf


def _has_key(certificate: Certificate, reading: Reading) -> bool:
    return any(key.public_key == certificate.public_key for key in reading.keys)


def lost_a_certificate(reading: Reading) -> bool:
    """Tell whether something could not be read that may have been a certificate."""
    return bool(lost_certificates(reading))


def lost_certificates(reading: Reading) -> tuple[Finding, ...]:
    """Return what is told of each block that could not be read and may have been a certificate."""
    lost = (one for one in reading.findings if one.code in (Code.UNREADABLE, Code.TRUNCATED))
    return tuple(one for one in lost if "KEY" not in str(one.evidence["label"]))
