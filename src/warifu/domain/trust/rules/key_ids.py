"""Key identifiers: hints for finding issuers, which some libraries take for law.

Spec: RFC 5280 §4.2.1.1, §4.2.1.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from warifu.domain.findings import Code, Finding
from warifu.domain.trust.context import Chain, Context
from warifu.domain.trust.rules.rule import judges, on, on_leaf


@judges(Code.KEY_ID_MISMATCH)
def key_ids_match(chain: Chain, _context: Context) -> Iterator[Finding]:
    """An authority key id is the subject key id of the certificate above."""
    wanted = chain.origin.authority_key_id
    for position, issuer in enumerate(chain.above):
        own = issuer.subject_key_id
        if wanted is not None and own is not None and wanted != own:
            evidence = {"wanted": wanted, "found": own, "issuer": str(issuer.subject)}
            if position:
                yield on(chain.above[position - 1], Code.KEY_ID_MISMATCH, **evidence)
            elif chain.leaf is not None:
                yield on_leaf(chain.leaf, Code.KEY_ID_MISMATCH, **evidence)
            else:
                yield on(issuer, Code.KEY_ID_MISMATCH, **evidence)
        wanted = issuer.authority_key_id


@judges(Code.KEY_ID_MISSING)
def leaf_key_id(chain: Chain, _context: Context) -> Iterator[Finding]:
    """A leaf names the key that signed it."""
    leaf = chain.leaf
    if leaf is None or leaf.is_template or leaf.self_signed:
        return
    if leaf.has_readable_extensions and leaf.origin.authority_key_id is None:
        yield on_leaf(leaf, Code.KEY_ID_MISSING, missing="authorityKeyIdentifier")


@judges(Code.KEY_ID_MISSING)
def key_ids_above(chain: Chain, context: Context) -> Iterator[Finding]:
    """A CA carries its key id, and names the key that signed it."""
    for _, certificate in chain.judged(context):
        if certificate.subject_key_id is None:
            yield on(certificate, Code.KEY_ID_MISSING, missing="subjectKeyIdentifier")
        if certificate.authority_key_id is None and not certificate.looks_self_signed:
            yield on(certificate, Code.KEY_ID_MISSING, missing="authorityKeyIdentifier")
