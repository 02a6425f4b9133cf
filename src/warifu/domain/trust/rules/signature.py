"""Signatures, not only names.

Spec: RFC 5280 §6.1.3 (a)(1).
"""

from __future__ import annotations

from collections.abc import Iterator

from warifu.domain.findings import Code, Finding
from warifu.domain.trust.context import Chain, Context
from warifu.domain.trust.rules.rule import judges, on, on_leaf


@judges(Code.SIGNATURE_WRONG)
def signatures(chain: Chain, _context: Context) -> Iterator[Finding]:
    """Each certificate was signed by the key of the one above it."""
    for position in sorted(chain.broken):
        issuer = chain.above[position]
        evidence = {"issuer": str(issuer.subject), "issuer_fingerprint": issuer.fingerprint.hex}
        if position:
            yield on(chain.above[position - 1], Code.SIGNATURE_WRONG, **evidence)
        elif chain.leaf is not None:
            yield on_leaf(chain.leaf, Code.SIGNATURE_WRONG, **evidence)
        else:
            yield Finding(Code.SIGNATURE_WRONG, issuer.fingerprint.hex, {"who": "leaf", **evidence})
