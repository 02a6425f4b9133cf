"""Which extensions are marked critical, and which only a CA may carry.

Spec: RFC 5280 §4.2.1.1 to §4.2.1.3, §4.2.1.6, §4.2.1.9, §4.2.1.10, §4.2.1.12. Its path validation (§6.1)
passes a wrong mark; libraries differ.
"""

from __future__ import annotations

from collections.abc import Iterator

from warifu.domain.findings import Code, Finding
from warifu.domain.trust.context import Chain, Context
from warifu.domain.trust.rules.rule import judges, on, on_leaf
from warifu.domain.x509 import Usage
from warifu.domain.x509.reasons import PATH_LENGTH

_SUBJECT_ALT_NAME, _BASIC_CONSTRAINTS, _NAME_CONSTRAINTS = "2.5.29.17", "2.5.29.19", "2.5.29.30"
# A critical mark on these is forbidden by RFC 5280 (key ids), by the BR (extKeyUsage), or left to the CA and
# refused by libraries that do not process policies.
_PLAIN = {
    "2.5.29.14": "subjectKeyIdentifier",
    "2.5.29.32": "certificatePolicies",
    "2.5.29.35": "authorityKeyIdentifier",
    "2.5.29.37": "extKeyUsage",
}

MARKS = tuple(sorted((*_PLAIN.values(), "nameConstraints", "subjectAltName")))
"""Extensions whose mark a profile may leave to the issuer."""


@judges(Code.CRITICAL_MARK_MISSING, Code.CRITICAL_MARK_UNFIT)
def leaf_marks(chain: Chain, context: Context) -> Iterator[Finding]:
    """A leaf marks its names as critical if it has no subject, and nothing that should not be."""
    leaf = chain.leaf
    if leaf is None or leaf.is_template:
        return
    free = context.profile.marks_free
    for name in _plain(leaf.critical, free):
        yield on_leaf(leaf, Code.CRITICAL_MARK_UNFIT, extension=name)
    if leaf.names is None:
        return
    is_named = leaf.origin.subject is None or bool(leaf.origin.subject.folded)
    if is_named and _SUBJECT_ALT_NAME in leaf.critical and "subjectAltName" not in free:
        yield on_leaf(leaf, Code.CRITICAL_MARK_UNFIT, extension="subjectAltName")
    if not is_named and _SUBJECT_ALT_NAME not in leaf.critical:
        yield on_leaf(leaf, Code.CRITICAL_MARK_MISSING, extension="subjectAltName")


@judges(Code.CRITICAL_MARK_MISSING, Code.CRITICAL_MARK_UNFIT)
def marks_above(chain: Chain, context: Context) -> Iterator[Finding]:
    """A CA marks as critical what limits it, and nothing that should not be."""
    free = context.profile.marks_free
    for _, certificate in chain.judged(context):
        for name in certificate.soft:
            yield on(certificate, Code.CRITICAL_MARK_MISSING, extension=name)
        for name in _plain(certificate.critical, free):
            yield on(certificate, Code.CRITICAL_MARK_UNFIT, extension=name)
        if certificate.is_ca and certificate.version == 3 and _BASIC_CONSTRAINTS not in certificate.critical:
            yield on(certificate, Code.CRITICAL_MARK_MISSING, extension="basicConstraints")
        is_free = certificate.name_constraints is None or "nameConstraints" in free
        if not is_free and _NAME_CONSTRAINTS not in certificate.critical:
            yield on(certificate, Code.CRITICAL_MARK_MISSING, extension="nameConstraints")


def _plain(critical: frozenset[str], free: frozenset[str]) -> Iterator[str]:
    if not critical.isdisjoint(_PLAIN):
        yield from (name for oid, name in _PLAIN.items() if oid in critical and name not in free)


@judges(Code.CA_EXTENSION_ON_LEAF)
def ca_parts_on_leaf(chain: Chain, _context: Context) -> Iterator[Finding]:
    """A leaf that is no CA neither signs certificates nor constrains names."""
    leaf = chain.leaf
    if leaf is None or leaf.is_ca:
        return
    if leaf.key_usage is not None and Usage.KEY_CERT_SIGN in leaf.key_usage:
        yield on_leaf(leaf, Code.CA_EXTENSION_ON_LEAF, part="keyUsage keyCertSign")
    if leaf.constrains_names:
        yield on_leaf(leaf, Code.CA_EXTENSION_ON_LEAF, part="nameConstraints")
    if PATH_LENGTH in leaf.oddities:
        yield on_leaf(leaf, Code.CA_EXTENSION_ON_LEAF, part="basicConstraints pathLenConstraint")
