"""What a target wants of the file it is given: how it is encoded, and which certificates it holds.

Spec: the documents that each profile names; RFC 7468 §5 for the encoding.
"""

from __future__ import annotations

from collections.abc import Iterator

from warifu.domain.findings import Code, Finding
from warifu.domain.trust.context import Chain, Context
from warifu.domain.trust.rules.rule import judges, on_leaf


@judges(Code.NOT_BASE64)
def encoding(chain: Chain, context: Context) -> Iterator[Finding]:
    """The file is Base64 between BEGIN and END lines where the target reads nothing else."""
    leaf = chain.leaf
    if leaf is None or context.profile.demands.encoding != "pem":
        return
    if context.encoding not in ("", "pem"):
        yield on_leaf(leaf, Code.NOT_BASE64, found=context.encoding)


@judges(Code.FILE_HOLDS_MORE)
def leaf_alone(chain: Chain, context: Context) -> Iterator[Finding]:
    """The file holds the leaf and nothing else."""
    leaf, held = chain.leaf, len(chain.presented)
    if leaf is not None and context.profile.demands.form == "leaf" and held > 1:
        yield on_leaf(leaf, Code.FILE_HOLDS_MORE, found=held)


@judges(Code.ROOT_NOT_SENT)
def root_at_end(chain: Chain, context: Context) -> Iterator[Finding]:
    """The file goes up to a self-signed root."""
    leaf = chain.leaf
    if leaf is None or not chain.presented or context.profile.demands.form != "chain-with-root":
        return
    if any(one.looks_self_signed for one in chain.presented):
        return
    top = chain.above[-1] if chain.above else None
    if top is None:
        missing = chain.origin.issuer_text
    else:
        missing = str(top.subject if top.looks_self_signed else top.issuer)
    yield on_leaf(leaf, Code.ROOT_NOT_SENT, root=missing)
