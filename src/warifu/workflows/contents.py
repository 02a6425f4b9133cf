"""From what files hold to the value that plans and evidence speak of."""

from __future__ import annotations

from warifu.domain.estate import IdentityValue, TrustValue, Value
from warifu.ports.targets import Content, IdentityContent
from warifu.wire.values import value_digest


def value_of(content: Content) -> Value:
    """Return the value of a content: fingerprints in their order, never a key."""
    if isinstance(content, IdentityContent):
        chain = tuple(certificate.fingerprint.hex for certificate in content.chain)
        return IdentityValue(content.leaf.fingerprint.hex, chain)
    return TrustValue(
        tuple(anchor.fingerprint.hex for anchor in content.anchors),
        tuple(crl.fingerprint.hex for crl in content.crls),
    )


def digest_of(content: Content) -> str:
    """Return the digest of a content's value."""
    return value_digest(value_of(content))
