"""Rule by rule, whether a certificate that came back is fit for its target: kept, broken, or not judged.

A rule that was given nothing to judge by says so, and what it lacks: silence is not fitness.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.trust.context import Chain, Context
from warifu.domain.trust.facts import leaf_facts
from warifu.domain.trust.issuer_change import FoundChain
from warifu.domain.trust.rules import LEAF, PATH, PRESENTED, TARGET, file_form, revocation, run, target
from warifu.domain.trust.rules.rule import Rule
from warifu.domain.x509 import Certificate


class Need(StrEnum):
    """What must be given for a rule to be judged."""

    REQUEST = "request"
    TOPOLOGY = "topology"
    FILE = "file"  # what came by handshake has no form of file
    CHAIN = "chain"  # the CA certificates above
    ABOVE = "above"  # the same, where the leaf itself was judged
    TRUST = "trust-store"
    CRL = "crl"
    OCSP = "ocsp"


@dataclass(frozen=True, slots=True)
class RuleAnswer:
    """What one rule said; no findings means that it is kept, as far as it was judged.

    Args:
        needs: what it lacks to be judged; None where it was.
    """

    code: Code
    findings: tuple[Finding, ...]
    needs: Need | None = None

    @property
    def passes(self) -> bool:
        """Nothing of it weighs more than a note."""
        return all(finding.severity is Severity.NOTE for finding in self.findings)

    @property
    def is_kept(self) -> bool | None:
        """Whether the rule is kept; None where that was not judged."""
        return None if self.passes and self.needs is not None else self.passes


def report_rules(
    presented: Sequence[Certificate], found: FoundChain, context: Context
) -> tuple[RuleAnswer, ...]:
    """Return the answer of every rule that counts for the profile, in the order of the codes.

    The root above the leaf is taken as trusted: whether a target trusts it, only its trust store tells.

    Args:
        presented: the certificates of the file, the leaf first; at least one.
        found: what stands above the leaf; the path is judged only where it is complete, and revocation only where
            CRLs are looked at or OCSP responses are given.
    """
    facts = leaf_facts(presented[0], found.above, context.signatures)
    chain = Chain(
        facts.origin,
        found.above,
        anchored=found.complete,
        leaf=facts,
        presented=tuple(presented),
        anchors=found.above[-1:],
    )
    lacks = {rule: need for rule, need in _lacking(found, context) if need is not None}
    rules = (*LEAF, *PRESENTED, *TARGET, *PATH)
    answers: dict[Code, list[Finding]] = {code: [] for rule in rules for code in rule.codes}
    for finding in run([rule for rule in rules if rule not in lacks], chain, context):
        answers[finding.code].append(finding)
    return tuple(
        RuleAnswer(code, tuple(answers[code]), _need(code, rules, lacks))
        for code in Code
        if code in answers and context.profile.weight(code) is not None
    )


def _lacking(found: FoundChain, context: Context) -> Iterator[tuple[Rule, Need | None]]:
    """Yield what each rule lacks that cannot be judged by the certificates alone."""
    if not found.complete:
        yield from ((rule, Need.CHAIN) for rule in PATH)
    has_crls = context.crl_mode != "off" or bool(context.crls_at_hand)
    yield revocation.revocation, None if has_crls else Need.CRL
    yield revocation.responses, None if context.ocsp else Need.OCSP
    yield target.answers_request, None if context.requests else Need.REQUEST
    yield target.covered_names, None if context.covers else Need.TOPOLOGY
    yield file_form.encoding, None if context.encoding else Need.FILE


def _need(code: Code, rules: Sequence[Rule], lacks: dict[Rule, Need]) -> Need | None:
    """Return what a code lacks to be judged: nothing where one of its rules was, and it was not the leaf's alone."""
    needs = [lacks.get(rule) for rule in rules if code in rule.codes]
    if None not in needs:
        return needs[0]
    if Need.CHAIN in needs:
        return Need.ABOVE
    return Need.TRUST if code in _OF_TRUST else None


_OF_TRUST = frozenset({Code.ISSUER_NOT_TRUSTED, Code.SELF_SIGNED_NOT_TRUSTED, Code.ANCHOR_NOT_SELF_SIGNED})
"""What only the target's own trust store decides."""
