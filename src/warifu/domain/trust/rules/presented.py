"""What a server sends: leaf first, then each issuer, nothing twice, nothing foreign, no root.

Spec: RFC 8446 §4.4.2, RFC 5246 §7.4.2.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from warifu.domain.findings import Code, Finding
from warifu.domain.trust.context import Chain, Context
from warifu.domain.trust.order import in_order, related
from warifu.domain.trust.rules.rule import judges, on, on_leaf

MOST_ORDERED = 100
"""Certificates whose right order is told; no chain has more."""


@judges(Code.CHAIN_DUPLICATE)
def duplicates(chain: Chain, _context: Context) -> Iterator[Finding]:
    """No certificate is sent twice."""
    for certificate, times in Counter(chain.presented).items():
        if times > 1:
            yield on(certificate, Code.CHAIN_DUPLICATE, times=times)


@judges(Code.NAME_ENCODED_OTHERWISE)
def issuers_in_octets(chain: Chain, context: Context) -> Iterator[Finding]:
    """Issuer and subject are the same octets, where the library compares no more than those."""
    if not context.habits.compares_octets:
        return
    for below, above in pairwise((*chain.presented[:1], *chain.above)):
        if below.issuer.der != above.subject.der:
            yield on(below, Code.NAME_ENCODED_OTHERWISE, issuer=str(above.subject), consumer=context.consumer)


@judges(Code.CHAIN_UNRELATED)
def unrelated(chain: Chain, _context: Context) -> Iterator[Finding]:
    """Everything sent belongs to the leaf's chain; while an issuer is missing, any CA may stand above the gap."""
    if not chain.presented:
        return
    belonging = related(chain.presented[0], chain.presented)
    top = chain.above[-1] if chain.above else chain.presented[0]
    has_gap = not chain.anchored and not top.looks_self_signed
    for certificate in dict.fromkeys(chain.presented):
        if certificate not in belonging and not (has_gap and certificate.is_ca):
            evidence = {"fingerprint": certificate.fingerprint.short, "leaf": str(chain.presented[0].subject)}
            yield on(certificate, Code.CHAIN_UNRELATED, **evidence)


@judges(Code.CHAIN_UNORDERED)
def order(chain: Chain, _context: Context) -> Iterator[Finding]:
    """Each certificate is followed by its issuer."""
    if not chain.presented:
        return
    belonging = related(chain.presented[0], chain.presented)
    sent = [certificate for certificate in dict.fromkeys(chain.presented) if certificate in belonging]
    wanted: set[str] = set()
    for below, above in pairwise(sent):
        wanted.add(below.issuer.folded)
        if above.subject.folded in wanted:
            continue  # The issuer, or another one of a certificate before (cross-signed): RFC 8446 allows it.
        right = tuple(str(certificate.subject) for certificate in in_order(sent[:MOST_ORDERED]))
        position = chain.presented.index(above) + 1
        yield on(above, Code.CHAIN_UNORDERED, position=position, follows=str(below.subject), order=right)
        return


@judges(Code.CHAIN_HOLDS_ROOT)
def holds_root(chain: Chain, _context: Context) -> Iterator[Finding]:
    """The root is not sent: who trusts it has it already."""
    for certificate in dict.fromkeys(chain.presented[1:]):
        if certificate.looks_self_signed:
            yield on(certificate, Code.CHAIN_HOLDS_ROOT)


@judges(Code.CHAIN_INCOMPLETE)
def completeness(chain: Chain, _context: Context) -> Iterator[Finding]:
    """Every intermediate is sent; a trust store that happens to hold one hides its absence."""
    if not chain.presented or chain.leaf is None:
        return
    for certificate in chain.above:
        if certificate not in chain.presented and not certificate.looks_self_signed:
            yield on_leaf(chain.leaf, Code.CHAIN_INCOMPLETE, missing=str(certificate.subject))
