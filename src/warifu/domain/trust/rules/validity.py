"""Validity period of each certificate.

Spec: RFC 5280 §4.1.2.5, §6.1.3 (a)(2). The period includes its last second, but not for every
library: which side of it counts is the consumer's (see `consumers`).
"""

from __future__ import annotations

from collections.abc import Iterator

from warifu.domain.findings import Code, Finding
from warifu.domain.trust.consumers import end_of, start_of
from warifu.domain.trust.context import Chain, Context
from warifu.domain.trust.rules.rule import judges, on, on_leaf


@judges(Code.EXPIRED, Code.NOT_YET_VALID)
def leaf_dates(chain: Chain, context: Context) -> Iterator[Finding]:
    """The leaf is within its dates."""
    leaf, now = chain.leaf, context.instant
    if leaf is None:
        return
    if now < start_of(leaf.not_before, context.habits):
        yield on_leaf(leaf, Code.NOT_YET_VALID, now=now, not_before=leaf.not_before)
    if now >= end_of(leaf.not_after, context.habits):  # both, where it ends before it begins
        yield on_leaf(leaf, Code.EXPIRED, now=now, not_after=leaf.not_after)


@judges(Code.EXPIRED, Code.NOT_YET_VALID)
def dates_above(chain: Chain, context: Context) -> Iterator[Finding]:
    """Everything above the leaf is within its dates."""
    now = context.instant
    for _, certificate in chain.judged(context):
        if now < start_of(certificate.not_before, context.habits):
            yield on(certificate, Code.NOT_YET_VALID, now=now, not_before=certificate.not_before)
        if now >= end_of(certificate.not_after, context.habits):
            yield on(certificate, Code.EXPIRED, now=now, not_after=certificate.not_after)


@judges(Code.OUTLIVES_ISSUER)
def outlives_issuer(chain: Chain, _context: Context) -> Iterator[Finding]:
    """Nothing is promised to last longer than what it hangs from."""
    leaf = chain.leaf
    if leaf is None or not chain.above:
        return
    shortest = min(chain.above, key=lambda certificate: certificate.not_after)
    if leaf.not_after > shortest.not_after:
        yield on_leaf(
            leaf,
            Code.OUTLIVES_ISSUER,
            not_after=leaf.not_after,
            issuer=str(shortest.subject),
            issuer_not_after=shortest.not_after,
        )
