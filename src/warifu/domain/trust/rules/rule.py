"""What a rule is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from warifu.domain.findings import Code, Finding
from warifu.domain.trust.context import Chain, Context
from warifu.domain.trust.facts import LeafFacts
from warifu.domain.x509 import Certificate

Find = Callable[[Chain, Context], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One clause family: the codes it may find, and how it looks for them."""

    codes: tuple[Code, ...]
    find: Find


_OF_FILES = frozenset((Code.ISSUER_MISSING, Code.ISSUER_NOT_TRUSTED))
"""Findings whose remedy is another where the target's file holds the leaf alone."""


def judges(*codes: Code) -> Callable[[Find], Rule]:
    """Register a function as the rule for these codes."""
    return lambda find: Rule(codes, find)


def run(rules: Iterable[Rule], chain: Chain, context: Context) -> Iterator[Finding]:
    """Yield every finding of the rules, with the weight the profile gives it and why its target wants it so."""
    for rule in rules:
        for finding in rule.find(chain, context):
            weight = context.profile.weight(finding.code)
            if weight is None:
                continue
            because = context.profile.reasons.get(finding.code)
            evidence = {**finding.evidence, "because": because} if because else finding.evidence
            if finding.code in _OF_FILES and context.profile.demands.form == "leaf":
                evidence = {**evidence, "form": "leaf"}  # what lacks cannot be put into the file
            yield replace(finding, severity=weight, evidence=evidence)


def on(certificate: Certificate, code: Code, **evidence: object) -> Finding:
    """Return a finding about a certificate."""
    return Finding(code, certificate.fingerprint.hex, {"who": certificate.label, **evidence})


def on_leaf(leaf: LeafFacts, code: Code, **evidence: object) -> Finding:
    """Return a finding about a leaf."""
    return Finding(code, leaf.id, {"who": leaf.subject or _first_name(leaf), **evidence})


def of_template(leaf: LeafFacts) -> dict[str, object]:
    """Return the evidence that names the template to be mended; nothing where the leaf tells of none."""
    evidence: dict[str, object] = {"template": leaf.ms_template}
    return evidence if leaf.ms_template else {}


def _first_name(leaf: LeafFacts) -> str:
    texts = leaf.names.texts if leaf.names else ()
    return texts[0] if texts else leaf.id[:16]
