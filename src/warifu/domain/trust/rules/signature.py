"""Signatures, not only names.

Spec: RFC 5280 §6.1.3 (a)(1).
"""

from __future__ import annotations

from collections.abc import Iterator

from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.trust.context import Chain, Context
from warifu.domain.trust.rules.rule import judges, on, on_leaf

_ALGORITHM, _KEY = "signatureAlgorithm", "subjectPublicKeyInfo"


@judges(Code.SIGNATURE_WRONG)
def signatures(chain: Chain, context: Context) -> Iterator[Finding]:
    """Each certificate was signed by the key of the one above it.

    What cannot be checked, because nobody here knows the algorithm or the key, is not called wrong: the finding that
    says so refuses it too.
    """
    says_unread = context.profile.weight(Code.EXTENSION_UNREADABLE) is Severity.ERROR
    told = {position for position in chain.broken if says_unread and _is_unread(chain, position, context)}
    for position in sorted(chain.broken - told):
        issuer = chain.above[position]
        evidence = {"issuer": str(issuer.subject), "issuer_fingerprint": issuer.fingerprint.hex}
        if position:
            yield on(chain.above[position - 1], Code.SIGNATURE_WRONG, **evidence)
        elif chain.leaf is not None:
            yield on_leaf(chain.leaf, Code.SIGNATURE_WRONG, **evidence)
        else:
            yield Finding(Code.SIGNATURE_WRONG, issuer.fingerprint.hex, {"who": "leaf", **evidence})


def _is_unread(chain: Chain, position: int, context: Context) -> bool:
    """Tell whether it is said of the signature's algorithm, or of the key above it, that it cannot be read."""
    below = chain.above[position - 1] if position else chain.leaf
    issuer = chain.above[position]
    is_judged = any(at == position for at, _ in chain.judged(context))
    return (below is not None and _ALGORITHM in dict(below.unreadable)) or (
        is_judged and _KEY in dict(issuer.unreadable)
    )
