"""Where a path ends: in the trust store, or not.

Spec: RFC 5280 §6.1.1 (d).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from warifu.domain.findings import Code, Finding
from warifu.domain.trust.context import Chain, Context
from warifu.domain.trust.rules.rule import judges, on, on_leaf

_MOST_TOLD = 10  # of many, nobody reads more


@judges(
    Code.ISSUER_MISSING,
    Code.ISSUER_NOT_TRUSTED,
    Code.SELF_SIGNED_NOT_TRUSTED,
    Code.ANCHOR_NOT_SELF_SIGNED,
)
def anchored(chain: Chain, _context: Context) -> Iterator[Finding]:
    """The path ends in an anchor."""
    if chain.anchored or chain.broken:
        return
    if chain.above:
        top = chain.above[-1]
        if top in chain.anchors:
            yield on(top, Code.ANCHOR_NOT_SELF_SIGNED, issuer=str(top.issuer))
        elif top.looks_self_signed:
            yield on(top, Code.SELF_SIGNED_NOT_TRUSTED)
        else:
            yield on(top, Code.ISSUER_NOT_TRUSTED, issuer=str(top.issuer), key_id=top.authority_key_id or "-")
    elif chain.leaf is not None and chain.leaf.self_signed:
        yield on_leaf(chain.leaf, Code.SELF_SIGNED_NOT_TRUSTED)
    else:
        evidence = {"issuer": chain.origin.issuer_text, "key_id": chain.origin.authority_key_id or "-"}
        if chain.leaf is not None:
            yield on_leaf(chain.leaf, Code.ISSUER_MISSING, **evidence)
        else:
            yield Finding(Code.ISSUER_MISSING, chain.origin.issuer_text, {"who": "leaf", **evidence})


@judges(Code.ISSUER_NAMESAKE)
def namesakes(chain: Chain, _context: Context) -> Iterator[Finding]:
    """No CA is taken for the issuer that has its name and another key.

    One that is sent is the wrong one; an anchor is right for what was issued beneath it, and lacks a second beside it.
    Where a root ends the chain only anchors count: nothing else could have signed it.
    """
    child = chain.above[-1] if chain.above else None
    root = child if child is not None and child.looks_self_signed else None
    below = str(child.subject) if child else (chain.leaf.subject if chain.leaf else "leaf")
    wanted = root.subject_key_id if root is not None else (child or chain.origin).authority_key_id
    told = (one for one in chain.namesakes if root is None or one in chain.anchors)
    for one in islice(told, _MOST_TOLD):
        more: dict[str, object] = {}
        if one in chain.anchors:
            more = {"kind": "anchor", "fingerprint": one.fingerprint.hex}
        if root is not None:
            more |= {"kind": "anchor-beside-root", "root": root.fingerprint.hex}
        key_id = one.subject_key_id or "-"
        yield on(one, Code.ISSUER_NAMESAKE, below=below, key_id=key_id, wanted=wanted or "-", **more)


@judges(Code.LEAF_AS_ANCHOR)
def leaf_as_anchor(chain: Chain, _context: Context) -> Iterator[Finding]:
    """An anchor is a CA, not the leaf itself."""
    if chain.leaf is not None and chain.anchored and not chain.above and not chain.leaf.is_ca:
        yield on_leaf(chain.leaf, Code.LEAF_AS_ANCHOR)
