"""The verdict on what was presented, and how engines' answers join it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from warifu.domain.findings import Code, Finding, Severity, distinct, rank
from warifu.domain.trust.acceptance import leaf_verdict, name_verdict
from warifu.domain.trust.budget import Budget
from warifu.domain.trust.consumers import end_of
from warifu.domain.trust.context import Chain, Context
from warifu.domain.trust.facts import Origin, leaf_facts
from warifu.domain.trust.profile import Profile
from warifu.domain.trust.questions import PathAnswer
from warifu.domain.trust.rules import PRESENTED, TARGET, run
from warifu.domain.trust.rules.authority import usage_stated
from warifu.domain.trust.rules.constraints import constraint_form
from warifu.domain.trust.rules.marks import marks_above
from warifu.domain.trust.rules.rule import on
from warifu.domain.trust.rules.stored import find_stored_faults
from warifu.domain.trust.search import make_bag, search
from warifu.domain.x509 import Certificate


class Outcome(StrEnum):
    """What a verdict comes to."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Basis(StrEnum):
    """Whether the consumer's own engine answered, or only our model of it."""

    RUN = "run"
    MODELLED = "modelled"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a chain holds, and every reason why not.

    Args:
        findings: all, ranked.
        path: the certificates of the path that decides, leaf first.
        anchored: the path ends in the trust store.
        engines: what engines answered, by consumer.
    """

    outcome: Outcome
    basis: Basis
    findings: tuple[Finding, ...]
    path: tuple[Certificate, ...]
    anchored: bool
    engines: tuple[tuple[str, PathAnswer], ...] = ()


def judge(presented: Sequence[Certificate], anchors: Sequence[Certificate], context: Context) -> Verdict:
    """Judge what was sent against a trust store, by our rules.

    Args:
        presented: as sent, the leaf first; at least one.
        anchors: the trust store, in order; where the profile's target takes the root out of the file
            itself, that one stands in it too.
    """
    leaf, sent = presented[0], tuple(presented[1:])
    anchors = with_own_root(presented, anchors, context.profile)
    facts = leaf_facts(leaf, (*sent, *anchors), context.signatures)
    found = search(make_bag(facts.origin, sent, anchors, facts), context)
    chain = replace(found.chain, leaf=facts, presented=tuple(presented))
    findings = [
        *leaf_verdict(facts, context),
        *name_verdict(facts, context),
        *found.findings,
        *run(PRESENTED, chain, context),
        *run(TARGET, chain, context),
    ]
    outcome = Outcome.ACCEPTED
    if any(finding.severity is Severity.ERROR for finding in findings):
        outcome = Outcome.REFUSED
    if facts.is_undecided and not found.holds:
        findings.append(Finding(Code.SEARCH_EXHAUSTED, facts.id, {"limit": Budget().signatures}))
    if any(finding.code is Code.SEARCH_EXHAUSTED for finding in findings):
        outcome = Outcome.UNKNOWN
    return Verdict(
        outcome, Basis.MODELLED, rank(distinct(findings)), (leaf, *found.chain.above), found.chain.anchored
    )


def with_own_root(
    presented: Sequence[Certificate], anchors: Sequence[Certificate], profile: Profile
) -> tuple[Certificate, ...]:
    """Return the trust store as the target has it once it took the file: with the file's root, where it takes one."""
    if profile.demands.form != "chain-with-root":
        return tuple(anchors)
    roots = (one for one in presented[1:] if one.is_ca and one.looks_self_signed)
    return tuple(dict.fromkeys((*anchors, *roots)))


def judge_anchors(anchors: Sequence[Certificate], context: Context) -> tuple[Finding, ...]:
    """Judge a trust store by itself: what should not be an anchor, and anchors past their dates.

    What the faults weigh is the target's to say where the profile is one for trust stores.
    """
    listed = tuple(dict.fromkeys(anchors))
    found = [finding for anchor in listed for finding in _anchor_faults(anchor, context)]
    found += find_stored_faults(listed, context)
    if context.profile.kind == "trust-store":
        weighed = [(one, context.profile.weight(one.code)) for one in found]
        found = [replace(one, severity=weight) for one, weight in weighed if weight is not None]
    return rank(found)


def _anchor_faults(anchor: Certificate, context: Context) -> Iterator[Finding]:
    if not anchor.is_ca:
        yield on(anchor, Code.LEAF_AS_ANCHOR)
    now = context.instant
    if now < anchor.not_before:
        yield on(anchor, Code.NOT_YET_VALID, now=now, not_before=anchor.not_before)
    if now >= end_of(anchor.not_after, context.habits):
        evidence = on(anchor, Code.EXPIRED, now=now, not_after=anchor.not_after)
        yield replace(evidence, severity=Severity.WARNING)
    if anchor.version < 3:  # it can have no key id: that alone is no reason of its own
        evidence = on(anchor, Code.VERSION_UNFIT, version=anchor.version)
        yield replace(evidence, severity=Severity.WARNING)
    elif anchor.is_ca and anchor.subject_key_id is None:
        evidence = on(anchor, Code.KEY_ID_MISSING, missing="subjectKeyIdentifier")
        yield replace(evidence, severity=Severity.WARNING)
    alone = Chain(Origin("", "", None, ""), (anchor,), anchored=True)
    if anchor.is_ca and anchor.version == 3:
        yield from run((marks_above, usage_stated, constraint_form), alone, context)


def _weight_of_refusal(ours: Verdict, *, vetoes: bool) -> Severity:
    if ours.outcome is Outcome.REFUSED:
        return Severity.NOTE
    return Severity.ERROR if vetoes else Severity.WARNING


def combine(
    ours: Verdict,
    answers: Mapping[str, PathAnswer],
    consumer: str,
    overruled: frozenset[str] = frozenset(),
) -> Verdict:
    """Join our verdict with what engines answered.

    A side accepts when our rules accept and its consumer's engine accepts. An unknown consumer may
    be any library, so every engine at hand must accept. Another engine's no is a warning, never a
    veto. An engine that refuses what our rules refuse adds no reason: its no is a note beside theirs.
    Where the consumer's engine did not answer, the verdict stays modelled.

    Args:
        overruled: engines whose no is a warning though they are among those that decide; see `refusals`.
    """
    answered = {name: answer for name, answer in answers.items() if answer.answered}
    deciding = answered if consumer == "unknown" else {n: a for n, a in answered.items() if n == consumer}
    findings = list(ours.findings)
    outcome = ours.outcome
    for name, answer in answered.items():
        if answer.accepted:
            continue
        vetoes = name in deciding and name not in overruled
        code = Code.ENGINE_REFUSED if vetoes else Code.OTHER_ENGINE_REFUSED
        evidence = {"who": ours.path[0].label, "engine": answer.engine, "said": answer.said or "-"}
        weight = _weight_of_refusal(ours, vetoes=vetoes)
        findings.append(Finding(code, ours.path[0].fingerprint.hex, evidence, weight))
        outcome = Outcome.REFUSED if vetoes else outcome
    if not deciding:
        said = answers[consumer].said if consumer in answers else ""
        evidence = {"who": ours.path[0].label, "consumer": consumer, "said": said}
        findings.append(Finding(Code.ENGINE_NOT_RUN, ours.path[0].fingerprint.hex, evidence, Severity.NOTE))
    return replace(
        ours,
        outcome=outcome,
        basis=Basis.RUN if deciding else Basis.MODELLED,
        findings=rank(findings),
        engines=tuple(sorted(answers.items())),
    )
