"""Rule by rule, whether a certificate that came back is fit for its target: also those that it passes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.trust.context import Chain, Context
from warifu.domain.trust.facts import leaf_facts
from warifu.domain.trust.issuer_change import FoundChain
from warifu.domain.trust.rules import LEAF, PATH, PRESENTED, TARGET, revocation, run
from warifu.domain.x509 import Certificate


@dataclass(frozen=True, slots=True)
class RuleAnswer:
    """What one rule said; no findings means that it is kept."""

    code: Code
    findings: tuple[Finding, ...]

    @property
    def passes(self) -> bool:
        """Nothing of it weighs more than a note."""
        return all(finding.severity is Severity.NOTE for finding in self.findings)


def report_rules(
    presented: Sequence[Certificate], found: FoundChain, context: Context
) -> tuple[RuleAnswer, ...]:
    """Return the answer of every rule that counts for the profile, in the order of the codes.

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
    has_crls = context.crl_mode != "off" or bool(context.crls_at_hand)
    looked = {revocation.revocation: has_crls, revocation.responses: bool(context.ocsp)}
    above = [rule for rule in PATH if looked.get(rule, True)]
    rules = (*LEAF, *PRESENTED, *TARGET, *(above if found.complete else ()))
    answers: dict[Code, list[Finding]] = {code: [] for rule in rules for code in rule.codes}
    for finding in run(rules, chain, context):
        answers[finding.code].append(finding)
    return tuple(
        RuleAnswer(code, tuple(answers[code]))
        for code in Code
        if code in answers and context.profile.weight(code) is not None
    )
