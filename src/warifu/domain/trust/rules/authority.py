"""Who may sign certificates.

Spec: RFC 5280 §4.2.1.3, §4.2.1.9, §6.1.4 (k) to (n).
"""

from __future__ import annotations

from collections.abc import Iterator

from warifu.domain.findings import Code, Finding
from warifu.domain.trust.context import Chain, Context
from warifu.domain.trust.rules.rule import judges, on, on_leaf
from warifu.domain.x509 import Usage


@judges(Code.NOT_A_CA)
def is_ca(chain: Chain, context: Context) -> Iterator[Finding]:
    """Everything above the leaf is a CA."""
    for _, certificate in chain.judged(context):
        if not certificate.is_ca and certificate.lacks("basicConstraints"):
            yield on(certificate, Code.NOT_A_CA, basic_constraints=certificate.basic_constraints is not None)


@judges(Code.PATH_TOO_LONG)
def path_length(chain: Chain, context: Context) -> Iterator[Finding]:
    """No more CAs stand beneath one than it allows; self-issued ones are not counted but by some libraries."""
    counts_all = context.habits.counts_self_issued
    for position, certificate in chain.judged(context):
        allowed = certificate.basic_constraints[1] if certificate.basic_constraints else None
        beneath = sum(counts_all or not below.is_self_issued for below in chain.above[:position])
        if allowed is not None and beneath > allowed:
            yield on(certificate, Code.PATH_TOO_LONG, allowed=allowed, beneath=beneath)


@judges(Code.CERT_SIGN_MISSING)
def cert_sign(chain: Chain, context: Context) -> Iterator[Finding]:
    """A CA that says what its key is for says that it signs certificates."""
    for _, certificate in chain.judged(context):
        usage = certificate.key_usage
        if usage is not None and Usage.KEY_CERT_SIGN not in usage:
            yield on(certificate, Code.CERT_SIGN_MISSING, key_usage=tuple(sorted(usage)))


@judges(Code.KEY_USAGE_MISSING)
def usage_stated(chain: Chain, context: Context) -> Iterator[Finding]:
    """A CA says what its key is for; path validation passes one that does not (§6.1.4 (n))."""
    for _, certificate in chain.judged(context):
        is_silent = certificate.key_usage is None and certificate.lacks("keyUsage")
        if certificate.is_ca and is_silent and certificate.version == 3:
            yield on(certificate, Code.KEY_USAGE_MISSING)


@judges(Code.CA_AS_LEAF)
def ca_as_leaf(chain: Chain, _context: Context) -> Iterator[Finding]:
    """A CA does not answer handshakes with its own certificate."""
    if chain.leaf is not None and chain.leaf.is_ca:
        yield on_leaf(chain.leaf, Code.CA_AS_LEAF)


@judges(Code.DEPTH_EXCEEDED)
def depth(chain: Chain, context: Context) -> Iterator[Finding]:
    """No more CAs stand between leaf and anchor than the question allows."""
    most = context.intermediates
    if most is None:
        return
    between = chain.above[:-1] if chain.anchored else chain.above
    if len(between) > most:
        yield on(between[most], Code.DEPTH_EXCEEDED, allowed=most, beneath=len(between))
