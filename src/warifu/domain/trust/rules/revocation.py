"""Revocation by CRL, for the leaf or for every certificate beneath the anchor.

Spec: RFC 5280 §6.3. A CRL counts when the issuer's own key signed it; indirect CRLs and
distribution points are not judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from warifu.domain.findings import Code, Finding
from warifu.domain.trust.consumers import end_of
from warifu.domain.trust.context import Chain, Context
from warifu.domain.trust.rules.rule import judges
from warifu.domain.x509 import Certificate, RevocationList


@judges(Code.REVOKED, Code.CRL_MISSING, Code.CRL_EXPIRED)
def revocation(chain: Chain, context: Context) -> Iterator[Finding]:
    """Nothing that must be covered by a CRL is revoked or uncovered."""
    if context.crl_mode == "off" or not chain.above:
        return
    subject = chain.leaf.id if chain.leaf else chain.origin.issuer_text
    who = chain.leaf.subject if chain.leaf else "leaf"
    yield from _judge(subject, who, chain.origin.serial, chain.above[0], context)
    if context.crl_mode == "chain":
        for below, issuer in zip(chain.above, chain.above[1:], strict=False):
            yield from _judge(below.fingerprint.hex, str(below.subject), below.serial, issuer, context)
        yield from _judge_anchor(chain, context)


def _judge_anchor(chain: Chain, context: Context) -> Iterator[Finding]:
    """Some libraries want a CRL for the anchor too, signed by its own key: an intermediate seldom has one."""
    anchor = chain.anchor
    if anchor is None or not context.habits.revokes_anchors:
        return
    yield from _judge(
        anchor.fingerprint.hex, str(anchor.subject), anchor.serial, anchor, context, anchor.issuer.der
    )


def _judge(
    subject: str,
    who: str,
    serial: int | None,
    issuer: Certificate,
    context: Context,
    issuer_name: bytes = b"",
) -> Iterator[Finding]:
    evidence: dict[str, object] = {"who": who, "issuer": str(issuer.subject)}
    own = [crl for crl in context.crls if _covers(crl, issuer, issuer_name or issuer.subject.der, context)]
    if not own:
        yield Finding(Code.CRL_MISSING, subject, evidence)
        return
    if not any(_is_current(crl, context) for crl in own):
        latest = max(own, key=lambda crl: crl.this_update)
        seen = {"this_update": latest.this_update, "next_update": latest.next_update or "-"}
        yield Finding(Code.CRL_EXPIRED, subject, {**evidence, **seen, "now": context.instant})
    for crl in own:
        revoked = crl.revokes(serial) if serial is not None else None
        if revoked is not None:
            yield Finding(Code.REVOKED, subject, {**evidence, "revoked": revoked, "serial": serial})
            return


def _covers(crl: RevocationList, issuer: Certificate, name: bytes, context: Context) -> bool:
    return crl.issuer_der == name and context.signatures.holds(crl, issuer)


def _is_current(crl: RevocationList, context: Context) -> bool:
    if context.instant < crl.this_update:
        return False
    return crl.next_update is None or context.instant < end_of(crl.next_update, context.habits)
