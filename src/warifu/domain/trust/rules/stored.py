"""What a target wants of the anchors in a trust store.

Spec: the documents that each profile names; RFC 5280 §4.2.1.2, §4.2.1.3.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from warifu.domain.findings import Code, Finding
from warifu.domain.trust.context import Context
from warifu.domain.trust.rules.rule import on
from warifu.domain.x509 import Certificate, Usage


def find_stored_faults(anchors: Sequence[Certificate], context: Context) -> Iterator[Finding]:
    """Yield what the profile's target does not take as an anchor; nothing for a profile that asks for nothing."""
    profile = context.profile
    for anchor in anchors:
        if profile.kind == "trust-store" and anchor.is_ca and _cannot_sign(anchor):
            yield on(anchor, Code.CERT_SIGN_MISSING, key_usage=tuple(sorted(anchor.key_usage or ())))
        if profile.kind == "trust-store" and anchor.signature_hash in profile.weak_hashes:
            yield on(anchor, Code.WEAK_ANCHOR_SIGNATURE, hash=anchor.signature_hash)
    if profile.demands.anchors_named_apart:
        yield from _shared_names(anchors)


def _cannot_sign(anchor: Certificate) -> bool:
    return anchor.key_usage is not None and Usage.KEY_CERT_SIGN not in anchor.key_usage


def _shared_names(anchors: Sequence[Certificate]) -> Iterator[Finding]:
    named = sorted(
        ((name.casefold(), anchor.fingerprint.hex, anchor) for anchor in anchors for name in _names(anchor)),
        key=lambda item: item[:2],
    )
    for _, group in groupby(named, key=lambda item: item[0]):
        same = list(dict.fromkeys(anchor for _, _, anchor in group))
        for anchor in same[1:]:
            both = same[0].looks_self_signed and anchor.looks_self_signed
            code = Code.ANCHOR_NAME_TAKEN if both else Code.ANCHOR_NAME_SHARED
            yield on(anchor, code, name=anchor.subject.common_names[0], also=same[0].fingerprint.hex)


def _names(anchor: Certificate) -> tuple[str, ...]:
    return anchor.subject.common_names[:1]
