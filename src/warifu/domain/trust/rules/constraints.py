"""Names that a CA may and may not sign for.

Spec: RFC 5280 §4.2.1.10, §6.1.3 (b), (c). A self-issued CA is not constrained by those above it;
the leaf always is. Names of a kind that is constrained and cannot be judged refuse the path, and so
does a constraint that is none: what it was meant to keep out is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from warifu.domain.findings import Code, Finding
from warifu.domain.trust.context import Chain, Context
from warifu.domain.trust.rules.rule import judges, on
from warifu.domain.trust.subtrees import Subtrees, is_dns_limit, misfits, subtrees_of
from warifu.domain.x509 import Certificate, DistinguishedName, GeneralNames

MOST_TOLD = 100
"""Names told of one certificate beneath one CA; a leaf may carry thousands."""


@judges(Code.NAME_CONSTRAINED, Code.NAME_CONSTRAINT_UNJUDGED, Code.SEARCH_EXHAUSTED)
def name_constraints(chain: Chain, context: Context) -> Iterator[Finding]:
    """Every name beneath a CA that constrains names is one it may sign for."""
    for position, authority in chain.judged(context):
        constraints = authority.name_constraints
        if constraints is None:
            continue
        limits = subtrees_of(constraints)
        for below in (None, *(one for one in chain.above[:position] if not one.is_self_issued)):
            pair = (authority.fingerprint.hex, below.fingerprint.hex if below else "")
            if pair not in chain.budget.compared:
                who, names = _names_of(below, chain)
                if not chain.budget.compare(limits.cost(names)):
                    yield on(authority, Code.SEARCH_EXHAUSTED, limit=chain.budget.constraints)
                    return
                chain.budget.compared[pair] = tuple(_faults(authority, who, names, limits))
            yield from chain.budget.compared[pair]


def _faults(authority: Certificate, who: str, names: GeneralNames, limits: Subtrees) -> Iterator[Finding]:
    for name in islice(limits.forbidden(names), MOST_TOLD):
        yield on(authority, Code.NAME_CONSTRAINED, name=name, beneath=who)
    if limits.has_unjudged(names):
        yield on(authority, Code.NAME_CONSTRAINT_UNJUDGED, beneath=who)


@judges(Code.NAME_CONSTRAINT_UNFIT)
def constraint_form(chain: Chain, context: Context) -> Iterator[Finding]:
    """A name constraint is written as its kind of name asks, and constrains something."""
    for _, authority in chain.judged(context):
        constraints = authority.name_constraints
        if constraints is None:
            continue
        for kind, limit, right in islice(misfits(constraints), MOST_TOLD):
            yield on(authority, Code.NAME_CONSTRAINT_UNFIT, part=kind, limit=f'"{limit}"', right=right or "-")


def _names_of(below: Certificate | None, chain: Chain) -> tuple[str, GeneralNames]:
    """Return what people call a certificate beneath a CA, and its names; None stands for the leaf."""
    if below is not None:
        return str(below.subject), _with_subject(below.names or GeneralNames(), below.subject, ())
    own, subject = chain.origin.names, chain.origin.subject
    commons = subject.common_names if subject and own is None else ()
    return (chain.leaf.subject if chain.leaf else "leaf"), _with_subject(
        own or GeneralNames(), subject, commons
    )


def _with_subject(
    names: GeneralNames, subject: DistinguishedName | None, commons: tuple[str, ...]
) -> GeneralNames:
    """Return the names with those that a subject counts as.

    It is a directory name; without an e-mail address beside it, its own counts (§4.2.1.10), and without any
    name beside it, a common name that libraries may read as one of DNS.
    """
    if subject is None or not subject.folded:
        return names
    dns = (*names.dns, *(common for common in commons if is_dns_limit(common) and "." in common))
    emails = names.email or subject.emails
    return GeneralNames(dns, names.ip, emails, names.uri, (*names.directory, subject), names.other)


def constrains_names(certificates: Iterable[Certificate]) -> bool:
    """Tell whether any of the certificates constrains names, so that verdicts depend on the leaf's."""
    return any(certificate.name_constraints is not None for certificate in certificates)
