"""What certificates of a file are there for: to be presented by somebody, or to be trusted.

A CA mark alone does not tell: `openssl req -x509` sets it on what a server then presents.
"""

from __future__ import annotations

from collections.abc import Sequence

from warifu.domain.findings import Code
from warifu.domain.trust.order import find_leaf
from warifu.domain.x509 import Certificate, Reading, Usage

_TLS = frozenset({"serverAuth", "clientAuth"})


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
    if not leaf.is_ca or _serves(leaf):
        return True
    return asked and not lost_a_certificate(reading)  # what could not be read may have been the leaf


def _has_key(certificate: Certificate, reading: Reading) -> bool:
    return any(key.public_key == certificate.public_key for key in reading.keys)


def _serves(marked: Certificate) -> bool:
    """Tell whether something marked as a CA is made for a server or client.

    No CA has a DNS name or an address; what may sign no certificate is none, whatever its mark (RFC 5280
    §4.2.1.3); intermediates may name TLS as a purpose (§4.2.1.12), roots have no need to.
    """
    if marked.names is not None and marked.names.texts:
        return True
    if marked.key_usage is not None and Usage.KEY_CERT_SIGN not in marked.key_usage:
        return True
    return marked.looks_self_signed and not _TLS.isdisjoint(marked.extended_key_usage or ())


def lost_a_certificate(reading: Reading) -> bool:
    """Tell whether something could not be read that may have been a certificate."""
    lost = (one for one in reading.findings if one.code in (Code.UNREADABLE, Code.TRUNCATED))
    return any("KEY" not in str(one.evidence["label"]) for one in lost)
